package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A call is one REST request, taken apart.
type call struct {
	w      http.ResponseWriter
	method string
	path   string // without the version
	query  map[string][]string
	parts  []string
	body   []byte
	files  []upload
	auth   string
	// arrived is when the request came: what is counted by time goes by it.
	arrived time.Time
}

// upload is a file of a multipart request.
type upload struct {
	name string
	data []byte
}

// version is where Discord's description is valid.
const version = "/api/v10"

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/gateway-socket/", s.serveGateway)
	mux.HandleFunc("/cdn/", s.serveFile)
	mux.HandleFunc("/api/", s.serveREST)
	return mux
}

// serveREST answers one request, unless a fault is in its way.
func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	body, files, err := readBody(r)
	path := strings.TrimPrefix(r.URL.Path, version)
	if !strings.HasPrefix(r.URL.Path, version+"/") {
		s.mu.Lock()
		s.problem("%s is not version 10 of the interface", r.URL.Path)
		s.mu.Unlock()
	}
	s.mu.Lock()
	for _, f := range files {
		s.uploads = append(s.uploads, f.data)
	}
	s.mu.Unlock()
	fault := s.faultFor(r.Method, path)
	if fault != nil {
		if fault.act(w) {
			s.mu.Lock()
			s.notify()
			s.mu.Unlock()
			return
		}
	}
	c := &call{
		method: r.Method, path: path, query: r.URL.Query(),
		parts: strings.Split(strings.Trim(path, "/"), "/"), body: body, files: files, auth: r.Header.Get("Authorization"), arrived: arrived,
	}
	answer := &recorder{header: http.Header{}, status: http.StatusOK}
	c.w = answer
	if err != nil {
		apiError(answer, http.StatusBadRequest, 50035, err.Error())
	} else {
		s.handle(c, r)
	}
	wrong := s.compare(c, answer)
	s.mu.Lock()
	for _, err := range wrong {
		s.problem("%v", err)
	}
	s.notify()
	s.mu.Unlock()
	if fault != nil && fault.AnswerAfter != nil {
		select {
		case <-fault.AnswerAfter:
		case <-r.Context().Done():
		}
	}
	answer.send(w)
}

// compare holds a request and its answer against Discord's description.
func (s *Server) compare(c *call, answer *recorder) []error {
	spec := s.options.Spec
	if spec == nil {
		return nil
	}
	var wrong []error
	if err := spec.request(c.method, c.path, c.body); err != nil && answer.status < 400 {
		wrong = append(wrong, err)
	}
	if err := spec.answer(c.method, c.path, answer.status, answer.body.Bytes()); err != nil {
		wrong = append(wrong, err)
	}
	return wrong
}

// recorder keeps an answer until it was looked at.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) send(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // the client may have gone
}

// readBody returns the JSON of a request, and its files.
func readBody(r *http.Request) ([]byte, []upload, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		body, err := io.ReadAll(io.LimitReader(r.Body, 32<<20))
		return body, nil, err
	}
	var body []byte
	var files []upload
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return body, files, nil
		}
		if err != nil {
			return nil, nil, err
		}
		data, err := io.ReadAll(io.LimitReader(part, 32<<20))
		if err != nil {
			return nil, nil, err
		}
		if part.FormName() == "payload_json" {
			body = data
			continue
		}
		if len(data) > maxFile {
			return nil, nil, fmt.Errorf("the file %s is larger than %d bytes", part.FileName(), maxFile)
		}
		files = append(files, upload{part.FileName(), data})
	}
}

// json answers with a value.
func (c *call) json(status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		apiError(c.w, http.StatusInternalServerError, 0, err.Error())
		return
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(data) // into memory
}

// at reports whether the path is pattern, in which * is any part.
func (c *call) at(method string, pattern ...string) bool {
	if c.method != method || len(c.parts) != len(pattern) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && p != c.parts[i] {
			return false
		}
	}
	return true
}

