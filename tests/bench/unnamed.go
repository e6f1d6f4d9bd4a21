package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/models/judge"
	"pentimento/models/pocket"
)

// silent are edits of pictures that show more than their prompts say.
func silent() []request {
	woman, man, river, cat := "a woman's face", "a man's face", "a river between mountains", "a cat on a sofa"
	is := func(name, value string) map[string]string { return map[string]string{name: value} }
	return []request{
		{source: "a woman's face with long curly hair", said: "make her hair straight", wanted: is("people.texture", "straight"), given: is("people.texture", "curly")},
		{source: "a woman's face with long straight hair", said: "make her hair curly", wanted: is("people.texture", "curly"), given: is("people.texture", "straight")},
		{source: "a woman's face with long hair", said: "make her hair short", wanted: is("people.length", "short"), given: is("people.length", "long")},
		{source: woman, said: "make her hair curly", wanted: is("people.texture", "curly"), given: is("people.texture", "straight")},
		{source: woman, said: "give her glasses", wanted: is("people.glasses", "glasses"), given: is("people.glasses", "none")},
		{source: woman, said: "give her a hat", wanted: is("people.hat", "yes"), given: is("people.hat", "no")},
		{source: woman, said: "make her smile", wanted: is("people.mood", "smile")},
		{source: woman, said: "make the background blue", wanted: is("people.backdrop", "blue")},
		{source: man, said: "give him a beard", wanted: is("people.beard", "yes"), given: is("people.beard", "no")},
		{source: river, said: "make it night", wanted: is("landscapes.hour", "night"), given: is("landscapes.hour", "day")},
		{source: river, said: "make it sunset", wanted: is("landscapes.hour", "sunset"), given: is("landscapes.hour", "day")},
		{source: river, said: "add a house", wanted: is("landscapes.thing", "house")},
		{source: cat, said: "turn the cat into a dog", wanted: is("animals.animal", "dog")},
		{source: cat, said: "give the cat a hat", wanted: is("animals.hat", "yes")},
	}
}

// unnamed measures whether what a picture shows and its prompt does not say
// survives an edit of something else.
func (b *bench) unnamed() (err error) {
	critic, err := judge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	all, kept, usable, done := 0, 0, 0, 0
	for _, r := range silent() {
		if b.said != "" && !strings.Contains(r.said, b.said) {
			continue
		}
		counts := map[string]*[2]int{}
		n, ok := 0, 0
		engine := editor.New(b.model)
		prompts := map[string]bool{}
		for seed := range uint64(b.seeds) {
			seed += 7000
			options := bot.Options{Seed: &seed, Steps: b.steps, Guidance: 4.5}
			for name, value := range b.set {
				if err := options.Set(name, value); err != nil {
					return err
				}
			}
			eyes := critic
			if b.blind {
				eyes = nil
			}
			talk, stop := b.conversation(engine, eyes, options)
			first, err := ask(b.ctx, talk, r.source)
			if err != nil {
				return err
			}
			answer, err := ask(b.ctx, talk, r.said)
			if err != nil {
				return err
			}
			if err := stop(); err != nil {
				return err
			}
			prompts[answer.Turn.Recipe.Prompt] = true
			if answer.Doubt != nil {
				fmt.Printf("      seed %d: %s\n", seed, answer.Doubt.Text)
			}
			before, after := b.sight(critic, first.Picture.Bytes()), b.sight(critic, answer.Picture.Bytes())
			if !shows(before, r.given) || shows(before, r.wanted) {
				continue
			}
			n++
			if shows(after, r.wanted) {
				ok++
			}
			for name, values := range before.Seen() {
				if !strings.Contains(name, ".") || len(values) == 0 || r.wanted[name] != "" || judge.Says(r.source)[name] != "" || name == "people.skin" {
					continue
				}
				if counts[name] == nil {
					counts[name] = &[2]int{}
				}
				counts[name][1]++
				all++
				if after.Values[name] == values[0] {
					counts[name][0]++
					kept++
				}
			}
		}
		usable, done = usable+n, done+ok
		fmt.Printf("%s / %s: done %d of %d; %q\n   ", r.source, r.said, ok, n, slices.Sorted(maps.Keys(prompts))[0])
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			if c := counts[name]; c[0] < c[1] {
				fmt.Printf(" %s %d/%d", name, c[0], c[1])
			}
		}
		fmt.Println()
	}
	fmt.Printf("done %d of %d, attributes kept %d of %d = %.3f\n", done, usable, kept, all, float64(kept)/float64(all))
	return nil
}

func (b *bench) sight(critic *judge.Network, png []byte) *judge.Sight {
	img, err := decode(png)
	if err != nil {
		panic(err)
	}
	s, err := critic.See(b.ctx, img)
	if err != nil {
		panic(err)
	}
	return s
}
