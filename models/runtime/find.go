package runtime

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
)

// candidates lists the library files to try, best first.
func candidates(path string) ([]string, error) {
	if path != "" {
		return named(path)
	}
	var files []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dir := filepath.Dir(exe)
		for _, sub := range []string{".", "lib", "../lib", "build/onnxruntime", "../build/onnxruntime"} {
			found, err := inFolder(filepath.Join(dir, sub))
			if err != nil {
				continue
			}
			files = append(files, found...)
		}
	}
	// Bare names: the system's loader searches its own places.
	return append(files, systemNames()...), nil
}

// named resolves a path that the user gave: a library file or its folder.
func named(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, notLoaded(path, []string{"there is no such file or folder"})
		}
		return nil, notLoaded(path, []string{err.Error()})
	}
	if !info.IsDir() {
		return absolute([]string{path})
	}
	files, err := inFolder(path)
	if err != nil {
		return nil, notLoaded(path, []string{err.Error()})
	}
	if len(files) == 0 {
		return nil, notLoaded(path, []string{fmt.Sprintf("the folder holds no %s", libraryNames()[0])})
	}
	return files, nil
}

// inFolder lists the runtime libraries in a folder, the plainest name first.
func inFolder(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, pattern := range libraryNames() {
		for _, e := range entries {
			if ok, err := filepath.Match(pattern, e.Name()); err != nil || !ok || e.IsDir() {
				continue
			}
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return absolute(files)
}

// absolute makes the paths absolute: the loader would look a relative name
// without a slash up in the system's places instead.
func absolute(files []string) ([]string, error) {
	for i, f := range files {
		full, err := filepath.Abs(f)
		if err != nil {
			return nil, fmt.Errorf("find the ONNX Runtime library %s: %w", f, err)
		}
		files[i] = full
	}
	return files, nil
}

// libraryNames are the patterns of the library's file name on this system.
func libraryNames() []string {
	switch goruntime.GOOS {
	case "windows":
		return []string{"onnxruntime.dll"}
	case "darwin":
		return []string{"libonnxruntime.dylib", "libonnxruntime.[0-9]*.dylib"}
	default:
		return []string{"libonnxruntime.so.1", "libonnxruntime.so", "libonnxruntime.so.1.[0-9]*"}
	}
}

// systemNames are what the system's loader is asked for.
func systemNames() []string {
	return slices.DeleteFunc(libraryNames(), func(name string) bool { return strings.ContainsAny(name, "[*") })
}

// libraryVersion reads the version of an ONNX Runtime library that could not
// be loaded from its symbol versions (VERS_1.23.2); "" when it can't tell.
func libraryVersion(library string) string {
	f, err := elf.Open(library)
	if err != nil {
		return ""
	}
	defer f.Close()
	versions, err := f.DynamicVersions()
	if err != nil {
		return ""
	}
	for _, v := range versions {
		if version, ok := strings.CutPrefix(v.Name, "VERS_"); ok {
			return version
		}
	}
	return ""
}
