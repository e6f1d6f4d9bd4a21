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
//
// With workers of different models the jobs of one model may be served slower than
// others. A job then begins in the round of the first of its model that waits, so
// that it is not behind everything that others wait for there; and the rounds of a
// user count on over the models, so that everybody has one turn and not one a model.
type order struct {
	waiting []*record
	round   int            // the latest that was served
	floor   int            // that no job can begin before
	last    map[string]int // round of each user's latest job, if not before floor
}

// add puts a new job in its place.
func (o *order) add(r *record) {
	r.round = o.start(r.job.Model())
	if last, ok := o.last[r.job.User]; ok {
		r.round = max(r.round, last+1)
	}
	o.last[r.job.User] = r.round
	o.insert(r)
}

// start is the first round in which a job of the model can be.
func (o *order) start(model string) int {
	for _, r := range o.waiting {
		if r.job.Model() == model {
			return min(o.round, r.round)
		}
	}
	return o.round
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
// few that it serves, that is one whose session it knows, or else one whose session nobody
// knows, so long as no job is passed over too often. If all are better left to
// workers that are alive, take returns nil and held, unless the worker has no
// more patience.
func (o *order) take(passes int, models []string, worker string, home func(*record) string, impatient bool) (r *record, held bool) {
	heads := o.heads(models)
	if len(heads) == 0 {
		return nil, false
	}
	const none = -1
	known, free := none, none
	for i, r := range heads {
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
	r = heads[chosen]
	for _, passed := range heads[:chosen] {
		passed.passed++
	}
	o.serve(heads[0].round)
	o.remove(r)
	return r, false
}

// heads are the first few jobs that wait for one of the models; nil is any.
func (o *order) heads(models []string) []*record {
	heads := make([]*record, 0, LookAhead)
	for _, r := range o.waiting {
		if len(heads) == LookAhead {
			break
		}
		if serves(models, r.job.Model()) {
			heads = append(heads, r)
		}
	}
	return heads
}

// serves reports whether a worker of the models, nil is any, draws with the model.
// What names no model is drawn with any.
func serves(models []string, model string) bool {
	return models == nil || model == "" || slices.Contains(models, model)
}

// serve moves on to a round, before a job of it is taken out, and forgets the users
// who are equal now.
func (o *order) serve(round int) {
	o.round = max(o.round, round)
	floor := min(o.round, o.waiting[0].round)
	if floor <= o.floor {
		return
	}
	o.floor = floor
	for user, last := range o.last {
		if last < floor {
			delete(o.last, user)
		}
	}
}
