package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A page of another origin can neither read nor have anything done, nor can one whose
// name was pointed at this machine.
func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{}, func(o *Options) { o.Access.Users = nil })
	me := person{world: w}
	address := me.begin()
	me.say(address, "a woman's face with blond hair")
	reads := []string{address, address + "/events", address + "/turns?before=9", me.all(address).Turns[0].Picture, "/conversations"}
	for kind, header := range map[string][]string{
		"another origin":        {"Origin", "https://evil.example"},
		"another port":          {"Origin", "http://127.0.0.1:1"},
		"no origin":             {"Origin", "null"},
		"a script elsewhere":    {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"},
		"a page of the machine": {"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"},
		"a frame elsewhere":     {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"},
	} {
		for _, path := range reads {
			if answer, data := me.ask("GET", path, nil, header...); answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s reads %s: %s %.100s", kind, path, answer.Status, data)
			}
		}
		for _, path := range []string{address + "/turns", address + "/delete", address + "/file?event=x&command=import", "/conversations", "/leave"} {
			if answer, _ := me.ask("POST", path, ask{Event: "evil", Said: "a cat"}, header...); answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s posts to %s: %s", kind, path, answer.Status)
			}
		}
	}
	// A form elsewhere that sends its reader here.
	if answer, _ := me.ask("POST", "/conversations", nil, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a form elsewhere is taken: %s", answer.Status)
	}
	for _, host := range []string{"evil.example", "evil.example:8422", "127.0.0.1.evil.example", "localhost.evil.example", ""} {
		r := httptest.NewRequest("GET", "/conversations", nil)
		r.Host = host
		answer := httptest.NewRecorder()
		w.s.Handler().ServeHTTP(answer, r)
		if answer.Code != http.StatusMisdirectedRequest {
			t.Errorf("as %q: %d", host, answer.Code)
		}
	}
	// A program that shows a token may use any name; where there are no tokens, none does.
	for token, want := range map[string]int{"": http.StatusMisdirectedRequest, annsToken: http.StatusOK, "nobody's token, which is long": http.StatusMisdirectedRequest} {
		for _, with := range []*world{newWorld(t, &stub{}), w} {
			if with == w && token != "" {
				want = http.StatusMisdirectedRequest
			}
			if answer, _ := (person{with, token}).ask("GET", "/v1/models", nil, "Host", "host.docker.internal:8422"); answer.StatusCode != want {
				t.Errorf("with the token %q: %s", token, answer.Status)
			}
		}
	}
	// What is its own, or comes by a link, is answered.
	for _, header := range [][]string{
		{"Origin", w.URL, "Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Host", "localhost:8422"}, {"Host", "[::1]:8422"},
		{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"},
	} {
		if answer, _ := me.ask("GET", address, nil, header...); answer.StatusCode != http.StatusOK {
			t.Errorf("%v: %s", header, answer.Status)
		}
	}
}

func TestWhoMayStart(t *testing.T) {
	some := []User{{"ann", annsToken}}
	public := &url.URL{Scheme: "https", Host: "pictures.example"}
	for _, test := range []struct {
		host string
		a    Access
		want bool
	}{
		{"127.0.0.1", Access{}, true},
		{"127.8.0.1", Access{}, true},
		{"::1", Access{}, true},
		{"localhost", Access{}, true},
		{"127.0.0.1", Access{Public: public}, false},
		{"0.0.0.0", Access{}, false},
		{"", Access{}, false},
		{"::", Access{}, false},
		{"192.168.1.7", Access{}, false},
		{"pictures.example", Access{}, false},
		{"localhost.example", Access{}, false},
		{"0.0.0.0", Access{Users: some}, true},
	} {
		if test.a.Closed(test.host) != test.want {
			t.Errorf("on %q with %d users: %v, want %v", test.host, len(test.a.Users), !test.want, test.want)
		}
	}
	if (Access{Users: some}).CheckTokens() != nil || (Access{Users: []User{{"ann", "short"}}}).CheckTokens() == nil {
		t.Error("not the token that may be guessed is refused")
	}
}

