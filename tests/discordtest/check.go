package discordtest

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Limits that Discord's description does not state.
const (
	maxContent  = 2000
	maxRows     = 5
	maxLabel    = 80
	maxCustomID = 100
	maxOptions  = 25
	maxFile     = 10 << 20
)

// checkMessage finds what Discord refuses in a message that the description
// lets pass: files is how many are attached.
func checkMessage(body []byte, files int, edit bool) error {
	var m struct {
		Content         *string
		Embeds          []any
		Components      []Component
		AllowedMentions *struct {
			Parse       []string
			RepliedUser bool `json:"replied_user"`
		} `json:"allowed_mentions"`
		Flags int
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if m.Content != nil && utf8.RuneCountInString(*m.Content) > maxContent {
		return fmt.Errorf("the content has more than %d characters", maxContent)
	}
	if !edit && (m.Content == nil || *m.Content == "") && files == 0 && len(m.Embeds) == 0 && len(m.Components) == 0 {
		return fmt.Errorf("the message is empty")
	}
	return checkComponents(m.Components)
}

// checkComponents holds rows of components against Discord's limits.
func checkComponents(rows []Component) error {
	if len(rows) > maxRows {
		return fmt.Errorf("%d action rows, %d are allowed", len(rows), maxRows)
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if row.Type != 1 {
			return fmt.Errorf("a component of type %d outside a row", row.Type)
		}
		if len(row.Components) == 0 || len(row.Components) > 5 {
			return fmt.Errorf("a row of %d components", len(row.Components))
		}
		for _, c := range row.Components {
			if err := checkComponent(c, len(row.Components)); err != nil {
				return err
			}
			if c.CustomID != "" && seen[c.CustomID] {
				return fmt.Errorf("the custom_id %q stands twice", c.CustomID)
			}
			seen[c.CustomID] = true
		}
	}
	return nil
}

func checkComponent(c Component, inRow int) error {
	if len(c.CustomID) > maxCustomID {
		return fmt.Errorf("a custom_id of %d characters", len(c.CustomID))
	}
	switch c.Type {
	case 2:
		if c.Style != 5 && c.CustomID == "" {
			return fmt.Errorf("the button %q has no custom_id", c.Label)
		}
		if n := utf8.RuneCountInString(c.Label); n == 0 || n > maxLabel {
			return fmt.Errorf("a button's label has %d characters", n)
		}
	case 3:
		if c.CustomID == "" || inRow != 1 {
			return fmt.Errorf("a select without custom_id, or not alone in its row")
		}
		if len(c.Options) == 0 || len(c.Options) > maxOptions {
			return fmt.Errorf("a select of %d options", len(c.Options))
		}
		return checkOptions(c.Options)
	case 4:
		if c.CustomID == "" || utf8.RuneCountInString(c.Label) == 0 || utf8.RuneCountInString(c.Label) > 45 {
			return fmt.Errorf("a text input without custom_id, or with a label of %d characters", utf8.RuneCountInString(c.Label))
		}
	default:
		return fmt.Errorf("a component of type %d in a row", c.Type)
	}
	return nil
}

func checkOptions(options []Choice) error {
	values := map[any]bool{}
	for _, o := range options {
		if n := utf8.RuneCountInString(o.Label); n == 0 || n > 100 {
			return fmt.Errorf("an option's label has %d characters", n)
		}
		if v, ok := o.Value.(string); !ok || v == "" || len(v) > 100 {
			return fmt.Errorf("an option's value is %v", o.Value)
		}
		if values[o.Value] {
			return fmt.Errorf("the option %v stands twice", o.Value)
		}
		values[o.Value] = true
	}
	return nil
}
