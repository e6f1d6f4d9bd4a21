// Package browser drives Debian's Chromium for tests, and notes what no page should do:
// errors, and requests to other machines.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrNone says that there is no Chromium.
var ErrNone = errors.New("there is no Chromium: install Debian's package chromium to have the pages looked at")

// A Browser is a running Chromium.
type Browser struct {
	ctx  context.Context // chromedp keeps its state in it
	stop []context.CancelFunc
}

// Start starts a Chromium that reaches no machine but this one. The error is [ErrNone]
// where there is none.
func Start(ctx context.Context) (*Browser, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, ErrNone
	}
	allocator, stop := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
	)...)
	browsing, end := chromedp.NewContext(allocator)
	b := &Browser{ctx: browsing, stop: []context.CancelFunc{end, stop}}
	if err := chromedp.Do(browsing, chromedp.Navigate("about:blank")); err != nil {
		b.Close()
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	return b, nil
}

// Close ends it.
func (b *Browser) Close() {
	for _, stop := range b.stop {
		stop()
	}
}

// A Profile is a person's: cookies and what pages keep are no other's.
type Profile struct {
	b  *Browser
	id cdp.BrowserContextID // empty until it has a tab
}

// Profile returns a new one.
func (b *Browser) Profile() *Profile { return &Profile{b: b} }

// A Page is a tab.
type Page struct {
	ctx  context.Context
	stop context.CancelFunc

	mu     sync.Mutex
	wrong  []string
	silent []string // parts of what is expected to go wrong
}

// Patience is how long a page may take for anything.
const Patience = 30 * time.Second

// Open opens an address in a new tab of that width and height.
func (p *Profile) Open(address string, width, height int64) (*Page, error) {
	of := chromedp.WithNewBrowserContext()
	if p.id != "" {
		of = chromedp.WithExistingBrowserContext(p.id)
	}
	ctx, stop := chromedp.NewContext(p.b.ctx, of)
	tab := &Page{ctx: ctx, stop: stop}
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if err := chromedp.Listen(ctx, func(event any) { tab.note(event, at.Host) }); err != nil {
		return nil, err
	}
	if p.id == "" {
		p.id = chromedp.FromContext(ctx).BrowserContextID
	}
	if err := call(tab, log.Enable, cdp.Empty{}); err != nil {
		return nil, err
	}
	if err := call(tab, network.Enable, network.EnableParams{}); err != nil {
		return nil, err
	}
	if err := tab.Resize(width, height); err != nil {
		return nil, err
	}
	return tab, tab.Go(address)
}

// call has the tab do a command that returns nothing.
func call[P any](p *Page, command cdp.Command[P, cdp.Empty], params P) error {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	_, err := chromedp.Call(ctx, command, params)
	return err
}

// note notes what should not be.
func (p *Page) note(event any, host string) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.add(fmt.Sprintf("an exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.add("console." + string(e.Type) + ": " + described(e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.add("an error: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		to, err := url.Parse(e.Request.URL)
		if err != nil || to.Scheme != "blob" && to.Scheme != "data" && to.Host != host {
			p.add("a request to elsewhere: " + e.Request.URL)
		}
	}
}

// described are the arguments of a call of the console.
func described(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		out = append(out, a.Description+string(a.Value))
	}
	return strings.Join(out, " ")
}

func (p *Page) add(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.silent, func(part string) bool { return strings.Contains(what, part) }) {
		p.wrong = append(p.wrong, what)
	}
}

// Expect says that what has a part like that may go wrong from now on.
func (p *Page) Expect(parts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = append(p.silent, parts...)
}

// Wrong is what has gone wrong so far: errors, and requests to other hosts.
func (p *Page) Wrong() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.wrong)
}

// Close closes the tab.
func (p *Page) Close() { p.stop() }

func (p *Page) do(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// Go opens another address.
func (p *Page) Go(address string) error { return p.do(chromedp.Navigate(address)) }

// Reloaded loads the page again, which may fail where the server is away.
func (p *Page) Reloaded() error {
	err := p.do(chromedp.Reload())
	if _, failed := errors.AsType[*chromedp.LoadError](err); failed {
		return nil
	}
	return err
}

// Front brings the tab to the front: the others are not looked at.
func (p *Page) Front() error { return call(p, page.BringToFront, cdp.Empty{}) }

// Eval returns what a JavaScript expression is, which may be a promise.
func Eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until a JavaScript expression is true.
func (p *Page) Wait(expression string) error {
	for deadline := time.Now().Add(Patience); ; time.Sleep(20 * time.Millisecond) {
		is, err := Eval[bool](p, "Boolean("+expression+")")
		if is {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("%s does not come true", expression), err)
		}
	}
}

// Click clicks what the selector finds, when it can be clicked and stands still.
func (p *Page) Click(selector string) error {
	at, err := p.point(selector)
	if err != nil {
		return err
	}
	button := chromedp.ButtonType(input.MouseButtonLeft)
	return p.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, at.X, at.Y, button, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, at.X, at.Y, button, chromedp.ClickCount(1)))
}

type point struct{ X, Y float64 }

// point is the middle of what the selector finds, when it can be seen there and stands
// still.
func (p *Page) point(selector string) (point, error) {
	look := fmt.Sprintf(`(async () => {
		const e = document.querySelector(%q);
		if (!e || e.disabled) return null;
		e.scrollIntoView({block: 'center'});
		const before = e.getBoundingClientRect();
		await new Promise((done) => setTimeout(done, 30));
		const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
		const there = document.elementFromPoint(x, y);
		return r.y === before.y && there && (e.contains(there) || there.contains(e)) ? {X: x, Y: y} : null;
	})()`, selector)
	for deadline := time.Now().Add(Patience); ; time.Sleep(20 * time.Millisecond) {
		at, err := Eval[*point](p, look)
		if err == nil && at != nil {
			return *at, nil
		}
		if time.Now().After(deadline) {
			return point{}, errors.Join(fmt.Errorf("%s cannot be clicked", selector), err)
		}
	}
}

// Type types into what has the focus.
func (p *Page) Type(text string) error { return p.do(chromedp.KeyEvent(text)) }

// Say says something on the page of a conversation.
func (p *Page) Say(text string) error {
	return p.do(chromedp.Focus(chromedp.CSS("#said")), chromedp.KeyEvent(text+"\r"))
}

// Hover moves the pointer over what the selector finds.
func (p *Page) Hover(selector string) error {
	at, err := p.point(selector)
	if err != nil {
		return err
	}
	return p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y))
}

// Resize gives the tab another size.
func (p *Page) Resize(width, height int64) error {
	return p.do(chromedp.EmulateViewport(width, height))
}

// Dark has the page shown in the dark or the light.
func (p *Page) Dark(on bool) error {
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	return call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// Choose chooses files in a field for files.
func (p *Page) Choose(selector string, files ...string) error {
	return p.do(chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Screenshot returns what is seen, as PNG.
func (p *Page) Screenshot() (png []byte, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}
