package parity_test

import (
	"math"
	"slices"
	"testing"

	"pentimento/tests/parity"
)

// TestFormulaIsPythons compares numbers of the formula with those that
// formula.py made.
func TestFormulaIsPythons(t *testing.T) {
	f := parity.Open(t, "formula")
	if got, want := parity.Normal("a name", 8), f.Array("normal"); !slices.Equal(got, want) {
		t.Errorf("normal numbers %v, want %v", got, want)
	}
	var shapes map[string][]int
	f.Info("weights", &shapes)
	if len(shapes) < 4 {
		t.Fatalf("only %d tensors", len(shapes))
	}
	for name, shape := range shapes {
		if got, want := parity.Weight(name, shape), f.Array(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestWeightsFitHalfPrecision: a bfloat16 has 8 bits of mantissa, and a
// float16 reaches down to 2^-24.
func TestWeightsFitHalfPrecision(t *testing.T) {
	for name, shape := range map[string][]int{"unet.norm.weight": {4096}, "unet.a.bias": {4096}, "unet.a.weight": {2, 20000}} {
		for _, w := range parity.Weight(name, shape) {
			if math.Float32bits(w)&0xffff != 0 || float64(w)*(1<<24) != math.Trunc(float64(w)*(1<<24)) {
				t.Fatalf("%s has %v, which loses bits in half precision", name, w)
			}
		}
	}
}
