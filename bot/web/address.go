package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"pentimento/bot"
	"pentimento/session"
)

// A conversation has an address that nobody can guess, and that leads its own user
// alone to it: below /c/ random letters, and a seal of the user's under them, by which
// the address of a conversation in which nothing was drawn yet is known as well.

const (
	randomLetters = 26
	sealLetters   = 16

	place    = "web/"
	terminal = "terminal/"
	older    = "at-" // of conversations that were held elsewhere
)

// errNoConversation says that an address leads nowhere, or to somebody else's.
var errNoConversation = bot.Problemf(bot.NotFound, "there is no such conversation")

// newID is the address of a new conversation of the user.
func (s *Server) newID(user string) string {
	random := rand.Text()
	return random + s.sealOf(user, random)
}

func (s *Server) sealOf(user, random string) string {
	mac := hmac.New(sha256.New, s.o.Secret)
	_, _ = fmt.Fprintf(mac, "%q %s", user, random) // it never fails
	return base32.StdEncoding.EncodeToString(mac.Sum(nil))[:sealLetters]
}

// idOf is the address of a conversation; empty for one that has none here.
func idOf(key session.Key) string {
	if id, ok := strings.CutPrefix(key.Place, place); ok {
		return id
	}
	if strings.HasPrefix(key.Place, terminal) {
		return older + base64.RawURLEncoding.EncodeToString([]byte(key.Place))
	}
	return ""
}

// placeOf is the place of the conversation at an address; empty for none.
func placeOf(id string) string {
	if coded, ok := strings.CutPrefix(id, older); ok {
		at, err := base64.RawURLEncoding.DecodeString(coded)
		if err != nil || !strings.HasPrefix(string(at), terminal) || len(at) > session.MaxNameBytes {
			return ""
		}
		return string(at)
	}
	if !regexp.MustCompile(`^[A-Z2-7]{42}$`).MatchString(id) {
		return ""
	}
	return place + id
}

// conversation returns the key of the user's conversation at an address. The error is
// errNoConversation, also where somebody else has one there.
func (s *Server) conversation(ctx context.Context, user, id string) (session.Key, error) {
	key := session.Key{User: user, Place: placeOf(id)}
	if key.Place == "" {
		return key, errNoConversation
	}
	if strings.HasPrefix(key.Place, place) && hmac.Equal([]byte(id[randomLetters:]), []byte(s.sealOf(user, id[:randomLetters]))) {
		return key, nil
	}
	// One of before the secret was another.
	held, err := s.o.Pattern.Store.Load(ctx, key)
	if err == nil && held.Version == 0 {
		err = errNoConversation
	}
	return key, err
}

// conversationOf is that of a request's address.
func (s *Server) conversationOf(r *http.Request, user string) (session.Key, error) {
	return s.conversation(r.Context(), user, r.PathValue("id"))
}
