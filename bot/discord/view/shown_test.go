package view

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"pentimento/bot/gate"
	"pentimento/picture"
)

// A picture that Discord would not take is shown smaller, any other as it is.
func TestLargePicturesAreShownSmaller(t *testing.T) {
	for _, size := range []image.Point{{1600, 1600}, {64, 64}} {
		var file bytes.Buffer
		plain := png.Encoder{CompressionLevel: png.NoCompression} // 9.8 MB
		if err := plain.Encode(&file, image.NewNRGBA(image.Rectangle{Max: size})); err != nil {
			t.Fatal(err)
		}
		passed, err := (*gate.Gate)(nil).Pass(t.Context(), file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		shown := shownAs(passed).Bytes()
		got, err := picture.Size(shown)
		want := size
		if file.Len() > maxShown {
			want = size.Div(2)
		}
		if err != nil || got != want || len(shown) > maxShown {
			t.Errorf("%d bytes are shown in %v as %d bytes, %v", file.Len(), got, len(shown), err)
		}
	}
}
