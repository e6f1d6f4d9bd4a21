package session

import (
	"crypto/rand"
	"encoding/binary"
)

// NewIdentity returns the identity of a new turn: 64 random bits that are not all
// zero.
func NewIdentity() uint64 {
	for {
		var random [8]byte
		_, _ = rand.Read(random[:]) // it never fails
		if id := binary.LittleEndian.Uint64(random[:]); id != 0 {
			return id
		}
	}
}
