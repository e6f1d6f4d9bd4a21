package editor

import (
	"cmp"
	"fmt"

	"pentimento/models"
	"pentimento/recipe"
)

// Check reports whether a model draws with the settings. The error is for the
// user, and says what to set.
func Check(spec models.Spec, s recipe.Settings) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if most := spec.Schedule.TrainSteps; s.Steps > most {
		return fmt.Errorf("%d steps: the model takes 1 to %d", s.Steps, most)
	}
	if _, err := SpecOf(spec, s); err != nil {
		return err
	}
	_, err := newSampler(spec, s.Scheduler, s.Steps)
	return err
}

// SpecOf is a model's spec at the size of the pictures that the settings ask for.
func SpecOf(spec models.Spec, s recipe.Settings) (models.Spec, error) {
	width, height := cmp.Or(s.Width, spec.ImageWidth), cmp.Or(s.Height, spec.ImageHeight)
	if width == spec.ImageWidth && height == spec.ImageHeight {
		return spec, nil
	}
	return spec, fmt.Errorf("pictures of %d×%d: the model draws %d×%d only", width, height, spec.ImageWidth, spec.ImageHeight)
}
