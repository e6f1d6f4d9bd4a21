package recipe

import (
	"encoding/json"
	"strings"
	"testing"
)

// What version 1 could say is still the same recipe, byte by byte, so that caches
// and older programs know it.
func TestRecipesAreOfTheEarliestVersion(t *testing.T) {
	s := Settings{Model: "m", Seed: 7, Scheduler: DPMSolver, Steps: 20, Guidance: 4.5}
	text, err := json.Marshal(New(s, Turn{Prompt: "a cat"}))
	const want = `{"version":1,"settings":{"model":"m","seed":7,"scheduler":"dpmpp_2m","steps":20,"guidance":4.5},` +
		`"turns":[{"prompt":"a cat","windows":{"cross":{"from":0,"to":0},"self":{"from":0,"to":0},"value":{"from":0,"to":0}},"blend":{}}]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	for what, change := range map[string]func(*Settings){
		"a size":            func(s *Settings) { s.Width, s.Height = 128, 64 },
		"a negative prompt": func(s *Settings) { s.Negative = "fog" },
		"a picture":         func(s *Settings) { s.Picture = strings.Repeat("0f", 32) },
		"euler":             func(s *Settings) { s.Scheduler = Euler },
		"lcm":               func(s *Settings) { s.Scheduler = LCM },
	} {
		later := s
		change(&later)
		if v := New(later).Version; v != 2 || later.Validate() != nil {
			t.Errorf("%s: version %d, %v", what, v, later.Validate())
		}
	}
	if v := New(s, Turn{Prompt: "a cat"}, Turn{Prompt: "a dog", Start: .2}, Turn{Prompt: "a cat"}).Version; v != 2 {
		t.Errorf("a turn that begins late: version %d", v)
	}
}

func TestTrust07SizesAreWithinBounds(t *testing.T) {
	for _, size := range [][2]int{{64, 56}, {0, 512}, {512, 0}, {-512, -512}, {513, 512}, {2056, 512}, {1 << 62, 1 << 62}} {
		if (Settings{Steps: 1, Width: size[0], Height: size[1]}).Validate() == nil {
			t.Errorf("%d×%d is within bounds", size[0], size[1])
		}
	}
	for _, size := range [][2]int{{0, 0}, {64, 2048}, {768, 512}} {
		if err := (Settings{Steps: 1, Width: size[0], Height: size[1]}).Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestPicturesAreNamedByDigests(t *testing.T) {
	digest := strings.Repeat("0f", 32)
	for _, s := range []Settings{
		{Steps: 1, Picture: digest[1:]}, {Steps: 1, Picture: strings.ToUpper(digest)}, {Steps: 1, Picture: "../" + digest[3:]},
		{Steps: 1, Picture: digest, Scheduler: LCM}, {Steps: 1, Picture: digest, Scheduler: EulerAncestral},
	} {
		if s.Validate() == nil {
			t.Errorf("a picture %q with %q is within bounds", s.Picture, s.Scheduler)
		}
	}
	for _, scheduler := range append(Invertible(), "") {
		if err := (Settings{Steps: 1, Picture: digest, Scheduler: scheduler}).Validate(); err != nil {
			t.Error(err)
		}
	}
}
