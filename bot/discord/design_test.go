package discord

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pentimento/jobs"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

// declared are the functions of a file, methods as "Type.name".
func declared(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := f.Name.Name
		if f.Recv != nil {
			receiver := f.Recv.List[0].Type
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = pointer.X
			}
			name = receiver.(*ast.Ident).Name + "." + name
		}
		out = append(out, name)
	}
	return out
}

// No type knows everything: the bot puts together what others do.
func TestMethodsOfTheBot(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	methods := map[string]int{}
	for _, path := range files {
		for _, name := range declared(t, path) {
			if of, _, ok := strings.Cut(name, "."); ok && !strings.HasSuffix(path, "_test.go") {
				methods[of]++
			}
		}
	}
	if methods["Bot"] == 0 {
		t.Error("the bot has no methods")
	}
	for of, n := range methods {
		if n > 20 {
			t.Errorf("%s has %d methods", of, n)
		}
	}
}

// Views are given what they show: they reach no store, no interface of Discord's
// and no clock.
func TestViewsReachForNothing(t *testing.T) {
	allowed := map[string]bool{
		"pentimento/bot": true, "pentimento/bot/gate": true, "pentimento/bot/discord/object": true, "pentimento/jobs": true, "pentimento/picture": true, "pentimento/recipe": true, "pentimento/session": true,
		"github.com/bwmarrin/discordgo": true, // the shapes of components
		"crypto/hmac":                   true, "crypto/sha256": true, "encoding/base64": true, "encoding/binary": true,
		"errors": true, "fmt": true, "path": true, "slices": true, "strconv": true, "strings": true, "unicode": true, "unicode/utf8": true,
	}
	files, err := filepath.Glob("view/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are %d files, %v", len(files), err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range file.Imports {
			if imported := strings.Trim(one.Path.Value, `"`); !allowed[imported] {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

// tracing is a queue that tells which functions led to a job.
type tracing struct {
	jobs.Queue
	calls chan []string
}

// Submit tells of the calls, from the first to the last.
func (q *tracing) Submit(ctx context.Context, job jobs.Job) (jobs.Ticket, error) {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	var calls []string
	for {
		frame, more := frames.Next()
		if name, ours := strings.CutPrefix(frame.Function, "pentimento/"); ours {
			calls = append(calls, name[strings.LastIndex(name, "/")+1:])
		}
		if !more {
			break
		}
	}
	slices.Reverse(calls)
	q.calls <- calls
	return q.Queue.Submit(ctx, job)
}

// literal is a function without a name, in the function that it stands in.
var literal = regexp.MustCompile(`\.func\d+(\.\d+)*$`)

// steps are the functions that led to a job, as docs/design.md names them.
func steps(calls []string) []string {
	var out []string
	for _, call := range calls {
		name := strings.NewReplacer("(*", "", ")", "").Replace(call)
		if first := literal.ReplaceAllString(name, ""); first == "discord.Bot.receive" || !literal.MatchString(name) {
			out = append(out, first)
		}
	}
	return out
}

// The steps from an event to a job that docs/design.md lists are functions of the
// files that it names, and are what calls what.
func TestStepsOfARequest(t *testing.T) {
	text, err := os.ReadFile("../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## From an event of Discord to a job\n")
	section, _, _ = strings.Cut(section, "\n## ")
	step := regexp.MustCompile("`([a-z]+)\\.([A-Za-z.]+)` \\(`([a-z/_]+\\.go)`\\)")
	var command, message []string // what happens with a command, and with a message
	for line := range strings.Lines(section) {
		found := step.FindAllStringSubmatch(line, -1)
		if found == nil {
			continue
		}
		for _, f := range found {
			if !slices.Contains(declared(t, "../../"+f[3]), f[2]) {
				t.Errorf("%s is not in %s", f[2], f[3])
			}
		}
		first, last := found[0], found[len(found)-1]
		command, message = append(command, first[1]+"."+first[2]), append(message, last[1]+"."+last[2])
	}
	if len(command) == 0 || len(command) > 8 {
		t.Fatalf("%d steps are listed", len(command))
	}

	traced := make(chan []string, 10)
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Queue = &tracing{newQueue(t, o.engine, 1), traced} })
	ann := w.Person("ann")
	direct := ann.Direct()
	i := imagine(ann, direct, "a woman's face with blond hair")
	w.picture(direct, i.ID, "blond")
	if got := steps(<-traced); !slices.Equal(got, command) {
		t.Errorf("a command became a job by way of\n%q, not\n%q", got, command)
	}
	said := ann.Say(direct, "make her hair red")
	w.picture(direct, said.ID, "red")
	if got := steps(<-traced); !slices.Equal(got, message) {
		t.Errorf("what was said became a job by way of\n%q, not\n%q", got, message)
	}
}

// counting is a store that counts how often a session is read and changed.
type counting struct {
	session.Store
	loads, updates chan struct{}
}

// Load counts.
func (s *counting) Load(ctx context.Context, key session.Key) (*session.Session, error) {
	s.loads <- struct{}{}
	return s.Store.Load(ctx, key)
}

// Update counts.
func (s *counting) Update(ctx context.Context, key session.Key, change func(*session.Session) error) (*session.Session, error) {
	s.updates <- struct{}{}
	return s.Store.Update(ctx, key, change)
}

// A session is read once for an utterance and changed once, wherever and by
// whomever it is said.
func TestSessionIsReadOnce(t *testing.T) {
	t.Parallel()
	store := &counting{Store: session.NewMemory(), loads: make(chan struct{}, 100), updates: make(chan struct{}, 100)}
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) { o.Store = store })
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	first := w.picture(thread, "", "blond")
	reply := bob.Reply(thread, first, "make her hair black") // has a session of his own there now
	w.picture(thread, reply.ID, "blond → black")
	direct := ann.Direct()
	for _, c := range []struct {
		where   string
		by      *discordtest.Person
		in      *discordtest.Channel
		say, is string
	}{
		{"a direct chat", ann, direct, "a river between mountains", "river"},
		{"a direct chat", ann, direct, "make the river a forest", "forest"},
		{"a thread of one's own", ann, thread, "make her hair red", "red"},
		{"a thread of somebody else", bob, thread, "make her hair brown", "black → brown"},
	} {
		for len(store.loads)+len(store.updates) > 0 {
			select {
			case <-store.loads:
			case <-store.updates:
			}
		}
		said := c.by.Say(c.in, c.say)
		w.picture(c.in, said.ID, c.is)
		if loads, updates := len(store.loads), len(store.updates); loads != 1 || updates != 1 {
			t.Errorf("in %s %q took %d loads and %d updates", c.where, c.say, loads, updates)
		}
	}
}
