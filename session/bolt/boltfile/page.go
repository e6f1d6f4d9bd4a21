package boltfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Sizes and kinds in a bbolt file.
const (
	pageHeaderSize   = 16
	elementSize      = 16 // of a branch and of a leaf
	bucketHeaderSize = 16
	branchPage       = 0x01
	leafPage         = 0x02
	freelistPage     = 0x10
	bucketElement    = 0x01
	noFreelist       = ^uint64(0)
)

// A page is a page with the ones that belong to it, without its header.
type page struct {
	id    uint64
	kind  uint16
	count int
	body  []byte
	tight bool // nothing may follow the last value
}

// A child is an element of a branch page: the keys below it begin with key.
type child struct {
	key  []byte
	page uint64
}

// An entry is an element of a leaf page.
type entry struct {
	key, value []byte
	bucket     bool
}

// wrap says which page an error is about.
func (p page) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("page %d: %w", p.id, err)
}

// children returns the elements of a branch page, those before the first that
// is damaged.
func (p page) children() ([]child, error) {
	rest := p.data()
	out := make([]child, 0, min(p.count, len(p.body)/elementSize))
	for i := range p.count {
		element, err := p.element(i)
		if err != nil {
			return out, err
		}
		c := child{page: binary.NativeEndian.Uint64(element[8:])}
		if c.key, err = rest.take(i, binary.NativeEndian.Uint32(element), binary.NativeEndian.Uint32(element[4:])); err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, rest.end(p)
}

// entries returns the elements of a leaf page, those before the first that is
// damaged.
func (p page) entries() ([]entry, error) {
	rest := p.data()
	out := make([]entry, 0, min(p.count, len(p.body)/elementSize))
	for i := range p.count {
		element, err := p.element(i)
		if err != nil {
			return out, err
		}
		flags, pos := binary.NativeEndian.Uint32(element), binary.NativeEndian.Uint32(element[4:])
		keySize, valueSize := binary.NativeEndian.Uint32(element[8:]), binary.NativeEndian.Uint32(element[12:])
		if flags&^bucketElement != 0 {
			return out, Damaged("an element with flags %#x", flags)
		}
		e := entry{bucket: flags == bucketElement}
		if e.key, err = rest.take(i, pos, keySize); err != nil {
			return out, err
		}
		if e.value, err = rest.take(i, pos+keySize, valueSize); err != nil {
			return out, err
		}
		out = append(out, e)
	}
	return out, rest.end(p)
}

// element returns the i-th element of a page.
func (p page) element(i int) ([]byte, error) {
	if (i+1)*elementSize > len(p.body) {
		return nil, Damaged("an element outside its page")
	}
	return p.body[i*elementSize : (i+1)*elementSize], nil
}

// data is what the elements of a page point to: it follows them, without a gap.
type data struct {
	body []byte
	at   uint64
}

func (p page) data() *data { return &data{p.body, uint64(p.count) * elementSize} }

// take returns the next size bytes, which must be those at pos from the i-th
// element.
func (d *data) take(i int, pos, size uint32) ([]byte, error) {
	if uint64(i)*elementSize+uint64(pos) != d.at {
		return nil, Damaged("an element that does not follow the one before it")
	}
	end := d.at + uint64(size)
	if end > uint64(len(d.body)) {
		return nil, Damaged("bytes outside their page")
	}
	out := d.body[d.at:end]
	d.at = end
	return out, nil
}

// end makes sure that nothing follows.
func (d *data) end(p page) error {
	if d.at > uint64(len(d.body)) {
		return Damaged("an element outside its page")
	}
	rest := d.body[d.at:]
	if p.tight && len(rest) > 0 || p.count == 0 && len(bytes.Trim(rest, "\x00")) > 0 {
		return Damaged("something behind the last element")
	}
	return nil
}

// parseBucket reads the value of a bucket in page id: the page of its root, or
// 0 and the page that is in place.
func parseBucket(id uint64, value []byte) (root uint64, inPlace page, err error) {
	p := page{id: id, tight: true}
	switch {
	case len(value) < bucketHeaderSize:
		return 0, p, p.wrap(Damaged("a bucket of %d bytes", len(value)))
	case binary.NativeEndian.Uint64(value) != 0 && len(value) == bucketHeaderSize:
		return binary.NativeEndian.Uint64(value), p, nil
	case binary.NativeEndian.Uint64(value) != 0:
		return 0, p, p.wrap(Damaged("a bucket in place and elsewhere"))
	case len(value) < bucketHeaderSize+pageHeaderSize:
		return 0, p, p.wrap(Damaged("a bucket in place of %d bytes", len(value)))
	}
	header := value[bucketHeaderSize:]
	p.kind, p.count = binary.NativeEndian.Uint16(header[8:]), int(binary.NativeEndian.Uint16(header[10:]))
	p.body = header[pageHeaderSize:]
	if p.kind != leafPage {
		return 0, p, p.wrap(Damaged("a bucket in place of kind %#x", p.kind))
	}
	return 0, p, nil
}
