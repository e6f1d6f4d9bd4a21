package tests

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pentimento/tests/browser"
)

// A webServer is pentimento web, running.
type webServer struct {
	t       *testing.T
	URL     string
	address string
	args    []string
	cmd     *exec.Cmd
	errors  strings.Builder
}

// startWeb starts the server with a store of its own.
func startWeb(t *testing.T, args ...string) *webServer {
	t.Helper()
	w := &webServer{t: t, address: freeAddress(t)}
	w.args = append([]string{"web", "--listen", w.address, "--steps", "4", "--store", filepath.Join(t.TempDir(), "sessions.db"), "--cache", preparedGraphs()}, args...)
	w.URL = "http://" + w.address + "/"
	w.start()
	t.Cleanup(w.kill)
	return w
}

// start starts it, and returns when it says where it is.
func (w *webServer) start() {
	w.t.Helper()
	w.cmd = exec.Command("pentimento", w.args...)
	w.cmd.Env, w.cmd.Stderr = environment(), &w.errors
	out, err := w.cmd.StdoutPipe()
	if err == nil {
		err = w.cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Open http") {
			return
		}
	}
	w.t.Fatalf("the server says %s", w.errors.String())
}

// kill ends it as kill -9 does.
func (w *webServer) kill() {
	if w.cmd.ProcessState == nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
	}
}

// A watched page fails its test when something that should come true does not.
type watched struct {
	*browser.Page
	t *testing.T
}

func (p watched) must(err error) {
	p.t.Helper()
	if err != nil {
		if shot, wrong := p.Screenshot(); wrong == nil {
			path := filepath.Join(os.TempDir(), "pentimento-page.png")
			_ = os.WriteFile(path, shot, 0o600)
			p.t.Logf("the page is in %s", path)
		}
		p.t.Fatal(err)
	}
}

func (p watched) wait(expression string) { p.t.Helper(); p.must(p.Wait(expression)) }
func (p watched) click(selector string)  { p.t.Helper(); p.must(p.Click(selector)) }

// turns waits until the tree has that many turns, of which one is shown.
func (p watched) turns(n, shown int) {
	p.t.Helper()
	p.wait(fmt.Sprintf("document.querySelectorAll('#tree li').length === %d && document.querySelector('#tree [aria-current=true]')?.dataset.turn === '%d'", n, shown))
	p.wait("document.querySelector('#shown').complete && document.querySelector('#shown').naturalWidth > 0")
}

// say says something, after which the tree has that many turns.
func (p watched) say(said string, turns int) {
	p.t.Helper()
	p.must(p.Say(said))
	p.turns(turns, turns)
}

func (p watched) text(selector string) string {
	p.t.Helper()
	text, err := browser.Eval[string](p.Page, fmt.Sprintf("document.querySelector(%q)?.textContent ?? ''", selector))
	p.must(err)
	return text
}

