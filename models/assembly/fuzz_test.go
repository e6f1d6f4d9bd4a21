package assembly_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pentimento/models/assembly"
	"pentimento/tests/parity"
)

// Whatever a file says of itself, opening it neither panics nor takes memory for
// what is not there.
func FuzzOpen(f *testing.F) {
	whole := headerOf(f, parity.Checkpoint(f, parity.SD1, parity.F16))
	f.Add(whole, int64(1<<24))
	f.Add(strings.Replace(whole, "[32,4,3,3]", "[4,32,3,3]", 1), int64(1<<24))
	f.Add(strings.ReplaceAll(whole, `"F16"`, `"F8_E4M3"`), int64(1<<23))
	f.Add(headerOf(f, parity.File(f, "lora", "sd1_kohya", parity.F16)), int64(1<<16))
	f.Add(`{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}`, int64(64))
	path := filepath.Join(f.TempDir(), "model.safetensors")
	f.Fuzz(func(t *testing.T, header string, data int64) {
		file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
		size := int64(len(file)) + min(max(data, 0), 1<<26)
		if err := errors.Join(os.WriteFile(path, file, 0o600), os.Truncate(path, size)); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := assembly.Open(assembly.Source{Path: path})
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 64<<20+100*uint64(len(file)) {
			t.Errorf("a header of %d bytes takes %d: %v", len(header), taken, err)
		}
	})
}

// headerOf is the header of a file, as JSON.
func headerOf(t testing.TB, path string) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var length uint64
	if err := binary.Read(file, binary.LittleEndian, &length); err != nil {
		t.Fatal(err)
	}
	header, err := io.ReadAll(io.LimitReader(file, int64(length)))
	if err != nil {
		t.Fatal(err)
	}
	return string(header)
}
