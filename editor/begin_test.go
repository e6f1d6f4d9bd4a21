package editor

import (
	"bytes"
	"slices"
	"testing"

	"pentimento/editor/attention"
	"pentimento/recipe"
)

// beginningAt has the edits of a recipe begin at these shares of the steps.
func beginningAt(r recipe.Recipe, starts ...float64) recipe.Recipe {
	r.Turns = slices.Clone(r.Turns)
	for i, start := range starts {
		r.Turns[i+1].Start = start
	}
	return recipe.New(r.Settings, r.Turns...)
}

// An edit that begins late goes on from its source's own latents, with every
// scheduler: where it asks for nothing else, it ends at the source.
func TestBeginningLateGoesOnFromTheSource(t *testing.T) {
	e := New(openModel(t))
	for _, scheduler := range recipe.Schedulers() {
		r := hairChain(t, 2)
		r.Settings.Scheduler, r.Settings.Steps = scheduler, 4
		same := r
		same.Turns = []recipe.Turn{{Prompt: blond}, {Prompt: blond}}
		source := mustDraw(t, e, first(r, 1))
		for _, start := range []float64{.25, .5, .99} {
			again := mustDraw(t, e, beginningAt(same, start))
			if !slices.Equal(again.Latents, source.Latents) {
				t.Errorf("%s: the same prompt from %v on gives another picture", scheduler, start)
			}
			if want := 2 * (4 - min(3, int(4*start+.5))); again.Rows != want {
				t.Errorf("%s: %d rows from %v on, want %d", scheduler, again.Rows, start, want)
			}
		}
	}
}

// There and back ends at the first picture, bit for bit, with every scheduler, as long
// as the way back begins no later than the way there.
func TestCycleOfLateEditsReturnsTheFirstPicture(t *testing.T) {
	e := New(openModel(t))
	for seed, scheduler := range recipe.Schedulers() {
		starts := [][]float64{{.4, .4}, {.6, .2}, {.4, 0}}[seed%3]
		r := beginningAt(hairChain(t, uint64(seed)), starts...)
		r.Settings.Scheduler, r.Settings.Steps = scheduler, 5
		source, edited, back := mustDraw(t, e, first(r, 1)), mustDraw(t, e, first(r, 2)), mustDraw(t, e, r)
		if !bytes.Equal(source.Image.Pix, back.Image.Pix) {
			t.Errorf("%s, %v: blond → red → blond is another picture", scheduler, starts)
		}
		if bytes.Equal(source.Image.Pix, edited.Image.Pix) {
			t.Errorf("%s, %v: blond → red changed nothing", scheduler, starts)
		}
	}
}

