package recipe

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The bounds of the numbers of a recipe. Everything that takes a number from
// somebody, keeps it, sends it or draws with it goes by these.
const (
	// MaxFactor bounds the factor of a word's attention, and minus it: beyond it
	// pictures are noise (the study's own sweep ends at −16 and 14).
	MaxFactor = 32
	// MaxSteps is the most denoising steps. A model may take fewer.
	MaxSteps = 1000
	// MaxGuidance bounds the guidance scale, from 0.
	MaxGuidance = 50
	// MaxTurns is how many turns a chain may have.
	MaxTurns = 1000
	// MaxSpans is how many weights, windows or blend words a turn may have.
	MaxSpans = 1000
	// MaxTextBytes is how long a prompt may be, a negative one too.
	MaxTextBytes = 16 << 10
	// MinSide and MaxSide bound the sides of a picture, and SideMultiple divides
	// them: no model has latents of finer steps.
	MinSide, MaxSide, SideMultiple = 64, 2048, 8
)

// Within reports whether x lies in the range [from, to]. NaN lies in none.
func Within(x, from, to float64) bool { return from <= x && x <= to }

// Share reports whether x is a share of a whole: a number from 0 to 1.
func Share(x float64) bool { return Within(x, 0, 1) }

// Validate reports whether the scheduler is known, if one is named, and the numbers
// are within their bounds.
func (s Settings) Validate() error {
	if err := checkScheduler(s.Scheduler); err != nil {
		return err
	}
	if s.Steps < 1 || s.Steps > MaxSteps {
		return fmt.Errorf("%d steps are outside 1 to %d", s.Steps, MaxSteps)
	}
	if !Within(s.Guidance, 0, MaxGuidance) {
		return fmt.Errorf("guidance %v is outside 0 to %d", s.Guidance, MaxGuidance)
	}
	if len(s.Negative) > MaxTextBytes {
		return fmt.Errorf("the negative prompt has %d bytes, %d are allowed", len(s.Negative), MaxTextBytes)
	}
	if err := s.checkPicture(); err != nil {
		return err
	}
	return checkSize(s.Width, s.Height)
}

// checkPicture reports whether the settings name a picture, if they do, and can
// begin with it.
func (s Settings) checkPicture() error {
	const digest = 64 // hexadecimal digits of a SHA-256
	switch {
	case s.Picture == "":
		return nil
	case len(s.Picture) != digest || strings.Trim(s.Picture, "0123456789abcdef") != "":
		return fmt.Errorf("picture %.80q: give a SHA-256 in small hexadecimal digits", s.Picture)
	case s.Scheduler != "" && !slices.Contains(Invertible(), s.Scheduler):
		return fmt.Errorf("a picture of one's own with the scheduler %s: use %s", s.Scheduler, oneOf(Invertible()))
	}
	return nil
}

// ParseSize reads a size as people write it, "768x512" or "768×512". It may still
// be out of bounds.
func ParseSize(text string) (width, height int, ok bool) {
	w, h, ok := strings.Cut(strings.NewReplacer("X", "x", "×", "x", " ", "").Replace(text), "x")
	if !ok {
		return 0, 0, false
	}
	width, wrong := strconv.Atoi(w)
	height, also := strconv.Atoi(h)
	return width, height, wrong == nil && also == nil
}

// checkSize reports whether a picture may have these sides; none are the model's.
func checkSize(width, height int) error {
	if width == 0 && height == 0 {
		return nil
	}
	for _, side := range []int{width, height} {
		if side < MinSide || side > MaxSide || side%SideMultiple != 0 {
			return fmt.Errorf("size %d×%d: give two multiples of %d from %d to %d", width, height, SideMultiple, MinSide, MaxSide)
		}
	}
	return nil
}

// Validate reports whether the numbers are within their bounds, and the words
// that have some are not too many.
func (t Turn) Validate() error {
	if n := len(t.Weights) + len(t.Windows.CrossWords) + len(t.Blend.Target); n > MaxSpans || len(t.Blend.Source) > MaxSpans {
		return fmt.Errorf("%d words with settings of their own are more than %d", max(n, len(t.Blend.Source)), MaxSpans)
	}
	for _, w := range t.Weights {
		if !Within(w.Factor, -MaxFactor, MaxFactor) {
			return fmt.Errorf("weight %v is outside ±%d", w.Factor, MaxFactor)
		}
		if product := t.product(w.Span); !Within(product, -MaxFactor, MaxFactor) {
			return fmt.Errorf("weights that multiply to %v are outside ±%d", product, MaxFactor)
		}
	}
	if err := t.Windows.validate(); err != nil {
		return err
	}
	if !Share(t.Start) || t.Start == 1 {
		return fmt.Errorf("start %v is outside 0 to below 1", t.Start)
	}
	if b := t.Blend; !Share(b.Threshold) || !Share(b.Start) {
		return fmt.Errorf("blend threshold %v from %v is outside 0 to 1", b.Threshold, b.Start)
	}
	if t.Region != nil {
		return t.Region.Validate()
	}
	return nil
}

// product is what the weights of a span come to that overlap it, without the
// signs.
func (t Turn) product(span Span) float64 {
	out := 1.0
	for _, w := range t.Weights {
		if w.Start < span.End && span.Start < w.End {
			out *= max(1, math.Abs(w.Factor))
		}
	}
	return out
}

// validate reports whether all windows are shares of the steps.
func (w Windows) validate() error {
	windows := []Window{w.Cross, w.Self, w.Value}
	for _, word := range w.CrossWords {
		windows = append(windows, word.Window)
	}
	for _, one := range windows {
		if !Share(one.From) || !Share(one.To) {
			return fmt.Errorf("window %v to %v is outside 0 to 1", one.From, one.To)
		}
	}
	if !Share(w.ValueMix) {
		return fmt.Errorf("value mix %v is outside 0 to 1", w.ValueMix)
	}
	if !w.ValueLayers.Valid() {
		return fmt.Errorf("value layers %q are not known: use cross, self or none for both", w.ValueLayers)
	}
	return nil
}

// Stronger is the factor of a word that is to count more, one step up; ok is
// false if it counts as much as it may.
func Stronger(factor float64) (more float64, ok bool) {
	switch {
	case factor >= MaxFactor:
		return factor, false
	case factor > 0:
		return min(max(factor*1.5, leastFactor), MaxFactor), true
	case factor > -leastFactor:
		return .5, true // it is muted
	}
	return factor / 2, true
}

// Weaker is the factor of a word that is to count less, one step down; ok is
// false if it is muted, or pushed away.
func Weaker(factor float64) (less float64, ok bool) {
	if factor <= 0 {
		return factor, false
	}
	if factor < leastFactor {
		return 0, true
	}
	return factor / 2, true
}

// leastFactor is the smallest that steps lead to: below it a word is as good as
// muted.
const leastFactor = 1. / 32
