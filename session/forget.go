package session

import (
	"context"
	"errors"
)

// A Forgetter keeps something of users beside a [Store]: a queue, a cache.
type Forgetter interface {
	// Forget removes every byte that is kept of the user.
	Forget(ctx context.Context, user string) error
}

// AlsoForget returns the store with a Forget that first has the others forget
// the user, one after the other: those who draw come before those who keep
// what was drawn. What one of them cannot do keeps none of the rest from being
// done.
func AlsoForget(store Store, others ...Forgetter) Store {
	return forgetting{store, others}
}

// forgetting is a store with others.
type forgetting struct {
	Store
	others []Forgetter
}

// Forget implements [Store].
func (f forgetting) Forget(ctx context.Context, user string) error {
	var failed []error
	for _, other := range f.others {
		failed = append(failed, other.Forget(ctx, user))
	}
	return errors.Join(append(failed, f.Store.Forget(ctx, user))...)
}
