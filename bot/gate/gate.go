// Package gate stands between pictures and those who see them. Whatever shows or
// sends a picture takes a [Picture], and only a [Gate] makes one of bytes: after
// the safety checker has looked at them, if there is one.
//
// Start with [Gate.Pass]. picture.go has what is made of pictures that have
// passed: pages, films, and files.
package gate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"sync"

	"pentimento/picture"
)

// A Checker tells which pictures should not be shown to everybody; package
// safety has one.
type Checker interface {
	// Unsafe reports whether the picture should not be shown.
	Unsafe(ctx context.Context, picture image.Image) (bool, error)
}

// What [Gate.Pass] refuses pictures with. The texts are for the user.
var (
	ErrUnsafe    = errors.New("that came out as something that I may not show here")
	ErrUnchecked = errors.New("whether I may show that picture can't be told just now, so I don't")
)

// Options say what a gate lets through, and how.
type Options struct {
	// Checker looks at every picture; nil has all of them pass.
	Checker Checker
	// HideAll has pictures hidden until they are clicked.
	HideAll bool
	// HideUnsafe has the pictures pass that the checker finds unsafe, hidden.
	HideUnsafe bool
	// Log has the errors of the checker; nil for nowhere.
	Log *slog.Logger
}

// A Gate lets pictures pass that may be shown. It has each of them checked once.
// Nil lets every picture pass. All methods may be called by several goroutines
// at once.
type Gate struct {
	Options

	mu       sync.Mutex
	verdicts map[[sha256.Size]byte]bool // unsafe
}

// maxVerdicts bounds the pictures whose verdict is remembered.
const maxVerdicts = 10_000

// New returns a gate.
func New(o Options) *Gate {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Gate{Options: o, verdicts: map[[sha256.Size]byte]bool{}}
}

// Checks reports whether pictures are checked.
func (g *Gate) Checks() bool { return g != nil && g.Checker != nil }

// Pass returns a PNG as a picture that may be shown. It refuses one that may not
// be, or that the checker cannot look at, with [ErrUnsafe] or [ErrUnchecked].
func (g *Gate) Pass(ctx context.Context, png []byte) (Picture, error) {
	if !g.Checks() {
		return Picture{data: png, hidden: g != nil && g.HideAll}, nil
	}
	unsafe, err := g.unsafe(ctx, png)
	if err != nil && ctx.Err() != nil {
		return Picture{}, ctx.Err()
	}
	if err != nil {
		g.Log.Error("a picture was not checked", "error", err)
	}
	if unsafe || err != nil {
		if !g.HideUnsafe {
			return Picture{}, refusal(err)
		}
		return Picture{data: png, hidden: true}, nil
	}
	return Picture{data: png, hidden: g.HideAll}, nil
}

// refusal is why a picture does not pass: it is unsafe, or was not checked.
func refusal(unchecked error) error {
	if unchecked != nil {
		return ErrUnchecked
	}
	return ErrUnsafe
}

// Preview returns the preview of a drawing as a picture that may be shown. Where
// pictures are checked it is none: no checker can tell what becomes of it.
func (g *Gate) Preview(data []byte) Picture {
	if g.Checks() {
		return Picture{}
	}
	return Picture{data: data, hidden: g != nil && g.HideAll}
}

// unsafe asks the checker about a PNG.
func (g *Gate) unsafe(ctx context.Context, png []byte) (bool, error) {
	digest := sha256.Sum256(png)
	if unsafe, known := g.verdict(digest); known {
		return unsafe, nil
	}
	shown, err := picture.Decode(png)
	if err != nil {
		return false, fmt.Errorf("check a picture: %w", err)
	}
	unsafe, err := g.Checker.Unsafe(ctx, shown)
	if err == nil {
		g.remember(digest, unsafe)
	}
	return unsafe, err
}

func (g *Gate) verdict(digest [sha256.Size]byte) (unsafe, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	unsafe, known = g.verdicts[digest]
	return unsafe, known
}

func (g *Gate) remember(digest [sha256.Size]byte, unsafe bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.verdicts) >= maxVerdicts {
		clear(g.verdicts)
	}
	g.verdicts[digest] = unsafe
}
