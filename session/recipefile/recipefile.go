// Package recipefile writes a picture's recipe as a file that anybody can keep,
// send and read back: JSON, or a PNG with the same JSON inside. docs/recipe.md
// describes the format.
//
// A file comes from anywhere. What [Read] returns is within limits, but only
// drawing it shows whether a model can.
//
// Start with [Of], [Document.JSON], [Document.Embed] and [Read].
package recipefile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	strict "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pentimento/files"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/session"
)

// What every document says first.
const (
	// Format is the name of the format.
	Format = "pentimento recipe"
	// Version is the latest version of the format that this program knows. A
	// document has that of its recipe.
	Version = recipe.Version
)

// Limits on what is read. Those of numbers are package recipe's.
const (
	// MaxBytes is how long the JSON may be.
	MaxBytes = 1 << 20
	// MaxPNGBytes is how large a PNG may be.
	MaxPNGBytes = 2*session.MaxBlobBytes + 8<<20 // the picture, and the one that it began with
	// MaxTurns is how many turns a recipe may have.
	MaxTurns = recipe.MaxTurns
	// MaxTextBytes is how long a prompt or an utterance may be.
	MaxTextBytes = recipe.MaxTextBytes
	// MaxSpans is how many weights, windows or blend words a turn may have.
	MaxSpans = recipe.MaxSpans
)

// What can be wrong with a file. The texts are for the user.
var (
	// ErrNoRecipe: the file is neither a recipe nor a PNG that contains one.
	ErrNoRecipe = errors.New("there is no recipe in this file: give one that was exported here, JSON or PNG")
	// ErrNewer: a later version of the program wrote the file.
	ErrNewer = errors.New("the recipe was written by a newer version of this program")
	// ErrInvalid: the file says that it is a recipe, but it cannot be
	// followed.
	ErrInvalid = errors.New("the recipe is damaged")
	// ErrTooLarge: the recipe is beyond the limits.
	ErrTooLarge = errors.New("the recipe is too large")
)

// A Document is a recipe with the words that led to it.
type Document struct {
	// Format is the constant Format.
	Format string `json:"format"`
	// Version is that of the format.
	Version int `json:"version"`
	// Model is what the program that wrote the file called the model;
	// Recipe.Settings.Model says exactly which it is.
	Model string `json:"model,omitempty"`
	// Recipe draws the picture.
	Recipe recipe.Recipe `json:"recipe"`
	// Said has what was said for each turn of the recipe, in order.
	Said []Said `json:"said"`
	// Original is the picture of somebody's own that the recipe begins with, as a
	// PNG; nil where it has none, or does not come with it.
	Original []byte `json:"original,omitempty"`
}

// Said is how a turn came about.
type Said struct {
	// Utterance is what somebody said.
	Utterance string `json:"utterance"`
	// Edit is the edit in the fewest words; empty for the first turn.
	Edit string `json:"edit,omitempty"`
	// Time is when, in UTC.
	Time time.Time `json:"time"`
}

// Of returns the document of a session's turn; model is what the model is
// called. The error is [session.ErrNoSuchTurn] or one of the limits.
func Of(s *session.Session, turn int, model string) (Document, error) {
	branch, err := s.Branch(turn)
	if err != nil {
		return Document{}, err
	}
	d := Document{Format: Format, Model: model}
	if d.Recipe, err = branch.RecipeFor(branch.Head); err != nil {
		return Document{}, err
	}
	d.Version = d.Recipe.Version
	for _, t := range branch.Turns {
		d.Said = append(d.Said, Said{Utterance: t.Utterance, Edit: t.Edit, Time: t.Time})
	}
	return d, d.validate()
}

// Branch returns the document's turns as [session.Session.Graft] takes them,
// without pictures.
func (d Document) Branch() *session.Session {
	branch := &session.Session{Version: 1, Head: len(d.Recipe.Turns)}
	for i, turn := range d.Recipe.Turns {
		branch.Turns = append(branch.Turns, session.Turn{
			ID: i + 1, Parent: i, Time: d.Said[i].Time, Utterance: d.Said[i].Utterance, Edit: d.Said[i].Edit,
			Settings: d.Recipe.Settings, Recipe: turn,
		})
	}
	return branch
}

