package redis_test

import (
	"testing"
	"time"

	"pentimento/jobs"
	"pentimento/jobs/redis"
)

// While a deployment is brought up to date, bots and workers that know of no models
// put jobs into the one order of all and take them from there.
func TestVersionsBeside(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q := open(t, client, redis.Options{})
	serves := []string{"a0a0"}
	do := func(args ...any) {
		t.Helper()
		if err := client.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}

	t.Run("an older bot's job", func(t *testing.T) {
		job := newJob("ann", 0)
		job.Recipe.Settings.Model = serves[0]
		ticket, err := q.Submit(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		do("DEL", prefix+"waiting:"+serves[0])
		do("HDEL", prefix+"job:"+ticket.ID, "model")
		lease, err := q.Take(t.Context(), "new/0", serves)
		if err != nil || lease.Job.Key != job.Key {
			t.Fatalf("took %+v, %v", lease, err)
		}
		if err := q.Finish(t.Context(), lease, jobs.Result{PNG: []byte(job.Key)}, nil); err != nil {
			t.Fatal(err)
		}
		if result, err := q.Await(t.Context(), ticket, nil); err != nil || string(result.PNG) != job.Key {
			t.Errorf("await: %q, %v", result.PNG, err)
		}
	})

	t.Run("an older worker's turn", func(t *testing.T) {
		taken, next := newJob("bob", 0), newJob("bob", 1)
		taken.Recipe.Settings.Model, next.Recipe.Settings.Model = serves[0], serves[0]
		ticket, err := q.Submit(t.Context(), taken)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.Submit(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		round, err := client.ZScore(t.Context(), prefix+"waiting", ticket.ID).Result()
		if err != nil {
			t.Fatal(err)
		}
		do("ZREM", prefix+"waiting", ticket.ID)
		do("HSET", prefix+"job:"+ticket.ID, "state", "running", "slot", "old/0")
		lease, err := q.Take(t.Context(), "new/0", serves)
		if err != nil || lease.Job.Key != next.Key {
			t.Fatalf("took %+v, %v; want the job that nobody has", lease, err)
		}
		if err := q.Finish(t.Context(), lease, jobs.Result{PNG: []byte(next.Key)}, nil); err != nil {
			t.Fatal(err)
		}
		// The older worker gives it back.
		do("HSET", prefix+"job:"+ticket.ID, "state", "waiting")
		do("ZADD", prefix+"waiting", round, ticket.ID)
		if lease, err = q.Take(t.Context(), "new/0", serves); err != nil || lease.Job.Key != taken.Key {
			t.Fatalf("took %+v, %v; want the job that was given back", lease, err)
		}
		if err := q.Finish(t.Context(), lease, jobs.Result{PNG: []byte(taken.Key)}, nil); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("an older worker may serve a model", func(t *testing.T) {
		do("ZADD", prefix+"alive", time.Now().UnixMilli(), "old")
		stats, err := q.Stats(t.Context())
		if err != nil || stats.Any != 1 || !stats.Serves("b1b1") {
			t.Errorf("stats %+v, %v", stats, err)
		}
	})
}
