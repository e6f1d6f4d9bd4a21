package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"pentimento/bot/gate"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// Share makes a code with which somebody else can go on from the picture that
// is spoken of, for [session.ShareDays].
func (c *Conversation) Share(ctx context.Context, r Request) (code string, err error) {
	_, turn, err := c.head(ctx, r)
	if err != nil {
		return "", err
	}
	return c.Store.Share(ctx, c.Key, turn.ID, session.ShareLifetime)
}

// Revoke takes a code back.
func (c *Conversation) Revoke(ctx context.Context, code string) error {
	return c.Store.Revoke(ctx, c.Key.User, code)
}

// Fork copies what is shared under the code into this conversation and shows
// its last picture. Another model's is refused with an [*editor.ModelError].
func (c *Conversation) Fork(ctx context.Context, r Request, code string) (*Answer, error) {
	s, err := c.Copy(ctx, r, code)
	if err != nil {
		return nil, err
	}
	return c.show(ctx, s)
}

// Copy is Fork without showing anything. It returns the session, whose head is
// what was shared.
//
// The error is the gate's if the picture may not be shown here.
func (c *Conversation) Copy(ctx context.Context, r Request, code string) (*session.Session, error) {
	shared, err := c.Store.Shared(ctx, code)
	if err != nil {
		return nil, err
	}
	if err := c.canContinue(r, shared, ""); err != nil {
		return nil, err
	}
	// What may not be shown is not copied, as far as its picture is kept.
	kept, err := c.Store.GetBlob(ctx, shared.Key, shared.Turns[shared.Head-1].Picture)
	if err == nil {
		if _, err := c.Gate.Pass(ctx, kept); err != nil {
			return nil, err
		}
	}
	return session.Fork(ctx, c.Store, code, c.Key, r.Event)
}

// An Exported is a picture as files that [Conversation.Import] reads.
type Exported struct {
	// Turn is whose picture it is.
	Turn session.Turn
	// JSON is the recipe, as docs/recipe.md describes it.
	JSON []byte
	// Picture has the recipe in it.
	Picture gate.Picture
	// Notices are sentences that the user should read.
	Notices []string
}

// Export returns the picture that is spoken of, and the way to it, as files.
func (c *Conversation) Export(ctx context.Context, r Request) (*Exported, error) {
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	name := short(turn.Settings.Model) // of a model that is not here any more
	if m, err := c.modelOf(turn.Settings.Model); err == nil {
		name = m.Name
	}
	document, err := recipefile.Of(s, turn.ID, name)
	if err != nil {
		return nil, err
	}
	picture, notices, err := c.picture(ctx, s, turn.ID)
	if err != nil {
		return nil, err
	}
	out := &Exported{Turn: turn, Notices: notices}
	if turn.Settings.Picture != "" {
		if document.Original, err = c.originalBytes(ctx, s, turn.ID); err != nil {
			return nil, err
		}
		if !document.Carries() {
			out.Notices = append(out.Notices, "The picture that this began with is too large for recipe.json; recipe.png has it.")
		}
	}
	if out.JSON, err = document.JSON(); err != nil {
		return nil, err
	}
	if out.Picture, err = picture.Made(document.Embed); err != nil {
		return nil, err
	}
	return out, nil
}

// Import draws the picture of an exported file, JSON or PNG, and goes on from
// there. The errors are those of [recipefile.Read] and of drawing, and for another
// model's recipe an [*editor.ModelError] with that model's name.
func (c *Conversation) Import(ctx context.Context, r Request, file []byte) (*Answer, error) {
	start := c.Clock.Now()
	document, err := recipefile.Read(file)
	if err != nil {
		return nil, err
	}
	if r.AllowImport != nil {
		if err := r.AllowImport(document.Recipe); err != nil {
			return nil, err
		}
	}
	branch := document.Branch()
	if err := c.canContinue(r, branch, document.Model); err != nil {
		return nil, err
	}
	job := c.job(r, document.Recipe)
	add := addition{asked: start, to: func(s *session.Session, drawn jobs.Result) (int, error) {
		head := &branch.Turns[branch.Head-1]
		head.Picture, head.Seen = digestOf(drawn.PNG), drawn.Seen
		return s.Graft(branch, r.Event)
	}}
	if document.Recipe.Settings.Picture != "" || document.Recipe.Composed() {
		if err := c.replay(ctx, r, document, branch, &job, &add); err != nil {
			return nil, err
		}
	}
	return c.order(ctx, r, job, add)
}

// replay draws the way to the last turn of a document, each turn that is composed upon
// the one before, and prepares the job that draws the last.
func (c *Conversation) replay(ctx context.Context, r Request, document recipefile.Document, branch *session.Session, job *jobs.Job, add *addition) error {
	below, first, err := c.foundation(ctx, document, branch, job)
	if err != nil {
		return err
	}
	for i := first; i < branch.Head-1; i++ {
		drawn, err := c.drawPart(ctx, *job, i)
		if err != nil {
			return err
		}
		if below, err = upon(below, branch.Turns[i].Recipe)(drawn); err != nil {
			return err
		}
		c.keepPart(ctx, &branch.Turns[i], below, drawn)
	}
	if add.whole = upon(below, branch.Turns[branch.Head-1].Recipe); branch.Head == 1 {
		add.whole, add.original = itself(below), true
	}
	return nil
}

