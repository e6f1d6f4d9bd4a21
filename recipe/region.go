package recipe

import (
	"errors"
	"fmt"
	"slices"
)

// The bounds of a [Region].
const (
	// MaxRegionSide is how many places a side of its grid has at most.
	MaxRegionSide = 512
	// MaxRegionNumbers is how many numbers its rows have at most, in all.
	MaxRegionNumbers = 8 << 10
)

// A Region is the part of a picture that a turn may change, as places of a grid that
// lies over the picture as it is drawn. Outside of it no pixel of the source's
// picture changes.
type Region struct {
	// Width and Height are the places of the grid.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Rows are its rows from the top. Each begins with how many rows in succession
	// are so, and then has the lengths of what is outside and inside of the region
	// in turn; what is left of the row is outside.
	Rows [][]int `json:"rows"`
}

// NewRegion returns the region of the places that are set, row by row.
func NewRegion(places []bool, width, height int) *Region {
	r := &Region{Width: width, Height: height}
	for y := range height {
		row := runs(places[y*width : (y+1)*width])
		if last := len(r.Rows) - 1; last >= 0 && slices.Equal(r.Rows[last][1:], row) {
			r.Rows[last][0]++
			continue
		}
		r.Rows = append(r.Rows, append([]int{1}, row...))
	}
	return r
}

// runs are the lengths of what is not set and set in turn, up to the last that is.
func runs(row []bool) []int {
	var out []int
	inside, length := false, 0
	for _, set := range row {
		if set != inside {
			out, inside, length = append(out, length), set, 0
		}
		length++
	}
	if inside {
		out = append(out, length)
	}
	return out
}

// Places are the places of the region, row by row; nil of none. The region must be
// valid.
func (r *Region) Places() []bool {
	if r == nil {
		return nil
	}
	places := make([]bool, 0, r.Width*r.Height)
	for _, row := range r.Rows {
		line := make([]bool, r.Width)
		x := 0
		for i, length := range row[1:] {
			if i%2 == 1 {
				for k := range length {
					line[x+k] = true
				}
			}
			x += length
		}
		for range row[0] {
			places = append(places, line...)
		}
	}
	return places
}

// errNothingInside says that a region has no places.
var errNothingInside = errors.New("the region has nothing inside")

// Validate reports whether the rows are those of the grid, and something is inside.
func (r *Region) Validate() error {
	if r.Width < 1 || r.Width > MaxRegionSide || r.Height < 1 || r.Height > MaxRegionSide {
		return fmt.Errorf("a region of %d×%d places: the sides are 1 to %d", r.Width, r.Height, MaxRegionSide)
	}
	rows, numbers, inside := 0, 0, false
	for _, row := range r.Rows {
		if numbers += len(row); numbers > MaxRegionNumbers {
			return fmt.Errorf("a region of more than %d numbers", MaxRegionNumbers)
		}
		if len(row) == 0 || row[0] < 1 || row[0] > r.Height {
			return errors.New("a region's row that doesn't say how often it comes")
		}
		if err := r.validateRuns(row[1:]); err != nil {
			return err
		}
		rows += row[0]
		inside = inside || len(row) > 2
	}
	switch {
	case rows != r.Height:
		return fmt.Errorf("a region of %d rows with %d of them", r.Height, rows)
	case !inside:
		return errNothingInside
	}
	return nil
}

// validateRuns reports whether runs fit a row. Only the first may be empty, where the
// row begins inside.
func (r *Region) validateRuns(runs []int) error {
	x := 0
	for i, length := range runs {
		if length < 1 && (i > 0 || length < 0) || length > r.Width-x {
			return fmt.Errorf("a region's row of %d places with a run of %d", r.Width, length)
		}
		x += length
	}
	return nil
}
