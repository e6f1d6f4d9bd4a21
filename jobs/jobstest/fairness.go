package jobstest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"pentimento/jobs"
)

var users = []string{"ann", "bob", "cid", "dan"}

var models = []string{"a0a0", "b1b1", "c2c2"}

// jobOf makes a job of the user's with a model.
func jobOf(user, key, model string) jobs.Job {
	j := job(user, key)
	j.Recipe.Settings.Model = model
	return j
}

// Whatever is submitted, taken by workers of some models, and cancelled, the order and everybody's place in
// it are those of the queue in memory.
func testOrder(t *testing.T, create New) {
	options := jobs.Options{PerUser: 4, Passes: -1}
	rapid.Check(t, func(r *rapid.T) {
		q, model := create(t, options)(), jobs.NewMemory(options)
		defer closeQueue(r, q)
		defer closeQueue(r, model)
		waiting, of := map[string][2]jobs.Ticket{}, map[string]string{}
		for n := range rapid.IntRange(1, 30).Draw(r, "operations") {
			switch op := rapid.IntRange(0, 9).Draw(r, "operation"); {
			case op < 6:
				j := jobOf(rapid.SampledFrom(users).Draw(r, "user"), fmt.Sprint(n), rapid.SampledFrom(models).Draw(r, "model"))
				got, err := q.Submit(t.Context(), j)
				want, modelErr := model.Submit(t.Context(), j)
				if fmt.Sprint(err) != fmt.Sprint(modelErr) || got.Ahead != want.Ahead {
					r.Fatalf("submit: %d ahead, %v; want %d, %v", got.Ahead, err, want.Ahead, modelErr)
				}
				if err == nil {
					waiting[j.Key], of[j.Key] = [2]jobs.Ticket{got, want}, j.Model()
				}
			case op < 9 && len(waiting) > 0:
				// The worker serves the model of one that waits, and maybe others.
				serves := []string{of[rapid.SampledFrom(sorted(waiting)).Draw(r, "served")], rapid.SampledFrom(models).Draw(r, "model")}
				got, want := draw(r, t, q, serves), draw(r, t, model, serves)
				if got != want {
					r.Fatalf("took %s, want %s", got, want)
				}
				delete(waiting, got)
			case len(waiting) > 0:
				key := rapid.SampledFrom(sorted(waiting)).Draw(r, "cancelled")
				for i, side := range []Broker{q, model} {
					if ok, err := side.Cancel(t.Context(), waiting[key][i]); !ok || err != nil {
						r.Fatal(ok, err)
					}
				}
				delete(waiting, key)
			}
		}
	})
}

// While somebody waits, nobody else is served more than two jobs ahead of them,
// whatever models they ask for.
func testFair(t *testing.T, create New) {
	rapid.Check(t, func(r *rapid.T) {
		q := create(t, jobs.Options{PerUser: 100, Passes: -1})()
		defer closeQueue(r, q)
		waiting, total := map[string]int{}, 0
		lead := map[[2]string]int{} // services of [1] more than of [0], while [0] waits
		for n := range rapid.IntRange(1, 40).Draw(r, "operations") {
			if total == 0 || rapid.Bool().Draw(r, "submit") {
				user := rapid.SampledFrom(users).Draw(r, "user")
				if _, err := q.Submit(t.Context(), jobOf(user, fmt.Sprintf("%s/%d", user, n), rapid.SampledFrom(models).Draw(r, "model"))); err != nil {
					r.Fatal(err)
				}
				if waiting[user]++; waiting[user] == 1 {
					for _, other := range users {
						lead[[2]string{user, other}] = 0
					}
				}
				total++
				continue
			}
			served := draw(r, t, q, models)[:3]
			waiting[served]--
			total--
			for _, other := range users {
				lead[[2]string{served, other}] = max(0, lead[[2]string{served, other}]-1)
				if other == served || waiting[other] == 0 {
					continue
				}
				if lead[[2]string{other, served}]++; lead[[2]string{other, served}] > 2 {
					r.Fatalf("%s was served %d more often than %s, who waits", served, lead[[2]string{other, served}], other)
				}
			}
		}
	})
}

// draw takes and finishes the next job of the models and returns its key.
func draw(r *rapid.T, t *testing.T, q Broker, models []string) string {
	lease, err := q.Take(t.Context(), "w/0", models)
	if err != nil {
		r.Fatal(err)
	}
	if err := q.Finish(t.Context(), lease, picture(lease.Job), nil); err != nil {
		r.Fatal(err)
	}
	return lease.Job.Key
}

func closeQueue(r *rapid.T, q Broker) {
	if err := q.Close(); err != nil {
		r.Error(err)
	}
}

func sorted(waiting map[string][2]jobs.Ticket) []string {
	keys := make([]string, 0, len(waiting))
	for n := range 100 {
		if _, ok := waiting[fmt.Sprint(n)]; ok {
			keys = append(keys, fmt.Sprint(n))
		}
	}
	return keys
}
