package models

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"pentimento/recipe"
)

// A Prediction says what a UNet's output stands for, in diffusers' words.
type Prediction string

// The predictions that Stable Diffusion models make: the noise ε; the
// velocity v = √ᾱ·ε − √(1−ᾱ)·x₀ (Salimans and Ho 2022); the clean latents x₀.
const (
	PredictEpsilon Prediction = "epsilon"
	PredictV       Prediction = "v_prediction"
	PredictSample  Prediction = "sample"
)

// A Schedule is the noise schedule of scheduler_config.json: the variances
// β_t that the model was trained with, and how sampling steps are spread over
// the training steps. Where the file says nothing of the steps, every
// scheduler has its own way, as it has in diffusers.
type Schedule struct {
	// Class is diffusers' class of the scheduler that the file was written for.
	Class              string
	TrainSteps         int
	BetaStart, BetaEnd float64
	// BetaSchedule is "linear", "scaled_linear" or "squaredcos_cap_v2".
	BetaSchedule string
	// TrainedBetas, when there are any, are the TrainSteps variances
	// themselves.
	TrainedBetas []float64
	// ZeroSNR: the betas are rescaled until the last training step is nothing
	// but noise (Lin et al. 2024).
	ZeroSNR bool
	// StepsOffset is added to every timestep of the leading spacing.
	StepsOffset int
	// SetAlphaToOne: the last step ends at ᾱ = 1 rather than at ᾱ_0.
	SetAlphaToOne bool
	// FinalSigmaMin says the same of Euler's method the other way round: the
	// last step ends with the noise of the first training step.
	FinalSigmaMin bool
	// TimestepSpacing is "leading", "trailing", "linspace" or, where the file
	// does not say, empty.
	TimestepSpacing string
	// Sigmas is another rule for the levels of noise, for the schedulers that
	// follow one: [Karras], [Exponential], or the name of one that is not known;
	// empty for the levels of the timesteps themselves.
	Sigmas string
	// SigmaMin and SigmaMax are the ends of that rule; 0 for those of the
	// timesteps.
	SigmaMin, SigmaMax float64
	// OriginalSteps are the steps that a latent consistency model was distilled
	// on, and TimestepScaling the factor in its boundary conditions; 0 stands
	// for [UsualOriginalSteps] and 10.
	OriginalSteps   int
	TimestepScaling float64
}

// The rules for levels of noise that are known.
const (
	Karras      = "karras"
	Exponential = "exponential"
)

// UsualOriginalSteps are the steps that latent consistency models are distilled
// on where their file does not say.
const UsualOriginalSteps = 50

// A Usual is how a model is drawn with where nobody says otherwise.
type Usual struct {
	// Scheduler is one of [recipe.Schedulers].
	Scheduler string
	// Steps and Guidance are 0 where the model has no wish.
	Steps    int
	Guidance float64
}

// String is it in words, "lcm, 4 steps, guidance 1".
func (u Usual) String() string {
	if u.Steps == 0 {
		return u.Scheduler
	}
	return fmt.Sprintf("%s, %d steps, guidance %g", u.Scheduler, u.Steps, u.Guidance)
}

// String is what the schedule says in a line.
func (s Schedule) String() string {
	said := []string{fmt.Sprintf("%s betas over %d steps", s.BetaSchedule, s.TrainSteps)}
	if s.TrainedBetas != nil {
		said[0] = fmt.Sprintf("trained betas over %d steps", s.TrainSteps)
	}
	if s.TimestepSpacing != "" {
		said = append(said, s.TimestepSpacing+" timesteps")
	}
	if s.StepsOffset > 0 {
		said = append(said, fmt.Sprintf("offset %d", s.StepsOffset))
	}
	if s.SetAlphaToOne {
		said = append(said, "ends without noise")
	}
	if s.ZeroSNR {
		said = append(said, "zero terminal SNR")
	}
	if s.Sigmas != "" {
		said = append(said, s.Sigmas+" sigmas")
	}
	return cmp.Or(s.Class, "scheduler") + ": " + strings.Join(said, ", ")
}

