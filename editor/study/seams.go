package study

import (
	"context"

	"pentimento/editor/noise"
)

// seamSteps are the shares of the training steps at which pictures are read for
// seams: there the noise hides details but no outlines.
func seamSteps() []float64 { return []float64{.1, .2, .3} }

// seams says of pictures by how much the model explains them worse than pictures
// that it drew in one piece: by what share the error of its noise prediction
// under the target prompt exceeds those of the first picture and of a fresh
// picture of the target under theirs, whichever is larger, since an edit is made
// of both. Rims of what was there and hard borders of a blend make it large; 0 is
// none.
func (in *instrument) seams(ctx context.Context, at place, tasks []*task) error {
	byTurn := map[int][]*task{}
	for _, t := range tasks {
		byTurn[t.turn()] = append(byTurn[t.turn()], t)
	}
	for turn, tasks := range byTurn {
		if err := in.turnSeams(ctx, at, at.edit.Turns[turn-1], tasks); err != nil {
			return err
		}
	}
	return nil
}

func (in *instrument) turnSeams(ctx context.Context, at place, target Target, tasks []*task) error {
	fresh, _, err := in.freshOf(ctx, at.prompt.From, target)
	if err != nil {
		return err
	}
	latents := [][]float32{fresh.Latents}
	for _, t := range tasks {
		latents = append(latents, t.drawing.Latents)
	}
	excess := make([]float64, len(tasks))
	for i, share := range seamSteps() {
		timestep := int(share * float64(in.engine.Model().Spec().Schedule.TrainSteps))
		epsilon := noise.Normal(readingsSeed+uint64(i), len(fresh.Latents))
		first, err := in.engine.PromptErrors(ctx, []string{at.prompt.From}, timestep, [][]float32{in.first.Latents}, epsilon)
		if err != nil {
			return err
		}
		errors, err := in.engine.PromptErrors(ctx, []string{target.To}, timestep, latents, epsilon)
		if err != nil {
			return err
		}
		whole := max(first[0][0], errors[0][0])
		for k := range tasks {
			excess[k] += (errors[1+k][0]/whole - 1) / float64(len(seamSteps()))
		}
	}
	for k, t := range tasks {
		t.metrics["seams"] = max(0, excess[k])
	}
	return nil
}
