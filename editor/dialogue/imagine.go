package dialogue

import (
	"slices"
	"strings"
)

// asking are the ways to ask for a picture that are no part of its description,
// fresh those that ask for a new one in mid conversation.
const drawing = "(draw|imagine|generate|create|show|paint|sketch|render|make|produce|give|design|illustrate)"

var asking = []string{
	drawing + " [me|us] [a|an|the|one|another|new] [new] (picture|image|photo|photograph|drawing|pic|scene|illustration) (of|with|showing|that shows) <x>",
	"[a|an|the] [new] (picture|image|photo|photograph|pic) of <x>",
	"(draw|imagine|generate|create|show|sketch|render|illustrate) [me|us] <x>",
	"(paint|give|make|produce|design) (me|us) <x>",
	"(have|get|see|see you draw) [a|an|the] [new] (picture|image|photo|drawing) of <x>",
	"(have|get|see) <x>",
	"[a|the] (new|next|another|fresh|different) (picture|image|scene|photo|one|drawing) [of|with|showing|:|,|please] [:] <x>",
	"(start over|start again|start|restart|begin|begin again|new|start fresh) (with|from|:) <x>",
	"(now|next) (draw|imagine|show me|paint) <x>",
	"/imagine <x>",
	"(make|paint|produce|design) <x>",
}

var fresh = []string{
	"[draw|make|paint|show|generate|create|imagine|give] [me|us] [a|the] (new|next|another|fresh|different) (picture|image|scene|photo|drawing) [of|with|showing|:|,] [:] <x>",
	"(imagine|/imagine|generate) <x>",
	"(start over|start again|restart|begin again|start fresh) (with|from|:|,) <x>",
	drawing + " [me|us] [a|an|the] (picture|image|photo|photograph|pic|drawing|portrait|painting|sketch) of <x>",
	"(picture|image|photo) of <x>",
	"(draw|show|paint|sketch|make|create) (me|us) <x>",
}

func compileAll(texts []string) []pattern {
	out := make([]pattern, len(texts))
	for i, text := range texts {
		out[i] = compile(text)
	}
	return out
}

// imagine makes the plan for a first picture: the utterance is its prompt, without
// the asking.
func (p *Planner) imagine(spoken []token, talk Conversation) Reply {
	if p.presupposes(spoken) {
		return Reply{Question: &Question{Kind: NothingToDo, Text: "Nothing has been drawn yet. Say what you would like to see.", Choices: examples(nil)}}
	}
	text := p.describe(spoken)
	if text == "" {
		return Reply{Question: p.notUnderstood(spoken, talk)}
	}
	return Reply{Plan: &Plan{Action: Imagine, Prompt: text, Label: "new picture", Reason: "the first picture"}}
}

// asksToDraw are verbs that start edits and may also ask for a picture.
var asksToDraw = set("draw paint show render make have get give open more less")

// presupposes tells whether an utterance speaks of a picture that should be there:
// "remove the hat", "make her hair red".
func (p *Planner) presupposes(spoken []token) bool {
	first := spoken[0].lower
	if !starters[first] {
		return false
	}
	if !asksToDraw[first] {
		return true
	}
	return len(spoken) > 1 && first == "make" && (pronouns[spoken[1].lower] || spoken[1].lower == "the" || closed[spoken[1].lower] == possessive)
}

// describe strips the asking from a description.
func (p *Planner) describe(spoken []token) string {
	for _, ask := range p.asking {
		ask.match(spoken, func(m match) bool {
			spoken = m["x"]
			return true
		})
	}
	return strings.TrimSpace(phraseText(trimMarks(spoken)))
}

// newScene tells whether an utterance in mid conversation asks for a new picture
// rather than for an edit: it says so ("new picture: …"), or asks to draw
// something that is no part of the picture at hand.
func (p *Planner) newScene(spoken []token, talk Conversation) (prompt string, ok bool) {
	for _, ask := range p.fresh {
		if ask.match(spoken, func(m match) bool { prompt = phraseText(m["x"]); return true }) {
			return prompt, prompt != ""
		}
	}
	p.draw.match(spoken, func(m match) bool {
		x := m["x"]
		d := p.newDraft(talk)
		q := parse(p.lex, x)
		if len(q.nouns) == 0 || len(q.nouns) < 2 || p.isStyle(x) || x[0].lower == "the" {
			return false
		}
		for _, n := range q.nouns {
			if d.named(d.caption.parse(), q.tokens[n.head].lower) || q.tokens[n.start].lower == "the" {
				return false
			}
		}
		if slices.ContainsFunc(x, func(t token) bool { return pronouns[t.lower] || t.lower == "her" || t.lower == "his" }) {
			return false
		}
		prompt = phraseText(x)
		return true
	})
	return prompt, prompt != ""
}
