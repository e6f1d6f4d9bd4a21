package models

import (
	"strings"
	"testing"

	"pentimento/recipe"
)

// The class decides how a model is drawn only where the model was distilled to
// few steps.
func TestUsualSchedulers(t *testing.T) {
	for file, want := range map[string]Usual{
		`{"_class_name":"DDIMScheduler"}`:                                       {Scheduler: recipe.DDIM},
		`{"_class_name":"PNDMScheduler","skip_prk_steps":true}`:                 {Scheduler: recipe.DDIM},
		`{"_class_name":"EulerDiscreteScheduler","timestep_spacing":"leading"}`: {Scheduler: recipe.DDIM},
		`{"_class_name":"EulerDiscreteScheduler","timestep_spacing":"trailing","prediction_type":"v_prediction","rescale_betas_zero_snr":true}`: {Scheduler: recipe.DDIM},
		`{"_class_name":"EulerDiscreteScheduler","timestep_spacing":"trailing"}`:                                                                {recipe.Euler, 4, 1},
		`{"_class_name":"EulerAncestralDiscreteScheduler","timestep_spacing":"trailing"}`:                                                       {recipe.EulerAncestral, 4, 1},
		`{"_class_name":"LCMScheduler"}`: {recipe.LCM, 4, 1},
	} {
		s, p, err := ReadSchedule([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if got := (Spec{Schedule: s, Prediction: p}).Usual(); got != want {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
	}
	s := Schedule{Class: "LCMScheduler"}
	if got := (Spec{Schedule: s, TimestepCondWidth: 256}).Usual(); got.Guidance <= 1 {
		t.Errorf("a model that is told its guidance is drawn with %v", got)
	}
}

// What a file leaves out of the noise is what its class means, and what it leaves
// out of the steps is left to the scheduler.
func TestScheduleDefaultsAreThoseOfTheClass(t *testing.T) {
	s, _, err := ReadSchedule([]byte(`{"_class_name":"LCMScheduler"}`))
	if err != nil || s.BetaStart != .00085 || s.BetaSchedule != "scaled_linear" || s.TimestepSpacing != "" {
		t.Errorf("LCM: %+v, %v", s, err)
	}
	s, _, err = ReadSchedule([]byte(`{"_class_name":"EulerDiscreteScheduler"}`))
	if err != nil || s.BetaStart != .0001 || s.BetaEnd != .02 || s.BetaSchedule != "linear" {
		t.Errorf("Euler: %+v, %v", s, err)
	}
}

// Noise that is not that of Stable Diffusion is refused by its name, and so is
// what no scheduler can follow.
func TestForeignSchedulesAreRefused(t *testing.T) {
	for file, says := range map[string]string{
		`{"_class_name":"EDMEulerScheduler"}`:                                   "EDM",
		`{"_class_name":"EulerDiscreteScheduler","sigma_data":0.5}`:             "EDM",
		`{"_class_name":"EulerDiscreteScheduler","timestep_type":"continuous"}`: "EDM",
		`{"_class_name":"FlowMatchEulerDiscreteScheduler"}`:                     "flow-matching",
		`{"_class_name":"UniPCMultistepScheduler","use_flow_sigmas":true}`:      "flow-matching",
		`{"prediction_type":"flow_prediction"}`:                                 "flow-matching",
		`{"_class_name":"DDIMScheduler","thresholding":true}`:                   "thresholding",
		`{"_class_name":"LCMScheduler","original_inference_steps":2000}`:        "original_inference_steps",
		`{"timestep_scaling":-1}`:                                               "timestep_scaling",
		`{"use_karras_sigmas":true,"sigma_min":3,"sigma_max":1}`:                "sigmas",
		`{"beta_start":0}`: "betas",
		`[]`:               "JSON",
	} {
		if _, _, err := ReadSchedule([]byte(file)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", file, err, says)
		}
	}
}

func TestScheduleInWords(t *testing.T) {
	s, _, err := ReadSchedule([]byte(`{"_class_name":"PNDMScheduler","beta_schedule":"scaled_linear","steps_offset":1,"timestep_spacing":"trailing","rescale_betas_zero_snr":true,"use_karras_sigmas":true}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = "PNDMScheduler: scaled_linear betas over 1000 steps, trailing timesteps, offset 1, ends without noise, zero terminal SNR, karras sigmas"
	if got := s.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
