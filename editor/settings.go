package editor

import (
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
	if _, err := spec.At(s.Width, s.Height); err != nil {
		return err
	}
	_, err := newSampler(spec, s.Scheduler, s.Steps)
	return err
}

// sized is the engine for pictures of the settings' size.
func (e *Engine) sized(s recipe.Settings) (*Engine, error) {
	model, err := e.model.At(s.Width, s.Height)
	if err != nil {
		return nil, err
	}
	return &Engine{model: model, cache: e.cache}, nil
}
