package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/bits"
	"os"

	"pentimento/session"
)

// This file checks the structure of a bbolt file without bbolt, which trusts
// what it maps: a page that points to itself has it recurse until the process
// dies, which nothing can catch, and a wrong free page has it write over live
// ones. bbolt's own check, Tx.Check, dies of such a file too (decision 52). The
// file is read here and never written.
//
// A bbolt file is an array of pages. Pages 0 and 1 hold alternating meta
// records, of which the valid one with the higher transaction counts: it names
// the root of a tree of buckets, the list of free pages, and how many pages
// are in use. A page begins with its number, its kind, the count of its
// elements, and how many pages follow that belong to it. Branch elements point
// to child pages, leaf elements are key and value; a value may be a bucket,
// which is the number of its own root page or, if that is 0, a small leaf page
// in place. Numbers are in the machine's byte order: bbolt writes its memory.

// Limits of a file that this program wrote.
const (
	maxPageRun    = 8 << 20 // bytes of one tree page with what follows it
	maxTreeDepth  = 32      // pages from a bucket's root to its leaves
	maxBucketNest = 4       // root, sessions, user, place
)

// Sizes and kinds in a bbolt file.
const (
	metaMagic         = 0xED0CDAED
	metaVersion       = 2
	metaSize          = 64
	pageHeaderSize    = 16
	branchElementSize = 16
	leafElementSize   = 16
	bucketHeaderSize  = 16
	branchPage        = 0x01
	leafPage          = 0x02
	freelistPage      = 0x10
	bucketElement     = 0x01
	noFreelist        = ^uint64(0)
)

// checkStructure makes sure that path holds a well-formed bbolt file. A shared
// lock keeps writers away meanwhile. The error is session.ErrCorrupt or
// session.ErrInUse.
func checkStructure(path string) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is not a regular file", session.ErrCorrupt)
	}
	if info.Size() == 0 { // which bbolt would make a store of
		return fmt.Errorf("%w: it is empty", session.ErrCorrupt)
	}
	db, err := openBolt(path, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return checkPages(db.handle, info.Size(), db.Info().PageSize)
}

// A fileCheck walks the pages that a meta record leads to.
type fileCheck struct {
	file     io.ReaderAt
	pageSize int64
	pages    uint64 // in use or free; no page has this number or a higher one
	seen     []bool // by page
}

// A meta is what counts of a meta record.
type meta struct {
	pageSize, root, freelist, pages, transaction uint64
}

// checkPages checks the file of that size against all that bbolt takes for
// granted. A page is visited once at most, so that the work is bounded by the
// size of the file.
func checkPages(file io.ReaderAt, size int64, pageSize int) error {
	if pageSize < 1<<9 || pageSize > 1<<16 || bits.OnesCount(uint(pageSize)) != 1 {
		return damaged("pages of %d bytes", pageSize)
	}
	m, err := readMeta(file, int64(pageSize))
	if err != nil {
		return err
	}
	if m.pages < 2 || m.pages > uint64(size)/uint64(pageSize) {
		return damaged("%d pages in %d bytes: the file was cut short", m.pages, size)
	}
	c := &fileCheck{file: file, pageSize: int64(pageSize), pages: m.pages, seen: make([]bool, m.pages)}
	if err := c.visit(0, 2); err != nil {
		return err
	}
	if err := c.tree(m.root, maxTreeDepth, maxBucketNest, nil, nil); err != nil {
		return err
	}
	if m.freelist == noFreelist {
		return nil
	}
	free, err := c.freelist(m.freelist)
	if err != nil {
		return err
	}
	for _, page := range free {
		if err := c.visit(page, 1); err != nil {
			return err
		}
	}
	return nil
}

