// Package models opens a diffusion model and runs its parts: text encoding,
// controlled denoising, decoding.
//
// A model is a folder in the layout that diffusers and Optimum export Stable
// Diffusion to, or files of weights of which package assembly makes one. Start
// with [Open] (or [OpenFS], for the model that is built in): it reads every file, checks them against each other, has
// package graph rewrite the UNet so that its attention can be controlled, and
// opens the parts on ONNX Runtime. [Model.Spec] says all that drawing needs to
// know; [Model.EncodeText], [Model.Denoise] and [Model.Decode] are the three
// steps of a picture. [Check] tells what is in a folder, and what is wrong.
package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"strings"
	"sync"

	"pentimento/models/graph"
	"pentimento/models/runtime"
	"pentimento/models/tokenizer"
)

// Options say how a model is opened.
type Options struct {
	// Runtime is ONNX Runtime, loaded.
	Runtime *runtime.Runtime
	// Device is auto, cpu, cuda[:n], tensorrt[:n], coreml, directml[:n] or
	// openvino[:type]; empty means auto, which takes the best that works.
	Device string
	// Threads is the number of threads that one run uses on the CPU; 0 means
	// as many as the machine (or its container) has processors.
	Threads int
	// CacheDir is where prepared UNets are kept; empty means nowhere.
	CacheDir string
	// Precision is what most of the model is computed in; empty means [FP32].
	// [FP16] and [Int8] need a CacheDir, and [Int8] a Practice.
	Precision Precision
	// Practice is what a model is prepared for [Int8] with, at its first start.
	// Practised, if it is not nil, is told how far it is.
	Practice  Practice
	Practised func(done, of int)
	// MemoryLimit is how many bytes of memory the process may take on the CPU; 0
	// means three quarters of what the machine, or its container, has. Rows of a
	// batch that would take more run one after the other, and what fits in no way
	// is refused with a [*MemoryError].
	MemoryLimit int64
	// Binding is whether inputs of the UNet that a step shares with the one before
	// stay on the device; empty means [BindCUDA].
	Binding Binding
	// Log hears which device was taken and why others were not; nil is silent.
	Log *slog.Logger
}

// A Model is an open model. Its methods may be called from several goroutines
// at once.
type Model struct {
	name       string
	digest     string
	base       string // the digest in single precision
	precision  Precision
	device     runtime.Device
	runtime    string
	spec       Spec
	widths     widths
	limit      int64 // of the memory, in bytes
	tokenizer  *tokenizer.Tokenizer
	vocabulary []string

	text []*textEncoder
	// zeroEmpty: the empty prompt is encoded as zeros.
	zeroEmpty bool
	unet      *openingUNet
	decoder   *decoder

	encoder *openableEncoder // nil when the folder has none
}

// Open opens the model of a source. An error names the file at fault; one about
// the device is a [*runtime.DeviceError].
func Open(ctx context.Context, s Source, o Options) (*Model, error) {
	f, err := sourceFolder(s, o)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	return open(ctx, f, o)
}

// OpenFS opens the model in a file system, which can't hold weights outside
// the graphs. name is what [Model.Name] returns and errors call the folder.
//
// It is meant for the model that is built in: on the CPU, where nothing but a
// broken graph could go wrong, it returns while ONNX Runtime still optimises
// the UNet, and the first [Model.Denoise] waits for that.
func OpenFS(ctx context.Context, fsys fs.FS, name string, o Options) (*Model, error) {
	return open(ctx, folder{fs: fsys, name: name, sums: sums{dir: o.CacheDir}}, o)
}

