// Package boltfiletest damages files for tests. Start at [Damages].
package boltfiletest

import (
	"math/rand/v2"
	"os"
)

// A Damage changes the bytes of a file, which are its own, in a way that r says.
type Damage func(r *rand.Rand, data []byte) []byte

// Damages are what may happen to a file, each under its name.
func Damages() map[string]Damage {
	return map[string]Damage{
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
