package drawer

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"pentimento/editor"
	"pentimento/jobs"
)

// Previews are small, not too many, and only for those who want them.
func TestPreviews(t *testing.T) {
	drawn := 0
	step := func(n int, err error) editor.Progress {
		return editor.Progress{Step: n, Steps: 4, Preview: func(context.Context) (*image.NRGBA, error) {
			drawn++
			return image.NewNRGBA(image.Rect(0, 0, 1024, 512)), err
		}}
	}
	now := func() *previews { return &previews{wanted: true, next: time.Now().Add(-time.Second)} }
	for name, none := range map[string]func() []byte{
		"nobody watches":    func() []byte { return (&previews{next: time.Now().Add(-time.Second)}).of(t.Context(), step(1, nil)) },
		"the first step":    func() []byte { return (&previews{wanted: true}).of(t.Context(), step(1, nil)) },
		"the last step":     func() []byte { return now().of(t.Context(), step(4, nil)) },
		"an engine without": func() []byte { return now().of(t.Context(), editor.Progress{Step: 1, Steps: 4}) },
		"right after another": func() []byte {
			p := now()
			if p.of(t.Context(), step(1, nil)) == nil {
				t.Error("there was no preview")
			}
			drawn--
			return p.of(t.Context(), step(2, nil))
		},
	} {
		if none() != nil || drawn != 0 {
			t.Errorf("%s: a preview was drawn", name)
		}
	}
	if now().of(t.Context(), step(1, errors.New("no"))) != nil {
		t.Error("a preview that failed was sent")
	}
	data := now().of(t.Context(), step(1, nil))
	size, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width != previewSide || size.Height != previewSide/2 || len(data) > jobs.MaxPreviewBytes {
		t.Errorf("a preview of %d×%d, %d bytes, %v", size.Width, size.Height, len(data), err)
	}
}
