package editor

import (
	"testing"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/models/graph"
	"pentimento/recipe"
)

// chainOf makes links with windows and, where start is not negative, a blend.
func chainOf(windows ...recipe.Windows) []*link {
	links := []*link{{}}
	for _, w := range windows {
		links = append(links, &link{
			anyCross: window(w.Cross, 10), self: window(w.Self, 10), value: window(w.Value, 10),
			turn: recipe.Turn{Windows: w},
		})
	}
	return links
}

// rowsOf counts the rows of every step under guidance, with the two of the
// turn that is drawn.
func rowsOf(needs [][]need, drawn *link) []int {
	rows := make([]int, len(needs))
	for s, step := range needs {
		if s >= drawn.start {
			rows[s] = 2
		}
		for _, n := range step {
			if n.advance {
				rows[s]++
			}
			if n.attention {
				rows[s]++
			}
		}
	}
	return rows
}

func upTo(f float64) recipe.Window { return recipe.Window{To: f} }

func TestPlanRows(t *testing.T) {
	edit := recipe.Windows{Cross: upTo(.5), Self: upTo(.3)}
	withValues := edit
	withValues.Value, withValues.ValueMix = upTo(.2), 1
	spec := models.Spec{SelfLevel: 2, Layers: []graph.Layer{{Cross: true, Level: 2}, {Level: 2}, {Level: 0}}}
	// latents is a trace without maps; maps has those of cross-attention at
	// the first steps, and of self-attention.
	latents := newTrace(10, nil)
	maps := func(cross, self int) *attention.Trace {
		t := newTrace(10, nil)
		for s := range t.Maps {
			t.Maps[s] = make([][]float32, 3)
			if s < cross {
				t.Maps[s][0] = []float32{1}
			}
			if s < self {
				t.Maps[s][1] = []float32{1}
			}
		}
		return t
	}
	two := []int{2, 2, 2, 2, 2, 2, 2, 2, 2, 2}
	blended := func(links []*link) []*link {
		for _, l := range links[1:] {
			l.blend = &blend{start: 2}
		}
		return links
	}
	// beginning has the edits of a chain begin late.
	beginning := func(links []*link, starts ...int) []*link {
		for i, start := range starts {
			links[i+1].start = start
		}
		return links
	}
	tests := []struct {
		name  string
		links []*link
		known []*attention.Trace
		want  []int
	}{
		{"plain", chainOf(), []*attention.Trace{nil}, []int{2, 2, 2, 2, 2, 2, 2, 2, 2, 2}},
		{"edit, nothing known", chainOf(edit), []*attention.Trace{nil, nil}, []int{4, 4, 4, 4, 3, 2, 2, 2, 2, 2}},
		{"edit, source known", chainOf(edit), []*attention.Trace{latents, nil}, []int{3, 3, 3, 3, 3, 2, 2, 2, 2, 2}},
		{"edit without windows", chainOf(recipe.Windows{}), []*attention.Trace{nil, nil}, []int{2, 2, 2, 2, 2, 2, 2, 2, 2, 2}},
		{"late window", chainOf(recipe.Windows{Self: recipe.Window{From: .8, To: 1}}), []*attention.Trace{nil, nil}, []int{4, 4, 4, 4, 4, 4, 4, 4, 4, 3}},
		{"blend, nothing known", blended(chainOf(edit)), []*attention.Trace{nil, nil}, []int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4}},
		{"blend, source known", blended(chainOf(edit)), []*attention.Trace{latents, nil}, []int{3, 3, 3, 3, 3, 2, 2, 2, 2, 2}},
		{"two edits, nothing known", blended(chainOf(edit, edit)), []*attention.Trace{nil, nil, nil}, []int{6, 6, 6, 6, 6, 6, 6, 6, 6, 6}},
		{"two edits, source known", blended(chainOf(edit, edit)), []*attention.Trace{latents, latents, nil}, []int{4, 4, 4, 4, 4, 2, 2, 2, 2, 2}},
		{"two edits, root known", blended(chainOf(edit, edit)), []*attention.Trace{latents, nil, nil}, []int{5, 5, 5, 5, 5, 4, 4, 4, 4, 4}},
		{"edit, maps known", chainOf(edit), []*attention.Trace{maps(5, 3), nil}, two},
		{"blend, maps known", blended(chainOf(edit)), []*attention.Trace{maps(5, 3), nil}, two},
		{"fifth edit, maps known", chainOf(edit, edit, edit, edit, edit), []*attention.Trace{nil, nil, nil, nil, maps(5, 3), nil}, two},
		{"edit, cross maps lack a step", chainOf(edit), []*attention.Trace{maps(4, 3), nil}, []int{2, 2, 2, 2, 3, 2, 2, 2, 2, 2}},
		{"edit, self maps lack a step", chainOf(edit), []*attention.Trace{maps(5, 2), nil}, []int{2, 2, 3, 2, 2, 2, 2, 2, 2, 2}},
		{"edit with values, maps known", chainOf(withValues), []*attention.Trace{maps(5, 3), nil}, []int{3, 3, 2, 2, 2, 2, 2, 2, 2, 2}},
		{"two edits, root's maps known", chainOf(edit, edit), []*attention.Trace{maps(5, 3), latents, nil}, []int{3, 3, 3, 3, 3, 2, 2, 2, 2, 2}},
		{"late edit, nothing known", beginning(chainOf(edit), 4), []*attention.Trace{nil, nil}, []int{2, 2, 2, 2, 3, 2, 2, 2, 2, 2}},
		{"late edit, source known", beginning(chainOf(edit), 4), []*attention.Trace{latents, nil}, []int{0, 0, 0, 0, 3, 2, 2, 2, 2, 2}},
		{"late edit, maps known", beginning(chainOf(edit), 4), []*attention.Trace{maps(5, 3), nil}, []int{0, 0, 0, 0, 2, 2, 2, 2, 2, 2}},
		{"late edit after its windows", beginning(blended(chainOf(edit)), 6), []*attention.Trace{nil, nil}, []int{2, 2, 2, 2, 2, 2, 4, 4, 4, 4}},
		{"edit of a late edit, nothing known", beginning(chainOf(edit, edit), 4), []*attention.Trace{nil, nil, nil}, []int{4, 4, 4, 4, 4, 2, 2, 2, 2, 2}},
		{"edit of a late edit, source known", beginning(chainOf(edit, edit), 4), []*attention.Trace{nil, latents, nil}, []int{4, 4, 4, 4, 4, 2, 2, 2, 2, 2}},
		{"edit of a late edit, both known", beginning(chainOf(edit, edit), 4), []*attention.Trace{latents, latents, nil}, []int{3, 3, 3, 3, 4, 2, 2, 2, 2, 2}},
		{"edit of a late edit, root's maps known", beginning(chainOf(edit, edit), 6), []*attention.Trace{maps(5, 3), latents, nil}, two},
		{"edit of a late edit that has the root's maps", beginning(chainOf(edit, edit), 6), []*attention.Trace{nil, maps(5, 3), nil}, two},
		{"late edit of a later one", beginning(blended(chainOf(edit, edit)), 7, 3), []*attention.Trace{nil, nil, nil}, []int{2, 2, 2, 4, 4, 4, 4, 6, 6, 6}},
		{"late edit of a later one, source known", beginning(blended(chainOf(edit, edit)), 7, 3), []*attention.Trace{nil, latents, nil}, []int{2, 2, 2, 4, 3, 2, 2, 2, 2, 2}},
		{"late edits, latents known", beginning(chainOf(edit, edit), 4, 4), []*attention.Trace{latents, latents, nil}, []int{0, 0, 0, 0, 4, 2, 2, 2, 2, 2}},
		{"two edits, root's maps and nothing else", chainOf(edit, edit), []*attention.Trace{maps(5, 3), nil, nil}, []int{4, 4, 4, 4, 3, 2, 2, 2, 2, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			last := len(test.links) - 1
			got := rowsOf(plan(test.links[:last], test.links[last:], test.known[:last], 10, spec), test.links[last])
			for s := range test.want {
				if got[s] != test.want[s] {
					t.Fatalf("rows per step are %v, want %v", got, test.want)
				}
			}
		})
	}
}

func TestWindowRoundsBothEndsAlike(t *testing.T) {
	tests := []struct {
		w    recipe.Window
		n    int
		want steps
	}{
		{recipe.Window{To: .8}, 4, steps{0, 3}},
		{recipe.Window{To: .8}, 50, steps{0, 40}},
		{recipe.Window{From: .1, To: .9}, 20, steps{2, 18}},
		{recipe.Window{From: 0, To: 1}, 7, steps{0, 7}},
		{recipe.Window{}, 7, steps{0, 0}},
	}
	for _, test := range tests {
		if got := window(test.w, test.n); got != test.want {
			t.Errorf("%v of %d steps is %v, want %v", test.w, test.n, got, test.want)
		}
	}
}