// A cookie is for this server alone, and no script's. It holds until its token changes,
// and nobody makes one.
func TestCookies(t *testing.T) {
	now := time.Now()
	ann := User{"web/ann", annsToken}
	for _, test := range []struct{ origin, name string }{{"", "pentimento"}, {"http://pictures.example", "pentimento"}, {"https://pictures.example", "__Host-pentimento"}} {
		a := Access{Users: []User{ann, {"bob", bobsToken}}}
		if test.origin != "" {
			a.Public, _ = url.Parse(test.origin)
		}
		c := a.cookie(ann, now)
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Name != test.name || c.Secure != strings.HasPrefix(test.origin, "https") {
			t.Errorf("with origin %q: %v", test.origin, c)
		}
		who := func(value string, at time.Time) string {
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: test.name, Value: value})
			user, _ := a.who(r, at)
			return user
		}
		if who(c.Value, now.Add(time.Hour)) != ann.Name {
			t.Error("the cookie is not taken")
		}
		if who(c.Value, now.Add(entryFor)) != "" {
			t.Error("the cookie is taken for ever")
		}
		parts := strings.Split(c.Value, ".")
		bobs := strings.Split(a.cookie(User{"bob", bobsToken}, now).Value, ".")
		for _, value := range []string{"", "..", parts[0] + "." + parts[1] + ".", parts[0] + ".99999999999." + parts[2], bobs[0] + "." + parts[1] + "." + parts[2], c.Value + "."} {
			if got := who(value, now); got != "" {
				t.Errorf("%q is %s", value, got)
			}
		}
		a.Users[0].Token = "another token of Ann's"
		if who(c.Value, now) != "" {
			t.Error("the cookie outlives its token")
		}
	}
}

// Somebody enters with a token, is sent on within the server alone, and leaves.
func TestEnter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	nobody := person{world: w}
	if answer, data := nobody.ask("GET", "/", nil); answer.StatusCode != http.StatusUnauthorized || !strings.Contains(string(data), `name="token"`) {
		t.Errorf("nobody is not asked who they are: %s", answer.Status)
	}
	for _, path := range []string{"/conversations", "/c/x/events", "/c/x/turns?before=1"} {
		if answer, _ := nobody.ask("GET", path, nil); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("nobody gets %s: %s", path, answer.Status)
		}
	}
	enter := func(token, to string) *http.Response {
		answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).
			PostForm(w.URL+"/enter", url.Values{"token": {token}, "to": {to}})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer
	}
	for to, want := range map[string]string{"/c/x": "/c/x", "//evil.example": "/", "https://evil.example": "/", "": "/", "/\\evil.example": "/"} {
		answer := enter(annsToken, to)
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != want || len(answer.Cookies()) != 1 {
			t.Errorf("to %q: %s to %s", to, answer.Status, answer.Header.Get("Location"))
		}
	}
	began := time.Now()
	if answer := enter("a token of nobody's here", "/"); answer.StatusCode != http.StatusUnauthorized || len(answer.Cookies()) > 0 || time.Since(began) < wrongFor {
		t.Errorf("a wrong token: %s after %v", answer.Status, time.Since(began))
	}
	if answer, _ := nobody.ask("POST", "/leave", nil); len(answer.Cookies()) != 1 || answer.Cookies()[0].MaxAge >= 0 {
		t.Error("a cookie stays")
	}
}