// readMeta returns the meta record that bbolt will use.
func readMeta(file io.ReaderAt, pageSize int64) (meta, error) {
	var best meta
	found := false
	for page := range int64(2) {
		b := make([]byte, metaSize)
		if _, err := file.ReadAt(b, page*pageSize+pageHeaderSize); err != nil {
			return meta{}, fmt.Errorf("read page %d: %w", page, err)
		}
		if binary.NativeEndian.Uint32(b) != metaMagic || binary.NativeEndian.Uint32(b[4:]) != metaVersion ||
			binary.NativeEndian.Uint64(b[metaSize-8:]) != metaChecksum(b) {
			continue
		}
		m := meta{
			pageSize:    uint64(binary.NativeEndian.Uint32(b[8:])),
			root:        binary.NativeEndian.Uint64(b[16:]),
			freelist:    binary.NativeEndian.Uint64(b[32:]),
			pages:       binary.NativeEndian.Uint64(b[40:]),
			transaction: binary.NativeEndian.Uint64(b[48:]),
		}
		if m.pageSize != uint64(pageSize) {
			return meta{}, damaged("pages of %d and of %d bytes", pageSize, m.pageSize)
		}
		if !found || m.transaction > best.transaction {
			best, found = m, true
		}
	}
	if !found {
		return meta{}, damaged("no valid meta page")
	}
	return best, nil
}

// metaChecksum is the FNV-1a of a meta record without its checksum.
func metaChecksum(record []byte) uint64 {
	sum := fnv.New64a()
	_, _ = sum.Write(record[:metaSize-8]) // never fails
	return sum.Sum64()
}

// visit marks n pages from id on, each of which must be new.
func (c *fileCheck) visit(id, n uint64) error {
	if n > c.pages || id > c.pages-n {
		return damaged("page %d of %d", id, c.pages)
	}
	for p := id; p < id+n; p++ {
		if c.seen[p] {
			return damaged("page %d is used twice", p)
		}
		c.seen[p] = true
	}
	return nil
}

// A page is a page with the ones that belong to it, without its header.
type page struct {
	kind  uint16
	count int
	body  []byte
}

// header reads a page's header and visits its pages.
func (c *fileCheck) header(id uint64) (p page, size int64, err error) {
	b := make([]byte, pageHeaderSize)
	if id >= c.pages {
		return p, 0, damaged("page %d of %d", id, c.pages)
	}
	if _, err := c.file.ReadAt(b, int64(id)*c.pageSize); err != nil {
		return p, 0, fmt.Errorf("read page %d: %w", id, err)
	}
	if self := binary.NativeEndian.Uint64(b); self != id {
		return p, 0, damaged("page %d calls itself %d", id, self)
	}
	n := uint64(binary.NativeEndian.Uint32(b[12:])) + 1
	if err := c.visit(id, n); err != nil {
		return p, 0, err
	}
	p = page{kind: binary.NativeEndian.Uint16(b[8:]), count: int(binary.NativeEndian.Uint16(b[10:]))}
	return p, int64(n)*c.pageSize - pageHeaderSize, nil
}

// tree checks the page and what is below it: at most depth pages deep, with
// nest more levels of buckets, and with keys from low on and before high. A
// nil bound is none.
func (c *fileCheck) tree(id uint64, depth, nest int, low, high []byte) error {
	if depth == 0 {
		return damaged("a tree of more than %d levels", maxTreeDepth)
	}
	p, size, err := c.header(id)
	if err != nil {
		return err
	}
	if size > maxPageRun {
		return damaged("page %d has %d bytes", id, size)
	}
	p.body = make([]byte, size)
	if _, err := c.file.ReadAt(p.body, int64(id)*c.pageSize+pageHeaderSize); err != nil {
		return fmt.Errorf("read page %d: %w", id, err)
	}
	switch p.kind {
	case branchPage:
		return c.branch(p, depth, nest, low, high)
	case leafPage:
		return c.leaf(p, nest, low, high)
	}
	return damaged("page %d is of kind %#x in a tree", id, p.kind)
}

// branch checks the children of a branch page.
func (c *fileCheck) branch(p page, depth, nest int, low, high []byte) error {
	if p.count == 0 {
		return damaged("a branch without children")
	}
	keys := make([][]byte, p.count)
	for i := range keys {
		element, err := p.element(i, branchElementSize)
		if err != nil {
			return err
		}
		pos, keySize := binary.NativeEndian.Uint32(element), binary.NativeEndian.Uint32(element[4:])
		if keys[i], err = p.bytes(i*branchElementSize, pos, keySize); err != nil {
			return err
		}
	}
	if err := ordered(keys, low, high); err != nil {
		return err
	}
	for i, key := range keys {
		end := high
		if i+1 < len(keys) {
			end = keys[i+1]
		}
		child := binary.NativeEndian.Uint64(p.body[i*branchElementSize+8:])
		if err := c.tree(child, depth-1, nest, key, end); err != nil {
			return err
		}
	}
	return nil
}

