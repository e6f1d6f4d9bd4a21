// Package web holds the conversation in a browser, for one person or for those who
// have a token, and draws for other programs.
//
// A page is a form, a picture and a tree; what happens in its conversation is pushed to
// it. Start with [Server.Handler] for what there is, and with turn.go for how something
// that is said becomes a turn. room.go is a conversation while somebody is in it,
// access.go says who may enter, and package guard which pages may ask.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"pentimento/bot"
	"pentimento/bot/blocklist"
	"pentimento/bot/web/guard"
	"pentimento/jobs"
	"pentimento/session"
)

// Options are what a server is made of.
type Options struct {
	// Pattern is what all conversations have in common: all but Key and Pending.
	Pattern bot.Conversation
	// Commands is the table of commands.
	Commands []bot.Command
	// Access says who may enter.
	Access Access
	// Secret seals the addresses of conversations.
	Secret []byte
	// PerUser is how many turns a user may have waiting or being drawn, PerDay how many
	// pictures in a day; 0 for any number.
	PerUser, PerDay int
	// Blocked are words that are refused in prompts; nil for none.
	Blocked *blocklist.List
	// Shared says that the queue outlives this process.
	Shared bool
	// Observer counts; nil for nobody.
	Observer Observer
	// Log is where errors go; nil for nowhere.
	Log *slog.Logger
}

// An Observer counts what happens.
type Observer interface {
	// Turn counts a turn that has ended, Stage how long a part of it took.
	Turn(outcome string)
	Stage(name string, took time.Duration)
}

// A Server holds conversations in browsers.
type Server struct {
	o       Options
	rooms   rooms
	line    line
	running running
	streams line
	uploads line
	films   line
	shelf   *shelf
	quota   *quota
}

const (
	// shelfBytes is how much is kept in memory of what was shown last.
	shelfBytes = 64 << 20
	// Drain is how long turns may go on after Run's context has ended.
	Drain = 20 * time.Second
	// lastWords is how long pages may take to be told the last.
	lastWords = 3 * time.Second
)

// New returns a server.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	o.PerUser = max(1, o.PerUser)
	return &Server{
		o: o, rooms: rooms{byKey: map[session.Key]*room{}}, shelf: newShelf(shelfBytes),
		quota: &quota{blocked: o.Blocked, perDay: o.PerDay, store: o.Pattern.Store, now: o.Pattern.Clock.Now},
	}
}

// nobody counts nothing.
type nobody struct{}

func (nobody) Turn(string)                 {}
func (nobody) Stage(string, time.Duration) {}

// Handler answers requests.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", assets())
	mux.HandleFunc("GET /enter", s.enterPage)
	mux.HandleFunc("POST /enter", s.enter)
	mux.HandleFunc("POST /leave", s.leave)
	mux.HandleFunc("GET /{$}", s.page(s.begin))
	mux.HandleFunc("GET /c/{id}", s.page(s.conversationPage))
	mux.HandleFunc("GET /conversations", s.data(s.conversations))
	mux.HandleFunc("POST /conversations", s.data(s.newConversation))
	mux.HandleFunc("GET /c/{id}/events", s.data(s.events))
	mux.HandleFunc("GET /c/{id}/turns", s.data(s.earlier))
	mux.HandleFunc("POST /c/{id}/turns", s.data(s.say))
	mux.HandleFunc("POST /c/{id}/file", s.data(s.sayWithFile))
	mux.HandleFunc("POST /c/{id}/cancel", s.data(s.cancel))
	mux.HandleFunc("POST /c/{id}/delete", s.data(s.delete))
	mux.HandleFunc("GET /c/{id}/picture/{turn}/{identity}", s.data(s.picture))
	mux.HandleFunc("GET /c/{id}/heat/{turn}/{identity}", s.data(s.heat))
	mux.HandleFunc("GET /c/{id}/result/{event}/{n}", s.data(s.resultFile))
	mux.HandleFunc("GET /s/{code}", s.sharePage)
	mux.HandleFunc("GET /s/{code}/picture/{turn}", s.sharePicture)
	mux.HandleFunc("GET /s/{code}/film.gif", s.shareFilm)
	mux.HandleFunc("GET /s/{code}/recipe.json", s.shareRecipe)
	mux.HandleFunc("POST /s/{code}/fork", s.page(s.fork))
	mux.HandleFunc("GET /v1/models", s.api(s.models))
	mux.HandleFunc("GET /v1/models/{model}", s.api(s.models))
	mux.HandleFunc("POST /v1/images/generations", s.api(s.generations))
	mux.HandleFunc("POST /v1/images/edits", s.api(s.edits))
	mux.HandleFunc("GET /v1/images/files/{name}", s.linked)
	mux.HandleFunc("/", s.nowhere)
	return guard.Guard{Public: s.o.Access.Public, Known: s.o.Access.hasToken}.Wrap(mux)
}

// Serve answers on the listener until ctx ends. Then what is in a shared queue is left
// there; otherwise turns have [Drain] to end.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if err := s.resume(ctx); err != nil {
		return fmt.Errorf("go on with what is in the queue: %w", err)
	}
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve pages: %w", err)
	case <-ctx.Done():
	}
	s.finish()
	s.rooms.close()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	err := server.Shutdown(last)
	if err != nil {
		err = server.Close() // what is still being read has had its time
	}
	if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// finish lets turns end, or leaves them in the queue.
func (s *Server) finish() {
	s.running.stop()
	if s.o.Shared {
		s.running.abort(jobs.ErrDetached)
	}
	late := time.AfterFunc(Drain, func() { s.running.abort(errStopping) })
	defer late.Stop()
	s.running.group.Wait()
}
