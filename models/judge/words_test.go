package judge_test

import (
	"maps"
	"slices"
	"testing"

	"pentimento/models/judge"
)

func TestSays(t *testing.T) {
	for prompt, want := range map[string]map[string]string{
		"a woman's face with long curly blonde hair and a green hat on a blue background": {
			"people.who": "woman", "people.length": "long", "people.texture": "curly", "people.hair": "blond",
			"people.hat": "yes", "people.hat_colour": "green", "people.backdrop": "blue",
		},
		"A Girl, wearing sunglasses":              {"people.who": "girl", "people.glasses": "sunglasses"},
		"the face of a sad man with ginger hair":  {"people.who": "man", "people.mood": "sad", "people.hair": "red"},
		"a ginger cat on a red couch":             {"animals.animal": "cat", "animals.colour": "orange", "animals.place": "sofa", "animals.place_colour": "red"},
		"a road before hills with a boat at dusk": {"landscapes.feature": "street", "landscapes.range": "hills", "landscapes.boat": "yes", "landscapes.hour": "sunset"},
		"a man's face with orange hair":           {"people.who": "man"}, // no hair is orange
		"a watercolour of a teapot with a boat":   {},
		"":                                        {},
	} {
		if got := judge.Says(prompt); !maps.Equal(got, want) {
			t.Errorf("%q says %v, want %v", prompt, got, want)
		}
	}
}

// What is named is said afterwards, and the rest of the prompt is as it was.
func TestName(t *testing.T) {
	for _, tt := range []struct{ prompt, attribute, value, want string }{
		{"a woman with long hair", "people.hair", "green", "a woman with long green hair"},
		{"a woman with green hair", "people.texture", "curly", "a woman with curly green hair"},
		{"a woman with curly green hair", "people.length", "short", "a woman with short curly green hair"},
		{"a woman's face", "people.hair", "pink", "a woman's face with pink hair"},
		{"a cat on a sofa", "animals.colour", "orange", "an orange cat on a sofa"},
		{"a cat on a sofa", "animals.place_colour", "orange", "a cat on a sofa"}, // no seat is orange
		{"a woman's face", "animals.colour", "orange", "a woman's face"},
		{"a teapot", "people.hair", "pink", "a teapot"},
	} {
		got := tt.prompt
		insertions := judge.Name(tt.prompt, tt.attribute, tt.value)
		for _, in := range slices.Backward(insertions) {
			got = got[:in.At] + in.Text + got[in.At:]
		}
		if got != tt.want {
			t.Errorf("%q, %s %s: %q, want %q", tt.prompt, tt.attribute, tt.value, got, tt.want)
		}
		if len(insertions) > 0 && judge.Says(got)[tt.attribute] != tt.value {
			t.Errorf("%q does not say %s %s", got, tt.attribute, tt.value)
		}
	}
}

func TestSeen(t *testing.T) {
	network := openNetwork(t)
	sight, err := network.See(t.Context(), load(t, "drawing-0.png"))
	if err != nil {
		t.Fatal(err)
	}
	seen := sight.Seen()
	for name := range seen {
		if name != "domain" && name[:len("people.")] != "people." {
			t.Errorf("of a person %s is seen", name)
		}
	}
	for name, values := range seen {
		if want := sight.Values[name]; len(values) > 0 && seen.RulesOut(name, want) {
			t.Errorf("%s: %v rules %s out", name, values, want)
		}
	}
	if !seen.RulesOut("domain", "animals") || seen.RulesOut("domain", "people") || seen.RulesOut("landscapes.boat", "yes") {
		t.Errorf("of a person it is seen that %v", seen)
	}
	if value, sure := seen.Surely("domain"); !sure || value != "people" {
		t.Errorf("the domain is surely %q, %t", value, sure)
	}
	if _, sure := (judge.Seen{"people.hair": {"black", "brown"}}).Surely("people.hair"); sure {
		t.Error("one of two is sure")
	}
}
