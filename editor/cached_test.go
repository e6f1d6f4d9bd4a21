package editor

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pentimento/editor/attention"
	"pentimento/recipe"
)

var update = flag.Bool("update", false, "write the files in testdata")

// hairWalk is a chain of edits of the same face, one after the other.
func hairWalk(t *testing.T, seed uint64, depth int) recipe.Recipe {
	t.Helper()
	r := first(hairChain(t, seed), 2)
	for k := 1; k < depth; k++ {
		r.Turns = append(r.Turns, hairChain(t, seed).Turns[1+k%2])
	}
	return r
}

// With the source's maps known, an edit takes as many rows as a plain picture,
// however long the chain is, and is the same picture.
func TestEditOfAKnownTurnTakesTwoRowsAStep(t *testing.T) {
	m := openModel(t)
	r := hairWalk(t, 5, 4)
	r.Settings.Steps = 5
	// The maps of two turns are enough for a chain of any length.
	one := New(m)
	mustDraw(t, one, first(r, 1))
	two := attention.New(attention.Options{Bytes: 2*one.Cache().Stats().MapsBytes + 10<<20})
	warm, latents, cold := NewCached(m, two), NewCached(m, attention.New(attention.Options{Bytes: 1})), New(m)
	for n := 1; n <= len(r.Turns); n++ {
		cold.Forget()
		a, b, c := mustDraw(t, warm, first(r, n)), mustDraw(t, latents, first(r, n)), mustDraw(t, cold, first(r, n))
		if !bytes.Equal(a.Image.Pix, c.Image.Pix) || !bytes.Equal(b.Image.Pix, c.Image.Pix) {
			t.Errorf("%d turns: what is cached changes the picture", n)
		}
		if a.Rows != 2*r.Settings.Steps {
			t.Errorf("%d turns: %d rows with maps", n, a.Rows)
		}
		if whole := one.Cache().Stats().MapsBytes; n == 2 && two.Stats().MapsBytes > whole*7/4 {
			t.Errorf("two turns have %d bytes of maps, one has %d: the edit shares none with its source", two.Stats().MapsBytes, whole)
		}
		if n == 1 {
			continue
		}
		if a.CachedSteps != 3 || b.CachedSteps != 0 || c.CachedSteps != 0 {
			t.Errorf("%d turns: maps were known at %d, %d and %d steps", n, a.CachedSteps, b.CachedSteps, c.CachedSteps)
		}
		if a.Rows >= b.Rows || b.Rows > c.Rows || !a.Traced || c.Traced {
			t.Errorf("%d turns: %d rows with maps, %d with latents, %d with nothing", n, a.Rows, b.Rows, c.Rows)
		}
	}
}

// Trying one edit after the other on the same turn, the turn's maps stay while
// those of the attempts push each other out.
func TestSourceInUseStaysCached(t *testing.T) {
	m := openModel(t)
	r := hairWalk(t, 5, 3)
	r.Settings.Steps = 4
	one := New(m)
	mustDraw(t, one, first(r, 1))
	e := NewCached(m, attention.New(attention.Options{Bytes: 2*one.Cache().Stats().MapsBytes + 4<<20}))
	for n := range len(r.Turns) - 1 {
		mustDraw(t, e, first(r, n+1))
	}
	last := &r.Turns[len(r.Turns)-1]
	for _, threshold := range []float64{.2, .3, .4, .5} {
		last.Blend.Threshold = threshold
		if d := mustDraw(t, e, r); d.Rows != 2*r.Settings.Steps {
			t.Errorf("k = %v: %d rows", threshold, d.Rows)
		}
	}
}

// chunkStore is a second tier in a map.
type chunkStore struct {
	sync.Mutex
	turns map[attention.Key][][]byte
	spoil func([][]byte) [][]byte
}

func (s *chunkStore) Put(_ context.Context, _ attention.Owner, turn attention.Key, chunks [][]byte) error {
	s.Lock()
	defer s.Unlock()
	s.turns[turn] = chunks
	return nil
}

