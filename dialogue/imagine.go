package dialogue

import (
	"slices"

	"pentimento/dialogue/caption"
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
		"(let's|lets|let us) (try|do|draw|see|have|go for|go with|make|paint) <x>",
		"[a|the] (new|next|another|fresh|different) (picture|image|scene|photo|one|drawing) [please] [of|with|showing|:|,] [:] <x>",
		"(start over|start again|start|restart|begin|begin again|new|start fresh|begin anew|start anew|start all over|begin all over) [,] [this time|now] (with|from|:) <x>",
		"(now|next) (draw|imagine|show me|paint) <x>",
		"(this time) [with|of] <x>",
		"/imagine <x>",
		"(picture this|imagine this|picture the following|imagine) [:|,] <x>",
		"(make|paint|produce|design) <x>",
		"(do|try) [me|us] <x>",
		"(what about|how about) <x>",
		"first (draw|do|make|paint|show me) <x>",
	}
}

// fresh are the ways to ask for a new picture in mid conversation.
func fresh() []string {
	return []string{
		"[draw|make|paint|show|generate|create|imagine|give] [me|us] [a|the] (new|next|another|fresh|different) (picture|image|scene|photo|drawing) [please|now|then] [of|with|showing|:|,] [:] <x>",
		"(imagine|/imagine|generate) <x>",
		"(start over|start again|restart|begin again|start fresh|begin anew|start anew|start all over|begin all over) [,] [this time|now] (with|from|:|,) <x>",
		drawing + " [me|us] [a|an|the] (picture|image|photo|photograph|pic|drawing|portrait|painting|sketch) of <x>",
		"[a|an] (picture|image|photo|photograph|pic) of <x>",
		"(now|next) (draw|do|imagine|show me|show us|generate|create|sketch|make me|paint me|give me) <x>",
		"(draw|show|paint|sketch|make|create) (me|us) <x>",
		"instead (draw|show|sketch|generate|imagine|create) [me|us] <x>",
		"(draw|sketch|generate|imagine) [me|us] <x> instead",
	}
}

// redrawing asks for the picture shown once more.
const redrawing = "(redraw|regenerate|reroll|re-roll|redraw it|redraw this|draw it again|draw this again|draw that again|generate it again|paint it again|another version|another variation|another variant|a different version|a different variation|new version|new variation|another try|another attempt|retry|roll again) [please|of it|of this|of that|with another seed|with a different seed|with a new seed|with a random seed|with other seed]"

// redraw draws the prompt of the picture shown afresh, by another seed.
func (p *Planner) redraw(h hearing, talk Conversation) (Reply, bool) {
	if len(talk.Turns) == 0 || !p.redrawing.Match(h.spoken, func(english.Match) bool { return true }) {
		return Reply{}, false
	}
	head := talk.head()
	return p.pictureInRoom(&Plan{Action: Imagine, Prompt: head.Prompt, Weights: head.Weights, Label: "again", Another: true, Reason: "the same prompt drawn afresh"}, talk), true
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
	sentences := p.sentencesOf(h.spoken)
	if len(sentences) == 0 {
		return Reply{Question: p.notUnderstood(h.spoken, talk)}, true
	}
	return p.picture(p.described(sentences[0]), sentences[1:], "the first picture", h, talk), true
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
	return p.unasked(spoken.TrimMarks())
}

// unasked writes what is wished for as a caption: "how a dog looks on a sofa" is a
// dog on a sofa, "a bird, nothing but a bird" a bird.
func (p *Planner) unasked(x english.Words) english.Words {
	for _, form := range p.wished {
		form.Match(x, func(m english.Match) bool {
			if y, ok := m["again"]; ok {
				if !slices.ContainsFunc(y, func(t english.Token) bool {
					return !english.Closed(t.Lower) && !m["x"].Has(t.Lower)
				}) {
					x = m["x"]
				}
				return true
			}
			x = slices.Concat(m["x"], m["y"])
			return true
		})
	}
	x = slices.DeleteFunc(slices.Clone(x), func(t english.Token) bool { return t.Lower == "please" })
	if len(x) > 1 && (x[0].Lower == "my" || x[0].Lower == "our") { // whose it is no picture shows
		x = slices.Clone(x)
		x[0].Text, x[0].Lower, x[0].Mended = english.Article(x[1].Lower), english.Article(x[1].Lower), true
	}
	return p.en.Polite(p.en.Unapposed(p.en.WithoutRelatives(x)))
}

