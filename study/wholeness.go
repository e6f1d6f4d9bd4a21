package study

import (
	"context"

	"pentimento/editor"
	"pentimento/editor/noise"
)

// wholenessSteps are the shares of the training steps at which pictures are read
// for seams: there the noise hides details but no outlines.
func wholenessSteps() []float64 { return []float64{.1, .2, .3} }

// wholeness says of pictures how well the model explains them, as a share of how
// well it explains pictures that it drew in one piece: the error of its noise
// prediction for the first picture under its prompt or for the fresh one (see
// marks) under the target's, whichever is larger, since an edit is made of both,
// over the error for the picture under the target's, at most 1. Rims of what was
// there and hard borders of a blend make it small.
func (in *instrument) wholeness(ctx context.Context, at place, m *marks, tasks []*task) error {
	byTurn := map[int][]*task{}
	for _, t := range tasks {
		byTurn[t.turn()] = append(byTurn[t.turn()], t)
	}
	for turn, tasks := range byTurn {
		if err := in.wholenessOf(ctx, at.prompt.From, at.edit.Turns[turn-1].To, m.fresh[turn-1], tasks); err != nil {
			return err
		}
	}
	return nil
}

// wholenessOf measures the drawings of one target.
func (in *instrument) wholenessOf(ctx context.Context, from, to string, fresh *editor.Drawing, tasks []*task) error {
	latents := [][]float32{fresh.Latents}
	for _, t := range tasks {
		latents = append(latents, t.drawing.Latents)
	}
	shares := make([]float64, len(tasks))
	for i, step := range wholenessSteps() {
		timestep := int(step * float64(in.engine.Model().Spec().Schedule.TrainSteps))
		epsilon := noise.Normal(readingsSeed+uint64(i), len(fresh.Latents))
		first, err := in.engine.PromptErrors(ctx, []string{from}, timestep, [][]float32{in.first.Latents}, epsilon)
		if err != nil {
			return err
		}
		errors, err := in.engine.PromptErrors(ctx, []string{to}, timestep, latents, epsilon)
		if err != nil {
			return err
		}
		whole := max(first[0][0], errors[0][0])
		for k := range tasks {
			shares[k] += min(1, whole/errors[1+k][0]) / float64(len(wholenessSteps()))
		}
	}
	for k, t := range tasks {
		t.metrics["wholeness"] = shares[k]
	}
	return nil
}
