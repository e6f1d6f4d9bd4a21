package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/picture"
	"pentimento/recipe"
	"pentimento/session"
)

// How many variations of a picture there may be to pick from, the picture itself
// among them.
const (
	fewestVariations = 2
	usualVariations  = 4
	mostVariations   = 9
)

// A variation is another way to draw a turn: the same words, of the same source.
type variation struct {
	// about says what is different, in a few words.
	about string
	plan  *dialogue.Plan
	link  recipe.Turn
}

// Variations draws the turn that is spoken of in n ways, 0 for the usual number, and
// offers them to pick from: a first picture with other seeds, an edit with more and
// less of its source. The first is the turn as it is. None of them is a turn until it
// is taken.
func (c *Conversation) Variations(ctx context.Context, r Request, n int) (*Answer, error) {
	if n == 0 {
		n = usualVariations
	}
	if n < fewestVariations || n > mostVariations {
		return nil, Problemf(Invalid, "I draw from %d to %d variations at once", fewestVariations, mostVariations)
	}
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	ways, err := c.variationsOf(turn)
	if err != nil {
		return nil, err
	}
	if err := r.allow(turn.Recipe.Prompt); err != nil {
		return nil, err
	}
	out := &Answer{Show: ShowSheet, Session: s, Turn: turn, Drawing: &jobs.Result{}}
	if len(ways) < n {
		out.Notices = append(out.Notices, fmt.Sprintf("This edit has no more than %d variations.", len(ways)))
	}
	ways = ways[:min(n, len(ways))]
	for i, way := range ways {
		shown, rows, err := c.shown(ctx, r, s, turn, way, i)
		if err == nil {
			shown, err = small(shown)
		}
		if err != nil {
			return nil, fmt.Errorf("draw variation %d: %w", i+1, err)
		}
		out.Drawing.Rows += rows
		out.Frames = append(out.Frames, gate.Frame{Picture: shown, Label: label(i, way)})
	}
	out.Doubt = offered(turn, ways)
	c.Pending = out.Doubt
	return out, nil
}

// variationSide is the longest side of a variation on the page of all, in pixels.
const variationSide = 768

// small is a picture as it is on a page with others.
func small(p gate.Picture) (gate.Picture, error) {
	return p.Made(func(png []byte) ([]byte, error) {
		whole, err := picture.Decode(png)
		if err != nil {
			return nil, err
		}
		return picture.Encode(picture.Shrink(whole, variationSide))
	})
}

// label is what is under a variation, i from 0.
func label(i int, way variation) string { return fmt.Sprintf("%d: %s", i+1, way.about) }

// offered asks which of the variations of a turn is taken.
func offered(turn session.Turn, ways []variation) *dialogue.Question {
	q := &dialogue.Question{
		Kind: dialogue.Pick, Text: "Say a number to take one: it becomes the picture, and you go on from it.",
		Turn: turn.ID, Identity: turn.Identity,
	}
	for _, way := range ways {
		q.Choices = append(q.Choices, way.about)
	}
	return q
}

// Take makes the i-th variation of the turn that is spoken of, from 1, the picture.
// The first is that turn itself.
func (c *Conversation) Take(ctx context.Context, r Request, i int) (*Answer, error) {
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	ways, err := c.variationsOf(turn)
	if err != nil {
		return nil, err
	}
	if i < 1 || i > len(ways) {
		return nil, Problemf(Invalid, "there is no variation %d of this picture: there are %d, see /variations", i, len(ways))
	}
	if i == 1 {
		return c.Goto(ctx, r, turn.ID)
	}
	way := ways[i-1]
	if way.plan.Action == dialogue.Edit {
		if err := s.Goto(turn.Parent); err != nil {
			return nil, err
		}
	}
	return c.draw(ctx, r, s, turn.Utterance, way.plan, &way.link)
}

// taken takes the variation that an utterance names by its number or by what is
// different about it. ok is unset where it names none: then it is an utterance like any
// other. The question stays open after a number, so that one can be looked at after the
// other.
func (c *Conversation) taken(ctx context.Context, r Request, utterance string) (answer *Answer, ok bool, err error) {
	q := c.Pending
	c.Pending = nil
	i := numbered(utterance)
	if i < 1 {
		i = 1 + pick(utterance, q.Choices)
	}
	if i < 1 {
		return nil, false, nil
	}
	r.Turn, r.Identity = q.Turn, &q.Identity
	if i <= len(q.Choices) {
		answer, err = c.Take(ctx, r, i)
	} else {
		err = Problemf(Invalid, "the page has %d variations and no %d; say one of its numbers", len(q.Choices), i)
	}
	if !errors.Is(err, ErrPictureGone) {
		c.Pending = q
	}
	return answer, true, err
}

// numbered is the number that an utterance is, "3", "take number three" or "the third
// one please"; 0 for none.
func numbered(utterance string) int {
	const (
		around    = " i'd i’d i would like want prefer pick choose take use give me number no the one it please let's go with "
		cardinals = "one two three four five six seven eight nine"
		places    = "first second third fourth fifth sixth seventh eighth ninth"
	)
	words := strings.FieldsFunc(strings.ToLower(utterance), func(r rune) bool { return strings.ContainsRune(" .,!#", r) })
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(around, " "+w+" ") })
	if len(rest) == 0 && len(words) > 0 && words[len(words)-1] == "one" && !slices.Contains(words, "the") {
		return 1 // "number one"
	}
	if len(rest) != 1 {
		return 0
	}
	if n, err := strconv.Atoi(rest[0]); err == nil {
		return n
	}
	return 1 + max(slices.Index(strings.Fields(cardinals), rest[0]), slices.Index(strings.Fields(places), rest[0]))
}

