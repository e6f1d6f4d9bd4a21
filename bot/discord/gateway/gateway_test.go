package gateway

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/tests/discordtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon is how long a test waits for what should happen at once.
const soon = 20 * time.Second

// running is a client on a fake gateway.
type running struct {
	*discordtest.Server
	events func() []string
	ended  chan error
	stop   context.CancelFunc
}

// run starts a client; everything has ended when the test has.
func run(t *testing.T, o discordtest.Options, change func(*Client)) *running {
	t.Helper()
	d := discordtest.New(o)
	var mu sync.Mutex
	var events []string
	c := &Client{
		Token: discordtest.Token, Intents: Guilds | GuildMessages | DirectMessages, Log: slog.New(slog.DiscardHandler),
		URL: func(context.Context) (string, error) {
			return "ws" + strings.TrimPrefix(d.URL(), "http") + "/gateway-socket", nil
		},
		Backoff: time.Millisecond, Deadline: soon,
		Handle: func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e.Type)
		},
	}
	if change != nil {
		change(c)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{Server: d, ended: make(chan error, 1), stop: stop, events: func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), events...)
	}}
	go func() { r.ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case <-r.ended:
		case <-time.After(soon):
			t.Error("the client did not end")
		}
		d.Close()
	})
	return r
}

func TestLossesBeforeReady(t *testing.T) {
	tests := map[string]discordtest.Gate{
		"no HELLO":           {NoHello: 1},
		"no READY":           {NoReady: 1},
		"op 7 before READY":  {BeforeReady: []int{7}},
		"op 9 before READY":  {BeforeReady: []int{9}},
		"op 7 ten times":     {BeforeReady: []int{7, 7, 7, 7, 7, 7, 7, 7, 7, 7}},
		"closed for a while": {CloseCodes: []int{4000, 4001, 4008}},
	}
	for name, gate := range tests {
		t.Run(name, func(t *testing.T) {
			r := run(t, discordtest.Options{}, func(c *Client) { c.Deadline = 300 * time.Millisecond })
			if !r.Connected(soon) {
				t.Fatal("not connected")
			}
			r.BreakGateway(gate)
			r.InvalidateSession()
			if !r.AwaitConnections(2, soon) {
				connected, identified, resumed, closes := r.Connections()
				t.Errorf("after %d connections: %d identified, %d resumed, closed with %v", connected, identified, resumed, closes)
			}
		})
	}
}

func TestLossOfConnectionResumes(t *testing.T) {
	tests := map[string]func(*running){
		"the network":   func(r *running) { r.Drop() },
		"op 7":          func(r *running) { r.Reconnect() },
		"a close frame": func(r *running) { r.CloseGateway(4000) },
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			r := run(t, discordtest.Options{MessageContent: true}, nil)
			r.Connected(soon)
			ann, channel := r.Person("ann"), r.Channel("art")
			lose(r)
			ann.Say(channel, "said while nobody listened")
			if !r.AwaitConnections(2, soon) {
				t.Fatal("not connected again")
			}
			_, identified, resumed, closes := r.Connections()
			if identified != 1 || resumed != 1 {
				t.Errorf("identified %d times, resumed %d times", identified, resumed)
			}
			for _, code := range closes {
				if code == 1000 || code == 1001 {
					t.Errorf("closed with %d, which ends the session", code)
				}
			}
			deadline := time.Now().Add(soon)
			for !strings.Contains(strings.Join(r.events(), " "), "MESSAGE_CREATE") {
				if time.Now().After(deadline) {
					t.Fatalf("what was said meanwhile is lost: %v", r.events())
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
}

func TestMissedAcknowledgementResumes(t *testing.T) {
	r := run(t, discordtest.Options{HeartbeatInterval: 50 * time.Millisecond}, nil)
	r.Connected(soon)
	r.BreakGateway(discordtest.Gate{Deaf: true})
	if !r.AwaitConnections(2, soon) {
		t.Fatal("a deaf connection was kept")
	}
	if _, identified, resumed, _ := r.Connections(); identified != 1 || resumed == 0 {
		t.Errorf("identified %d times, resumed %d times", identified, resumed)
	}
}

func TestSessionThatCannotBeResumedStartsAnew(t *testing.T) {
	r := run(t, discordtest.Options{}, nil)
	r.Connected(soon)
	r.BreakGateway(discordtest.Gate{RefuseResume: true})
	r.Drop()
	if !r.AwaitConnections(2, soon) {
		t.Fatal("not connected again")
	}
	if _, identified, resumed, _ := r.Connections(); identified != 2 || resumed != 0 {
		t.Errorf("identified %d times, resumed %d times", identified, resumed)
	}
}

func TestFirstHeartbeatsAreSpread(t *testing.T) {
	const interval = 200 * time.Millisecond
	r := run(t, discordtest.Options{HeartbeatInterval: interval}, nil)
	for n := range 8 {
		r.AwaitConnections(n+1, soon)
		deadline := time.Now().Add(soon)
		for len(r.FirstHeartbeats()) <= n && time.Now().Before(deadline) {
			time.Sleep(2 * time.Millisecond)
		}
		r.Drop()
	}
	least, most := interval, time.Duration(0)
	for _, after := range r.FirstHeartbeats() {
		least, most = min(least, after), max(most, after)
	}
	if most-least < interval/20 {
		t.Errorf("eight first heartbeats came between %v and %v after connecting", least, most)
	}
}

func TestDiscordRefusesForGood(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		r := run(t, discordtest.Options{}, nil)
		r.Connected(soon)
		r.BreakGateway(discordtest.Gate{CloseCodes: []int{code}})
		r.InvalidateSession()
		select {
		case err := <-r.ended:
			r.ended <- err
			var fatal *FatalError
			if !errors.As(err, &fatal) || fatal.Code != code || len(err.Error()) < 40 {
				t.Errorf("%d ended the client with %v", code, err)
			}
		case <-time.After(soon):
			t.Errorf("%d is tried again for ever", code)
		}
	}
}

func TestWrongTokenEnds(t *testing.T) {
	r := run(t, discordtest.Options{}, func(c *Client) { c.Token = "wrong" })
	select {
	case err := <-r.ended:
		r.ended <- err
		if err == nil || !strings.Contains(err.Error(), "token") {
			t.Errorf("got %v", err)
		}
	case <-time.After(soon):
		t.Error("a wrong token is tried again for ever")
	}
}

func TestThousandReconnectsLeaveNothing(t *testing.T) {
	r := run(t, discordtest.Options{}, func(c *Client) { c.Backoff = time.Microsecond })
	r.Connected(soon)
	before := runtime.NumGoroutine()
	const times = 1000
	for n := range times {
		switch n % 3 {
		case 0:
			r.Drop()
		case 1:
			r.Reconnect()
		case 2:
			r.CloseGateway(4000)
		}
		if !r.AwaitConnections(n+2, soon) {
			t.Fatalf("lost for good after %d connections", n)
		}
	}
	deadline := time.Now().Add(soon)
	for runtime.NumGoroutine() > before+3 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before+3 {
		t.Errorf("%d goroutines before, %d after %d reconnects", before, after, times)
	}
}
