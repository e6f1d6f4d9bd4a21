package web

import (
	"context"
	"errors"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/jobs"
	"pentimento/session"
)

// An ask is what a page asks for: something said, or a command by its name.
type ask struct {
	// Event names it: asked for twice it is done once.
	Event string `json:"event"`
	// Said is what was typed, a slash command too; Command and Values are one that a
	// button stands for.
	Said    string            `json:"said"`
	Command string            `json:"command"`
	Values  map[string]string `json:"values"`
	// Turn is the picture that is spoken of, and Identity the turn's in hexadecimal; 0
	// for the head when its turn comes.
	Turn     int    `json:"turn"`
	Identity string `json:"identity"`

	file []byte // of a command that takes one
}

// A turn is something that is asked for, until it is done.
type turn struct {
	event string // as the page names it
	said  string
	draws bool
	do    func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error)

	request bot.Request
	cancel  context.CancelCauseFunc
	first   chan struct{} // closed when no other of the room draws before it
	begin   sync.Once

	mu       sync.Mutex
	progress progress
	told     time.Time
}

const (
	// longestSaid is how many characters may be said at once.
	longestSaid = 1000
	// longestEvent is how long the name of an event may be.
	longestEvent = 64
	// tellEvery is how often a page is told how far a drawing is.
	tellEvery = 100 * time.Millisecond
)

// What an ask can be refused with.
var (
	errNothingSaid = bot.Problemf(bot.Invalid, "say what you would like to see, or what should change")
	errTooLong     = bot.Problemf(bot.Invalid, "that is longer than %d characters: say it in fewer", longestSaid)
	errNoEvent     = bot.Problemf(bot.Invalid, "what is asked for has no name, or not one of %d letters, digits and hyphens", longestEvent)
	errStopping    = bot.Problemf(bot.Stopped, "I am being stopped, so nothing was drawn. Say it again in a minute")
	errFault       = errors.New("a turn ended in a fault")
)

// newTurn makes a turn of what is asked for.
func (s *Server) newTurn(key session.Key, a ask) (*turn, error) {
	if !isName(a.Event) {
		return nil, errNoEvent
	}
	t := &turn{event: a.Event, first: make(chan struct{})}
	t.request = bot.Request{Event: eventOf(key, a.Event), Turn: a.Turn, Previews: !s.o.Pattern.Gate.Checks()}
	if a.Turn != 0 {
		identity, err := strconv.ParseUint(a.Identity, 16, 64)
		if err != nil {
			return nil, bot.ErrPictureGone
		}
		t.request.Identity = &identity
	}
	a.Said = strings.TrimSpace(strings.ToValidUTF8(a.Said, "\uFFFD"))
	if a.Command == "" && strings.HasPrefix(a.Said, "/") {
		return t, s.typed(t, key.User, a)
	}
	if a.Command != "" {
		return t, s.command(t, key.User, a, a.Command, a.Values)
	}
	switch n := len([]rune(a.Said)); {
	case n == 0:
		return nil, errNothingSaid
	case n > longestSaid:
		return nil, errTooLong
	}
	t.said, t.draws = a.Said, true
	t.do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		return c.Say(ctx, r, a.Said)
	}
	return t, nil
}

