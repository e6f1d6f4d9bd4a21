package policy

import (
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"log/slog"
	"slices"
	"sync"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/picture"
)

// A Checker tells which pictures should not be shown to everybody; package
// safety has one.
type Checker interface {
	// Unsafe reports whether the picture should not be shown.
	Unsafe(ctx context.Context, picture image.Image) (bool, error)
}

// What [Screen.Approve] refuses pictures with.
var (
	ErrUnsafe    = bot.Problemf(bot.Refused, "that came out as something that I may not show here")
	ErrUnchecked = bot.Problemf(bot.Refused, "I can't tell just now whether I may show that picture, so I don't")
)

// A Screen stands between the pictures and those who see them: it refuses some
// and has others hidden until they are clicked, as the policy says. It has each
// picture checked once.
type Screen struct {
	checker Checker // nil for none
	// spoiler hides all pictures, hide those that are unsafe.
	spoiler, hide bool
	log           *slog.Logger

	mu       sync.Mutex
	verdicts map[[sha256.Size]byte]bool // unsafe
}

// maxVerdicts bounds the pictures whose verdict is remembered.
const maxVerdicts = 10_000

// NewScreen returns the screen of a policy; checker may be nil.
func NewScreen(p Policy, checker Checker, log *slog.Logger) *Screen {
	return &Screen{checker: checker, spoiler: p.Spoiler, hide: p.HideUnsafe, log: log, verdicts: map[[sha256.Size]byte]bool{}}
}

// Checks reports whether pictures are checked. Previews are not checked, so do not
// show any then.
func (s *Screen) Checks() bool { return s.checker != nil }

// Approve refuses a PNG that may not be shown at all, or that the checker cannot
// look at, with [ErrUnsafe] or [ErrUnchecked].
func (s *Screen) Approve(ctx context.Context, data []byte) error {
	if s.checker == nil || s.hide {
		return nil
	}
	unsafe, err := s.unsafe(ctx, data)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.log.Error("a picture was not checked", "error", err)
		return ErrUnchecked
	case unsafe:
		return ErrUnsafe
	}
	return nil
}

// spoilerPrefix begins the name of a file that Discord hides until it is
// clicked.
const spoilerPrefix = "SPOILER_"

// Cover returns the content with some of its files hidden until they are clicked:
// those that show a picture which is to be hidden.
func (s *Screen) Cover(ctx context.Context, c object.Content) object.Content {
	c.Files = slices.Clone(c.Files)
	for i, f := range c.Files {
		if len(f.Shows) > 0 && s.covers(ctx, f.Shows) {
			c.Files[i].Name = spoilerPrefix + f.Name
		}
	}
	return c
}

// covers reports whether a file that shows the pictures is to be hidden.
func (s *Screen) covers(ctx context.Context, pictures [][]byte) bool {
	if s.spoiler || s.checker == nil || !s.hide {
		return s.spoiler
	}
	for _, data := range pictures {
		unsafe, err := s.unsafe(ctx, data)
		if err != nil {
			s.log.Error("a picture was not checked, and is hidden", "error", err)
		}
		if unsafe || err != nil {
			return true
		}
	}
	return false
}

// unsafe asks the checker about a PNG.
func (s *Screen) unsafe(ctx context.Context, data []byte) (bool, error) {
	digest := sha256.Sum256(data)
	if unsafe, known := s.verdict(digest); known {
		return unsafe, nil
	}
	shown, err := picture.Decode(data)
	if err != nil {
		return false, fmt.Errorf("check a picture: %w", err)
	}
	unsafe, err := s.checker.Unsafe(ctx, shown)
	if err == nil {
		s.remember(digest, unsafe)
	}
	return unsafe, err
}

func (s *Screen) verdict(digest [sha256.Size]byte) (unsafe, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unsafe, known = s.verdicts[digest]
	return unsafe, known
}

func (s *Screen) remember(digest [sha256.Size]byte, unsafe bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.verdicts) >= maxVerdicts {
		clear(s.verdicts)
	}
	s.verdicts[digest] = unsafe
}
