// Package sessiontest is the suite that every [session.Store] passes. Start at
// [Run]; stores whose sessions expire pass [RunExpiry] too.
package sessiontest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/recipe"
	"pentimento/session"
)

// Run tests the stores that open returns. Each call must return an empty
// store, to be closed by the suite.
func Run(t *testing.T, open func(t *testing.T) session.Store) {
	run(t, open, historyLength)
}

// RunShort is Run with a short random history, for other ways to open a store
// that passes Run.
func RunShort(t *testing.T, open func(t *testing.T) session.Store) {
	run(t, open, historyLength/20)
}

func run(t *testing.T, open func(t *testing.T) session.Store, operations int) {
	tests := []struct {
		name string
		test func(*testing.T, session.Store)
	}{
		{"an unknown session is empty", testEmpty},
		{"what was stored comes back", testRoundTrip},
		{"an update continues where the last one ended", testContinue},
		{"a change that fails changes nothing", testFailedChange},
		{"a change that panics changes nothing", testPanickingChange},
		{"a change that changes nothing is not stored", testUnchanged},
		{"a store does not share memory with its callers", testAliasing},
		{"an update cannot remove turns", testRemovedTurns},
		{"an update cannot break the tree", testBrokenTree},
		{"sessions are apart", testApart},
		{"updates at once are all kept", testConcurrent},
		{"one event makes one turn", testEvent},
		{"list names the user's sessions", testList},
		{"delete removes one session", testDelete},
		{"forget removes the user", testForget},
		{"blobs come back", testBlobs},
		{"originals come back", testOriginals},
		{"a turn is shared as it was", testShare},
		{"a share is taken back by its owner", testRevoke},
		{"a share ends with its session and its owner", testShareEnds},
		{"a fork is a copy", testFork},
		{"limits", testLimits},
		{"a request that was given up is not served", testContext},
		{"a closed store says so", testClosed},
		{"a random history equals the model", func(t *testing.T, store session.Store) { testModel(t, store, operations) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			tt.test(t, store)
		})
	}
}

// alice and bob hold sessions in the tests.
func alice() session.Key { return session.Key{User: "alice", Place: "terminal"} }
func bob() session.Key   { return session.Key{User: "bob", Place: "terminal"} }

// root is a turn that uses every field.
func root() session.Turn {
	return session.Turn{
		Identity:  1<<64 - 1,
		Withdrawn: true,
		Author:    "alice",
		Time:      time.Date(2025, 3, 1, 12, 30, 0, 123456789, time.UTC),
		Utterance: "a woman's face with blond hair <&> \u2028 \x00 🎨",
		Plan:      json.RawMessage(`{"kind":"imagine","n":1e3,"html":"<b>"}`),
		Settings:  recipe.Settings{Model: "sha256:ab", Seed: 1<<64 - 1, Scheduler: "ddim", Steps: 20, Guidance: 7.5},
		Recipe:    recipe.Turn{Prompt: "a woman's face with blond hair", Weights: []recipe.Weight{{Span: recipe.Span{Start: 2, End: 9}, Factor: -1.5}}},
		Picture:   "sha256:cd",
		Event:     "message 1",
	}
}

// edit is an edit of the parent.
func edit(parent int, to string) session.Turn {
	return session.Turn{
		Parent:    parent,
		Author:    "alice",
		Time:      time.Date(2025, 3, 1, 12, 31, 0, 0, time.UTC),
		Utterance: "make it " + to,
		Edit:      "blond → " + to,
		Recipe: recipe.Turn{
			Prompt:  "a woman's face with " + to + " hair",
			Preset:  "appearance",
			Windows: recipe.Windows{Cross: recipe.Window{To: 0.2}, Self: recipe.Window{To: 0.8}, CrossWords: []recipe.WordWindow{{Span: recipe.Span{Start: 1, End: 2}}}},
			Blend:   recipe.Blend{Threshold: 0.3, Source: []recipe.Span{{Start: 20, End: 25}}},
		},
	}
}

// adding is a change that adds the turn.
func adding(turn session.Turn) func(*session.Session) error {
	return func(s *session.Session) error {
		_, err := s.Add(turn)
		return err
	}
}

// mustUpdate updates the session and returns it.
func mustUpdate(t *testing.T, store session.Store, key session.Key, change func(*session.Session) error) *session.Session {
	t.Helper()
	s, err := store.Update(t.Context(), key, change)
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	return s
}

