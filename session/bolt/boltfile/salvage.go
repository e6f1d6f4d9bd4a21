package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// A Found is what a bucket of a damaged file still has.
type Found struct {
	// Path are the names that lead to the bucket, from the outermost on. Of a
	// bucket that nothing leads to any more it has the last ones, or none.
	Path []string
	// Values are those that can be read, by key. What is wrong inside of one,
	// nobody knows but who wrote it.
	Values map[string][]byte
}

// Salvage calls visit with all that can be read of a file, however damaged the
// rest is, and returns a line for everything that is wrong with it. A bucket may
// come in pieces. The file is not changed. The error is [ErrInUse], a
// [*DamageError] if nothing can be read, one of the file system, or that of
// visit.
func Salvage(path string, visit func(Found) error) (lost []string, err error) {
	// While a process has the file open, it is no damage that parts do not fit.
	locked, err := openBolt(path, true)
	switch {
	case err == nil:
		defer func() { err = errors.Join(err, locked.Close()) }()
	case !IsDamage(err):
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	m, missing, err := anyMeta(file)
	if err != nil {
		return nil, err
	}
	s := &salvage{visit: visit, check: fileCheck{file: file, pageSize: int64(m.pageSize)}}
	if missing != nil {
		s.lose(missing)
	}
	s.check.pages = uint64(info.Size()) / m.pageSize
	if s.check.pages < m.pages {
		s.lose(Damaged("the file was cut short: %d of its %d pages are left", s.check.pages, m.pages))
	} else {
		s.check.pages = m.pages
	}
	s.check.seen = make([]bool, s.check.pages)
	s.all(m)
	return s.lost, s.failed
}

// anyMeta returns the newest meta record that can be read, or mended, and
// whether there may have been a newer one.
func anyMeta(file io.ReaderAt) (best meta, missing, err error) {
	found := 0
	try := func(at int64) {
		record := make([]byte, metaSize)
		if n, err := file.ReadAt(record, at+pageHeaderSize); n < len(record) || err != nil && !errors.Is(err, io.EOF) {
			return
		}
		m, ok := parseMeta(record)
		if !ok {
			m, ok = mend(record)
		}
		if !ok || at != 0 && at != int64(m.pageSize) {
			return
		}
		if found++; found == 1 || m.transaction > best.transaction {
			best = m
		}
	}
	try(0)
	for at := int64(minPageSize); at <= maxPageSize; at *= 2 {
		try(at)
	}
	switch {
	case found == 0 || best.pageSize < minPageSize || best.pageSize > maxPageSize:
		return meta{}, nil, Damaged("neither of its two headers can be read")
	case found == 1:
		return best, ErrPerhapsLastChange, nil
	}
	return best, nil, nil
}

// A salvage walks what is left of a file.
type salvage struct {
	check  fileCheck // knows which pages were seen
	visit  func(Found) error
	lost   []string
	failed error // of visit, the first
}

// lose notes what is wrong.
func (s *salvage) lose(err error) { s.lost = append(s.lost, err.Error()) }

// all visits what the meta record leads to, and then what nothing leads to any
// more: not what is free, which was deleted.
func (s *salvage) all(m meta) {
	_ = s.check.visit(0, min(2, s.check.pages)) // which are the first
	s.bucket(m.root, nil)
	if m.freelist == noFreelist {
		return
	}
	free, err := s.check.freelist(m.freelist)
	if err != nil {
		s.lose(fmt.Errorf("what nothing leads to any more was not looked for, since it may have been deleted: %w", err))
		return
	}
	for _, page := range free {
		_ = s.check.visit(page, 1) // one that was seen as well is of use
	}
	for id := range s.check.pages {
		if !s.check.seen[id] {
			s.stray(id)
		}
	}
}

// stray visits a page that nothing leads to, if it is a leaf.
func (s *salvage) stray(id uint64) {
	p, ok := s.page(id)
	if !ok || p.kind != leafPage {
		return
	}
	values := map[string][]byte{}
	s.leaf(p, nil, values)
	s.found(nil, values)
}

// found passes on what a bucket has.
func (s *salvage) found(path []string, values map[string][]byte) {
	if len(values) > 0 && s.failed == nil {
		s.failed = s.visit(Found{Path: path, Values: values})
	}
}

// bucket visits the bucket with that root.
func (s *salvage) bucket(root uint64, path []string) {
	values := map[string][]byte{}
	s.tree(root, maxTreeDepth, path, values)
	s.found(path, values)
}

// tree collects the values of a bucket from the page and those below it.
func (s *salvage) tree(id uint64, depth int, path []string, values map[string][]byte) {
	switch {
	case depth == 0:
		return
	case id >= s.check.pages:
		s.lose(Damaged("page %d is not there", id))
		return
	case s.check.seen[id]:
		s.lose(Damaged("page %d is used twice", id))
		return
	}
	p, ok := s.page(id)
	switch {
	case !ok:
		s.lose(Damaged("page %d cannot be read", id))
	case p.kind == branchPage:
		children, bad := p.soundChildren()
		if bad > 0 {
			s.lose(p.wrap(Damaged("%d of its elements cannot be read", bad)))
		}
		for _, child := range children {
			s.tree(child.page, depth-1, path, values)
		}
	case p.kind == leafPage:
		s.leaf(p, path, values)
	default:
		s.lose(p.wrap(Damaged("it is of kind %#x", p.kind)))
	}
}

// leaf collects the values of a page and visits the buckets in it.
func (s *salvage) leaf(p page, path []string, values map[string][]byte) {
	entries, bad := p.soundEntries()
	if bad > 0 {
		s.lose(p.wrap(Damaged("%d of its elements cannot be read", bad)))
	}
	for _, e := range entries {
		if !e.bucket {
			values[string(e.key)] = e.value
			continue
		}
		below := append(path[:len(path):len(path)], string(e.key))
		root, inPlace, err := parseBucket(p.id, e.value)
		switch {
		case err != nil:
			s.lose(err)
		case len(below) >= maxBucketNest:
		case root != 0:
			s.bucket(root, below)
		default:
			inside := map[string][]byte{}
			s.leaf(inPlace, below, inside)
			s.found(below, inside)
		}
	}
}

// page reads a page, as far as it can be, and marks it as seen.
func (s *salvage) page(id uint64) (p page, ok bool) {
	header := make([]byte, pageHeaderSize)
	if _, err := s.check.file.ReadAt(header, int64(id)*s.check.pageSize); err != nil {
		return p, false
	}
	n := uint64(binary.NativeEndian.Uint32(header[12:])) + 1
	if n > s.check.pages-id || int64(n)*s.check.pageSize > maxPageRun {
		n = 1
	}
	for i := range n {
		s.check.seen[id+i] = true
	}
	p = page{id: id, kind: binary.NativeEndian.Uint16(header[8:]), count: int(binary.NativeEndian.Uint16(header[10:]))}
	p.body = make([]byte, int64(n)*s.check.pageSize-pageHeaderSize)
	_, err := s.check.file.ReadAt(p.body, int64(id)*s.check.pageSize+pageHeaderSize)
	return p, err == nil
}

// soundEntries returns the elements of a leaf page that can be read, and counts
// the others.
func (p page) soundEntries() (out []entry, bad int) {
	for i := range p.soundCount(4) {
		element, err := p.element(i)
		if err != nil {
			return out, bad + 1
		}
		flags, pos := binary.NativeEndian.Uint32(element), binary.NativeEndian.Uint32(element[4:])
		keySize, valueSize := binary.NativeEndian.Uint32(element[8:]), binary.NativeEndian.Uint32(element[12:])
		key, ok1 := p.slice(i, uint64(pos), keySize)
		value, ok2 := p.slice(i, uint64(pos)+uint64(keySize), valueSize)
		if !ok1 || !ok2 || len(key) == 0 || flags&^bucketElement != 0 {
			bad++
			continue
		}
		out = append(out, entry{key: key, value: value, bucket: flags == bucketElement})
	}
	return out, bad
}

// soundChildren returns the elements of a branch page that can be read, and
// counts the others.
func (p page) soundChildren() (out []child, bad int) {
	for i := range p.soundCount(0) {
		element, err := p.element(i)
		if err != nil {
			return out, bad + 1
		}
		out = append(out, child{page: binary.NativeEndian.Uint64(element[8:])})
	}
	return out, bad
}

// soundCount is how many elements the page has, or more if that is damaged: the
// data of the first, whose place is at posAt in it, follows all of them.
func (p page) soundCount(posAt int) int {
	first, err := p.element(0)
	if err != nil {
		return 0
	}
	if pos := int(binary.NativeEndian.Uint32(first[posAt:])); pos%elementSize == 0 && pos <= len(p.body) {
		return max(pos/elementSize, p.count)
	}
	return p.count
}

// slice returns size bytes at pos from the i-th element.
func (p page) slice(i int, pos uint64, size uint32) ([]byte, bool) {
	start := uint64(i)*elementSize + pos
	end := start + uint64(size)
	if end > uint64(len(p.body)) {
		return nil, false
	}
	return p.body[start:end], true
}
