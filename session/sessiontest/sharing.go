package sessiontest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/session"
)

// mustShare shares a turn of alice's session and returns the code.
func mustShare(t *testing.T, store session.Store, turn int) string {
	t.Helper()
	code, err := store.Share(t.Context(), alice(), turn, time.Hour)
	if err != nil {
		t.Fatalf("Share: %v", err)
	}
	return code
}

// mustNotBeShared fails the test unless the code leads nowhere.
func mustNotBeShared(t *testing.T, store session.Store, when, code string) {
	t.Helper()
	if s, err := store.Shared(t.Context(), code); err != session.ErrNoSuchShare {
		t.Errorf("%s: Shared returned %s, %v; want ErrNoSuchShare and not a word more", when, text(t, s), err)
	}
}

// tree gives alice a session in which turn 3 edits 1, and 2 is on another
// branch, with a picture of turn 1 that is kept and one of turn 3 that is not.
func tree(t *testing.T, store session.Store) {
	t.Helper()
	picture := mustPut(t, store, alice(), []byte("picture 1"))
	mustUpdate(t, store, alice(), func(s *session.Session) error {
		first, second := root(), edit(1, "green")
		first.Picture = picture
		second.Picture = strings.Repeat("0", 64)
		second.Event = "message 3"
		for _, turn := range []session.Turn{first, edit(1, "red"), second} {
			if _, err := s.Add(turn); err != nil {
				return err
			}
		}
		return nil
	})
}

func testShare(t *testing.T, store session.Store) {
	tree(t, store)
	code := mustShare(t, store, 3)
	if len(code) < 26 || mustShare(t, store, 3) == code { // base 32: 5 bits a letter
		t.Errorf("the code %q can be guessed", code)
	}
	shared := func() *session.Session {
		s, err := store.Shared(t.Context(), code)
		if err != nil {
			t.Fatalf("Shared: %v", err)
		}
		return s
	}
	s := shared()
	if s.Key != alice() || len(s.Turns) != 2 || s.Head != 2 || s.Turns[1].Utterance != "make it green" || s.Turns[1].Parent != 1 {
		t.Errorf("shared is %s", text(t, s))
	}
	if s.Turns[0].Author+s.Turns[0].Event+s.Turns[1].Author+s.Turns[1].Event != "" {
		t.Errorf("what is shared says who: %s", text(t, s))
	}
	before := text(t, s)
	s.Turns[0].Utterance = "changed"
	mustUpdate(t, store, alice(), func(s *session.Session) error { s.Turns[2].Picture = "later"; return nil })
	if got := text(t, shared()); got != before {
		t.Errorf("what is shared changed to %s", got)
	}
	if s, err := store.Shared(t.Context(), strings.ToLower(code[:13]+"-"+code[13:])+" "); err != nil || text(t, s) != before {
		t.Errorf("the code as a person writes it: %v", err)
	}
	for _, other := range []string{"", code[1:], code + "A", "../../x", "*", strings.Repeat("x", 1<<16)} {
		mustNotBeShared(t, store, "another code", other)
	}
	if _, err := store.Share(t.Context(), alice(), 4, time.Hour); !errors.Is(err, session.ErrNoSuchTurn) {
		t.Errorf("a turn that is not there: %v, want ErrNoSuchTurn", err)
	}
	for _, lifetime := range []time.Duration{0, -1, session.MaxShareLifetime + 1} {
		if _, err := store.Share(t.Context(), alice(), 1, lifetime); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("shared for %v: %v, want ErrInvalid", lifetime, err)
		}
	}
}

