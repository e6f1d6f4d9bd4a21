package main

import (
	"context"
	"errors"
	"fmt"
	"image"
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
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/study/metric"
)

// A request is an edit in a user's words, and how the judge sees that it was
// done.
type request struct {
	source string
	said   string
	// wanted are the attributes that the edited picture must have.
	wanted map[string]string
	// given are those that the source must have for the edit to mean anything.
	given map[string]string
	// regions may change, in the source and in the edited picture; everything
	// may if there are none.
	regions []string
	// blend are the only words of the local blend, if not those of the edit.
	blend string
}

// requests are the edits of issue and paper.
func requests() []request {
	var out []request
	blond := map[string]string{"people.hair": "blond"}
	woman := "a woman's face with blond hair"
	for _, colour := range []string{"red", "brown", "black"} {
		out = append(out, request{woman, "make her hair " + colour, map[string]string{"people.hair": colour}, blond, []string{"hair"}, ""})
	}
	out = append(out,
		request{woman, "make her hair red", map[string]string{"people.hair": "red"}, blond, []string{"hair"}, "hair"},
		request{"a woman's face with long curly brown hair", "make her hair straight", map[string]string{"people.texture": "straight"}, map[string]string{"people.texture": "curly"}, []string{"hair"}, ""},
		request{"a woman's face with long straight blond hair", "make her hair curly", map[string]string{"people.texture": "curly"}, map[string]string{"people.texture": "straight"}, []string{"hair"}, ""},
		request{"a woman's face with long blond hair", "make her hair short", map[string]string{"people.length": "short"}, map[string]string{"people.length": "long"}, []string{"hair"}, ""},
		request{woman, "give her glasses", map[string]string{"people.glasses": "glasses"}, map[string]string{"people.glasses": "none"}, []string{"glasses", "eyes"}, ""},
		request{woman, "give her a green hat", map[string]string{"people.hat": "yes", "people.hat_colour": "green"}, map[string]string{"people.hat": "no"}, []string{"hat", "hair"}, ""},
		request{woman, "make the background blue", map[string]string{"people.backdrop": "blue"}, nil, []string{"background"}, ""},
		request{"a man's face with brown hair", "give him a beard", map[string]string{"people.beard": "yes"}, map[string]string{"people.beard": "no"}, []string{"beard", "mouth"}, ""},
	)
	river := "a river between mountains"
	for _, feature := range []string{"street", "forest", "desert"} {
		out = append(out, request{river, "change the river to a " + feature, map[string]string{"landscapes.feature": feature},
			map[string]string{"landscapes.feature": "river"}, []string{"feature", "ground", "tree"}, ""})
	}
	day := map[string]string{"landscapes.hour": "day"}
	out = append(out,
		request{river, "make it sunset", map[string]string{"landscapes.hour": "sunset"}, day, nil, ""},
		request{river, "make it night", map[string]string{"landscapes.hour": "night"}, day, nil, ""},
		request{river, "make it winter", map[string]string{"landscapes.season": "winter"}, nil, nil, ""},
		request{"a cat on a sofa", "make the cat black", map[string]string{"animals.colour": "black"}, nil, []string{"animal"}, ""},
		request{"a cat on a sofa", "turn the cat into a dog", map[string]string{"animals.animal": "dog"}, map[string]string{"animals.animal": "cat"}, []string{"animal"}, ""},
	)
	return out
}

func (r request) name() string {
	if r.blend != "" {
		return fmt.Sprintf("%s; blend on %q alone", r.said, r.blend)
	}
	return r.said
}

// margin is how far around a region change still counts as inside, in pixels.
const regionMargin = 4

// attempt is a request on one seed.
type attempt struct {
	source, edited, anew *image.NRGBA
	skin                 string
	usable               bool
	done, doneAnew       bool
	outside, outsideAnew metric.Change
	structure            float64
}

// pocket measures what the bundled model's pictures become by editing, as its
// judge sees them, and writes the table of docs/pocket-model.md.
func (b *bench) pocket() (err error) {
	critic, err := judge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	var table strings.Builder
	table.WriteString("| said of | said | usable | done | done anew | outside | anew | PSNR outside (worst) | structure |\n|---|---|---|---|---|---|---|---|---|\n")
	tones := map[string]*[2]int{}
	for i, r := range requests() {
		if b.said != "" && !strings.Contains(r.name(), b.said) {
			continue
		}
		attempts, err := b.attempts(critic, r)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name(), err)
		}
		table.WriteString(row(r, attempts))
		count(tones, r, attempts)
		if err := sheetOf(filepath.Join(b.out, fmt.Sprintf("pocket-%02d.png", i+1)), r, attempts); err != nil {
			return err
		}
	}
	table.WriteString("\n| skin tone | done | of |\n|---|---|---|\n")
	for _, tone := range slices.Sorted(maps.Keys(tones)) {
		n := tones[tone]
		fmt.Fprintf(&table, "| %s | %.3f | %d |\n", tone, float64(n[0])/float64(n[1]), n[1])
	}
	fmt.Print("\n", table.String())
	return os.WriteFile(filepath.Join(b.out, "pocket.md"), []byte(table.String()), 0o644)
}

// attempts has the conversation once for every seed.
func (b *bench) attempts(critic *judge.Network, r request) ([]attempt, error) {
	engine := editor.New(b.model)
	var out []attempt
	for seed := range uint64(b.seeds) {
		a, err := b.attempt(engine, critic, r, 5000+seed)
		if err != nil {
			return nil, fmt.Errorf("seed %d: %w", seed, err)
		}
		out = append(out, a)
	}
	return out, nil
}

