package bot

import (
	"context"
	"errors"
	"fmt"

	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/session"
)

// Heat is where a word of the head's prompt attended.
type Heat struct {
	// Word as it stands in the prompt; of what Marks, "mask" or "region".
	Word string
	// Marks says that the map is a part of the picture, 1 inside and 0 outside.
	Marks bool
	// Map is the attention. [Height, Width]
	Map           []float32
	Height, Width int
	// Picture is the one that the map belongs to.
	Picture gate.Picture
	Turn    session.Turn
	// Region is the part of the picture that the turn was bound to; nil for all.
	Region *photo.Mask
}

// Title says what the map is of.
func (h *Heat) Title() string {
	if h.Marks {
		return fmt.Sprintf("%s of turn %d", h.Word, h.Turn.ID)
	}
	return fmt.Sprintf("attention of “%s” in turn %d", h.Word, h.Turn.ID)
}

// Overlay is the map over its picture, as PNG.
func (h *Heat) Overlay() (gate.Picture, error) {
	return h.Picture.Made(func(png []byte) ([]byte, error) {
		if h.Marks {
			return picture.Marked(png, func(x, y float64) bool {
				return h.Map[int(y*float64(h.Height))*h.Width+int(x*float64(h.Width))] > 0
			})
		}
		var inside func(x, y float64) bool
		if m := h.Region; m != nil {
			inside = func(x, y float64) bool { return m.At(int(x*float64(m.Width)), int(y*float64(m.Height))) }
		}
		return picture.Heat(png, h.Map, h.Width, h.Height, h.Word, inside)
	})
}

// errNoHeat says that a worker has not done what it was asked for.
var errNoHeat = errors.New("the picture came without its attention: its worker may be of another version")

// Attention shows where a word attended in the head's picture, or asks which is meant
// of a word that stands there more than once; "second cat" names one.
func (c *Conversation) Attention(ctx context.Context, r Request, word string) (*Answer, error) {
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	model, err := c.modelOf(turn.Settings.Model)
	if err != nil {
		return nil, err
	}
	span, q, err := model.word(turn.Recipe.Prompt, word, func(which string) string { return "/attention " + which })
	if err != nil {
		return nil, err
	}
	if c.Pending = q; q != nil {
		return &Answer{Session: s, Turn: turn, Question: q}, nil
	}
	// Whoever looks has it drawn, and not the one whose picture it is.
	if err := r.allow(turn.Recipe.Prompt); err != nil {
		return nil, err
	}
	result, err := c.redraw(ctx, r, s, turn.ID, &span)
	if err != nil {
		return nil, err
	}
	heat := result.Heat
	if heat == nil || heat.Width < 1 || heat.Height < 1 || len(heat.Map) != heat.Width*heat.Height {
		return nil, errNoHeat
	}
	shown, notices, err := c.heatOf(ctx, s, turn, turn.Recipe.Prompt[span.Start:span.End], heat.Map, heat.Width, heat.Height)
	if err != nil {
		return nil, err
	}
	if shown.Region, err = c.regionShown(ctx, s, turn); err != nil {
		return nil, err
	}
	return &Answer{Show: ShowHeat, Turn: turn, Heat: shown, Notices: notices}, nil
}

// path is the way to the head as an answer that is shown so, with its pictures:
// the last r.Thumbnails of them, or all.
func (c *Conversation) path(ctx context.Context, r Request, show Show, label func(session.Turn) string) (*Answer, error) {
	s, head, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	path, err := s.Path(head.ID)
	if err != nil {
		return nil, err
	}
	if r.Thumbnails > 0 {
		path = path[max(0, len(path)-r.Thumbnails):]
	}
	answer := &Answer{Show: show, Session: s, Turn: head}
	answer.Frames, answer.Notices, err = c.frames(ctx, s, path, label)
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// history is the tree of all turns as an answer, with the last r.Thumbnails
// pictures.
func (c *Conversation) history(ctx context.Context, r Request) (*Answer, error) {
	s, head, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Show: ShowHistory, Session: s, Turn: head}
	if r.Thumbnails > 0 {
		label := func(t session.Turn) string { return fmt.Sprintf("%d: %s", t.ID, Describe(t)) }
		answer.Frames, answer.Notices, err = c.frames(ctx, s, s.Turns[max(0, len(s.Turns)-r.Thumbnails):], label)
	}
	return answer, err
}

// frames are the pictures of turns, with labels. Of several, those that may not
// be shown are left out; if none is left, the error says why.
func (c *Conversation) frames(ctx context.Context, s *session.Session, turns []session.Turn, label func(session.Turn) string) (frames []gate.Frame, notices []string, err error) {
	var refused error
	for _, t := range turns {
		shown, said, err := c.picture(ctx, s, t.ID)
		if isAny(err, gate.ErrUnsafe, gate.ErrUnchecked) {
			refused = err
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		notices = append(notices, said...)
		frames = append(frames, gate.Frame{Picture: shown, Label: label(t)})
	}
	if len(frames) == 0 {
		return nil, nil, refused
	}
	return frames, notices, nil
}

// Describe is a turn in a few words: its edit, or the prompt of a picture made
// from nothing.
func Describe(t session.Turn) string {
	if t.Edit != "" {
		return t.Edit
	}
	return t.Recipe.Prompt
}
