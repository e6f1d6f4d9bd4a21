package discordtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The gateway's operations.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

// messageContentIntent is privileged: without the grant it ends in 4014.
const messageContentIntent = 1 << 15

// gate is the state of the gateway. The server's lock guards it.
type gate struct {
	sessions map[string]*gatewaySession
	conns    []*gatewayConn

	noHello      int // connections that get none
	beforeReady  []int
	closeCodes   []int // for the next IDENTIFYs
	deaf         bool  // heartbeats are not acknowledged
	refuseResume bool
	replay       bool // RESUME repeats what was delivered
	silent       int  // connections that get no READY
	duplicate    bool
	outOfOrder   bool
	held         *frame

	identified, resumed, connected int
	closes                         []int // close codes of the bot
	firstBeats                     []time.Duration
}

// gatewaySession is what survives a lost connection.
type gatewaySession struct {
	id      string
	seq     int
	sent    []frame // for RESUME
	intents int
	conn    *gatewayConn
	// shard is the session's number of how many.
	shard, shards int
}

// gatewayConn is one websocket.
type gatewayConn struct {
	ws      *websocket.Conn
	write   sync.Mutex
	session *gatewaySession
	opened  time.Time
	beaten  bool
}

// frame is what the gateway says.
type frame struct {
	Op   int    `json:"op"`
	Data any    `json:"d"`
	Seq  *int   `json:"s"`
	Type string `json:"t,omitempty"`

	guild string // that an event is about; empty for none
}

// sendWithin is how long the bot may take to read an event.
const sendWithin = 5 * time.Second

func (c *gatewayConn) send(f frame) {
	c.write.Lock()
	defer c.write.Unlock()
	// A bot that does not read must not stop the others: events are sent with
	// the server's lock held. A broken connection is found by reading.
	_ = c.ws.SetWriteDeadline(time.Now().Add(sendWithin))
	_ = c.ws.WriteJSON(f)
}

func (c *gatewayConn) close(code int) {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = c.ws.Close() // it may be broken already
}

func (s *Server) gatewayURL() string {
	return "ws" + strings.TrimPrefix(s.http.URL, "http") + "/gateway-socket"
}

// serveGateway holds one connection.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &gatewayConn{ws: ws, opened: time.Now()}
	s.mu.Lock()
	s.gate.conns = append(s.gate.conns, c)
	s.gate.connected++
	silent := s.gate.noHello > 0
	if silent {
		s.gate.noHello--
	}
	s.notify()
	s.mu.Unlock()
	if r.URL.Query().Get("v") != "10" {
		s.mu.Lock()
		s.problem("the gateway was opened without v=10: %s", r.URL.RawQuery)
		s.mu.Unlock()
	}
	if !silent {
		c.send(frame{Op: opHello, Data: map[string]any{"heartbeat_interval": s.options.HeartbeatInterval.Milliseconds()}})
	}
	s.listen(c)
	s.lost(c)
}

// listen reads what the bot says until the connection ends.
func (s *Server) listen(c *gatewayConn) {
	for {
		var in struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := c.ws.ReadJSON(&in); err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				s.mu.Lock()
				s.gate.closes = append(s.gate.closes, e.Code)
				// 1000 and 1001 end the session as well.
				if c.session != nil && (e.Code == 1000 || e.Code == 1001) {
					delete(s.gate.sessions, c.session.id)
				}
				s.mu.Unlock()
			}
			return
		}
		switch in.Op {
		case opHeartbeat:
			s.beat(c)
		case opIdentify:
			s.identify(c, in.Data)
		case opResume:
			s.resume(c, in.Data)
		}
	}
}

func (s *Server) beat(c *gatewayConn) {
	s.mu.Lock()
	deaf := s.gate.deaf
	if !c.beaten {
		c.beaten = true
		s.gate.firstBeats = append(s.gate.firstBeats, time.Since(c.opened))
	}
	s.mu.Unlock()
	if !deaf {
		c.send(frame{Op: opAck})
	}
}

// lost forgets a connection; its session waits for RESUME.
func (s *Server) lost(c *gatewayConn) {
	_ = c.ws.Close() // it may be broken already
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, one := range s.gate.conns {
		if one == c {
			s.gate.conns = append(s.gate.conns[:i], s.gate.conns[i+1:]...)
			break
		}
	}
	if c.session != nil && c.session.conn == c {
		c.session.conn = nil
	}
	s.notify()
}

