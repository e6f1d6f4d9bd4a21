package terminal

import (
	"bufio"
	"context"
	"encoding/json"
	"image"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models"
	"pentimento/recipe"
	"pentimento/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// brush draws a grey picture in two steps. It waits before the second one while
// it is held.
type brush struct{ held chan bool }

func (b brush) Draw(ctx context.Context, _ recipe.Recipe, progress func(editor.Progress)) (*editor.Drawing, error) {
	progress(editor.Progress{Step: 1, Steps: 2, Preview: func(context.Context) (*image.NRGBA, error) { panic("nobody looks at previews") }})
	select {
	case <-b.held:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	progress(editor.Progress{Step: 2, Steps: 2})
	return &editor.Drawing{Image: image.NewNRGBA(image.Rect(0, 0, 8, 8))}, nil
}

func (brush) Remembers(context.Context, recipe.Recipe) bool { return true }
func (brush) Model() *models.Model                          { return &models.Model{} }

// A conversation in a pipe: one answer for every line. Ctrl-C cancels what is
// drawn and leaves the session as it was; one that finds nothing to cancel ends
// the chat, and nothing of it goes on.
func TestChat(t *testing.T) {
	held := make(chan bool)
	queue := jobs.NewLocal(t.Context(), jobs.Options{}, jobs.Worker{Name: "worker", Engine: drawer.New(brush{held}), Drain: time.Millisecond})
	in, lines := io.Pipe()
	answers, out := io.Pipe()
	interrupts := make(chan os.Signal)
	chat := &Chat{
		Conversation: &bot.Conversation{
			Key: session.Key{User: "ann", Place: "here"}, Store: session.NewMemory(), Planner: bot.Grammar{Planner: dialogue.New()},
			Queue: queue, Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 1 }}, Options: bot.Options{Steps: 2},
		},
		Commands: bot.Commands(), In: in, Out: out, JSON: true, Dir: t.TempDir(), Interrupts: interrupts,
	}
	ended := make(chan error, 1)
	go func() { ended <- chat.Run(t.Context()) }()
	answer := bufio.NewReader(answers)
	say := func(text string) {
		if _, err := io.WriteString(lines, text+"\n"); err != nil {
			t.Error(err)
		}
	}
	hear := func() (heard turnJSON) {
		text, err := answer.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(text, &heard)
		}
		if err != nil {
			t.Fatal(err)
		}
		return heard
	}

	say("a river between mountains")
	held <- true
	if got := hear(); got.Turn != 1 || got.Image == "" {
		t.Errorf("a picture is answered with %+v", got)
	}
	say("/imagine a boat")
	for stats := (jobs.Stats{}); stats.Running == 0; {
		stats, _ = queue.Stats(t.Context())
	}
	interrupts <- os.Interrupt
	if got := hear(); got.Error != "cancelled. Nothing was changed" {
		t.Errorf("a cancelled picture is answered with %+v", got)
	}
	say("/history")
	if got := hear(); len(got.History) != 1 {
		t.Errorf("the history is %+v", got.History)
	}
	for leaving := true; leaving; {
		select {
		case interrupts <- os.Interrupt: // the first may be meant for the last answer
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			leaving = false
		}
	}
	if err := lines.Close(); err != nil { // the reader waited for a line
		t.Error(err)
	}
	if err := queue.Close(); err != nil {
		t.Error(err)
	}
}

// A chat ends with its input, also when the last line has no newline and its
// answer comes no later than the end.
func TestInputWithoutALastNewline(t *testing.T) {
	for range 200 {
		var out strings.Builder
		chat := &Chat{
			Conversation: &bot.Conversation{Key: session.Key{User: "ann", Place: "here"}, Store: session.NewMemory(), Planner: bot.Grammar{Planner: dialogue.New()}},
			Commands:     bot.Commands(), In: strings.NewReader("/undo\n/undo"), Out: &out, Dir: t.TempDir(),
		}
		if err := chat.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if answers := strings.Count(out.String(), "Nothing is drawn yet"); answers != 2 {
			t.Fatalf("%d answers in %q", answers, out.String())
		}
	}
}
