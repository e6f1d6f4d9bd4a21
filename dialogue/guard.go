package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Whatever the rules make of an utterance, nothing is drawn that was not
// understood: what they put into a prompt is looked at here once more, clause by
// clause.

// guarded looks at what a clause did to the caption. It tells whether it may
// stand; where a question is left, that says why not.
func (e *edit) guarded() bool {
	words := e.caption.Words()
	for _, i := range e.caption.Fresh() {
		if !e.adds.Has(words[i].Lower) && !e.p.comesFrom(words[i].Lower, e.heard, e.talk) {
			return false
		}
	}
	return e.holds()
}

// holds tells whether what a clause made of the caption is one that the model can
// draw, whoever wrote it.
func (e *edit) holds() bool {
	if e.caption.Repeats() || e.caption.Stutters() && !stutters(e.said) || e.caption.LostSubject() && !e.said.HasAny(clearing) {
		return false
	}
	if again, ok := e.secondOfOne(); ok && e.talk.Known != nil {
		e.question = e.p.refusal([]string{again}, e.heard, e.talk)
		return false
	}
	q, fresh := e.caption.Parse(), e.caption.Fresh()
	if e.stray(q, fresh) || e.beheaded(q, fresh) || dangling(q, fresh) || stammers(q, fresh) || e.wedged(q, fresh) || e.contradicts(q, fresh) {
		return false
	}
	if asked := e.misfit(q, fresh); asked != nil {
		e.question = asked
		return false
	}
	if strangers := e.p.strangers(q, fresh, e.heard, e.talk); len(strangers) > 0 {
		e.question = e.p.refusal(strangers, e.heard, e.talk)
		return false
	}
	var added english.Words
	for _, i := range fresh {
		added = append(added, q.Words[i])
	}
	return !spokenOnly(added)
}

// stutters tells whether a word is said twice in a row: "a tuk tuk".
func stutters(said english.Words) bool {
	for i := 1; i < len(said); i++ {
		if said[i].Lower == said[i-1].Lower {
			return true
		}
	}
	return false
}

// clearing are words of requests that mean to leave little.
const clearing english.List = "except only everything all but just rest undo"

// secondOfOne finds the word that asks for another of what is there: "add another
// rabbit".
func (e *edit) secondOfOne() (string, bool) {
	words := e.caption.Words()
	for _, i := range e.caption.Fresh() {
		noun := words[i].Lower
		for j, t := range e.said {
			if j+1 < len(e.said) && several.Has(t.Lower) && e.said[j+1].Lower == noun && strings.Contains(" "+english.Lower(e.head().Prompt)+" ", " "+noun+" ") {
				return t.Lower, true
			}
		}
	}
	return "", false
}

// comesFrom tells whether a word of a prompt was said, or stands for something
// that was, or was in a prompt before. Words of grammar come by themselves.
func (p *Planner) comesFrom(w string, heard english.Words, talk Conversation) bool {
	if english.Closed(w) || supplied.Has(w) || !strings.ContainsFunc(w, letter) {
		return true
	}
	for _, t := range heard {
		if p.meansWord(t.Lower, w) {
			return true
		}
	}
	return slices.ContainsFunc(talk.Turns, func(t Turn) bool {
		return english.Tokenise(t.Prompt).Has(w)
	})
}

// supplied are words that a rule adds to those that were said: "on a blue
// background", "on a cloudy day".
const supplied english.List = "distance water background sky day night dusk dawn sunny style front light lighting season picture wearing long wide"

// meansWord tells whether a spoken word can be the reason for a word of a prompt:
// a form of it, or another word for it.
func (p *Planner) meansWord(said, w string) bool {
	if said == w || sayFor(said, w) || p.en.Related(said, w) || p.en.SameScale(said, w) || p.en.OneKind(said, w) {
		return true
	}
	if base, _, ok := p.en.Degree(said); ok && (base == w || p.en.SameScale(base, w)) {
		return true
	}
	if len(w) > 3 && len(said) > 3 && (strings.HasPrefix(said, w[:len(w)-1]) || strings.HasPrefix(w, said[:len(said)-1])) {
		return true // "straighten", "colourful"
	}
	mine, theirs := p.en.Senses(said), p.en.Senses(w)
	return len(mine) > 0 && len(theirs) > 0 && mine[0].First == theirs[0].First
}

// sayFor tells whether a rule writes a word for one that was spoken: "happy" of "cheer
// her up", "sunset" of "let the sun go down".
func sayFor(said, w string) bool {
	switch said {
	case "cheer":
		return w == "happy"
	case "asleep":
		return w == "sleeping"
	case "sun":
		return w == "sunrise" || w == "sunset"
	}
	return false
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r > 127 }

