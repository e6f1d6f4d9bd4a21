package feed

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Whoever listens, leaves and comes back hears every event that is kept once, in order,
// or is told that it missed some.
func TestNothingIsMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := New()
		total, heard, last := 0, 0, ""
		t.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) {
				for range rapid.IntRange(1, kept).Draw(t, "n") {
					total++
					f.Publish("n", []byte(fmt.Sprint(total)))
				}
			},
			"tell": func(*rapid.T) { f.Tell("progress", nil) },
			"come back": func(t *rapid.T) {
				before := total
				l, missed, at, caughtUp := f.Listen(last)
				if !caughtUp {
					if last != "" && total-heard <= kept {
						t.Fatalf("after %d of %d events nothing is known", heard, total)
					}
					heard, missed = total, nil
				}
				last = at
				for range rapid.IntRange(0, behind).Draw(t, "n") {
					total++
					f.Publish("n", []byte(fmt.Sprint(total)))
				}
				f.Leave(l)
				for e := range l.Events {
					missed = append(missed, e)
				}
				for _, e := range missed {
					if heard++; string(e.Data) != fmt.Sprint(heard) {
						t.Fatalf("heard %s after %d", e.Data, heard-1)
					}
					last = e.ID
				}
				if heard != total {
					t.Fatalf("heard %d of %d, %d of them while listening", heard, total, total-before)
				}
			},
			"": func(*rapid.T) {},
		})
	})
}

// Who is too far behind is sent away, holds up nobody, and catches up.
func TestSlowListener(t *testing.T) {
	f := New()
	slow, _, _, _ := f.Listen("")
	quick, _, at, _ := f.Listen("")
	for n := range 2 * behind {
		f.Publish("n", []byte(fmt.Sprint(n)))
		if e := <-quick.Events; string(e.Data) != fmt.Sprint(n) {
			t.Fatalf("heard %s, not %d", e.Data, n)
		}
		f.Tell("progress", nil)
		<-quick.Events
	}
	n := 0
	for range slow.Events {
		n++
	}
	if n == 0 || n > behind+1 {
		t.Errorf("the slow one heard %d events before it was sent away", n)
	}
	if _, missed, _, ok := f.Listen(at); !ok || len(missed) != 2*behind {
		t.Errorf("it catches up with %d of %d events (%v)", len(missed), 2*behind, ok)
	}
	f.Close()
	if _, ok := <-quick.Events; ok || f.Listeners() != 0 {
		t.Error("the end of the feed is not heard")
	}
	if l, _, _, _ := f.Listen(""); l != nil {
		if _, ok := <-l.Events; ok {
			t.Error("there are events after the end")
		}
	}
}

// What was forgotten is told to nobody who comes back, and another feed's events are not
// taken for this one's.
func TestForgottenAndForeign(t *testing.T) {
	f := New()
	_, _, at, _ := f.Listen("")
	f.Publish("n", []byte("secret"))
	f.Forget()
	if _, missed, _, ok := f.Listen(at); ok || len(missed) > 0 {
		t.Errorf("after forgetting: %v", missed)
	}
	for _, id := range []string{"", "x", "x-1", f.name + "-9", f.name + "--1", f.name + "-1x"} {
		if _, _, _, ok := f.Listen(id); ok {
			t.Errorf("%q is known", id)
		}
	}
	f.Close()
}

// A stream begins with all there is, or with what was missed.
func TestStream(t *testing.T) {
	f := New()
	wrong := fmt.Errorf("no store")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := f.Stream(w, r, "all", func() ([]byte, error) {
			if r.URL.Query().Has("fail") {
				return nil, wrong
			}
			return []byte(`"everything"`), nil
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	read := func(path string, publish bool) string {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if publish {
			f.Publish("n", []byte("1"))
			f.Publish("n", []byte("2"))
		}
		var out []string
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if out = append(out, lines.Text()); lines.Text() == "data: 2" {
				break
			}
		}
		return strings.Join(out, "\n")
	}
	if got, want := read("/", true), fmt.Sprintf("retry: 1000\n\nid: %s-0\nevent: all\ndata: \"everything\"\n\nid: %[1]s-1\nevent: n\ndata: 1\n\nid: %[1]s-2\nevent: n\ndata: 2", f.name); got != want {
		t.Errorf("the stream is\n%s", got)
	}
	if got := read("/?after="+f.name+"-1", false); strings.Contains(got, "everything") || !strings.Contains(got, "data: 2") {
		t.Errorf("after the first event\n%s", got)
	}
	if got := read("/?fail", false); got != "no store" {
		t.Errorf("without a store: %s", got)
	}
	f.Close()
	server.Client().CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
}

func TestManyAtOnce(t *testing.T) {
	f := New()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				l, _, _, _ := f.Listen("")
				f.Publish("n", nil)
				f.Tell("p", nil)
				f.Leave(l)
				for range l.Events {
				}
			}
		})
	}
	all.Wait()
	if f.Listeners() != 0 {
		t.Errorf("%d listeners are left", f.Listeners())
	}
	f.Close()
}
