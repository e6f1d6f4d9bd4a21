package recipe

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A region has the places that it was made of, and what is valid is written and read
// as the same.
func TestRegionsHaveTheirPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(1, 20).Draw(t, "width"), rapid.IntRange(1, 20).Draw(t, "height")
		places := rapid.SliceOfN(rapid.Bool(), width*height, width*height).Draw(t, "places")
		r := NewRegion(places, width, height)
		if got := r.Places(); !slices.Equal(got, places) {
			t.Fatalf("%v became %v by %v", places, got, r.Rows)
		}
		if err := r.Validate(); (err == nil) != slices.Contains(places, true) {
			t.Fatalf("%v: %v", places, err)
		}
	})
}

func TestRegionsThatAreNone(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"width": 4, "height": 4}`,
		`{"width": 4, "height": 4, "rows": [[4]]}`,               // nothing inside
		`{"width": 4, "height": 4, "rows": [[4, 0, 5]]}`,         // longer than the row
		`{"width": 4, "height": 4, "rows": [[4, 1, 2, 2]]}`,      // longer in all
		`{"width": 4, "height": 4, "rows": [[3, 0, 1]]}`,         // a row too few
		`{"width": 4, "height": 4, "rows": [[5, 0, 1]]}`,         // a row too many
		`{"width": 4, "height": 4, "rows": [[0, 1], [4, 0, 1]]}`, // a row of no rows
		`{"width": 4, "height": 4, "rows": [[], [4, 0, 1]]}`,
		`{"width": 4, "height": 4, "rows": [[4, 0, 0]]}`,
		`{"width": 4, "height": 4, "rows": [[4, -1, 2]]}`,
		`{"width": 4, "height": 4, "rows": [[4, 9223372036854775807, 9223372036854775807]]}`,
		`{"width": 513, "height": 1, "rows": [[1, 0, 1]]}`,
		`{"width": 4, "height": 1000000000, "rows": [[1000000000, 0, 1]]}`,
	} {
		var r Region
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if r.Validate() == nil {
			t.Errorf("%s is a region", text)
		}
		if (Turn{Prompt: "a", Region: &r}).Validate() == nil {
			t.Errorf("%s is the region of a turn", text)
		}
	}
}

// FuzzRegion: whatever is valid has as many places as its grid, and some are inside.
func FuzzRegion(f *testing.F) {
	f.Add([]byte(`{"width": 4, "height": 4, "rows": [[2], [2, 1, 2]]}`))
	f.Add([]byte(`{"width": 1, "height": 512, "rows": [[512, 0, 1]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r Region
		if json.Unmarshal(text, &r) != nil || r.Validate() != nil {
			return
		}
		if places := r.Places(); len(places) != r.Width*r.Height || !slices.Contains(places, true) {
			t.Errorf("%d places of %d×%d", len(places), r.Width, r.Height)
		}
	})
}

// A region is said in version 2 alone, and what had none before is as it was.
func TestRegionsAreOfVersion2(t *testing.T) {
	region := NewRegion([]bool{true, false}, 2, 1)
	root, edit := Turn{Prompt: "a cat"}, Turn{Prompt: "a dog"}
	if r := New(Settings{}, root, edit); r.Version != 1 || r.Composed() {
		t.Errorf("without a region it is %+v", r)
	}
	edit.Region = region
	if r := New(Settings{}, root, edit, Turn{Prompt: "a dog"}); r.Version != 2 || !r.Composed() {
		t.Errorf("with a region it is %+v", r)
	}
	root.Region = region // acts nowhere
	if r := New(Settings{}, root); r.Composed() {
		t.Error("a picture is put upon none")
	}
}