// shown is the picture of the i-th variation of a turn, from 0, and how many rows of the
// UNet it took.
func (c *Conversation) shown(ctx context.Context, r Request, s *session.Session, turn session.Turn, way variation, i int) (gate.Picture, int, error) {
	if i == 0 {
		as, err := c.Picture(ctx, s, turn.ID)
		return as, 0, err
	}
	result, err := c.try(ctx, r, s, turn, way)
	if err != nil {
		return gate.Picture{}, 0, err
	}
	shown, err := c.Gate.Pass(ctx, result.PNG)
	return shown, result.Rows, err
}

// try draws a variation of a turn, which is kept nowhere.
func (c *Conversation) try(ctx context.Context, r Request, s *session.Session, turn session.Turn, way variation) (jobs.Result, error) {
	at := s.Head
	defer func() { s.Head = at }()
	s.Head = turn.Parent
	drawn, chain, err := c.turnOf(Request{Author: r.Author}, s, turn.Utterance, way.plan, way.link)
	if err != nil {
		return jobs.Result{}, err
	}
	job, add := c.job(Request{}, chain), addition{}
	job.User = c.author(r)
	if err := c.onOwn(ctx, s, drawn, &job, &add); err != nil {
		return jobs.Result{}, err
	}
	result, err := c.aside(ctx, job, r.Watch)
	if err == nil && add.whole != nil {
		result.PNG, err = add.whole(result)
	}
	return result, err
}

// variationsOf are all variations of a turn, the turn itself first. They are the same
// each time, so that a number means one picture.
func (c *Conversation) variationsOf(turn session.Turn) ([]variation, error) {
	if turn.Opened() {
		return nil, Problemf(Invalid, "a picture that was opened is the only one of its kind. Edit it, and ask for variations of the edit")
	}
	plan, err := planOf(turn)
	if err != nil {
		return nil, err
	}
	if turn.Parent == 0 {
		return c.otherSeeds(turn, plan), nil
	}
	all := []variation{{"as it is", plan, turn.Recipe}}
	for _, way := range waysToEdit() {
		link := turn.Recipe
		way.change(&link)
		link.Start = c.startWithin(link, turn.Settings)
		known := func(v variation) bool { return reflect.DeepEqual(v.link, link) }
		if !slices.ContainsFunc(all, known) {
			all = append(all, variation{way.about, plan, link})
		}
	}
	return all[:min(len(all), mostVariations)], nil
}

// startWithin is the start that a link will have in a turn, see [Conversation.turnOf].
func (c *Conversation) startWithin(link recipe.Turn, s recipe.Settings) float64 {
	if c.Options.Start != nil {
		return link.Start
	}
	return startOf(link, s)
}

// planOf is the plan that a turn was drawn by; one of its recipe where it has none, as
// a turn that was imported.
func planOf(turn session.Turn) (*dialogue.Plan, error) {
	plan := &dialogue.Plan{Action: dialogue.Imagine, Prompt: turn.Recipe.Prompt, Label: turn.Edit}
	if turn.Parent != 0 {
		plan.Action = dialogue.Edit
	}
	if len(turn.Plan) == 0 {
		return plan, nil
	}
	kept := *plan
	if err := json.Unmarshal(turn.Plan, &kept); err != nil {
		return nil, fmt.Errorf("read the plan of turn %d: %w", turn.ID, err)
	}
	kept.Action, kept.Back = plan.Action, 0
	return &kept, nil
}

// otherSeeds are pictures like a first one, with the seeds after its own.
func (c *Conversation) otherSeeds(turn session.Turn, plan *dialogue.Plan) []variation {
	var all []variation
	for i := range mostVariations {
		seed := turn.Settings.Seed + uint64(i)
		like := *plan
		like.Another, like.Settings = false, c.WishesOf(turn)
		like.Settings["seed"] = fmt.Sprint(seed)
		all = append(all, variation{fmt.Sprintf("seed %d", seed), &like, turn.Recipe})
	}
	return all
}

// A wayToEdit is how an edit may be drawn otherwise.
type wayToEdit struct {
	about  string
	change func(*recipe.Turn)
}

// waysToEdit are those that differ most by eye first. What an edit takes over of its
// source and for how long decides how far it goes, the weight of its words how strongly,
// and the threshold of its local blend how much of the picture it may touch.
func waysToEdit() []wayToEdit {
	free := func(t *recipe.Turn) { t.Start, t.Windows.Cross.To, t.Windows.Self.To = 0, 0, 0 }
	close := func(t *recipe.Turn) { t.Windows.Cross.To, t.Windows.Self.To = .9, .9 }
	wider := func(t *recipe.Turn) { t.Blend.Threshold /= 2 }
	narrower := func(t *recipe.Turn) { t.Blend.Threshold = min(2*t.Blend.Threshold, .8) }
	both := func(one, other func(*recipe.Turn)) func(*recipe.Turn) {
		return func(t *recipe.Turn) { one(t); other(t) }
	}
	return []wayToEdit{
		{"freer", free},
		{"stronger", stronger},
		{"closer to the picture before", close},
		{"in a larger place", wider},
		{"in a smaller place", narrower},
		{"freer, in a larger place", both(free, wider)},
		{"closer, in a smaller place", both(close, narrower)},
		{"stronger and freer", both(stronger, free)},
	}
}

// stronger gives the words of an edit twice their weight, if they have none of their
// own.
func stronger(t *recipe.Turn) {
	if len(t.Weights) > 0 {
		return
	}
	for _, span := range t.Blend.Target {
		t.Weights = append(t.Weights, recipe.Weight{Span: span, Factor: 2})
	}
}