func (b *bench) attempt(engine *editor.Engine, critic *judge.Network, r request, seed uint64) (a attempt, err error) {
	options := bot.Options{Seed: &seed, Steps: b.steps, Guidance: 4.5}
	for name, value := range b.set {
		if err := options.Set(name, value); err != nil {
			return a, err
		}
	}
	talk, stop := b.conversation(engine, critic, options)
	defer func() { err = errors.Join(err, stop()) }()
	first, err := ask(b.ctx, talk, r.source)
	if err != nil {
		return a, err
	}
	answer, err := ask(b.ctx, talk, r.said)
	if err != nil {
		return a, err
	}
	turn := answer.Turn
	if a.source, err = decode(first.Picture.Bytes()); err != nil {
		return a, err
	}
	if a.edited, err = decode(answer.Picture.Bytes()); err != nil {
		return a, err
	}
	if r.blend != "" {
		if a.edited, err = b.blendOn(engine, turn, first.Turn, r.blend); err != nil {
			return a, err
		}
	}
	again, err := engine.Draw(b.ctx, recipe.New(turn.Settings, recipe.Turn{Prompt: turn.Recipe.Prompt}), nil)
	if err != nil {
		return a, err
	}
	a.anew = again.Image
	return a, a.look(b.ctx, critic, r)
}

// ask has the conversation draw something.
func ask(ctx context.Context, talk *bot.Conversation, utterance string) (*bot.Answer, error) {
	answer, err := talk.Say(ctx, bot.Request{}, utterance)
	if err == nil && answer.Question != nil {
		err = fmt.Errorf("%q was answered with a question: %s", utterance, answer.Question.Text)
	}
	return answer, err
}

// blendOn draws the edit with a local blend on one word of both prompts.
func (b *bench) blendOn(engine *editor.Engine, turn, source session.Turn, word string) (*image.NRGBA, error) {
	edit := turn.Recipe
	var err error
	edit.Blend.Source, edit.Blend.Target = make([]recipe.Span, 1), make([]recipe.Span, 1)
	if edit.Blend.Source[0], err = engine.Find(source.Recipe.Prompt, word); err != nil {
		return nil, err
	}
	if edit.Blend.Target[0], err = engine.Find(edit.Prompt, word); err != nil {
		return nil, err
	}
	drawing, err := engine.Draw(b.ctx, recipe.New(turn.Settings, source.Recipe, edit), nil)
	if err != nil {
		return nil, err
	}
	return drawing.Image, nil
}

// look has the judge see the pictures.
func (a *attempt) look(ctx context.Context, critic *judge.Network, r request) error {
	var sights [3]*judge.Sight
	for i, picture := range []*image.NRGBA{a.source, a.edited, a.anew} {
		var err error
		if sights[i], err = critic.See(ctx, picture); err != nil {
			return err
		}
	}
	source, edited, anew := sights[0], sights[1], sights[2]
	a.skin = source.Values["people.skin"]
	a.usable, a.done, a.doneAnew = shows(source, r.given), shows(edited, r.wanted), shows(anew, r.wanted)
	a.structure = metric.GradientCorrelation(a.source, a.edited)
	if len(r.regions) == 0 {
		return nil
	}
	inside := metric.All(a.source).Not()
	for _, name := range r.regions {
		inside = inside.Or(metric.Square(source.Region(name))).Or(metric.Square(edited.Region(name)))
	}
	outside := inside.Grow(regionMargin).Not()
	a.outside, a.outsideAnew = metric.Difference(a.source, a.edited, outside), metric.Difference(a.source, a.anew, outside)
	return nil
}

func shows(s *judge.Sight, wanted map[string]string) bool {
	for name, value := range wanted {
		if s.Values[name] != value {
			return false
		}
	}
	return true
}

// row is a request's line of the table.
func row(r request, attempts []attempt) string {
	var usable, done, anew int
	var outside, outsideAnew, psnr, structure float64
	worst := 1000.
	for _, a := range attempts {
		if !a.usable {
			continue
		}
		usable++
		done += number(a.done)
		anew += number(a.doneAnew)
		outside += a.outside.Mean
		outsideAnew += a.outsideAnew.Mean
		psnr += a.outside.PSNR
		worst = min(worst, a.outside.PSNR)
		structure += a.structure
	}
	n := float64(max(1, usable))
	kept := "– | – | –"
	if len(r.regions) > 0 {
		kept = fmt.Sprintf("%.2f | %.2f | %.1f (%.1f)", outside/n, outsideAnew/n, psnr/n, worst)
	}
	return fmt.Sprintf("| %s | %s | %d of %d | %.3f | %.3f | %s | %.2f |\n",
		r.source, r.name(), usable, len(attempts), float64(done)/n, float64(anew)/n, kept, structure/n)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// count adds the attempts on people to their skin tones.
func count(tones map[string]*[2]int, r request, attempts []attempt) {
	for name := range r.wanted {
		if !strings.HasPrefix(name, "people.") {
			return
		}
	}
	for _, a := range attempts {
		if a.usable {
			n := tones[a.skin]
			if n == nil {
				n = &[2]int{}
				tones[a.skin] = n
			}
			n[0] += number(a.done)
			n[1]++
		}
	}
}

// sheetOf writes what was drawn for the first seeds: source, edited, drawn anew.
func sheetOf(path string, r request, attempts []attempt) error {
	var frames []picture.Frame
	for _, a := range attempts[:min(sheetSeeds, len(attempts))] {
		label := r.said
		if !a.done {
			label += " (not seen)"
		}
		frames = append(frames, picture.Frame{PNG: encode(a.source), Label: r.source}, picture.Frame{PNG: encode(a.edited), Label: label},
			picture.Frame{PNG: encode(a.anew), Label: "drawn anew"})
	}
	sheet, err := picture.Sheet(frames, 6)
	if err != nil {
		return err
	}
	return os.WriteFile(path, sheet, 0o644)
}
