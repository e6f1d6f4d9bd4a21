package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/bot"
	"pentimento/bot/blocklist"
	"pentimento/jobs"
	"pentimento/picture"
	"pentimento/session"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

// What is said is drawn, edited and undone, and an edit from there is a branch, as
// everywhere.
func TestConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	if all := ann.all(address); all.Head != nil || len(all.Turns) > 0 {
		t.Errorf("it begins with %+v", all)
	}
	if d := ann.say(address, "a woman's face with blond hair"); d.Kind != "picture" || d.Turn != 1 {
		t.Errorf("a picture: %+v", d)
	}
	if d := ann.say(address, "make her hair red"); d.Edit != "blond → red" || d.Turn != 2 {
		t.Errorf("an edit: %+v", d)
	}
	if d := ann.do(address, ask{Command: "revert"}); d.Turn != 1 {
		t.Errorf("undo: %+v", d)
	}
	ann.say(address, "add glasses")
	all := ann.all(address)
	if len(all.Turns) != 3 || all.Turns[2].Parent != 1 || all.Head.ID != 3 || !all.Head.Undo || all.Head.Redo || all.Head.Root != 1 {
		t.Errorf("the tree is %+v with the head %+v", all.Turns, all.Head)
	}
	// Of a picture that is not the head.
	if d := ann.do(address, ask{Said: "make it curly", Turn: 2, Identity: all.Turns[1].Identity}); d.Turn != 4 {
		t.Errorf("an edit of turn 2: %+v", d)
	}
	if all := ann.all(address); all.Turns[3].Parent != 2 {
		t.Errorf("it is an edit of %d", all.Turns[3].Parent)
	}
	// Of one that is not there.
	if d := ann.do(address, ask{Said: "make it curly", Turn: 2, Identity: "123"}); d.Problem == nil || d.Problem.Kind != bot.NotFound {
		t.Errorf("an edit of a picture that is gone: %+v", d)
	}
	answer, png := ann.ask("GET", all.Turns[1].Picture, nil)
	if _, err := picture.Decode(png); err != nil || answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("the picture: %v, %v", answer.Header, err)
	}
	if answer, _ := ann.ask("GET", all.Turns[1].Picture, nil, "If-None-Match", answer.Header.Get("ETag")); answer.StatusCode != http.StatusNotModified {
		t.Errorf("a picture that the browser has is sent again: %s", answer.Status)
	}
	_, list := ann.ask("GET", "/conversations", nil)
	if !strings.Contains(string(list), address) || !strings.Contains(string(list), `"turns":4`) {
		t.Errorf("the list is %s", list)
	}
	if answer, _ := ann.ask("GET", "/", nil); answer.Header.Get("Location") != address {
		t.Errorf("it begins at %s", answer.Header.Get("Location"))
	}
}

// Every command of the table is typed, and shown in some way.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	ann.say(address, "make her hair red")
	code := ann.say(address, "/share").Code
	typed := map[string]string{
		"imagine": "a cat on a beach", "edit": "make it black", "swap": "beach forest", "refine": "snow", "weight": "forest 1.5", "goto": "2", "attention": "hair",
		"settings": "steps 5", "unshare": code, "region": "left", "take": "2", "fork": ann.say(address, "/share").Code,
	}
	kinds := map[string]string{
		"history": "history", "attention": "heat", "animate": "film", "sheet": "sheet", "settings": "settings", "share": "share", "export": "files", "help": "help",
		"unshare": "text", "region": "heat", "variations": "sheet",
	}
	for _, c := range w.s.commands() {
		if c.Name == "import" || c.Name == "open" || c.Name == "forget" || c.Name == "mask" {
			continue // it needs a file or an engine that has masks, or leaves nothing
		}
		d := ann.say(address, "/"+c.Name+" "+typed[c.Name])
		want := kinds[c.Name]
		if want == "" {
			want = "picture"
		}
		if d.Kind != want && d.Kind != "question" || d.Kind == "" {
			t.Errorf("/%s shows %+v, want %s", c.Name, d, want)
		}
		for _, f := range d.Files {
			if answer, data := ann.ask("GET", f.URL+"?save", nil); answer.StatusCode != http.StatusOK || len(data) == 0 || !strings.Contains(answer.Header.Get("Content-Disposition"), f.Name) {
				t.Errorf("/%s: the file %s: %s", c.Name, f.Name, answer.Status)
			}
		}
	}
	if d := ann.say(address, "/help"); !strings.Contains(d.Text, "/weight word factor") || strings.Contains(d.Text, "/quit") {
		t.Errorf("help is %s", d.Text)
	}
	for _, wrong := range []string{"/quit", "/nonsense", "/goto x", "/weight"} {
		answer, data := ann.ask("POST", address+"/turns", ask{Event: ann.event(), Said: wrong})
		if answer.StatusCode < 400 || !strings.Contains(string(data), `"sentence"`) {
			t.Errorf("%s: %s %s", wrong, answer.Status, data)
		}
	}
}

