package dialogue

import "testing"

// Where an edit is said to act, and what is no such place.
func TestEditsThatSayWhere(t *testing.T) {
	face := Turn{ID: 1, Prompt: "a woman's face with blond hair"}
	planner := New()
	for said, want := range map[string]string{
		"make her hair red, only on the left side":                 "left",
		"make her hair red only in the left half":                  "left",
		"make her hair red but only on the right":                  "right",
		"make her hair red, just in the upper half of the picture": "upper",
		"Make her hair red only in the top left corner.":           "upper left",
		"make her hair red only within the lower right part":       "lower right",
		"make her hair red only in the upper third":                "upper third",
		"make her hair red only in the middle":                     "middle",
		"make her hair red in the top half of the picture":         "upper",
		"make her hair red on the left side of the image only":     "left",
		"only on the left side, make her hair red":                 "left",
		"just in the bottom half make her hair red":                "lower",
		"on the right half of the picture, make her hair red":      "right",
		"in the center of the photo make her hair red":             "middle",
		"only at the right-hand side, make her hair red":           "right",
		"make her hair green only on the left":                     "left",
		"add a hat only in the upper half":                         "upper",
		"add earrings, only on the left side":                      "left",
	} {
		reply := planner.Plan(said, pocket(face))
		if reply.Plan == nil || reply.Plan.Action != Edit || reply.Plan.Region != want {
			t.Errorf("%q: %s, want an edit in %q", said, outcome(reply), want)
		}
	}
	for _, said := range []string{
		"make her hair red", "go left", "the left one", "a woman in the middle of a forest", "make her look to the left",
		"only the hat", "only the hair", "just a bit redder", "undo", "make the left eye blue", "only on the left", "on the left side of the picture",
		"a cat on the left", "put her on the right track", "make it the right colour", "in the middle of the night", "only in the evening",
	} {
		if reply := planner.Plan(said, pocket(face)); reply.Plan != nil && reply.Plan.Region != "" {
			t.Errorf("%q is an edit in %q", said, reply.Plan.Region)
		}
	}
	if reply := planner.Plan("make her hair red only in the left half", pocket()); reply.Plan != nil && reply.Plan.Region != "" {
		t.Errorf("before a picture: %s", outcome(reply))
	}
}
