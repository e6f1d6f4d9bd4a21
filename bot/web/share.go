package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// What somebody shared is a page for everybody who knows its address, until it is taken
// back. It shows what the code leads to, and nothing else of the conversation.

// A shareView is the page of something shared.
type shareView struct {
	Code   string
	Prompt string
	Steps  []shareStep
	Days   int
}

// A shareStep is a turn on the way to what was shared.
type shareStep struct {
	Number   int
	Said     string
	Picture  string
	Describe string
}

// sharePage shows the way to a picture.
func (s *Server) sharePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	code := r.PathValue("code")
	branch, err := s.o.Pattern.Store.Shared(r.Context(), code)
	if err != nil {
		s.showProblem(w, err)
		return
	}
	view := shareView{Code: code, Days: session.ShareDays}
	for _, t := range branch.Turns {
		view.Prompt = t.Recipe.Prompt
		view.Steps = append(view.Steps, shareStep{t.ID, t.Utterance, "/s/" + code + "/picture/" + strconv.Itoa(t.ID), bot.Describe(t)})
	}
	render(w, http.StatusOK, "share", view)
}

// shared is the picture of a turn that is shared, if it is kept. Nobody has pictures
// drawn by looking at them.
func (s *Server) shared(ctx context.Context, branch *session.Session, turn session.Turn) (gate.Picture, error) {
	kept, err := s.o.Pattern.Store.GetBlob(ctx, branch.Key, turn.Picture)
	if errors.Is(err, session.ErrNoSuchBlob) {
		err = errNoPicture
	}
	if err != nil {
		return gate.Picture{}, err
	}
	shown, err := s.o.Pattern.Gate.Pass(ctx, kept)
	if err == nil && shown.Hidden() {
		return shown.Made(func(png []byte) ([]byte, error) { return shrunk(png, veilSide) })
	}
	return shown, err
}

// sharePicture is one picture of a shared way.
func (s *Server) sharePicture(w http.ResponseWriter, r *http.Request) {
	branch, err := s.o.Pattern.Store.Shared(r.Context(), r.PathValue("code"))
	if err != nil {
		s.refuse(w, err)
		return
	}
	id, _ := strconv.Atoi(r.PathValue("turn"))
	turn, err := branch.Turn(id)
	var shown gate.Picture
	if err == nil {
		shown, err = s.shared(r.Context(), branch, turn)
	}
	if errors.Is(err, errNoPicture) {
		serveLater(w, r)
		return
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	serveFile(w, r, gate.NewFile("picture.png", shown), false)
}

// mostFilmed is how many pictures the film of something shared has at most, the last.
const mostFilmed = 60

// shareFilm is the film of a shared way.
func (s *Server) shareFilm(w http.ResponseWriter, r *http.Request) {
	branch, err := s.o.Pattern.Store.Shared(r.Context(), r.PathValue("code"))
	if err != nil {
		s.refuse(w, err)
		return
	}
	leave, err := s.films.enter("", mostFilms)
	if err != nil {
		s.refuse(w, err)
		return
	}
	defer leave()
	film, err := s.film(r.Context(), branch)
	if err != nil {
		s.refuse(w, err)
		return
	}
	serveFile(w, r, gate.NewFile("film.gif", film), false)
}

// mostFilms is how many films are put together at once for those who look at what was
// shared.
const mostFilms = 2

func (s *Server) film(ctx context.Context, branch *session.Session) (gate.Picture, error) {
	var frames []gate.Frame
	for _, t := range branch.Turns[max(0, len(branch.Turns)-mostFilmed):] {
		shown, err := s.shared(ctx, branch, t)
		if errors.Is(err, errNoPicture) {
			continue
		}
		if err != nil {
			return gate.Picture{}, err
		}
		frames = append(frames, gate.Frame{Picture: shown, Label: bot.Describe(t)})
	}
	if len(frames) == 0 {
		return gate.Picture{}, errNoPicture
	}
	return gate.Join(frames, picture.Animate)
}

// shareRecipe is how a shared picture is drawn.
func (s *Server) shareRecipe(w http.ResponseWriter, r *http.Request) {
	branch, err := s.o.Pattern.Store.Shared(r.Context(), r.PathValue("code"))
	if err != nil {
		s.refuse(w, err)
		return
	}
	document, err := recipefile.Of(branch, branch.Head, s.modelName(branch.Turns[0].Settings.Model))
	var text []byte
	if err == nil {
		text, err = document.JSON()
	}
	var f gate.File
	if err == nil {
		f, err = gate.NewDocument("recipe.json", text)
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	serveFile(w, r, f, true)
}

// fork goes on from what was shared, in a conversation of the user's own.
func (s *Server) fork(w http.ResponseWriter, r *http.Request, user string) error {
	key, err := s.conversation(r.Context(), user, s.newID(user))
	if err != nil {
		return err
	}
	room := s.rooms.open(key, s.o.Pattern.Options, s.o.Pattern.Clock.Now())
	t, err := s.newTurn(key, ask{Event: "fork", Command: "fork", Values: map[string]string{"code": r.PathValue("code")}})
	if err != nil {
		return err
	}
	ended, err := s.start(r.Context(), room, t, s.o.PerUser)
	if err != nil {
		return err
	}
	<-ended // it copies, and draws at most one picture
	if _, done := room.find("fork"); done != nil && done.Problem != nil {
		return bot.Problemf(done.Problem.Kind, "%s", done.Problem.Sentence)
	}
	http.Redirect(w, r, addressOf(key), http.StatusSeeOther)
	return nil
}