// Usual is how the model is drawn. Models that were distilled to few steps wish
// for the scheduler that they were made for; all others are drawn with DDIM, as
// Prompt-to-Prompt is, whatever class their file names.
func (s Spec) Usual() Usual {
	few := s.Schedule.fewSteps(s.Prediction)
	switch {
	case few == "":
		return Usual{Scheduler: recipe.DDIM}
	case s.TimestepCondWidth > 0:
		return Usual{few, 4, 8}
	}
	return Usual{few, 4, 1}
}

// fewSteps is the scheduler of a model that was distilled to few steps; empty
// for other models. The Turbo models have ordinary classes, and are known by
// their spacing; what else is spaced so has no signal at its last training step.
func (s Schedule) fewSteps(p Prediction) string {
	turbo := s.TimestepSpacing == "trailing" && p == PredictEpsilon && !s.ZeroSNR
	switch {
	case s.Class == "LCMScheduler":
		return recipe.LCM
	case s.Class == "EulerDiscreteScheduler" && turbo:
		return recipe.Euler
	case s.Class == "EulerAncestralDiscreteScheduler" && turbo:
		return recipe.EulerAncestral
	}
	return ""
}

// scheduleFile is what is read of scheduler_config.json. Zero values mean that
// the file does not say, but for those that [newScheduleFile] sets.
type scheduleFile struct {
	Class           string    `json:"_class_name"`
	TrainSteps      int       `json:"num_train_timesteps"`
	BetaStart       *float64  `json:"beta_start"`
	BetaEnd         *float64  `json:"beta_end"`
	BetaSchedule    string    `json:"beta_schedule"`
	TrainedBetas    []float64 `json:"trained_betas"`
	StepsOffset     int       `json:"steps_offset"`
	SetAlphaToOne   bool      `json:"set_alpha_to_one"`
	FinalSigmas     string    `json:"final_sigmas_type"`
	TimestepSpacing string    `json:"timestep_spacing"`
	TimestepType    string    `json:"timestep_type"`
	PredictionType  string    `json:"prediction_type"`
	ZeroSNR         bool      `json:"rescale_betas_zero_snr"`
	Thresholding    bool      `json:"thresholding"`

	Karras        bool    `json:"use_karras_sigmas"`
	Exponential   bool    `json:"use_exponential_sigmas"`
	Beta          bool    `json:"use_beta_sigmas"`
	Lu            bool    `json:"use_lu_lambdas"`
	Flow          bool    `json:"use_flow_sigmas"`
	Interpolation string  `json:"interpolation_type"`
	SigmaMin      float64 `json:"sigma_min"`
	SigmaMax      float64 `json:"sigma_max"`
	SigmaData     float64 `json:"sigma_data"`

	OriginalSteps   int     `json:"original_inference_steps"`
	TimestepScaling float64 `json:"timestep_scaling"`
}

// loadSchedule reads the scheduler's configuration.
func (f folder) loadSchedule() (Schedule, Prediction, error) {
	data, err := f.read(schedulerFile, maxConfigBytes)
	if err != nil {
		return Schedule{}, "", err
	}
	s, p, err := ReadSchedule(data)
	if err != nil {
		return Schedule{}, "", f.failed(schedulerFile, err)
	}
	return s, p, nil
}

// ReadSchedule reads a scheduler_config.json. What it leaves out of the noise
// has the value that its class gives it in diffusers.
func ReadSchedule(data []byte) (Schedule, Prediction, error) {
	c := scheduleFile{TrainSteps: 1000, SetAlphaToOne: true, PredictionType: string(PredictEpsilon)}
	if err := json.Unmarshal(data, &c); err != nil {
		return Schedule{}, "", fmt.Errorf("is no such JSON as is expected: %w", err)
	}
	if err := c.family(); err != nil {
		return Schedule{}, "", err
	}
	from, to, schedule := usualBetas(c.Class)
	s := Schedule{
		Class: c.Class, TrainSteps: c.TrainSteps,
		BetaStart: value(c.BetaStart, from), BetaEnd: value(c.BetaEnd, to), BetaSchedule: cmp.Or(c.BetaSchedule, schedule),
		TrainedBetas: c.TrainedBetas, ZeroSNR: c.ZeroSNR, StepsOffset: c.StepsOffset, SetAlphaToOne: c.SetAlphaToOne,
		FinalSigmaMin: c.FinalSigmas == "sigma_min", TimestepSpacing: c.TimestepSpacing,
		Sigmas: c.sigmas(), SigmaMin: c.SigmaMin, SigmaMax: c.SigmaMax,
		OriginalSteps: c.OriginalSteps, TimestepScaling: c.TimestepScaling,
	}
	prediction := Prediction(c.PredictionType)
	if prediction != PredictEpsilon && prediction != PredictV && prediction != PredictSample {
		return Schedule{}, "", fmt.Errorf("prediction_type is %q, not epsilon, v_prediction or sample", prediction)
	}
	return s, prediction, s.check()
}

