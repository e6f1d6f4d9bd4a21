package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// sentencesOf cuts what was said at full stops and the like, and drops sentences
// that are kind and nothing else.
func (p *Planner) sentencesOf(words english.Words) []english.Words {
	var out []english.Words
	start := 0
	cut := func(end int) {
		sentence := p.en.Polite(words[start:end])
		start = end + 1
		if len(sentence) == 0 || p.en.Meaningless(sentence) || p.praises(sentence, Conversation{}) || p.chats(sentence) {
			return
		}
		out = append(out, sentence)
	}
	for i, t := range words {
		if t.Lower == "." || t.Lower == "!" || t.Lower == "?" || t.Lower == ";" {
			cut(i)
		}
	}
	if start < len(words) {
		cut(len(words))
	}
	return out
}

// chats tells whether words are small talk.
func (p *Planner) chats(words english.Words) bool {
	return slices.ContainsFunc(p.smalltalk, func(r smalltalkRule) bool {
		return r.pattern.Match(words, func(english.Match) bool { return true })
	})
}

// furnished is a picture with the sentences after the first carried out on it:
// "Draw a cat. Make it black." undone are those that could not be.
func (p *Planner) furnished(scene string, more []english.Words, h hearing, talk Conversation) (prompt string, undone []string) {
	talk.Turns = []Turn{{Prompt: scene}}
	e := p.newEdit(talk)
	e.heard = h.words
	i := 0
	for _, sentence := range more {
		for _, clause := range p.en.Clauses(sentence) {
			if i < maxClauses {
				e.carryOut(i, clause)
			}
			i++
		}
	}
	return e.finish().Prompt, e.undone
}

// dismissed drops from sentences and clauses those at the beginning that are done
// with the picture shown: "forget that", "enough castles", "something else". It
// tells whether there were any.
func (p *Planner) dismissed(sentences []english.Words, talk Conversation) (rest []english.Words, any bool) {
	for len(sentences) > 0 {
		first := sentences[0]
		if len(sentences) > 1 && (p.dropsFor(first, sentences[1], talk) || announcesNext(first) && !leans(sentences[1])) {
			return sentences[1:], true
		}
		if p.dismisses(first) {
			sentences, any = sentences[1:], true
			continue
		}
		cut := slices.IndexFunc(first, func(t english.Token) bool {
			return t.Lower == "and" || t.Lower == "," || t.Lower == ":" || t.Lower == "-" || t.Lower == "–" || t.Lower == "—"
		})
		if cut <= 0 || cut+1 >= len(first) {
			break
		}
		if rest := p.en.Polite(first[cut+1:]); !p.dismisses(first[:cut]) && !p.dropsFor(first[:cut], rest, talk) {
			break
		}
		sentences = slices.Concat([]english.Words{p.en.Polite(first[cut+1:])}, sentences[1:])
		any = true
	}
	return sentences, any
}

// announcesNext tells whether words say what the next picture is to be of, before they
// describe it: "I fancy a pet next".
func announcesNext(words english.Words) bool {
	return len(words) < 6 && words[len(words)-1].Lower == "next"
}

// leans tells whether a sentence goes on about what was spoken of: "it should be red".
func leans(words english.Words) bool {
	class := english.ClassOf(words[0].Lower)
	return english.Starters.Has(words[0].Lower) || class == english.Pronoun || class == english.Possessive || class == english.Preposition || words[0].Lower == "the"
}

// dropsFor tells whether words leave something of the picture and the next ask to
// draw, or are a picture of their own: "forget the rabbit. Draw a boat".
func (p *Planner) dropsFor(words, next english.Words, talk Conversation) bool {
	if len(words) > 5 || len(next) < 2 || !p.whole(p.described(next), false, talk) && !english.List("draw paint sketch imagine generate create show").Has(next[0].Lower) {
		return false
	}
	if i := min(len(next)-1, 1); english.ClassOf(next[i].Lower) == english.Possessive || next[i].Lower == "the" {
		return false
	}
	return english.List("forget drop scrap scratch bin trash leave enough skip ditch toss").Has(words[0].Lower) || words.StartsWith("that's", "enough") || words.StartsWith("that", "is", "enough") || words.StartsWith("no", "more") || words.StartsWith("never", "mind")
}

// dismisses tells whether words are done with the picture shown and say no more.
func (p *Planner) dismisses(words english.Words) bool {
	yes := func(english.Match) bool { return true }
	return slices.ContainsFunc(p.puttingAway, func(form english.Pattern) bool { return form.Match(words, yes) }) || p.dismissing.Match(words, yes) || len(words) < 7 && p.enough.Match(words, yes)
}

