package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.model != nil {
		if err := shared.model.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// shared is the bundled model, opened once for all tests that leave it alone.
var shared struct {
	sync.Mutex
	model *models.Model
}

// openPocket gives the bundled model.
func openPocket(t testing.TB) *models.Model {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.model == nil {
		m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu"})
		if err != nil {
			t.Fatal(err)
		}
		shared.model = m
	}
	return shared.model
}

// encode gives the embeddings of prompts, one after the other.
func encode(t testing.TB, m *models.Model, prompts ...string) []float32 {
	t.Helper()
	var text []float32
	for _, prompt := range prompts {
		embedded, err := m.EncodeText(t.Context(), prompt)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, embedded.Embeddings...)
	}
	return text
}

// batchOf is a batch of prompts on the same noise, with the identity control.
func batchOf(t testing.TB, m *models.Model, prompts ...string) *models.Batch {
	t.Helper()
	s := m.Spec()
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]float32, s.LatentChannels*s.LatentHeight*s.LatentWidth)
	for i := range noise {
		noise[i] = float32(random.NormFloat64())
	}
	return &models.Batch{
		Rows: len(prompts), Latents: slices.Repeat(noise, len(prompts)), Timestep: 601,
		Text: encode(t, m, prompts...), Control: models.Identity(len(prompts), len(s.Layers), s.ContextLength),
	}
}

