package rest

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is fetched is bounded by what comes, whatever was said of its size, and
// comes from where it was asked for.
func TestDownload(t *testing.T) {
	t.Parallel()
	const most = 10
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, "/10", http.StatusFound)
		case "/gone":
			http.NotFound(w, r)
		case "/unsized":
			w.(http.Flusher).Flush() // so that the answer has no length
			_, _ = w.Write([]byte(strings.Repeat("x", most+1)))
		default:
			_, _ = w.Write([]byte(strings.Repeat("x", len(r.URL.Path)-1)))
		}
		if r.Header.Get("Authorization") != "" {
			t.Error("a file was asked for with a token")
		}
	}))
	defer server.Close()
	c := New("token", server.URL, slog.New(slog.DiscardHandler))
	defer c.Close()
	for path, want := range map[string]struct {
		size int
		err  error
	}{
		"/0123456789":  {size: most},
		"/0123456789a": {err: ErrFileTooLarge},
		"/unsized":     {err: ErrFileTooLarge},
		"/gone":        {err: ErrFileGone},
	} {
		data, err := c.Download(t.Context(), server.URL+path, most)
		if len(data) != want.size || !errors.Is(err, want.err) {
			t.Errorf("%s gave %d bytes, %v", path, len(data), err)
		}
	}
	if data, err := c.Download(t.Context(), server.URL+"/elsewhere", most); err == nil {
		t.Errorf("followed elsewhere, to %d bytes", len(data))
	}
	for _, address := range []string{
		"https://evil.example/x", "http://cdn.discordapp.com/x", "https://cdn.discordapp.com.evil.example/x",
		"https://me@cdn.discordapp.com/x", "file:///etc/passwd", strings.Replace(server.URL, "127.0.0.1", "127.0.0.1.evil.example", 1) + "/x",
	} {
		if _, err := c.Download(t.Context(), address, most); err == nil || !strings.Contains(err.Error(), "no address of Discord's") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
