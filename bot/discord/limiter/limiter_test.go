package limiter

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// answers is a server that gives one answer after the other, the last for ever.
type answers struct {
	mu     sync.Mutex
	list   []answer
	bodies []string
	times  []time.Time
}

type answer struct {
	status int
	header map[string]string
	body   string
	err    error
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
	}
	a.bodies, a.times = append(a.bodies, body), append(a.times, time.Now())
	now := a.list[0]
	if len(a.list) > 1 {
		a.list = a.list[1:]
	}
	if now.err != nil {
		return nil, now.err
	}
	header := http.Header{}
	for name, value := range now.header {
		header.Set(name, value)
	}
	return &http.Response{StatusCode: now.status, Status: http.StatusText(now.status), Header: header, Body: io.NopCloser(strings.NewReader(now.body))}, nil
}

func send(t *testing.T, transport *Transport, method, path, body string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://discord.com/api/v10"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return transport.RoundTrip(r)
}

func TestFailuresThatPass(t *testing.T) {
	ok := answer{status: 200}
	tests := map[string]struct {
		method string
		list   []answer
		sent   int
		status int
	}{
		"429":                     {"POST", []answer{{status: 429, body: `{"retry_after":0.05}`}, ok}, 2, 200},
		"429 with a web page":     {"POST", []answer{{status: 429, header: map[string]string{"Retry-After": "0.05"}, body: "<html>"}, ok}, 2, 200},
		"503":                     {"POST", []answer{{status: 503}, ok}, 2, 200},
		"502 of a GET":            {"GET", []answer{{status: 502}, ok}, 2, 200},
		"502 of a POST":           {"POST", []answer{{status: 502}, ok}, 1, 502},
		"a broken connection":     {"PATCH", []answer{{err: io.ErrUnexpectedEOF}, ok}, 2, 200},
		"a broken POST":           {"POST", []answer{{err: io.ErrUnexpectedEOF}, ok}, 1, 0},
		"what is wrong for good":  {"POST", []answer{{status: 400}, ok}, 1, 400},
		"429 over and over again": {"GET", []answer{{status: 429, body: `{"retry_after":0.01}`}}, attempts, 429},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := &answers{list: test.list}
			response, err := send(t, &Transport{Next: server}, test.method, "/channels/1/messages", "the body")
			if len(server.bodies) != test.sent {
				t.Errorf("sent %d times, want %d", len(server.bodies), test.sent)
			}
			for _, body := range server.bodies {
				if body != "the body" {
					t.Errorf("sent the body %q", body)
				}
			}
			if test.status == 0 {
				if err == nil {
					t.Error("there is no error")
				}
				return
			}
			if err != nil || response.StatusCode != test.status {
				t.Fatalf("got %v, %v", response, err)
			}
		})
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	server := &answers{list: []answer{{status: 429, body: `{"retry_after":0.3}`}, {status: 200}}}
	if _, err := send(t, &Transport{Next: server}, "POST", "/channels/1/messages", ""); err != nil {
		t.Fatal(err)
	}
	if waited := server.times[1].Sub(server.times[0]); waited < 300*time.Millisecond {
		t.Errorf("sent again after %v", waited)
	}
}

func TestOneRouteDoesNotHoldUpAnother(t *testing.T) {
	server := &answers{list: []answer{{status: 200, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "0.5"}}, {status: 200}}}
	transport := &Transport{Next: server}
	for _, path := range []string{"/channels/1/messages/5", "/channels/2/messages/6", "/channels/1/messages/7"} {
		if _, err := send(t, transport, "PATCH", path, ""); err != nil {
			t.Fatal(err)
		}
	}
	if other := server.times[1].Sub(server.times[0]); other > 400*time.Millisecond {
		t.Errorf("another channel waited for %v", other)
	}
	if same := server.times[2].Sub(server.times[0]); same < 450*time.Millisecond {
		t.Errorf("the exhausted route was used after %v", same)
	}
}

func TestNeverMoreThanFiftyInASecond(t *testing.T) {
	server := &answers{list: []answer{{status: 200}}}
	transport := &Transport{Next: server}
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			if _, err := send(t, transport, "GET", "/channels/1", ""); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i, first := range server.times {
		n := 0
		for _, at := range server.times[i:] {
			if at.Sub(first) < time.Second {
				n++
			}
		}
		if n > 50 {
			t.Fatalf("%d requests within a second", n)
		}
	}
}

func TestInteractionsWaitForNothing(t *testing.T) {
	server := &answers{list: []answer{{status: 200}}}
	transport := &Transport{Next: server, paused: time.Now().Add(time.Hour)}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 200 {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://discord.com/api/v10/interactions/1/token/callback", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transport.RoundTrip(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStopsBeforeDiscordBansTheAddress(t *testing.T) {
	server := &answers{list: []answer{{status: 403}}}
	transport := &Transport{Next: server}
	for range invalidMost {
		transport.invalid.add(time.Now())
	}
	if _, err := send(t, transport, "GET", "/channels/1", ""); !errors.Is(err, ErrInvalidRequests) {
		t.Errorf("got %v", err)
	}
	if n := transport.invalid.count(time.Now().Add(invalidWindow)); n != 0 {
		t.Errorf("%d refused requests are counted after the window", n)
	}
}

// Routes that were held back are forgotten, whatever number of tokens there
// was.
func TestHeldRoutesDoNotPileUp(t *testing.T) {
	server := &answers{list: []answer{{status: 200, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "0.0001"}}}}
	transport := &Transport{Next: server}
	for range 5000 {
		path := "/webhooks/1/" + time.Now().Format("150405.000000000") + "/messages/@original"
		if _, err := send(t, transport, "PATCH", path, ""); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(transport.routes); n > 100 {
		t.Errorf("%d routes are remembered", n)
	}
}

func TestRouteNamesHoldNoToken(t *testing.T) {
	r, err := http.NewRequest(http.MethodPatch, "https://discord.com/api/v10/webhooks/123/secret-token/messages/@original", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, name := routeOf(r); strings.Contains(name, "secret") {
		t.Errorf("the route is named %q", name)
	}
}
