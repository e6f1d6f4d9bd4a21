package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/session"
)

// Open makes a picture of somebody's own the root of what follows: a PNG, JPEG, GIF
// or WebP, and what it shows. Without words for that the answer asks, and proposes
// what is seen in the picture where somebody can tell.
//
// The error is [photo.ErrPhoto] for a file that cannot be opened, or the gate's.
func (c *Conversation) Open(ctx context.Context, r Request, file []byte, shows string) (*Answer, error) {
	s, err := c.load(ctx, r)
	if err != nil {
		return nil, err
	}
	if turn, ok := s.ByEvent(r.Event); ok {
		return c.showTurn(ctx, s, turn.ID)
	}
	opened, err := photo.Open(file)
	if err != nil {
		return nil, err
	}
	png, err := picture.Encode(opened.Image)
	if err != nil {
		return nil, err
	}
	if _, err := c.Gate.Pass(ctx, png); err != nil {
		return nil, err
	}
	digest, err := c.Store.PutOriginal(ctx, c.Key, png)
	if errors.Is(err, session.ErrTooLarge) {
		return nil, fmt.Errorf("%w: as a PNG it takes more than %d MiB. Scale it down", photo.ErrPhoto, session.MaxBlobBytes>>20)
	}
	if err != nil {
		return nil, err
	}
	var answer *Answer
	if shows = caption(shows); shows == "" {
		answer, err = c.askWhatItShows(ctx, r, s, opened.Image, digest)
	} else {
		answer, err = c.begin(ctx, r, s, opened.Image, digest, shows)
	}
	if err == nil {
		answer.Notices = append(opened.Notices, answer.Notices...)
	}
	return answer, err
}

// OpenSaying is Open with what somebody says beside the picture: what it shows, or what
// is to change in it, if somebody can tell what it shows.
func (c *Conversation) OpenSaying(ctx context.Context, r Request, file []byte, said string) (*Answer, error) {
	asked, err := c.Open(ctx, r, file, "")
	if err != nil || asked.Question == nil || caption(said) == "" {
		return asked, err
	}
	read := len(asked.Question.Choices) > 0
	answer, err := c.described(ctx, r, asked.Session, said)
	if err != nil {
		return nil, err
	}
	if !read {
		answer.Notices = append([]string{"I take “" + caption(said) + "” for what the picture shows."}, answer.Notices...)
	}
	answer.Notices = append(asked.Notices, answer.Notices...)
	return answer, nil
}

// Receive takes a picture that comes with words about the picture spoken of: a copy of
// that one which was painted over, where the words shall act, or another one to open.
func (c *Conversation) Receive(ctx context.Context, r Request, file []byte, said string) (*Answer, error) {
	answer, err := c.PaintRegion(ctx, r, file)
	switch {
	case errors.Is(err, photo.ErrArea), errors.Is(err, ErrNothingDrawn):
		return c.OpenSaying(ctx, r, file, said)
	case err != nil || caption(said) == "":
		return answer, err
	}
	return c.Say(ctx, r, said)
}

// caption is what somebody says that a picture shows, as a prompt.
func caption(said string) string { return strings.Trim(strings.TrimSpace(said), ".!“”\"") }

// begin adds the root turn of a picture, which the store has under a digest, and has
// it taken back to noise.
func (c *Conversation) begin(ctx context.Context, r Request, s *session.Session, original *image.NRGBA, digest, shows string) (*Answer, error) {
	c.Pending = nil // it was about another picture
	if err := r.allow(shows); err != nil {
		return nil, err
	}
	settings, err := c.settingsOf(original)
	if err != nil {
		return nil, err
	}
	turn := session.Turn{
		Identity: session.NewIdentity(), Author: c.author(r), Event: r.Event, Time: c.Clock.Now(), Utterance: shows,
		Settings: settings, Recipe: recipe.Turn{Prompt: shows}, Picture: digest,
	}
	if err := c.bearable(r, settings, turn.Recipe); err != nil {
		return nil, err
	}
	if turn.Plan, err = json.Marshal(&dialogue.Plan{Action: dialogue.Imagine, Prompt: shows, Reason: "a picture of one’s own"}); err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	job, add := c.job(r, recipe.New(settings, turn.Recipe)), adding(turn)
	if job.Memo, err = json.Marshal(Memo{turn, r.Memo}); err != nil {
		return nil, fmt.Errorf("write down what is opened: %w", err)
	}
	if err := c.give(&job, original); err != nil {
		return nil, err
	}
	if err := c.onOwn(ctx, s, turn, &job, &add); err != nil {
		return nil, err
	}
	return c.order(ctx, r, job, add)
}