// spokenOnly tells whether among words new in a prompt is one that people say to
// each other and never write under a picture.
func spokenOnly(fresh english.Words) bool {
	for i, t := range fresh {
		if talkWords.Has(t.Lower) || t.Lower == "one" && i > 0 && (fresh[i-1].Lower == "the" || fresh[i-1].Lower == "that" || i+1 == len(fresh) && !english.Closed(fresh[i-1].Lower)) {
			return true
		}
	}
	return false
}

const talkWords english.List = "too not less again same make put let i you me us i'd i'll i'm i've you'd you'll we'd we my your our what why how when which who whose whom would could should shall can't cannot please lol haha hahaha hehe bye hi hello hey thanks thank nvm else except sorry oops hm hmm uh um yo ok okay yeah yep nope isn't don't doesn't didn't won't"

// modelKnows tells whether the model knows a word or a form of it.
func (p *Planner) modelKnows(w string, talk Conversation) bool {
	if talk.Known == nil || talk.Known(w) {
		return true
	}
	if talk.Known(p.en.Lemma(w)) {
		return true
	}
	return slices.ContainsFunc(talk.Vocabulary, func(v string) bool {
		return english.AmericanSpelling(p.en.Lemma(v)) == english.AmericanSpelling(p.en.Lemma(w))
	})
}

// strangers are the words among those at the indices that the model does not
// know. Words of grammar count only where they say how many, and a shade of what
// it knows ("dark brown") is close enough.
func (p *Planner) strangers(q english.Parsed, fresh []int, heard english.Words, talk Conversation) []string {
	if talk.Known == nil {
		return nil
	}
	var out []string
	for _, i := range fresh {
		if i >= len(q.Words) {
			break
		}
		w := q.Words[i]
		quantity := several.Has(w.Lower) && w.Lower != "one"
		switch {
		case w.Mark, english.Closed(w.Lower) && !quantity, english.PlaceWords.Has(w.Lower), supplied.Has(w.Lower):
			continue
		case !quantity && p.modelKnows(w.Lower, talk):
			continue
		case i+1 < len(q.Words) && tones.Has(w.Lower) && p.toned(q.Words[i+1].Lower, talk):
			continue
		case english.Measures(q.Words[i:]), !quantity && p.qualifies(q, i, fresh, heard, talk):
			continue
		}
		if !slices.Contains(out, w.Lower) {
			out = append(out, w.Lower)
		}
	}
	return out
}

// moods are adjectives without which a face is another.
const moods english.List = "angry scared surprised serious bored tired grumpy evil scary crying furious worried shy sleepy excited calm shocked disgusted mean mad confused"

// toned tells whether a word of the model may have a shade: a colour, a time, the
// weather.
func (p *Planner) toned(w string, talk Conversation) bool {
	return p.modelKnows(w, talk) && (p.en.IsColour(w) || w == "moon" || p.en.IsMoment(english.Tokenise(w)))
}

// qualifies tells whether a word only says more of a thing that is new, too, and
// that the model knows: "a little boat". What comes of it is near enough, and the
// plan names the word.
func (p *Planner) qualifies(q english.Parsed, i int, fresh []int, heard english.Words, talk Conversation) bool {
	if t := q.Tags[i]; t == english.Noun || t == english.Verb || t == english.Number {
		return false
	}
	if moods.Has(q.Words[i].Lower) {
		return false // "an angry face" is no face
	}
	n := q.Around(i)
	if n.Head == i {
		return q.Tags[i] == english.Adverb && i > 0 && slices.Contains(fresh, i-1) && slices.Contains(fresh, 0)
	}
	for j := 1; j < len(heard); j++ {
		if heard[j].Lower == q.Words[n.Head].Lower && heard[j-1].Lower == "the" {
			return false // "make the sun bigger" is about nothing else
		}
	}
	return slices.Contains(fresh, n.Head) && p.modelKnows(q.Words[n.Head].Lower, talk)
}

// several are words for more than one, which a model that draws one of everything
// does not know.
const several english.List = "two three four five six seven eight nine ten eleven twelve dozen hundred couple half another several many few both second third"

// tones are adjectives without which what they stand before is still nearly that.
const tones english.List = "dark light bright pale deep soft early late full little very slightly real nice"