// A file of /export is imported.
func TestImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	_, recipe := ann.ask("GET", ann.say(address, "/export").Files[0].URL, nil)
	other := ann.begin()
	l := ann.listen(other, "")
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.URL+other+"/file?event=in&command=import&name=recipe.json", bytes.NewReader(recipe))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+annsToken)
	answer, err := w.Client().Do(r)
	if err != nil || answer.StatusCode != http.StatusAccepted {
		t.Fatalf("%v %v", answer, err)
	}
	if d := l.await("done", "in").data; !strings.Contains(d, "blond hair") {
		t.Errorf("the import ends in %s", d)
	}
	if answer, data := ann.ask("POST", other+"/turns", ask{Event: "no-file", Command: "import", Values: map[string]string{"file": "/etc/passwd"}}); answer.StatusCode != http.StatusAccepted {
		t.Errorf("%s %s", answer.Status, data)
	}
	if d := l.await("done", "no-file").data; !strings.Contains(d, "Choose the file") {
		t.Errorf("an import without a file ends in %s", d)
	}
}

// Two pages show the same, and one that was away hears what it missed.
func TestSecondPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	one, two := ann.listen(address, ""), ann.listen(address, "")
	ann.say(address, "a woman's face with blond hair")
	last := one.await("done", "blond")
	two.await("turns", "blond")
	two.await("head", `"id":1`)
	two.close()
	ann.say(address, "make her hair red")
	again := ann.listen(address, last.id)
	if e := <-again.events; e.kind != "said" || !strings.Contains(e.data, "make her hair red") {
		t.Errorf("it goes on with %+v", e)
	}
	again.await("done", "blond → red")
}

// What was drawn before the server was started is not drawn again when its page says it
// again, and what is shown stays that.
func TestSaidAgainAfterARestart(t *testing.T) {
	t.Parallel()
	engine := &stub{}
	w := newWorld(t, engine)
	address := w.ann().begin()
	l := w.ann().listen(address, "")
	first := ask{Event: "first", Said: "a woman's face with blond hair"}
	w.ann().ask("POST", address+"/turns", first)
	l.await("done", "first")
	w.ann().say(address, "make her hair red")
	next := newWorld(t, engine, func(o *Options) { o.Pattern.Store = w.store })
	again := next.ann().listen(address, "")
	again.await("all", "red")
	next.ann().ask("POST", address+"/turns", first)
	for e := range again.events {
		if e.kind == "head" || e.kind == "turns" {
			t.Errorf("it is told as new: %s", e.data)
		}
		if e.kind == "done" {
			break
		}
	}
	if all := next.ann().all(address); engine.drawn != 2 || all.Head.ID != 2 || len(all.Turns) != 2 {
		t.Errorf("%d pictures were drawn, and turn %d is shown", engine.drawn, all.Head.ID)
	}
}

