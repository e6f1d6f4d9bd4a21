package hub

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
)

// A partial is a file as far as it was fetched.
type partial struct {
	root *os.Root
	file File
	name string // what it is called until it is whole
	out  *os.File
	sum  hash.Hash
	// have is how much there is, farthest how much there ever was.
	have, farthest int64
}

// partName is what a file is called until it is whole. It has the sum in it: what
// was begun of another version is not gone on with.
func partName(f File) string {
	return path.Join(path.Dir(f.Name), "."+path.Base(f.Name)+"."+f.Sum.hex[:12]+".part")
}

// openPartial opens what an earlier process has fetched of a file, and adds it up.
func openPartial(root *os.Root, f File) (*partial, error) {
	p := &partial{root: root, file: f, name: partName(f)}
	if err := root.MkdirAll(path.Dir(f.Name), 0o755); err != nil {
		return nil, err
	}
	if info, err := root.Lstat(p.name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is in the way: it is not a file", p.name)
	}
	out, err := root.OpenFile(p.name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	p.out, p.sum = out, f.Sum.adder(f.Size)
	p.have, err = io.Copy(p.sum, out)
	if err == nil && p.have > f.Size {
		err = p.begin()
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.farthest = p.have
	return p, nil
}

// begin drops what there is.
func (p *partial) begin() error {
	p.have = 0
	p.sum = p.file.Sum.adder(p.file.Size)
	_, err := p.out.Seek(0, io.SeekStart)
	return errors.Join(err, p.out.Truncate(0))
}

// add writes behind what there is.
func (p *partial) add(data []byte) error {
	n, err := p.out.Write(data)
	_, _ = p.sum.Write(data[:n]) // a hash takes everything
	p.have += int64(n)
	p.farthest = max(p.farthest, p.have)
	return err
}

// finish gives the file its name, if it is the one.
func (p *partial) finish() error {
	if !p.file.Sum.is(p.sum) {
		err := fmt.Errorf("what came %w, not %s, and was removed: run the command again; should it happen twice, the hub or its mirror has a damaged file", ErrWrongSum, p.file.Sum)
		return errors.Join(err, p.root.Remove(p.name))
	}
	if err := p.out.Sync(); err != nil {
		return err
	}
	return p.root.Rename(p.name, p.file.Name)
}

func (p *partial) close() error { return p.out.Close() }

// errRange says that a hub has nothing behind what there is.
var errRange = errors.New("the hub has no such part of the file")

// covers reports whether an answer begins where the file ends so far; if not, it
// begins at the file's start.
func covers(r *http.Response, p *partial) (ranged bool, err error) {
	left := p.file.Size
	if r.StatusCode == http.StatusPartialContent {
		var first, end, size int64
		said := r.Header.Get("Content-Range")
		if n, err := fmt.Sscanf(said, "bytes %d-%d/%d", &first, &end, &size); n != 3 || err != nil || first != p.have {
			return false, fmt.Errorf("the hub was asked for a part of the file and sends another (%.60q)", said)
		}
		if size != p.file.Size || end != size-1 {
			return false, ErrChanged
		}
		ranged, left = true, size-first
	}
	if r.ContentLength >= 0 && r.ContentLength != left {
		return false, ErrChanged
	}
	return ranged, nil
}

// escaped is a name as a part of an address.
func escaped(name string) string {
	elements := strings.Split(name, "/")
	for i, e := range elements {
		elements[i] = url.PathEscape(e)
	}
	return strings.Join(elements, "/")
}
