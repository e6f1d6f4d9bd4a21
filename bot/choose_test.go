package bot

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pentimento/editor"
	"pentimento/models"
	"pentimento/session"
)

// A picture that the model drew at another precision is refused with the words that
// say which, and one of another model as that.
func TestPictureOfAnotherPrecision(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	files, err := c.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	own, eight := c.Model.Digest, strings.Repeat("cd", 32)
	c.Model.PrecisionOf = func(digest string) (models.Precision, bool) {
		p, ok := map[string]models.Precision{own: models.FP32, eight: models.Int8}[digest]
		return p, ok
	}
	for digest, says := range map[string]string{
		eight:                    "at int8, and another precision draws another picture. It can be drawn and edited where I am started with --precision int8",
		strings.Repeat("ab", 32): "needs the model",
	} {
		_, err := c.Import(t.Context(), Request{}, bytes.ReplaceAll(files.JSON, []byte(own), []byte(digest)))
		wrong, ok := errors.AsType[*editor.ModelError](err)
		if !ok || wrong.Want != digest || !strings.Contains(err.Error(), says) {
			t.Errorf("of %.4s… it is said %v", digest, err)
		}
	}
	if _, err := c.Import(t.Context(), Request{}, files.JSON); err != nil {
		t.Errorf("of its own precision: %v", err)
	}
}
