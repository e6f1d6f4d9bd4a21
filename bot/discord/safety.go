package discord

import (
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"sync"

	"pentimento/picture"
)

// A Checker tells which pictures should not be shown to everybody; package
// safety has one.
type Checker interface {
	Unsafe(ctx context.Context, picture image.Image) (bool, error)
}

var (
	errUnsafe    = refusal("That came out as something that I may not show here.")
	errUnchecked = refusal("I can't tell just now whether I may show that picture, so I don't.")
)

// verdicts are what a checker said of the last pictures, so that each is looked
// at once.
type verdicts struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]bool
}

// maxVerdicts bounds them.
const maxVerdicts = 10_000

func (v *verdicts) get(digest [sha256.Size]byte) (unsafe, known bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	unsafe, known = v.known[digest]
	return unsafe, known
}

func (v *verdicts) put(digest [sha256.Size]byte, unsafe bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil || len(v.known) >= maxVerdicts {
		v.known = map[[sha256.Size]byte]bool{}
	}
	v.known[digest] = unsafe
}

// unsafe asks the checker about a PNG.
func (b *Bot) unsafe(ctx context.Context, data []byte) (bool, error) {
	digest := sha256.Sum256(data)
	if unsafe, known := b.verdicts.get(digest); known {
		return unsafe, nil
	}
	shown, err := picture.Decode(data)
	if err != nil {
		return false, fmt.Errorf("check a picture: %w", err)
	}
	unsafe, err := b.o.Checker.Unsafe(ctx, shown)
	if err == nil {
		b.verdicts.put(digest, unsafe)
	}
	return unsafe, err
}

// approve refuses pictures that may not be shown at all, and those that the
// checker cannot look at.
func (b *Bot) approve(ctx context.Context, data []byte) error {
	if b.o.Checker == nil || b.o.Policy.HideUnsafe {
		return nil
	}
	unsafe, err := b.unsafe(ctx, data)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		b.log.Error("a picture was not checked", "error", err)
		return errUnchecked
	case unsafe:
		return errUnsafe
	}
	return nil
}

// fileName is the name of a file that shows the pictures: one that is hidden
// until it is clicked if the policy says so, of all or of these.
func (b *Bot) fileName(ctx context.Context, name string, pictures ...[]byte) string {
	if b.o.Policy.Spoiler {
		return spoiler + name
	}
	if b.o.Checker == nil || !b.o.Policy.HideUnsafe {
		return name
	}
	for _, data := range pictures {
		unsafe, err := b.unsafe(ctx, data)
		if err != nil {
			b.log.Error("a picture was not checked, and is hidden", "error", err)
		}
		if unsafe || err != nil {
			return spoiler + name
		}
	}
	return name
}

// spoiler begins the name of a file that Discord hides until it is clicked.
const spoiler = "SPOILER_"