// family refuses the schedulers of models that are no Stable Diffusion: their
// noise is another, so that pictures would come out burnt.
func (c scheduleFile) family() error {
	const draws = "only the noise of Stable Diffusion 1.x, 2.x and XL can be followed"
	switch {
	case strings.HasPrefix(c.Class, "EDM"), c.SigmaData != 0, c.TimestepType == "continuous":
		return fmt.Errorf("%s is of an EDM model: %s", cmp.Or(c.Class, "the scheduler"), draws)
	case strings.HasPrefix(c.Class, "FlowMatch"), c.PredictionType == "flow_prediction", c.Flow:
		return fmt.Errorf("%s is of a flow-matching model: %s", cmp.Or(c.Class, "the scheduler"), draws)
	case c.Thresholding:
		return fmt.Errorf("thresholding is for models of pixels: %s", draws)
	}
	return nil
}

// sigmas is the rule that the file names for the levels of noise.
func (c scheduleFile) sigmas() string {
	switch {
	case c.Karras:
		return Karras
	case c.Exponential:
		return Exponential
	case c.Beta:
		return "beta"
	case c.Lu:
		return "lu"
	case c.Interpolation == "log_linear":
		return "log_linear"
	}
	return ""
}

// usualBetas are those of diffusers' classes, where a file does not say.
func usualBetas(class string) (from, to float64, schedule string) {
	switch class {
	case "LCMScheduler", "TCDScheduler":
		return .00085, .012, "scaled_linear"
	case "HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler":
		return .00085, .012, "linear"
	}
	return .0001, .02, "linear"
}

func value(said *float64, usual float64) float64 {
	if said == nil {
		return usual
	}
	return *said
}

// check refuses a schedule that no sampler could follow.
func (s Schedule) check() error {
	if s.TrainSteps < 1 || s.TrainSteps > 100_000 {
		return fmt.Errorf("num_train_timesteps is %d", s.TrainSteps)
	}
	if s.StepsOffset < 0 || s.StepsOffset >= s.TrainSteps {
		return fmt.Errorf("steps_offset is %d", s.StepsOffset)
	}
	if s.OriginalSteps < 0 || s.OriginalSteps > s.TrainSteps {
		return fmt.Errorf("original_inference_steps is %d", s.OriginalSteps)
	}
	if s.TimestepScaling < 0 {
		return fmt.Errorf("timestep_scaling is %v", s.TimestepScaling)
	}
	if s.SigmaMin < 0 || s.SigmaMax < 0 || s.SigmaMax > 0 && s.SigmaMin >= s.SigmaMax {
		return fmt.Errorf("sigmas from %v to %v", s.SigmaMin, s.SigmaMax)
	}
	switch s.TimestepSpacing {
	case "", "leading", "trailing", "linspace":
	default:
		return fmt.Errorf("timestep_spacing is %q, not leading, trailing or linspace", s.TimestepSpacing)
	}
	return s.checkBetas()
}

func (s Schedule) checkBetas() error {
	if len(s.TrainedBetas) > 0 {
		if len(s.TrainedBetas) != s.TrainSteps {
			return fmt.Errorf("%d trained_betas for %d steps", len(s.TrainedBetas), s.TrainSteps)
		}
		for _, beta := range s.TrainedBetas {
			if !(beta > 0 && beta < 1) {
				return fmt.Errorf("a beta of %v", beta)
			}
		}
		return nil
	}
	switch s.BetaSchedule {
	case "linear", "scaled_linear", "squaredcos_cap_v2":
	default:
		return fmt.Errorf("beta_schedule is %q, not linear, scaled_linear or squaredcos_cap_v2", s.BetaSchedule)
	}
	if !(s.BetaStart > 0 && s.BetaStart <= s.BetaEnd && s.BetaEnd < 1) {
		return fmt.Errorf("betas from %v to %v", s.BetaStart, s.BetaEnd)
	}
	return nil
}
