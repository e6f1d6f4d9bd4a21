package study

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// instrumentVersion changes when the same cell would be measured otherwise.
const instrumentVersion = 4

// ErrOther says that a folder has the results of another study, model or
// version of the instrument, so that a run cannot go on from them.
var ErrOther = errors.New("the folder has results of another study or model")

// header is the first line of a log. Logs with equal headers hold results of
// the same cells.
type header struct {
	Study   string `json:"study"`
	Version int    `json:"version"`
	Cells   int    `json:"cells"`
	// Plan is the digest of all that decides what is measured.
	Plan  string `json:"plan"`
	Model string `json:"model"`
}

func headerOf(f *File, cells []Cell, model string, o Options) (header, error) {
	data, err := json.Marshal([]any{cells, f.Prompts, f.Examples, o.Rules, o.networks()})
	if err != nil {
		return header{}, fmt.Errorf("digest the study: %w", err)
	}
	sum := sha256.Sum256(data)
	return header{Study: f.Name, Version: instrumentVersion, Cells: len(cells), Plan: hex.EncodeToString(sum[:]), Model: model}, nil
}

// networks are the digests of the networks that measure pictures.
func (o Options) networks() map[string]string {
	out := map[string]string{}
	if o.Network != nil {
		out["judge"] = o.Network.Digest()
	}
	if o.Perceptual != nil {
		out["perceptual"] = o.Perceptual.Digest()
	}
	if o.Structure != nil {
		out["structure"] = o.Structure.Digest()
	}
	if o.CLIP != nil {
		out["clip"] = o.CLIP.Digest()
	}
	return out
}

// A log keeps results as JSON lines: a header, then one line for each cell, as
// they come and, once all are there, in the order of the cells. What a killed
// run left is found again.
type log struct {
	path string
	file *os.File
	head header
	done []Result
	has  map[int]bool // by index
}

// openLog opens or begins the log at path. A last line that was not written
// whole is cut off.
func openLog(path string, want header) (*log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of results: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the results: %w", err)
	}
	l := &log{path: path, file: file, head: want, has: map[int]bool{}}
	if err := l.recover(want); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return l, nil
}

// recover reads what there is, cuts off what is not whole, and goes to the end.
func (l *log) recover(want header) error {
	end, have, done, err := readLog(l.file)
	if err != nil {
		return err
	}
	if end == 0 {
		done = nil
	} else if have != want {
		return fmt.Errorf("%w: it is for study %s of %d cells with model %.12s, this is %s of %d cells with %.12s, or their prompts or rules differ; use another folder",
			ErrOther, have.Study, have.Cells, have.Model, want.Study, want.Cells, want.Model)
	}
	l.done = done
	for _, r := range done {
		l.has[r.Index] = true
	}
	if err := l.file.Truncate(end); err != nil {
		return err
	}
	if _, err := l.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	if end == 0 {
		return l.line(want)
	}
	return nil
}

// maxLine bounds a line of a log.
const maxLine = 1 << 20

// readLog reads the whole lines of a log: where they end, the header and the
// results.
func readLog(r io.Reader) (end int64, h header, done []Result, err error) {
	lines := bufio.NewReaderSize(r, maxLine)
	seen := map[int]bool{}
	for n := 0; ; n++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return end, h, done, nil // what is left is not a whole line
		}
		if err != nil {
			return 0, h, nil, fmt.Errorf("read line %d: %w", n+1, err)
		}
		if n == 0 {
			if err := decode(line, &h); err != nil {
				return 0, h, nil, fmt.Errorf("line 1 is no header of results: %w", err)
			}
		} else {
			var result Result
			if err := decode(line, &result); err != nil {
				return 0, h, nil, fmt.Errorf("line %d is no result: %w", n+1, err)
			}
			if result.Index < 0 || result.Index >= h.Cells || seen[result.Index] {
				return 0, h, nil, fmt.Errorf("line %d has result %d of %d, or has it again", n+1, result.Index, h.Cells)
			}
			seen[result.Index] = true
			done = append(done, result)
		}
		end += int64(len(line))
	}
}

func decode(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// add writes a result.
func (l *log) add(r Result) error {
	l.done = append(l.done, r)
	l.has[r.Index] = true
	return l.line(r)
}

// finish puts the results of a complete log in order, and returns them.
func (l *log) finish() ([]Result, error) {
	byIndex := func(a, b Result) int { return a.Index - b.Index }
	if slices.IsSortedFunc(l.done, byIndex) {
		return l.done, nil
	}
	slices.SortFunc(l.done, byIndex)
	var whole bytes.Buffer
	lines := json.NewEncoder(&whole)
	err := lines.Encode(l.head)
	for _, r := range l.done {
		err = errors.Join(err, lines.Encode(r))
	}
	if err = errors.Join(err, l.close()); err != nil {
		return nil, fmt.Errorf("order the results: %w", err)
	}
	return l.done, replace(l.path, whole.Bytes())
}

func (l *log) line(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a result: %w", err)
	}
	if _, err := l.file.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("write a result: %w", err)
	}
	return nil
}

// close closes the file, if it is open.
func (l *log) close() error {
	if l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	return file.Close()
}
