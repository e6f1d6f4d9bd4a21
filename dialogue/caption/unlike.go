package caption

import (
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Strip takes from a being what another in its place does not have; to is the noun
// of that. An animal has no hair and no beard, a thing has nothing of a being. It
// returns what was taken, by its nouns.
func (c *Caption) Strip(what Referent, to string) []string {
	var gone []string
	for c.en.Animate(what.Noun) {
		p := c.Parse()
		n, ok := c.partToGo(p, what, to)
		if !ok {
			break
		}
		gone = append(gone, p.Words[n.Head].Lower)
		c.Remove(Referent{}.At(p, n))
	}
	return gone
}

// partToGo is the first thing that a being has and that what comes in its place does
// not.
func (c *Caption) partToGo(p english.Parsed, what Referent, to string) (english.NounPhrase, bool) {
	for _, n := range p.Nouns {
		if n.Start <= what.NP.Head {
			continue
		}
		if owner, ok := c.OwnerAt(p, n.Head); !ok || owner.Head != what.NP.Head {
			continue
		}
		head := p.Words[n.Head].Lower
		if !c.en.Animate(to) && (c.ownable(head) || c.Attachable(head)) {
			return n, true
		}
		if c.en.Is(what.Noun, lexicon.Person) && c.en.Is(to, lexicon.Animal) && english.GenderOf(to) == english.AnyGender && personal(c, head) {
			return n, true
		}
	}
	return english.NounPhrase{}, false
}

// personal tells whether a noun is a part that people have and animals do not.
func personal(c *Caption, head string) bool {
	return (c.en.Is(head, lexicon.BodyPart) || head == "beard" || head == "freckles") && !shared.Has(head)
}

// shared are the parts of the body that people and animals have.
const shared english.List = "eye eyes ear ears nose mouth face head tongue tooth teeth leg legs neck back smile"
