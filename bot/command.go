package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// A Command is something that people ask for by name: a slash command. A gateway
// is given the table of them ([Commands]) and parses, completes, registers, and
// prints its help from it.
type Command struct {
	// Name is what users type after the slash.
	Name string
	// Also are other names for it at a terminal.
	Also []string
	// Terminal says that only a terminal has it.
	Terminal bool
	// Draws says that it may take as long as drawing a picture.
	Draws bool
	// Pages says that it puts many pictures together, which takes much memory.
	Pages bool
	// Arguments in the order in which they are typed.
	Arguments []Argument
	// Help is one line of English.
	Help string
	// Example is how it may be typed, with the slash, and Ask what users are told
	// to say when an argument is missing, without a full stop.
	Example, Ask string
	// Said is the request in a few words, as a gateway repeats it; nil for the
	// name.
	Said func(Input) string
	// Do does it to a conversation.
	Do func(ctx context.Context, c *Conversation, in Input) (*Answer, error)
}

// An Argument is what a command is told.
type Argument struct {
	// Name is what it is called, Help one line of English about it.
	Name, Help string
	Kind       ArgumentKind
	// Required arguments cannot be left out.
	Required bool
	// Terminal says that only a terminal asks for it.
	Terminal bool
	// Named arguments are given by name at a terminal, "--size 768x512", in any
	// place.
	Named bool
	// Longest is how many characters it may have where people fill in a form; 0
	// for any number.
	Longest int
	// Choices are all that it may be; nil for anything of its kind.
	Choices []string
}

// ArgumentKind is what sort of thing an argument is.
type ArgumentKind int

// The kinds of arguments.
const (
	// Text is any text of several words.
	Text ArgumentKind = iota
	// Word is a word, or several, of the prompt that is spoken of.
	Word
	// Number is a number, Count a whole number from 1.
	Number
	Count
	// TurnID is the number of a turn.
	TurnID
	// Setting is the name of a hyper-parameter, Value what it is set to.
	Setting
	Value
	// Size is the size of a picture, "768x512".
	Size
	// ModelName is what a model is called.
	ModelName
	// Code is one of /share.
	Code
	// Path is a file: its name at a terminal, an upload elsewhere.
	Path
)

// Phrase reports whether an argument of the kind may be of several words.
func (k ArgumentKind) Phrase() bool { return k == Text || k == Word || k == Value || k == Path }

// Named returns the command with that name, or other name.
func Named(commands []Command, name string) (Command, bool) {
	for _, c := range commands {
		if c.Name == name || slices.Contains(c.Also, name) {
			return c, true
		}
	}
	return Command{}, false
}

// File is the name of the argument that is a file; empty for none.
func (c Command) File() string {
	for _, a := range c.Arguments {
		if a.Kind == Path {
			return a.Name
		}
	}
	return ""
}

// Usage is the command as it is typed, "/weight word factor". What can be left
// out stands in brackets.
func (c Command) Usage() string {
	parts := []string{"/" + c.Name}
	for _, a := range c.Arguments {
		name := a.Name
		switch {
		case len(a.Choices) == 1:
			name = a.Choices[0]
		case a.Kind == Count, a.Kind == TurnID:
			name = "n"
		case a.Named:
			name = "--" + name + " …"
		}
		if !a.Required {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, " ")
}

// An Input is a command as somebody gave it.
type Input struct {
	Request
	// File returns what is in the command's file; nil for a command without one.
	File func(context.Context) ([]byte, error)

	values  map[string]string
	numbers map[string]float64
}

// Read checks the arguments of a command, by name, and makes its input. The
// error is a [*Problem].
func (c Command) Read(r Request, values map[string]string) (Input, error) {
	in := Input{Request: r, values: values, numbers: map[string]float64{}}
	for _, a := range c.Arguments {
		value := values[a.Name]
		switch {
		case value == "" && a.Required:
			return in, Problemf(Invalid, "%s: %s", c.Ask, c.Example)
		case value == "":
		case a.Choices != nil && a.Named && !slices.Contains(a.Choices, value):
			return in, Problemf(Invalid, "%s is %q: give %s", a.Name, value, strings.Join(a.Choices, ", "))
		case a.Choices != nil && !slices.Contains(a.Choices, value):
			return in, Problemf(Invalid, "%s: %s", c.Ask, c.Example)
		case a.Kind == Number:
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return in, Problemf(Invalid, "%q is not a number: %s", value, c.Example)
			}
			in.numbers[a.Name] = n
		case a.Kind == Count, a.Kind == TurnID:
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return in, Problemf(Invalid, "%q is not a number of turns: give 1, 2, 3 …", value)
			}
			in.numbers[a.Name] = float64(n)
		}
	}
	return in, nil
}

// given are those of the arguments with these names that were given.
func (in Input) given(names ...string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		if value := in.values[name]; value != "" {
			out[name] = value
		}
	}
	return out
}

// Text is the argument with that name as it was given; empty if it was not.
func (in Input) Text(name string) string { return in.values[name] }

// Number is the number with that name; 0 if it was not given.
func (in Input) Number(name string) float64 { return in.numbers[name] }

// Count is the whole number with that name; 1 if it was not given.
func (in Input) Count(name string) int {
	n, ok := in.numbers[name]
	if !ok {
		return 1
	}
	return int(n)
}
