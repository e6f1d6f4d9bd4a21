package recipefile

import (
	"fmt"
	"unicode/utf8"

	"pentimento/recipe"
)

// validate reports whether the document is within the limits and its parts
// belong together.
func (d Document) validate() error {
	r := d.Recipe
	switch {
	case d.Format != Format || d.Version < 1:
		return fmt.Errorf("%w: it is %q, version %d", ErrInvalid, d.Format, d.Version)
	case r.Version < 1:
		return fmt.Errorf("%w: recipe version %d", ErrInvalid, r.Version)
	case r.Version > recipe.Version:
		return fmt.Errorf("%w: recipe version %d, this one follows up to %d", ErrNewer, r.Version, recipe.Version)
	case d.Version != r.Version:
		return fmt.Errorf("%w: version %d of the format with version %d of the recipe", ErrInvalid, d.Version, r.Version)
	case len(r.Turns) > MaxTurns:
		return fmt.Errorf("%w: %d turns, %d are allowed", ErrTooLarge, len(r.Turns), MaxTurns)
	case len(r.Turns) == 0 || len(d.Said) != len(r.Turns):
		return fmt.Errorf("%w: %d turns, and %d times something was said", ErrInvalid, len(r.Turns), len(d.Said))
	}
	if err := validateSettings(r.Settings); err != nil {
		return err
	}
	if r.Version < r.Earliest() {
		return fmt.Errorf("%w: a recipe of version %d says no such thing", ErrInvalid, r.Version)
	}
	if err := validateText("name of the model", d.Model); err != nil {
		return err
	}
	if d.Original != nil && r.Settings.Picture == "" {
		return fmt.Errorf("%w: it comes with a picture that it does not begin with", ErrInvalid)
	}
	source := ""
	for i, turn := range r.Turns {
		if err := validateTurn(turn, source); err != nil {
			return fmt.Errorf("turn %d: %w", i+1, err)
		}
		if err := validateSaid(d.Said[i]); err != nil {
			return fmt.Errorf("turn %d: %w", i+1, err)
		}
		source = turn.Prompt
	}
	return nil
}

func validateSettings(s recipe.Settings) error {
	if s.Model == "" {
		return fmt.Errorf("%w: it names no model", ErrInvalid)
	}
	if err := s.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := validateText("model", s.Model); err != nil {
		return err
	}
	if err := validateText("scheduler", s.Scheduler); err != nil {
		return err
	}
	return validateText("negative prompt", s.Negative)
}

// validateTurn checks a turn that edits a picture of the source prompt.
func validateTurn(t recipe.Turn, source string) error {
	if t.Prompt == "" {
		return fmt.Errorf("%w: it has no prompt", ErrInvalid)
	}
	if err := validateText("prompt", t.Prompt); err != nil {
		return err
	}
	if err := validateText("preset", t.Preset); err != nil {
		return err
	}
	spans := make([]recipe.Span, 0, len(t.Weights)+len(t.Windows.CrossWords)+len(t.Blend.Target))
	for _, weight := range t.Weights {
		spans = append(spans, weight.Span)
	}
	for _, word := range t.Windows.CrossWords {
		spans = append(spans, word.Span)
	}
	spans = append(spans, t.Blend.Target...)
	if err := validateSpans(t.Prompt, spans); err != nil {
		return err
	}
	if err := validateSpans(source, t.Blend.Source); err != nil {
		return err
	}
	if err := t.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

func validateSaid(s Said) error {
	if year := s.Time.UTC().Year(); year < 1 || year > 9999 {
		return fmt.Errorf("%w: it was said in the year %d", ErrInvalid, year)
	}
	if err := validateText("utterance", s.Utterance); err != nil {
		return err
	}
	return validateText("edit", s.Edit)
}

// validateSpans reports whether all spans are words of the prompt.
func validateSpans(prompt string, spans []recipe.Span) error {
	if len(spans) > MaxSpans {
		return fmt.Errorf("%w: %d words with settings of their own, %d are allowed", ErrTooLarge, len(spans), MaxSpans)
	}
	for _, s := range spans {
		if s.Start < 0 || s.Start >= s.End || s.End > len(prompt) || !utf8.ValidString(prompt[s.Start:s.End]) {
			return fmt.Errorf("%w: %d to %d is no part of %.80q", ErrInvalid, s.Start, s.End, prompt)
		}
	}
	return nil
}

func validateText(what, text string) error {
	if len(text) > MaxTextBytes {
		return fmt.Errorf("%w: the %s has %d bytes, %d are allowed", ErrTooLarge, what, len(text), MaxTextBytes)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: the %s is not UTF-8", ErrInvalid, what)
	}
	return nil
}
