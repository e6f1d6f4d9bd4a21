package dialogue

import (
	"fmt"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// handOver gives to one what another has: "give the cat's collar to the dog". It
// tells whether the thing is another's.
func (e *edit) handOver(to caption.Referent, thing english.Words) bool {
	if !to.Found || !e.en.Animate(to.Noun) || !e.definite(thing) {
		return false
	}
	r := e.caption.Resolve(thing)
	if !r.Found || e.en.Animate(r.Noun) || e.caption.IsModifier(r) {
		return false
	}
	p := e.caption.Parse()
	owner, ok := e.caption.OwnerAt(p, r.NP.Head)
	if !ok || owner.Head == to.NP.Head || !e.caption.Attachable(r.Noun) {
		return false
	}
	name := e.caption.Name(p, to.NP)
	item := p.Words[r.NP.Start:r.NP.End]
	item = append(english.Tokenise(""), item...)
	e.because(fmt.Sprintf("%s goes over to %s", r.Noun, name))
	e.caption.Remove(r)
	return give(e, english.Tokenise(name), item, "with")
}
