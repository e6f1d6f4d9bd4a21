package report

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/picture"
	"pentimento/study"
)

// A strip is the pictures of an edit that are shown together: a row for each
// seed, the source first.
type strip struct {
	name  string
	title string
	seeds []uint64
	// pictures are by seed the results in order, labels those of the columns.
	pictures map[uint64][]study.Result
	labels   []string
}

// strips are a set's sheets: for each edit one for each series where there is
// an axis, and otherwise one of all series.
func (s *set) strips() []strip {
	var out []strip
	for _, edit := range s.edits() {
		if s.axis == "" {
			one := strip{name: s.name(edit), title: edit}
			for _, l := range s.lines {
				for _, p := range l.points {
					one.add(of(p.results, edit), l.series)
				}
			}
			out = append(out, one)
			continue
		}
		for _, l := range s.lines {
			one := strip{name: s.name(edit, l.series), title: strings.Trim(edit+" · "+l.series, "· ")}
			for _, p := range l.points {
				one.add(of(p.results, edit), s.axis+" "+p.x)
			}
			out = append(out, one)
		}
	}
	return out
}

// add appends a column of those seeds whose pictures were kept.
func (s *strip) add(results []study.Result, label string) {
	s.labels = append(s.labels, label)
	for _, r := range results {
		if r.Source == "" {
			continue
		}
		if s.pictures == nil {
			s.pictures = map[uint64][]study.Result{}
		}
		if !slices.Contains(s.seeds, r.Seed) {
			s.seeds = append(s.seeds, r.Seed)
		}
		s.pictures[r.Seed] = append(s.pictures[r.Seed], r)
	}
}

// A sheetPart is a sheet on the page.
type sheetPart struct {
	Title string
	// Sheet and Animation are files; small is the sheet as a small JPEG.
	Sheet, Animation string
	small            []byte
}

// write makes the sheet and the animation of the first seed. Without kept
// pictures there is none.
func (s strip) write(dir string) (*sheetPart, error) {
	var frames []picture.Frame
	var first []picture.Frame
	columns := len(s.labels) + 1
	for _, seed := range s.seeds {
		row, err := s.row(dir, seed)
		if err != nil {
			return nil, err
		}
		if len(row) != columns || len(frames)+columns > picture.MaxFrames {
			continue
		}
		if first == nil {
			first = row
		}
		frames = append(frames, row...)
	}
	if len(frames) == 0 {
		return nil, nil
	}
	page, err := picture.Page(frames, columns)
	if err != nil {
		return nil, fmt.Errorf("sheet %s: %w", s.name, err)
	}
	sheet, err := picture.Encode(page)
	if err != nil {
		return nil, fmt.Errorf("sheet %s: %w", s.name, err)
	}
	animation, err := picture.Animate(first)
	if err != nil {
		return nil, fmt.Errorf("animation %s: %w", s.name, err)
	}
	part := &sheetPart{Title: s.title, Sheet: "sheets/" + s.name + ".png", Animation: "animations/" + s.name + ".gif"}
	if err := writeFile(filepath.Join(dir, part.Sheet), sheet); err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(dir, part.Animation), animation); err != nil {
		return nil, err
	}
	small, err := jpegOf(picture.Halve(page))
	if err != nil {
		return nil, fmt.Errorf("sheet %s: %w", s.name, err)
	}
	part.small = small
	return part, nil
}

// row is a seed's pictures with labels; empty where one was unusable.
func (s strip) row(dir string, seed uint64) ([]picture.Frame, error) {
	results := s.pictures[seed]
	source, err := readPicture(dir, results[0].Source)
	if err != nil {
		return nil, err
	}
	frames := []picture.Frame{{PNG: source, Label: fmt.Sprintf("seed %d", seed)}}
	for i, r := range results {
		if r.Picture == "" || i >= len(s.labels) {
			return nil, nil
		}
		data, err := readPicture(dir, r.Picture)
		if err != nil {
			return nil, err
		}
		frames = append(frames, picture.Frame{PNG: data, Label: s.labels[i]})
	}
	return frames, nil
}

// readPicture reads a picture of the study's folder and of no other.
func readPicture(dir, name string) (_ []byte, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("read pictures: %w", err)
	}
	defer func() {
		if closing := root.Close(); err == nil {
			err = closing
		}
	}()
	return root.ReadFile(filepath.FromSlash(name))
}

// jpegOf encodes a picture for the page.
func jpegOf(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 82})
	return out.Bytes(), err
}
