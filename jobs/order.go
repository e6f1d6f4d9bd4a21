package jobs

import (
	"cmp"
	"slices"
)

// An order decides who is next: start-time fair queueing (Goyal, Vin and Cheng
// 1996) with every job of weight 1.
//
// Each job gets a round when it arrives: the one that is being served, or the
// one after the user's previous job, whichever is later. Jobs are served by
// round, within a round as they came. So while somebody waits, nobody else is
// served more than once more often, and a job's place is its rank.
type order struct {
	waiting []*record
	round   int            // that is being served
	last    map[string]int // round of each user's latest job, if not before round
}

// add puts a new job in its place.
func (o *order) add(r *record) {
	r.round = o.round
	if last, ok := o.last[r.job.User]; ok {
		r.round = max(o.round, last+1)
	}
	o.last[r.job.User] = r.round
	o.insert(r)
}

// insert puts a job where it was before it was taken.
func (o *order) insert(r *record) {
	at, _ := slices.BinarySearchFunc(o.waiting, r, before)
	o.waiting = slices.Insert(o.waiting, at, r)
}

// before orders jobs by round and, within one, by arrival.
func before(a, b *record) int {
	return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(a.id, b.id))
}

// rank returns how many jobs come before r.
func (o *order) rank(r *record) int {
	at, _ := slices.BinarySearchFunc(o.waiting, r, before)
	return at
}

// withdraw removes a job that will not be served: the user's next one may have
// its round.
func (o *order) withdraw(r *record) {
	o.remove(r)
	if o.last[r.job.User] == r.round {
		o.last[r.job.User]--
	}
}

func (o *order) remove(r *record) {
	if at, found := slices.BinarySearchFunc(o.waiting, r, before); found {
		o.waiting = slices.Delete(o.waiting, at, at+1)
	}
}

// take removes and returns the job that the worker should draw. Of the first
// few, that is one whose session it knows, or else one whose session nobody
// knows, so long as no job is passed over too often. If all are better left to
// workers that are alive, take returns nil and held, unless the worker has no
// more patience.
func (o *order) take(passes int, worker string, home func(*record) string, impatient bool) (r *record, held bool) {
	if len(o.waiting) == 0 {
		return nil, false
	}
	const none = -1
	known, free := none, none
	for i, r := range o.waiting[:min(LookAhead, len(o.waiting))] {
		at := home(r)
		if at == worker && known == none {
			known = i
		}
		exhausted := r.passed >= passes
		if (at == "" || impatient || exhausted) && free == none {
			free = i
		}
		if exhausted {
			break
		}
	}
	chosen := known
	if chosen == none {
		chosen = free
	}
	if chosen == none {
		return nil, true
	}
	r = o.waiting[chosen]
	for _, passed := range o.waiting[:chosen] {
		passed.passed++
	}
	o.serve(o.waiting[0].round)
	o.remove(r)
	return r, false
}

// serve moves on to a round and forgets the users whom it makes equal.
func (o *order) serve(round int) {
	if round <= o.round {
		return
	}
	o.round = round
	for user, last := range o.last {
		if last < round {
			delete(o.last, user)
		}
	}
}
