package models

import (
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

// makers are the sources of what makes prepared UNets: this package's choice of
// options, what is known of graphs that are written here, and the packages that
// rewrite graphs. A prepared UNet is kept under
// their digest, so that another version of the program never takes it for its
// own, and nobody has to remember a number.
//
// The files are named one by one because a pattern would take the tests along,
// and each edit of a test would throw away what users have prepared.
// TestMakersAreTheSources compares the names with the folders.
//
//go:embed rewrite.go build/layout.go element/element.go
//go:embed graph/analysis.go graph/attention.go graph/build.go graph/conditions.go graph/control.go
//go:embed graph/graph.go graph/info.go graph/noise.go graph/parse.go graph/probe.go
//go:embed graph/rewrite.go graph/taint.go graph/types.go graph/unfuse.go graph/unseen.go graph/validate.go
//go:embed graph/weights.go graph/wire.go graph/onnxpb/generate.go graph/onnxpb/make.go
//go:embed graph/onnxpb/onnx.pb.go
var makers embed.FS

// A preparedCache is the place of one prepared UNet in the cache folder.
type preparedCache struct {
	dir   string
	unet  string // names what is prepared,
	maker string // and this the code that prepares it
}

// preparedCache names everything that a prepared UNet depends on.
func (in *inspection) preparedCache(dir string) (preparedCache, error) {
	maker := sha256.New()
	if err := writeSources(maker, makers); err != nil {
		return preparedCache{}, fmt.Errorf("name the prepared UNet: %w", err)
	}
	unet := sha256.New()
	s := in.spec
	if s.Resizable {
		s.LatentHeight, s.LatentWidth = 0, 0
	}
	fmt.Fprintln(unet, in.unet.sum, s.LatentChannels, s.LatentHeight, s.LatentWidth, s.ContextLength, s.TextWidth, s.SelfLevel)
	return preparedCache{dir: dir, unet: shortHex(unet), maker: shortHex(maker)}, nil
}

// writeSources adds sources to a sum.
func writeSources(sum hash.Hash, sources embed.FS) error {
	return fs.WalkDir(sources, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		source, err := sources.ReadFile(name)
		sum.Write(source)
		return err
	})
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
	// Fixed: the UNet says that it takes any size, and does not.
	Fixed bool
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
	return &preparedUNet{graph: placed{Graph: runtime.Graph{Path: c.graphFile()}}, controlled: info.Controlled, fixed: info.Fixed, file: c.graphFile()}, nil
}

// store keeps a prepared UNet, each of its files in one step.
func (c preparedCache) store(p *preparedUNet) error {
	if c.dir == "" {
		return nil
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	info, err := json.Marshal(preparedInfo{Bytes: int64(len(p.graph.Data)), Controlled: p.controlled, Fixed: p.fixed})
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
