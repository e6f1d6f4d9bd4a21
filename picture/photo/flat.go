package photo

import (
	"image"
	"image/color"
	"image/draw"
)

// Flat is any picture with 8 bits a channel and alpha that its colours are not
// multiplied by, beginning at (0, 0). A colour that has 8 bits stays what it is.
func Flat(picture image.Image) *image.NRGBA {
	b := picture.Bounds()
	out := image.NewNRGBA(image.Rectangle{Max: b.Size()})
	switch p := picture.(type) {
	case *image.NRGBA:
		for y := range b.Dy() {
			copy(out.Pix[y*out.Stride:(y+1)*out.Stride], p.Pix[p.PixOffset(b.Min.X, b.Min.Y+y):])
		}
		return out
	case *image.YCbCr, *image.Gray, *image.CMYK:
		opaque := image.RGBA{Pix: out.Pix, Stride: out.Stride, Rect: out.Rect} // the same bytes
		draw.Draw(&opaque, opaque.Rect, picture, b.Min, draw.Src)
		return out
	case *image.RGBA:
		if p.Opaque() {
			opaque := image.RGBA{Pix: out.Pix, Stride: out.Stride, Rect: out.Rect}
			draw.Draw(&opaque, opaque.Rect, picture, b.Min, draw.Src)
			return out
		}
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.SetNRGBA(x, y, levels(picture.At(b.Min.X+x, b.Min.Y+y)))
		}
	}
	return out
}

// levels rounds a colour to 8 bits a channel.
func levels(c color.Color) color.NRGBA {
	switch c := c.(type) {
	case color.NRGBA:
		return c
	case color.NRGBA64:
		return color.NRGBA{level(c.R), level(c.G), level(c.B), level(c.A)}
	case color.RGBA64:
		if c.A == 0xffff {
			return color.NRGBA{level(c.R), level(c.G), level(c.B), 0xff}
		}
	case color.Gray16:
		return color.NRGBA{level(c.Y), level(c.Y), level(c.Y), 0xff}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// level rounds 16 bits to 8.
func level(v uint16) uint8 { return uint8((uint32(v)*255 + 32767) / 65535) }
