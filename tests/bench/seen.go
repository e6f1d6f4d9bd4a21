package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/picture"
)

// hard are conversations that ask for more than the bundled model always shows.
func hard() [][]string {
	return [][]string{
		{"a woman's face with long wavy brown hair and glasses", "give her freckles", "give her earrings", "make her sad", "give her green eyes"},
		{"a man with a beard and a red hat on a green background", "give him sunglasses", "make him smile", "make his shirt yellow", "take the hat off"},
		{"a boy's face with short black hair", "add freckles", "give him blue eyes", "give him an orange hat", "turn the boy into a girl"},
		{"a girl with long pink hair wearing a purple sweater", "make her laugh", "add sunglasses", "make the background yellow", "make her hair short"},
		{"a street between hills at night", "add a castle", "add a boat", "make it snow", "make it spring"},
		{"a lake in front of mountains with a boat in fog", "add a house", "make it sunset", "remove the boat", "add the sun"},
		{"a field before hills with a tree in autumn", "make it rain", "add a castle", "change the field to a lake", "add a boat"},
		{"a desert between mountains at sunrise", "add a tree", "make it winter", "add a moon", "make it night"},
		{"a forest in front of hills in the rain", "add a house", "make it summer", "add a boat", "add stars"},
		{"a rabbit in the snow with a red ball", "give it a blue hat", "give it a green collar", "put it on a sofa", "make the ball yellow"},
		{"a blue bird on the beach", "give it a hat", "make it red", "put it on the grass", "give it a ball"},
		{"a gray dog on a yellow bed against a pink wall", "make the bed purple", "give it a collar", "turn the dog into a bird", "make the wall blue"},
		{"a black cat on a carpet wearing a white hat", "make it orange", "make the carpet blue", "remove the hat", "turn the cat into a rabbit"},
		{"a river between mountains", "add a boat", "add a tree", "make it autumn", "make it foggy", "make it dawn"},
	}
}

// tellings counts what was asked for, what the judge does not see of it, and what
// was said of that.
type tellings struct {
	pictures, missing, told, lost int
	// shown and unshown are how far edits moved what their blends left open.
	shown, unshown []float64
	frames         []picture.Frame
}

// seen counts how often a picture does not show what was asked for, and how often
// that is told.
func (b *bench) seen() (err error) {
	critic, err := judge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	var first, edits tellings
	engine := editor.New(b.model)
	conversations := hard()
	for _, r := range requests() {
		if r.blend == "" {
			conversations = append(conversations, []string{r.source, r.said})
		}
	}
	for _, said := range conversations {
		if !strings.Contains(strings.Join(said, "\n"), b.said) {
			continue
		}
		for seed := range uint64(b.seeds) {
			if err := b.talkAbout(engine, critic, said, 9000+seed, &first, &edits); err != nil {
				return fmt.Errorf("%q, seed %d: %w", said[0], seed, err)
			}
		}
	}
	for name, t := range map[string]tellings{"first": first, "edits": edits} {
		b.figures["seen."+name] = float64(t.pictures)
		b.figures["seen."+name+"_without_what_was_asked"] = float64(t.missing)
		b.figures["seen."+name+"_told"] = float64(t.told)
		b.figures["seen."+name+"_told_of_losses_alone"] = float64(t.lost)
	}
	slices.Sort(edits.shown)
	slices.Sort(edits.unshown)
	fmt.Printf("  change of edits that show what was asked: %.3f\n  and of those that don't: %.3f\n", edits.shown, edits.unshown)
	sheet, err := picture.Sheet(append(first.frames, edits.frames...), 6)
	if err != nil {
		return err
	}
	path := filepath.Join(b.out, "seen.png")
	fmt.Println("  what was told:", path)
	return os.WriteFile(path, sheet, 0o644)
}

// talkAbout has a conversation. A question is no picture, and is passed over.
func (b *bench) talkAbout(engine *editor.Engine, critic *judge.Network, said []string, seed uint64, first, edits *tellings) (err error) {
	talk, stop := b.conversation(engine, critic, bot.Options{Seed: &seed, Steps: b.steps, Guidance: 4.5})
	defer func() { err = errors.Join(err, stop()) }()
	for _, utterance := range said {
		answer, err := talk.Say(b.ctx, bot.Request{}, utterance)
		if err != nil {
			return err
		}
		if answer.Drawing == nil {
			fmt.Printf("  not drawn: %q of %q\n", utterance, said[0])
			continue
		}
		count := first
		wants := judge.Says(answer.Turn.Recipe.Prompt)
		if answer.Source != nil {
			count = edits
			had := judge.Says(answer.Source.Recipe.Prompt)
			maps.DeleteFunc(wants, func(name, value string) bool { return had[name] == value })
		}
		sees := judge.Seen(answer.Turn.Seen)
		var missing []string
		for _, name := range slices.Sorted(maps.Keys(wants)) {
			if values := sees[name]; len(values) > 0 && values[0] != wants[name] {
				missing = append(missing, fmt.Sprintf("%s %s (%s)", name, wants[name], strings.Join(values, ", ")))
			}
		}
		count.pictures++
		if change := answer.Drawing.Change; change != nil && len(missing) > 0 {
			count.unshown = append(count.unshown, *change)
		} else if change != nil {
			count.shown = append(count.shown, *change)
		}
		if len(missing) > 0 {
			count.missing++
		}
		switch {
		case answer.Doubt == nil && len(missing) > 0:
			fmt.Printf("  silent: %q seed %d: %v\n", utterance, seed, missing)
		case answer.Doubt == nil:
		case len(missing) > 0:
			count.told++
		default:
			count.lost++
		}
		if answer.Doubt != nil {
			fmt.Printf("  told: %q seed %d: %s\n", utterance, seed, answer.Doubt.Text)
			if answer.Source != nil {
				before, err := talk.Picture(b.ctx, answer.Session, answer.Source.ID)
				if err != nil {
					return err
				}
				count.frames = append(count.frames, picture.Frame{PNG: before.Bytes(), Label: "before"})
			}
			count.frames = append(count.frames, picture.Frame{PNG: answer.Picture.Bytes(), Label: strings.TrimPrefix(answer.Doubt.Text, "I drew it, but ")})
		}
	}
	return nil
}
