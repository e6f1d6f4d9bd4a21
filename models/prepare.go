package models

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pentimento/files"
	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// rewriter is the source of the code that prepares UNets. A prepared UNet is
// kept under the name of the code that made it (this file too, which chooses
// the options), so that another version of the
// program never takes it for its own, and nobody has to remember a number.
//
//go:embed prepare.go graph/*.go graph/onnxpb/*.go
var rewriter embed.FS

// A preparedUNet is a UNet rewritten so that its attention can be controlled.
type preparedUNet struct {
	graph      runtime.Graph
	controlled graph.Controlled // without the graph itself
	spec       Spec
	// file is where the graph is kept; "" when it is not.
	file string
}

// prepare gives the controlled UNet: the one in the cache, or a new one, which
// it puts there. unkept says why a new one could not be put there, which is no
// reason not to use it.
func (in *inspection) prepare(ctx context.Context, o Options) (p *preparedUNet, unkept, err error) {
	cache, err := in.preparedCache(o.CacheDir)
	if err != nil {
		return nil, nil, err
	}
	p, err = cache.load()
	if err != nil {
		if p, err = in.rewrite(ctx, o); err != nil {
			return nil, nil, err
		}
		unkept = cache.store(p)
	}
	in.unetGraph = nil // it may be large, and is not needed any more
	if len(in.unet.external) > 0 {
		if err := p.attachWeights(in.folder.path(in.unet.name)); err != nil {
			return nil, nil, err
		}
	}
	p.spec = in.spec
	p.spec.Layers = p.controlled.Info.Layers
	p.spec.MapHeight, p.spec.MapWidth, err = mapSize(in.spec.LatentHeight, in.spec.LatentWidth, p.controlled.MapPixels)
	if err != nil {
		return nil, nil, in.folder.failed(in.unet.file(), err)
	}
	return p, unkept, nil
}

// attachWeights says where the weights outside the graph lie. ONNX Runtime
// takes that only together with the graph's bytes.
func (p *preparedUNet) attachWeights(dir string) (err error) {
	p.graph.Weights = dir
	if p.graph.Path != "" {
		p.graph.Data, err = os.ReadFile(p.graph.Path)
		p.graph.Path = ""
	}
	return err
}

// rewrite makes the controlled UNet, which takes one run of the untouched one.
func (in *inspection) rewrite(ctx context.Context, o Options) (*preparedUNet, error) {
	probe, err := in.probe(ctx, o)
	if err != nil {
		return nil, err
	}
	controlled, err := graph.Rewrite(in.unetGraph, probe, graph.Options{})
	if err == nil {
		// The shapes of the maps are known now, and with them the layers that
		// are worth an input and an output.
		injectable := Spec{Layers: controlled.Info.Layers}.injectableLayers()
		controlled, err = graph.Rewrite(in.unetGraph, probe, graph.Options{Capture: injectable, Cache: injectable})
	}
	if err != nil {
		return nil, in.folder.failed(in.unet.file(), err)
	}
	p := &preparedUNet{graph: runtime.Graph{Data: controlled.Graph}, controlled: *controlled}
	p.controlled.Graph = nil
	return p, nil
}

