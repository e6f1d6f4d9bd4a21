package bot

import (
	"maps"
	"strings"
	"testing"
)

func TestTyped(t *testing.T) {
	for _, test := range []struct {
		line string
		want map[string]string // nil for a problem
	}{
		{"/imagine a \"large\" river", map[string]string{"prompt": `a "large" river`}},
		{"/imagine --size 768x512 a \"large\" river", map[string]string{"prompt": `a "large" river`, "size": "768x512"}},
		{"/imagine a river --negative blurry, low quality --size=64x64", map[string]string{"prompt": "a river", "negative": "blurry, low quality", "size": "64x64"}},
		{`/imagine --negative "fog, rain" a river--size`, map[string]string{"prompt": "a river--size", "negative": "fog, rain"}},
		{"/imagine --size", map[string]string{"size": ""}},
		{"/weight curly 1.5", map[string]string{"word": "curly", "factor": "1.5"}},
		{"/weight curly hair 1.5", map[string]string{"word": "curly hair", "factor": "1.5"}},
		{"/weight curly", map[string]string{"word": "curly", "factor": ""}},
		{"/swap blond red", map[string]string{"from": "blond", "to": "red"}},
		{`/swap "blond hair" "red hair"`, map[string]string{"from": "blond hair", "to": "red hair"}},
		{"/swap blond hair red", nil},
		{"/settings preset=cl", map[string]string{"name": "preset", "value": "cl"}},
		{"/settings seed 1 2", map[string]string{"name": "seed", "value": "1 2"}},
		{"/settings", map[string]string{}},
		{"/share revoke ABC", map[string]string{"revoke": "revoke", "code": "ABC"}},
		{"/revert 1 2", nil},
		{"/import my pictures/a cat.png", map[string]string{"file": "my pictures/a cat.png"}},
		{`/import "my pictures/a  cat.png"`, map[string]string{"file": "my pictures/a  cat.png"}},
		{`/import '~/a cat.png' `, map[string]string{"file": "~/a cat.png"}},
		{`/import "a cat.png`, map[string]string{"file": "a cat.png"}},
		{`/import a\ cat.png`, map[string]string{"file": "a cat.png"}},
		{"/export a new cat.png", map[string]string{"file": "a new cat.png"}},
		{"/export", map[string]string{}},
		{"/history of all", map[string]string{}},
	} {
		name, rest, _ := strings.Cut(test.line, " ")
		command, ok := Named(Commands(), name[1:])
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		got, err := command.Typed(rest)
		if (err == nil) != (test.want != nil) || err == nil && !maps.Equal(got, test.want) {
			t.Errorf("%s is %q (%v), want %q", test.line, got, err, test.want)
		}
	}
}