// puttingAway are the ways to put the picture shown away, and to be ready for another.
func puttingAway() []string {
	const picture = "(that|this|it|that one|this one|all that|all this|all of that|all of this|it all|everything|the board|the slate|the canvas|the page|the picture|this picture|that picture|the old one|the old picture|the whole thing)"
	return []string{
		"[let's|let us|please|now] (throw|wipe|clear|clean|scrap|drop|forget|discard|bin|trash|ditch|toss|delete|erase|skip|put|leave) [out|away|off] " + picture + " [away|out|off|clean|aside|behind|behind us] [now|please]",
		"[it's|now it's|it is|i'm|i am|we're|let's] [now] (time for|ready for|on to|go on to|move on to|moving on to|go for|off to|try|do|have) (another one|another|a new one|something else|something new|something different|a different one|a new picture|the next one|the next picture|another picture|a change|a new idea|a new subject|a different subject) [now|please]",
		"[ok|so|well|now] (i'm|i am|we're|we are|we) [are] (done|finished|through) [with|here] [this|that|this one|that one|it|here|with this|with that]",
	}
}

// dismissing is done with the picture shown.
const dismissing = "[ok|no|now|let's|i want|let us] (something completely new|something totally new|something entirely new|something completely new now|completely different|something totally different|totally different|very different|entirely different|something entirely different|different picture|forget this one|forget that one|forget about this|forget about that|forget about this one|scrap this one|drop this one|one more picture|one more portrait|one more landscape|another portrait|another landscape|a new portrait|new portrait|a new landscape|next portrait|one more drawing|forget that|forget it|forget this|forget all that|scrap that|scrap it|scrap this|drop that|drop it|never mind|nevermind|leave that|skip that|enough|enough of that|enough of this|enough of it|something else|something different|something new|something completely different|something else now|try something else|do something else|do something different|do something new|do another|drop this|next|next one|next picture|new one|new picture|another one|another picture|different picture|a new picture|another picture please|a different picture|a new one|different scene|new scene|different subject|new subject|change of subject|different idea|another idea|new idea|start something different|start something new|start something else|do something different|do something new|try something different|try something new|start over|start again|start afresh|begin again|from scratch|reset|restart|clear|moving on|let's move on|move on|move on to something new|move on to something else|moving on to something new|moving on to something else|try another one|do another one|do landscapes|do a landscape|do portraits|do a portrait|do animals|do people|try landscapes|try portraits|try animals) [please|now|then|instead]"

// enough is done with what the picture shows: "enough castles", "no more cats".
const enough = "(enough|no more|enough of|enough with|i am tired of|tired of|i have had enough of|i am bored of|i am bored with|bored of|bored with|done with|i am done with|that's enough|that's enough of|that is enough of|sick of|i am sick of) [the|these|those|this|that|all these] <x>"

// whole tells whether a description is a picture of its own when it is said of
// another picture without a word for it: somebody or something at a place, of
// which the other picture has nothing. asked is set where a verb asks for it.
func (p *Planner) whole(x english.Words, asked bool, talk Conversation) bool {
	x = x.TrimMarks()
	if len(x) == 0 || x[0].Lower == "one" || leansOn(x[len(x)-1].Lower) || english.Starters.Has(x[0].Lower) || p.en.IsStyle(x) || p.en.IsMoment(x) {
		return false
	}
	caption := p.newEdit(talk).caption.Parse()
	q := p.en.Parse(x)
	main, ok := q.Main()
	if !ok || main.Start > 0 || q.Tags[0] == english.Possessive || x[0].Lower == "the" || spokenOnly(x) {
		return false
	}
	for i, t := range x {
		switch {
		case english.Pronouns.Has(t.Lower) && t.Lower != "one", english.ClassOf(t.Lower) == english.Possessive && t.Lower != "'s", q.Tags[i] == english.Auxiliary && t.Lower != "is" && t.Lower != "are":
			if english.ClassOf(t.Lower) == english.Possessive && p.ownedWithin(q, main, i) {
				continue // "a baker with flour on his hands"
			}
			return false
		case t.Lower == "the" && i+1 < len(x) && !p.en.IsMoment(x[i+1:i+2]) && (i == 0 || english.ClassOf(x[i-1].Lower) != english.Preposition || p.inCaption(q, i, caption) || !p.commonGround(q.Words[q.Around(i+1).Head].Lower)):
			return false
		case english.List("background foreground distance instead too also middle center centre corner").Has(t.Lower), t.Mark && t.Lower != "," && t.Lower != "&":
			return false
		}
	}
	head := q.Words[main.Head].Lower
	who := head
	if main.Owner >= 0 {
		who = q.Words[main.Owner].Lower
	}
	for _, n := range q.Nouns {
		noun := q.Words[n.Head].Lower
		if p.namedIn(noun, caption) && !(p.en.Animate(who) && p.personal(noun)) { // everybody has hair
			return false
		}
	}
	if genres.Has(head) && main.End < len(x) {
		return true
	}
	return p.standsFor(q, main, head, asked)
}

// ownedWithin tells whether the possessive at an index means somebody whom the same
// description names before it, after its subject.
func (p *Planner) ownedWithin(q english.Parsed, main english.NounPhrase, i int) bool {
	return main.End < i && slices.ContainsFunc(q.Nouns, func(n english.NounPhrase) bool {
		return n.End <= i && n.Start >= main.End && p.en.Animate(q.Words[n.Head].Lower)
	})
}

