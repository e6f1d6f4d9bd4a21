// Screenshots holds a conversation with the real program in Chromium and writes what is
// seen: `make screenshots` writes docs/web.png.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"pentimento/files"
	"pentimento/tests/browser"
)

func main() {
	program := flag.String("program", "bin/pentimento", "the program to talk to")
	out := flag.String("out", "docs/web.png", "the picture to write")
	seed := flag.Uint64("seed", 7, "seed of the pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx, *program, *out, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

// write holds the conversation and writes its picture.
func write(ctx context.Context, program, out string, seed uint64) (err error) {
	dir, err := os.MkdirTemp("", "pentimento-screenshots-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server := exec.CommandContext(ctx, program, "web", "--listen", "127.0.0.1:0", "--store", filepath.Join(dir, "sessions.db"), "--seed", fmt.Sprint(seed))
	server.Env, server.Stderr = append(os.Environ(), "XDG_STATE_HOME="+dir), os.Stderr
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	said, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, server.Cancel(), server.Wait())
	}()
	address := ""
	lines := bufio.NewScanner(said)
	for address == "" && lines.Scan() {
		address, _ = strings.CutPrefix(lines.Text(), "Open ")
		if !strings.HasPrefix(address, "http") {
			address = ""
		}
	}
	b, err := browser.Start(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	page, err := b.Profile().Open(address, 1280, 900)
	if err != nil {
		return err
	}
	png, err := conversation(page)
	if err != nil {
		return err
	}
	return files.Write(out, png, 0o644)
}

// conversation is what is said, and what is seen in the end.
func conversation(page *browser.Page) ([]byte, error) {
	turns := 0
	say := func(text string) error {
		turns++
		return errors.Join(page.Say(text), page.Wait(fmt.Sprintf("document.querySelector('#tree [aria-current=true]')?.dataset.turn === '%d'", turns)))
	}
	for _, do := range []func() error{
		func() error { return say("a woman's face with long wavy blond hair") },
		func() error { return say("make her hair red") },
		func() error { return say("give her glasses") },
		func() error { return page.Click("#undo") },
		func() error {
			return page.Wait("document.querySelector('#tree [aria-current=true]')?.dataset.turn === '2'")
		},
		func() error { return say("add a green hat") },
		func() error { return say("make the background blue") },
		func() error { return page.Click("#comparing") },
		func() error { return page.Wait("document.querySelector('#other').naturalWidth > 0") },
		func() error { return page.Click("#words [data-name=green]") },
		func() error { return page.Hover("h1") },
		func() error {
			_, err := browser.Eval[any](page, "document.activeElement.blur(), window.scrollTo(0, 0), new Promise((done) => setTimeout(done, 600))")
			return err
		},
	} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	if wrong := page.Wrong(); len(wrong) > 0 {
		return nil, fmt.Errorf("the page does what it should not: %s", strings.Join(wrong, "; "))
	}
	return page.Screenshot()
}
