package tests

import (
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pentimento/tests/judge"
)

func TestConversationEditsTheSamePicture(t *testing.T) {
	p := newProgram(t)
	turns := p.say(t, []string{"--seed", "1", "--steps", "20"},
		"a woman's face with blond hair", "make her hair red", "make her hair blond", "/revert 2", "/redo", "/goto 2")
	if len(turns) != 6 {
		t.Fatalf("6 lines were answered with %d objects", len(turns))
	}
	for _, one := range turns {
		if one.Error != "" || one.Question != "" {
			t.Fatalf("%q: %s%s", one.Utterance, one.Error, one.Question)
		}
	}
	blond, red, again := open(t, turns[0].Image), open(t, turns[1].Image), open(t, turns[2].Image)

	hair := judge.Hair(blond)
	if n := hair.Count(); n < 400 {
		t.Fatalf("the first picture has %d pixels of blond hair", n)
	}
	if share := judge.Share(red, hair, judge.Red); share < .6 {
		t.Errorf("after %q, %.0f %% of the hair is red", turns[1].Utterance, 100*share)
	}
	if mean, _ := judge.Difference(blond, red, judge.Outside(hair, 4)); mean > 6 {
		t.Errorf("outside the hair the picture changed by %.1f levels", mean)
	}
	if d := judge.MaxDifference(blond, again); d > 2 {
		t.Errorf("blond → red → blond differs from the first picture by up to %d levels", d)
	}
	if turns[3].Turn != 1 || !same(t, turns[3].Image, turns[0].Image) {
		t.Errorf("/revert 2 gave turn %d and another picture", turns[3].Turn)
	}
	if turns[4].Turn != 2 || turns[5].Turn != 2 {
		t.Errorf("/redo and /goto 2 gave turns %d and %d, want 2", turns[4].Turn, turns[5].Turn)
	}
	if turns[1].Parent != 1 || turns[1].SourceImage != turns[0].Image || turns[1].Prompt != "a woman's face with red hair" {
		t.Errorf("turn 2 is described as %+v", turns[1])
	}
}

// Killed at any moment, a conversation goes on where the last answer left it,
// and the pictures drawn from its recipes are the same.
func TestResumeAfterKill(t *testing.T) {
	p := newProgram(t)
	c := p.start(t, "--seed", "5")
	before := []turn{c.ask("a woman's face with blond hair"), c.ask("make her hair red")}
	c.tell("add glasses")
	time.Sleep(50 * time.Millisecond) // in the middle of drawing
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err == nil {
		t.Fatal("the program survived kill -9")
	}

	after := p.say(t, []string{"--resume"}, "/goto 2", "make her hair blond", "/history")
	if after[0].Turn != 2 || !same(t, after[0].Image, before[1].Image) {
		t.Errorf("turn 2 came back as %+v", after[0])
	}
	if d := judge.MaxDifference(open(t, before[0].Image), open(t, after[1].Image)); d > 2 {
		t.Errorf("blond → red → (restart) → blond differs by up to %d levels", d)
	}
}

func TestInterruptCancelsTheTurnAndKeepsTheRest(t *testing.T) {
	c := newProgram(t).start(t, "--seed", "5")
	if first := c.ask("a woman's face with blond hair"); first.Turn != 1 {
		t.Fatalf("got %+v", first)
	}
	c.ask("/settings steps 1000")
	c.tell("/imagine a woman's face with red hair")
	time.Sleep(300 * time.Millisecond)
	c.interrupt()
	if cancelled := c.hear(); !strings.Contains(cancelled.Error, "cancelled") {
		t.Errorf("got %+v", cancelled)
	}
	if history := c.ask("/history"); strings.Count(string(history.History), `"turn"`) != 1 {
		t.Errorf("history is %s", history.History)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	// The first may come before the program is done with its last answer, and
	// would be meant for that.
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		_ = c.cmd.Process.Signal(os.Interrupt) // it may have ended
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Ctrl-C ended the program with %v", err)
			}
			return
		case <-time.After(5 * time.Second): // a second one while it ends would kill it
		}
	}
	t.Error("Ctrl-C did not end the program")
	if err := c.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-ended
}

func open(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	out := image.NewNRGBA(picture.Bounds())
	draw.Draw(out, out.Rect, picture, picture.Bounds().Min, draw.Src)
	return out
}

// same reports whether two files hold the same bytes.
func same(t *testing.T, a, b string) bool {
	t.Helper()
	x, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(x) == string(y)
}
