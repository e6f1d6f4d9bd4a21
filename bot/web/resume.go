package web

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"pentimento/bot"
	"pentimento/jobs"
	"pentimento/session"
)

// gateway marks a job as asked for in a browser.
const gateway = "web"

// memo is what a job carries.
func memo() json.RawMessage { return encoded(map[string]string{"gateway": gateway}) }

// resume goes on with what the last process left in the queue: pages are told of it as
// of anything else that is drawn.
func (s *Server) resume(ctx context.Context) error {
	left, err := s.o.Pattern.Queue.Outstanding(ctx)
	if err != nil {
		return err
	}
	for _, p := range left {
		t, ok := turnOfJob(p.Job)
		if !ok {
			s.withdraw(ctx, p.Ticket)
			continue
		}
		room := s.rooms.open(session.Key{User: p.Job.User, Place: p.Job.Place}, s.o.Pattern.Options, s.o.Pattern.Clock.Now())
		if _, err := s.start(ctx, room, t, len(left)+s.o.PerUser); err != nil {
			return err
		}
		s.o.Log.Info("a turn goes on", "turn", p.Job.Key)
	}
	return nil
}

// turnOfJob is the turn that a job was asked for by.
func turnOfJob(job jobs.Job) (*turn, bool) {
	m, ok := bot.ReadMemo(job)
	var asker struct{ Gateway string }
	if !ok || json.Unmarshal(m.Asker, &asker) != nil || asker.Gateway != gateway {
		return nil, false
	}
	t := &turn{event: job.Key[strings.LastIndexByte(job.Key, '/')+1:], said: m.Turn.Utterance, draws: true, first: make(chan struct{})}
	t.request = bot.Request{Event: job.Key, Author: m.Turn.Author}
	t.do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		return c.Resume(ctx, r, job)
	}
	return t, true
}

// withdraw ends a job that nobody waits for any more, such as a heat-map's.
func (s *Server) withdraw(ctx context.Context, t jobs.Ticket) {
	_, err := s.o.Pattern.Queue.Cancel(ctx, t)
	if err == nil {
		_, err = s.o.Pattern.Queue.Settle(ctx, t)
	}
	if err != nil && !errors.Is(err, jobs.ErrSettled) {
		s.o.Log.Warn("a job that nobody waits for stays in the queue", "job", t.ID, "error", err)
	}
}
