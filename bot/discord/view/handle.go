package view

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"pentimento/session"
)

// A Verb is what a component does.
type Verb byte

// The verbs. They are part of messages that are already out: a letter keeps
// its meaning for ever.
const (
	Undo      Verb = 'u'
	Redo      Verb = 'r'
	Weight    Verb = 'w' // a select: word and factor
	Attention Verb = 'a' // opens a select
	Heat      Verb = 'h' // a select: the word
	Share     Verb = 's'
	Redraw    Verb = 'd' // asks first
	RedrawYes Verb = 'D'
	Cancel    Verb = 'c'
	Choice    Verb = 'q' // an answer to a question: the label is said
	Forget    Verb = 'F'
	Keep      Verb = 'k'
	Edit      Verb = 'e' // a modal: the text is said
	Take      Verb = 't' // the variation of the turn whose number is the index and one
)

// A Handle is what a component carries: what it does to which picture of whom.
type Handle struct {
	Verb Verb
	// Owner is the user whose session it is, Place the channel that the
	// session is held in.
	Owner, Place uint64
	// Turn of the session, and its identity; 0 for none.
	Turn     uint32
	Identity uint64
	// Index tells components apart that are otherwise equal.
	Index uint8
}

// HandleOf is the handle of a component about a turn of a session.
func HandleOf(v Verb, key session.Key, turn session.Turn) Handle {
	return Handle{
		Verb: v, Owner: Snowflake(key.User), Place: Snowflake(strings.TrimPrefix(key.Place, placePrefix)),
		Turn: uint32(turn.ID), Identity: turn.Identity,
	}
}

// Key is the session that the handle is about.
func (h Handle) Key() session.Key {
	return SessionKey(formatSnowflake(h.Owner), formatSnowflake(h.Place))
}

// OwnedBy reports whether the session is the user's.
func (h Handle) OwnedBy(userID string) bool { return h.Owner == Snowflake(userID) }

// With is the handle with another verb.
func (h Handle) With(v Verb) Handle {
	h.Verb = v
	return h
}

// ErrForged says that a custom_id was not made by this bot.
var ErrForged = errors.New("this button is not one of mine")

// handleBytes and signatureBytes are the lengths of the parts of a custom_id.
// oldHandleBytes is how long a handle was before turns had identities.
const (
	oldHandleBytes = 1 + 8 + 8 + 4 + 1
	handleBytes    = oldHandleBytes + 8
	signatureBytes = 12
)

// A Signer makes custom_ids that only it can make.
type Signer struct{ key []byte }

// NewSigner returns the signer with a key.
func NewSigner(key []byte) Signer { return Signer{key} }

// Sign returns the handle as a custom_id: base64 of its fields and the first
// bytes of their HMAC-SHA-256.
func (s Signer) Sign(h Handle) string {
	data := make([]byte, 0, handleBytes+signatureBytes)
	data = append(data, byte(h.Verb))
	data = binary.BigEndian.AppendUint64(data, h.Owner)
	data = binary.BigEndian.AppendUint64(data, h.Place)
	data = binary.BigEndian.AppendUint32(data, h.Turn)
	data = append(data, h.Index)
	data = binary.BigEndian.AppendUint64(data, h.Identity)
	return base64.RawURLEncoding.EncodeToString(append(data, s.mac(data)...))
}

// Read returns the handle of a custom_id, or [ErrForged].
func (s Signer) Read(customID string) (Handle, error) {
	data, err := base64.RawURLEncoding.DecodeString(customID)
	size := len(data) - signatureBytes
	if err != nil || size != handleBytes && size != oldHandleBytes {
		return Handle{}, ErrForged
	}
	if !hmac.Equal(data[size:], s.mac(data[:size])) {
		return Handle{}, ErrForged
	}
	h := Handle{
		Verb: Verb(data[0]), Owner: binary.BigEndian.Uint64(data[1:]), Place: binary.BigEndian.Uint64(data[9:]),
		Turn: binary.BigEndian.Uint32(data[17:]), Index: data[21],
	}
	if size == handleBytes {
		h.Identity = binary.BigEndian.Uint64(data[oldHandleBytes:])
	}
	return h, nil
}

func (s Signer) mac(data []byte) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write(data)
	return mac.Sum(nil)[:signatureBytes]
}

// placePrefix begins the places of sessions on Discord.
const placePrefix = "discord/"

// SessionKey is the session that a user has in a channel.
func SessionKey(userID, channelID string) session.Key {
	return session.Key{User: userID, Place: placePrefix + channelID}
}

// Snowflake reads one of Discord's IDs; 0 if the text is not an ID.
func Snowflake(id string) uint64 {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func formatSnowflake(id uint64) string { return strconv.FormatUint(id, 10) }