// What is being drawn can be cancelled, and so can what waits; what was said next is then
// about the picture that there is.
func TestCancel(t *testing.T) {
	t.Parallel()
	engine := &stub{hold: make(chan struct{})}
	w := newWorld(t, engine)
	ann := w.ann()
	address := ann.begin()
	l := ann.listen(address, "")
	for _, said := range []string{"a cat on a beach", "a dog on a beach", "a woman's face with blond hair"} {
		ann.ask("POST", address+"/turns", ask{Event: said[2:5], Said: said})
	}
	l.await("progress", `"step":1`)
	if all := ann.all(address); len(all.Running) != 3 || all.Running[0].Progress.Steps != 2 {
		t.Errorf("running: %+v", all.Running)
	}
	for _, event := range []string{"dog", "cat"} {
		if answer, data := ann.ask("POST", address+"/cancel", ask{Event: event}); answer.StatusCode != http.StatusAccepted {
			t.Errorf("%s %s", answer.Status, data)
		}
		if d := l.await("done", event).data; !strings.Contains(d, `"cancelled"`) {
			t.Errorf("%s ended in %s", event, d)
		}
	}
	close(engine.hold)
	l.await("done", "blond hair")
	if answer, _ := ann.ask("POST", address+"/cancel", ask{Event: "cat"}); answer.StatusCode != http.StatusNotFound {
		t.Errorf("what is done can be cancelled: %s", answer.Status)
	}
	if all := ann.all(address); len(all.Turns) != 1 || len(all.Running) > 0 {
		t.Errorf("there are %d turns, and %d running", len(all.Turns), len(all.Running))
	}
}

// Limits: of what waits, of a day, of words, of length.
func TestLimits(t *testing.T) {
	t.Parallel()
	engine := &stub{hold: make(chan struct{})}
	w := newWorld(t, engine, func(o *Options) {
		o.PerUser, o.PerDay, o.Blocked = 2, 3, blocklist.New([]string{"beach"})
	})
	ann := w.ann()
	address := ann.begin()
	l := ann.listen(address, "")
	post := func(event, said string) int {
		answer, _ := ann.ask("POST", address+"/turns", ask{Event: event, Said: said})
		return answer.StatusCode
	}
	if post("a", "a woman's face with blond hair") != http.StatusAccepted || post("b", "make her hair red") != http.StatusAccepted || post("c", "add glasses") != http.StatusTooManyRequests {
		t.Error("more may wait than may")
	}
	close(engine.hold)
	l.await("done", `"b"`)
	for event, want := range map[string]string{"d": "a cat on a beach"} {
		post(event, want)
		if d := l.await("done", `"d"`).data; !strings.Contains(d, `"refused"`) {
			t.Errorf("a blocked word ends in %s", d)
		}
	}
	if d := ann.say(address, "a cat in a forest"); d.Kind != "picture" {
		t.Errorf("the third picture: %+v", d)
	}
	if d := ann.say(address, "a dog in a forest"); d.Problem == nil || !strings.Contains(d.Problem.Sentence, "3 pictures today") {
		t.Errorf("the fourth picture of a day: %+v", d)
	}
	if d := ann.say(address, "/settings steps 101"); d.Problem == nil || d.Problem.Kind != bot.Refused {
		t.Errorf("what takes everybody's time: %+v", d)
	}
	if d := ann.say(address, "/settings"); !strings.Contains(d.Text, "steps     4") {
		t.Errorf("the settings are %s", d.Text)
	}
	// Another process counts them too.
	next := &quota{perDay: 3, store: w.store, now: time.Now}
	if err := next.allow(t.Context(), "ann", true)("a cat"); err == nil {
		t.Error("a restart forgets what was drawn")
	}
	for _, a := range []ask{{Event: "", Said: "a cat"}, {Event: "a/b", Said: "a cat"}, {Event: strings.Repeat("a", 65), Said: "a cat"}, {Event: "e", Said: "  "}, {Event: "f", Said: strings.Repeat("a", longestSaid+1)}, {Event: "g", Said: "a cat", Turn: 1, Identity: "no number"}} {
		if answer, data := ann.ask("POST", address+"/turns", a); answer.StatusCode < 400 || answer.StatusCode > 499 {
			t.Errorf("%.20q, %.20q: %s %s", a.Event, a.Said, answer.Status, data)
		}
	}
}

// A fault of the program ends the turn with a sentence, and the next one is drawn.
func TestFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	if d := ann.say(address, "a woman's face with black hair"); d.Problem == nil || d.Problem.Kind != bot.Failed && d.Problem.Kind != bot.Internal {
		t.Errorf("%+v", d)
	}
	if d := ann.say(address, "a woman's face with blond hair"); d.Kind != "picture" {
		t.Errorf("%+v", d)
	}
}

