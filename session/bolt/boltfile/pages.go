package boltfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"

	"pentimento/files"
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
// in place. bbolt writes keys and values without a gap behind the elements, so
// that an element which is missing shows. Numbers are in the machine's byte
// order: bbolt writes its memory.

// Limits of a file that this program wrote.
const (
	maxPageRun    = 8 << 20 // bytes of one tree page with what follows it
	maxTreeDepth  = 32      // pages from a bucket's root to its leaves
	maxBucketNest = 4       // root, sessions, user, place
	minPageSize   = 1 << 9
	maxPageSize   = 1 << 16
)

// checkFile makes sure that path holds a well-formed bbolt file, and says
// whether its last change is missing. A shared lock keeps writers away
// meanwhile.
func checkFile(path string) (missing, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, Damaged("it is not a regular file")
	}
	if info.Size() == 0 { // which bbolt would make a store of
		return nil, Damaged("it is empty")
	}
	if _, err := files.ReadFile(path, 1<<20); errors.Is(err, files.ErrPointer) {
		return nil, Damaged("it %v", files.ErrPointer)
	}
	f, err := openBolt(path, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return checkPages(f.handle, info.Size(), f.Info().PageSize)
}

// A fileCheck walks the pages that a meta record leads to.
type fileCheck struct {
	file     io.ReaderAt
	pageSize int64
	pages    uint64 // in use or free; no page has this number or a higher one
	seen     []bool // by page
}

// checkPages checks the file of that size against all that bbolt takes for
// granted. A page is visited once at most, so that the work is bounded by the
// size of the file.
func checkPages(file io.ReaderAt, size int64, pageSize int) (missing, err error) {
	if pageSize < minPageSize || pageSize > maxPageSize || bits.OnesCount(uint(pageSize)) != 1 {
		return nil, Damaged("pages of %d bytes", pageSize)
	}
	m, missing, err := readMeta(file, int64(pageSize))
	if err != nil {
		return nil, err
	}
	if m.pages < 2 || m.pages > uint64(size)/uint64(pageSize) {
		return nil, Damaged("%d pages in %d bytes: the file was cut short", m.pages, size)
	}
	return missing, walkPages(file, int64(pageSize), m)
}

// walkPages checks the pages that a meta record leads to.
func walkPages(file io.ReaderAt, pageSize int64, m meta) error {
	c := &fileCheck{file: file, pageSize: pageSize, pages: m.pages, seen: make([]bool, m.pages)}
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

// visit marks n pages from id on, each of which must be new.
func (c *fileCheck) visit(id, n uint64) error {
	if n > c.pages || id > c.pages-n {
		return Damaged("page %d of %d", id, c.pages)
	}
	for p := id; p < id+n; p++ {
		if c.seen[p] {
			return Damaged("page %d is used twice", p)
		}
		c.seen[p] = true
	}
	return nil
}

// header reads a page's header and visits its pages.
func (c *fileCheck) header(id uint64) (p page, size int64, err error) {
	b := make([]byte, pageHeaderSize)
	if id >= c.pages {
		return p, 0, Damaged("page %d of %d", id, c.pages)
	}
	if _, err := c.file.ReadAt(b, int64(id)*c.pageSize); err != nil {
		return p, 0, fmt.Errorf("read page %d: %w", id, err)
	}
	if self := binary.NativeEndian.Uint64(b); self != id {
		return p, 0, Damaged("page %d calls itself %d", id, self)
	}
	n := uint64(binary.NativeEndian.Uint32(b[12:])) + 1
	if err := c.visit(id, n); err != nil {
		return p, 0, err
	}
	p = page{id: id, kind: binary.NativeEndian.Uint16(b[8:]), count: int(binary.NativeEndian.Uint16(b[10:]))}
	return p, int64(n)*c.pageSize - pageHeaderSize, nil
}

// tree checks the page and what is below it: at most depth pages deep, with
// nest more levels of buckets, and with keys from low on and before high. A
// nil bound is none.
func (c *fileCheck) tree(id uint64, depth, nest int, low, high []byte) error {
	if depth == 0 {
		return Damaged("a tree of more than %d levels", maxTreeDepth)
	}
	p, size, err := c.header(id)
	if err != nil {
		return err
	}
	if size > maxPageRun {
		return Damaged("page %d has %d bytes", id, size)
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
	return Damaged("page %d is of kind %#x in a tree", id, p.kind)
}

// branch checks the children of a branch page.
func (c *fileCheck) branch(p page, depth, nest int, low, high []byte) error {
	children, err := p.children()
	if err == nil && len(children) == 0 {
		err = Damaged("a branch without children")
	}
	if err != nil {
		return p.wrap(err)
	}
	keys := make([][]byte, len(children))
	for i, child := range children {
		keys[i] = child.key
	}
	if err := ordered(keys, low, high); err != nil {
		return p.wrap(err)
	}
	for i, child := range children {
		end := high
		if i+1 < len(keys) {
			end = keys[i+1]
		}
		if err := c.tree(child.page, depth-1, nest, child.key, end); err != nil {
			return err
		}
	}
	return nil
}

// leaf checks the keys and values of a leaf page.
func (c *fileCheck) leaf(p page, nest int, low, high []byte) error {
	entries, err := p.entries()
	if err != nil {
		return p.wrap(err)
	}
	keys := make([][]byte, len(entries))
	for i, e := range entries {
		if keys[i] = e.key; !e.bucket {
			continue
		}
		if err := c.bucket(p.id, e.value, nest-1); err != nil {
			return err
		}
	}
	return p.wrap(ordered(keys, low, high))
}

// bucket checks the value of a bucket in page id, which is in place or has its
// own pages.
func (c *fileCheck) bucket(id uint64, value []byte, nest int) error {
	if nest == 0 {
		return Damaged("buckets in buckets more than %d deep", maxBucketNest)
	}
	root, inPlace, err := parseBucket(id, value)
	if err != nil {
		return err
	}
	if root != 0 {
		return c.tree(root, maxTreeDepth, nest, nil, nil)
	}
	return c.leaf(inPlace, 1, nil, nil) // it holds no buckets itself
}

// ordered reports whether keys are not empty, rise, and lie in [low, high).
func ordered(keys [][]byte, low, high []byte) error {
	for i, key := range keys {
		switch {
		case len(key) == 0:
			return Damaged("an empty key")
		case i > 0 && bytes.Compare(keys[i-1], key) >= 0, i == 0 && low != nil && bytes.Compare(key, low) < 0,
			high != nil && bytes.Compare(key, high) >= 0:
			return Damaged("keys out of order")
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
		return nil, Damaged("page %d of kind %#x lists the free pages", id, p.kind)
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
		return nil, Damaged("%d free pages of %d", count, c.pages)
	}
	free := make([]uint64, count)
	if err := binary.Read(list, binary.NativeEndian, free); err != nil {
		return nil, fmt.Errorf("read page %d: %w", id, err)
	}
	return free, nil
}
