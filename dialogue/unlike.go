package dialogue

import (
	"fmt"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// unlike takes from a being what the one in its place does not have: a dog that
// comes for a woman has no hair of hers.
func (e *edit) unlike(what caption.Referent, to string) {
	if !what.Found || e.en.Animate(what.Noun) && !e.en.Animate(to) && e.caption.Parse().Around(what.NP.Head).Owner >= 0 {
		return
	}
	for _, part := range e.caption.Strip(what, to) {
		e.because(fmt.Sprintf("a %s has no %s of a %s's", to, part, what.Noun))
	}
}

// asLandscape answers "turn it into a landscape in summer". Where the picture is of a
// landscape already, the season is meant; where it is of somebody, that may mean
// another picture or another place.
func (e *edit) asLandscape(to english.Words) (done, ok bool) {
	thing := e.en.Parse(to)
	name, found := thing.Main()
	if !found || name.Start > 0 || !landscapes.Has(thing.Words[name.Head].Lower) {
		return false, false
	}
	p := e.caption.Parse()
	if beings := e.caption.Beings(p, true); len(beings) > 0 {
		return e.ask(Question{
			Kind: Clarify, Text: "Another picture, or another place for what this one shows?",
			Choices: []string{"new picture: " + to.Text(), "change the background to " + to.Text()},
		}), true
	}
	if p.Names(thing.Words[name.Head].Lower) {
		return false, false
	}
	how := thing.Words[thing.SkipDeterminer(name):name.Head]
	done = len(how) > 0 && setMood(e, how)
	if rest := to[name.End:]; len(rest) > 0 {
		if !e.en.IsMoment(rest) {
			return false, false
		}
		done = setTime(e, rest)
	}
	return done, done
}

// landscapes are nouns for pictures of places.
const landscapes english.List = "landscape scenery seascape cityscape"
