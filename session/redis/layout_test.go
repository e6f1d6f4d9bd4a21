package redis

import (
	"errors"
	"strings"
	"testing"

	"pentimento/session"
	"pentimento/session/sessiontest"
)

var testKey = session.Key{User: "alice", Place: "terminal"}

// Whatever fields a session has, reading them is a session or a named error.
func FuzzParseFields(f *testing.F) {
	r := sessiontest.Records(f, testKey)
	f.Add("born", "x", "state", string(r.State), "1", string(r.Turns[0]))
	f.Add("state", string(r.State), "1", string(r.Turns[0]), "2", string(r.Turns[1]))
	f.Add("", "", "", "", "", "")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2, n3, v3 string) {
		had, err := parseFields([]string{n1, v1, n2, v2, n3, v3})
		if err == nil {
			_, err = (*session.Codec)(nil).Decode(testKey, had.Records)
		}
		if err != nil && !errors.Is(err, session.ErrCorrupt) && !errors.Is(err, session.ErrNewerSchema) {
			t.Errorf("%v", err)
		}
	})
}

// The keys of a user share the tag that chooses the slot of a cluster, and none
// has a name in it.
func TestKeysOfAUserShareASlot(t *testing.T) {
	k := keyNames("pentimento:")
	key := session.Key{User: "ann{}*", Place: "a place"}
	tag := "pentimento:{" + session.HashName(key.User) + "}:"
	for _, name := range []string{k.places(key.User), k.session(key), k.done(key, "W"), k.blobs(key), k.chunk(key, "abc", 3), k.shares(key.User)} {
		if !strings.HasPrefix(name, tag) || strings.Contains(name, "ann") || strings.Contains(name, "place ") {
			t.Errorf("the key %q", name)
		}
	}
}