// A question has choices, and a choice answers it, also on another page.
func TestQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	ann.do(address, ask{Command: "imagine", Values: map[string]string{"prompt": "a cat and a cat"}})
	d := ann.say(address, "/weight cat 1.5")
	if d.Kind != "question" || len(d.Question.Choices) != 2 {
		t.Fatalf("%+v", d)
	}
	all := ann.all(address)
	if all.Question == nil || all.Question.Text != d.Question.Text {
		t.Errorf("another page is not asked: %+v", all.Question)
	}
	if d := ann.say(address, d.Question.Choices[1]); d.Edit != "cat ×1.5" {
		t.Errorf("the choice: %+v", d)
	}
	words := ann.all(address).Head.Words
	if len(words) != 9 || words[2] != (wordView{"cat", "first cat", 1}) || words[8] != (wordView{"cat", "second cat", 1.5}) || words[4] != (wordView{Text: "and"}) {
		t.Errorf("the words are %+v", words)
	}
}

// What is shared is a page for everybody, which another person goes on from, until it is
// taken back.
func TestShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann, bob, nobody := w.ann(), w.bob(), person{world: w}
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	ann.say(address, "make her hair red")
	code := ann.say(address, "/share").Code
	ann.say(address, "add a secret hat")
	answer, page := nobody.ask("GET", "/s/"+code, nil)
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "blond → red") || strings.Contains(string(page), "hat") {
		t.Errorf("the page: %s", answer.Status)
	}
	for _, path := range []string{"/picture/1", "/picture/2", "/film.gif", "/recipe.json"} {
		if answer, _ := nobody.ask("GET", "/s/"+code+path, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	if answer, _ := nobody.ask("GET", "/s/"+code+"/picture/3", nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("what came later is shown: %s", answer.Status)
	}
	if answer, _ := nobody.ask("POST", "/s/"+code+"/fork", nil); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody goes on: %s", answer.Status)
	}
	answer, _ = bob.ask("POST", "/s/"+code+"/fork", nil)
	own := answer.Header.Get("Location")
	if answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(own, "/c/") {
		t.Fatalf("Bob goes on: %s %s", answer.Status, own)
	}
	if d := bob.say(own, "add glasses"); d.Turn != 3 {
		t.Errorf("Bob's edit: %+v", d)
	}
	if len(ann.all(address).Turns) != 3 || len(bob.all(own).Turns) != 3 {
		t.Error("the two conversations are one")
	}
	if d := bob.say(own, "/unshare "+code); d.Problem == nil {
		t.Error("Bob takes back what Ann shared")
	}
	ann.say(address, "/unshare "+code)
	for _, path := range []string{"", "/picture/1", "/film.gif", "/recipe.json"} {
		if answer, _ := bob.ask("GET", "/s/"+code+path, nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("after it was taken back, %q: %s", path, answer.Status)
		}
	}
	if answer, _ := bob.ask("POST", "/s/"+code+"/fork", nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("after it was taken back, Bob goes on: %s", answer.Status)
	}
}

// Everything is forgotten, and what is being drawn with it; one conversation is deleted.
func TestForget(t *testing.T) {
	t.Parallel()
	engine := &stub{}
	w := newWorld(t, engine)
	ann, bob := w.ann(), w.bob()
	address, other, bobs := ann.begin(), ann.begin(), bob.begin()
	for _, at := range []string{address, other} {
		ann.say(at, "a woman's face with blond hair")
	}
	bob.say(bobs, "a woman's face with blond hair")
	shown := ann.all(address).Turns[0].Picture
	l := ann.listen(other, "")
	if answer, data := ann.ask("POST", other+"/delete", ask{}); answer.StatusCode != http.StatusOK {
		t.Errorf("%s %s", answer.Status, data)
	}
	for range l.events { // it ends
	}
	if len(ann.all(other).Turns) > 0 || len(ann.all(address).Turns) != 1 {
		t.Error("not the one conversation is deleted")
	}
	away := ann.listen(address, "")
	before := away.await("all", "").id
	if d := ann.say(address, "/forget everything"); d.Problem != nil {
		t.Fatalf("%+v", d.Problem)
	}
	away.await("forgotten", "")
	if all := ann.all(address); len(all.Turns) > 0 || all.Head != nil {
		t.Errorf("%+v is kept", all)
	}
	if answer, _ := ann.ask("GET", shown, nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("the picture is shown: %s", answer.Status)
	}
	if again := ann.listen(address, before); (<-again.events).kind != "all" {
		t.Error("what was said is told to one that was away")
	}
	if len(bob.all(bobs).Turns) != 1 {
		t.Error("Bob's is forgotten too")
	}
}

