package web

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/blocklist"
	"pentimento/session"
)

// A quota says what may be drawn, and counts what people draw in a day (UTC).
type quota struct {
	blocked *blocklist.List
	perDay  int // 0 for any number
	store   session.Store
	now     func() time.Time

	mu    sync.Mutex
	day   string
	spent map[string]int // by user; those who have not drawn since the start are not in it
}

// allow returns what refuses a prompt that is blocked, or, if something is drawn, whose
// asker has had their pictures for today. What is drawn counts once.
func (q *quota) allow(ctx context.Context, user string, draws bool) func(prompt string) error {
	counted := !draws || q.perDay == 0
	return func(prompt string) error {
		if err := q.blocked.Allows(prompt); err != nil || counted {
			return err
		}
		err := q.spend(ctx, user)
		counted = err == nil
		return err
	}
}

// spend counts one picture of the user's.
func (q *quota) spend(ctx context.Context, user string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if today := q.now().UTC().Format(time.DateOnly); today != q.day {
		q.day, q.spent = today, map[string]int{}
	}
	if _, known := q.spent[user]; !known {
		n, err := q.drawn(ctx, user)
		if err != nil {
			return fmt.Errorf("count today's pictures: %w", err)
		}
		q.spent[user] = n
	}
	if q.spent[user] >= q.perDay {
		return bot.Problemf(bot.Refused, "you have drawn %s today, which is as many as you may. The count starts again at midnight UTC", bot.Plural(q.perDay, "picture"))
	}
	q.spent[user]++
	return nil
}

// drawn counts the turns of the user's conversations that were made today.
func (q *quota) drawn(ctx context.Context, user string) (n int, err error) {
	keys, err := q.store.List(ctx, user)
	if err != nil {
		return 0, err
	}
	for _, key := range keys {
		s, err := q.store.Load(ctx, key)
		if err != nil {
			return 0, err
		}
		for _, t := range s.Turns {
			if t.Event != "" && t.Time.UTC().Format(time.DateOnly) == q.day {
				n++
			}
		}
	}
	return n, nil
}
