package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pentimento/tests/redistest"
)

// An exported picture is the same in another store, from either file.
func TestExportedPictureIsDrawnAgain(t *testing.T) {
	p := newProgram(t)
	turns := p.say(t, []string{"--seed", "7"}, "a woman's face with blond hair", "make her hair red", "/export")
	exported := turns[2]
	if exported.Error != "" || !strings.HasSuffix(exported.Image, "-recipe.png") {
		t.Fatalf("/export answered %+v", exported)
	}
	for _, file := range []string{exported.Image, strings.TrimSuffix(exported.Image, ".png") + ".json"} {
		other := newProgram(t)
		got := other.say(t, nil, "/import "+file, "make her hair green", "/history")
		if got[0].Error != "" || got[0].Turn != 2 || !same(t, got[0].Image, turns[1].Image) {
			t.Errorf("/import %s answered %+v", filepath.Base(file), got[0])
		}
		if got[1].Error != "" || got[1].Parent != 2 || got[1].Edit != "red → green" {
			t.Errorf("the edit of an imported picture is %+v", got[1])
		}
	}
	if got := newProgram(t).say(t, nil, "/import "+turns[1].Image); !strings.Contains(got[0].Error, "no recipe") {
		t.Errorf("a picture without a recipe: %+v", got[0])
	}
}

// Two processes on one Redis: one shares, the other goes on, and what is
// forgotten is gone.
func TestForkOnRedis(t *testing.T) {
	server := redistest.Start(t)
	store := []string{"--seed", "7", "--store", "redis://" + server.Addr, "--pictures", filepath.Join(t.TempDir(), "pictures")}
	p := newProgram(t)
	ann := p.start(t, store...)
	ann.ask("a woman's face with blond hair")
	red := ann.ask("make her hair red")
	code := regexp.MustCompile(`/fork ([A-Z2-7]{26})`).FindStringSubmatch(ann.ask("/share").Text)
	if code == nil {
		t.Fatal("/share gave no code")
	}
	turns := p.say(t, store, "a lighthouse on a rock", "/fork "+code[1], "make her hair green")
	if forked := turns[1]; forked.Error != "" || forked.Turn != 3 || forked.Rows != 0 || !same(t, forked.Image, red.Image) {
		t.Errorf("/fork answered %+v", forked)
	}
	if turns[2].Error != "" || turns[2].Parent != 3 {
		t.Errorf("the edit of a forked picture is %+v", turns[2])
	}
	if got := ann.ask("/share revoke " + code[1]); got.Error != "" {
		t.Errorf("/share revoke answered %+v", got)
	}
	if got := p.say(t, store, "/fork "+code[1]); !strings.Contains(got[0].Error, "nothing is shared") {
		t.Errorf("/fork of a code that was taken back answered %+v", got[0])
	}
	if got := ann.ask("/forget everything"); got.Error != "" {
		t.Errorf("/forget answered %+v", got)
	}
	if keys := server.CLI("keys", "*"); keys != "" {
		t.Errorf("after /forget Redis has %s", keys)
	}
	if left, err := os.ReadDir(store[5]); err != nil || len(left) != 0 {
		t.Errorf("after /forget the pictures are %v (%v)", left, err)
	}
}