// Whatever is asked for, no script, style or frame of elsewhere or in a page is run.
func TestContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	code := ann.say(address, "/share").Code
	for _, path := range []string{"/", "/enter", address, address + "/turns?before=1", ann.all(address).Turns[0].Picture, "/s/" + code, "/s/nothing", "/nothing", "/assets/app.js", "/assets/style.css", "/c/nothing"} {
		answer, data := ann.ask("GET", path, nil)
		csp := answer.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s has the policy %q, without %s", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || answer.Header.Get("X-Content-Type-Options") != "nosniff" || answer.Header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, answer.Header)
		}
		if strings.Contains(answer.Header.Get("Content-Type"), "html") && (strings.Contains(string(data), " style=") || strings.Contains(string(data), " onclick=") || strings.Contains(string(data), "<script>")) {
			t.Errorf("%s has what its own policy forbids", path)
		}
	}
}

// What is somebody else's is not found, and neither is what nobody has: an address tells
// nothing.
func TestOthersAreNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann, bob := w.ann(), w.bob()
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	film := ann.say(address, "/animate")
	own := ann.all(address)
	heat := strings.Replace(own.Turns[0].Picture, "/picture/", "/heat/", 1) + "?word=hair"
	begun := ann.begin() // nothing was drawn in it
	reads := []string{address, address + "/events", address + "/turns?before=9", own.Turns[0].Picture, own.Turns[0].Picture + "?small", heat, film.Files[0].URL, begun, begun + "/events"}
	for _, path := range reads[:len(reads)-1] {
		if strings.HasSuffix(path, "/events") {
			continue // it would not end
		}
		if answer, data := ann.ask("GET", path, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("Ann gets %s: %s %s", path, answer.Status, data)
		}
	}
	for _, path := range append(reads, strings.Replace(own.Turns[0].Picture, own.Turns[0].Identity, "1", 1), address+"/result/x/0") {
		who := bob
		if strings.HasSuffix(path, "/x/0") || strings.HasSuffix(path, "/1") {
			who = ann
		}
		if answer, _ := who.ask("GET", path, nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s gets %s: %s", who.token, path, answer.Status)
		}
	}
	for _, path := range []string{address + "/turns", address + "/cancel", address + "/delete", address + "/file?event=x&command=import", begun + "/turns"} {
		if answer, _ := bob.ask("POST", path, ask{Event: "x", Said: "a cat"}); answer.StatusCode != http.StatusNotFound {
			t.Errorf("Bob posts to %s: %s", path, answer.Status)
		}
	}
	for _, id := range []string{"A", strings.Repeat("A", 42), strings.Repeat("A", 43), "at-", "at-Li4vd2Vi", "..%2f" + address[3:], address[3:29] + strings.Repeat("A", 16)} {
		if answer, _ := bob.ask("GET", "/c/"+id, nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("the conversation %q is there: %s", id, answer.Status)
		}
	}
	for _, code := range []string{"A", strings.Repeat("A", 26), "%2e%2e"} {
		for _, path := range []string{"", "/picture/1", "/film.gif", "/recipe.json"} {
			if answer, _ := bob.ask("GET", "/s/"+code+path, nil); answer.StatusCode != http.StatusNotFound {
				t.Errorf("what is shared as %q is there: %s", code, answer.Status)
			}
		}
	}
	if len(ann.all(address).Turns) != 1 {
		t.Error("Bob changed Ann's conversation")
	}
}

// Two people who give what they say the same name get a picture each.
func TestEventsAreTheirUsers(t *testing.T) {
	t.Parallel()
	engine := &stub{hold: make(chan struct{})}
	w := newWorld(t, engine)
	said := map[string]string{annsToken: "a woman's face with blond hair", bobsToken: "a cat on a beach"}
	var hearing []*listener
	for _, p := range []person{w.ann(), w.bob()} {
		address := p.begin()
		hearing = append(hearing, p.listen(address, ""))
		for range 3 { // sent again, it is drawn once
			if answer, data := p.ask("POST", address+"/turns", ask{Event: "same", Said: said[p.token]}); answer.StatusCode != http.StatusAccepted {
				t.Fatalf("%s %s", answer.Status, data)
			}
		}
	}
	close(engine.hold)
	if d := hearing[0].await("done", "same").data; !strings.Contains(d, "blond") {
		t.Errorf("Ann gets %s", d)
	}
	if d := hearing[1].await("done", "same").data; !strings.Contains(d, "cat") {
		t.Errorf("Bob gets %s", d)
	}
	if engine.drawn != 2 {
		t.Errorf("%d pictures were drawn", engine.drawn)
	}
}

