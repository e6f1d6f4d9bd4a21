package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// drawing are verbs with which a picture is asked for.
const drawing = "(draw|imagine|generate|create|show|paint|sketch|render|make|produce|give|design|illustrate)"

// asking are the ways to ask for a picture that are no part of its description.
func asking() []string {
	return []string{
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
}

// fresh are the ways to ask for a new picture in mid conversation.
func fresh() []string {
	return []string{
		"[draw|make|paint|show|generate|create|imagine|give] [me|us] [a|the] (new|next|another|fresh|different) (picture|image|scene|photo|drawing) [of|with|showing|:|,] [:] <x>",
		"(imagine|/imagine|generate) <x>",
		"(start over|start again|restart|begin again|start fresh) (with|from|:|,) <x>",
		drawing + " [me|us] [a|an|the] (picture|image|photo|photograph|pic|drawing|portrait|painting|sketch) of <x>",
		"(picture|image|photo) of <x>",
		"(draw|show|paint|sketch|make|create) (me|us) <x>",
	}
}

// firstPicture answers all that is said before anything is drawn: the utterance is
// the prompt, without the asking.
func (p *Planner) firstPicture(h hearing, talk Conversation) (Reply, bool) {
	if len(talk.Turns) > 0 {
		return Reply{}, false
	}
	if p.presupposes(h.spoken) {
		return Reply{Question: &Question{Kind: NothingToDo, Text: "Nothing has been drawn yet. Say what you would like to see.", Choices: examples(nil)}}, true
	}
	prompt := h.verbatim(p.described(h.spoken))
	if prompt == "" {
		return Reply{Question: p.notUnderstood(h.spoken, talk)}, true
	}
	return p.picture(prompt, "the first picture", h, talk), true
}

// asksToDraw are verbs that start edits and may also ask for a picture.
const asksToDraw english.List = "draw paint show render make have get give open more less"

// presupposes tells whether an utterance speaks of a picture that should be there:
// "remove the hat", "make her hair red".
func (p *Planner) presupposes(spoken english.Words) bool {
	first := spoken[0].Lower
	if !english.Starters.Has(first) {
		return false
	}
	if !asksToDraw.Has(first) {
		return true
	}
	return len(spoken) > 1 && first == "make" && (english.Pronouns.Has(spoken[1].Lower) || spoken[1].Lower == "the" || english.ClassOf(spoken[1].Lower) == english.Possessive)
}

// described strips the asking from a description.
func (p *Planner) described(spoken english.Words) english.Words {
	for _, ask := range p.asking {
		ask.Match(spoken, func(m english.Match) bool {
			spoken = m["x"]
			return true
		})
	}
	return spoken.TrimMarks()
}

// newPicture answers what asks in mid conversation for a picture of something
// else.
func (p *Planner) newPicture(h hearing, talk Conversation) (Reply, bool) {
	scene := p.newScene(h.spoken, talk)
	if len(scene) == 0 {
		return Reply{}, false
	}
	return p.picture(h.verbatim(scene), "a new picture is asked for", h, talk), true
}

// picture plans a new picture, or says why there can be none.
func (p *Planner) picture(prompt, reason string, h hearing, talk Conversation) Reply {
	if q := p.guardedPicture(prompt, h.spoken, talk); q != nil {
		return Reply{Question: q}
	}
	return Reply{Plan: &Plan{Action: Imagine, Prompt: prompt, Label: "new picture", Reason: reason}}
}

// newScene gives the description of a new picture if an utterance in mid
// conversation asks for one rather than for an edit: it says so ("new picture:
// …"), or asks to draw something that is no part of the picture at hand.
func (p *Planner) newScene(spoken english.Words, talk Conversation) english.Words {
	var scene english.Words
	for _, ask := range p.fresh {
		if ask.Match(spoken, func(m english.Match) bool { scene = m["x"].TrimMarks(); return true }) {
			return scene
		}
	}
	p.draw.Match(spoken, func(m english.Match) bool {
		if p.standsAlone(m["x"], talk) {
			scene = m["x"]
		}
		return true
	})
	return scene
}

// standsAlone tells whether a description is a scene of its own: two things at
// least, and nothing of the picture at hand.
func (p *Planner) standsAlone(x english.Words, talk Conversation) bool {
	caption := p.newEdit(talk).caption.Parse()
	q := p.en.Parse(x)
	if len(q.Nouns) < 2 || p.en.IsStyle(x) || x[0].Lower == "the" {
		return false
	}
	for _, n := range q.Nouns {
		if caption.Names(q.Words[n.Head].Lower) || q.Words[n.Start].Lower == "the" {
			return false
		}
	}
	return !slices.ContainsFunc(x, func(t english.Token) bool {
		return english.Pronouns.Has(t.Lower) || english.ClassOf(t.Lower) == english.Possessive && t.Lower != "'s"
	})
}