func testRevoke(t *testing.T, store session.Store) {
	tree(t, store)
	code, other := mustShare(t, store, 3), mustShare(t, store, 3)
	if err := store.Revoke(t.Context(), "bob", code); err != session.ErrNoSuchShare {
		t.Errorf("revoked by another: %v, want ErrNoSuchShare", err)
	}
	if _, err := store.Shared(t.Context(), code); err != nil {
		t.Errorf("after another tried to revoke it: %v", err)
	}
	if err := store.Revoke(t.Context(), "alice", code); err != nil {
		t.Errorf("Revoke: %v", err)
	}
	mustNotBeShared(t, store, "after Revoke", code)
	if err := store.Revoke(t.Context(), "alice", code); err != session.ErrNoSuchShare {
		t.Errorf("revoked twice: %v, want ErrNoSuchShare", err)
	}
	if _, err := store.Shared(t.Context(), other); err != nil {
		t.Errorf("the other share: %v", err)
	}
}

func testShareEnds(t *testing.T, store session.Store) {
	tree(t, store)
	elsewhere := session.Key{User: "alice", Place: "elsewhere"}
	mustUpdate(t, store, elsewhere, adding(root()))
	here := mustShare(t, store, 3)
	there, err := store.Share(t.Context(), elsewhere, 1, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Delete(t.Context(), alice()); err != nil {
		t.Fatal(err)
	}
	mustNotBeShared(t, store, "after Delete", here)
	if _, err := store.Shared(t.Context(), there); err != nil {
		t.Errorf("what another session shares: %v", err)
	}
	if err := store.Forget(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	mustNotBeShared(t, store, "after Forget", there)
}

func testFork(t *testing.T, store session.Store) {
	tree(t, store)
	code := mustShare(t, store, 3)
	mustUpdate(t, store, bob(), adding(edit(0, "blue")))
	var wg sync.WaitGroup
	for range 4 { // the same message, delivered four times
		wg.Go(func() {
			if _, err := session.Fork(t.Context(), store, code, bob(), "fork 1"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := store.Forget(t.Context(), "alice"); err != nil { // bob's copy is his
		t.Fatal(err)
	}
	s := mustLoad(t, store, bob())
	if len(s.Turns) != 3 || s.Head != 3 || s.Turns[1].Parent != 0 || s.Turns[2].Parent != 2 {
		t.Fatalf("forked: %s", text(t, s))
	}
	want := root()
	if got := s.Turns[2]; got.Settings != want.Settings || got.Recipe.Prompt != edit(1, "green").Recipe.Prompt {
		t.Errorf("the forked turn is %+v", got)
	}
	if got, err := store.GetBlob(t.Context(), bob(), s.Turns[1].Picture); err != nil || string(got) != "picture 1" {
		t.Errorf("the forked picture: %q, %v", got, err)
	}
	if _, err := session.Fork(t.Context(), store, code, bob(), "fork 2"); !errors.Is(err, session.ErrNoSuchShare) {
		t.Errorf("forked after Forget: %v, want ErrNoSuchShare", err)
	}
}

// RunExpiry tests stores that keep sessions for an hour. Each call of open
// must return an empty store, to be closed by the suite, and what lets time
// pass for it.
func RunExpiry(t *testing.T, open func(t *testing.T) (store session.Store, pass func(time.Duration))) {
	tests := []struct {
		name string
		test func(*testing.T, session.Store, func(time.Duration))
	}{
		{"a session that nobody touches ends", testExpiry},
		{"touching renews", testRenewal},
		{"a share ends by itself", testShareExpiry},
		{"a clock that goes back loses nothing", testClockGoesBack},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, pass := open(t)
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			tt.test(t, store, pass)
		})
	}
}

func testExpiry(t *testing.T, store session.Store, pass func(time.Duration)) {
	tree(t, store)
	digest := mustLoad(t, store, alice()).Turns[0].Picture
	pass(30 * time.Minute)
	mustUpdate(t, store, bob(), adding(root()))
	pass(31 * time.Minute)
	if keys, err := store.List(t.Context(), "alice"); err != nil || len(keys) != 0 {
		t.Errorf("List after an hour: %q, %v", keys, err)
	}
	if _, err := store.GetBlob(t.Context(), alice(), digest); !errors.Is(err, session.ErrNoSuchBlob) {
		t.Errorf("GetBlob after an hour: %v, want ErrNoSuchBlob", err)
	}
	equal(t, mustLoad(t, store, alice()), &session.Session{Key: alice()})
	if s := mustLoad(t, store, bob()); len(s.Turns) != 1 {
		t.Errorf("bob's session after half an hour: %s", text(t, s))
	}
	if s := mustUpdate(t, store, alice(), adding(edit(0, "new"))); s.Version != 1 || len(s.Turns) != 1 {
		t.Errorf("a session after one that ended: %s", text(t, s))
	}
}

func testRenewal(t *testing.T, store session.Store, pass func(time.Duration)) {
	tree(t, store)
	digest := mustLoad(t, store, alice()).Turns[0].Picture
	touches := []func() error{
		func() error { _, err := store.Load(t.Context(), alice()); return err },
		func() error {
			_, err := store.Update(t.Context(), alice(), func(*session.Session) error { return nil })
			return err
		},
		func() error { _, err := store.PutBlob(t.Context(), alice(), []byte("more")); return err },
		func() error { _, err := store.GetBlob(t.Context(), alice(), digest); return err },
	}
	for i, touch := range touches {
		pass(50 * time.Minute)
		if err := touch(); err != nil {
			t.Errorf("touch %d: %v", i, err)
		}
		if _, err := store.GetBlob(t.Context(), alice(), digest); err != nil {
			t.Errorf("the picture after touch %d: %v", i, err)
		}
	}
	pass(50 * time.Minute)
	if s := mustLoad(t, store, alice()); len(s.Turns) != 3 {
		t.Errorf("after four touches: %s", text(t, s))
	}
	pass(50 * time.Minute)
	if err := store.Delete(t.Context(), alice()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.GetBlob(t.Context(), alice(), digest); !errors.Is(err, session.ErrNoSuchBlob) {
		t.Errorf("the picture after Delete: %v, want ErrNoSuchBlob", err)
	}
}

func testShareExpiry(t *testing.T, store session.Store, pass func(time.Duration)) {
	tree(t, store)
	long, err := store.Share(t.Context(), alice(), 3, 3*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	short := mustShare(t, store, 3)
	pass(59 * time.Minute)
	if _, err := store.Shared(t.Context(), short); err != nil {
		t.Errorf("after 59 minutes of 60: %v", err)
	}
	pass(2 * time.Minute)
	mustNotBeShared(t, store, "after 61 minutes of 60", short)
	if err := store.Revoke(t.Context(), "alice", short); err != session.ErrNoSuchShare {
		t.Errorf("revoked after its end: %v, want ErrNoSuchShare", err)
	}
	if _, err := store.Shared(t.Context(), long); err != nil {
		t.Errorf("one that outlives its session: %v", err)
	}
	if err := store.Forget(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	mustNotBeShared(t, store, "after Forget", long)
}

func testClockGoesBack(t *testing.T, store session.Store, pass func(time.Duration)) {
	tree(t, store)
	digest := mustLoad(t, store, alice()).Turns[0].Picture
	code := mustShare(t, store, 3)
	for _, d := range []time.Duration{-48 * time.Hour, 30 * time.Minute} {
		pass(d)
		before := len(mustLoad(t, store, alice()).Turns)
		if s := mustUpdate(t, store, alice(), adding(edit(1, d.String()))); before < 3 || len(s.Turns) != before+1 {
			t.Errorf("after %v there were %d turns and are %d", d, before, len(s.Turns))
		}
		if _, err := store.GetBlob(t.Context(), alice(), digest); err != nil {
			t.Errorf("the picture after %v: %v", d, err)
		}
		if _, err := store.Shared(t.Context(), code); err != nil {
			t.Errorf("what is shared after %v: %v", d, err)
		}
	}
}
