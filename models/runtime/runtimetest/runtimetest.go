// Package runtimetest gives tests the ONNX Runtime library that `make
// runtime` downloaded.
package runtimetest

import (
	"os"
	"path/filepath"
	"testing"

	"pentimento/models/runtime"
)

// Load loads ONNX Runtime from PENTIMENTO_ONNXRUNTIME or, without it, from
// build/onnxruntime at the root of the module. The test fails without a
// library: it has nothing to test then.
func Load(t testing.TB) *runtime.Runtime {
	t.Helper()
	path := os.Getenv("PENTIMENTO_ONNXRUNTIME")
	if path == "" {
		path = filepath.Join(moduleRoot(t), "build", "onnxruntime")
	}
	r, err := runtime.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// moduleRoot is the nearest folder above the test's that holds a go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}
