package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"net/http"
	"slices"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/session"
)

// snapshot is all that a page needs of a conversation.
func (s *Server) snapshot(ctx context.Context, r *room) (*snapshot, error) {
	held, err := s.o.Pattern.Store.Load(ctx, r.key)
	if err != nil {
		return nil, err
	}
	out := &snapshot{Turns: turnViews(r.key, held.Turns[max(0, len(held.Turns)-window):]), Total: len(held.Turns)}
	if turn, err := held.Turn(held.Head); err == nil {
		out.Head = headOf(r.key, held, turn, s.hides(ctx, r.key, turn))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = max(r.known, len(held.Turns))
	out.Running, out.Done = []runningView{}, append([]result{}, r.done...)
	for _, t := range r.turns {
		t.mu.Lock()
		p := t.progress
		t.mu.Unlock()
		p.Event = t.event
		out.Running = append(out.Running, runningView{saidView{t.event, t.said}, p})
	}
	if q := r.question; q != nil {
		out.Question = &questionView{q.Text, choices(q.Choices), r.asked}
	}
	return out, nil
}

// hides reports whether a picture is to be hidden until it is clicked. One that cannot
// be looked at now is not shown either.
func (s *Server) hides(ctx context.Context, key session.Key, turn session.Turn) bool {
	g := s.o.Pattern.Gate
	if g == nil || !g.HideAll && !g.HideUnsafe {
		return false
	}
	kept, err := s.o.Pattern.Store.GetBlob(ctx, key, turn.Picture)
	if err != nil {
		return g.HideAll
	}
	shown, err := g.Pass(ctx, kept)
	return err == nil && shown.Hidden()
}

// A pastView is a conversation in the list of all.
type pastView struct {
	Address string    `json:"address"`
	Prompt  string    `json:"prompt"`
	Turns   int       `json:"turns"`
	Last    time.Time `json:"last"`
	Picture string    `json:"picture"`
}

// mostListed is how many conversations are listed.
const mostListed = 100

// list are the user's conversations in which something was drawn, the last one first.
// One that is damaged holds up no other.
func (s *Server) list(ctx context.Context, user string) ([]pastView, error) {
	keys, err := s.o.Pattern.Store.List(ctx, user)
	if err != nil {
		return nil, err
	}
	out := []pastView{}
	for _, key := range keys {
		if idOf(key) == "" {
			continue
		}
		held, err := s.o.Pattern.Store.Load(ctx, key)
		if errors.Is(err, session.ErrCorrupt) {
			s.o.Log.Warn("a conversation cannot be read", "reason", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		head, err := held.Turn(held.Head)
		if err != nil {
			continue // nothing was drawn
		}
		out = append(out, pastView{addressOf(key), head.Recipe.Prompt, len(held.Turns), held.Turns[len(held.Turns)-1].Time, addressOf(key) + "/" + pictureName(head)})
	}
	slices.SortStableFunc(out, func(a, b pastView) int { return b.Last.Compare(a.Last) })
	return out[:min(len(out), mostListed)], nil
}

// serveFile sends a file that passed the gate. A browser asks each time whether it may
// still show it.
func serveFile(w http.ResponseWriter, r *http.Request, f gate.File, save bool) {
	sum := sha256.Sum256(f.Bytes())
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	if save {
		h.Set("Content-Disposition", `attachment; filename="`+f.Name()+`"`)
	}
	if !f.IsPicture() {
		h.Set("Content-Type", "application/json; charset=utf-8")
	} else {
		h.Set("Content-Type", http.DetectContentType(f.Bytes()))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Bytes()))
}

// withoutLegend is a heat-map as it lies over its picture of that size: the legend is
// below it.
func withoutLegend(png []byte, size image.Point) ([]byte, error) {
	whole, err := picture.Decode(png)
	if err != nil {
		return nil, err
	}
	b := whole.Bounds()
	cut, ok := whole.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return png, nil
	}
	return picture.Encode(cut.SubImage(image.Rect(b.Min.X, b.Min.Y, b.Max.X, b.Min.Y+b.Dx()*size.Y/size.X)))
}

// showProblem shows a page that says what is wrong.
func (s *Server) showProblem(w http.ResponseWriter, err error) {
	p := bot.ProblemOf(err)
	p.Log(s.o.Log)
	w.Header().Set("Cache-Control", "no-store")
	render(w, statusOf(p), "problem", p.Sentence())
}