// mustLoad returns the stored session.
func mustLoad(t *testing.T, store session.Store, key session.Key) *session.Session {
	t.Helper()
	s, err := store.Load(t.Context(), key)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return s
}

// equal fails the test unless got and want are the same session.
func equal(t *testing.T, got, want *session.Session) {
	t.Helper()
	g, w := text(t, got), text(t, want)
	if g != w {
		t.Fatalf("got session\n%s\nwant\n%s", g, w)
	}
}

// text is a session as a text that two sessions share only if they are equal.
func text(t *testing.T, s *session.Session) string {
	t.Helper()
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func testEmpty(t *testing.T, store session.Store) {
	equal(t, mustLoad(t, store, alice()), &session.Session{Key: alice()})
	mustUpdate(t, store, alice(), func(s *session.Session) error {
		equal(t, s, &session.Session{Key: alice()})
		return nil
	})
}

func testRoundTrip(t *testing.T, store session.Store) {
	want := &session.Session{Key: alice()}
	change := func(s *session.Session) error {
		for _, turn := range []session.Turn{root(), edit(1, "red"), edit(2, "brown"), edit(1, "green")} {
			if _, err := s.Add(turn); err != nil {
				return err
			}
		}
		return s.Revert(1)
	}
	if err := change(want); err != nil {
		t.Fatal(err)
	}
	want.Version = 1
	equal(t, mustUpdate(t, store, alice(), change), want)
	equal(t, mustLoad(t, store, alice()), want)
}

func testContinue(t *testing.T, store session.Store) {
	mustUpdate(t, store, alice(), adding(root()))
	mustUpdate(t, store, alice(), adding(edit(1, "red")))
	mustUpdate(t, store, alice(), func(s *session.Session) error { return s.Revert(1) })
	mustUpdate(t, store, alice(), func(s *session.Session) error { s.Turns[1].Picture = "later"; return nil })
	s := mustLoad(t, store, alice())
	if s.Version != 4 || len(s.Turns) != 2 || s.Head != 1 || !s.CanRedo() || s.Turns[1].Picture != "later" {
		t.Errorf("after four updates: %s", text(t, s))
	}
}

func testFailedChange(t *testing.T, store session.Store) {
	before := mustUpdate(t, store, alice(), adding(root()))
	failure := errors.New("no")
	_, err := store.Update(t.Context(), alice(), func(s *session.Session) error {
		if err := adding(edit(1, "red"))(s); err != nil {
			return err
		}
		return failure
	})
	if err != failure {
		t.Errorf("Update returned %v, want the change's own error", err)
	}
	equal(t, mustLoad(t, store, alice()), before)
}

func testPanickingChange(t *testing.T, store session.Store) {
	before := mustUpdate(t, store, alice(), adding(root()))
	func() {
		defer func() {
			if recover() != "oh" {
				t.Error("the panic was swallowed")
			}
		}()
		_, err := store.Update(t.Context(), alice(), func(s *session.Session) error {
			s.Turns[0].Utterance = "changed"
			panic("oh")
		})
		t.Errorf("Update returned %v", err)
	}()
	equal(t, mustLoad(t, store, alice()), before)
	mustUpdate(t, store, alice(), adding(edit(1, "red"))) // the store is not stuck
}

func testUnchanged(t *testing.T, store session.Store) {
	before := mustUpdate(t, store, alice(), adding(root()))
	equal(t, mustUpdate(t, store, alice(), func(s *session.Session) error {
		s.Key, s.Version = bob(), 99 // not the change's to choose
		return nil
	}), before)
	equal(t, mustUpdate(t, store, alice(), adding(root())), before) // the same event
	equal(t, mustLoad(t, store, alice()), before)
}

func testAliasing(t *testing.T, store session.Store) {
	turn := root()
	turn.Plan = json.RawMessage(`{"a":1}`)
	s := mustUpdate(t, store, alice(), adding(turn))
	before := text(t, s)
	copy(turn.Plan, `{"b":2}`)
	turn.Recipe.Weights[0].Factor = 9
	loaded := mustLoad(t, store, alice())
	loaded.Turns[0].Recipe.Weights[0].Factor = 10
	copy(loaded.Turns[0].Plan, `{"c":3}`)
	if got := text(t, mustLoad(t, store, alice())); got != before {
		t.Errorf("got session\n%s\nwant\n%s", got, before)
	}
}

func testRemovedTurns(t *testing.T, store session.Store) {
	mustUpdate(t, store, alice(), adding(root()))
	before := mustUpdate(t, store, alice(), adding(edit(1, "red")))
	_, err := store.Update(t.Context(), alice(), func(s *session.Session) error {
		s.Turns, s.Head = s.Turns[:1], 1
		return nil
	})
	if !errors.Is(err, session.ErrInvalid) {
		t.Errorf("Update returned %v, want ErrInvalid", err)
	}
	equal(t, mustLoad(t, store, alice()), before)
}

func testBrokenTree(t *testing.T, store session.Store) {
	mustUpdate(t, store, alice(), adding(root()))
	before := mustUpdate(t, store, alice(), adding(edit(1, "red")))
	breaks := map[string]func(*session.Session){
		"head beyond the turns": func(s *session.Session) { s.Head = 3 },
		"head nowhere":          func(s *session.Session) { s.Head = 0 },
		"turn with another ID":  func(s *session.Session) { s.Turns[1].ID = 7 },
		"turn its own parent":   func(s *session.Session) { s.Turns[1].Parent = 2 },
		"negative parent":       func(s *session.Session) { s.Turns[1].Parent = -1 },
		"other settings":        func(s *session.Session) { s.Turns[1].Settings.Seed = 5 },
		"redo to a stranger":    func(s *session.Session) { s.Left = map[int]int{1: 1} },
		"text that is not text": func(s *session.Session) { s.Turns[1].Recipe.Prompt = "\xff" },
		"plan that is not JSON": func(s *session.Session) { s.Turns[1].Plan = json.RawMessage("{") },
		"time out of range":     func(s *session.Session) { s.Turns[1].Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
	for name, change := range breaks {
		_, err := store.Update(t.Context(), alice(), func(s *session.Session) error { change(s); return nil })
		if !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: Update returned %v, want ErrInvalid", name, err)
		}
	}
	equal(t, mustLoad(t, store, alice()), before)
}

func testApart(t *testing.T, store session.Store) {
	// Names that a careless joining of user and place would confuse.
	keys := []session.Key{{User: "a", Place: "b/c"}, {User: "a/b", Place: "c"}, {User: "a", Place: "b"}, {User: "a\x00b", Place: "c"}, {User: "a", Place: "\x00b"}, {User: "..", Place: "."}, {User: "Ä", Place: strings.Repeat("x", session.MaxNameBytes)}}
	for i, key := range keys {
		turn := root()
		turn.Utterance = fmt.Sprint(i)
		mustUpdate(t, store, key, adding(turn))
	}
	for i, key := range keys {
		s := mustLoad(t, store, key)
		if s.Key != key || len(s.Turns) != 1 || s.Turns[0].Utterance != fmt.Sprint(i) {
			t.Errorf("session %q: %s", key, text(t, s))
		}
	}
}

func testConcurrent(t *testing.T, store session.Store) {
	const talkers, turns = 8, 5
	mustUpdate(t, store, alice(), adding(root()))
	var wg sync.WaitGroup
	for talker := range talkers {
		wg.Go(func() {
			for n := range turns {
				_, err := store.Update(t.Context(), alice(), func(s *session.Session) error {
					turn := edit(s.Head, fmt.Sprint(talker))
					turn.Event = fmt.Sprintf("%d/%d", talker, n)
					_, err := s.Add(turn)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if _, err := store.Load(t.Context(), alice()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := mustLoad(t, store, alice())
	if len(s.Turns) != 1+talkers*turns || s.Version != 1+talkers*turns {
		t.Fatalf("%d turns, version %d; want %d of both", len(s.Turns), s.Version, 1+talkers*turns)
	}
	for _, turn := range s.Turns[1:] { // each saw what the one before it left
		if turn.Parent != turn.ID-1 {
			t.Errorf("turn %d edits turn %d", turn.ID, turn.Parent)
		}
	}
	for talker := range talkers { // and each talker's turns are in order
		var order []string
		for _, turn := range s.Turns {
			if strings.HasPrefix(turn.Event, fmt.Sprintf("%d/", talker)) {
				order = append(order, turn.Event)
			}
		}
		if len(order) != turns || !slices.IsSorted(order) {
			t.Errorf("talker %d: %q", talker, order)
		}
	}
}

func testEvent(t *testing.T, store session.Store) {
	mustUpdate(t, store, alice(), adding(root()))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			turn := edit(1, "red")
			turn.Event = "message 2"
			if _, err := store.Update(t.Context(), alice(), adding(turn)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s := mustLoad(t, store, alice()); len(s.Turns) != 2 || s.Version != 2 {
		t.Errorf("eight deliveries of one message: %s", text(t, s))
	}
}

func testList(t *testing.T, store session.Store) {
	for _, place := range []string{"thread 2", "dm", "thread 10"} {
		mustUpdate(t, store, session.Key{User: "alice", Place: place}, adding(root()))
	}
	mustUpdate(t, store, session.Key{User: "alice", Place: "empty"}, func(*session.Session) error { return nil })
	mustUpdate(t, store, session.Key{User: "alic", Place: "e"}, adding(root()))
	got, err := store.List(t.Context(), "alice")
	want := []session.Key{{User: "alice", Place: "dm"}, {User: "alice", Place: "thread 10"}, {User: "alice", Place: "thread 2"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("List: %q, %v; want %q", got, err, want)
	}
	if got, err := store.List(t.Context(), "nobody"); err != nil || len(got) != 0 {
		t.Errorf("List of nobody: %q, %v", got, err)
	}
}

func testDelete(t *testing.T, store session.Store) {
	other := session.Key{User: "alice", Place: "elsewhere"}
	mustUpdate(t, store, alice(), adding(root()))
	mustUpdate(t, store, other, adding(root()))
	digest := mustPut(t, store, alice(), []byte("latents"))
	mustPut(t, store, other, []byte("latents"))
	for range 2 { // the second finds nothing
		if err := store.Delete(t.Context(), alice()); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, mustLoad(t, store, alice()), &session.Session{Key: alice()})
	if _, err := store.GetBlob(t.Context(), alice(), digest); !errors.Is(err, session.ErrNoSuchBlob) {
		t.Errorf("GetBlob after Delete: %v", err)
	}
	if s := mustLoad(t, store, other); len(s.Turns) != 1 {
		t.Errorf("the other session: %s", text(t, s))
	}
	if _, err := store.GetBlob(t.Context(), other, digest); err != nil {
		t.Errorf("the other session's blob: %v", err)
	}
}

func testForget(t *testing.T, store session.Store) {
	places := []session.Key{alice(), {User: "alice", Place: "dm"}, {User: "alice", Place: "only a blob"}}
	var digest string
	for _, key := range places {
		digest = mustPut(t, store, key, []byte("latents"))
	}
	for _, key := range places[:2] {
		mustUpdate(t, store, key, adding(root()))
	}
	mustUpdate(t, store, bob(), adding(root()))
	mustPut(t, store, bob(), []byte("latents"))
	for range 2 { // the second finds nothing
		if err := store.Forget(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range places {
		equal(t, mustLoad(t, store, key), &session.Session{Key: key})
		if _, err := store.GetBlob(t.Context(), key, digest); !errors.Is(err, session.ErrNoSuchBlob) {
			t.Errorf("GetBlob %q after Forget: %v", key, err)
		}
	}
	if s := mustLoad(t, store, bob()); len(s.Turns) != 1 {
		t.Errorf("bob's session: %s", text(t, s))
	}
	if _, err := store.GetBlob(t.Context(), bob(), digest); err != nil {
		t.Errorf("bob's blob: %v", err)
	}
	mustUpdate(t, store, alice(), adding(root())) // the store goes on
}

// mustPut keeps a blob and returns its digest.
func mustPut(t *testing.T, store session.Store, key session.Key, data []byte) string {
	t.Helper()
	digest, err := store.PutBlob(t.Context(), key, data)
	if err != nil {
		t.Fatalf("PutBlob: %v", err)
	}
	return digest
}

func testBlobs(t *testing.T, store session.Store) {
	data := []byte("latents")
	digest := mustPut(t, store, alice(), data)
	if want := "b72be11e807c142f6a328afc05112252bb77fb33d2dec32eb4f084456d673870"; digest != want {
		t.Errorf("digest %s, want the SHA-256 %s", digest, want)
	}
	if again := mustPut(t, store, alice(), data); again != digest {
		t.Errorf("the same data has digests %s and %s", digest, again)
	}
	data[0] = 'L' // the store keeps its own
	for range 2 {
		got, err := store.GetBlob(t.Context(), alice(), digest)
		if err != nil || string(got) != "latents" {
			t.Fatalf("GetBlob: %q, %v", got, err)
		}
		got[0] = 'M'
	}
	empty := mustPut(t, store, alice(), nil)
	if got, err := store.GetBlob(t.Context(), alice(), empty); err != nil || len(got) != 0 {
		t.Errorf("GetBlob of nothing: %q, %v", got, err)
	}
	if _, err := store.GetBlob(t.Context(), bob(), digest); !errors.Is(err, session.ErrNoSuchBlob) {
		t.Errorf("GetBlob by another user: %v, want ErrNoSuchBlob", err)
	}
	for _, digest := range []string{"", "../../x", strings.ToUpper(digest), strings.Repeat("0", 64), "zz"} {
		if _, err := store.GetBlob(t.Context(), alice(), digest); !errors.Is(err, session.ErrNoSuchBlob) {
			t.Errorf("GetBlob(%q): %v, want ErrNoSuchBlob", digest, err)
		}
	}
}

// An original is a blob that stays, and goes with its session and its user.
func testOriginals(t *testing.T, store session.Store) {
	keep := func(key session.Key) string {
		t.Helper()
		digest, err := store.PutOriginal(t.Context(), key, []byte("a photograph"))
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	has := func(key session.Key, digest string) bool {
		t.Helper()
		data, err := store.GetBlob(t.Context(), key, digest)
		if err != nil && !errors.Is(err, session.ErrNoSuchBlob) {
			t.Fatal(err)
		}
		return err == nil && string(data) == "a photograph"
	}
	digest := keep(alice())
	if want := mustPut(t, store, alice(), []byte("a photograph")); digest != want {
		t.Errorf("digest %s, want that of any blob, %s", digest, want)
	}
	if !has(alice(), digest) || has(bob(), digest) {
		t.Error("it is not the one's whose it is, or another's too")
	}
	keep(bob())
	if err := store.Delete(t.Context(), alice()); err != nil {
		t.Fatal(err)
	}
	if has(alice(), digest) || !has(bob(), digest) {
		t.Error("after Delete it is there, or another's is gone")
	}
	if err := store.Forget(t.Context(), bob().User); err != nil {
		t.Fatal(err)
	}
	if has(bob(), digest) {
		t.Error("after Forget it is there")
	}
	if _, err := store.PutOriginal(t.Context(), alice(), make([]byte, session.MaxBlobBytes+1)); !errors.Is(err, session.ErrTooLarge) {
		t.Errorf("a large one: %v, want ErrTooLarge", err)
	}
}

func testLimits(t *testing.T, store session.Store) {
	long := root()
	long.Utterance = strings.Repeat("x", session.MaxTurnBytes)
	if _, err := store.Update(t.Context(), alice(), adding(long)); !errors.Is(err, session.ErrTooLarge) {
		t.Errorf("a long turn: %v, want ErrTooLarge", err)
	}
	if _, err := store.PutBlob(t.Context(), alice(), make([]byte, session.MaxBlobBytes+1)); !errors.Is(err, session.ErrTooLarge) {
		t.Errorf("a large blob: %v, want ErrTooLarge", err)
	} else if !strings.HasPrefix(err.Error(), session.ErrTooLarge.Error()) {
		t.Errorf("a large blob: users are told %q, which says where the store is", err)
	}
	mustPut(t, store, alice(), make([]byte, session.MaxBlobBytes))
	for _, key := range []session.Key{{}, {User: "a"}, {Place: "a"}, {User: strings.Repeat("a", session.MaxNameBytes+1), Place: "a"}, {User: "\xff", Place: "a"}} {
		if _, err := store.Load(t.Context(), key); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("Load(%q): %v, want ErrInvalid", key, err)
		}
	}
}

func testContext(t *testing.T, store session.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range requests(ctx, store) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
}

func testClosed(t *testing.T, store session.Store) {
	for range 2 {
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range requests(t.Context(), store) {
		if !errors.Is(err, session.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", name, err)
		}
	}
}

// requests makes every request and returns the errors.
func requests(ctx context.Context, store session.Store) map[string]error {
	errs := make(map[string]error)
	_, errs["Load"] = store.Load(ctx, alice())
	_, errs["Update"] = store.Update(ctx, alice(), adding(root()))
	_, errs["List"] = store.List(ctx, "alice")
	errs["Delete"] = store.Delete(ctx, alice())
	errs["Forget"] = store.Forget(ctx, "alice")
	_, errs["PutBlob"] = store.PutBlob(ctx, alice(), []byte("x"))
	_, errs["Share"] = store.Share(ctx, alice(), 1, time.Hour)
	_, errs["Shared"] = store.Shared(ctx, "code")
	errs["Revoke"] = store.Revoke(ctx, "alice", "code")
	_, errs["GetBlob"] = store.GetBlob(ctx, alice(), strings.Repeat("0", 64))
	return errs
}
