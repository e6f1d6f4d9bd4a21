package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
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
	opHeartbeatAck   = 11
)

// maxFrame bounds one message of the gateway; Discord's largest, a guild with
// all its members, stays below it.
const maxFrame = 64 << 20

// Why a connection was given up.
var (
	errReconnect = errors.New("asked to connect again")
	errInvalid   = errors.New("the session was ended")
	errDeaf      = errors.New("a heartbeat was not acknowledged")
)

// closeResumable is a close code after which Discord keeps the session. After
// 1000 and 1001 it does not.
const closeResumable = 4000

// frame is what goes over the websocket.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

// connection is one websocket.
type connection struct {
	client *Client
	ws     *websocket.Conn
	write  sync.Mutex
	// unanswered heartbeats since the last acknowledgement
	unanswered atomic.Int32
}

// connect opens a connection and serves it until it ends. ready tells whether
// the session was established, the error why the connection ended.
func (c *Client) connect(ctx context.Context) (ready bool, err error) {
	opening, cancel := context.WithTimeout(ctx, c.deadline())
	defer cancel()
	url := c.session.url
	if url == "" {
		if url, err = c.URL(opening); err != nil {
			return false, fmt.Errorf("find the gateway: %w", err)
		}
	}
	dialer := websocket.Dialer{HandshakeTimeout: c.deadline()}
	ws, response, err := dialer.DialContext(opening, strings.TrimSuffix(url, "/")+"/?v=10&encoding=json", nil)
	if err != nil {
		if response != nil {
			err = fmt.Errorf("%w (%s)", err, response.Status)
		}
		c.session.url = "" // the resume address may be the one that is gone
		return false, fmt.Errorf("open the gateway: %w", err)
	}
	ws.SetReadLimit(maxFrame)
	conn := &connection{client: c, ws: ws}
	// Reading does not know of contexts: the end of ctx closes the socket.
	stop := context.AfterFunc(ctx, func() { conn.close(websocket.CloseNormalClosure) })
	defer stop()
	defer conn.close(closeResumable)
	return conn.serve(ctx, opening)
}

// serve greets, then reads until the connection ends.
func (c *connection) serve(ctx, opening context.Context) (ready bool, err error) {
	interval, err := c.hello(opening)
	if err != nil {
		return false, err
	}
	if err := c.greet(opening); err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		c.beat(ctx, interval)
	}()
	defer func() { <-beating }()
	defer cancel()
	for {
		// Something arrives at least with every heartbeat, once there is a
		// session; before that the opening's deadline holds.
		limit := time.Now().Add(2*interval + 10*time.Second)
		if !ready {
			limit, _ = opening.Deadline()
		}
		f, err := c.read(limit)
		if err != nil {
			if c.unanswered.Load() > 1 {
				err = errDeaf
			}
			return ready, err
		}
		established, err := c.take(f)
		if err != nil {
			return ready, err
		}
		ready = ready || established
	}
}

// hello reads the first frame and returns the heartbeat interval.
func (c *connection) hello(opening context.Context) (time.Duration, error) {
	limit, _ := opening.Deadline()
	f, err := c.read(limit)
	if err != nil {
		return 0, fmt.Errorf("wait for HELLO: %w", err)
	}
	var in struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if err := json.Unmarshal(f.Data, &in); err != nil || f.Op != opHello || in.Interval < 1 || in.Interval > 600_000 {
		return 0, fmt.Errorf("wait for HELLO: got op %d with %.100s", f.Op, f.Data)
	}
	return time.Duration(in.Interval) * time.Millisecond, nil
}

// greet resumes the session, or starts one.
func (c *connection) greet(opening context.Context) error {
	s := &c.client.session
	if s.id != "" {
		return c.send(opResume, map[string]any{"token": c.client.Token, "session_id": s.id, "seq": s.seq})
	}
	if c.client.Identify != nil {
		if err := c.client.Identify(opening); err != nil {
			return fmt.Errorf("wait to identify: %w", err)
		}
	}
	data := map[string]any{
		"token": c.client.Token, "intents": c.client.Intents, "large_threshold": 50,
		"properties": map[string]string{"os": "linux", "browser": "pentimento", "device": "pentimento"},
	}
	if c.client.Shards > 0 {
		data["shard"] = []int{c.client.Shard, c.client.Shards}
	}
	return c.send(opIdentify, data)
}

// take acts on a frame; an error ends the connection.
func (c *connection) take(f frame) (established bool, err error) {
	s := &c.client.session
	switch f.Op {
	case opDispatch:
		if f.Seq != nil {
			atomic.StoreInt64(&s.seq, *f.Seq)
		}
		return c.event(f)
	case opHeartbeat:
		// Asked for, and not counted: its answer may cross the next beat.
		return false, c.heartbeat()
	case opHeartbeatAck:
		c.unanswered.Store(0)
	case opReconnect:
		return false, errReconnect
	case opInvalidSession:
		if string(f.Data) != "true" {
			*s = session{}
		}
		return false, errInvalid
	}
	return false, nil
}

// event hands an event over.
func (c *connection) event(f frame) (established bool, err error) {
	s := &c.client.session
	switch f.Type {
	case "READY":
		var in struct {
			SessionID string `json:"session_id"`
			ResumeURL string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(f.Data, &in); err != nil {
			return false, fmt.Errorf("read READY: %w", err)
		}
		s.id, s.url, established = in.SessionID, in.ResumeURL, true
	case "RESUMED":
		established = true
	}
	c.client.Handle(Event{Type: f.Type, Data: f.Data})
	return established, nil
}

// read reads one frame before limit.
func (c *connection) read(limit time.Time) (frame, error) {
	var f frame
	if err := c.ws.SetReadDeadline(limit); err != nil {
		return f, err
	}
	err := c.ws.ReadJSON(&f)
	return f, err
}

// beat sends heartbeats, the first after a random part of the interval. It gives
// the connection up if the last heartbeat was not acknowledged.
func (c *connection) beat(ctx context.Context, interval time.Duration) {
	timer := time.NewTimer(time.Duration(rand.Float64() * float64(interval)))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if c.unanswered.Load() > 0 {
			c.unanswered.Add(1)
			c.close(closeResumable)
			return
		}
		c.unanswered.Add(1)
		if err := c.heartbeat(); err != nil {
			c.close(closeResumable)
			return
		}
		timer.Reset(interval)
	}
}

func (c *connection) heartbeat() error {
	seq := atomic.LoadInt64(&c.client.session.seq)
	if seq == 0 {
		return c.send(opHeartbeat, nil)
	}
	return c.send(opHeartbeat, seq)
}

// writeWithin bounds every write.
const writeWithin = 10 * time.Second

func (c *connection) send(op int, data any) error {
	c.write.Lock()
	defer c.write.Unlock()
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return c.ws.WriteJSON(struct {
		Op   int `json:"op"`
		Data any `json:"d"`
	}{op, data})
}

// close says goodbye with a code and closes the socket. A connection that is
// closed already stays so.
func (c *connection) close(code int) {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}
