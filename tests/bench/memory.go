package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"pentimento/tests/figures"
)

// longConversation is how many turns the conversation has whose memory
// docs/figures.md shows.
const longConversation = 400

// memory holds a long conversation with the program at its defaults, and measures
// its resident memory once it answers and at the highest.
func (b *bench) memory() error {
	if err := b.built(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pentimento-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	t, err := b.beginTalk(dir)
	if err != nil {
		return err
	}
	return errors.Join(b.converse(t), t.end())
}

// showMemory writes the figures of the last conversation that was long enough into
// the page.
func (b *bench) showMemory(all map[string]float64) error {
	if all["memory.chat_turns"] < longConversation || b.page == "" {
		return nil
	}
	table := "| figure | MB resident |\n|---|---|\n"
	for _, row := range []struct{ name, when string }{
		{"memory.chat_start_mb", "when the first line is answered"},
		{"memory.chat_peak_mb", fmt.Sprintf("at the most in %.0f turns", all["memory.chat_turns"])},
		{"memory.chat_end_mb", "in the end"},
	} {
		table += fmt.Sprintf("| `%s`, %s | %.0f |\n", row.name, row.when, all[row.name])
	}
	return figures.Show(b.page, "memory", table)
}

// converse goes on until so many turns are drawn as are wanted.
func (b *bench) converse(t *talk) error {
	began := time.Now()
	if _, err := t.say("/settings"); err != nil {
		return err
	}
	start, err := t.resident("VmRSS")
	if err != nil {
		return err
	}
	b.figures["memory.chat_start_mb"] = start
	drawn := 0
	for _, scene := range scenes() {
		if drawn >= b.turns {
			break
		}
		if drawn, err = t.round(scene, b.turns); err != nil {
			return err
		}
		now, err := t.resident("VmRSS")
		if err != nil {
			return err
		}
		peak, err := t.resident("VmHWM")
		if err != nil {
			return err
		}
		fmt.Printf("%4d turns %5.0f s %5.0f MB now %5.0f MB at the highest\n", drawn, time.Since(began).Seconds(), now, peak)
		b.figures["memory.chat_end_mb"], b.figures["memory.chat_peak_mb"] = now, peak
	}
	b.figures["memory.chat_turns"] = float64(drawn)
	return nil
}

// round draws a scene and says everything that is said of each, until the
// conversation has so many turns. It returns how many it has.
func (t *talk) round(scene string, turns int) (int, error) {
	first, err := t.say(scene)
	if err != nil {
		return 0, err
	}
	drawn := first
	for _, line := range spoken() {
		if drawn >= turns {
			break
		}
		turn, err := t.say(strings.ReplaceAll(line, "FIRST", strconv.Itoa(first)))
		if err != nil {
			return 0, err
		}
		drawn = max(drawn, turn)
	}
	return drawn, nil
}

// scenes are pictures to begin with, none twice.
func scenes() []string {
	var scenes []string
	for _, hair := range []string{"blond", "black", "brown", "grey", "red"} {
		for _, shape := range []string{"long", "short", "curly", "straight"} {
			for _, who := range []string{"woman", "man"} {
				scenes = append(scenes, fmt.Sprintf("/imagine a %s's face with %s %s hair", who, shape, hair))
			}
		}
	}
	return scenes
}

// spoken is what is said of every scene: edits, branches, and whatever shows
// pictures again. FIRST is the number of the scene's turn.
func spoken() []string {
	return []string{
		"make the hair green", "add glasses", "with a hat", "make the hat red", "/attention hair",
		"make the background blue", "/undo", "/undo", "without the hat", "/animate",
		"/weight hair 2", "/goto FIRST", "add earrings", "make the hair pink", "/history",
		"with a sweater", "make the sweater red", "/goto FIRST", "add a smile", "make the hair blue",
		"/sheet", "add glasses", "/weight glasses 1.5", "make the background red", "without the glasses",
	}
}
