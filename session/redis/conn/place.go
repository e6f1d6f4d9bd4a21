package conn

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"pentimento/session"
)

// IsAddress reports whether a place where something may be kept is on Redis,
// and not a file.
func IsAddress(place string) bool {
	scheme, _, ok := strings.Cut(place, "://")
	if !ok {
		return false
	}
	server, _, _ := strings.Cut(strings.ToLower(scheme), "+")
	return slices.Contains([]string{"redis", "rediss", "valkey", "valkeys", "unix"}, server)
}

// CheckPlace refuses a place that is neither an address of Redis nor meant for a
// file, and says how it is written: a file named localhost:6379 is not what
// somebody wanted. The error is [session.ErrInvalid].
func CheckPlace(place string) error {
	if IsAddress(place) {
		return nil
	}
	if scheme, _, ok := strings.Cut(place, "://"); ok {
		return badAddress("nothing is kept at %s://; a file is named by its path, and Redis is at redis://, rediss://, valkey://, unix://, redis+sentinel:// or redis+cluster://", scheme)
	}
	scheme, rest, ok := strings.Cut(place, ":")
	if ok && IsAddress(scheme+"://") {
		return badAddress("%q is not an address: write %s://%s", place, scheme, strings.TrimPrefix(rest, "//"))
	}
	if at := strings.LastIndex(place, "@"); at >= 0 && isHostPort(place[at+1:]) {
		user, _, secret := strings.Cut(place[:at], ":")
		if secret { // which nobody else shall read
			return badAddress("a password is not part of an address: write redis://%s%s, and put the password into its variable", userPart(user), place[at+1:])
		}
	}
	if isHostPort(place) || place == "localhost" {
		return badAddress("%q looks like a server: write redis://%s, or ./%s for a file", place, serverOf(place), place)
	}
	return nil
}

// userPart is the user of an address with the sign that follows it.
func userPart(user string) string {
	if user == "" {
		return ""
	}
	return user + "@"
}

// serverOf is a place that looks like a server with its host: a port alone is one of
// this machine.
func serverOf(place string) string {
	if strings.HasPrefix(place, ":") {
		return "localhost" + place
	}
	return place
}

// isHostPort reports whether the place is host:port, perhaps without its host or
// with the number of a database.
func isHostPort(place string) bool {
	server, _, _ := strings.Cut(place, "/")
	_, port, err := net.SplitHostPort(server)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// meant asks whether the place was meant for the server that it looks like; empty
// if it looks like none.
func meant(place string) string {
	if isHostPort(place) {
		return "; is it redis://" + serverOf(place) + "?"
	}
	return ""
}

// badAddress returns an error that is [session.ErrInvalid] and says no more than
// what is wrong with an address.
func badAddress(format string, parts ...any) error {
	return addressError{fmt.Errorf(format, parts...)}
}

// addressError is what badAddress returns.
type addressError struct{ error }

// Is implements [errors.Is].
func (addressError) Is(target error) bool { return target == session.ErrInvalid }

// Unwrap returns what the text was made of.
func (e addressError) Unwrap() error { return e.error }