// probe runs the UNet once, on the CPU and on zeros, to learn the shape of
// every attention map.
func (in *inspection) probe(ctx context.Context, o Options) (_ graph.Probe, err error) {
	data, outputs, err := graph.Shapes(in.unetGraph)
	if err != nil {
		return graph.Probe{}, in.folder.failed(in.unet.file(), err)
	}
	g := runtime.Graph{Data: data}
	if len(in.unet.external) > 0 {
		g.Weights = in.folder.path(in.unet.name)
	}
	session, err := o.Runtime.Open(g, runtime.SessionOptions{
		Inputs:  []string{in.info.Sample.Name, in.info.Timestep.Name, in.info.Text.Name},
		Outputs: outputs, Device: runtime.Device{Provider: runtime.CPU}, Threads: o.Threads, Once: true,
	})
	if err != nil {
		return graph.Probe{}, in.folder.failed(in.unet.file(), err)
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	const rows = graph.ProbeRows
	s := in.spec
	feed := unetFeed{info: in.info, spec: s}
	batch := &Batch{
		Rows:    rows,
		Latents: make([]float32, rows*s.LatentChannels*s.LatentHeight*s.LatentWidth),
		Text:    make([]float32, rows*s.ContextLength*s.TextWidth),
	}
	inputs, err := feed.own(batch)
	if err != nil {
		return graph.Probe{}, in.folder.failed(in.unet.file(), err)
	}
	defer func() { err = errors.Join(err, destroy(inputs)) }()
	shapes := make([]*runtime.Tensor, len(outputs))
	if err := session.Run(ctx, inputs, shapes); err != nil {
		if ctx.Err() != nil {
			return graph.Probe{}, err
		}
		return graph.Probe{}, in.folder.failed(in.unet.file(), fmt.Errorf("does not run: %w", err))
	}
	defer func() { err = errors.Join(err, destroy(shapes)) }()
	probe := graph.Probe{Rows: rows}
	for _, t := range shapes {
		probe.Shapes = append(probe.Shapes, t.Ints())
	}
	return probe, nil
}

func destroy(tensors []*runtime.Tensor) error {
	var all []error
	for _, t := range tensors {
		all = append(all, t.Destroy())
	}
	return errors.Join(all...)
}

// mapSize is the height and width of a map of so many pixels: the latents'
// own, halved (rounding up, as the UNet's convolutions do) until it fits.
func mapSize(height, width, pixels int) (int, int, error) {
	h, w := height, width
	for h*w > pixels && h*w > 1 {
		h, w = (h+1)/2, (w+1)/2
	}
	if h*w != pixels {
		return 0, 0, fmt.Errorf("has attention maps of %d pixels, which latents of %d×%d do not halve to", pixels, height, width)
	}
	return h, w, nil
}

// A preparedCache is the place of one prepared UNet in the cache folder.
type preparedCache struct {
	dir   string
	unet  string // names what is prepared,
	maker string // and this the code that prepares it
}

// preparedCache names everything that a prepared UNet depends on.
func (in *inspection) preparedCache(dir string) (preparedCache, error) {
	maker := sha256.New()
	err := fs.WalkDir(rewriter, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		source, err := rewriter.ReadFile(name)
		maker.Write(source)
		return err
	})
	if err != nil {
		return preparedCache{}, fmt.Errorf("name the prepared UNet: %w", err)
	}
	unet := sha256.New()
	s := in.spec
	fmt.Fprintln(unet, in.unet.sum, s.LatentChannels, s.LatentHeight, s.LatentWidth, s.ContextLength, s.TextWidth)
	return preparedCache{dir: dir, unet: shortHex(unet), maker: shortHex(maker)}, nil
}

func shortHex(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)[:10]) }

func (c preparedCache) name() string      { return c.unet + "-" + c.maker }
func (c preparedCache) graphFile() string { return filepath.Join(c.dir, c.name()+".onnx") }
func (c preparedCache) infoFile() string  { return filepath.Join(c.dir, c.name()+".json") }

// preparedInfo is what lies beside a prepared graph. It is written last: a
// graph without it is not complete.
type preparedInfo struct {
	Bytes      int64
	Controlled graph.Controlled
}

// load reads a prepared UNet; the error is os.ErrNotExist when there is none.
func (c preparedCache) load() (*preparedUNet, error) {
	if c.dir == "" {
		return nil, os.ErrNotExist
	}
	f := folder{fs: os.DirFS(c.dir), dir: c.dir}
	data, err := f.read(c.name()+".json", maxConfigBytes)
	if err != nil {
		return nil, err
	}
	var info preparedInfo
	if err := json.Unmarshal(data, &info); err != nil {
		return nil, fmt.Errorf("%s: %w", c.infoFile(), err)
	}
	stat, err := os.Stat(c.graphFile())
	if err != nil {
		return nil, err
	}
	if stat.Size() != info.Bytes || len(info.Controlled.Inputs) == 0 || len(info.Controlled.Info.Layers) == 0 {
		return nil, fmt.Errorf("%s is damaged", c.graphFile())
	}
	return &preparedUNet{graph: runtime.Graph{Path: c.graphFile()}, controlled: info.Controlled, file: c.graphFile()}, nil
}

// store keeps a prepared UNet, each of its files in one step.
func (c preparedCache) store(p *preparedUNet) error {
	if c.dir == "" {
		return nil
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	info, err := json.Marshal(preparedInfo{Bytes: int64(len(p.graph.Data)), Controlled: p.controlled})
	if err != nil {
		return err
	}
	if err := files.Write(c.graphFile(), p.graph.Data, 0o600); err != nil {
		return err
	}
	if err := files.Write(c.infoFile(), info, 0o600); err != nil {
		return err
	}
	p.file = c.graphFile()
	return c.removeOlder()
}

// removeOlder removes what other versions of the program made of the UNet, and
// what killed processes left unfinished: it may be as large as a model.
func (c preparedCache) removeOlder() error {
	entries, err := os.ReadDir(c.dir)
	for _, e := range entries {
		older := strings.HasPrefix(e.Name(), c.unet+"-") && !strings.HasPrefix(e.Name(), c.name()+".")
		if older || abandoned(e) {
			err = errors.Join(err, os.Remove(filepath.Join(c.dir, e.Name())))
		}
	}
	return err
}

// abandoned reports whether a killed process left the file.
func abandoned(e fs.DirEntry) bool {
	info, err := e.Info()
	return err == nil && files.Abandoned(info)
}
