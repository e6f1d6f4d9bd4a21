package attention

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/klauspost/compress/zstd"
)

// MaxChunk is the largest chunk that is written or read, in bytes: Redis
// serves one command at a time, and a larger value would hold up the others.
const MaxChunk = 1 << 20

// A trace is written in parts: its latents and means, and the maps of every
// step. A part is cut into pieces, and a piece, compressed, is a chunk:
//
//	"PtAt"            magic
//	version           1 byte, 1 from coders that keep maps exactly, 2 from others
//	part              uint32, 0 for the latents, s+1 for the maps of step s
//	piece, pieces     uint32 each
//	checksum          the first 16 bytes of a SHA-256 over the turn's key, the
//	                  fields above and what follows
//	zstd frame
//
// All numbers are little-endian. The key in the checksum ties a chunk to its
// turn, so that one that was stored under another name is not taken for its.
//
// Coders of different codings read nothing of each other: what is drawn from
// rounded maps has latents of its own, and must not become the source of a
// picture that is to be exact.
const (
	chunkMagic    = "PtAt"
	versionExact  = 1
	versionCoarse = 2
	fieldsBytes   = len(chunkMagic) + 1 + 3*4
	checksumBytes = 16
	headerBytes   = fieldsBytes + checksumBytes
	// pieceBytes leaves room for the header, and for zstd to find nothing to
	// compress.
	pieceBytes = MaxChunk - 8<<10
)

var errChunk = errors.New("not an intact chunk of this turn")

// A coder makes chunks of traces and traces of chunks.
type coder struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	coding  Coding
	version byte
	piece   int // the largest piece, pieceBytes but for tests
}

func newCoder(c Coding) *coder {
	// One goroutine each: the processors are the UNet's.
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // the options are constants
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxChunk))
	if err != nil {
		panic(err) // likewise
	}
	version := byte(versionExact)
	if c == Quantised {
		version = versionCoarse
	}
	return &coder{encoder: encoder, decoder: decoder, coding: c, version: version, piece: pieceBytes}
}

// chunks writes a trace.
func (c *coder) chunks(key Key, t *Trace, s Shape) [][]byte {
	chunks := c.cut(nil, key, 0, writeLatents(nil, t))
	var payload []byte
	for step, maps := range t.Maps {
		if maps != nil {
			payload = writeMaps(payload[:0], maps, s, c.coding)
			chunks = c.cut(chunks, key, step+1, payload)
		}
	}
	return chunks
}

// cut appends the chunks of one part.
func (c *coder) cut(chunks [][]byte, key Key, part int, payload []byte) [][]byte {
	pieces := c.piecesOf(len(payload))
	for i := range pieces {
		piece := payload[i*c.piece : min((i+1)*c.piece, len(payload))]
		chunk := append(make([]byte, 0, headerBytes+len(piece)/2), chunkMagic...)
		chunk = append(chunk, c.version)
		for _, n := range []int{part, i, pieces} {
			chunk = binary.LittleEndian.AppendUint32(chunk, uint32(n))
		}
		chunk = append(chunk, make([]byte, checksumBytes)...)
		chunk = c.encoder.EncodeAll(piece, chunk)
		copy(chunk[fieldsBytes:], checksum(key, chunk))
		chunks = append(chunks, chunk)
	}
	return chunks
}

func checksum(key Key, chunk []byte) []byte {
	h := sha256.New()
	h.Write(key[:])
	h.Write(chunk[:fieldsBytes])
	h.Write(chunk[headerBytes:])
	return h.Sum(nil)[:checksumBytes]
}

// A piece is a chunk, read.
type piece struct {
	part, index, of int
	data            []byte
}

// open reads a chunk of a turn, whatever the bytes are.
func (c *coder) open(key Key, chunk []byte) (piece, error) {
	if len(chunk) < headerBytes || len(chunk) > MaxChunk || string(chunk[:len(chunkMagic)]) != chunkMagic ||
		chunk[len(chunkMagic)] != c.version || !bytes.Equal(chunk[fieldsBytes:headerBytes], checksum(key, chunk)) {
		return piece{}, errChunk
	}
	field := func(i int) int {
		return int(binary.LittleEndian.Uint32(chunk[len(chunkMagic)+1+4*i:]))
	}
	data, err := c.decoder.DecodeAll(chunk[headerBytes:], nil)
	if err != nil || len(data) > c.piece {
		return piece{}, errChunk
	}
	return piece{field(0), field(1), field(2), data}, nil
}

// trace reads a trace from chunks in any order. Chunks that are damaged or
// missing take their part with them; without the latents there is no trace.
func (c *coder) trace(key Key, chunks [][]byte, s Shape) *Trace {
	parts := map[int]*parting{}
	for _, chunk := range chunks {
		p, err := c.open(key, chunk)
		if err != nil || p.part > s.Steps || p.of != c.pieces(s, p.part, p.of) || p.index >= p.of {
			continue
		}
		if parts[p.part] == nil {
			parts[p.part] = &parting{pieces: make([][]byte, p.of)}
		}
		parts[p.part].add(p)
	}
	t := &Trace{Maps: make([][][]float32, s.Steps)}
	latents := parts[0].join()
	if latents == nil || readLatents(latents, s, t) != nil {
		return nil
	}
	for step := range t.Maps {
		payload := parts[step+1].join()
		if payload == nil {
			continue
		}
		if maps, err := readMaps(payload, s); err == nil {
			t.Maps[step] = maps
		}
	}
	return t
}

// pieces bounds how many pieces a part is said to have by what its shape
// needs.
func (c *coder) pieces(s Shape, part, said int) int {
	most := s.mapsPayload()
	if part == 0 {
		most = s.LatentsBytes()
	}
	return min(said, c.piecesOf(most))
}

func (c *coder) piecesOf(bytes int) int { return max(1, (bytes+c.piece-1)/c.piece) }

// latentsChunks is how many chunks latents and means take; they come first.
func (c *coder) latentsChunks(s Shape) int { return c.piecesOf(s.LatentsBytes()) }

// mostChunks is how many chunks a trace may take.
func (c *coder) mostChunks(s Shape) int {
	return c.latentsChunks(s) + s.Steps*c.piecesOf(s.mapsPayload())
}

// A parting is a part of which some pieces were found.
type parting struct{ pieces [][]byte }

func (p *parting) add(found piece) {
	if len(p.pieces) == found.of {
		p.pieces[found.index] = found.data
	}
}

// join returns the part, or nil when a piece is missing.
func (p *parting) join() []byte {
	if p == nil {
		return nil
	}
	size := 0
	for _, data := range p.pieces {
		if data == nil {
			return nil
		}
		size += len(data)
	}
	out := make([]byte, 0, size)
	for _, data := range p.pieces {
		out = append(out, data...)
	}
	return out
}