// A person holds a conversation on the page, with everything that is there.
func TestWebInABrowser(t *testing.T) {
	t.Parallel()
	b, err := browser.Start(t.Context())
	if errors.Is(err, browser.ErrNone) && os.Getenv("PENTIMENTO_TEST_BROWSER") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	server := startWeb(t)
	me := b.Profile()
	open := func(t *testing.T, of *browser.Profile, address string) watched {
		page, err := of.Open(address, 1280, 900)
		if err != nil {
			t.Fatal(err)
		}
		return watched{page, t}
	}
	p := open(t, me, server.URL)
	quiet := func(t *testing.T, p watched) {
		t.Helper()
		if wrong := p.Wrong(); len(wrong) > 0 {
			t.Errorf("the page does what it should not: %s", strings.Join(wrong, "\n"))
		}
	}
	step := func(name string, do func(t *testing.T, p watched)) {
		if !t.Run(name, func(t *testing.T) { do(t, watched{p.Page, t}) }) {
			t.FailNow() // what comes goes on from there
		}
	}
	step("first picture", func(t *testing.T, p watched) {
		p.click("[data-say]")
		p.turns(1, 1)
		if got := p.text("#words"); !strings.Contains(got, "blond hair") {
			t.Errorf("the words are %q", got)
		}
	})
	step("edit, undo, branch", func(t *testing.T, p watched) {
		p.say("make her hair red", 2)
		if got := p.text("#answers li"); !strings.Contains(got, "blond → red") {
			t.Errorf("the answer is %q", got)
		}
		p.click("#undo")
		p.turns(2, 1)
		p.click("#redo")
		p.turns(2, 2)
		p.click("#tree [data-turn='1']")
		p.turns(2, 1)
		p.say("add glasses", 3)
		p.wait("[...document.querySelectorAll('#tree li')].some((li) => li.style.getPropertyValue('--depth') === '1')")
	})
	step("words", func(t *testing.T, p watched) {
		p.must(p.Hover("#words [data-name=hair]"))
		p.wait("!document.querySelector('#heat').hidden && document.querySelector('#heat').naturalWidth > 0")
		p.must(p.Hover("h1"))
		p.wait("document.querySelector('#heat').hidden")
		p.click("#words [data-name=glasses]")
		p.wait("document.activeElement.type === 'range'")
		p.must(p.Type("\u0303\u0303")) // the arrow to the right, twice
		p.turns(4, 4)
		p.wait("document.querySelector('#words .weight')")
		p.click("#words [data-name=glasses]")
	})
	step("compare", func(t *testing.T, p watched) {
		p.click("#comparing")
		p.wait("!document.querySelector('#other').hidden && document.querySelector('#other').naturalWidth > 0")
		p.click("#comparing")
		p.wait("document.querySelector('#other').hidden")
	})
	step("question", func(t *testing.T, p watched) {
		p.must(p.Say("make it <img src=x onerror=pwned=1> gronkulous"))
		p.wait("document.querySelector('.answers li.now').textContent.includes('gronkulous') && !document.querySelector('.answers progress')")
		p.must(p.Say("/imagine a cat and a cat"))
		p.turns(5, 5)
		p.must(p.Say("/weight cat 2"))
		p.wait("document.querySelector('.choices')?.textContent.includes('second cat')")
		p.click(".choices button:last-child")
		p.turns(6, 6)
		p.click("#tree [data-turn='3']")
		p.turns(6, 3)
	})
	step("text stays text", func(t *testing.T, p watched) {
		p.wait("!window.pwned && !document.querySelector('img[src=x]')")
		p.Expect("Content Security Policy", "TrustedScript", "TrustedHTML", "violates")
		p.wait("(() => { const s = document.createElement('script'); try { s.textContent = 'window.pwned = 1' } catch { return true } document.body.append(s); return !window.pwned })()")
		p.wait("(() => { try { document.body.insertAdjacentHTML('beforeend', '<b></b>'); return false } catch { return true } })()")
	})
	step("cancel", func(t *testing.T, p watched) {
		p.must(p.Say("/settings steps 400"))
		p.wait("document.querySelector('.answers li').textContent.includes('400')")
		p.must(p.Say("a dog on a beach"))
		p.wait("document.querySelector('.answers progress')")
		p.click(".answers .cancel")
		p.wait("document.querySelector('.answers .problem')?.textContent.includes('Cancelled')")
		p.must(p.Say("/settings steps 4"))
		p.wait("document.querySelector('.answers li').textContent.includes('steps     4')")
		p.turns(6, 3)
	})
	step("file", func(t *testing.T, p watched) {
		p.click("#save")
		p.wait("document.querySelector('.answers li a[href*=result]')")
		recipe, err := browser.Eval[string](p.Page, "fetch(document.querySelector('.answers li a[href*=result]').href).then((a) => a.text())")
		p.must(err)
		path := filepath.Join(t.TempDir(), "recipe.json")
		p.must(os.WriteFile(path, []byte(recipe), 0o600))
		p.must(p.Choose("#file", path))
		p.turns(8, 8)
	})
	step("second tab, film, list", func(t *testing.T, p watched) {
		at, err := browser.Eval[string](p.Page, "location.href")
		p.must(err)
		two := open(t, me, at)
		two.turns(8, 8)
		two.click("#film")
		two.wait("document.querySelector('.answers img')?.naturalWidth > 0")
		p.must(p.Page.Front())
		p.wait("document.querySelector('.answers img')?.naturalWidth > 0")
		p.click("#past-open")
		p.wait("document.querySelectorAll('#past li').length === 1")
		p.click("#past-open")
		quiet(t, two)
		two.Close()
	})
	step("share, fork, take back", func(t *testing.T, p watched) {
		p.click("#share")
		p.wait("document.querySelector('input.link')")
		link, err := browser.Eval[string](p.Page, "document.querySelector('input.link').value")
		p.must(err)
		you := open(t, b.Profile(), link)
		you.wait("[...document.images].length === 2 && [...document.images].every((i) => i.naturalWidth > 0)")
		you.wait("!document.querySelector('textarea')")
		audit(t, you, "the shared page")
		you.click("form button")
		you.turns(2, 2)
		you.say("make her hair green", 3)
		p.must(p.Page.Front())
		p.click(".unshare")
		p.wait("document.querySelector('.answers li').textContent.includes('leads nowhere')")
		you.Expect("404")
		you.must(you.Go(link))
		you.wait("document.body.textContent.includes('Nothing is shared')")
		quiet(t, you)
		you.Close()
	})
	step("another origin", func(t *testing.T, p watched) {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>evil")) }))
		defer elsewhere.Close()
		evil := open(t, me, elsewhere.URL)
		evil.Expect("")
		got, err := browser.Eval[[]string](evil.Page, fmt.Sprintf(`Promise.all([
			fetch('%[1]sconversations').then((a) => a.status + '', () => 'kept away'),
			fetch('%[1]sconversations', {method: 'POST', mode: 'no-cors', body: '{}'}).then((a) => a.type, () => 'kept away'),
			new Promise((done) => { const i = new Image(); i.onload = () => done('seen'); i.onerror = () => done('kept away'); i.src = '%[1]sassets/icon.svg' }),
			new Promise((done) => { const e = new EventSource('%[1]sc/x/events'); e.onmessage = () => done('heard'); e.onerror = () => done('kept away') }),
		])`, server.URL))
		evil.must(err)
		if want := []string{"kept away", "opaque", "kept away", "kept away"}; fmt.Sprint(got) != fmt.Sprint(want) && got[1] != "kept away" {
			t.Errorf("a page of another origin gets %q", got)
		}
		evil.Close()
	})
	at, err := browser.Eval[string](p.Page, "location.href")
	p.must(err)
	step("kill -9, and nobody there", func(t *testing.T, p watched) {
		p.must(p.Page.Front())
		p.Expect("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "net::ERR")
		server.kill()
		p.wait("!document.querySelector('#offline').hidden")
		p.must(p.Say("make her hair black"))
		p.wait("document.querySelector('.answers li').textContent.includes('make her hair black')")
		p.must(p.Reloaded()) // what was said outlives the page, too
		server.start()
		p.must(p.Go(at))
		p.turns(9, 9)
		p.wait("document.querySelector('#offline').hidden")
		if got := p.text("#tree [data-turn='9']"); !strings.Contains(got, "make her hair black") {
			t.Errorf("turn 9 is %q", got)
		}
	})
	step("keyboard alone", func(t *testing.T, p watched) {
		p.must(p.Go(at))
		p.turns(9, 9)
		reach := func(what string) {
			t.Helper()
			for range 40 {
				p.must(p.Type("\t"))
				if on, err := browser.Eval[bool](p.Page, fmt.Sprintf("document.activeElement.matches(%q)", what)); err != nil || on {
					p.must(err)
					return
				}
			}
			t.Fatalf("Tab does not reach %s", what)
		}
		reach("#said")
		p.must(p.Type("add a hat\r"))
		p.turns(10, 10)
		reach("#undo")
		p.must(p.Type("\r"))
		p.turns(10, 9)
		reach("#words .word")
		p.wait("!document.querySelector('#heat').hidden")
		reach("#tree [data-turn='10']")
		p.must(p.Type("\r"))
		p.turns(10, 10)
		reach("#said")
		p.must(p.Type("\u0304")) // the arrow up
		p.wait("document.querySelector('#said').value === 'add a hat'")
		p.wait("getComputedStyle(document.activeElement).outlineStyle !== 'none'")
	})
	step("a telephone, light and dark", func(t *testing.T, p watched) {
		audit(t, p, "the page")
		p.must(p.Resize(360, 740))
		p.wait("document.documentElement.scrollWidth <= 360")
		p.click("#words .word")
		p.click("#share")
		p.wait("document.querySelector('input.link')")
		p.wait("document.documentElement.scrollWidth <= 360")
		audit(t, p, "the page on a telephone")
		p.must(p.Dark(true))
		audit(t, p, "the page in the dark")
		p.Expect("404")
		p.must(p.Go(server.URL + "c/nothing"))
		audit(t, p, "a page of what is not there")
	})
	quiet(t, p)
}

// audit has axe-core look at a page, if npm has it.
func audit(t *testing.T, p watched, what string) {
	t.Helper()
	t.Run("axe-core", func(t *testing.T) {
		dir := npmInstalled(t, "web", 20, 0, "to look at pages with axe-core")
		source, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(400 * time.Millisecond) // colours change slowly
		if _, err := browser.Eval[bool](p.Page, string(source)+";true"); err != nil {
			t.Fatal(err)
		}
		found, err := browser.Eval[[]string](p.Page, "axe.run().then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html).join(' ')))")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s: %s", what, f)
		}
	})
}
