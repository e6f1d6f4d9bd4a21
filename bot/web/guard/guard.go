// Package guard keeps pages of other origins away from a server whose pages act
// for whoever looks at them.
//
// A browser sends every request with the rights of its user, whichever page asks for
// it, and a name of somebody else's may lead to this machine. So it is looked at
// which name a request was sent to, and which page it comes from. Start with
// [Guard.Wrap].
package guard

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// A Guard knows where a server is reached.
type Guard struct {
	// Public is the address of a proxy in front by which people reach the server,
	// such as https://pictures.example; nil for none.
	Public *url.URL
	// Known reports whether a request shows a secret that no page of another origin has:
	// such a one may call the server by any name; nil for none.
	Known func(r *http.Request) bool
}

// policy is the Content-Security-Policy of all answers: scripts, styles and pictures
// of this server alone, none of them written into a page, and no HTML made of text
// by a script.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// Wrap has requests answered by next that were sent to this server by name, and that
// come from pages of its own, from the address field of a browser, or from a program.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// Addresses of shares are secrets. With no-referrer forms would come without an
		// origin.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		switch {
		case !g.named(r.Host) && (g.Known == nil || !g.Known(r)):
			http.Error(w, "This server has no such name. Open it by its address, or start it with --origin.", http.StatusMisdirectedRequest)
		case !g.welcome(r):
			w.Header().Set("Connection", "close") // what is sent is not read
			http.Error(w, "Pages of other origins may not use this server.", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// named reports whether a Host header may be of this server. Nobody can have an
// address or "localhost" lead here from elsewhere; a name that the server was not
// given may be somebody's who points it at this machine.
func (g Guard) named(host string) bool {
	if g.Public != nil && strings.EqualFold(host, g.Public.Host) {
		return true
	}
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}

// welcome reports whether a request comes from where it may come from.
func (g Guard) welcome(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && !g.own(origin, r.Host) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	// A link to a page may be followed from anywhere. It shows the page to its user
	// and tells the other nothing.
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// own reports whether an Origin header is that of a page of this server, as it is
// reached by that host.
func (g Guard) own(origin, host string) bool {
	if g.Public != nil && strings.EqualFold(origin, g.Public.Scheme+"://"+g.Public.Host) {
		return true
	}
	return strings.EqualFold(origin, "http://"+host)
}