// hinder plays the next fault before READY; it reports whether one was played.
func (s *Server) hinder(c *gatewayConn) bool {
	s.mu.Lock()
	g := &s.gate
	var code, op int
	switch {
	case len(g.closeCodes) > 0:
		code, g.closeCodes = g.closeCodes[0], g.closeCodes[1:]
	case len(g.beforeReady) > 0:
		op, g.beforeReady = g.beforeReady[0], g.beforeReady[1:]
	case g.silent > 0:
		g.silent--
		s.mu.Unlock()
		return true
	}
	s.mu.Unlock()
	switch {
	case code != 0:
		c.close(code)
	case op != 0:
		c.send(frame{Op: op, Data: false})
	default:
		return false
	}
	return true
}

func (s *Server) identify(c *gatewayConn, data json.RawMessage) {
	var in struct {
		Token   string
		Intents int
		Shard   []int
	}
	if err := json.Unmarshal(data, &in); err != nil {
		c.close(4002)
		return
	}
	if in.Token != Token && in.Token != "Bot "+Token {
		c.close(4004)
		return
	}
	if in.Intents&messageContentIntent != 0 && !s.options.MessageContent {
		c.close(4014)
		return
	}
	if s.hinder(c) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	session := &gatewaySession{id: "session-" + s.newID(), intents: in.Intents, conn: c, shards: 1}
	if len(in.Shard) == 2 {
		session.shard, session.shards = in.Shard[0], in.Shard[1]
	}
	if session.shard < 0 || session.shard >= session.shards {
		go c.close(4010)
		return
	}
	s.gate.sessions[session.id] = session
	c.session = session
	s.gate.identified++
	session.deliver(frame{Type: "READY", Data: map[string]any{
		"v": 10, "user": s.bot, "session_id": session.id, "resume_gateway_url": s.gatewayURL(),
		"guilds": []any{map[string]any{"id": s.guild, "unavailable": true}}, "application": map[string]any{"id": s.bot.ID, "flags": 0},
	}})
	s.notify()
}

func (s *Server) resume(c *gatewayConn, data json.RawMessage) {
	var in struct {
		SessionID string `json:"session_id"`
		Seq       int
	}
	if err := json.Unmarshal(data, &in); err != nil {
		c.close(4002)
		return
	}
	if s.hinder(c) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.gate.sessions[in.SessionID]
	if session == nil || s.gate.refuseResume {
		s.gate.refuseResume = false
		go c.send(frame{Op: opInvalidSession, Data: false})
		return
	}
	session.conn, c.session = c, session
	s.gate.resumed++
	for _, f := range session.sent {
		if *f.Seq > in.Seq || s.gate.replay && f.Type != "READY" {
			c.send(f)
		}
	}
	s.gate.replay = false
	session.deliver(frame{Type: "RESUMED", Data: map[string]any{}})
	s.notify()
}

// deliver numbers an event and sends it, if somebody listens. The server's
// lock must be held.
func (g *gatewaySession) deliver(f frame) {
	g.seq++
	seq := g.seq
	f.Seq = &seq
	g.sent = append(g.sent, f)
	if len(g.sent) > 500 {
		g.sent = g.sent[250:]
	}
	if g.conn != nil {
		g.conn.send(f)
	}
}

// shardOf is the shard that is told about a guild; without one it is the first.
func (s *Server) shardOf(guild string, shards int) int {
	id, err := strconv.ParseUint(guild, 10, 64)
	if err != nil {
		return 0
	}
	return int(id >> 22 % uint64(shards))
}

// dispatch sends an event to every shard that it concerns. The lock must be
// held.
func (s *Server) dispatch(kind string, data map[string]any) {
	guild, _ := data["guild_id"].(string)
	f := frame{Type: kind, Data: data, guild: guild}
	if s.gate.outOfOrder && s.gate.held == nil {
		s.gate.held = &f
		return
	}
	for _, session := range s.gate.sessions {
		if s.concerns(session, f) {
			session.deliver(f)
			if s.gate.duplicate {
				session.deliver(f)
			}
		}
		if held := s.gate.held; held != nil && s.concerns(session, *held) {
			session.deliver(*held)
		}
	}
	s.gate.duplicate = false
	s.gate.held, s.gate.outOfOrder = nil, false
}