// What is written as HTML, SVG or markdown stays text.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{}, func(o *Options) { o.Pattern.Model.Words = nil })
	ann := w.ann()
	for _, evil := range []string{`<img src=x onerror=alert(1)> cat`, `<svg onload="alert(1)"> cat`, `</script><script>alert(1)</script> cat`, `[cat](javascript:alert(1))`, `"><b>cat`} {
		address := ann.begin()
		if d := ann.do(address, ask{Command: "imagine", Values: map[string]string{"prompt": evil}}); d.Problem != nil {
			t.Fatalf("%q: %v", evil, d.Problem)
		}
		code := ann.say(address, "/share").Code
		for _, path := range []string{address, "/s/" + code} {
			answer, data := ann.ask("GET", path, nil)
			for _, tag := range []string{"<img src=x", "<svg onload", "<script>alert", "<b>cat"} {
				if strings.Contains(string(data), tag) || answer.StatusCode != http.StatusOK {
					t.Errorf("%s of %q has %s", path, evil, tag)
				}
			}
		}
		answer, data := ann.ask("GET", address+"/turns?before=2", nil)
		if answer.Header.Get("Content-Type") != "application/json; charset=utf-8" || strings.ContainsAny(string(data), "<>") {
			t.Errorf("%s: %s", answer.Header.Get("Content-Type"), data)
		}
	}
}

// An upload that is too large ends its connection before it is read.
func TestLargeUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	for path, largest := range map[string]int{address + "/turns": largestAsk, address + "/file?event=x&command=import&name=x.png": largestFile} {
		for _, length := range []string{fmt.Sprintf("Content-Length: %d", largest+1), "Content-Length: 9000000000000"} {
			c, err := net.Dial("tcp", w.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n", path, annsToken, length)
			_ = c.SetReadDeadline(time.Now().Add(soon))
			answer, err := io.ReadAll(c) // ends when the connection does
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 413") {
				t.Errorf("%s to %s: %v %.80s", length, path, err, answer)
			}
			_ = c.Close()
		}
		// One that does not say how large it is.
		r, err := http.NewRequestWithContext(t.Context(), "POST", w.URL+path, io.LimitReader(zeros{}, int64(largest)+(1<<20)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+annsToken)
		answer, err := w.Client().Do(r)
		if err == nil && answer.StatusCode < 400 {
			t.Errorf("%s of any length: %s", path, answer.Status)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// With 200 pages open and 50 uploads that stand still, everybody is answered as ever.
func TestManyStreamsAndIdleUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann, bob := w.ann(), w.bob()
	address := ann.begin()
	for range 200 {
		ann.listen(address, "").await("all", "")
	}
	for range 50 {
		c, err := net.Dial("tcp", w.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = fmt.Fprintf(c, "POST %s/file?event=x&command=import HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 1000000\r\n\r\nPNG", address, annsToken)
	}
	other := bob.begin()
	for _, one := range []struct {
		person
		address string
	}{{bob, other}, {ann, address}} {
		began := time.Now()
		if d := one.say(one.address, "a woman's face with blond hair"); d.Problem != nil {
			t.Errorf("%v", d.Problem)
		}
		if answer, _ := one.ask("GET", one.address, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s", answer.Status)
		}
		if took := time.Since(began); took > soon/2 {
			t.Errorf("an answer takes %v", took)
		}
	}
	if n := len(w.s.rooms.of("ann")); n != 1 {
		t.Errorf("there are %d rooms", n)
	}
}
