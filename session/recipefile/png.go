package recipefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// The parts of a PNG that matter here (W3C PNG Specification, sections 5 and
// 11.3.3.4): a signature, then chunks of length, type, data and checksum, the
// first IHDR and the last IEND. Text in UTF-8 is in an iTXt chunk under a
// keyword.
const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	keyword      = "pentimento recipe"
	chunkFrame   = 12 // bytes of a chunk besides its data
	// originalKind is the chunk with the picture that a recipe begins with, a whole
	// PNG: ancillary, private, and safe to copy.
	originalKind = "peNt"
)

// errNotPNG says that the chunks of a PNG cannot be told apart.
var errNotPNG = errors.New("the picture is not a whole PNG")

// A chunk is one of a PNG.
type chunk struct {
	kind string // four letters
	data []byte
	sum  uint32
	raw  []byte // the whole chunk
}

// Embed returns a copy of the PNG with the document in it, in place of one
// that was there, and with the picture that it begins with. The pixels stay as they
// are, byte by byte.
func (d Document) Embed(picture []byte) ([]byte, error) {
	original := d.Original
	d.Original = nil
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes of JSON, %d are allowed", ErrTooLarge, len(text), MaxBytes)
	}
	ours, err := textChunk(text)
	if err != nil {
		return nil, err
	}
	if original != nil {
		ours = append(ours, newChunk(originalKind, original)...)
	}
	out := bytes.NewBuffer(make([]byte, 0, len(picture)+len(ours)))
	out.WriteString(pngSignature)
	err = eachChunk(picture, func(i int, c chunk) error {
		if i == 1 {
			out.Write(ours)
		}
		if _, is := recipeData(c); !is && c.kind != originalKind {
			out.Write(c.raw)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("put the recipe into the picture: %w", err)
	}
	return out.Bytes(), nil
}

// extract returns the JSON in a PNG, and the picture that it begins with.
func extract(picture []byte) (text, original []byte, err error) {
	if len(picture) > MaxPNGBytes {
		return nil, nil, fmt.Errorf("%w: a picture of %d bytes, %d are allowed", ErrTooLarge, len(picture), MaxPNGBytes)
	}
	err = eachChunk(picture, func(_ int, c chunk) error {
		data, is := recipeData(c)
		own := c.kind == originalKind && original == nil
		if (!is || text != nil) && !own {
			return nil
		}
		if crc32.ChecksumIEEE(c.raw[4:8+len(c.data)]) != c.sum {
			return fmt.Errorf("%w: its checksum does not match", ErrInvalid)
		}
		if own {
			original = c.data
			return nil
		}
		var err error
		text, err = unpack(data)
		return err
	})
	switch {
	case text != nil && errors.Is(err, errNotPNG):
		return text, original, nil // the recipe is whole, if the picture is not
	case errors.Is(err, errNotPNG):
		return nil, nil, fmt.Errorf("%w (%w)", ErrNoRecipe, err)
	case err != nil:
		return nil, nil, err
	case text == nil:
		return nil, nil, ErrNoRecipe
	}
	return text, original, nil
}

// eachChunk calls visit with the chunks of a PNG up to the last. It returns
// errNotPNG if there is no last.
func eachChunk(picture []byte, visit func(i int, c chunk) error) error {
	rest, ok := bytes.CutPrefix(picture, []byte(pngSignature))
	if !ok {
		return errNotPNG
	}
	for i := 0; len(rest) >= chunkFrame; i++ {
		size := binary.BigEndian.Uint32(rest)
		if uint64(size)+chunkFrame > uint64(len(rest)) {
			return errNotPNG
		}
		n := int(size)
		c := chunk{
			kind: string(rest[4:8]), data: rest[8 : 8+n],
			sum: binary.BigEndian.Uint32(rest[8+n:]), raw: rest[:chunkFrame+n],
		}
		if (i == 0) != (c.kind == "IHDR") {
			return errNotPNG
		}
		if err := visit(i, c); err != nil {
			return err
		}
		if c.kind == "IEND" {
			return nil
		}
		rest = rest[chunkFrame+n:]
	}
	return errNotPNG
}

// textChunk returns an iTXt chunk that holds text, compressed.
func textChunk(text []byte) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(keyword)
	// End of keyword, compressed with zlib, no language, no translation.
	b.Write([]byte{0, 1, 0, 0, 0})
	w := zlib.NewWriter(&b)
	_, err := w.Write(text)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress the recipe: %w", err)
	}
	return newChunk("iTXt", b.Bytes()), nil
}

// newChunk returns a whole chunk.
func newChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(make([]byte, 0, len(data)+chunkFrame), uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// recipeData returns what follows the keyword if the chunk is ours.
func recipeData(c chunk) (data []byte, is bool) {
	if c.kind != "iTXt" {
		return nil, false
	}
	return bytes.CutPrefix(c.data, []byte(keyword+"\x00"))
}

// unpack returns the text of an iTXt chunk: data is a flag that says whether
// the text is compressed, the method, language and translated keyword, each
// ended by a zero byte, and the text.
func unpack(data []byte) ([]byte, error) {
	if len(data) < 2 || data[0] > 1 || data[1] != 0 {
		return nil, fmt.Errorf("%w: its compression is not known", ErrInvalid)
	}
	compressed, rest := data[0] == 1, data[2:]
	for range 2 {
		_, after, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return nil, fmt.Errorf("%w: its text chunk ends early", ErrInvalid)
		}
		rest = after
	}
	if !compressed {
		return rest, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return text, nil
}
