package view

import (
	"encoding/base64"
	"encoding/binary"
	"testing"

	"pentimento/session"
)

// Buttons of messages from before turns had identities are still read, as those of
// turns without one.
func TestTrust06OldHandles(t *testing.T) {
	sign := NewSigner([]byte("key"))
	data := []byte{byte(Undo)}
	data = binary.BigEndian.AppendUint64(data, 7)
	data = binary.BigEndian.AppendUint64(data, 9)
	data = binary.BigEndian.AppendUint32(data, 2)
	data = append(data, 3)
	old := base64.RawURLEncoding.EncodeToString(append(data, sign.mac(data)...))
	want := Handle{Verb: Undo, Owner: 7, Place: 9, Turn: 2, Index: 3}
	if h, err := sign.Read(old); err != nil || h != want {
		t.Errorf("read as %+v, %v", h, err)
	}
	now := HandleOf(Undo, SessionKey("7", "9"), session.Turn{ID: 2, Identity: 1<<64 - 1})
	id := sign.Sign(now)
	if h, err := sign.Read(id); err != nil || h != now || len(id) > 100 {
		t.Errorf("%d characters are read as %+v, %v", len(id), h, err)
	}
	// Nothing of a handle can be cut off to make it an older one.
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		t.Fatal(err)
	}
	for size := range raw {
		if _, err := sign.Read(base64.RawURLEncoding.EncodeToString(raw[:size])); err == nil {
			t.Errorf("%d bytes of it are taken", size)
		}
	}
}
