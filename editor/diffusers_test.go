package editor

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/recipe"
	"pentimento/tests/parity"
)

// parityWidth and parityHeight are the size of the pictures that diffusers drew.
const parityWidth, parityHeight = 64, 128

// A wholeRun is a picture that a pipeline of diffusers drew.
type wholeRun struct {
	Name, Scheduler string
	Steps           int
	Guidance        float64
	// Negative is empty where the pipeline was given none.
	Negative string
	// Config is what differs from the model's scheduler_config.json.
	Config map[string]any
}

func (r *wholeRun) UnmarshalJSON(data []byte) error {
	type plain wholeRun
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &r.Config); err != nil {
		return err
	}
	for _, own := range []string{"name", "scheduler", "steps", "guidance", "negative"} {
		delete(r.Config, own)
	}
	return nil
}

// Files and folders of every family draw what diffusers' pipelines draw: after
// every step of every scheduler the latents are the same.
func TestWholeRunsEqualDiffusers(t *testing.T) {
	for family, path := range map[parity.Family]func() string{
		parity.SD1:  func() string { return parity.Checkpoint(t, parity.SD1, parity.F16) },
		parity.SD2:  func() string { return parity.Folder(t, parity.SD2, parity.F32) },
		parity.SDXL: func() string { return parity.Checkpoint(t, parity.SDXL, parity.BF16) },
	} {
		t.Run(string(family), func(t *testing.T) {
			f := parity.Open(t, string(family))
			var runs []wholeRun
			f.Info("runs", &runs)
			e := New(modelstest.Open(t, models.Source{Path: path()}))
			compared := map[string]bool{}
			for _, r := range runs {
				compared[r.Scheduler] = true
				compareRun(t, e, f, family, r)
			}
			for _, name := range recipe.Schedulers() {
				if !compared[name] {
					t.Errorf("%s is not compared", name)
				}
			}
		})
	}
}

// A latent consistency model is told the guidance, and takes one row a step.
func TestConsistencyModelEqualsDiffusers(t *testing.T) {
	f := parity.Open(t, string(parity.LCM))
	r := wholeRun{Name: "lcm", Scheduler: recipe.LCM}
	f.Info("steps", &r.Steps)
	f.Info("guidance", &r.Guidance)
	e := New(modelstest.Open(t, models.Source{Path: parity.Folder(t, parity.LCM, parity.F16)}))
	if drawn := compareRun(t, e, f, parity.LCM, r); drawn != nil && drawn.rows != r.Steps {
		t.Errorf("%d rows in %d steps", drawn.rows, r.Steps)
	}
}

// compareRun draws a run from diffusers' latents and with its noise.
func compareRun(t *testing.T, e *Engine, f *parity.Fixture, family parity.Family, r wholeRun) *run {
	t.Helper()
	var prompt string
	f.Info("prompt", &prompt)
	run := beginLikeDiffusers(t, e, prompt, family, r)
	want, latents := f.Array("run."+r.Name), run.last().Latents
	far, size := 0., len(latents[0])
	for i := range r.Steps {
		run.noise.drawn, run.noise.last = i+1, parity.Normal(fmt.Sprintf("scheduler.noise.%d", i), size)
		if err := run.step(t.Context(), i); err != nil {
			t.Fatal(err)
		}
		scale := 1.
		if r.Scheduler == recipe.Euler || r.Scheduler == recipe.EulerAncestral {
			scale = 1 / run.sampler.to[i].signal // diffusers has x_0 + σ·ε there
		}
		scaled := make([]float32, size)
		for k, x := range latents[i+1] {
			scaled[k] = float32(float64(x) * scale)
		}
		d, err := parity.Distance(scaled, want[size*i:size*(i+1)])
		if err != nil {
			t.Fatal(err)
		}
		far = max(far, d)
	}
	t.Logf("%s %s: %.1e from diffusers", family, r.Name, far)
	if !(far <= 1e-4) {
		t.Errorf("%s %s: %.1e from diffusers", family, r.Name, far)
	}
	return run
}

// beginLikeDiffusers begins a drawing as the engine does, and puts in what a
// recipe cannot say: the first latents, and a changed noise schedule.
func beginLikeDiffusers(t *testing.T, e *Engine, prompt string, family parity.Family, r wholeRun) *run {
	t.Helper()
	in := recipe.Recipe{Version: recipe.Version, Turns: []recipe.Turn{{Prompt: prompt}}, Settings: recipe.Settings{
		Scheduler: r.Scheduler, Steps: r.Steps, Guidance: r.Guidance, Negative: r.Negative, Width: parityWidth, Height: parityHeight,
	}}
	e, err := e.checked(in)
	if err != nil {
		t.Fatal(err)
	}
	links, err := e.chain(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	run, err := e.newRun(t.Context(), in, nil, nil, links)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Config) > 0 || r.Scheduler == recipe.DPMSolver {
		run.sampler = samplerLikeDiffusers(t, run.spec, family, r)
	}
	start := parity.Normal("latents", len(run.last().Latents[0]))
	for k := range start {
		start[k] = float32(run.sampler.initial * float64(start[k]))
	}
	run.last().Latents[0] = start
	return run
}

// samplerLikeDiffusers follows a changed scheduler_config.json. DPM-Solver++(2M)
// is compared at diffusers' timesteps.
func samplerLikeDiffusers(t *testing.T, spec models.Spec, family parity.Family, r wholeRun) *sampler {
	t.Helper()
	var configs map[string]json.RawMessage
	parity.Open(t, string(family)).Info("configs", &configs)
	var config map[string]any
	if err := json.Unmarshal(configs["scheduler/scheduler_config.json"], &config); err != nil {
		t.Fatal(err)
	}
	maps.Copy(config, r.Config)
	changed, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	if spec.Schedule, spec.Prediction, err = models.ReadSchedule(changed); err != nil {
		t.Fatal(err)
	}
	var s *sampler
	if r.Scheduler == recipe.DPMSolver {
		s, err = solvedAsThere(spec, parity.Open(t, "schedulers").Array("dpmpp_2m_usual.timesteps"))
	} else {
		s, err = newSampler(spec, r.Scheduler, r.Steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}
