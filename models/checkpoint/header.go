package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Limits of what is read. The format's own implementation has the first; SDXL
// with all that is ever kept beside it has 5,000 tensors of 4 dimensions.
const (
	maxHeader  = 100_000_000
	maxTensors = 100_000
	maxDims    = 8
	lengthSize = 8
)

// A header is what stands before a file's data: the tensors, in the order of
// their data, and the strings of __metadata__.
type header struct {
	tensors  []Tensor
	metadata map[string]string
}

// parseHeader reads a header, the JSON, of a file whose data begins at byte
// start and which has size bytes. Whatever it says, the tensors that it
// returns lie in the file, one after the other, and fill it.
func parseHeader(data []byte, start, size int64) (header, error) {
	if !utf8.Valid(data) {
		return header{}, errors.New("its header is not UTF-8")
	}
	p := headerParser{json: json.NewDecoder(bytes.NewReader(data)), names: map[string]bool{}}
	p.json.UseNumber()
	if err := p.header(); err != nil {
		return header{}, fmt.Errorf("its header cannot be read: %w", err)
	}
	if _, err := p.json.Token(); !errors.Is(err, io.EOF) {
		return header{}, errors.New("its header has something behind its end")
	}
	if err := placeTensors(p.found.tensors, start, size); err != nil {
		return header{}, err
	}
	return p.found, nil
}

// placeTensors checks that the tensors fill the data without a gap, sorts them
// by their place and makes their offsets those in the file.
func placeTensors(tensors []Tensor, start, size int64) error {
	slices.SortStableFunc(tensors, func(a, b Tensor) int {
		if a.Offset != b.Offset {
			return int(min(max(a.Offset-b.Offset, -1), 1))
		}
		return int(min(max(a.Length-b.Length, -1), 1))
	})
	end := int64(0)
	for i := range tensors {
		t := &tensors[i]
		switch {
		case t.Offset < end:
			return fmt.Errorf("tensor %q overlaps the one before it", t.Name)
		case t.Offset > end:
			return fmt.Errorf("%d bytes before tensor %q belong to no tensor", t.Offset-end, t.Name)
		}
		if end += t.Length; end > size-start {
			return fmt.Errorf("is cut short: tensor %q ends at byte %d, and the file has %d", t.Name, start+end, size)
		}
		t.Offset += start
	}
	if end < size-start {
		return fmt.Errorf("%d bytes at its end belong to no tensor", size-start-end)
	}
	return nil
}

// A headerParser reads the JSON token by token: what is not expected ends it
// before anything is built of it, and a name that stands twice is seen.
type headerParser struct {
	json  *json.Decoder
	names map[string]bool
	found header
}

func (p *headerParser) header() error {
	return p.object("the header", func(name string) error {
		if name == "__metadata__" {
			return p.metadata()
		}
		if p.names[name] {
			return fmt.Errorf("tensor %q stands in it twice", name)
		}
		p.names[name] = true
		if len(p.names) > maxTensors {
			return fmt.Errorf("it has more than %d tensors", maxTensors)
		}
		t, err := p.tensor(name)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		p.found.tensors = append(p.found.tensors, t)
		return nil
	})
}

func (p *headerParser) metadata() error {
	if p.found.metadata != nil {
		return errors.New("__metadata__ stands in it twice")
	}
	p.found.metadata = map[string]string{}
	return p.object("__metadata__", func(key string) error {
		token, err := p.token()
		if err != nil {
			return err
		}
		value, ok := token.(string)
		if _, twice := p.found.metadata[key]; twice || !ok {
			return fmt.Errorf("%q of __metadata__ is not one string", key)
		}
		p.found.metadata[key] = value
		return nil
	})
}

// tensor reads what the header says of a tensor. The offset is the one in the
// data.
func (p *headerParser) tensor(name string) (Tensor, error) {
	t := Tensor{Name: name}
	var offsets []int64
	seen := map[string]bool{}
	err := p.object("it", func(key string) (err error) {
		if seen[key] {
			return fmt.Errorf("%q stands in it twice", key)
		}
		seen[key] = true
		switch key {
		case "dtype":
			t.Type, err = p.elementType()
		case "shape":
			t.Shape = []int{}
			err = p.integers(maxDims, func(n int64) { t.Shape = append(t.Shape, int(n)) })
		case "data_offsets":
			err = p.integers(2, func(n int64) { offsets = append(offsets, n) })
		default:
			err = fmt.Errorf("has %q, which the format does not know", key)
		}
		return err
	})
	switch {
	case err != nil:
		return t, err
	case t.Type == "" || t.Shape == nil || len(offsets) != 2:
		return t, errors.New("lacks its dtype, its shape or its two data_offsets")
	case offsets[0] > offsets[1]:
		return t, fmt.Errorf("ends at %d, before it begins at %d", offsets[1], offsets[0])
	}
	t.Offset, t.Length = offsets[0], offsets[1]-offsets[0]
	want, err := byteLength(t.Type, t.Shape)
	if err == nil && want != t.Length {
		err = fmt.Errorf("%s of %v takes %d bytes, and it has %d", t.Type, t.Shape, want, t.Length)
	}
	return t, err
}

func (p *headerParser) elementType() (Type, error) {
	token, err := p.token()
	if err != nil {
		return "", err
	}
	name, ok := token.(string)
	if !ok || Type(name).Bits() == 0 {
		return "", fmt.Errorf("its dtype is %.40q, which the format does not know", fmt.Sprint(token))
	}
	return Type(name), nil
}

// byteLength is the size of a tensor, which fits an int64.
func byteLength(t Type, shape []int) (int64, error) {
	size := uint64(t.Bits())
	for _, n := range shape {
		over, product := bits.Mul64(size, uint64(n))
		if over != 0 || product > 1<<62 {
			return 0, fmt.Errorf("a shape of %v is larger than any file", shape)
		}
		size = product
	}
	if size%8 != 0 {
		return 0, fmt.Errorf("%s of %v does not end with a byte", t, shape)
	}
	return int64(size / 8), nil
}

// object reads an object, and has read called at the value of every key.
func (p *headerParser) object(what string, read func(key string) error) error {
	if err := p.delimiter('{', what); err != nil {
		return err
	}
	for p.json.More() {
		token, err := p.token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // the decoder takes nothing else for a key
		if err := read(key); err != nil {
			return err
		}
	}
	return p.delimiter('}', what)
}

// integers reads a list of at most limit numbers of 0 and more.
func (p *headerParser) integers(limit int, take func(int64)) error {
	if err := p.delimiter('[', "a list"); err != nil {
		return err
	}
	for n := 0; p.json.More(); n++ {
		token, err := p.token()
		if err != nil {
			return err
		}
		number, ok := token.(json.Number)
		value, err := strconv.ParseInt(string(number), 10, 64)
		if !ok || err != nil || value < 0 || value > 1<<56 {
			return fmt.Errorf("%.40q is no size", fmt.Sprint(token))
		}
		if n == limit {
			return fmt.Errorf("a list of more than %d numbers", limit)
		}
		take(value)
	}
	return p.delimiter(']', "a list")
}

func (p *headerParser) delimiter(want json.Delim, what string) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("%s has %.40q where %q belongs", what, fmt.Sprint(token), want)
	}
	return nil
}

func (p *headerParser) token() (json.Token, error) {
	token, err := p.json.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return token, err
}
