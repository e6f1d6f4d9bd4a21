package picture

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// The layout of a page, in pixels.
const (
	margin     = 20 // around the page
	gap        = 14 // between pictures
	labelGap   = 8  // between a picture and its label
	labelLines = 2  // of a sheet
)

// Sheet returns a contact sheet as a PNG: the frames row by row, columns to a
// row, each with its label under it.
func Sheet(frames []Frame, columns int) ([]byte, error) {
	page, err := Page(frames, columns)
	if err != nil {
		return nil, err
	}
	return Encode(page)
}

// Page is [Sheet] before it is encoded. It may be larger than [MaxSide].
func Page(frames []Frame, columns int) (*image.RGBA, error) {
	if columns < 1 {
		return nil, fmt.Errorf("a sheet of %d columns", columns)
	}
	pictures, cell, err := decodeFrames(frames)
	if err != nil {
		return nil, err
	}
	text, err := newTypesetter(textSize)
	if err != nil {
		return nil, err
	}
	columns = min(columns, len(frames))
	labels := text.labels(frames, cell.X, labelLines)
	tops := []int{margin} // of the rows, and of what would follow
	for first := 0; first < len(frames); first += columns {
		row := labels[first:min(first+columns, len(frames))]
		tops = append(tops, tops[len(tops)-1]+cell.Y+text.height(row)+gap)
	}
	page, err := newPage(2*margin+columns*(cell.X+gap)-gap, tops[len(tops)-1]-gap+margin)
	if err != nil {
		return nil, err
	}
	for i, picture := range pictures {
		at := image.Pt(margin+i%columns*(cell.X+gap), tops[i/columns])
		place(page, picture, image.Rectangle{Min: at, Max: at.Add(cell)})
		text.drawLabel(page, image.Pt(at.X, at.Y+cell.Y+labelGap), cell.X, labels[i])
	}
	return page, nil
}

// newPage returns an empty page.
func newPage(width, height int) (*image.RGBA, error) {
	if width*height > maxArea {
		return nil, fmt.Errorf("%w: the page would have %d×%d pixels", ErrPicture, width, height)
	}
	page := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(page, page.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return page, nil
}

// place draws the picture into the middle of the cell.
func place(page, picture *image.RGBA, cell image.Rectangle) {
	size := picture.Bounds().Size()
	at := cell.Min.Add(cell.Size().Sub(size).Div(2))
	draw.Draw(page, image.Rectangle{Min: at, Max: at.Add(size)}, picture, image.Point{}, draw.Over)
}

// labels wraps the labels of frames to width.
func (t *typesetter) labels(frames []Frame, width, lines int) [][]string {
	wrapped := make([][]string, len(frames))
	for i, frame := range frames {
		wrapped[i] = t.wrap(frame.Label, width, lines)
	}
	return wrapped
}

// height is what the tallest label takes with the gap above it; 0 if there are
// none.
func (t *typesetter) height(labels [][]string) int {
	most := 0
	for _, label := range labels {
		most = max(most, len(label))
	}
	if most == 0 {
		return 0
	}
	return labelGap + most*t.lineHeight
}

// drawLabel draws the lines centred below one another.
func (t *typesetter) drawLabel(page *image.RGBA, at image.Point, width int, lines []string) {
	for i, line := range lines {
		t.draw(page, image.Pt(at.X+(width-t.width(line))/2, at.Y+i*t.lineHeight), line, ink)
	}
}
