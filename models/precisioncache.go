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
	"syscall"

	"pentimento/files"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// quantizers are the sources of what makes graphs in eight bits, or in half precision,
// of those that the makers make.
//
//go:embed eight.go half.go quantize/constants.go quantize/half.go quantize/integers.go quantize/observe.go
//go:embed quantize/processor.go quantize/quantize.go quantize/write.go
var quantizers embed.FS

// A precisionCache is the place of one model at another precision in the cache folder:
// a graph or two, each with a file of weights, and what says of what size they are.
type precisionCache struct {
	dir   string
	model string // names the model in single precision,
	maker string // and this what it is prepared by
}

// newPrecisionCache is the place of the model with a digest, computed in a way.
func newPrecisionCache(dir, digest string, p Precision, way ...any) (precisionCache, error) {
	maker := sha256.New()
	for _, sources := range []embed.FS{makers, quantizers} {
		if err := writeSources(maker, sources); err != nil {
			return precisionCache{}, fmt.Errorf("name the model at %s: %w", p, err)
		}
	}
	fmt.Fprintln(maker, way...)
	return precisionCache{dir: dir, model: digest[:20] + "-" + string(p), maker: shortHex(maker)}, nil
}

func (c precisionCache) name() string { return c.model + "-" + c.maker }

// The parts of a model that are kept.
const (
	lowUNet    = ".unet"
	lowDecoder = ".decoder"
)

// A lowInfo is what lies beside the graphs. It is written last: without it
// nothing is complete.
type lowInfo struct {
	// SHA256 has the graphs' sums, and Bytes the sizes of the weights, by part.
	SHA256 map[string]string
	Bytes  map[string]int64
}

// load puts the graphs in the place of those of p. The error is os.ErrNotExist
// when there are none.
func (c precisionCache) load(p *preparedUNet) error {
	data, err := files.ReadFile(c.file(".json"), maxConfigBytes)
	if err != nil {
		return err
	}
	var info lowInfo
	if err := json.Unmarshal(data, &info); err != nil {
		return fmt.Errorf("%s: %w", c.file(".json"), err)
	}
	unet, err := c.loadPart(info, lowUNet)
	if err != nil {
		return err
	}
	if info.SHA256[lowDecoder] != "" {
		decoder, err := c.loadPart(info, lowDecoder)
		if err != nil {
			return err
		}
		p.decoder = &decoder
	}
	p.graph, p.file = unet, c.file(lowUNet+".onnx")
	return nil
}

// loadPart reads a graph.
func (c precisionCache) loadPart(info lowInfo, part string) (g placed, err error) {
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

// fill makes the parts of p those at the cache's precision: the ones in the cache, or
// new ones, which it puts there. Another process that makes them is waited for.
func (c precisionCache) fill(ctx context.Context, p *preparedUNet, parts func() ([]lowPart, error)) (err error) {
	if c.load(p) == nil {
		return nil
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	unlock, err := files.Lock(ctx, c.file(".lock"))
	if err != nil {
		return fmt.Errorf("wait for another process that prepares the model: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if c.load(p) == nil {
		return nil
	}
	made, err := parts()
	if err != nil {
		return err
	}
	if err := c.store(made); err != nil {
		return explainDisk(err, c.dir)
	}
	return c.load(p)
}

// explainDisk says what to do about a disk without room.
func explainDisk(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk of %s has no room for the weights at this precision: make some, or name another folder with --cache: %w", dir, err)
	}
	return err
}

// file is a file of the cache.
func (c precisionCache) file(suffix string) string { return filepath.Join(c.dir, c.name()+suffix) }

// bytes is the size of what is kept; 0 where it is not whole.
func (c precisionCache) bytes() int64 {
	var p preparedUNet
	if c.load(&p) != nil {
		return 0
	}
	var total int64
	for _, suffix := range []string{lowUNet + ".onnx", lowUNet + ".bin", lowDecoder + ".onnx", lowDecoder + ".bin"} {
		if info, err := os.Stat(c.file(suffix)); err == nil {
			total += info.Size()
		}
	}
	return total
}

// A lowPart is a part of a model at another precision, and what writes it: its weights
// to a file, and the graph that is returned.
type lowPart struct {
	name  string
	write func(to quantize.Destination) ([]byte, error)
}

// store makes the graphs and keeps them, each file in one step.
func (c precisionCache) store(parts []lowPart) error {
	info := lowInfo{SHA256: map[string]string{}, Bytes: map[string]int64{}}
	for _, part := range parts {
		data, size, err := c.storePart(part)
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
func (c precisionCache) storePart(part lowPart) (data []byte, size int64, err error) {
	weights, err := files.Create(c.file(part.name+".bin"), 0o600)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, weights.Close()) }()
	buffered := bufio.NewWriterSize(weights, 1<<20)
	if data, err = part.write(quantize.Destination{Writer: buffered, Name: filepath.Base(c.file(part.name + ".bin"))}); err != nil {
		return nil, 0, err
	}
	if err := buffered.Flush(); err != nil {
		return nil, 0, err
	}
	if size, err = weights.Keep(); err != nil {
		return nil, 0, err
	}
	return data, size, files.Write(c.file(part.name+".onnx"), data, 0o600)
}

// removeOlder removes what other versions of the program made of the model.
func (c precisionCache) removeOlder() error {
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
