package boltfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt goes on from the older of its two meta records when the newer one is
// damaged. All of the file is then as it was one transaction before, and well
// formed: nothing but the damaged record says that something is missing
// (decision 56).
var (
	// ErrLastChange says that the last change is missing from a file.
	ErrLastChange = errors.New("the last change is missing: the newer of the file's two headers is damaged")
	// ErrPerhapsLastChange says that it may be: it cannot be known.
	ErrPerhapsLastChange = errors.New("the last change may be missing: one of the file's two headers is damaged")
)

// Of a meta record.
const (
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	metaSize    = 64
)

// A meta is what counts of a meta record.
type meta struct {
	pageSize, root, freelist, pages, transaction uint64
}

// readMeta returns the meta record that bbolt will use, and whether the last
// change is missing from what it leads to.
func readMeta(file io.ReaderAt, pageSize int64) (m meta, missing, err error) {
	var valid []meta
	var broken []byte
	for page := range int64(2) {
		record := make([]byte, metaSize)
		if _, err := file.ReadAt(record, page*pageSize+pageHeaderSize); err != nil {
			return meta{}, nil, fmt.Errorf("read page %d: %w", page, err)
		}
		one, ok := parseMeta(record)
		if !ok {
			broken = record
			continue
		}
		if one.pageSize != uint64(pageSize) {
			return meta{}, nil, Damaged("pages of %d and of %d bytes", pageSize, one.pageSize)
		}
		valid = append(valid, one)
	}
	switch {
	case len(valid) == 0:
		return meta{}, nil, Damaged("no valid meta page")
	case len(valid) == 1:
		return valid[0], missingAfter(valid[0], broken), nil
	case valid[1].transaction > valid[0].transaction:
		return valid[1], nil, nil
	}
	return valid[0], nil, nil
}

// parseMeta reads a meta record, if it is valid.
func parseMeta(record []byte) (m meta, valid bool) {
	number := binary.NativeEndian
	if number.Uint32(record) != metaMagic || number.Uint32(record[4:]) != metaVersion || number.Uint64(record[metaSize-8:]) != metaChecksum(record) {
		return meta{}, false
	}
	return meta{
		pageSize:    uint64(number.Uint32(record[8:])),
		root:        number.Uint64(record[16:]),
		freelist:    number.Uint64(record[32:]),
		pages:       number.Uint64(record[40:]),
		transaction: number.Uint64(record[48:]),
	}, true
}

// metaChecksum is the FNV-1a of a meta record without its checksum.
func metaChecksum(record []byte) uint64 {
	sum := fnv.New64a()
	_, _ = sum.Write(record[:metaSize-8]) // never fails
	return sum.Sum64()
}

// missingAfter says whether the broken record was that of the change after m.
func missingAfter(m meta, broken []byte) error {
	was, known := mend(broken)
	switch {
	case !known:
		return ErrPerhapsLastChange
	case was.transaction > m.transaction:
		return ErrLastChange
	}
	return nil
}

// mend reads a meta record that one wrong byte makes invalid. There is one way
// at most to change a byte so that a checksum of 64 bits is right.
func mend(broken []byte) (m meta, known bool) {
	record := bytes.Clone(broken)
	for i, wrong := range broken {
		for value := range 256 {
			record[i] = byte(value)
			if m, valid := parseMeta(record); valid {
				return m, true
			}
		}
		record[i] = wrong
	}
	return meta{}, false
}