// wished are the ways to wish for a picture in which its description is cut apart.
func wished() []string {
	return []string{
		"(how|what) <x> (looks like|look like|would look like|might look like|looks|look|would look|might look) [<y>]",
		"<x> and (only|just|nothing but|nothing else but|nothing except) <again>",
		"(what|something|anything) [else|different|new] [,] (like|such as|maybe|say) <x>",
		"(something else|something different|something new|another thing) [,|:] <x>",
		"(there is|there are|there's|there should be|let there be|it shows|it should show|this is|it is|it's|imagine) <x>",
		"<x> would be (nice|great|lovely|cool|good|perfect|fine|awesome) [too|as well|now|here]",
	}
}

// newPicture answers what asks in mid conversation for a picture of something
// else.
func (p *Planner) newPicture(h hearing, talk Conversation) (Reply, bool) {
	if p.another.Match(h.spoken, func(english.Match) bool { return true }) {
		return Reply{Question: &Question{Kind: Clarify, Text: "What should the new picture show?"}}, true
	}
	sentences, dismissed := p.dismissed(p.sentencesOf(h.spoken), talk)
	if next := p.goesOnToNext(h.words, talk); len(next) > 0 {
		sentences, dismissed = p.sentencesOf(next), true
	}
	if len(sentences) == 0 {
		return Reply{}, false
	}
	scene := p.newScene(sentences[0], dismissed, talk)
	if len(scene) == 0 {
		return Reply{}, false
	}
	return p.picture(scene, sentences[1:], "a new picture is asked for", h, talk), true
}

// goesOnToNext are the words after those that announce the next picture: "ok next:
// a bird", "and now for a black cat", and those before "next" at the end. What could
// be a part of the picture shown is none: "now for a hat".
func (p *Planner) goesOnToNext(words english.Words, talk Conversation) english.Words {
	for _, form := range p.leadingOn {
		var next english.Words
		if form.Match(words.TrimMarks(), func(m english.Match) bool {
			next = p.described(p.en.Polite(m["x"]))
			_, sure := m["sure"]
			return len(next) > 0 && (sure || p.whole(next, true, talk))
		}) {
			return next
		}
	}
	return nil
}

// leadingOn are the ways to go on to another picture; a choice named sure leaves no
// doubt that it is one.
func leadingOn() []string {
	const filler = "[ok|okay|and|well|so|right|alright|great|good|nice] [,] "
	return []string{
		filler + "[the] next [one|picture] (sure=:) <x>",
		filler + "[and] (now for|now to|next up|next|on to|now on to|onto|off to|time for|it's time for|let's move on to|let's go on to|moving on to|now let's do|now let's have) [:|,] <x>",
		filler + "<x> next",
	}
}

// another asks for a new picture without saying of what.
const another = "[please|ok|now|i want|let's do|let's try|do|draw|show me|make|give me] [a|an] (new picture|new one|another picture|different picture|next picture|new image|another image|new scene|different scene|new subject|different subject|something else|something different|something new|something completely different) [please|now|then]"

