package web

import (
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/session/recipefile"
)

//go:embed page
var embedded embed.FS

// assets serves scripts, styles and the icon. They are those of this version of the
// program, which a browser asks for each time.
func assets() http.Handler {
	below, err := fs.Sub(embedded, "page")
	if err != nil { // the folder is in the program
		return http.NotFoundHandler()
	}
	files := http.FileServerFS(below)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}

// render writes a page.
func render(w http.ResponseWriter, status int, name string, data any) {
	pages, err := template.ParseFS(embedded, "page/*.html")
	if err != nil {
		http.Error(w, "The pages of this program cannot be read.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pages.ExecuteTemplate(w, name+".html", data) // there is nobody else to tell
}

// page answers requests for pages, for those who have entered; others are asked to.
func (s *Server) page(show func(w http.ResponseWriter, r *http.Request, user string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		user, ok := s.o.Access.who(r, s.o.Pattern.Clock.Now())
		if !ok {
			s.askWho(w, strings.TrimSuffix(r.URL.Path, "/fork"), "")
			return
		}
		if err := show(w, r, user); err != nil {
			s.showProblem(w, err)
		}
	}
}

// begin leads to the conversation that was held last, or to a new one.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, user string) error {
	past, err := s.list(r.Context(), user)
	if err != nil {
		return err
	}
	to := "/c/" + s.newID(user)
	if len(past) > 0 {
		to = past[0].Address
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// A pageView is what is in the page of a conversation before its script has run.
type pageView struct {
	Address  string
	Longest  int
	MayLeave bool
	Words    string // what can be said
	Open     string // the command that opens a picture of somebody's own
}

// repertoireWords is how many words of a kind the page names of what the model draws.
const repertoireWords = 4

// conversationPage shows a conversation.
func (s *Server) conversationPage(w http.ResponseWriter, r *http.Request, user string) error {
	key, err := s.conversationOf(r, user)
	if err != nil {
		return err
	}
	c := s.o.Pattern
	c.Key = key
	render(w, http.StatusOK, "conversation", pageView{addressOf(key), longestSaid, len(s.o.Access.Users) > 0, c.Repertoire(repertoireWords), s.opening()})
	return nil
}

// opening is the command by which a picture is opened that somebody drops on the page:
// any picture where the table has one for that, otherwise those that /export gave.
func (s *Server) opening() string {
	if _, ok := bot.Named(s.commands(), "open"); ok {
		return "open"
	}
	return "import"
}

// openingOf is the command by which a file is opened: one that /export gave is drawn
// from its recipe, so that an edit is of the picture and not of its pixels.
func (s *Server) openingOf(file []byte) string {
	if _, err := recipefile.Read(file); err == nil {
		return "import"
	}
	return s.opening()
}

// An entryView is the page that asks who somebody is.
type entryView struct{ To, Wrong string }

// askWho shows the page that asks who somebody is.
func (s *Server) askWho(w http.ResponseWriter, to, wrong string) {
	render(w, http.StatusUnauthorized, "enter", entryView{to, wrong})
}

// enterPage asks who somebody is, unless that is known.
func (s *Server) enterPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if _, ok := s.o.Access.who(r, s.o.Pattern.Clock.Now()); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.askWho(w, "/", "")
}

// wrongFor is how long somebody waits who gave a wrong token.
const wrongFor = time.Second

// enter lets somebody in who has a token.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(askWithin)) // without it a form may take longer
	defer unhurried(control)
	r.Body = http.MaxBytesReader(w, r.Body, largestAsk)
	to := local(r.PostFormValue("to"))
	u, ok := s.o.Access.byToken(r.PostFormValue("token"))
	if !ok {
		select {
		case <-time.After(wrongFor):
		case <-r.Context().Done():
		}
		s.askWho(w, to, "That token is nobody's here.")
		return
	}
	http.SetCookie(w, s.o.Access.cookie(u, s.o.Pattern.Clock.Now()))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// leave forgets who somebody is.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, s.o.Access.noCookie())
	http.Redirect(w, r, "/enter", http.StatusSeeOther)
}

// local is a path of this server's pages; the first of them for anything else.
func local(path string) string {
	if len(path) < 2 || path[0] != '/' || path[1] != 'c' && path[1] != 's' {
		return "/"
	}
	return path
}
