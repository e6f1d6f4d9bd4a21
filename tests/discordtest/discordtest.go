// Package discordtest is a Discord to test a bot against: the REST interface,
// the gateway and the CDN, in memory, on a port of this machine.
//
// A [Server] behaves as Discord documents it, and as badly as a test asks it
// to: [Server.Inject] makes requests fail, the methods in faults.go break the
// gateway. A [Person] is a user: types, replies, runs commands, presses
// buttons. With a [Spec] every request and every answer is held against
// Discord's OpenAPI description; check.go knows what the description does not.
// What is wrong is listed by [Server.Problems].
//
// Start with [New] and person.go.
package discordtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Token is the token of the one bot that the server knows.
const Token = "test-token"

// Options say what world the server is.
type Options struct {
	// Spec holds requests and answers against Discord's description; nil does
	// without.
	Spec *Spec
	// MessageContent grants the bot the Message Content intent.
	MessageContent bool
	// HeartbeatInterval that HELLO asks for; 41.25 s if zero.
	HeartbeatInterval time.Duration
	// Shards that /gateway/bot recommends; 1 if zero.
	Shards int
	// AcknowledgeWithin is how long the bot has to answer an interaction; 3 s if
	// zero.
	AcknowledgeWithin time.Duration
	// Permissions that the bot's role has in the guild; all that matter if zero.
	Permissions uint64
}

// A Server is the whole of Discord. Its methods may be called by several
// goroutines at once.
type Server struct {
	options Options
	http    *httptest.Server

	mu           sync.Mutex
	changed      chan struct{} // closed whenever something below changes
	lastID       uint64
	problems     []string
	faults       []*Fault
	gate         gate
	bot          User
	owner        User
	guild        string
	channels     map[string]*Channel
	messages     map[string]*Message
	order        []string // message IDs in the order of making
	files        map[string][]byte
	uploads      [][]byte
	nonces       map[string]string // message by nonce
	commands     []Command
	registered   int
	interactions map[string]*Interaction
	recent       []time.Time // requests that count towards 50 a second
}

// New starts a server with a guild, a text channel and the bot's owner.
func New(o Options) *Server {
	if o.HeartbeatInterval == 0 {
		o.HeartbeatInterval = 41250 * time.Millisecond
	}
	if o.Shards == 0 {
		o.Shards = 1
	}
	if o.AcknowledgeWithin == 0 {
		o.AcknowledgeWithin = acknowledgeWithin
	}
	if o.Permissions == 0 {
		o.Permissions = allPermissions | embedLinks
	}
	s := &Server{
		options: o, changed: make(chan struct{}), lastID: 1_400_000_000_000_000_000,
		channels: map[string]*Channel{}, messages: map[string]*Message{},
		files: map[string][]byte{}, nonces: map[string]string{}, interactions: map[string]*Interaction{},
	}
	s.gate.sessions = map[string]*gatewaySession{}
	s.bot = s.newUser("pentimento", true)
	s.owner = s.newUser("owner", false)
	s.guild = s.newID()
	// Requests read s.http, so it is there before the first can come.
	s.http = httptest.NewUnstartedServer(s.routes())
	s.http.Start()
	return s
}

// Close breaks every connection and stops the server.
func (s *Server) Close() {
	s.Drop()
	s.http.CloseClientConnections()
	s.http.Close()
}

// URL is where the REST interface is: what stands for https://discord.com.
func (s *Server) URL() string { return s.http.URL }

// Bot is the bot's user.
func (s *Server) Bot() User { return s.bot }

// Problems lists what was wrong with the requests of the bot, and with the
// answers of this server, so far.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.problems...)
}

// Commands are those registered now, and how often they were registered.
func (s *Server) Commands() ([]Command, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Command(nil), s.commands...), s.registered
}

// Uploads are all files that the bot has sent so far, also those that are shown
// no more or were refused.
func (s *Server) Uploads() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.uploads...)
}

// newID makes a snowflake. The lock must be held, or the server be new.
func (s *Server) newID() string {
	s.lastID += 4096
	return strconv.FormatUint(s.lastID, 10)
}

func (s *Server) newUser(name string, bot bool) User {
	return User{ID: s.newID(), Username: name, Discriminator: "0", Bot: bot}
}

// notify wakes everybody who waits for a change. The lock must be held.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// problem notes something that Discord would not have taken. The lock must be
// held.
func (s *Server) problem(format string, args ...any) {
	if len(s.problems) < 100 {
		s.problems = append(s.problems, fmt.Sprintf(format, args...))
	}
}

// await waits until done, called with the lock held, is true.
func (s *Server) await(timeout time.Duration, done func() bool) bool {
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for {
		s.mu.Lock()
		ok, changed := done(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		}
	}
}

// apiError is an error as Discord words it.
func apiError(w http.ResponseWriter, status, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The server does not care about a client that has gone.
	_, _ = fmt.Fprintf(w, `{"message":%q,"code":%d}`, message, code)
}
