// Package runtime finds and loads ONNX Runtime and runs graphs on it.
//
// Start with [Load], which takes the shared library (libonnxruntime) into the
// process, then [Runtime.Open] a graph as a [Session] and [Session.Run] it on
// [Tensor] values. The package knows nothing about diffusion; what the graphs
// mean is package models' business.
//
// The library itself is not part of the program: fetch.sh beside this file
// (`make runtime`) downloads the pinned version.
package runtime

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// MinimumVersion is the oldest ONNX Runtime whose C interface (API 24) the
// program can use. PinnedVersion is the one that fetch.sh downloads and that
// everything is tested with.
const (
	MinimumVersion = "1.24"
	PinnedVersion  = "1.30.0"
)

// A Runtime is ONNX Runtime loaded into this process. It stays loaded until
// the process ends; there is nothing to close.
type Runtime struct {
	path    string
	version string
}

// process remembers the one library that a process can hold: the C library
// keeps its state in the process, so this variable only mirrors it.
var process struct {
	sync.Mutex
	loaded *Runtime
}

// Load loads ONNX Runtime once per process; later calls return the same
// Runtime.
//
// A path that is not empty names the library or the folder it lies in, and
// nothing else is tried. Otherwise Load looks beside the executable (., lib,
// ../lib, build/onnxruntime and ../build/onnxruntime) and then wherever the
// system's loader finds a libonnxruntime. When nothing fits the error says
// what was tried and what to run.
func Load(path string) (*Runtime, error) {
	process.Lock()
	defer process.Unlock()
	if process.loaded != nil {
		return process.loaded, nil
	}
	candidates, err := candidates(path)
	if err != nil {
		return nil, err
	}
	var tried []string
	for _, c := range candidates {
		r, err := load(c)
		if err == nil {
			process.loaded = r
			return r, nil
		}
		tried = append(tried, err.Error())
	}
	return nil, notLoaded(path, tried)
}

// load takes one library file (or a bare name for the system's loader).
func load(library string) (*Runtime, error) {
	// The loader waits for whoever writes to a named pipe, and hears no signal
	// meanwhile.
	if info, err := os.Stat(library); err == nil && filepath.IsAbs(library) && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", library)
	}
	// The wrapper asks for the loader's reason in a second call of C, and the
	// loader keeps it for each thread: on another one there is none.
	goruntime.LockOSThread()
	defer goruntime.UnlockOSThread()
	ort.SetSharedLibraryPath(library)
	// Errors are returned; a second copy of them on standard error would
	// only tear up the conversation that is shown there.
	err := ort.InitializeEnvironment(ort.WithLogLevelFatal())
	if err != nil {
		if strings.Contains(err.Error(), "setting ORT API base: 2") {
			return nil, tooOld(library)
		}
		return nil, fmt.Errorf("%s: %w", library, loaderReason(err))
	}
	if err := ort.DisableTelemetry(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: switch telemetry off: %w", library, err), ort.DestroyEnvironment())
	}
	return &Runtime{path: library, version: ort.GetVersion()}, nil
}

// Path is the library file, or its bare name when the system's loader found it.
func (r *Runtime) Path() string { return r.path }

// Version is the library's version, such as "1.30.0".
func (r *Runtime) Version() string { return r.version }

// loaderReason takes the wrapper's own prose off an error of the loader.
func loaderReason(err error) error {
	text := err.Error()
	if _, reason, ok := strings.Cut(text, "shared library \""); ok {
		if _, reason, ok := strings.Cut(reason, "\": "); ok {
			return errors.New(reason)
		}
	}
	return err
}

func tooOld(library string) error {
	version := libraryVersion(library)
	if version == "" {
		version = "an older version"
	}
	return fmt.Errorf("%s is ONNX Runtime %s, too old: this program needs %s or newer (tested with %s)",
		library, version, MinimumVersion, PinnedVersion)
}

func notLoaded(path string, tried []string) error {
	var b strings.Builder
	b.WriteString("ONNX Runtime could not be loaded")
	if path != "" {
		fmt.Fprintf(&b, " from %s", path)
	}
	b.WriteString(":\n")
	for _, t := range tried {
		fmt.Fprintf(&b, "  %s\n", t)
	}
	if len(tried) == 0 {
		fmt.Fprintf(&b, "  no %s was found beside the program or in the system\n", filepath.Base(libraryNames()[0]))
	}
	b.WriteString("Run `make runtime` to download it, or set PENTIMENTO_ONNXRUNTIME to the library or its folder.")
	return errors.New(b.String())
}