func denoise(t testing.TB, m *models.Model, b *models.Batch) *models.Denoised {
	t.Helper()
	out, err := m.Denoise(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// row is row b of a tensor of so many rows.
func row(tensor []float32, rows, b int) []float32 {
	n := len(tensor) / rows
	return tensor[b*n : (b+1)*n]
}

const (
	blond = "a woman's face with blond hair"
	red   = "a woman's face with red hair"
)

func TestSpecOfThePocketModel(t *testing.T) {
	m := openPocket(t)
	s := m.Spec()
	if s.ContextLength != m.Tokenizer().ContextLength() || s.TextWidth < 1 || s.LatentChannels < 1 {
		t.Errorf("spec %+v", s)
	}
	if s.ImageWidth%s.LatentWidth != 0 || s.ImageHeight%s.LatentHeight != 0 || s.ScalingFactor <= 0 {
		t.Errorf("pictures of %d×%d from latents of %d×%d times %v", s.ImageWidth, s.ImageHeight, s.LatentWidth, s.LatentHeight, s.ScalingFactor)
	}
	if s.Prediction != models.PredictEpsilon || s.Schedule.TrainSteps != 1000 || s.Schedule.SetAlphaToOne {
		t.Errorf("%s, schedule %+v", s.Prediction, s.Schedule)
	}
	cross := 0
	for _, l := range s.Layers {
		if l.Cross {
			cross++
		}
		if l.Heads < 1 || l.Pixels < 1 {
			t.Errorf("layer %+v", l)
		}
	}
	if cross == 0 || cross == len(s.Layers) || s.MapHeight*s.MapWidth != 256 {
		t.Errorf("%d of %d layers are cross-attention, maps are %d×%d", cross, len(s.Layers), s.MapHeight, s.MapWidth)
	}
	if m.Name() != "pocket" || m.Device() != "cpu" || len(m.Digest()) != 64 {
		t.Errorf("name %q, device %q, digest %q", m.Name(), m.Device(), m.Digest())
	}
}

func TestEncodeText(t *testing.T) {
	m := openPocket(t)
	first, again, other := encode(t, m, blond), encode(t, m, blond), encode(t, m, red)
	if want := m.Spec().ContextLength * m.Spec().TextWidth; len(first) != want {
		t.Fatalf("%d values, not %d", len(first), want)
	}
	if !slices.Equal(first, again) {
		t.Error("the same prompt gives different embeddings")
	}
	if slices.Equal(first, other) {
		t.Error("another prompt gives the same embeddings")
	}
	if !finite(first) {
		t.Error("embeddings are not finite")
	}
}

func TestDenoiseRowsDoNotTouchEachOther(t *testing.T) {
	m := openPocket(t)
	alone := denoise(t, m, batchOf(t, m, red))
	both := denoise(t, m, batchOf(t, m, blond, red))
	if d := difference(alone.Noise, row(both.Noise, 2, 1)); d > 1e-5 {
		t.Errorf("noise of a row differs by %g in another batch", d)
	}
	if d := difference(alone.Maps, row(both.Maps, 2, 1)); d > 1e-5 {
		t.Errorf("maps of a row differ by %g in another batch", d)
	}
	if difference(row(both.Noise, 2, 0), row(both.Noise, 2, 1)) < 1e-3 {
		t.Error("the prompt makes no difference")
	}
}

// A pixel's attention to all tokens is 1, and so is its mean.
func TestDenoiseMapsSumToOne(t *testing.T) {
	m := openPocket(t)
	out := denoise(t, m, batchOf(t, m, blond))
	for p := range m.Spec().MapHeight * m.Spec().MapWidth {
		sum := 0.0
		for _, v := range out.Maps[p*m.Spec().ContextLength : (p+1)*m.Spec().ContextLength] {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-4 {
			t.Fatalf("pixel %d attends %v", p, sum)
		}
	}
}

// Taking all maps and all values of another row leaves nothing of one's own
// text: the row becomes the other.
func TestDenoiseTakingEverythingGivesTheSource(t *testing.T) {
	m := openPocket(t)
	b := batchOf(t, m, blond, red)
	n := m.Spec().ContextLength
	c := &b.Control
	c.CrossSource[1] = 0
	for j := range n {
		c.Take[n+j], c.Keep[n+j], c.CrossValueMix[n+j] = 1, 0, 1
	}
	for l := range m.Spec().Layers {
		c.SelfSource[l*2+1], c.ValueSource[l*2+1], c.SelfValueMix[l*2+1] = 0, 0, 1
	}
	out := denoise(t, m, b)
	if d := difference(row(out.Noise, 2, 0), row(out.Noise, 2, 1)); d > 1e-5 {
		t.Errorf("the rows differ by %g", d)
	}
	if d := difference(row(out.Maps, 2, 0), row(out.Maps, 2, 1)); d > 1e-5 {
		t.Errorf("the maps differ by %g", d)
	}
}

// In a chain of turns a row's source is a row that is controlled itself.
func TestDenoiseChain(t *testing.T) {
	m := openPocket(t)
	n := m.Spec().ContextLength
	take := func(c *models.Control, row, source int) {
		c.CrossSource[row] = int64(source)
		for j := range n {
			c.Take[row*n+j], c.Keep[row*n+j] = 1, 0
		}
	}
	chain := batchOf(t, m, blond, red, "a woman's face with black hair")
	take(&chain.Control, 1, 0)
	take(&chain.Control, 2, 1)
	direct := batchOf(t, m, blond, red, "a woman's face with black hair")
	take(&direct.Control, 1, 0)
	take(&direct.Control, 2, 0)
	// Row 1's own maps, controlled, are row 0's.
	a, b := denoise(t, m, chain), denoise(t, m, direct)
	if d := difference(row(a.Noise, 3, 2), row(b.Noise, 3, 2)); d > 1e-5 {
		t.Errorf("through a controlled row the noise differs by %g", d)
	}
}

func TestDenoiseRefuses(t *testing.T) {
	m := openPocket(t)
	n := m.Spec().ContextLength
	for name, spoil := range map[string]func(b *models.Batch){
		"no rows":           func(b *models.Batch) { b.Rows = 0 },
		"latents too short": func(b *models.Batch) { b.Latents = b.Latents[1:] },
		"text too long":     func(b *models.Batch) { b.Text = append(b.Text, 0) },
		"no control":        func(b *models.Batch) { b.Control = models.Control{} },
		"source outside":    func(b *models.Batch) { b.Control.CrossSource[0] = 2 },
		"self outside": func(b *models.Batch) {
			b.Control.SelfSource[len(b.Control.SelfSource)-1] = -1
			b.Control.SelfSource[0] = -1
		},
		"value outside": func(b *models.Batch) { b.Control.ValueSource[3] = math.MaxInt64 },
		"circle": func(b *models.Batch) {
			b.Control.CrossSource[0], b.Control.CrossSource[1] = 1, 0
			b.Control.Take[0], b.Control.Take[n] = 1, 1
		},
	} {
		b := batchOf(t, m, blond, red)
		spoil(b)
		if _, err := m.Denoise(t.Context(), b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDenoiseDoesNotChangeItsInput(t *testing.T) {
	m := openPocket(t)
	b := batchOf(t, m, blond, red)
	latents, text, keep := slices.Clone(b.Latents), slices.Clone(b.Text), slices.Clone(b.Control.Keep)
	first := denoise(t, m, b)
	kept := slices.Clone(first.Noise)
	denoise(t, m, b)
	if !slices.Equal(latents, b.Latents) || !slices.Equal(text, b.Text) || !slices.Equal(keep, b.Control.Keep) {
		t.Error("the batch was changed")
	}
	if !slices.Equal(first.Noise, kept) {
		t.Error("a second run changed the first one's result")
	}
}

func TestDenoiseStopsWithItsContext(t *testing.T) {
	m := openPocket(t)
	b := batchOf(t, m, slices.Repeat([]string{blond}, 64)...) // more than half a second of work
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := m.Denoise(ctx, b); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	denoise(t, m, batchOf(t, m, blond))
}

func TestDecodeAndEncodeImage(t *testing.T) {
	m := openPocket(t)
	s := m.Spec()
	latents := denoise(t, m, batchOf(t, m, blond)).Noise
	for i := range latents {
		latents[i] *= 0.5
	}
	picture, err := m.Decode(t.Context(), latents)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != s.ImageWidth || size.Y != s.ImageHeight {
		t.Fatalf("a picture of %v", size)
	}
	if !picture.Opaque() {
		t.Error("the picture is not opaque")
	}
	again, err := m.Decode(t.Context(), latents)
	if err != nil || !bytes.Equal(picture.Pix, again.Pix) {
		t.Errorf("decoding twice gives different pictures (%v)", err)
	}
	encoded, err := m.EncodeImage(t.Context(), picture)
	if err != nil {
		t.Fatal(err)
	}
	back, err := m.Decode(t.Context(), encoded)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range picture.Pix {
		d := float64(picture.Pix[i]) - float64(back.Pix[i])
		sum += d * d
	}
	if rms := math.Sqrt(sum / float64(len(picture.Pix))); rms > 32 {
		t.Errorf("there and back the picture changes by %.1f of 255 RMS", rms)
	}
}

func TestDecodeRefuses(t *testing.T) {
	m := openPocket(t)
	if _, err := m.Decode(t.Context(), make([]float32, 3)); err == nil {
		t.Error("3 latents were decoded")
	}
}

func TestClosedModel(t *testing.T) {
	m := modelstest.Open(t, models.Source{Path: pocketDir(t)})
	b := batchOf(t, m, blond)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Denoise(t.Context(), b); err == nil {
		t.Error("a closed model denoised")
	}
	if err := m.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func finite(values []float32) bool {
	return !slices.ContainsFunc(values, func(v float32) bool {
		return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0)
	})
}

// difference is the RMS of a−b relative to that of b; infinite where they are not
// as many, or none.
func difference(a, b []float32) float64 {
	if len(a) != len(b) || len(b) == 0 {
		return math.Inf(1)
	}
	var d, n float64
	for i := range a {
		d += float64(a[i]-b[i]) * float64(a[i]-b[i])
		n += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(d / n)
}

// Left alone, the controlled UNet computes what the untouched one does.
func TestIdentityControlEqualsTheUntouchedUNet(t *testing.T) {
	m := openPocket(t)
	u := openUntouched(t)
	b := batchOf(t, m, blond, red, "")
	inputs, outputs := u.tensors(t, m, b)
	if err := u.session.Run(t.Context(), inputs, outputs); err != nil {
		t.Fatal(err)
	}
	if d := difference(denoise(t, m, b).Noise, outputs[0].Floats()); d > 1e-5 {
		t.Errorf("the noise differs by %g", d)
	}
}
