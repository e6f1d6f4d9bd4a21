package models

import (
	"bufio"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pentimento/files"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// quantizers are the sources of what makes graphs in eight bits of those that the
// makers make.
//
//go:embed eight.go quantize/constants.go quantize/integers.go quantize/observe.go
//go:embed quantize/processor.go quantize/quantize.go quantize/write.go
var quantizers embed.FS

// An eightCache is the place of one model in eight bits in the cache folder: two
// graphs, each with a file of weights, and what says of what size they are.
type eightCache struct {
	dir   string
	model string // names the model in single precision,
	maker string // and this what it is prepared by
}

func newEightCache(dir, digest, practice string) (eightCache, error) {
	maker := sha256.New()
	for _, sources := range []embed.FS{makers, quantizers} {
		if err := writeSources(maker, sources); err != nil {
			return eightCache{}, fmt.Errorf("name the model in eight bits: %w", err)
		}
	}
	fmt.Fprintln(maker, eightBits, practice)
	return eightCache{dir: dir, model: digest[:20] + "-int8", maker: shortHex(maker)}, nil
}

func (c eightCache) name() string { return c.model + "-" + c.maker }

// The parts of a model that are kept.
const (
	eightUNet    = ".unet"
	eightDecoder = ".decoder"
)

// An eightInfo is what lies beside the graphs. It is written last: without it
// nothing is complete.
type eightInfo struct {
	// SHA256 has the graphs' sums, and Bytes the sizes of the weights, by part.
	SHA256 map[string]string
	Bytes  map[string]int64
}

// load puts the graphs in the place of those of p. The error is os.ErrNotExist
// when there are none.
func (c eightCache) load(p *preparedUNet) error {
	data, err := files.ReadFile(c.file(".json"), maxConfigBytes)
	if err != nil {
		return err
	}
	var info eightInfo
	if err := json.Unmarshal(data, &info); err != nil {
		return fmt.Errorf("%s: %w", c.file(".json"), err)
	}
	unet, err := c.loadPart(info, eightUNet)
	if err != nil {
		return err
	}
	if info.SHA256[eightDecoder] != "" {
		decoder, err := c.loadPart(info, eightDecoder)
		if err != nil {
			return err
		}
		p.decoder = &decoder
	}
	p.graph, p.file = unet, c.file(eightUNet+".onnx")
	return nil
}

// loadPart reads a graph.
func (c eightCache) loadPart(info eightInfo, part string) (g placed, err error) {
	data, err := files.ReadFile(c.file(part+".onnx"), maxGraphBytes)
	if err != nil {
		return placed{}, err
	}
	name := filepath.Base(c.file(part + ".bin"))
	g.located = located{dir: c.dir, names: map[string]string{name: name}}
	if err := g.located.look(); err != nil {
		return placed{}, err
	}
	weights := g.located.found[g.located.path(name)]
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != info.SHA256[part] || weights.Size() != info.Bytes[part] {
		return placed{}, fmt.Errorf("%s is damaged", c.file(part))
	}
	g.Graph = runtime.Graph{Data: data, Weights: c.dir}
	return g, nil
}

// bytes is the size of what is kept; 0 where it is not whole.
func (c eightCache) bytes() int64 {
	var p preparedUNet
	if c.load(&p) != nil {
		return 0
	}
	var total int64
	for _, suffix := range []string{eightUNet + ".onnx", eightUNet + ".bin", eightDecoder + ".onnx", eightDecoder + ".bin"} {
		if info, err := os.Stat(c.file(suffix)); err == nil {
			total += info.Size()
		}
	}
	return total
}

// store makes the graphs and keeps them, each file in one step.
func (c eightCache) store(ctx context.Context, r *runtime.Runtime, e *eightBitPlan) error {
	info := eightInfo{SHA256: map[string]string{}, Bytes: map[string]int64{}}
	for _, part := range []struct {
		name   string
		plan   eightBitPart
		ranges quantize.Ranges
	}{{eightUNet, e.unet, e.observer.unet}, {eightDecoder, e.decoder, e.observer.decoder}} {
		if part.plan.Plan == nil {
			continue
		}
		data, size, err := c.storePart(ctx, r, part.name, part.plan, part.ranges)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		info.SHA256[part.name], info.Bytes[part.name] = hex.EncodeToString(sum[:]), size
	}
	data, err := json.Marshal(info)
	if err != nil {
		return err
	}
	if err := files.Write(c.file(".json"), data, 0o600); err != nil {
		return err
	}
	return c.removeOlder()
}

// storePart makes a graph and keeps it.
func (c eightCache) storePart(ctx context.Context, r *runtime.Runtime, part string, plan eightBitPart, ranges quantize.Ranges) (data []byte, size int64, err error) {
	weights, err := files.Create(c.file(part+".bin"), 0o600)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, weights.Close()) }()
	buffered := bufio.NewWriterSize(weights, 1<<20)
	data, err = plan.Write(ctx, r, plan.located.dir, ranges, quantize.Destination{Writer: buffered, Name: filepath.Base(c.file(part + ".bin"))})
	if err != nil {
		return nil, 0, err
	}
	if err := buffered.Flush(); err != nil {
		return nil, 0, err
	}
	if size, err = weights.Keep(); err != nil {
		return nil, 0, err
	}
	return data, size, files.Write(c.file(part+".onnx"), data, 0o600)
}

// removeOlder removes what other versions of the program made of the model.
func (c eightCache) removeOlder() error {
	entries, err := os.ReadDir(c.dir)
	for _, e := range entries {
		older := strings.HasPrefix(e.Name(), c.model+"-") && !strings.HasPrefix(e.Name(), c.name()+".")
		if older || abandoned(e) {
			if failed := os.Remove(filepath.Join(c.dir, e.Name())); !errors.Is(failed, fs.ErrNotExist) {
				err = errors.Join(err, failed)
			}
		}
	}
	return err
}
