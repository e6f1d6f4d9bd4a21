package discordtest

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

// What plain discordgo does where the bot must do better. Each case runs in a
// process of its own, since some never end; a case that stops failing says
// that discordgo was mended and that a workaround can go.

// rewrite sends requests to the server.
type rewrite struct{ host string }

func (r rewrite) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.URL.Scheme, request.URL.Host = "http", r.host
	request.URL.Path = strings.Replace(request.URL.Path, "/api/v9/", "/api/v10/", 1)
	return http.DefaultTransport.RoundTrip(request)
}

// plainCases end by themselves within a moment where discordgo behaves.
func plainCases() map[string]func(*Server, *discordgo.Session) bool {
	return map[string]func(*Server, *discordgo.Session) bool{
		"op 7 before READY": func(d *Server, s *discordgo.Session) bool {
			d.BreakGateway(Gate{BeforeReady: []int{7}})
			return s.Open() != nil
		},
		"no HELLO": func(d *Server, s *discordgo.Session) bool {
			d.BreakGateway(Gate{NoHello: 1})
			return s.Open() != nil
		},
		"a missed acknowledgement": func(d *Server, s *discordgo.Session) bool {
			if s.Open() != nil {
				return false
			}
			d.BreakGateway(Gate{Deaf: true})
			d.await(8*time.Second, func() bool { return len(d.gate.closes) > 0 || d.gate.resumed > 0 })
			_, _, resumed, closes := d.Connections()
			return resumed > 0 && len(closes) > 0 && closes[0] != 1000 // the session was kept
		},
		"a wrong token ends": func(d *Server, s *discordgo.Session) bool {
			if s.Open() != nil {
				return false
			}
			d.BreakGateway(Gate{CloseCodes: []int{4004, 4004, 4004}})
			d.CloseGateway(4004)
			return !d.await(4*time.Second, func() bool { return d.gate.connected > 1 })
		},
		"429 as a web page": func(d *Server, s *discordgo.Session) bool {
			d.Inject(RateLimitedPage())
			_, err := s.Gateway()
			return err == nil
		},
		"503": func(d *Server, s *discordgo.Session) bool {
			d.Inject(Unavailable())
			_, err := s.Gateway()
			return err == nil
		},
		"an unknown component": func(*Server, *discordgo.Session) bool {
			var m discordgo.Message
			err := discordgo.Unmarshal([]byte(`{"id":"1","content":"hello","components":[{"type":99}]}`), &m)
			return err == nil && m.Content == "hello"
		},
		"memory of interactions": func(_ *Server, s *discordgo.Session) bool {
			one := s.Ratelimiter.GetBucket("/interactions/1/token/callback")
			return s.Ratelimiter.GetBucket("/interactions/1/token/callback") != one // forgotten
		},
		"one user's limit": func(d *Server, s *discordgo.Session) bool {
			limited := RateLimited(2 * time.Second)
			limited.Path = "/webhooks/1/ann"
			d.Inject(limited)
			go func() { _, _ = s.WebhookMessageEdit("1", "ann", "@original", &discordgo.WebhookEdit{}) }()
			time.Sleep(200 * time.Millisecond)
			start := time.Now()
			_, _ = s.WebhookMessageEdit("1", "bob", "@original", &discordgo.WebhookEdit{})
			return time.Since(start) < time.Second
		},
	}
}

// plainHeartbeat is how often the connections of the cases beat their heart.
const plainHeartbeat = 500 * time.Millisecond

// plainVariable names the case that the process runs.
const plainVariable = "PENTIMENTO_TEST_PLAIN"

// plainFailed is how the process ends when discordgo has failed.
const plainFailed = 3

func TestPlainDiscordgoFails(t *testing.T) {
	if name := os.Getenv(plainVariable); name != "" {
		d := New(Options{HeartbeatInterval: plainHeartbeat})
		s, err := discordgo.New("Bot " + Token)
		if err != nil {
			t.Fatal(err)
		}
		s.Client.Transport = rewrite{strings.TrimPrefix(d.URL(), "http://")}
		s.Identify.Intents = discordgo.IntentsGuilds
		if plainCases()[name](d, s) {
			os.Exit(0)
		}
		os.Exit(plainFailed)
	}
	for name := range plainCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestPlainDiscordgoFails$")
			cmd.Env = append(os.Environ(), plainVariable+"="+name)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case err := <-ended:
				var exit *exec.ExitError
				switch {
				case err == nil:
					t.Error("discordgo does well; is what works around it still needed?")
				case !errors.As(err, &exit) || exit.ExitCode() != plainFailed:
					t.Errorf("the case itself failed: %v", err)
				}
			case <-time.After(10 * time.Second): // hangs, as it does for ever
				if err := cmd.Process.Kill(); err != nil {
					t.Error(err)
				}
				<-ended
			}
		})
	}
}
