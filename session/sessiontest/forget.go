package sessiontest

import (
	"testing"

	"pentimento/session"
	"pentimento/session/blobs"
)

// RunForgetWithoutPictures tests that pictures which are out of reach do not
// keep a conversation from being forgotten, and that Forget says what it could
// not do. open returns a store that keeps its blobs there.
func RunForgetWithoutPictures(t *testing.T, open func(*blobs.Store) (session.Store, error)) {
	folder, err := blobs.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := blobs.Open(t.Context(), folder, blobs.Options{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	store, err := open(pictures)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	mustUpdate(t, store, alice(), adding(root()))
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Forget(t.Context(), alice().User); err == nil {
		t.Error("Forget does not say that the pictures are out of reach")
	}
	if s := mustLoad(t, store, alice()); len(s.Turns) > 0 {
		t.Errorf("after Forget there are %d turns", len(s.Turns))
	}
}
