package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/english"
)

// beyondRule recognises requests that are understood but cannot be done by
// editing attention.
type beyondRule struct {
	pattern english.Pattern
	answer  string
}

// beyondRules are the requests that cannot be carried out, with what is said
// about them.
func beyondRules() []beyondRule {
	const image = "[the|this|it|that|my] [image|picture|photo|it|face|whole thing|portrait]"
	list := []struct{ pattern, answer string }{
		{"[no] (crop|trim|resize|rescale|scale|upscale|enlarge|zoom|zoom in|zoom out|zoom into|pan|rotate|tilt|flip|mirror|turn around|straighten|cut off|stretch|shrink|widen) " + image, cannotTurn},
		{"[no] (crop|trim|resize|rescale|upscale|rotate|flip|mirror|tilt|zoom|zoom in|zoom out|pan) <x>", cannotTurn},
		{"(make|turn|move|rotate|tilt) [it|this|the image|the picture|the photo] (by <n> degrees|upside down|sideways|clockwise|counterclockwise|wider|higher resolution|high resolution|hd|4k|landscape format|portrait format)", cannotTurn},
		{"(make|get) " + image + " (better|nicer|good|perfect|prettier|awesome|amazing|cooler|more interesting|look better|look nicer|look good|pop)", "I cannot tell what would be better. Say what should change."},
		{"(improve|enhance|fix|beautify|perfect|retouch|clean up|polish) " + image, "I cannot tell what would be better. Say what should change."},
		{"(surprise me|do something|do something else|something else|change something|change it|edit it|do whatever you want|you choose|you decide|anything|whatever)", "I need to know what to change."},
		{"(sharpen|blur|deblur|denoise|brighten|darken) <x>", cannotFilter},
		{"(increase|decrease|reduce|raise|lower|adjust|change|boost|up|turn up|turn down) [the] (contrast|brightness|saturation|sharpness|exposure|gamma|hue|opacity|resolution|quality|size) [of <x>|by <x>]", cannotFilter},
		{"(move|shift|drag|slide|push) <x> (to the left|to the right|left|right|up|down|higher|lower|closer|away|further away|to the center|to the middle)", "I cannot move things about: I change what the picture shows."},
		{"(save|download|export|print|send|share|upload|delete|email|post) " + image, "That is a command, not an edit: see /help."},
		{"(write|type|add|put) [the] (text|words|caption|title|name|letters) <x>", "I cannot write text into a picture."},
	}
	rules := make([]beyondRule, len(list))
	for i, b := range list {
		rules[i] = beyondRule{english.Compile(b.pattern), b.answer}
	}
	return rules
}

// beyondWord recognises requests by one word that gives them away, wherever
// it stands.
func beyondWord(tokens english.Words) string {
	for i, t := range tokens {
		switch t.Lower {
		case "brightness", "contrast", "saturation", "opacity", "sharpness", "exposure", "gamma":
			return cannotFilter
		case "rotate", "crop", "flip", "zoom", "clockwise", "anticlockwise", "counterclockwise":
			if i < 4 || t.Lower != "flip" {
				return cannotTurn
			}
		case "degree", "degrees":
			if i > 0 && !english.Closed(tokens[i-1].Lower) {
				return cannotTurn
			}
		}
	}
	return ""
}

const (
	cannotTurn   = "I cannot crop, resize, rotate or flip: I change what the picture shows."
	cannotFilter = "I cannot filter pixels, but I can change the light that the picture describes."
)

// outOfScope answers what editing attention cannot do.
func (p *Planner) outOfScope(tokens english.Words, talk Conversation) *Question {
	if answer := beyondWord(tokens); answer != "" {
		return &Question{Kind: OutOfScope, Text: answer, Choices: examples(p.suggestions(talk))}
	}
	for _, b := range p.beyond {
		if b.pattern.Match(tokens, func(english.Match) bool { return true }) {
			return &Question{Kind: OutOfScope, Text: b.answer, Choices: examples(p.suggestions(talk))}
		}
	}
	return nil
}

// notUnderstood says what can be said.
func (p *Planner) notUnderstood(tokens english.Words, talk Conversation) *Question {
	text := shortText(tokens)
	return &Question{
		Kind:    NotUnderstood,
		Text:    fmt.Sprintf("I did not understand %q. You can change, add, remove, strengthen or weaken what the picture shows, or undo.", text),
		Choices: examples(p.suggestions(talk)),
	}
}

// examples fills up suggestions to a few utterances that can always be said.
func examples(own []string) []string {
	if len(own) > 0 {
		return own
	}
	return []string{"a woman's face with blond hair", "a river between mountains at sunset"}
}

// suggestions are edits that fit the picture at hand.
func (p *Planner) suggestions(talk Conversation) []string {
	if len(talk.Turns) == 0 {
		return nil
	}
	e := p.newEdit(talk)
	q := e.caption.Parse()
	var out []string
	for _, n := range q.Nouns {
		for i := n.Start; i < n.Head && len(out) < 2; i++ {
			if p.en.IsColour(q.Words[i].Lower) {
				other := "red"
				if q.Words[i].Lower == "red" {
					other = "blue"
				}
				out = append(out, "make the "+q.Words[n.Head].Lower+" "+other)
			}
		}
	}
	if _, ok := e.caption.Person(q); ok {
		out = append(out, "add glasses")
	} else {
		out = append(out, "at sunset")
	}
	if len(talk.Turns) > 1 {
		out = append(out, "undo")
	}
	return slices.Compact(out)
}
