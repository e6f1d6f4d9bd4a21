package graphics

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"image"
	"strconv"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/iterm2"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"
)

// kittyChunk is how many characters of base64 one sequence may hold.
const kittyChunk = 4096

// kitty sends the PNG as it is and has the terminal scale it into the cells.
//
// tmux knows nothing of a picture that it passes on, and would draw over it
// and scroll without it. There the picture is only loaded, and shown by
// placeholder characters, which tmux treats as text.
func (s *Screen) kitty(png []byte, size image.Point) []byte {
	id := int(crc32.ChecksumIEEE(png)&0xffffff) | 1
	first := []string{"f=100", "q=2", fmt.Sprintf("c=%d", size.X), fmt.Sprintf("r=%d", size.Y)}
	if s.tmux {
		first = append(first, "a=T", "U=1", fmt.Sprintf("i=%d", id))
	} else {
		first = append(first, "a=T")
	}
	var out bytes.Buffer
	data := base64.StdEncoding.EncodeToString(png)
	for options := first; ; options = []string{"q=2"} {
		chunk := data[:min(kittyChunk, len(data))]
		data = data[len(chunk):]
		more := "m=0"
		if data != "" {
			more = "m=1"
		}
		out.WriteString(s.passed(ansi.KittyGraphics([]byte(chunk), append(options, more)...)))
		if data == "" {
			break
		}
	}
	if s.tmux {
		placeholders(&out, id, size)
	} else {
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// placeholders writes the cells of a picture: the foreground colour is its ID,
// the diacritics are row and column.
func placeholders(out *bytes.Buffer, id int, size image.Point) {
	for row := range size.Y {
		fmt.Fprintf(out, "\x1b[38;2;%d;%d;%dm", id>>16&0xff, id>>8&0xff, id&0xff)
		for column := range size.X {
			out.WriteRune(kitty.Placeholder)
			out.WriteRune(kitty.Diacritic(row))
			out.WriteRune(kitty.Diacritic(column))
		}
		out.WriteString("\x1b[39m\n")
	}
}

// iterm2 sends the PNG as it is and has the terminal scale it into the cells.
func (s *Screen) iterm2(png []byte, size image.Point) []byte {
	file := iterm2.File{
		Size:    int64(len(png)),
		Width:   iterm2.Cells(size.X),
		Height:  iterm2.Cells(size.Y),
		Inline:  true,
		Content: base64.StdEncoding.AppendEncode(nil, png),
	}
	return []byte(s.passed(ansi.ITerm2(file)) + "\n")
}

// sixel sends the picture in 256 colours, pixel by pixel.
func (s *Screen) sixel(png []byte, size image.Point) ([]byte, error) {
	shown, err := scaled(png, size)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	if err := new(sixel.Encoder).Encode(&data, shown); err != nil {
		return nil, fmt.Errorf("encode a picture as sixels: %w", err)
	}
	return []byte(s.passed(ansi.SixelGraphics(0, 1, 0, data.Bytes())) + "\n"), nil
}

// passed is a sequence as the terminal behind tmux, if any, gets it.
func (s *Screen) passed(sequence string) string {
	if s.tmux {
		return ansi.TmuxPassthrough(sequence)
	}
	return sequence
}

// blocks shows two pixels in a cell: the upper half block in the colour of the
// upper one, on the colour of the lower one.
func blocks(png []byte, size image.Point) ([]byte, error) {
	shown, err := scaled(png, image.Pt(size.X, 2*size.Y))
	if err != nil {
		return nil, err
	}
	var out []byte
	for row := range size.Y {
		for column := range size.X {
			upper, lower := shown.RGBAAt(column, 2*row), shown.RGBAAt(column, 2*row+1)
			out = appendColour(out, "\x1b[38;2;", upper.R, upper.G, upper.B)
			out = appendColour(out, "\x1b[48;2;", lower.R, lower.G, lower.B)
			out = append(out, "▀"...)
		}
		out = append(out, "\x1b[0m\n"...)
	}
	return out, nil
}

// appendColour appends a sequence that selects a 24-bit colour.
func appendColour(out []byte, start string, r, g, b uint8) []byte {
	out = append(out, start...)
	out = append(strconv.AppendUint(out, uint64(r), 10), ';')
	out = append(strconv.AppendUint(out, uint64(g), 10), ';')
	return append(strconv.AppendUint(out, uint64(b), 10), 'm')
}
