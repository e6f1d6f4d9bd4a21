package tests

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// The bot writes no secret, whatever it logs and whatever fails: not the token, nor
// the passwords. What people say it logs at debug level alone.
func TestTrustSecretsAreNotWritten(t *testing.T) {
	for _, level := range []string{"info", "debug"} {
		t.Run(level, func(t *testing.T) {
			const password, key = "pass-swordfish", "key-swordfish"
			t.Setenv("PENTIMENTO_REDIS_PASSWORD", password)
			t.Setenv("PENTIMENTO_LLM_KEY", key)
			server := redistest.Start(t, "--requirepass", password)
			d := newDiscord(t, discordtest.Options{MessageContent: true})
			p, ann := newProgram(t), d.Person("ann")
			cmd := p.serve(t, d, "--steps", "4", "--log-level", level, "--store", "redis://"+server.Addr,
				"--llm-url", "http://127.0.0.1:1/v1", "--llm-model", "nobody")
			said := ann.Say(ann.Direct(), "a woman's face with blond hair")
			drawn(t, d, ann.Direct(), said.ID, "blond")
			server.Kill()
			server.Restart()
			d.Inject(discordtest.Fault{Status: 500, Times: 2})
			said = ann.Say(ann.Direct(), "make her hair red")
			drawn(t, d, ann.Direct(), said.ID, "red")
			unclear := ann.Say(ann.Direct(), "verily swordfishes colourless yonder")
			d.Message(ann.Direct(), unclear.ID, patience, func(m *discordtest.Message) bool { return m.Author.Bot })
			stop(t, cmd)

			log := cmd.Stdout.(*bytes.Buffer).String()
			if !strings.Contains(log, "level=INFO") {
				t.Errorf("the log says nothing: this test sees nothing\n%s", log)
			}
			for _, secret := range []string{discordtest.Token, password, key} {
				if strings.Contains(log, secret) {
					t.Errorf("%q is in the log", secret)
				}
				if strings.Contains(written(t, p.dir), secret) {
					t.Errorf("%q is in a file", secret)
				}
			}
			if level == "info" && (strings.Contains(log, "blond") || strings.Contains(log, "swordfishes")) {
				t.Errorf("what was said is in the log:\n%s", log)
			}
		})
	}
}

// written is all that is in the files of a folder.
func written(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