// isName reports whether a page may give an event the name.
func isName(name string) bool {
	return name != "" && len(name) <= longestEvent && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

// eventOf is the event of a conversation by its name there. Two users' are two, and so
// are two conversations', whatever their pages call them.
func eventOf(key session.Key, name string) string {
	return "web/" + session.HashName(key.User+"\n"+key.Place) + "/" + name
}

// typed makes the turn one that does a command that was typed.
func (s *Server) typed(t *turn, user string, a ask) error {
	if len([]rune(a.Said)) > 2*longestSaid {
		return errTooLong
	}
	name, rest, _ := strings.Cut(a.Said, " ")
	command, err := bot.Find(s.commands(), strings.TrimPrefix(name, "/"))
	if err != nil {
		return err
	}
	values, err := command.Typed(rest)
	if err != nil {
		return err
	}
	return s.command(t, user, a, command.Name, values)
}

// commands are those of the table that are for pages.
func (s *Server) commands() []bot.Command {
	var out []bot.Command
	for _, c := range s.o.Commands {
		if c.Name != "quit" {
			out = append(out, c)
		}
	}
	return out
}

// help lists the commands.
func (s *Server) help() string {
	var lines []string
	for _, c := range s.commands() {
		lines = append(lines, c.Usage()+"\n    "+c.Help)
	}
	return strings.Join(lines, "\n")
}

// command makes the turn one that does a command of the table.
func (s *Server) command(t *turn, user string, a ask, name string, values map[string]string) error {
	command, ok := bot.Named(s.commands(), name)
	if !ok {
		return bot.Problemf(bot.NotFound, "there is no command /%s", name)
	}
	clean := map[string]string{}
	for name, value := range values {
		value = strings.TrimSpace(strings.ToValidUTF8(value, "\uFFFD"))
		if len([]rune(value)) > longestSaid {
			return errTooLong
		}
		clean[name] = value
	}
	in, err := command.Read(t.request, clean)
	if err != nil {
		return err
	}
	in.File = func(context.Context) ([]byte, error) {
		if a.file == nil {
			return nil, bot.Problemf(bot.Invalid, "choose the file: by the button, or by dropping it on the page")
		}
		return a.file, nil
	}
	t.said, t.draws = "/"+command.Name, command.Draws
	if command.Said != nil {
		t.said = command.Said(in)
	}
	t.do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		in.Request = r
		return command.Do(ctx, c, in)
	}
	if command.Name == "forget" {
		t.do = s.forgetting(user, t.do)
	}
	return nil
}

// submit has what is asked for done in the room, once: it is not done yet when submit
// returns. The error refuses it.
func (s *Server) submit(ctx context.Context, r *room, a ask) error {
	if had, done := r.find(a.Event); had != nil || done != nil {
		return nil
	}
	t, err := s.newTurn(r.key, a)
	if err != nil {
		return err
	}
	_, err = s.start(ctx, r, t, s.o.PerUser)
	return err
}

// start begins a turn, if its user has fewer than most; ended is closed when it is
// done. The end of ctx, who asked for it, does not end it.
func (s *Server) start(ctx context.Context, r *room, t *turn, most int) (ended <-chan struct{}, err error) {
	leave, err := s.line.enter(r.key.User, most)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	t.cancel = cancel
	done := make(chan struct{})
	if !s.running.add(t, cancel) {
		leave()
		cancel(nil)
		return nil, errStopping
	}
	r.add(t)
	r.tell("said", saidView{t.event, t.said})
	go func() {
		defer close(done)
		defer s.running.remove(t)
		defer leave()
		defer cancel(nil)
		s.run(ctx, r, t)
	}()
	return done, nil
}

// run does what a turn is for, and tells the room what came of it.
func (s *Server) run(ctx context.Context, r *room, t *turn) {
	began := s.o.Pattern.Clock.Now()
	answer, err := s.wait(ctx, r, t)
	var out result
	if err == nil {
		out, err = s.shown(r, t, answer)
	}
	if err != nil {
		out = s.problem(ctx, t.event, err)
	}
	r.end(t, out, s.o.Pattern.Clock.Now())
	r.tell("done", out)
	s.o.Observer.Turn(outcome(out))
	s.o.Observer.Stage("turn", s.o.Pattern.Clock.Now().Sub(began))
	s.o.Log.Info("a turn has ended", "turn", t.request.Event, "outcome", outcome(out))
}

// outcome is how a turn ended, for those who count.
func outcome(d result) string {
	if d.Problem != nil {
		return string(d.Problem.Kind)
	}
	return "answered"
}

// wait waits until it is the turn's turn, and has its conversation answer. A panic in
// that is an error.
func (s *Server) wait(ctx context.Context, r *room, t *turn) (answer *bot.Answer, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			s.o.Log.Error("a turn ended in a fault", "turn", t.request.Event, "fault", fault, "stack", string(debug.Stack()))
			err = errFault
		}
	}()
	if t.draws {
		select {
		case <-t.first:
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), jobs.ErrDetached) {
				return nil, errStopping // it is not in the queue yet
			}
			return nil, context.Cause(ctx)
		}
	}
	c := r.conversation(s.o.Pattern)
	before := *c
	request := t.request
	request.Allow = s.quota.allow(ctx, r.key.User, t.draws)
	request.Memo = memo()
	if s.several() {
		request.AllowImport = bot.Affordable
	}
	request.Watch = func(e jobs.Event) { s.watch(r, t, e) }
	answer, err = t.do(ctx, c, request)
	if err == nil && s.several() {
		err = c.Options.AffordableAfter(before.Options)
	}
	if err != nil {
		return nil, err
	}
	r.keep(&before, c, answer.Turn.ID)
	return answer, nil
}

