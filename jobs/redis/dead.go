package redis

import (
	"context"
	"strconv"
	"time"

	"pentimento/jobs"
	"pentimento/session"
)

// DeadLetters returns at most that many of the jobs given up, the latest first.
func (q *Queue) DeadLetters(ctx context.Context, most int) ([]jobs.DeadLetter, error) {
	if most < 1 {
		return nil, nil
	}
	ids, err := q.deadIDs(ctx, most)
	if err != nil {
		return nil, err
	}
	letters := make([]jobs.DeadLetter, 0, len(ids))
	for _, id := range ids {
		letter, _, err := q.letter(ctx, id)
		if err != nil {
			return nil, err
		}
		if letter != nil {
			letters = append(letters, *letter)
		}
	}
	return letters, nil
}

// RetryDead has the jobs that were given up wait again, the oldest first, and
// returns how many. Each is drawn once more, however many call this, and found
// by its asker with Outstanding. What cannot be read stays a dead letter, as does
// what was given up by a version that did not note who asked; so do those for
// which there is no room, and then the error is [jobs.ErrQueueFull].
func (q *Queue) RetryDead(ctx context.Context) (int, error) {
	ids, err := q.deadIDs(ctx, 0)
	if err != nil {
		return 0, err
	}
	retried := 0
	for i := len(ids) - 1; i >= 0; i-- {
		letter, readable, err := q.letter(ctx, ids[i])
		if err != nil {
			return retried, err
		}
		if letter == nil || !readable {
			continue
		}
		waits, err := q.retryLetter(ctx, ids[i], letter.Job)
		if err != nil {
			return retried, err
		}
		if waits {
			retried++
		}
	}
	return retried, nil
}

// retryLetter has a dead letter wait again and reports whether this call did it.
func (q *Queue) retryLetter(ctx context.Context, id string, job jobs.Job) (waits bool, err error) {
	answer, err := q.run(ctx, q.scripts.retryDead, id, nonce(), session.HashName(job.Key), job.Place,
		q.options.MaxWaiting, seconds(q.options.Keep), job.Model()).Result()
	if err != nil {
		return false, q.explain(ctx, err)
	}
	if answer == "full" {
		return false, jobs.ErrQueueFull
	}
	return answer == int64(1), nil
}

// deadIDs lists the dead letters, the latest first; all if most is 0.
func (q *Queue) deadIDs(ctx context.Context, most int) ([]string, error) {
	if err := q.usable(ctx); err != nil {
		return nil, err
	}
	ids, err := q.client.LRange(ctx, q.key("dead"), 0, int64(most-1)).Result()
	return ids, q.explain(ctx, err)
}

// letter reads a dead letter, nil if it was forgotten or retried meanwhile, and
// reports whether its job can be read.
func (q *Queue) letter(ctx context.Context, id string) (letter *jobs.DeadLetter, readable bool, err error) {
	fields, err := q.client.HGetAll(ctx, q.key("dead:"+id)).Result()
	if err != nil {
		return nil, false, q.explain(ctx, err)
	}
	attempts, err := strconv.Atoi(fields["attempts"])
	if err != nil {
		return nil, false, nil
	}
	letter = &jobs.DeadLetter{Failure: *readFailure(fields["failure"]), Attempts: attempts}
	if at, err := strconv.ParseInt(fields["at"], 10, 64); err == nil {
		letter.At = time.UnixMilli(at)
	}
	letter.Job, err = jobs.Decode([]byte(fields["body"]))
	if err != nil {
		letter.Job = jobs.Job{User: fields["user"]}
	}
	return letter, err == nil, nil
}
