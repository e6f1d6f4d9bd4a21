package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// uninhabited tells whether there is nobody in the caption, and nothing that could
// stand for somebody: a landscape, a house, weather.
func (e *edit) uninhabited() bool {
	p := e.caption.Parse()
	return len(p.Nouns) > 0 && !slices.ContainsFunc(p.Nouns, func(n english.NounPhrase) bool {
		head := p.Words[n.Head].Lower
		if english.StartsUpper(p.Words[n.Head].Text) && n.Head > 0 {
			return true // a name
		}
		return !e.en.IsAny(head, lexicon.Place, lexicon.Building, lexicon.Time, lexicon.Weather, lexicon.Plant, lexicon.Vehicle, lexicon.Material, lexicon.Light)
	})
}

// nobodyHas asks who should have a part of the body that was asked for where there
// is nobody: "red hair" in a landscape. It tells whether it asked.
func (e *edit) nobodyHas(head string, thing english.Words) bool {
	if !e.en.Is(head, lexicon.BodyPart) && !e.en.Is(head, lexicon.Expression) && head != "freckles" && head != "beard" || !e.uninhabited() {
		return false
	}
	return e.ask(Question{
		Kind: Clarify, Text: fmt.Sprintf("There is nobody in the prompt who could have %s. Who should?", thing.Text()),
		Choices: []string{"add a woman with " + thing.Text(), "add a man with " + thing.Text()},
	})
}

// nobodyIs asks who is meant by "her" or "him" where there is nobody. It tells
// whether it asked.
func (e *edit) nobodyIs(spoken english.Words) bool {
	if len(spoken) == 0 || !english.Persons.Has(spoken[0].Lower) || !e.uninhabited() {
		return false
	}
	if len(spoken) > 1 && english.ClassOf(spoken[0].Lower) != english.Possessive {
		return false
	}
	return e.ask(Question{Kind: Clarify, Text: fmt.Sprintf("There is nobody in the prompt: who is meant by %q?", spoken[0].Lower)})
}