// Carries reports whether the document as JSON has room for the picture that its
// recipe begins with.
func (d Document) Carries() bool {
	const recipe = MaxBytes / 4 // is room enough for what else there is
	return base64.StdEncoding.EncodedLen(len(d.Original)) <= MaxBytes-recipe
}

// JSON returns the document as a file, with the picture that it begins with if it
// [Document.Carries] that.
func (d Document) JSON() ([]byte, error) {
	if !d.Carries() {
		d.Original = nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if b.Len() > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes of JSON, %d are allowed", ErrTooLarge, b.Len(), MaxBytes)
	}
	return b.Bytes(), nil
}

// Read returns the document in a file, which is JSON or a PNG. The picture that it
// begins with is the one that the recipe names, if it comes with it. Its errors are
// [ErrNoRecipe], [ErrNewer], [ErrInvalid] and [ErrTooLarge].
func Read(file []byte) (Document, error) {
	d, err := read(file)
	if err != nil || d.Original == nil {
		return d, err
	}
	own, err := photo.Open(d.Original)
	switch {
	case err != nil:
		return Document{}, fmt.Errorf("%w: of the picture that it begins with: %w", ErrInvalid, err)
	case photo.Digest(own.Image) != d.Recipe.Settings.Picture:
		return Document{}, fmt.Errorf("%w: it comes with another picture than the one that it begins with", ErrInvalid)
	}
	return d, nil
}

// read is Read without a look at the picture.
func read(file []byte) (Document, error) {
	if files.IsPointer(file) {
		return Document{}, fmt.Errorf("%w: it %w", ErrNoRecipe, files.ErrPointer)
	}
	var original []byte
	if bytes.HasPrefix(file, []byte(pngSignature)) {
		text, own, err := extract(file)
		if err != nil {
			return Document{}, err
		}
		file, original = text, own
	}
	if len(file) > MaxBytes {
		return Document{}, fmt.Errorf("%w: %d bytes of JSON, %d are allowed", ErrTooLarge, len(file), MaxBytes)
	}
	d, err := decode(files.WithoutMark(file))
	if err == nil && original != nil {
		d.Original = original
	}
	return d, err
}

// decode returns the document that the JSON says.
func decode(text []byte) (Document, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	switch err := strict.Unmarshal(text, &head); {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return Document{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	case err != nil, head.Format != Format:
		return Document{}, ErrNoRecipe
	}
	if head.Version > Version {
		return Document{}, fmt.Errorf("%w: it is version %d, this one reads up to %d", ErrNewer, head.Version, Version)
	}
	// Keys are as they are written, each once: what two readers read differently is
	// no recipe.
	var d Document
	if err := strict.Unmarshal(text, &d, strict.RejectUnknownMembers(true)); err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrInvalid, misfit(err))
	}
	if err := d.validate(); err != nil {
		return Document{}, err
	}
	return d, nil
}

// misfit says of JSON that does not fit a document what is where, and no word of
// the types that it is read into.
func misfit(err error) error {
	wrong, ok := errors.AsType[*strict.SemanticError](err)
	switch {
	case !ok:
		return err
	case wrong.Err == strict.ErrUnknownName:
		return fmt.Errorf("there is no %s", wrong.JSONPointer)
	case len(wrong.JSONValue) > 0 && len(wrong.JSONValue) < 40:
		return fmt.Errorf("%s cannot be %s", wrong.JSONPointer, wrong.JSONValue)
	}
	return fmt.Errorf("%s cannot be %s", wrong.JSONPointer, kindName(wrong.JSONKind))
}

// kindName names a kind of JSON.
func kindName(kind jsontext.Kind) string {
	switch kind {
	case '{', '}':
		return "an object"
	case '[', ']':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	}
	return kind.String()
}