// picture plans a new picture of a scene with what more was said of it, or says
// why there can be none.
func (p *Planner) picture(scene english.Words, more []english.Words, reason string, h hearing, talk Conversation) Reply {
	for i := 1; i < len(scene); i++ {
		if before := scene[i-1]; (orders(scene[i:]) || p.goesOnAbout(scene[i:])) && (before.Mark || english.List("and then but").Has(before.Lower)) {
			more = slices.Concat([]english.Words{scene[i:]}, more)
			scene = scene[:i-1].TrimMarks()
			break
		}
	}
	kept, lacks := p.without(scene)
	prompt := h.verbatim(scene)
	if len(lacks) > 0 || !h.together(kept) {
		prompt = kept.Text()
	}
	if prompt == "" {
		return Reply{Question: p.notUnderstood(h.spoken, talk)}
	}
	if q := p.guardedPicture(prompt, h.spoken, talk); q != nil {
		return Reply{Question: q}
	}
	plan := &Plan{Action: Imagine, Prompt: prompt, Label: "new picture", Reason: reason}
	if len(h.weights) > 0 {
		c := caption.New(p.en, prompt, nil)
		c.SetWeights(h.weights)
		plan.Weights = c.Finish().Weights
	}
	if len(more) > 0 {
		plan.Prompt, plan.Undone = p.furnished(prompt, more, h, talk)
	}
	for _, what := range lacks {
		plan.Undone = append(plan.Undone, what+": a prompt cannot say what a picture should lack, so I left it out")
	}
	return p.pictureInRoom(plan, talk)
}

// goesOnAbout tells whether words say more of what a picture is of, in a sentence of
// their own: "it should be black", "her hair is red", "it's winter".
func (p *Planner) goesOnAbout(words english.Words) bool {
	if len(words) < 2 {
		return false
	}
	first := words[0].Lower
	if first == "it's" {
		return true
	}
	next := 1
	if english.List("a an the").Has(first) { // "a wall is in the background"
		q := p.en.Parse(words)
		n, ok := q.Main()
		return ok && n.Start == 0 && n.End+1 < len(words) && english.List("is are").Has(words[n.End].Lower)
	}
	if english.ClassOf(first) == english.Possessive {
		q := p.en.Parse(words)
		n, ok := q.Main()
		if next = n.End; !ok || n.Start > 0 || next >= len(words) {
			return false
		}
	} else if !english.List("it she he they").Has(first) {
		return false
	}
	verb := words[next].Lower
	_, isVerb := p.en.VerbLemma(verb)
	return english.ClassOf(verb) == english.Auxiliary || first != verb && isVerb && next == 1
}

// newScene gives the description of a new picture if an utterance in mid
// conversation asks for one rather than for an edit: it says so ("new picture:
// …"), or asks to draw something that is no part of the picture at hand.
// dismissed tells that it began by being done with that.
func (p *Planner) newScene(spoken english.Words, dismissed bool, talk Conversation) english.Words {
	var scene english.Words
	for _, ask := range p.fresh {
		if ask.Match(spoken, func(m english.Match) bool {
			scene = m["x"].TrimMarks()
			return len(scene) > 0 && !p.pointsBack(scene, talk)
		}) {
			return p.unasked(scene)
		}
	}
	scene = nil
	if p.draw.Match(spoken, func(m english.Match) bool {
		if p.standsAlone(m["x"], talk) || p.whole(m["x"], true, talk) {
			scene = m["x"]
		}
		return scene != nil
	}) {
		return p.unasked(scene)
	}
	if x := p.described(spoken); spoken.StartsWith("lets") || spoken.StartsWith("let's") || spoken.StartsWith("let", "us") {
		if len(x) < len(spoken) && (p.standsAlone(x, talk) || p.whole(x, true, talk)) {
			return x // "let's try a desert with a starry sky"
		}
	}
	if x := p.described(spoken); p.whole(x, false, talk) || dismissed && !p.pointsBack(x, talk) && !english.Starters.Has(x[0].Lower) {
		return x
	}
	return nil
}

// pointsBack tells whether a description speaks of the picture shown: "the hat",
// "her smiling".
func (p *Planner) pointsBack(x english.Words, talk Conversation) bool {
	if x[0].Lower == "the" {
		q := p.en.Parse(x)
		n, ok := q.Main()
		return ok && p.inCaption(q, n.Head, p.newEdit(talk).caption.Parse())
	}
	return english.Pronouns.Has(x[0].Lower) && x[0].Lower != "one" || english.ClassOf(x[0].Lower) == english.Possessive
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
