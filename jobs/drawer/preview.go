package drawer

import (
	"bytes"
	"context"
	"image/jpeg"
	"time"

	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/picture"
)

const (
	// previewEvery is the shortest time between two previews.
	previewEvery = time.Second
	// previewShare is the part of the time, one in so many, that previews may
	// take from the drawing.
	previewShare = 20
	// previewSide is how many pixels wide and high a preview is at most.
	previewSide    = 256
	previewQuality = 85
)

// previews are the small pictures of one drawing that somebody watches.
type previews struct {
	wanted bool
	next   time.Time
}

// of returns a preview, as JPEG, when it is time for one; otherwise nil. A
// preview that fails costs the watcher a look, not the picture.
func (p *previews) of(ctx context.Context, now editor.Progress) []byte {
	if !p.wanted || now.Preview == nil || now.Step == now.Steps {
		return nil
	}
	start := time.Now()
	if p.next.IsZero() {
		p.next = start.Add(previewEvery) // there is little to see before
	}
	if start.Before(p.next) {
		return nil
	}
	look, err := now.Preview(ctx)
	var out bytes.Buffer
	if err == nil {
		err = jpeg.Encode(&out, picture.Shrink(look, previewSide), &jpeg.Options{Quality: previewQuality})
	}
	took := time.Since(start)
	p.next = start.Add(max(previewEvery, previewShare*took))
	if err != nil || out.Len() > jobs.MaxPreviewBytes {
		return nil
	}
	return out.Bytes()
}
