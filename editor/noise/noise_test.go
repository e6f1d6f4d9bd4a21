package noise

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// testdata/randn.json was written by PyTorch 1.13:
//
//	torch.manual_seed(seed); x = torch.randn(n)
//	{"seed": str(seed), "n": n, "first": x[:20].tolist(), "last": x[-20:].tolist()}
func TestNormalEqualsTorch(t *testing.T) {
	type drawing struct {
		Seed        string
		N           int
		First, Last []float32
	}
	for _, c := range readCases[drawing](t, "randn.json") {
		t.Run(c.Seed+"/"+strconv.Itoa(c.N), func(t *testing.T) {
			seed, err := strconv.ParseUint(c.Seed, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			got := Normal(seed, c.N)
			if len(got) != c.N {
				t.Fatalf("got %d samples, want %d", len(got), c.N)
			}
			near(t, got[:len(c.First)], c.First)
			near(t, got[c.N-len(c.Last):], c.Last)
		})
	}
}

// testdata/draws.json was written by PyTorch 2.15, one call after the other:
//
//	g = torch.Generator("cpu"); g.manual_seed(seed)
//	draws = [torch.randn(n, generator=g) for _ in range(3)]
func TestDrawsGoOnAsInTorch(t *testing.T) {
	type drawing struct {
		Seed  string
		N     int
		Draws []struct{ First, Last []float32 }
	}
	for _, c := range readCases[drawing](t, "draws.json") {
		seed, err := strconv.ParseUint(c.Seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		g := New(seed)
		for _, draw := range c.Draws {
			got := g.Normal(c.N)
			near(t, got[:len(draw.First)], draw.First)
			near(t, got[c.N-len(draw.Last):], draw.Last)
		}
	}
}

func TestNormalIsDeterministic(t *testing.T) {
	if !slices.Equal(Normal(7, 1024), Normal(7, 1024)) {
		t.Error("the same seed gave two different noises")
	}
	if slices.Equal(Normal(7, 1024), Normal(8, 1024)) {
		t.Error("two seeds gave the same noise")
	}
}

func near(t *testing.T, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 2e-6 {
			t.Fatalf("sample %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// readCases reads the cases of a file of testdata, of which there must be some.
func readCases[T any](t *testing.T, file string) []T {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	return cases
}
