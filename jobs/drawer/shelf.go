package drawer

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"pentimento/editor"
	"pentimento/jobs"
)

// An Opener opens a model to draw with, and returns what closes it.
type Opener func(ctx context.Context) (Drawer, io.Closer, error)

// A Shelf draws with several models, each of which is opened when it is first drawn
// with and stays open. It implements [jobs.Engine].
type Shelf struct {
	digests []string
	books   map[string]*book
}

// book is a model of a shelf.
type book struct {
	open Opener

	mu     sync.Mutex
	drawer Drawer
	closer io.Closer // nil while it is not open
}

// Add puts a model on the shelf. The first is the one that draws what names none.
// Nothing is added once something is drawn.
func (s *Shelf) Add(digest string, open Opener) {
	if s.books == nil {
		s.books = map[string]*book{}
	}
	s.digests = append(s.digests, digest)
	s.books[digest] = &book{open: open}
}

// Models are the digests of what is on the shelf.
func (s *Shelf) Models() []string { return slices.Clone(s.digests) }

// Draw draws a job with its model.
func (s *Shelf) Draw(ctx context.Context, job jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	digest := job.Model()
	if digest == "" {
		digest = s.digests[0]
	}
	b, ok := s.books[digest]
	if !ok {
		return jobs.Result{}, explain(&editor.ModelError{Want: digest, Have: s.digests[0]})
	}
	d, err := b.take(ctx)
	if err != nil {
		return jobs.Result{}, err
	}
	return d.Draw(ctx, job, progress)
}

// take is the model's drawer, which it opens if need be. What could not be opened is
// tried again by the next job.
func (b *book) take(ctx context.Context) (Drawer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closer != nil {
		return b.drawer, nil
	}
	var err error
	b.drawer, b.closer, err = b.open(ctx)
	return b.drawer, err
}

// Close closes the models that are open. Nothing may be drawn any more.
func (s *Shelf) Close() error {
	var errs []error
	for _, b := range s.books {
		b.mu.Lock()
		if b.closer != nil {
			errs = append(errs, b.closer.Close())
		}
		b.mu.Unlock()
	}
	return errors.Join(errs...)
}