// commonGround tells whether "the" before a noun needs no picture in which it was
// named before: "on the beach", "in the rain".
func (p *Planner) commonGround(noun string) bool {
	return p.en.Is(noun, lexicon.Place) || p.en.Is(noun, lexicon.Weather) || p.en.IsMoment(english.Tokenise(noun)) || english.List("style manner look form shape grass snow sun moon sky sea water ground floor background air wind stars clouds").Has(noun)
}

// leansOn tells whether a description that ends in a word says where something is in
// another picture: "a lake in front", "a house behind".
func leansOn(last string) bool {
	return english.PlaceWords.Has(last) || english.ClassOf(last) == english.Preposition
}

// genres are nouns for whole pictures.
const genres english.List = "portrait landscape scene view painting drawing sketch photo photograph picture image watercolor illustration"

// standsFor tells whether a subject can be the subject of a picture, with what is
// said of it.
func (p *Planner) standsFor(q english.Parsed, main english.NounPhrase, head string, asked bool) bool {
	being := p.en.Animate(head) || main.Owner >= 0 && portrayed.Has(head) && p.en.Animate(q.Words[main.Owner].Lower)
	subject := being || p.en.Is(head, lexicon.Building) || p.en.Is(head, lexicon.Place) || p.en.Is(head, lexicon.Vehicle)
	if asked && being {
		return true
	}
	end := coordinated(q, main)
	if !subject || end >= len(q.Words) {
		return false
	}
	switch next := q.Words[end].Lower; {
	case locative.Has(next), english.PlaceWords.Has(next):
		return len(q.Nouns) > 1 || p.en.IsMoment(q.Words[end:])
	case q.Tags[end] == english.Gerund || q.Tags[end] == english.Past:
		return true
	case next == "with" && p.en.Is(head, lexicon.Place) && len(q.Nouns) > 2:
		return true // "a living room with a fireplace and a big window"
	case next == "with" || next == "without" || next == "wearing":
		return being
	}
	return false
}

// coordinated is where a subject ends with all that is named beside it: "a cat and a
// dog".
func coordinated(q english.Parsed, main english.NounPhrase) int {
	end := main.End
	for end+1 < len(q.Words) && (q.Words[end].Lower == "and" || q.Words[end].Lower == "&" || q.Words[end].Lower == ",") {
		n, ok := q.At(end + 1)
		if !ok {
			break
		}
		end = n.End
	}
	return end
}

const locative english.List = "on in at under by between near beside behind before above over among inside next across along around through against during"

// namedIn tells whether a caption has a noun.
func (p *Planner) namedIn(noun string, caption english.Parsed) bool {
	return slices.ContainsFunc(caption.Nouns, func(n english.NounPhrase) bool {
		return p.en.Lemma(caption.Words[n.Head].Lower) == p.en.Lemma(noun)
	})
}

// inCaption tells whether the noun phrase around an index is one of a caption.
func (p *Planner) inCaption(q english.Parsed, i int, caption english.Parsed) bool {
	return p.namedIn(q.Words[q.Around(i).Head].Lower, caption)
}

// without takes out of a description what the picture should not show, which a
// prompt cannot say: "a man without a beard".
func (p *Planner) without(x english.Words) (kept english.Words, lacks []string) {
	for i := 0; i < len(x); {
		from := i
		switch {
		case i > 0 && x[i].Lower == "without":
			i++
		case i > 0 && x[i].Lower == "no" && (x[i-1].Mark || x[i-1].Lower == "with" || x[i-1].Lower == "and" || x[i-1].Lower == "but" || x[i-1].Lower == "has"):
			i++
		default:
			kept = append(kept, x[i])
			i++
			continue
		}
		q := p.en.Parse(x[i:])
		n, ok := q.At(0)
		if !ok {
			kept = append(kept, x[from:i]...)
			continue
		}
		lacks = append(lacks, x[from:i+n.End].Text())
		i += n.End
		for i < len(x) && (x[i].Lower == "or" || x[i].Lower == "and") && i+1 < len(x) {
			q := p.en.Parse(x[i+1:])
			n, ok := q.At(0)
			if !ok || q.Tags[0] == english.Determiner || n.End < len(q.Words) && q.Tags[n.End] != english.Mark {
				break
			}
			lacks = append(lacks, x[i+1:i+1+n.End].Text())
			i += 1 + n.End
		}
		if last := len(kept) - 1; i+1 < len(x) && x[i].Lower == "and" && kept[last].Lower == "with" {
			i++ // "with no beard and a hat"
			continue
		}
		for len(kept) > 0 && (kept[len(kept)-1].Mark || english.List("and but with has have").Has(kept[len(kept)-1].Lower)) {
			kept = kept[:len(kept)-1]
		}
	}
	return kept, lacks
}