// handle routes a request. Interactions and webhooks carry their own token.
func (s *Server) handle(c *call, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := c.parts[0] == "interactions" || c.parts[0] == "webhooks"
	if !free && c.auth != "Bot "+Token {
		apiError(c.w, http.StatusUnauthorized, 0, "401: Unauthorized")
		return
	}
	if !free && !s.admit(c) {
		return
	}
	switch {
	case c.at("GET", "gateway"):
		c.json(200, map[string]any{"url": s.gatewayURL()})
	case c.at("GET", "gateway", "bot"):
		c.json(200, map[string]any{
			"url": s.gatewayURL(), "shards": s.options.Shards,
			"session_start_limit": map[string]any{"total": 1000, "remaining": 1000, "reset_after": 1000, "max_concurrency": 1},
		})
	case c.at("GET", "users", "@me"):
		c.json(200, s.me())
	case c.at("GET", "users", "@me", "guilds"):
		c.json(200, []map[string]any{{
			"id": s.guild, "name": "Atelier", "icon": nil, "banner": nil, "owner": false,
			"permissions": strconv.FormatUint(s.options.Permissions, 10), "features": []string{},
		}})
	case c.at("GET", "applications", "@me"):
		c.json(200, s.application())
	case c.at("PUT", "applications", "*", "commands"):
		s.putCommands(c)
	case c.at("GET", "applications", "*", "commands"):
		c.json(200, s.commandObjects())
	case c.at("GET", "channels", "*"):
		s.getChannel(c)
	case c.at("POST", "users", "@me", "channels"):
		s.openDirect(c)
	case c.at("POST", "channels", "*", "messages"):
		s.postMessage(c)
	case c.at("GET", "channels", "*", "messages", "*"):
		s.withMessage(c, c.parts[3], func(m *Message) { c.json(200, m) })
	case c.at("PATCH", "channels", "*", "messages", "*"):
		s.withMessage(c, c.parts[3], func(m *Message) { s.patchMessage(c, m) })
	case c.at("DELETE", "channels", "*", "messages", "*"):
		s.withMessage(c, c.parts[3], func(m *Message) { s.deleteMessage(c, m) })
	case c.at("POST", "channels", "*", "messages", "*", "threads"):
		s.withMessage(c, c.parts[3], func(m *Message) { s.startThread(c, m) })
	case c.at("POST", "channels", "*", "threads"):
		s.startThread(c, nil)
	case c.at("POST", "channels", "*", "typing"):
		c.w.WriteHeader(204)
	case c.at("POST", "interactions", "*", "*", "callback"):
		s.callback(c)
	case c.parts[0] == "webhooks":
		s.webhook(c)
	default:
		s.problem("%s %s is not known", c.method, c.path)
		apiError(c.w, http.StatusNotFound, 0, "404: Not Found")
	}
}

// globalLimit is how many requests Discord takes in a second.
const globalLimit = 50

// admit counts a request towards the global limit. The lock must be held.
func (s *Server) admit(c *call) bool {
	for len(s.recent) > 0 && c.arrived.Sub(s.recent[0]) >= time.Second {
		s.recent = s.recent[1:]
	}
	s.recent = append(s.recent, c.arrived)
	if len(s.recent) <= globalLimit {
		return true
	}
	c.w.Header().Set("Retry-After", "1")
	c.w.Header().Set("X-RateLimit-Global", "true")
	c.json(http.StatusTooManyRequests, map[string]any{"message": "You are being rate limited.", "retry_after": 1.0, "global": true, "code": 0})
	return false
}

func (s *Server) me() map[string]any {
	return map[string]any{
		"id": s.bot.ID, "username": s.bot.Username, "avatar": nil, "discriminator": "0", "public_flags": 0, "flags": 0,
		"global_name": nil, "mfa_enabled": true, "locale": "en-US", "bot": true, "primary_guild": nil,
	}
}

// The application's flags for the Message Content intent.
const messageContentLimited = 1 << 19

func (s *Server) application() map[string]any {
	flags := 0
	if s.options.MessageContent {
		flags = messageContentLimited
	}
	return map[string]any{
		"id": s.bot.ID, "name": "Pentimento", "icon": nil, "description": "", "type": nil, "verify_key": strings.Repeat("0", 64),
		"flags": flags, "flags_new": strconv.Itoa(flags), "redirect_uris": []string{}, "interactions_endpoint_url": nil,
		"role_connections_verification_url": nil, "owner": s.owner, "approximate_guild_count": 1,
		"approximate_user_install_count": 0, "approximate_user_authorization_count": 0, "explicit_content_filter": 0,
		"team": nil, "eligible_oauth2_scopes": []string{}, "bot": s.bot,
	}
}

// putCommands replaces all commands.
func (s *Server) putCommands(c *call) {
	var commands []Command
	if err := json.Unmarshal(c.body, &commands); err != nil {
		apiError(c.w, 400, 50035, err.Error())
		return
	}
	count := map[int]int{}
	for i := range commands {
		if commands[i].Type == 0 {
			commands[i].Type = 1
		}
		count[commands[i].Type]++
		commands[i].ID = s.newID()
		if len(commands[i].Options) > 25 {
			s.problem("/%s has %d options", commands[i].Name, len(commands[i].Options))
		}
	}
	if count[1] > 100 || count[2] > 15 || count[3] > 15 {
		s.problem("too many commands: %v", count)
	}
	s.commands = commands
	s.registered++
	c.json(200, s.commandObjects())
}

func (s *Server) commandObjects() []map[string]any {
	out := []map[string]any{}
	for _, one := range s.commands {
		out = append(out, map[string]any{
			"id": one.ID, "application_id": s.bot.ID, "version": one.ID, "type": one.Type, "name": one.Name,
			"description": one.Description, "default_member_permissions": one.Permissions,
		})
	}
	return out
}

func (s *Server) getChannel(c *call) {
	ch := s.channels[c.parts[1]]
	if ch == nil {
		apiError(c.w, 404, 10003, "Unknown Channel")
		return
	}
	c.json(200, ch.object())
}

// openDirect opens the direct chat with a user.
func (s *Server) openDirect(c *call) {
	var in struct {
		Recipient string `json:"recipient_id"`
	}
	if err := json.Unmarshal(c.body, &in); err != nil || in.Recipient == "" {
		apiError(c.w, 400, 50035, "Invalid Form Body")
		return
	}
	c.json(200, s.directChannel(User{ID: in.Recipient, Username: "somebody", Discriminator: "0"}).object())
}
