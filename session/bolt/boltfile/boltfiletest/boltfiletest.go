// Package boltfiletest damages files for tests. Start at [Copies].
package boltfiletest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"
)

// Dir is a folder in memory, where the system has one: a test that changes files
// thousands of times need not wait for a disk as often.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "pentimento-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Copies are, under the name of each thing that may happen to a file, damaged copies
// of its bytes, one a call: the same for the same seed.
func Copies(whole []byte, seed uint64) map[string]func() []byte {
	copies := map[string]func() []byte{}
	for name, damage := range damages() {
		r := rand.New(rand.NewPCG(seed, uint64(len(name))))
		copies[name] = func() []byte { return damage(r, bytes.Clone(whole)) }
	}
	return copies
}

// damages are what may happen to a file: they change its bytes in a way that r says.
func damages() map[string]func(r *rand.Rand, data []byte) []byte {
	return map[string]func(r *rand.Rand, data []byte) []byte{
		"a flipped bit": func(r *rand.Rand, data []byte) []byte {
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			return data
		},
		"a flipped bit near the beginning of a page": func(r *rand.Rand, data []byte) []byte {
			data[inPage(r, data)] ^= 1 << r.IntN(8)
			return data
		},
		"a few wrong bytes": func(r *rand.Rand, data []byte) []byte {
			for range 1 + r.IntN(4) {
				data[inPage(r, data)] = byte(r.IntN(256))
			}
			return data
		},
		"a flipped bit of a header": func(r *rand.Rand, data []byte) []byte {
			data[r.IntN(2)*os.Getpagesize()+r.IntN(80)] ^= 1 << r.IntN(8)
			return data
		},
		"cut short": func(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data))] },
		"a zeroed page": func(r *rand.Rand, data []byte) []byte {
			page := r.IntN(len(data) / os.Getpagesize())
			clear(data[page*os.Getpagesize() : (page+1)*os.Getpagesize()])
			return data
		},
	}
}

// inPage is a place in a page, mostly in its header and elements.
func inPage(r *rand.Rand, data []byte) int {
	page := r.IntN(len(data) / os.Getpagesize())
	return page*os.Getpagesize() + r.IntN(1+r.IntN(os.Getpagesize()))
}
