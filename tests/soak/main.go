// Soak breaks everything that the bot depends on, for as long as it is told to,
// while people talk to it, and counts what became of what they said:
//
//	make soak MINUTES=10
//
// Real processes run: pentimento serve, its workers, and redis-server; only Discord
// is a double. main.go counts, studio.go has one bot with its surroundings, talk.go
// is the people, faults.go breaks things.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"pentimento/tests/figures"
)

// mostRefused is the share of what is said that may be refused.
const mostRefused = .01

// counts are what became of what was said.
type counts struct {
	mu sync.Mutex
	n  map[string]int
	// wrong are the pictures that were not the ones asked for, and other things that
	// must not be.
	notes []string
}

// add counts one more of a kind.
func (c *counts) add(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[kind]++
}

// fault counts one that was tried.
func (c *counts) fault(kind string) { c.add("faults"); c.add("fault: " + kind) }

// found counts something that must not be, and says what.
func (c *counts) found(kind, format string, args ...any) {
	c.add(kind)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.notes) < 50 {
		c.notes = append(c.notes, kind+": "+fmt.Sprintf(format, args...))
	}
}

func main() {
	minutes := flag.Float64("minutes", 10, "how long things are broken")
	binary := flag.String("binary", "bin/pentimento", "the program to run")
	out := flag.String("out", "build", "folder for bench.json")
	bots := flag.Int("bots", 2, "bots, each with its own Redis and workers")
	people := flag.Int("people", 4, "people who talk to each bot")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c := &counts{n: map[string]int{}}
	err := soak(ctx, c, *binary, time.Duration(*minutes*float64(time.Minute)), *bots, *people)
	if err == nil {
		err = figures.Add(filepath.Join(*out, "bench.json"), c.figures())
	}
	c.print()
	if err == nil {
		err = c.verdict()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// soak runs some bots and breaks them.
func soak(ctx context.Context, c *counts, binary string, lasts time.Duration, bots, people int) error {
	h := newHost()
	defer h.cleanup()
	var all sync.WaitGroup
	for range bots {
		s, err := newStudio(h, c, binary)
		if err != nil {
			return err
		}
		all.Go(func() { s.soak(ctx, lasts, people) })
	}
	all.Wait()
	return nil
}

// figures are the counts as the bench has them.
func (c *counts) figures() map[string]float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]float64{"soak.refused_share": c.refusedShare()}
	for _, kind := range []string{"faults", "said", "lost", "doubled", "wrong", "unfinished"} {
		out["soak."+kind] = float64(c.n[kind])
	}
	return out
}

// refusedShare is the share of what was said that was refused.
func (c *counts) refusedShare() float64 {
	return float64(c.n["refused"]) / float64(max(1, c.n["said"]))
}

// print shows the counts, and what must not be.
func (c *counts) print() {
	c.mu.Lock()
	defer c.mu.Unlock()
	kinds := make([]string, 0, len(c.n))
	for kind := range c.n {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		fmt.Printf("%-40s %6d\n", kind, c.n[kind])
	}
	fmt.Printf("%-40s %6.2f %%\n", "refused share", 100*c.refusedShare())
	for _, note := range c.notes {
		fmt.Println(note)
	}
}

// verdict is an error if anything was that must not be.
func (c *counts) verdict() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, kind := range []string{"lost", "doubled", "wrong", "unfinished"} {
		if c.n[kind] > 0 {
			return fmt.Errorf("%d %s", c.n[kind], kind)
		}
	}
	if c.refusedShare() > mostRefused {
		return fmt.Errorf("%.1f %% was refused, at most %.0f %% may be", 100*c.refusedShare(), 100*mostRefused)
	}
	return nil
}
