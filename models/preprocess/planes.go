package preprocess

import "image"

// Planes are a picture's channels one after the other, from −1 to 1, as networks
// take them. [3, height, width]
func Planes(picture *image.NRGBA) []float32 {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	out := make([]float32, 3*w*h)
	for i := range w * h {
		at := i/w*picture.Stride + i%w*4
		for c := range 3 {
			out[c*w*h+i] = float32(picture.Pix[at+c])/127.5 - 1
		}
	}
	return out
}
