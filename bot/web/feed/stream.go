package feed

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// beat is how often something is written where nothing happens, so that both
	// sides, and proxies between them, know of each other.
	beat = 15 * time.Second
	// writing is how long a write may take before the reader counts as gone.
	writing = 10 * time.Second
)

// Stream writes the feed as an event stream until the reader goes. A
// reader that says which event it had last, in the header that browsers send or as
// "after" in the address, gets those since; any other gets what
// snapshot returns first, as an event of that kind, which holds all that there is. The
// error is that of snapshot, when nothing has been written yet.
func (f *Feed) Stream(w http.ResponseWriter, r *http.Request, kind string, snapshot func() ([]byte, error)) error {
	l, missed, at, caughtUp := f.Listen(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")))
	defer f.Leave(l)
	if !caughtUp {
		data, err := snapshot()
		if err != nil {
			return err
		}
		missed = []Event{{ID: at, Kind: kind, Data: data}}
	}
	out := writer{w, http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx holds answers back otherwise
	if err := out.write([]byte("retry: 1000\n\n")); err != nil {
		return nil // there is nobody to tell
	}
	for _, e := range missed {
		if err := out.event(e); err != nil {
			return nil
		}
	}
	out.follow(r.Context(), l)
	return nil
}

// A writer writes to somebody who may be slow or gone.
type writer struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// follow writes what a listener hears.
func (o writer) follow(reader context.Context, l *Listener) {
	quiet := time.NewTicker(beat)
	defer quiet.Stop()
	for {
		var err error
		select {
		case <-reader.Done():
			return
		case e, ok := <-l.Events:
			if !ok {
				return
			}
			err = o.event(e)
		case <-quiet.C:
			err = o.write([]byte(": \n\n"))
		}
		if err != nil {
			return
		}
	}
}

// event writes an event. Its data are JSON, in which a line has no end.
func (o writer) event(e Event) error {
	var out bytes.Buffer
	if e.ID != "" {
		fmt.Fprintf(&out, "id: %s\n", e.ID)
	}
	fmt.Fprintf(&out, "event: %s\ndata: %s\n\n", e.Kind, e.Data)
	return o.write(out.Bytes())
}

func (o writer) write(data []byte) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(writing)); err != nil {
		return err
	}
	if _, err := o.w.Write(data); err != nil {
		return err
	}
	return o.control.Flush()
}
