package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/models/judge"
	"pentimento/models/pocket"
)

// heldOut is a drawing that no training used, its caption and what it shows.
type heldOut struct {
	Picture, Caption string
	Truth            map[string]string
}

// shows is the truth of one of the judge's attributes; "" if the drawing has
// none.
func (h heldOut) shows(name string) string {
	domain, attribute, _ := strings.Cut(name, ".")
	if h.Truth["domain"] != domain {
		return ""
	}
	value := h.Truth[strings.TrimSuffix(attribute, "_colour")]
	switch attribute {
	case "place_colour", "colour":
		return h.Truth[attribute]
	case "hat", "collar", "ball":
		if value == "none" {
			return "no"
		}
		return "yes"
	}
	return value
}

// calibrate counts how often the judge misses what a drawing's caption says, and
// how often it tells what another drawing's caption says and this one does not
// show. The drawings go through the autoencoder first, as all pictures do.
func (b *bench) calibrate() (err error) {
	if b.drawings == "" {
		fmt.Println("  left out: -drawings names the folder that models/pocket/train/held_out.py writes")
		return nil
	}
	critic, err := judge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	data, err := os.ReadFile(filepath.Join(b.drawings, "about.json"))
	if err != nil {
		return err
	}
	var drawings []heldOut
	if err := json.Unmarshal(data, &drawings); err != nil {
		return err
	}
	var seen []judge.Seen
	for _, d := range drawings {
		s, err := b.seenOf(critic, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Picture, err)
		}
		seen = append(seen, s)
	}
	shown, absent := map[string]*[2]int{}, map[string]*[2]int{}
	alarms := 0
	for i, d := range drawings {
		wrong := false
		for name, value := range judge.Says(d.Caption) {
			if d.shows(name) != value {
				return fmt.Errorf("%q is read as %s %s", d.Caption, name, value)
			}
			wrong = tell(shown, name, seen[i].RulesOut(name, value)) || wrong
			for k := range drawings[1:] {
				if j := (i + k) % len(drawings); drawings[j].shows(name) != "" && drawings[j].shows(name) != value {
					tell(absent, name, seen[j].RulesOut(name, value))
					break
				}
			}
		}
		if wrong {
			alarms++
		}
	}
	fmt.Println("| attribute | shown | told to be missing | not shown | told to be missing |\n|---|---|---|---|---|")
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		s, a := shown[name], absent[name]
		if a == nil {
			a = &[2]int{}
		}
		fmt.Printf("| %s | %d | %.3f | %d | %.3f |\n", name, s[1], float64(s[0])/float64(s[1]), a[1], float64(a[0])/float64(max(1, a[1])))
	}
	b.figures["seen.false_alarms_per_drawing"] = float64(alarms) / float64(len(drawings))
	return nil
}

// tell counts, and returns told.
func tell(counts map[string]*[2]int, name string, told bool) bool {
	if counts[name] == nil {
		counts[name] = &[2]int{}
	}
	counts[name][1]++
	if told {
		counts[name][0]++
	}
	return told
}

// seenOf is what the judge sees in a drawing that went through the autoencoder.
func (b *bench) seenOf(critic *judge.Network, d heldOut) (judge.Seen, error) {
	data, err := os.ReadFile(filepath.Join(b.drawings, d.Picture))
	if err != nil {
		return nil, err
	}
	drawn, err := decode(data)
	if err != nil {
		return nil, err
	}
	latents, err := b.model.EncodeImage(b.ctx, drawn)
	if err != nil {
		return nil, err
	}
	again, err := b.model.Decode(b.ctx, latents)
	if err != nil {
		return nil, err
	}
	sight, err := critic.See(b.ctx, again)
	if err != nil {
		return nil, err
	}
	return sight.Seen(), nil
}