func open(ctx context.Context, f folder, o Options) (*Model, error) {
	device, err := runtime.ParseDevice(o.Device)
	if err != nil {
		return nil, err
	}
	if device, err = o.Precision.check(device); err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	if o.Runtime == nil {
		return nil, errors.New("open model: no ONNX Runtime was given")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	in, err := inspect(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	f.made.warn(o.Log)
	prepared, unkept, err := in.prepare(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	if unkept != nil {
		o.Log.Warn("the prepared UNet could not be kept", "reason", unkept)
	}
	if err := in.lower(ctx, o, prepared); err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	var failed error
	for _, d := range device.Candidates() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, err := in.open(ctx, prepared, o, d)
		if err == nil {
			o.Log.Info("model opened", "model", m.name, "precision", m.Precision(), "device", d.String(), "runtime", o.Runtime.Version())
			return m, nil
		}
		failed = err
		if unusable := (*runtime.DeviceError)(nil); !errors.As(err, &unusable) {
			break
		}
		o.Log.Info("device passed over", "device", d.String(), "reason", err)
	}
	return nil, fmt.Errorf("open model: %w", failed)
}

// open opens the parts on one device.
func (in *inspection) open(ctx context.Context, prepared *preparedUNet, o Options, device runtime.Device) (_ *Model, err error) {
	m := &Model{
		name: in.folder.name, digest: o.Precision.digest(in.digest), base: in.digest, precision: o.Precision, device: device, runtime: o.Runtime.Version(),
		spec: prepared.spec, widths: in.widths(o.Precision), limit: math.MaxInt64, tokenizer: in.tokenizers[0], vocabulary: in.vocabulary,
		text: make([]*textEncoder, len(in.texts)), zeroEmpty: in.index.zeroEmpty,
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	if device.Provider == runtime.CPU {
		m.limit = o.limit()
	}
	if err := fits("the model", m.Need().Least(), m.limit); err != nil {
		return nil, err
	}
	opener := opener{o: o, device: device, folder: in.folder}
	var parts sync.WaitGroup
	failed := make([]error, 2+len(in.texts))
	m.unet = in.startUNet(opener, prepared)
	if in.folder.dir != "" || in.folder.made != nil || device.Provider != runtime.CPU {
		parts.Go(func() { _, failed[0] = m.unet.wait(ctx) })
	}
	parts.Go(func() { m.decoder, failed[1] = in.openDecoder(opener, prepared) })
	for i, t := range in.texts {
		parts.Go(func() { m.text[i], failed[2+i] = in.openText(opener, t) })
	}
	parts.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	if in.encoder != nil {
		// What the closure holds stays in memory: not the whole inspection.
		p, input, output, latents := in.encoder, in.encoderIn, in.encoderOut, in.spec.LatentChannels
		m.encoder = &openableEncoder{open: func() (*encoder, error) { return openEncoder(opener, p, input, output, latents) }}
	}
	return m, m.prove(ctx)
}

// prove runs the smallest part on a device that may open a graph and still be
// unable to run it.
func (m *Model) prove(ctx context.Context) error {
	if m.device.Provider == runtime.CPU {
		return nil
	}
	if _, err := m.EncodeText(ctx, "a"); err != nil && ctx.Err() == nil {
		return &runtime.DeviceError{Device: m.device, Reason: err}
	}
	return ctx.Err()
}

// Close waits for what is running and frees the model.
func (m *Model) Close() error {
	var all []error
	for _, t := range m.text {
		if t != nil {
			all = append(all, t.session.Close())
		}
	}
	if m.unet != nil {
		all = append(all, m.unet.close())
	}
	if m.decoder != nil {
		all = append(all, m.decoder.session.Close())
	}
	if m.encoder != nil {
		all = append(all, m.encoder.close())
	}
	return errors.Join(all...)
}

// Name is the name of the model's folder.
func (m *Model) Name() string { return m.name }

// Digest is the hexadecimal sha256 over the files that a picture depends on:
// equal digests and equal recipes give equal pictures.
func (m *Model) Digest() string { return m.digest }

// Device is the device that the model runs on, as [Options] names it, never
// auto.
func (m *Model) Device() string { return m.device.String() }

// Runtime is the version of ONNX Runtime that the model runs on, "1.30.0":
// another one may compute the same a little differently.
func (m *Model) Runtime() string { return m.runtime }

// Spec says what drawing with the model needs to know.
func (m *Model) Spec() Spec { return m.spec }

// Tokenizer turns prompts into the ids that [Model.EncodeText] takes.
func (m *Model) Tokenizer() *tokenizer.Tokenizer { return m.tokenizer }

// Vocabulary lists the words that the model was trained on, from the folder's
// vocabulary.json; nil when it does not say.
func (m *Model) Vocabulary() []string { return m.vocabulary }

// An opener opens the graphs of one model on one device.
type opener struct {
	o      Options
	device runtime.Device
	folder folder
	// once: what is opened runs once, to see whether it does.
	once bool
}

// open opens a part as the folder has it. Errors name its file.
func (op opener) open(p *part, inputs, outputs []string) (*runtime.Session, error) {
	g, err := op.graphOf(p)
	if err != nil {
		return nil, op.folder.failed(p.file(), err)
	}
	return op.openGraph(p, placed{g, p.located}, inputs, outputs)
}

// A placed graph is one whose weights outside it are located.
type placed struct {
	runtime.Graph
	located located
}

// openGraph opens g, a graph of part p.
func (op opener) openGraph(p *part, g placed, inputs, outputs []string) (*runtime.Session, error) {
	if made := op.folder.made; made != nil {
		if err := made.unchanged(); err != nil {
			return nil, err
		}
	}
	if err := g.located.unchanged(); err != nil {
		return nil, err
	}
	session, err := op.o.Runtime.Open(g.Graph, runtime.SessionOptions{
		Inputs: inputs, Outputs: outputs, Device: op.device, Threads: op.o.Threads, Once: op.once, Intact: g.located.intact, Seldom: p.name != unetFolder,
	})
	if unusable := (*runtime.DeviceError)(nil); errors.As(err, &unusable) {
		return nil, err // it is not the file's fault
	}
	if err != nil {
		return nil, op.folder.failed(p.file(), explained(err, op.device))
	}
	return session, nil
}

// explained says what to do about an error of ONNX Runtime that is not the
// file's fault, or not only.
func explained(err error, device runtime.Device) error {
	text := err.Error()
	for _, begins := range []string{"Could not find an implementation for ", "Failed to find kernel for "} {
		_, rest, ok := strings.Cut(text, begins)
		if !ok {
			continue
		}
		operator, _, _ := strings.Cut(rest, "(")
		return fmt.Errorf("was optimised for another device: the %s has no kernel for its operator %s; use the export before optimisation: %w", device, operator, err)
	}
	return ofMemory(err)
}

// ofMemory is an error of ONNX Runtime, as [ErrMemory] where it is one of memory.
func ofMemory(err error) error {
	for _, says := range []string{"Failed to allocate memory", "bad_alloc", "out of memory", "Cannot allocate memory", "smaller than requested bytes"} {
		if strings.Contains(err.Error(), says) {
			return fmt.Errorf("%w: %w", ErrMemory, err)
		}
	}
	return err
}

// graphOf is where ONNX Runtime finds a part as the folder has it.
func (op opener) graphOf(p *part) (runtime.Graph, error) {
	g := runtime.Graph{Path: op.folder.path(p.file())}
	if p.data != nil {
		g = runtime.Graph{Data: p.data}
	}
	if p.random {
		data, err := op.folder.read(p.file(), maxGraphBytes)
		if err != nil {
			return g, err
		}
		read, err := graph.Parse(data)
		if err != nil {
			return g, err
		}
		if g.Data, err = graph.WithoutNoise(read); err != nil {
			return g, err
		}
		g.Path = ""
	}
	return p.located.attach(g)
}

// loadTokenizer reads a tokenizer folder.
func (f folder) loadTokenizer(dir string) (*tokenizer.Tokenizer, error) {
	sub, err := fs.Sub(f.fs, dir)
	if err != nil {
		return nil, f.failed(dir, err)
	}
	t, err := tokenizer.Load(sub)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimSuffix(f.path(dir), "/"), err)
	}
	return f.made.learned(t)
}
