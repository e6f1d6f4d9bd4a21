package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Access says who may use the server.
type Access struct {
	// Owner is whose the conversations are where nobody has to say who they are: on an
	// address that only this machine reaches.
	Owner string
	// Users are those who may enter; nobody has to say who they are if there are none.
	Users []User
	// Public is the address of a proxy in front, by which people reach the server; nil
	// for none.
	Public *url.URL
}

// A User may enter with a token.
type User struct {
	// Name is whose conversations they are.
	Name string
	// Token is the secret that only the user has.
	Token string
}

// leastToken is how many characters a token has at least: nobody guesses a random one.
const leastToken = 16

// Closed reports whether a server on a host of this machine is only for those who may
// enter: no other machine reaches it, or it has users.
func (a Access) Closed(host string) bool {
	return len(a.Users) > 0 || onlyThisMachine(host) && a.Public == nil
}

// CheckTokens reports whether nobody can guess the users' tokens.
func (a Access) CheckTokens() error {
	for _, u := range a.Users {
		if len(u.Token) < leastToken {
			return fmt.Errorf("a token needs at least %d characters, and that of %s has %d", leastToken, u.Name, len(u.Token))
		}
	}
	return nil
}

// onlyThisMachine reports whether only this machine reaches a host.
func onlyThisMachine(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	at, err := netip.ParseAddr(host)
	return err == nil && at.IsLoopback()
}

// who is the user of a request: by a cookie, or by a token that a program sends.
func (a Access) who(r *http.Request, now time.Time) (user string, ok bool) {
	if len(a.Users) == 0 {
		return a.Owner, true
	}
	if token, ok := bearer(r); ok {
		u, ok := a.byToken(token)
		return u.Name, ok
	}
	cookie, err := r.Cookie(a.cookieName())
	if err != nil {
		return "", false
	}
	return a.ofCookie(cookie.Value, now)
}

// bearer is the token that a program sends.
func bearer(r *http.Request) (token string, ok bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// hasToken reports whether a request shows a user's token.
func (a Access) hasToken(r *http.Request) bool {
	token, ok := bearer(r)
	if ok {
		_, ok = a.byToken(token)
	}
	return ok
}

// byToken is the user with a token. It takes as long whichever it is.
func (a Access) byToken(token string) (found User, ok bool) {
	given := sha256.Sum256([]byte(token))
	for _, u := range a.Users {
		own := sha256.Sum256([]byte(u.Token))
		if subtle.ConstantTimeCompare(given[:], own[:]) == 1 {
			found, ok = u, true
		}
	}
	return found, ok
}

// entryFor is how long somebody who entered need not say again who they are.
const entryFor = 30 * 24 * time.Hour

// secure reports whether people reach the server by TLS.
func (a Access) secure() bool { return a.Public != nil && a.Public.Scheme == "https" }

// cookieName is what the cookie is called that says who somebody is. A browser takes
// one with this prefix by TLS alone, and from no other host of the domain.
func (a Access) cookieName() string {
	if a.secure() {
		return "__Host-pentimento"
	}
	return "pentimento"
}

// cookie is what a browser shows from now on for a user. It says who and until when,
// under a seal that needs the user's token: it outlives the process and not the token.
func (a Access) cookie(u User, now time.Time) *http.Cookie {
	claim := base64.RawURLEncoding.EncodeToString([]byte(u.Name)) + "." + strconv.FormatInt(now.Add(entryFor).Unix(), 10)
	c := a.bare(claim + "." + seal(u, claim))
	c.MaxAge = int(entryFor.Seconds())
	return c
}

// noCookie has a browser drop the cookie.
func (a Access) noCookie() *http.Cookie {
	c := a.bare("")
	c.MaxAge = -1
	return c
}

func (a Access) bare(value string) *http.Cookie {
	return &http.Cookie{Name: a.cookieName(), Value: value, Path: "/", HttpOnly: true, Secure: a.secure(), SameSite: http.SameSiteStrictMode}
}

// ofCookie is the user whom a cookie was given to.
func (a Access) ofCookie(value string, now time.Time) (user string, ok bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 {
		return "", false
	}
	name, err := base64.RawURLEncoding.DecodeString(parts[0])
	until, wrong := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || wrong != nil || now.Unix() >= until {
		return "", false
	}
	for _, u := range a.Users {
		if u.Name == string(name) && hmac.Equal([]byte(parts[2]), []byte(seal(u, parts[0]+"."+parts[1]))) {
			return u.Name, true
		}
	}
	return "", false
}

// seal is what only this server can write under a claim of the user's.
func seal(u User, claim string) string {
	key := sha256.Sum256([]byte("pentimento web cookie\n" + u.Token))
	mac := hmac.New(sha256.New, key[:])
	_, _ = mac.Write([]byte(claim)) // it never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