// concerns reports whether a session is told of an event.
func (s *Server) concerns(session *gatewaySession, f frame) bool {
	return s.shardOf(f.guild, session.shards) == session.shard
}

// Shards lists the shards that are connected, each as its number of how many, in
// no order.
func (s *Server) Shards() [][2]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out [][2]int
	for _, session := range s.gate.sessions {
		if session.conn != nil {
			out = append(out, [2]int{session.shard, session.shards})
		}
	}
	return out
}

// AwaitShards waits until that many shards are connected.
func (s *Server) AwaitShards(n int, timeout time.Duration) bool {
	return s.await(timeout, func() bool {
		up := 0
		for _, session := range s.gate.sessions {
			if session.conn != nil {
				up++
			}
		}
		return up == n
	})
}

// Connected waits until the bot is ready on a connection.
func (s *Server) Connected(timeout time.Duration) bool {
	return s.await(timeout, func() bool {
		for _, session := range s.gate.sessions {
			if session.conn != nil {
				return true
			}
		}
		return false
	})
}

// Connections tells how often the bot connected, identified itself and took
// its session up again, and with which codes it closed.
func (s *Server) Connections() (connected, identified, resumed int, closes []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.connected, s.gate.identified, s.gate.resumed, append([]int(nil), s.gate.closes...)
}

// FirstHeartbeats tells how long after connecting the first heartbeats came.
func (s *Server) FirstHeartbeats() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Duration(nil), s.gate.firstBeats...)
}

// AwaitConnections waits until the bot has identified itself and resumed that
// often in all.
func (s *Server) AwaitConnections(n int, timeout time.Duration) bool {
	return s.await(timeout, func() bool { return s.gate.identified+s.gate.resumed >= n })
}

// each does something with every connection.
func (s *Server) each(do func(*gatewayConn)) {
	s.mu.Lock()
	conns := append([]*gatewayConn(nil), s.gate.conns...)
	s.mu.Unlock()
	for _, c := range conns {
		do(c)
	}
}

// Drop breaks every connection, as a lost network does.
func (s *Server) Drop() { s.each(func(c *gatewayConn) { _ = c.ws.NetConn().Close() }) }

// Reconnect asks the bot to connect again (op 7).
func (s *Server) Reconnect() { s.each(func(c *gatewayConn) { c.send(frame{Op: opReconnect}) }) }

// InvalidateSession ends the session (op 9); it cannot be resumed.
func (s *Server) InvalidateSession() {
	s.mu.Lock()
	clear(s.gate.sessions)
	s.mu.Unlock()
	s.each(func(c *gatewayConn) { c.send(frame{Op: opInvalidSession, Data: false}) })
}

// CloseGateway closes every connection with a code.
func (s *Server) CloseGateway(code int) { s.each(func(c *gatewayConn) { c.close(code) }) }

// Gate holds the faults of the gateway; change them with [Server.BreakGateway].
type Gate struct {
	// NoHello connections get no HELLO; NoReady get no READY.
	NoHello, NoReady int
	// BeforeReady are operations (7 or 9) sent instead of READY, one a
	// connection.
	BeforeReady []int
	// CloseCodes close the next connections when they identify themselves.
	CloseCodes []int
	// Deaf leaves heartbeats without an acknowledgement.
	Deaf bool
	// RefuseResume answers the next RESUME with op 9; Replay repeats then what
	// was delivered before.
	RefuseResume, Replay bool
	// Duplicate sends the next event twice; OutOfOrder the next two the wrong
	// way round.
	Duplicate, OutOfOrder bool
}

// BreakGateway sets the gateway's faults, replacing those before.
func (s *Server) BreakGateway(g Gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.noHello, s.gate.silent, s.gate.beforeReady, s.gate.closeCodes = g.NoHello, g.NoReady, g.BeforeReady, g.CloseCodes
	s.gate.deaf, s.gate.refuseResume, s.gate.duplicate, s.gate.outOfOrder = g.Deaf, g.RefuseResume, g.Duplicate, g.OutOfOrder
	s.gate.replay = g.Replay
}
