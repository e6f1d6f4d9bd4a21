package recipe

import (
	"fmt"
	"slices"
	"strings"
)

// The schedulers that recipes may name. The last two add noise at every step,
// which the seed gives: an edit goes back with them as it does with the others.
const (
	// DDIM is by Song et al. 2021 (η = 0), the usual one.
	DDIM = "ddim"
	// DPMSolver is the second-order multistep solver DPM-Solver++(2M) by Lu et
	// al. 2022, which needs fewer steps.
	DPMSolver = "dpmpp_2m"
	// Euler is Euler's method on Karras et al. 2022's equation.
	Euler = "euler"
	// EulerAncestral is Euler's method with new noise at every step.
	EulerAncestral = "euler_a"
	// LCM is the sampling of latent consistency models by Luo et al. 2023, for
	// models that were distilled to it.
	LCM = "lcm"
)

// Schedulers lists their names.
func Schedulers() []string { return []string{DDIM, DPMSolver, Euler, EulerAncestral, LCM} }

// Invertible lists the schedulers of which a step can be taken back: those that
// add no noise. A chain that begins with a picture of one's own has one of them.
func Invertible() []string { return []string{DDIM, DPMSolver, Euler} }

// checkScheduler refuses a scheduler that is not known; none is the usual one.
func checkScheduler(name string) error {
	if name == "" || slices.Contains(Schedulers(), name) {
		return nil
	}
	return fmt.Errorf("scheduler %q is not known: use %s", name, oneOf(Schedulers()))
}

// oneOf lists names as a choice: "a, b or c".
func oneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