// lost is a store that does not answer, or has no room.
type lost struct {
	session.Store
	err error
}

func (s *lost) Load(ctx context.Context, key session.Key) (*session.Session, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Store.Load(ctx, key)
}

func (s *lost) Update(ctx context.Context, key session.Key, change func(*session.Session) error) (*session.Session, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Store.Update(ctx, key, change)
}

func (s *lost) PutBlob(ctx context.Context, key session.Key, data []byte) (string, error) {
	if errors.Is(s.err, session.ErrDiskFull) {
		return "", s.err
	}
	return s.Store.PutBlob(ctx, key, data)
}

// Without a store, without room and without a queue, people are told in a sentence, and
// go on when it is back.
func TestWithoutStoreOrQueue(t *testing.T) {
	t.Parallel()
	var store *lost
	w := newWorld(t, &stub{}, func(o *Options) {
		store = &lost{Store: o.Pattern.Store}
		o.Pattern.Store = store
	})
	ann := w.ann()
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	l := ann.listen(address, "")
	l.await("all", "")
	for _, err := range []error{session.ErrUnavailable, session.ErrDiskFull} {
		store.err = err
		ann.ask("POST", address+"/turns", ask{Event: "e" + ann.event(), Said: "make her hair red"})
		if d := l.await("done", "").data; !strings.Contains(d, `"unavailable"`) {
			t.Errorf("with %v: %s", err, d)
		}
		for _, path := range []string{address + "/events", "/conversations", address + "/turns?before=2"} {
			if answer, data := ann.ask("GET", path, nil); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(data), "sentence") {
				t.Errorf("with %v, %s: %s %s", err, path, answer.Status, data)
			}
		}
		if answer, _ := ann.ask("GET", "/", nil); answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("with %v, the page: %s", err, answer.Status)
		}
	}
	store.err = nil
	if d := ann.say(address, "make her hair red"); d.Turn != 2 {
		t.Errorf("when it is back: %+v", d)
	}
}

// The server is told to stop: what is being drawn is drawn and told, what comes later is
// refused, and streams end.
func TestStop(t *testing.T) {
	t.Parallel()
	engine := &stub{hold: make(chan struct{})}
	w := newWorld(t, engine)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.s.Serve(ctx, l) }()
	w.URL = "http://" + l.Addr().String()
	ann := w.ann()
	address := ann.begin()
	hearing := ann.listen(address, "")
	ann.ask("POST", address+"/turns", ask{Event: "first", Said: "a woman's face with blond hair"})
	hearing.await("progress", "")
	stop()
	for {
		answer, data := ann.ask("POST", address+"/turns", ask{Event: ann.event(), Said: "make her hair red"})
		if answer.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(data), "stopped") {
			break
		}
	}
	close(engine.hold)
	hearing.await("done", "blond")
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for range hearing.events {
	}
}

// What the last process left in a shared queue is told to the pages of the next.
func TestResume(t *testing.T) {
	t.Parallel()
	queue := jobs.NewMemory(jobs.Options{})
	shared := func(o *Options) { o.Pattern.Queue, o.Shared = queue, true }
	w := newWorld(t, &stub{}, shared)
	ann := w.ann()
	address := ann.begin()
	ann.listen(address, "")
	ann.ask("POST", address+"/turns", ask{Event: "left", Said: "a woman's face with blond hair"})
	for {
		if stats, err := queue.Stats(t.Context()); err != nil || stats.Waiting == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	w.s.finish()
	next := newWorld(t, &stub{}, shared, func(o *Options) { o.Pattern.Store = w.store })
	if err := next.s.resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := next.ann().listen(address, "")
	if all := l.await("all", "").data; !strings.Contains(all, `"left"`) {
		t.Errorf("the next page is told %s", all)
	}
	working, rest := context.WithCancel(t.Context())
	worker := jobs.Worker{Name: "other", Source: queue, Engine: &stub{}, Drain: time.Millisecond}
	done := make(chan error, 1)
	go func() { done <- worker.Run(working) }()
	var d result
	if err := json.Unmarshal([]byte(l.await("done", "left").data), &d); err != nil || d.Turn != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	rest()
	<-done
	next.s.finish()
}
