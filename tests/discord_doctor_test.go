package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// runWith runs the program with a token and returns what it printed.
func (p program) runWith(token string, args ...string) (string, error) {
	cmd := exec.Command(p.path, args...)
	cmd.Env = append(os.Environ(), "PENTIMENTO_ONNXRUNTIME="+library(), "DISCORD_TOKEN="+token)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// A wrong token and a missing intent end the bot with a sentence that says
// what to do.
func TestServeSaysWhatToFix(t *testing.T) {
	p := newProgram(t)
	tests := map[string]struct{ token, says string }{
		"no token":          {"", "DISCORD_TOKEN is not set"},
		"a token in quotes": {`"secret"`, "quotes"},
		"a wrong token":     {"wrong-secret", "not known to Discord"},
		"a missing intent":  {discordtest.Token, "--no-message-content"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDiscord(t, discordtest.Options{})
			out, err := p.runWith(test.token, "serve", "--discord-api", d.URL(), "--store", filepath.Join(p.dir, "s.db"))
			if err == nil || !strings.Contains(out, test.says) {
				t.Errorf("%v: %s", err, out)
			}
			if test.token != "" && strings.Contains(out, test.token) {
				t.Errorf("the token was printed: %s", out)
			}
		})
	}
}

func TestDoctor(t *testing.T) {
	p := newProgram(t)
	store := filepath.Join(p.dir, "s.db")
	well := newDiscord(t, discordtest.Options{MessageContent: true})
	out, err := p.runWith(discordtest.Token, "doctor", "--discord-api", well.URL(), "--store", store)
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, what := range []string{"✓ runtime", "✓ device", "✓ model", "✓ store", "✓ token", "✓ intents", "✓ servers", "✓ invite"} {
		if strings.Count(out, what) != 1 {
			t.Errorf("there is no line %q in\n%s", what, out)
		}
	}
	ill := newDiscord(t, discordtest.Options{Permissions: 1<<10 | 1<<11 | 1<<14 | 1<<15 | 1<<16})
	out, err = p.runWith(discordtest.Token, "doctor", "--discord-api", ill.URL(), "--store", store, "--model", p.dir, "--device", "cpu")
	if err == nil {
		t.Error("the doctor is content")
	}
	for _, what := range []string{"✗ model", "✗ intents", `✗ servers  the bot lacks in "Atelier" Create Public Threads, Send Messages in Threads:`} {
		if !strings.Contains(out, what) {
			t.Errorf("there is no line %q in\n%s", what, out)
		}
	}
	out, err = p.runWith("wrong", "doctor", "--discord-api", ill.URL(), "--store", store)
	if err == nil || !strings.Contains(out, "✗ token") || strings.Count(out, "\n") > 9 {
		t.Errorf("%v: %s", err, out)
	}
}

// Without Redis, or without workers, the doctor says what to start.
func TestDoctorLooksAtTheQueue(t *testing.T) {
	p := newProgram(t)
	d := newDiscord(t, discordtest.Options{MessageContent: true})
	doctor := func(redis string) (string, error) {
		return p.runWith(discordtest.Token, "doctor", "--engine", "queue", "--redis", redis, "--discord-api", d.URL(), "--store", filepath.Join(p.dir, "s.db"))
	}
	out, err := doctor("redis://" + freeAddress(t))
	if err == nil || !strings.Contains(out, "✗ queue") || !strings.Contains(out, "is Redis running there?") {
		t.Errorf("without Redis: %v\n%s", err, out)
	}
	out, err = doctor("redis://" + redistest.Start(t).Addr)
	if err == nil || !strings.Contains(out, "✓ queue") || !strings.Contains(out, "✗ workers") || !strings.Contains(out, "pentimento worker --redis") {
		t.Errorf("without workers: %v\n%s", err, out)
	}
}
