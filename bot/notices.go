package bot

import (
	"context"
	"fmt"
	"strings"

	"pentimento/dialogue"
	"pentimento/picture"
)

// visibleChange is the mean absolute difference, in levels of 255, below which
// a person does not see that two pictures differ.
const visibleChange = 0.25

// noticesOf says which parts of an utterance were not done.
func noticesOf(plan *dialogue.Plan) []string {
	var notices []string
	for _, part := range plan.Undone {
		notices = append(notices, fmt.Sprintf("Not done: %s.", part))
	}
	if len(plan.Unknown) > 0 {
		notices = append(notices, noticeUnknown(plan))
	}
	return notices
}

// noticeUnknown says what the model cannot draw, and what it can instead.
func noticeUnknown(plan *dialogue.Plan) string {
	notice := fmt.Sprintf("The model doesn't know %s and may draw something else", quoted(plan.Unknown))
	if len(plan.Instead) > 0 {
		notice += "; it knows " + strings.Join(plan.Instead, ", ")
	}
	return notice + "."
}

// noticesOfDrawing says what the picture does not show.
func (c *Conversation) noticesOfDrawing(ctx context.Context, a *Answer) []string {
	var notices []string
	if n := len(a.Drawing.Dropped); n > 0 {
		notices = append(notices, fmt.Sprintf("The prompt is too long for the model: it reads %d tokens. Left out: %s.",
			c.Model.ContextLength, abridged(a.Drawing.Dropped)))
	}
	if a.Source != nil && !c.changed(ctx, a) {
		notices = append(notices, "The picture looks the same as before. Try it stronger, or with --set k=0 to let everything change.")
	}
	return notices
}

// noticeUnkept tells why a picture was not kept. It is a cache of its recipe:
// the turn counts without it.
func noticeUnkept(err error) string {
	return fmt.Sprintf("The picture could not be kept and will be drawn again when it is needed: %v.", err)
}

// changed reports whether the picture visibly differs from its source's. When
// the source's picture is gone it is taken to.
func (c *Conversation) changed(ctx context.Context, a *Answer) bool {
	data, err := c.Store.GetBlob(ctx, c.Key, a.Source.Picture)
	if err != nil {
		return true
	}
	before, err := picture.Decode(data)
	if err != nil {
		return true
	}
	after, err := picture.Decode(a.Picture.Bytes())
	if err != nil || before.Bounds() != after.Bounds() {
		return true
	}
	sum, n := 0.0, 0
	b := before.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r0, g0, b0, _ := before.At(x, y).RGBA()
			r1, g1, b1, _ := after.At(x, y).RGBA()
			sum += distance(r0, r1) + distance(g0, g1) + distance(b0, b1)
			n += 3
		}
	}
	return sum/float64(n) > visibleChange
}

// distance of two 16-bit levels, in levels of 255.
func distance(a, b uint32) float64 {
	if a < b {
		a, b = b, a
	}
	return float64(a-b) / 257
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "“" + w + "”"
	}
	return strings.Join(out, ", ")
}

// abridged lists words, the first few and how many more.
func abridged(words []string) string {
	const most = 12
	if len(words) <= most {
		return strings.Join(words, " ")
	}
	return fmt.Sprintf("%s … and %d more words", strings.Join(words[:most], " "), len(words)-most)
}
