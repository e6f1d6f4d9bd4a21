package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/session"
)

const (
	// largestAsk is how many bytes something that is said may have, largestFile how many
	// a file.
	largestAsk  = 64 << 10
	largestFile = 20 << 20
	// askWithin is how long a page may take to say something, and fileWithin to send a
	// piece of a file.
	askWithin  = 10 * time.Second
	fileWithin = 15 * time.Second
	// mostStreams and mostUploads are how many a user may have at once.
	mostStreams = 256
	mostUploads = 64
	// thumbSide is how large the pictures in the tree are.
	thumbSide = 160
)

// What a request can be refused with.
var (
	errNotEntered = bot.Problemf(bot.Refused, "say who you are first")
	errUnreadable = bot.Problemf(bot.Invalid, "that cannot be read")
	errTooMuch    = bot.Problemf(bot.Invalid, "that is larger than %d MiB", largestFile>>20)
	errManyHere   = bot.Problemf(bot.Limited, "very many pages of yours are open: close some")
	errNoPicture  = bot.Problemf(bot.NotFound, "there is no such picture")
)

// data answers requests of scripts, for those who have entered. An error is told as
// JSON.
func (s *Server) data(answer func(w http.ResponseWriter, r *http.Request, user string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, ok := s.o.Access.who(r, s.o.Pattern.Clock.Now())
		w.Header().Set("Cache-Control", "no-store")
		err := error(errNotEntered)
		if ok {
			err = answer(w, r, user)
		}
		if err != nil {
			s.refuse(w, err)
		}
	}
}

// refuse tells a script of an error.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	p := bot.ProblemOf(err)
	p.Log(s.o.Log)
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).SetReadDeadline(time.Now()) // what was not read is not waited for; if it is, no harm is done
	writeJSON(w, statusOf(p), map[string]problemView{"problem": {p.Kind, p.Sentence()}})
}

// statusOf is a problem as HTTP has it.
func statusOf(p *bot.Problem) int {
	switch {
	case errors.Is(p, errNotEntered):
		return http.StatusUnauthorized
	case errors.Is(p, errTooMuch):
		return http.StatusRequestEntityTooLarge
	}
	switch p.Kind {
	case bot.Refused:
		return http.StatusForbidden
	case bot.Limited, bot.Busy:
		return http.StatusTooManyRequests
	case bot.NotFound:
		return http.StatusNotFound
	case bot.Invalid:
		return http.StatusBadRequest
	case bot.Unavailable, bot.Stopped, bot.Detached:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(encoded(v)) // there is nobody else to tell
}

// readJSON reads what a page asks for.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	if r.ContentLength > largestAsk {
		return errTooMuch
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(askWithin)); err != nil {
		return fmt.Errorf("read what is asked for: %w", err)
	}
	defer unhurried(control)
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestAsk)).Decode(v); err != nil {
		return &bot.Problem{Kind: bot.Invalid, Text: errUnreadable.Text, Err: err}
	}
	return nil
}

// unhurried lets an answer take its time: the server takes a read that ends too late
// for a client that has gone.
func unhurried(control *http.ResponseController) {
	_ = control.SetReadDeadline(time.Time{}) // then the answer is cut short, which the client sees
}

// roomOf is the room of the conversation that a request is about.
func (s *Server) roomOf(r *http.Request, user string) (*room, error) {
	key, err := s.conversationOf(r, user)
	if err != nil {
		return nil, err
	}
	return s.rooms.open(key, s.o.Pattern.Options, s.o.Pattern.Clock.Now()), nil
}

// say has something done that a page asks for. What comes of it is told in the events.
func (s *Server) say(w http.ResponseWriter, r *http.Request, user string) error {
	room, err := s.roomOf(r, user)
	if err != nil {
		return err
	}
	var a ask
	if err := readJSON(w, r, &a); err != nil {
		return err
	}
	if err := s.submit(r.Context(), room, a); err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, saidView{Event: a.Event})
	return nil
}

// sayWithFile is say for a command that takes a file, which is all of the body. The
// rest is in the address.
func (s *Server) sayWithFile(w http.ResponseWriter, r *http.Request, user string) error {
	room, err := s.roomOf(r, user)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	a := ask{Event: query.Get("event"), Command: query.Get("command")}
	if a.file, err = s.upload(w, r, user, largestFile); err != nil {
		return err
	}
	if a.Command == "open" {
		a.Command = s.openingOf(a.file)
	}
	command, _ := bot.Named(s.commands(), a.Command)
	a.Values = map[string]string{command.File(): query.Get("name")}
	if err := s.submit(r.Context(), room, a); err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, saidView{Event: a.Event})
	return nil
}