// What is known of the turns before changes no bit of a picture, whichever of them
// began late: turn after turn, in one batch, with latents alone, and with nothing but
// the last turn's. The plan says how many rows it takes.
func TestLateTurnsAreCachedExactly(t *testing.T) {
	m := openModel(t)
	withGlasses := red + " and glasses"
	for name, test := range map[string]struct {
		scheduler string
		starts    []float64
	}{
		"late, then early":           {recipe.DDIM, []float64{.5, 0, .75}},
		"early, then late":           {recipe.DPMSolver, []float64{.25, .5, .25}},
		"earlier and earlier":        {recipe.DPMSolver, []float64{.75, .5, 0}},
		"late turns of an early one": {recipe.EulerAncestral, []float64{0, .5, .5}},
	} {
		r := hairChain(t, 5)
		r.Settings.Scheduler, r.Settings.Steps = test.scheduler, 4
		r.Turns[2] = recipe.Turn{Prompt: withGlasses, Windows: recipe.Windows{Cross: upTo(1), Self: upTo(.5)},
			Blend: recipe.Blend{Threshold: .3, Start: .2, Target: []recipe.Span{spanOf(t, withGlasses, "glasses")}}}
		r.Turns = append(r.Turns, recipe.Turn{Prompt: withGlasses, Windows: recipe.Windows{Cross: upTo(.5), Self: upTo(1), Value: upTo(.25), ValueMix: 1},
			Weights: []recipe.Weight{{Span: spanOf(t, withGlasses, "red"), Factor: 2}},
			Blend:   recipe.Blend{Threshold: .2, Source: []recipe.Span{spanOf(t, withGlasses, "red hair")}}})
		r = beginningAt(r, test.starts...)
		growing := New(m)
		var latest *Drawing
		for n := 1; n <= len(r.Turns); n++ {
			latest = mustDraw(t, growing, first(r, n))
		}
		want := mustDraw(t, New(m), r)
		if !slices.Equal(latest.Latents, want.Latents) || !slices.Equal(latest.maps, want.maps) {
			t.Errorf("%s: turn after turn it is another picture", name)
		}
		// One turn after the other is all that is known, with maps and without.
		for known := 1; known < len(r.Turns); known++ {
			trace := growing.cache.Peek(growing.key(first(r, known)))
			for _, budget := range []int64{0, 1} {
				e := NewCached(m, attention.New(attention.Options{Bytes: budget}))
				e.cache.Put(t.Context(), e.key(first(r, known)), trace, e.shape(r.Settings))
				got := mustDraw(t, e, r)
				if !slices.Equal(got.Latents, want.Latents) || !slices.Equal(got.maps, want.maps) || got.Rows > want.Rows {
					t.Errorf("%s: with turn %d alone known it is another picture, or takes %d rows and not up to %d", name, known, got.Rows, want.Rows)
				}
			}
		}
		planned := 0
		links, err := growing.chain(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		last := len(links) - 1
		for _, rows := range rowsOf(plan(links[:last], links[last:], make([]*attention.Trace, last), 4, m.Spec()), links[last]) {
			planned += rows
		}
		if planned != want.Rows {
			t.Errorf("%s: %d rows were planned, %d computed", name, planned, want.Rows)
		}
	}
}

// Variants that begin at different steps are the pictures that they are alone.
func TestVariantsBeginWhenTheyDoAlone(t *testing.T) {
	m := openModel(t)
	for _, scheduler := range []string{recipe.DDIM, recipe.DPMSolver} {
		r := first(hairChain(t, 3), 2)
		r.Settings.Scheduler, r.Settings.Steps = scheduler, 4
		var recipes []recipe.Recipe
		for _, start := range []float64{.5, 0, .25, .5, .75} {
			recipes = append(recipes, beginningAt(r, start))
		}
		recipes[3].Turns[1].Windows.Self = upTo(0)
		other := beginningAt(r, .5)
		other.Turns[1].Prompt, other.Turns[1].Blend = "a woman's face with black hair", recipe.Blend{}
		recipes = append(recipes, other)
		drawings, err := New(m).DrawVariants(t.Context(), recipes)
		if err != nil {
			t.Fatal(err)
		}
		alone := New(m)
		mustDraw(t, alone, first(r, 1))
		for i, d := range drawings {
			want := mustDraw(t, alone, recipes[i])
			if !slices.Equal(d.Latents, want.Latents) || !slices.Equal(d.maps, want.maps) {
				t.Errorf("%s: variant %d is another picture than alone", scheduler, i)
			}
		}
	}
}

// While a turn has not begun, what is shown of it is its source; and where that is
// known, progress begins with its first own step.
func TestProgressOfALateTurn(t *testing.T) {
	e := New(openModel(t))
	r := beginningAt(first(hairChain(t, 4), 2), .5)
	r.Settings.Steps = 4
	for _, want := range [][]int{{1, 2, 3, 4}, {3, 4}} {
		var steps []int
		var last Progress
		d, err := e.Draw(t.Context(), r, func(p Progress) {
			if steps = append(steps, p.Step); p.Step == 1 {
				if _, err := p.Preview(t.Context()); err != nil {
					t.Error(err)
				}
			}
			last = p
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(steps, want) || last.Rows != d.Rows {
			t.Errorf("steps %v of %d rows, want %v of %d", steps, last.Rows, want, d.Rows)
		}
		e.Forget()
		mustDraw(t, e, first(r, 1))
	}
}

// A turn without a source, or without a prompt that acts, has nothing to begin from.
func TestRootsBeginAtTheFirstStep(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 4), 2)
	r.Settings.Steps = 2
	root := first(r, 1)
	late := root
	late.Turns = []recipe.Turn{{Prompt: blond, Start: .5}}
	if a, b := mustDraw(t, e, root), mustDraw(t, e, late); !slices.Equal(a.Latents, b.Latents) || b.Rows != 4 {
		t.Errorf("a first picture that begins late takes %d rows and is another: %v", b.Rows, !slices.Equal(a.Latents, b.Latents))
	}
	r.Settings.Guidance = 0
	if a, b := mustDraw(t, e, r), mustDraw(t, e, beginningAt(r, .5)); !slices.Equal(a.Latents, b.Latents) {
		t.Error("at guidance 0 an edit that begins late is another picture")
	}
}

// A heat-map of a turn that began late is in the words of the turn, and a word that
// its source does not have is nowhere in the steps before.
func TestMeansOfStepsLeftToTheSource(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 4), 1)
	r.Settings.Steps = 4
	to := "a young woman's face with red hair"
	r.Turns = append(r.Turns, recipe.Turn{Prompt: to, Start: .5, Weights: []recipe.Weight{{Span: spanOf(t, to, "face"), Factor: 2}}})
	mustDraw(t, e, first(r, 1))
	d := mustDraw(t, e, recipe.New(r.Settings, r.Turns...))
	source, own := e.cache.Peek(e.key(first(r, 1))), e.cache.Peek(e.key(r))
	at := func(words, prompt string, means []float32) float32 {
		tokens := tokensIn(e.model.Tokenizer().Encode(prompt), spanOf(t, prompt, words))
		return means[tokens[0]]
	}
	for s := range 2 {
		for words, factor := range map[string]float32{"woman": 1, "face": 2, "hair": 1} {
			if got, want := at(words, to, own.Means[s]), factor*at(words, blond, source.Means[s]); got != want {
				t.Errorf("step %d: %s attends %g, want %g", s, words, got, want)
			}
		}
		if got, want := at("red", to, own.Means[s]), at("blond", blond, source.Means[s]); got != want {
			t.Errorf("step %d: red attends %g where blond attends %g", s, got, want)
		}
		if got := at("young", to, own.Means[s]); got != 0 {
			t.Errorf("step %d: a new word attends %g", s, got)
		}
	}
	if _, err := d.Attention(spanOf(t, to, "young")); err != nil {
		t.Error(err)
	}
}
