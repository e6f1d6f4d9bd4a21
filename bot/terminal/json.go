package terminal

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/recipe"
	"pentimento/session"
)

// turnJSON is what --json prints for a line of input. Exactly one of image,
// text, question and error says what came of it.
type turnJSON struct {
	Turn      int             `json:"turn,omitempty"`
	Parent    int             `json:"parent,omitempty"`
	Utterance string          `json:"utterance"`
	Prompt    string          `json:"prompt,omitempty"`
	Edit      string          `json:"edit,omitempty"`
	Ops       []dialogue.Op   `json:"ops,omitempty"`
	Preset    string          `json:"preset,omitempty"`
	Start     float64         `json:"start,omitempty"`
	Windows   *recipe.Windows `json:"windows,omitempty"`
	Blend     *recipe.Blend   `json:"blend,omitempty"`
	Region    *recipe.Region  `json:"region,omitempty"`
	Seed      *uint64         `json:"seed,omitempty"`
	// Image and SourceImage are paths.
	Image       string   `json:"image,omitempty"`
	SourceImage string   `json:"source_image,omitempty"`
	Rows        int      `json:"rows,omitempty"`
	Seconds     float64  `json:"seconds,omitempty"`
	Notices     []string `json:"notices,omitempty"`
	// Doubt says what the picture does not show; Choices are then what can be done.
	Doubt    string   `json:"doubt,omitempty"`
	Question string   `json:"question,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	Text     string   `json:"text,omitempty"`
	History  []past   `json:"history,omitempty"`
	Error    string   `json:"error,omitempty"`
}

// past is a turn in the history.
type past struct {
	Turn   int    `json:"turn"`
	Parent int    `json:"parent,omitempty"`
	Edit   string `json:"edit,omitempty"`
	Prompt string `json:"prompt"`
}

func historyOf(s *session.Session) []past {
	var out []past
	for _, t := range s.Turns {
		out = append(out, past{t.ID, t.Parent, t.Edit, t.Recipe.Prompt})
	}
	return out
}

// turnOf describes an answer whose picture was saved at path.
func (c *Chat) turnOf(utterance string, a *bot.Answer, path string) turnJSON {
	if a.Question != nil {
		return turnJSON{Utterance: utterance, Question: a.Question.Text, Choices: a.Question.Choices}
	}
	t := a.Turn
	out := turnJSON{
		Turn: t.ID, Parent: t.Parent, Utterance: utterance, Prompt: t.Recipe.Prompt,
		Edit: t.Edit, Image: path, Seconds: a.Seconds, Notices: a.Notices,
	}
	if t.Settings.Picture == "" {
		out.Seed = &t.Settings.Seed
	}
	if a.Doubt != nil {
		out.Doubt, out.Choices = a.Doubt.Text, a.Doubt.Choices
	}
	if a.Plan != nil {
		out.Ops = a.Plan.Ops
	}
	if a.Drawing != nil {
		out.Rows = a.Drawing.Rows
	}
	if a.Source != nil {
		out.Preset, out.Start = t.Recipe.Preset, t.Recipe.Start
		out.Windows, out.Blend, out.Region = &t.Recipe.Windows, &t.Recipe.Blend, t.Recipe.Region
		out.SourceImage = c.path(pictureName(*a.Source))
	}
	return out
}

func (c *Chat) printJSON(v turnJSON) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("describe the turn: %w", err)
	}
	return c.write(escaped(string(data)) + "\n")
}

// escaped is JSON as it may be shown at a terminal: encoding/json escapes what is
// below a space, and this the rest of what [Printable] replaces.
func escaped(text string) string {
	var out strings.Builder
	for _, r := range text {
		if one := string(r); r > ' ' && Printable(one) != one {
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, "\\u%04x", unit)
			}
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
