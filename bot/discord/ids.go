package discord

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
)

// A verb is what a component does.
type verb byte

// The verbs. They are part of messages that are already out: a letter keeps
// its meaning for ever.
const (
	verbUndo      verb = 'u'
	verbRedo      verb = 'r'
	verbWeight    verb = 'w' // a select: word and factor
	verbAttention verb = 'a' // opens a select
	verbHeat      verb = 'h' // a select: the word
	verbShare     verb = 's'
	verbRedraw    verb = 'd' // asks first
	verbRedrawYes verb = 'D'
	verbCancel    verb = 'c'
	verbChoice    verb = 'q' // an answer to a question: the label is said
	verbForget    verb = 'F'
	verbKeep      verb = 'k'
	verbEdit      verb = 'e' // a modal: the text is said
)

// handle is what a component carries: what it does to which picture of whom.
type handle struct {
	Verb verb
	// Owner is the user whose session it is, Place the channel that the
	// session is held in.
	Owner, Place uint64
	// Turn of the session; 0 for none.
	Turn uint32
	// Index tells components apart that are otherwise equal.
	Index uint8
}

// errForged says that a custom_id is none of this bot's.
var errForged = errors.New("this button is not one of mine")

// handleBytes and signatureBytes are the lengths of the parts of a custom_id.
const (
	handleBytes    = 1 + 8 + 8 + 4 + 1
	signatureBytes = 12
)

// signer makes custom_ids that only it can make.
type signer struct{ key []byte }

// sign returns the handle as a custom_id: base64 of its fields and the first
// bytes of their HMAC-SHA-256.
func (s signer) sign(h handle) string {
	data := make([]byte, 0, handleBytes+signatureBytes)
	data = append(data, byte(h.Verb))
	data = binary.BigEndian.AppendUint64(data, h.Owner)
	data = binary.BigEndian.AppendUint64(data, h.Place)
	data = binary.BigEndian.AppendUint32(data, h.Turn)
	data = append(data, h.Index)
	return base64.RawURLEncoding.EncodeToString(append(data, s.mac(data)...))
}

// read returns the handle of a custom_id, or errForged.
func (s signer) read(customID string) (handle, error) {
	data, err := base64.RawURLEncoding.DecodeString(customID)
	if err != nil || len(data) != handleBytes+signatureBytes {
		return handle{}, errForged
	}
	if !hmac.Equal(data[handleBytes:], s.mac(data[:handleBytes])) {
		return handle{}, errForged
	}
	return handle{
		Verb: verb(data[0]), Owner: binary.BigEndian.Uint64(data[1:]), Place: binary.BigEndian.Uint64(data[9:]),
		Turn: binary.BigEndian.Uint32(data[17:]), Index: data[21],
	}, nil
}

func (s signer) mac(data []byte) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write(data)
	return mac.Sum(nil)[:signatureBytes]
}

// snowflake reads one of Discord's IDs; 0 if it is none.
func snowflake(id string) uint64 {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func snowflakeText(id uint64) string { return strconv.FormatUint(id, 10) }