// foundation is the picture upon which the first turn of a document that is composed
// is put, and that turn's place in the chain: the picture of somebody's own that it
// begins with, or the last that is drawn as it is.
func (c *Conversation) foundation(ctx context.Context, document recipefile.Document, branch *session.Session, job *jobs.Job) (below []byte, first int, err error) {
	if document.Recipe.Settings.Picture == "" {
		regional := func(t session.Turn) bool { return t.Recipe.Region != nil }
		first = 1 + slices.IndexFunc(branch.Turns[1:], regional)
		drawn, err := c.drawPart(ctx, *job, first-1)
		if err == nil {
			c.keepPart(ctx, &branch.Turns[first-1], drawn.PNG, drawn)
		}
		return drawn.PNG, first, err
	}
	png, err := c.beginningOf(ctx, document)
	if err != nil {
		return nil, 0, err
	}
	original, err := originalOf(png, document.Recipe.Settings.Picture)
	if err != nil {
		return nil, 0, err
	}
	if _, err := c.Gate.Pass(ctx, png); err != nil {
		return nil, 0, err
	}
	if branch.Turns[0].Picture, err = c.Store.PutOriginal(ctx, c.Key, png); err != nil {
		return nil, 0, err
	}
	return png, 1, c.give(job, original)
}

// drawPart draws the turn at a place of a job's chain.
func (c *Conversation) drawPart(ctx context.Context, job jobs.Job, i int) (jobs.Result, error) {
	job.Key = fmt.Sprintf("%s/%d", job.Key, i+1)
	job.Recipe = recipe.New(job.Recipe.Settings, job.Recipe.Turns[:i+1]...)
	return c.aside(ctx, job, nil)
}

// keepPart keeps the picture of a turn on the way to the last.
func (c *Conversation) keepPart(ctx context.Context, turn *session.Turn, png []byte, drawn jobs.Result) {
	turn.Picture, turn.Seen = digestOf(png), drawn.Seen
	_, _ = c.Store.PutBlob(ctx, c.Key, png) // without room it is drawn again
}

// beginningOf is the picture of somebody's own that a document begins with: its own
// copy, or one that this conversation has. The error is a [*Problem] that says which
// is missing.
func (c *Conversation) beginningOf(ctx context.Context, document recipefile.Document) ([]byte, error) {
	if document.Original != nil {
		// Written anew: nobody knows what else is in it.
		opened, err := photo.Open(document.Original)
		if err != nil {
			return nil, err
		}
		return picture.Encode(opened.Image)
	}
	s, err := c.Session(ctx)
	if err != nil {
		return nil, err
	}
	digest := document.Recipe.Settings.Picture
	for _, t := range s.Roots() {
		if t.Settings.Picture != digest {
			continue
		}
		if png, err := c.Store.GetBlob(ctx, c.Key, t.Picture); err == nil {
			return png, nil
		}
	}
	return nil, &Problem{Kind: NotFound, Err: editor.ErrNoPicture, Text: fmt.Sprintf(
		"the recipe begins with a picture of somebody's own, %s (“%s”), which is not in the file. Open that picture here first, or import the recipe.png that was exported with it",
		short(digest), document.Recipe.Turns[0].Prompt)}
}

// canContinue reports whether a branch from elsewhere can go on here. Model is
// what its model is called, if that is known.
func (c *Conversation) canContinue(r Request, branch *session.Session, model string) error {
	want := branch.Turns[0].Settings.Model
	have, err := c.modelOf(want)
	if want == "" || err != nil {
		if err := c.otherPrecision(want); err != nil {
			return err
		}
		err := &editor.ModelError{Want: want, Have: c.Model.Digest}
		switch {
		case len(c.Others) > 0:
			return Problemf(Invalid, "the picture needs the model %s, and here are %s", cmp.Or(model, short(want)), enumerated(c.ModelNames()))
		case model == "":
			return err
		}
		return fmt.Errorf("the picture needs the model %q, and this is %q: %w", model, c.Model.Name, err)
	}
	settings := branch.Turns[0].Settings
	if err := have.bears(settings); err != nil {
		return err
	}
	if err := r.allowNegative(settings); err != nil {
		return err
	}
	for _, turn := range branch.Turns {
		if err := r.allow(turn.Recipe.Prompt); err != nil {
			return err
		}
	}
	return nil
}

// Forget removes everything that is kept of the conversation's user, here and
// in all other places.
func (c *Conversation) Forget(ctx context.Context) error {
	c.Pending = nil
	return c.Store.Forget(ctx, c.Key.User)
}