// leaf checks the keys and values of a leaf page.
func (c *fileCheck) leaf(p page, nest int, low, high []byte) error {
	keys := make([][]byte, p.count)
	for i := range keys {
		element, err := p.element(i, leafElementSize)
		if err != nil {
			return err
		}
		flags, pos := binary.NativeEndian.Uint32(element), binary.NativeEndian.Uint32(element[4:])
		keySize, valueSize := binary.NativeEndian.Uint32(element[8:]), binary.NativeEndian.Uint32(element[12:])
		if keys[i], err = p.bytes(i*leafElementSize, pos, keySize); err != nil {
			return err
		}
		if uint64(pos)+uint64(keySize) > uint64(len(p.body)) {
			return damaged("a value outside its page")
		}
		value, err := p.bytes(i*leafElementSize, pos+keySize, valueSize)
		if err != nil {
			return err
		}
		switch flags {
		case 0:
		case bucketElement:
			if err := c.bucket(value, nest-1); err != nil {
				return err
			}
		default:
			return damaged("an element with flags %#x", flags)
		}
	}
	return ordered(keys, low, high)
}

// bucket checks the value of a bucket, which is in place or has its own pages.
func (c *fileCheck) bucket(value []byte, nest int) error {
	if nest == 0 {
		return damaged("buckets in buckets more than %d deep", maxBucketNest)
	}
	if len(value) < bucketHeaderSize {
		return damaged("a bucket of %d bytes", len(value))
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return c.tree(root, maxTreeDepth, nest, nil, nil)
	}
	value = value[bucketHeaderSize:]
	if len(value) < pageHeaderSize {
		return damaged("a bucket in place of %d bytes", len(value))
	}
	p := page{
		kind:  binary.NativeEndian.Uint16(value[8:]),
		count: int(binary.NativeEndian.Uint16(value[10:])),
		body:  value[pageHeaderSize:],
	}
	if p.kind != leafPage {
		return damaged("a bucket in place of kind %#x", p.kind)
	}
	return c.leaf(p, 1, nil, nil) // it holds no buckets itself
}

// element returns the i-th element of a page.
func (p page) element(i, size int) ([]byte, error) {
	if (i+1)*size > len(p.body) {
		return nil, damaged("an element outside its page")
	}
	return p.body[i*size : (i+1)*size], nil
}

// bytes returns size bytes that begin pos after the element at offset.
func (p page) bytes(offset int, pos, size uint32) ([]byte, error) {
	start := uint64(offset) + uint64(pos)
	if start+uint64(size) > uint64(len(p.body)) || start < uint64(p.count)*leafElementSize {
		return nil, damaged("bytes outside their page")
	}
	return p.body[start : start+uint64(size)], nil
}

// ordered reports whether keys are not empty, rise, and lie in [low, high).
func ordered(keys [][]byte, low, high []byte) error {
	for i, key := range keys {
		switch {
		case len(key) == 0:
			return damaged("an empty key")
		case i > 0 && bytes.Compare(keys[i-1], key) >= 0, i == 0 && low != nil && bytes.Compare(key, low) < 0,
			high != nil && bytes.Compare(key, high) >= 0:
			return damaged("keys out of order")
		}
	}
	return nil
}

// freelist returns the pages that the list at id calls free.
func (c *fileCheck) freelist(id uint64) ([]uint64, error) {
	p, size, err := c.header(id)
	if err != nil {
		return nil, err
	}
	if p.kind != freelistPage {
		return nil, damaged("page %d of kind %#x lists the free pages", id, p.kind)
	}
	list := io.NewSectionReader(c.file, int64(id)*c.pageSize+pageHeaderSize, size)
	count := uint64(p.count)
	if p.count == 0xffff { // the count stands before the list
		if err := binary.Read(list, binary.NativeEndian, &count); err != nil {
			return nil, fmt.Errorf("read page %d: %w", id, err)
		}
		size -= 8
	}
	if count > c.pages || count > uint64(size)/8 {
		return nil, damaged("%d free pages of %d", count, c.pages)
	}
	free := make([]uint64, count)
	if err := binary.Read(list, binary.NativeEndian, free); err != nil {
		return nil, fmt.Errorf("read page %d: %w", id, err)
	}
	return free, nil
}

// damaged is session.ErrCorrupt with what is wrong.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{session.ErrCorrupt}, args...)...)
}