// upload reads a body of at most that many bytes. One that is larger is not read, and
// one that stands still is given up.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, user string, largest int64) ([]byte, error) {
	if r.ContentLength > largest {
		return nil, errTooMuch
	}
	leave, err := s.uploads.enter(user, mostUploads)
	if err != nil {
		return nil, err
	}
	defer leave()
	control := http.NewResponseController(w)
	defer unhurried(control)
	body := &patient{http.MaxBytesReader(w, r.Body, largest), control}
	data, err := io.ReadAll(body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, errTooMuch
	}
	if err != nil {
		return nil, &bot.Problem{Kind: bot.Invalid, Text: errUnreadable.Text, Err: err}
	}
	return data, nil
}

// patient reads as long as something comes.
type patient struct {
	io.Reader
	control *http.ResponseController
}

// Read implements [io.Reader].
func (p *patient) Read(b []byte) (int, error) {
	if err := p.control.SetReadDeadline(time.Now().Add(fileWithin)); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}

// cancel stops something that is not done.
func (s *Server) cancel(w http.ResponseWriter, r *http.Request, user string) error {
	room, err := s.roomOf(r, user)
	if err != nil {
		return err
	}
	var a ask
	if err := readJSON(w, r, &a); err != nil {
		return err
	}
	if !room.cancel(a.Event) {
		return bot.Problemf(bot.NotFound, "there is nothing to cancel any more: it was drawn, or stopped before")
	}
	writeJSON(w, http.StatusAccepted, saidView{Event: a.Event})
	return nil
}

// delete removes a conversation.
func (s *Server) delete(w http.ResponseWriter, r *http.Request, user string) error {
	key, err := s.conversationOf(r, user)
	if err == nil {
		err = s.deleteConversation(r.Context(), key)
	}
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// events tells a page what happens in a conversation.
func (s *Server) events(w http.ResponseWriter, r *http.Request, user string) error {
	room, err := s.roomOf(r, user)
	if err != nil {
		return err
	}
	leave, err := s.streams.enter(user, mostStreams)
	if err != nil {
		return errManyHere
	}
	defer leave()
	return room.feed.Stream(w, r, "all", func() ([]byte, error) {
		all, err := s.snapshot(r.Context(), room)
		return encoded(all), err
	})
}

// earlier are the turns of a conversation before one.
func (s *Server) earlier(w http.ResponseWriter, r *http.Request, user string) error {
	key, err := s.conversationOf(r, user)
	if err != nil {
		return err
	}
	held, err := s.o.Pattern.Store.Load(r.Context(), key)
	if err != nil {
		return err
	}
	before, err := strconv.Atoi(r.URL.Query().Get("before"))
	if err != nil || before < 1 {
		return errUnreadable
	}
	end := min(before-1, len(held.Turns))
	writeJSON(w, http.StatusOK, map[string][]turnView{"turns": turnViews(key, held.Turns[max(0, end-window):end])})
	return nil
}

// turnAt is the turn that a request's address names.
func (s *Server) turnAt(r *http.Request, user string) (session.Key, *session.Session, session.Turn, error) {
	key, err := s.conversationOf(r, user)
	if err != nil {
		return key, nil, session.Turn{}, err
	}
	held, err := s.o.Pattern.Store.Load(r.Context(), key)
	if err != nil {
		return key, nil, session.Turn{}, err
	}
	id, wrong := strconv.Atoi(r.PathValue("turn"))
	turn, err := held.Turn(id)
	if wrong != nil || err != nil || strconv.FormatUint(turn.Identity, 16) != r.PathValue("identity") {
		return key, nil, session.Turn{}, errNoPicture
	}
	return key, held, turn, nil
}

// picture is that of a turn; small if it is asked for so, and then only while it is
// kept. One that is to be hidden is a few squares of colour until it is asked for.
func (s *Server) picture(w http.ResponseWriter, r *http.Request, user string) error {
	small := r.URL.Query().Has("small")
	shown, err := s.pictureAt(r, user, small)
	if small && errors.Is(err, errNoPicture) {
		serveLater(w, r)
		return nil
	}
	if err != nil {
		return err
	}
	side := 0
	if small {
		side = thumbSide
	}
	if shown.Hidden() && !r.URL.Query().Has("shown") {
		side = veilSide
	}
	if side > 0 {
		if shown, err = shown.Made(func(png []byte) ([]byte, error) { return shrunk(png, side) }); err != nil {
			return err
		}
	}
	serveFile(w, r, gate.NewFile("turn-"+r.PathValue("turn")+".png", shown), false)
	return nil
}

// serveLater shows in place of a picture that it is not kept: it is drawn when somebody
// goes there.
func serveLater(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, embedded, "page/assets/later.svg")
}

// veilSide is how large a picture is that cannot be recognised.
const veilSide = 6

