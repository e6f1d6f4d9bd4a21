package dialogue

import (
	"strings"
	"testing"
)

// TestFirstPicture: with nothing drawn yet, an utterance is the prompt of the first
// picture, without the asking.
func TestFirstPicture(t *testing.T) {
	planner := New()
	for said, want := range map[string]string{
		"a woman's face with blond hair":                   "imagine a woman's face with blond hair",
		"draw me a woman with red hair":                    "imagine a woman with red hair",
		"can I have a picture of a castle?":                "imagine a castle",
		"please imagine a river between mountains":         "imagine a river between mountains",
		"a cat, please":                                    "imagine a cat",
		"could you draw a snowy street for me?":            "imagine a snowy street",
		"I'd like to see a forest at night":                "imagine a forest at night",
		"I want a picture of a man with a beard":           "imagine a man with a beard",
		"show me a house by a lake":                        "imagine a house by a lake",
		"paint me a portrait of a girl":                    "imagine a portrait of a girl",
		"make me a picture of a dog":                       "imagine a dog",
		"Create an image of a red car":                     "imagine a red car",
		"make a red car":                                   "imagine a red car",
		"woman":                                            "imagine woman",
		"Draw A Cat's Face 😀 now!":                         "imagine A Cat's Face",
		"an oil painting of a river":                       "imagine an oil painting of a river",
		"a house with a red roof and a garden, and a tree": "imagine a house with a red roof and a garden, and a tree",
		"a man and a woman... no, just a man with a hat":   "imagine a man with a hat",
		"first draw a lake":                                "imagine a lake",
		"can we do a rabbit in a field":                    "imagine a rabbit in a field",
		"hey bot, i fancy a desert with a road":            "imagine a desert with a road",
		"a girl who has red hair":                          "imagine a girl with red hair",
		"a girl whose hair is red":                         "imagine a girl with red hair",
		"a man, who wears a hat":                           "imagine a man wearing a hat",
		"a cat that sits on a sofa":                        "imagine a cat sitting on a sofa",
		"a house that stands by a lake":                    "imagine a house by a lake",
		"a house, it's winter":                             "imagine a house in winter",
		"i want a cat and it should be black":              "imagine a black cat",
		"undo":                                             "? nothing-to-do",
		"go back two":                                      "? nothing-to-do",
		"make her hair red":                                "? nothing-to-do",
		"remove the hat":                                   "? nothing-to-do",
		"add glasses":                                      "? nothing-to-do",
		"thanks":                                           "answer",
		"help":                                             "answer",
		"":                                                 "? not-understood",
		"!!!":                                              "answer",
		"use seed 7":                                       "set seed 7",
	} {
		if got := outcome(planner.Plan(said, Conversation{})); !agrees(got, want) {
			t.Errorf("%q: %s, want %s", said, got, want)
		}
	}
}

// TestPromptsAreKeptAsTyped: nothing of a description is lost, however odd or
// long it is.
func TestPromptsAreKeptAsTyped(t *testing.T) {
	planner := New()
	long := strings.Repeat("a very long description of a castle, ", 270) + "the end"
	for said, want := range map[string]string{
		"draw me a (red) cat, 50% bigger – \"really\" & wild 😀 please": "a (red) cat, 50% bigger – \"really\" & wild",
		"A Cat's-Eye  View": "A Cat's-Eye  View",
		"imagine " + long:   long,
		long:                long,
	} {
		r := planner.Plan(said, Conversation{})
		if r.Plan == nil || r.Plan.Prompt != want {
			t.Errorf("%.60q gives %+v", said, r)
		}
	}
}
