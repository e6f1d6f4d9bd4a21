package discordtest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Fault makes requests fail.
type Fault struct {
	// Method and Path choose the requests: Path is any part of theirs. Empty
	// means all.
	Method, Path string
	// Times is how many requests fail; 0 means one.
	Times int
	// Delay is waited before anything else.
	Delay time.Duration
	// AnswerAfter is waited for when the request was carried out, before it is
	// answered; nil for nothing.
	AnswerAfter <-chan struct{}
	// Status, Header and Body are the answer. A Status of 0 lets the request
	// through after the delay.
	Status int
	Header map[string]string
	Body   string
	// HangUp breaks the connection without an answer.
	HangUp bool
}

// RateLimited is Discord's own 429.
func RateLimited(after time.Duration) Fault {
	return Fault{
		Status: http.StatusTooManyRequests,
		Header: map[string]string{
			"Content-Type": "application/json", "Retry-After": fmt.Sprintf("%.3f", after.Seconds()), "X-RateLimit-Scope": "user",
			"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": fmt.Sprintf("%.3f", after.Seconds()),
		},
		Body: fmt.Sprintf(`{"message":"You are being rate limited.","retry_after":%.3f,"global":false,"code":0}`, after.Seconds()),
	}
}

// RateLimitedPage is the 429 of the proxy before Discord, a web page.
func RateLimitedPage() Fault {
	return Fault{
		Status: http.StatusTooManyRequests,
		Header: map[string]string{"Content-Type": "text/html", "Retry-After": "1"},
		Body:   "<!doctype html><html><title>Access denied</title></html>",
	}
}

// Unavailable is a 503.
func Unavailable() Fault {
	return Fault{Status: http.StatusServiceUnavailable, Header: map[string]string{"Content-Type": "text/html"}, Body: "upstream connect error"}
}

// Inject makes the next requests that fit fail.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Refused is an answer that Discord gives to a request that it does not take.
func Refused(status, code int, message string) Fault {
	return Fault{
		Status: status, Header: map[string]string{"Content-Type": "application/json"},
		Body: fmt.Sprintf(`{"message":%q,"code":%d}`, message, code),
	}
}

// Heal takes back the faults that no request has met, and reports how many.
func (s *Server) Heal() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := len(s.faults)
	s.faults = nil
	return left
}

// AwaitFaults waits until requests have met all faults.
func (s *Server) AwaitFaults(timeout time.Duration) bool {
	return s.await(timeout, func() bool { return len(s.faults) == 0 })
}

// faultFor takes a fault for the request, if there is one.
func (s *Server) faultFor(method, path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if (f.Method != "" && f.Method != method) || !strings.Contains(path, f.Path) {
			continue
		}
		if f.Times--; f.Times <= 0 {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
		}
		s.notify()
		return f
	}
	return nil
}

// act fails a request; done is false when it goes on to be served.
func (f *Fault) act(w http.ResponseWriter) (done bool) {
	time.Sleep(f.Delay)
	if f.HangUp {
		panic(http.ErrAbortHandler)
	}
	if f.Status == 0 {
		return false
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // the client may have gone
	return true
}

// ExpireTokens makes the tokens of all interactions so far as good as 15
// minutes old.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.interactions {
		i.expired = true
	}
}

// The permissions that matter to the bot.
const (
	viewChannel    = 1 << 10
	sendMessages   = 1 << 11
	embedLinks     = 1 << 14
	attachFiles    = 1 << 15
	readHistory    = 1 << 16
	createThreads  = 1 << 35
	sendInThreads  = 1 << 38
	allPermissions = viewChannel | sendMessages | attachFiles | readHistory | createThreads | sendInThreads
)

// ForbidThreads takes the permission to create threads from the bot.
func (s *Server) ForbidThreads(channel *Channel) { s.forbid(channel, createThreads) }

// ForbidMessages takes the permission to send messages from the bot, as in a
// server where only the user installed it.
func (s *Server) ForbidMessages(channel *Channel) { s.forbid(channel, sendMessages|createThreads) }

// ForbidFiles takes the permission to attach files from the bot.
func (s *Server) ForbidFiles(channel *Channel) { s.forbid(channel, attachFiles) }

func (s *Server) forbid(channel *Channel, permissions uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	channel.Permissions &^= permissions
}

// Clear forgets all messages and interactions, so that what the bot
// keeps can be measured apart from what this server does.
func (s *Server) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.messages)
	clear(s.interactions)
	clear(s.files)
	clear(s.nonces)
	s.order, s.recent, s.uploads = nil, nil, nil
	for _, session := range s.gate.sessions {
		session.sent = nil
	}
}