// several reports whether several people share what draws.
func (s *Server) several() bool { return len(s.o.Access.Users) > 0 }

// watch tells the room how a turn fares, a few times a second.
func (s *Server) watch(r *room, t *turn, e jobs.Event) {
	now := s.o.Pattern.Clock.Now()
	t.mu.Lock()
	p := progress{Event: t.event, Ahead: e.Ahead + min(1, e.Drawing)}
	switch {
	case e.Vacant > 0:
		p.Notice = bot.NoticeVacant(e.Vacant)
	case e.Running:
		p = progress{Event: t.event, Step: e.Step, Steps: e.Steps, Preview: t.progress.Preview}
		if shown := s.o.Pattern.Gate.Preview(e.Preview); len(e.Preview) > 0 && !shown.None() && !shown.Hidden() {
			p.Preview = shown.Bytes()
		}
	}
	begins := t.progress.Steps == 0 && p.Steps > 0
	t.progress = p
	soon := now.Sub(t.told) >= 0 && now.Sub(t.told) < tellEvery
	if soon && !begins {
		t.mu.Unlock()
		return
	}
	t.told = now
	t.mu.Unlock()
	r.feed.Tell("progress", encoded(p))
}

// problem is what a page is told of an error.
func (s *Server) problem(ctx context.Context, event string, err error) result {
	if cause := context.Cause(ctx); ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, jobs.ErrCancelled)) {
		err = cause
	}
	p := bot.ProblemOf(err)
	p.Log(s.o.Log)
	return result{Event: event, Kind: "problem", Problem: &problemView{p.Kind, p.Sentence()}}
}

// cancel stops a turn of the room, and reports whether there was one.
func (r *room) cancel(event string) bool {
	t, _ := r.find(event)
	if t == nil {
		return false
	}
	t.cancel(jobs.ErrCancelled)
	return true
}

// shown takes up what an answer shows: the pictures that are to be looked at, and what
// is new in the session.
func (s *Server) shown(r *room, t *turn, a *bot.Answer) (result, error) {
	if a.Drawing != nil {
		s.o.Observer.Stage("keep", a.Kept)
	}
	files, err := filesOf(a)
	if err != nil {
		return result{}, err
	}
	out := resultOf(t.event, a)
	if a.Show == bot.ShowHelp {
		out.Text = s.help()
	}
	for i, f := range files {
		name := strconv.Itoa(i)
		s.shelf.put(r.key, "result/"+t.event+"/"+name, f)
		out.Files = append(out.Files, fileView{f.Name(), addressOf(r.key) + "/result/" + t.event + "/" + name, f.IsPicture(), f.Hidden()})
	}
	if !a.Picture.None() && a.Turn.ID != 0 {
		s.shelf.put(r.key, pictureName(a.Turn), gate.NewFile("picture.png", a.Picture))
	}
	again := t.draws && a.Drawing == nil && a.Turn.Event == t.request.Event // asked for twice, and drawn before
	if a.Session != nil && a.Question == nil && !again {
		r.tellOf(s, a.Session, a.Picture.Hidden())
	}
	return out, nil
}

// tellOf tells the room what is new in its session.
func (r *room) tellOf(s *Server, held *session.Session, hidden bool) {
	r.mu.Lock()
	known := min(r.known, len(held.Turns))
	r.known = len(held.Turns)
	r.mu.Unlock()
	if fresh := held.Turns[known:]; len(fresh) > 0 {
		r.tell("turns", turnViews(r.key, fresh[max(0, len(fresh)-window):]))
	}
	if turn, err := held.Turn(held.Head); err == nil {
		r.tell("head", headOf(r.key, held, turn, hidden))
	}
}
