package models

import (
	"math"
	"testing"
)

// The numbers are those of LatentConsistencyModelPipeline of diffusers 0.42,
// get_guidance_scale_embedding(w = scale - 1, embedding_dim = width).
func TestGuidanceEmbeddingEqualsDiffusers(t *testing.T) {
	for _, test := range []struct {
		scale float64
		want  []float32
	}{
		{8, []float32{.506885, -.97048, .586653, .644218, .862013, -.241183, -.809838, .764842}},
		{1, []float32{0, 0, 1, 1, 0}},
	} {
		got := GuidanceEmbedding(test.scale, len(test.want))
		for i, want := range test.want {
			if math.Abs(float64(got[i]-want)) > 1e-3 { // single precision of sin(7000)
				t.Errorf("scale %v: %v, want %v", test.scale, got, test.want)
				break
			}
		}
	}
}