// refusal says which words the model does not know, and what is near them.
func (p *Planner) refusal(strangers []string, said english.Words, talk Conversation) *Question {
	text := fmt.Sprintf("The model does not know %s, so I left the picture as it is.", listed(strangers, "or"))
	if len(talk.Turns) == 0 {
		text = fmt.Sprintf("The model does not know %s.", listed(strangers, "or"))
	}
	q := &Question{Kind: UnknownWord}
	near := p.near(strangers[0], talk)
	switch {
	case several.Has(strangers[0]):
		text = "The model draws one of each: it does not count, so I left the picture as it is."
	case len(near) > 0:
		text += fmt.Sprintf(" Near it, it knows %s.", listed(near, "and"))
		for _, w := range near[:min(3, len(near))] {
			q.Choices = append(q.Choices, instead(said, strangers[0], w))
		}
	default:
		text += " It draws people, animals and landscapes: ask what it can draw."
	}
	if len(q.Choices) == 0 {
		q.Choices = examples(p.suggestionsOrNone(talk))
	}
	q.Text = text
	return q
}

// suggestionsOrNone are edits that fit the picture, if there is one.
func (p *Planner) suggestionsOrNone(talk Conversation) []string {
	if len(talk.Turns) == 0 {
		return nil
	}
	return p.suggestions(talk)
}

// near are words of the model for things of the same kind as a word that it does
// not know, or, for an adjective, for what excludes it.
func (p *Planner) near(w string, talk Conversation) []string {
	var out []string
	take := func(fits func(v string) bool) {
		for _, v := range talk.Vocabulary {
			same := func(o string) bool { return english.AmericanSpelling(o) == english.AmericanSpelling(v) }
			if v != w && !english.Closed(v) && !slices.ContainsFunc(out, same) && fits(v) {
				out = append(out, v)
			}
		}
	}
	if p.en.IsColour(w) {
		take(func(v string) bool { return p.en.IsColour(v) && v != "straight" })
		return out
	}
	if take(func(v string) bool { return p.en.OneKind(v, w) }); len(out) > 0 {
		return out
	}
	for _, kind := range offeredKinds() {
		if !p.en.Is(w, kind) || kind == lexicon.Artifact || kind == lexicon.Colour {
			continue
		}
		take(func(v string) bool {
			return p.en.Is(v, kind) && p.en.Guess(english.Token{Text: v, Lower: v}) == english.Noun && !strings.Contains(v, "'") && !p.en.IsColour(v) && p.en.Possible(v).Noun >= p.en.Possible(v).Adjective && !english.PlaceWords.Has(v)
		})
		if len(out) > 0 {
			return out[:min(shown, len(out))]
		}
	}
	take(func(v string) bool { return len(w) > 2 && len(v) > 3 && oneOff(w, v) })
	return out
}

// instead is what was said with another word in the place of one.
func instead(said english.Words, w, other string) string {
	out := slices.Clone(said)
	for i := range out {
		if out[i].Lower == w {
			out[i].Text = other
		}
	}
	return out.Text()
}

// listed writes words in quotation marks, the last one after the word and or or.
func listed(words []string, and string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " " + and + " " + quoted[len(quoted)-1]
}

// guardedPicture looks at the prompt of a new picture as [edit.guarded] does at an
// edit; nil where it may be drawn.
func (p *Planner) guardedPicture(prompt string, said english.Words, talk Conversation) *Question {
	words, _ := english.Read(prompt)
	q := p.en.Parse(words)
	if !caption.OpensCaption(q) || spokenOnly(words) || orders(words) || words.StartsWith("there") {
		return p.notAPicture(words, talk)
	}
	all := make([]int, len(words))
	content := 0
	for i, t := range words {
		all[i] = i
		if !t.Mark && !english.Closed(t.Lower) {
			content++
		}
	}
	strangers := p.strangers(q, all, nil, talk)
	if len(strangers) == 0 {
		return nil
	}
	if n, ok := q.Main(); ok && content > longDescription && p.modelKnows(words[n.Head].Lower, talk) {
		return nil // what is lost is a detail; the plan names it
	}
	return p.refusal(strangers, said, talk)
}

// longDescription is how many words with a meaning make a description so long
// that one that is not known is a detail.
const longDescription = 12

// orders tells whether words begin as an order does: "paint the", "give her".
func orders(words english.Words) bool {
	if len(words) < 2 || !english.Starters.Has(words[0].Lower) {
		return false
	}
	next := english.ClassOf(words[1].Lower)
	return next == english.Determiner || next == english.Possessive || next == english.Pronoun
}

// notAPicture asks what should be drawn where what was said describes nothing.
func (p *Planner) notAPicture(words english.Words, talk Conversation) *Question {
	return &Question{
		Kind:    Clarify,
		Text:    fmt.Sprintf("I do not see what to draw in %q. Say what the picture should show, such as \"a woman with red hair\" or \"a lake in winter\".", shortText(words)),
		Choices: examples(p.suggestionsOrNone(talk)),
	}
}

// shortText is a text cut to what fits into an answer.
func shortText(words english.Words) string {
	text := words.Text()
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:57], "") + "…"
	}
	return text
}