// settingsOf are the settings of a chain that begins with a picture: those of a new
// picture in the size that the model draws it in, with a scheduler that can be taken
// back and less guidance, unless the model is made for one. Nothing comes of a seed.
func (c *Conversation) settingsOf(original *image.NRGBA) (recipe.Settings, error) {
	settings, err := c.settings(nil)
	if err != nil {
		return settings, err
	}
	m, err := c.modelOf(settings.Model)
	if err != nil {
		return settings, err
	}
	settings.Seed, settings.Picture = 0, photo.Digest(original)
	if m.Usual.Steps == 0 {
		settings.Guidance *= recipe.PictureGuidance
	}
	if !slices.Contains(recipe.Invertible(), settings.Scheduler) {
		settings.Scheduler = recipe.DDIM
	}
	size := m.canvas().Size(original.Bounds().Size())
	if settings.Width, settings.Height = size.X, size.Y; size == m.canvas().Own {
		settings.Width, settings.Height = 0, 0
	}
	return settings, nil
}

// askWhatItShows asks for the words of a picture, and proposes those for what is seen
// in it.
func (c *Conversation) askWhatItShows(ctx context.Context, r Request, s *session.Session, original *image.NRGBA, digest string) (*Answer, error) {
	q := &dialogue.Question{Kind: dialogue.Describe, Text: "What does the picture show?", Picture: digest}
	seen, err := c.seenIn(ctx, r, original)
	if err != nil {
		return nil, err
	}
	if reading := reading(seen); reading != "" {
		q.Text += " I see “" + reading + "”."
		q.Choices = []string{reading}
	}
	c.Pending = q
	answer := &Answer{Session: s, Question: q}
	if s.Head != 0 {
		answer.Turn, err = s.Turn(s.Head)
	}
	return answer, err
}

// seenIn is what a picture may show; nil where nobody can tell.
func (c *Conversation) seenIn(ctx context.Context, r Request, original *image.NRGBA) (map[string][]string, error) {
	settings, err := c.settingsOf(original)
	if err != nil {
		return nil, err
	}
	job := c.job(Request{}, recipe.New(settings, recipe.Turn{}))
	job.User, job.Look = c.author(r), true
	if err := c.give(&job, original); err != nil {
		return nil, err
	}
	result, err := c.aside(ctx, job, nil)
	return result.Seen, err
}

// described goes on with the answer to what a picture shows. An edit of what was
// proposed takes the proposal for said.
func (c *Conversation) described(ctx context.Context, r Request, s *session.Session, utterance string) (*Answer, error) {
	q := c.Pending
	c.Pending = nil
	reply := strings.ToLower(caption(utterance))
	switch {
	case slices.Contains([]string{"no", "cancel", "never mind", "nothing", "forget it"}, reply):
		return &Answer{Session: s, Notices: []string{"I leave that picture alone."}}, nil
	case reply == "":
		c.Pending = q
		return &Answer{Session: s, Question: q}, nil
	}
	kept, err := c.Store.GetBlob(ctx, c.Key, q.Picture)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", editor.ErrNoPicture, err)
	}
	decoded, err := picture.Decode(kept)
	if err != nil {
		return nil, err
	}
	original := photo.Flat(decoded)
	if len(q.Choices) == 0 {
		return c.begin(ctx, r, s, original, q.Picture, caption(utterance))
	}
	if agrees(reply) || pick(reply, q.Choices) >= 0 {
		return c.begin(ctx, r, s, original, q.Picture, q.Choices[0])
	}
	edits, err := c.edits(ctx, q.Choices[0], utterance)
	if err != nil {
		return nil, err
	}
	if !edits {
		return c.begin(ctx, r, s, original, q.Picture, caption(utterance))
	}
	first := r
	if first.Event != "" {
		first.Event += "/opened"
	}
	if _, err := c.begin(ctx, first, s, original, q.Picture, q.Choices[0]); err != nil {
		return nil, err
	}
	r.Session, r.Turn, r.Identity = nil, 0, nil // the head is the picture now
	return c.Say(ctx, r, utterance)
}

// agrees reports whether a reply takes what was proposed.
func agrees(reply string) bool {
	return slices.Contains([]string{"yes", "y", "yes please", "ok", "okay", "right", "correct", "exactly", "that's right", "that is right", "sure", "yep", "yeah"}, reply)
}

// edits reports whether an utterance is an edit of a picture with that prompt.
func (c *Conversation) edits(ctx context.Context, prompt, utterance string) (bool, error) {
	m, err := c.modelNamed(c.Options.Model)
	if err != nil {
		return false, err
	}
	talk := dialogue.Conversation{Vocabulary: m.Words, Known: m.knows(), Reads: m.Reads, Turns: []dialogue.Turn{{ID: 1, Utterance: prompt, Prompt: prompt}}}
	reply := c.Planner.Plan(ctx, utterance, talk)
	return reply.Plan != nil && reply.Plan.Action == dialogue.Edit, nil
}
