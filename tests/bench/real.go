package main

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"pentimento/models"
)

// realFamilies are the families that are measured at their real size, and the
// side of the pictures that they were made for.
func realFamilies() map[string]int { return map[string]int{"sd1": 512, "sdxl": 1024} }

// A realModel is a model of the real size that is measured.
type realModel struct {
	family    string
	precision models.Precision
	side      int // of its pictures
}

// realModelOf reads one of the words of -real: "sd1", or "sd1:int8".
func realModelOf(word string) (realModel, error) {
	family, precision, given := strings.Cut(word, ":")
	m := realModel{family: family, precision: models.FP32, side: realFamilies()[family]}
	if given {
		m.precision = models.Precision(precision)
	}
	if m.side == 0 || m.precision != models.FP32 && m.precision != models.Int8 {
		return m, fmt.Errorf("no model of real size is called %q: there are sd1 and sdxl, and sd1:int8", word)
	}
	return m, nil
}

// prefix is what the names of its figures begin with.
func (m realModel) prefix() string {
	if m.precision == models.FP32 {
		return "real." + m.family + "_"
	}
	return "real." + m.family + "_" + string(m.precision) + "_"
}

// realModels are those that -real names.
func (b *bench) realModels() ([]realModel, error) {
	var all []realModel
	for _, word := range strings.Split(b.families, ",") {
		m, err := realModelOf(word)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// real opens and draws with files of the real size, whose weights are random: how
// long the look at one takes, how long opening it the first time and again, how
// long the first picture of one step, how long another step, and how much memory
// all that holds. -real says which, -real-steps with how many steps.
func (b *bench) real() error {
	if err := b.built(); err != nil {
		return err
	}
	all, err := b.realModels()
	if err != nil {
		return err
	}
	for _, m := range all {
		if err := b.realModel(m); err != nil {
			return fmt.Errorf("%s: %w", m.family, err)
		}
		fmt.Printf("  %s, %s\n", m.family, m.precision)
	}
	return b.compare()
}

func (b *bench) realModel(m realModel) error {
	path := b.realFile(m.family)
	if err := writeReal(path, m.family); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	dir, err := os.MkdirTemp("", "pentimento-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := b.lookAt(m, path, dir); err != nil {
		return err
	}
	if err := b.openFirst(m, path, dir); err != nil {
		return err
	}
	return b.drawReal(m, path, dir)
}

// realFile is the file of that family with random weights.
func (b *bench) realFile(family string) string {
	return filepath.Join(b.out, "real-"+family+".safetensors")
}

// lookAt times `models check`, before anything is kept of the file.
func (b *bench) lookAt(m realModel, path, dir string) error {
	began := time.Now()
	out, err := exec.CommandContext(b.ctx, b.binary, "models", "check", "--cache", filepath.Join(dir, "looked"), path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("models check: %w: %s", err, out)
	}
	b.figures[m.prefix()+"check_seconds"] = time.Since(began).Seconds()
	return nil
}

// talkOf begins to talk with a program that has the model.
func (b *bench) talkOf(m realModel, path, dir string) (*talk, error) {
	return b.beginTalk(dir, "--model", path, "--precision", string(m.precision), "--size", fmt.Sprintf("%dx%[1]d", m.side), "--steps", "1")
}

// openFirst times opening a model of which nothing is kept.
func (b *bench) openFirst(m realModel, path, dir string) error {
	began := time.Now()
	t, err := b.talkOf(m, path, dir)
	if err != nil {
		return err
	}
	_, err = t.say("/settings")
	b.figures[m.prefix()+"first_open_seconds"] = time.Since(began).Seconds()
	return errors.Join(err, t.end())
}

// drawReal opens a model again, draws with it in one step and in several, and edits.
func (b *bench) drawReal(m realModel, path, dir string) error {
	began := time.Now()
	t, err := b.talkOf(m, path, dir)
	if err != nil {
		return err
	}
	name := m.prefix()
	spent := 0.0
	for _, said := range []struct{ figure, line string }{
		{"open", "/settings"},
		{"first_picture", "a cat on a sofa"},
		{"one_step", "/imagine a dog on a sofa"},
		{"", fmt.Sprintf("/settings steps=%d", b.realSteps)},
		{"picture", "/imagine a horse on a sofa"},
		{"picture_peak_mb", ""},
		{"edit", "make the horse black"},
		{"edit_peak_mb", ""},
	} {
		switch {
		case err != nil:
		case said.line == "":
			b.figures[name+said.figure], err = t.resident("VmHWM")
		default:
			if _, err = t.say(said.line); err != nil {
				break
			}
			before := spent
			spent, err = t.processor()
			if said.figure != "" {
				b.figures[name+said.figure+"_seconds"] = time.Since(began).Seconds()
				b.figures[name+said.figure+"_cpu_seconds"] = spent - before
			}
			began = time.Now()
		}
	}
	b.figures[name+"steps"] = float64(b.realSteps)
	for _, of := range []string{"seconds", "cpu_seconds"} {
		b.figures[name+"step_"+of] = (b.figures[name+"picture_"+of] - b.figures[name+"one_step_"+of]) / float64(b.realSteps-1)
	}
	return errors.Join(err, t.end())
}

// writeReal writes a checkpoint with the names and shapes of a real one, in half
// precision, unless there is one already. No two weights have the same bytes: ONNX
// Runtime keeps equal ones once.
func writeReal(path, family string) (err error) {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	tensors, err := realTensors(family)
	if err != nil {
		return err
	}
	file, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	err = errors.Join(writeTensors(buffered, tensors), buffered.Flush(), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), path)
}

// A realTensor is a tensor of a real checkpoint.
type realTensor struct {
	name  string
	shape []int
}

func (t realTensor) values() int {
	n := 1
	for _, size := range t.shape {
		n *= size
	}
	return n
}

// realTensors are the tensors that the checkpoints of a family have.
func realTensors(family string) (_ []realTensor, err error) {
	file, err := os.Open(filepath.Join("models", "checkpoint", "testdata", family+".txt.gz"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	packed, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var tensors []realTensor
	lines := bufio.NewScanner(packed)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		t := realTensor{name: fields[0], shape: []int{}}
		for _, size := range strings.FieldsFunc(fields[1], func(r rune) bool { return r == 'x' || r == '-' }) { // "-" is a number alone
			n, err := strconv.Atoi(size)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", fields[0], err)
			}
			t.shape = append(t.shape, n)
		}
		tensors = append(tensors, t)
	}
	return tensors, lines.Err()
}

// writeTensors writes a .safetensors file.
func writeTensors(w io.Writer, tensors []realTensor) error {
	type entry struct {
		Type    string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	header := map[string]entry{}
	at := 0
	for _, t := range tensors {
		end := at + 2*t.values()
		header[t.name] = entry{"F16", t.shape, [2]int{at, end}}
		at = end
	}
	data, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(data)%8 != 0 {
		data = append(data, ' ')
	}
	_, err = w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(data))), data...))
	random := rand.NewPCG(1, 2)
	for _, t := range tensors {
		err = errors.Join(err, writeWeights(w, random, t))
	}
	return err
}

// writeWeights writes random weights of which activations stay in bounds: ones for
// what normalises, small numbers for the rest.
func writeWeights(w io.Writer, random *rand.PCG, t realTensor) error {
	const one, mantissa, small = 0x3c00, 0x83ff, 0x1c00 // small: ±.004 to .008
	norm := len(t.shape) == 1 && strings.HasSuffix(t.name, ".weight")
	chunk := make([]byte, 0, 1<<16)
	var err error
	for range t.values() {
		bits := uint16(random.Uint64())&mantissa | small
		if norm {
			bits = bits&0x3f | one
		}
		chunk = binary.LittleEndian.AppendUint16(chunk, bits)
		if len(chunk) == cap(chunk) {
			_, failed := w.Write(chunk)
			err, chunk = errors.Join(err, failed), chunk[:0]
		}
	}
	_, failed := w.Write(chunk)
	return errors.Join(err, failed)
}