func (s *chunkStore) Get(_ context.Context, _ attention.Owner, turn attention.Key, most int) ([][]byte, error) {
	s.Lock()
	defer s.Unlock()
	var copies [][]byte
	for _, chunk := range s.turns[turn][:min(most, len(s.turns[turn]))] {
		copies = append(copies, slices.Clone(chunk))
	}
	if s.spoil != nil && len(copies) > 0 {
		copies = s.spoil(copies)
	}
	return copies, nil
}

func (s *chunkStore) Forget(context.Context, string) error { return nil }

// A process that finds the source in the store draws what one that computes
// everything does, whatever has become of the store's chunks.
func TestStoredMapsGiveTheSamePicture(t *testing.T) {
	m := openModel(t)
	r := hairWalk(t, 6, 2)
	r.Settings.Steps = 5
	want := mustDraw(t, New(m), r)
	store := &chunkStore{turns: map[attention.Key][][]byte{}}
	ctx := attention.WithOwner(t.Context(), attention.Owner{User: "u", Place: "p"})
	draw := func(r recipe.Recipe) *Drawing {
		t.Helper()
		cache := attention.New(attention.Options{Store: store})
		defer cache.Close()
		d, err := NewCached(m, cache).Draw(ctx, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	draw(first(r, 1))
	draw(first(r, 2))
	before := maps.Clone(store.turns)
	for name, test := range map[string]struct {
		spoil func([][]byte) [][]byte
		rows  func(rows int) bool
	}{
		"whole":          {nil, func(rows int) bool { return rows == 2*r.Settings.Steps }},
		"a chunk lost":   {func(c [][]byte) [][]byte { return slices.Delete(c, 3, 4) }, func(rows int) bool { return rows > 2*r.Settings.Steps && rows < want.Rows }},
		"a byte flipped": {func(c [][]byte) [][]byte { c[5][100] ^= 1; return c }, func(rows int) bool { return rows > 2*r.Settings.Steps && rows < want.Rows }},
		"latents lost":   {func(c [][]byte) [][]byte { return c[1:] }, func(rows int) bool { return rows == want.Rows }},
		"all lost":       {func([][]byte) [][]byte { return nil }, func(rows int) bool { return rows == want.Rows }},
	} {
		store.spoil, store.turns = test.spoil, maps.Clone(before)
		got := draw(r)
		if !bytes.Equal(got.Image.Pix, want.Image.Pix) {
			t.Errorf("%s: another picture", name)
		}
		if !test.rows(got.Rows) {
			t.Errorf("%s: %d rows, %d without a store", name, got.Rows, want.Rows)
		}
	}
}

// A picture that another process drew is there without a row being computed,
// and so is where its words attended.
func TestPictureDrawnElsewhereIsKnown(t *testing.T) {
	m := openModel(t)
	r := hairWalk(t, 6, 1)
	r.Settings.Steps = 4
	store := &chunkStore{turns: map[attention.Key][][]byte{}}
	ctx := attention.WithOwner(t.Context(), attention.Owner{User: "u", Place: "p"})
	var drawings []*Drawing
	for range 2 {
		cache := attention.New(attention.Options{Store: store})
		d, err := NewCached(m, cache).Draw(ctx, first(r, 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		cache.Close()
		drawings = append(drawings, d)
	}
	here, there := drawings[0], drawings[1]
	if here.Rows == 0 || there.Rows != 0 || !bytes.Equal(here.Image.Pix, there.Image.Pix) || !slices.Equal(here.maps, there.maps) {
		t.Errorf("%d rows there, %d here; the same picture: %v", there.Rows, here.Rows, bytes.Equal(here.Image.Pix, there.Image.Pix))
	}
}

// A trace of another recipe, another model, another kind of machine or another
// version of the program has another name.
func TestKeyNamesAllThatATraceDependsOn(t *testing.T) {
	c, r := New(openModel(t)).computer(), hairWalk(t, 5, 1)
	names := map[attention.Key]string{c.key(r): "itself"}
	add := func(what string, key attention.Key) {
		if had, ok := names[key]; ok {
			t.Errorf("another %s has the name of %s", what, had)
		}
		names[key] = what
	}
	for i := range reflect.TypeFor[computer]().NumField() {
		other := c
		field := reflect.ValueOf(&other).Elem().Field(i)
		if field.IsZero() {
			t.Errorf("the engine does not say its %s", reflect.TypeFor[computer]().Field(i).Name)
		}
		if field.CanInt() {
			field.SetInt(field.Int() + 1)
		} else {
			field.SetString(field.String() + "+")
		}
		add(reflect.TypeFor[computer]().Field(i).Name, other.key(r))
	}
	for what, change := range map[string]func(*recipe.Recipe){
		"seed":     func(r *recipe.Recipe) { r.Settings.Seed++ },
		"steps":    func(r *recipe.Recipe) { r.Settings.Steps++ },
		"guidance": func(r *recipe.Recipe) { r.Settings.Guidance++ },
		"prompt":   func(r *recipe.Recipe) { r.Turns[0].Prompt += "!" },
		"window":   func(r *recipe.Recipe) { r.Turns[1].Windows.Self.To = .123 },
		"blend":    func(r *recipe.Recipe) { r.Turns[1].Blend.Threshold = .123 },
		"start":    func(r *recipe.Recipe) { r.Turns[1].Start = .123 },
		"chain":    func(r *recipe.Recipe) { r.Turns = r.Turns[:1] },
	} {
		other := r
		other.Turns = slices.Clone(r.Turns)
		change(&other)
		add(what, c.key(other))
	}
	if other := r; c.key(r) != c.key(recipe.New(other.Settings, other.Turns...)) {
		t.Error("a recipe that says the same in an earlier version has another name")
	}
}

// What a version of the computation gives is written down, so that nobody
// changes one without the other: traces outlive programs in a store.
func TestComputationIsThatOfItsVersion(t *testing.T) {
	const file = "testdata/computation.json"
	e := New(openModel(t))
	r := first(hairChain(t, 5), 2)
	r.Settings.Steps = 4
	mustDraw(t, e, first(r, 1))
	mustDraw(t, e, r)
	trace := e.cache.Peek(e.key(r))
	type written struct {
		Computation int       `json:"computation"`
		Model       string    `json:"model"`
		Latents     []float32 `json:"latents"` // one in 64 of every step
		Means       []float32 `json:"means"`   // one in 512
	}
	sample := func(all [][]float32, every int) (out []float32) {
		for _, x := range all {
			for i := 0; i < len(x); i += every {
				out = append(out, x[i])
			}
		}
		return out
	}
	got := written{computation, e.model.Digest(), sample(trace.Latents, 64), sample(trace.Means, 512)}
	if *update {
		data, err := json.Marshal(got)
		if err == nil {
			err = os.WriteFile(file, append(data, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want written
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if want.Model != got.Model {
		t.Skipf("%s is of another model: write it for this one with -update", file)
	}
	if want.Computation != got.Computation {
		t.Fatalf("%s is of version %d, the program of %d: write it with -update", file, want.Computation, got.Computation)
	}
	for name, x := range map[string][2][]float32{"latents": {want.Latents, got.Latents}, "means": {want.Means, got.Means}} {
		if len(x[0]) != len(x[1]) {
			t.Fatalf("%d %s, not %d: add 1 to computation and write %s with -update", len(x[1]), name, len(x[0]), file)
		}
		for i := range x[0] {
			// Processors differ in the last bits; what is changed on purpose
			// moves more.
			if d := math.Abs(float64(x[0][i] - x[1][i])); d > 2e-3 {
				t.Fatalf("%s have moved by %g: add 1 to computation and write %s with -update", name, d, file)
			}
		}
	}
}

// What rounding to 8 bits in the store may do to a picture is bounded.
func TestQuantisedMapsChangeThePictureLittle(t *testing.T) {
	m := openModel(t)
	ctx := attention.WithOwner(t.Context(), attention.Owner{User: "u", Place: "p"})
	for seed := range uint64(2) {
		r := hairWalk(t, seed, 1)
		store := &chunkStore{turns: map[attention.Key][][]byte{}}
		var d *Drawing
		for n := 1; n <= 2; n++ {
			cache := attention.New(attention.Options{Store: store, Coding: attention.Quantised})
			var err error
			if d, err = NewCached(m, cache).Draw(ctx, first(r, n), nil); err != nil {
				t.Fatal(err)
			}
			cache.Close()
		}
		if d.CachedSteps == 0 {
			t.Fatal("nothing came from the store")
		}
		exact := mustDraw(t, New(m), r)
		for i, v := range exact.Image.Pix {
			if difference := int(v) - int(d.Image.Pix[i]); difference > 2 || difference < -2 {
				t.Fatalf("seed %d: a pixel differs by %d levels", seed, difference)
			}
		}
	}
}

// With every scheduler a picture is a function of its recipe: turn after turn
// from the cache, at once without one, from a store, and as one of several
// variants it is the same, bit for bit.
func TestEverySchedulerIsCachedExactly(t *testing.T) {
	m := openModel(t)
	for _, scheduler := range recipe.Schedulers() {
		r := hairWalk(t, 9, 3)
		r.Settings.Steps, r.Settings.Scheduler = 4, scheduler
		r.Turns[2].Start = .5
		whole := mustDraw(t, New(m), r)
		store := &chunkStore{turns: map[attention.Key][][]byte{}}
		ctx := attention.WithOwner(t.Context(), attention.Owner{User: "u", Place: "p"})
		for n := 1; n <= len(r.Turns); n++ {
			cache := attention.New(attention.Options{Store: store}) // another process draws every turn
			d, err := NewCached(m, cache).Draw(ctx, first(r, n), nil)
			if err != nil {
				t.Fatal(err)
			}
			cache.Close()
			if n == len(r.Turns) && (!bytes.Equal(d.Image.Pix, whole.Image.Pix) || d.Rows >= whole.Rows) {
				t.Errorf("%s: turn after turn it is another picture, or takes %d rows instead of %d", scheduler, d.Rows, whole.Rows)
			}
		}
		other := r
		other.Turns = slices.Clone(r.Turns)
		other.Turns[len(r.Turns)-1].Windows.Self.To = 0
		variants, err := New(m).DrawVariants(t.Context(), []recipe.Recipe{other, r})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(variants[1].Image.Pix, whole.Image.Pix) || bytes.Equal(variants[0].Image.Pix, whole.Image.Pix) {
			t.Errorf("%s: as a variant it is another picture", scheduler)
		}
	}
}

// Schedulers that add noise add another with another seed, and the same to every
// turn; those that add none differ from them.
func TestSeedsGiveTheNoiseOfSteps(t *testing.T) {
	spec := openModel(t).Spec()
	for _, scheduler := range []string{recipe.EulerAncestral, recipe.LCM} {
		s, err := newSampler(spec, scheduler, 4)
		if err != nil {
			t.Fatal(err)
		}
		start, one := firstNoise(1, spec, s)
		_, again := firstNoise(1, spec, s)
		_, other := firstNoise(2, spec, s)
		late := again.at(s, 2) // as a picture that begins in the middle
		for i := range 3 {
			z := one.at(s, i)
			if slices.Equal(z, start) || slices.Equal(z, other.at(s, i)) || !slices.Equal(z, one.at(s, i)) {
				t.Errorf("%s: the noise of step %d is not its own", scheduler, i)
			}
		}
		if !slices.Equal(late, one.at(s, 2)) {
			t.Errorf("%s: the noise of a step depends on the steps before it", scheduler)
		}
		if one.at(s, 3) != nil {
			t.Errorf("%s: the last step adds noise", scheduler)
		}
	}
}