func shrunk(png []byte, side int) ([]byte, error) {
	whole, err := picture.Decode(png)
	if err != nil {
		return nil, err
	}
	return picture.Encode(picture.Shrink(whole, side))
}

// pictureAt is the picture of the turn that a request's address names. A small one is
// not drawn again.
func (s *Server) pictureAt(r *http.Request, user string, small bool) (gate.Picture, error) {
	key, err := s.conversationOf(r, user)
	if err != nil {
		return gate.Picture{}, err
	}
	// A conversation of thousands of turns is not read for each of its pictures.
	if f, ok := s.shelf.get(key, "picture/"+r.PathValue("turn")+"/"+r.PathValue("identity")); ok {
		return f.Picture(), nil
	}
	_, held, turn, err := s.turnAt(r, user)
	if err != nil {
		return gate.Picture{}, err
	}
	c := s.o.Pattern
	c.Key = key
	shown, err := s.kept(r.Context(), c, held, turn, small)
	if err == nil {
		s.shelf.put(key, pictureName(turn), gate.NewFile("picture.png", shown))
	}
	return shown, err
}

// kept is the picture of a turn, drawn again if it is not small.
func (s *Server) kept(ctx context.Context, c bot.Conversation, held *session.Session, turn session.Turn, small bool) (gate.Picture, error) {
	if !small {
		return c.Picture(ctx, held, turn.ID)
	}
	kept, err := c.Store.GetBlob(ctx, c.Key, turn.Picture)
	if errors.Is(err, session.ErrNoSuchBlob) {
		err = errNoPicture
	}
	if err != nil {
		return gate.Picture{}, err
	}
	return c.Gate.Pass(ctx, kept)
}

// heat is where a word of a turn acts, over its picture.
func (s *Server) heat(w http.ResponseWriter, r *http.Request, user string) error {
	room, err := s.roomOf(r, user)
	if err != nil {
		return err
	}
	_, _, turn, err := s.turnAt(r, user)
	if err != nil {
		return err
	}
	word := r.URL.Query().Get("word")
	name := "heat/" + pictureName(turn) + "/" + word
	f, ok := s.shelf.get(room.key, name)
	if !ok {
		if f, err = s.heated(r, room, turn, word); err != nil {
			return err
		}
		s.shelf.put(room.key, name, f)
	}
	serveFile(w, r, f, false)
	return nil
}

// heated has the table's command find where a word acts.
func (s *Server) heated(r *http.Request, room *room, turn session.Turn, word string) (gate.File, error) {
	command, ok := bot.Named(s.commands(), "attention")
	if !ok {
		return gate.File{}, errNoPicture
	}
	request := bot.Request{Turn: turn.ID, Identity: &turn.Identity, Allow: s.quota.allow(r.Context(), room.key.User, false)}
	in, err := command.Read(request, map[string]string{"word": word})
	if err != nil {
		return gate.File{}, err
	}
	a, err := command.Do(r.Context(), room.conversation(s.o.Pattern), in)
	if err != nil {
		return gate.File{}, err
	}
	if a.Heat == nil {
		return gate.File{}, errNoPicture
	}
	size, err := picture.Size(a.Heat.Picture.Bytes())
	if err != nil {
		return gate.File{}, err
	}
	overlay, err := a.Heat.Overlay()
	if err == nil {
		overlay, err = overlay.Made(func(png []byte) ([]byte, error) { return withoutLegend(png, size) })
	}
	return gate.NewFile("heat.png", overlay), err
}

// resultFile is a file that an answer showed.
func (s *Server) resultFile(w http.ResponseWriter, r *http.Request, user string) error {
	key, err := s.conversationOf(r, user)
	if err != nil {
		return err
	}
	f, ok := s.shelf.get(key, "result/"+r.PathValue("event")+"/"+r.PathValue("n"))
	if !ok {
		return bot.Problemf(bot.NotFound, "that is not kept any more: ask for it again")
	}
	serveFile(w, r, f, r.URL.Query().Has("save"))
	return nil
}

// conversations are the user's, the last one first.
func (s *Server) conversations(w http.ResponseWriter, r *http.Request, user string) error {
	list, err := s.list(r.Context(), user)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string][]pastView{"conversations": list})
	return nil
}

// newConversation is the address of one in which nothing was drawn.
func (s *Server) newConversation(w http.ResponseWriter, _ *http.Request, user string) error {
	writeJSON(w, http.StatusCreated, map[string]string{"address": "/c/" + s.newID(user)})
	return nil
}

// nowhere answers for addresses that there are not.
func (s *Server) nowhere(w http.ResponseWriter, _ *http.Request) {
	s.showProblem(w, bot.Problemf(bot.NotFound, "there is nothing at this address"))
}
