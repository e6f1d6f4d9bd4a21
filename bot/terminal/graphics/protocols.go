package graphics

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi/iterm2"
	"github.com/charmbracelet/x/ansi/sixel"
)

// kittyChunk is how many characters of base64 one sequence may hold.
const kittyChunk = 4096

// kitty sends the PNG as it is and has the terminal scale it into the cells.
func kitty(png []byte, size image.Point) []byte {
	options := []string{"f=100", "q=2", fmt.Sprintf("c=%d", size.X), fmt.Sprintf("r=%d", size.Y), "a=T"}
	var out bytes.Buffer
	data := base64.StdEncoding.EncodeToString(png)
	for ; ; options = []string{"q=2"} {
		chunk := data[:min(kittyChunk, len(data))]
		data = data[len(chunk):]
		more := "m=0"
		if data != "" {
			more = "m=1"
		}
		fmt.Fprintf(&out, "\x1b_G%s;%s\x1b\\", strings.Join(append(options, more), ","), chunk)
		if data == "" {
			break
		}
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// inline sends the PNG as it is and has the terminal scale it into the cells.
func inline(png []byte, size image.Point) []byte {
	file := iterm2.File{
		Size:    int64(len(png)),
		Width:   iterm2.Cells(size.X),
		Height:  iterm2.Cells(size.Y),
		Inline:  true,
		Content: base64.StdEncoding.AppendEncode(nil, png),
	}
	return fmt.Appendf(nil, "\x1b]1337;%s\x07\n", file)
}

// sixels sends the picture in 256 colours, pixel by pixel.
func sixels(png []byte, size image.Point) ([]byte, error) {
	shown, err := scaled(png, size)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	if err := new(sixel.Encoder).Encode(&data, shown); err != nil {
		return nil, fmt.Errorf("encode a picture as sixels: %w", err)
	}
	return fmt.Appendf(nil, "\x1bP0;1q%s\x1b\\\n", &data), nil
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
