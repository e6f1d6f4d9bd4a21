// Package config reads the settings file.
//
// Every setting is a flag, an environment variable (PENTIMENTO_…) and a line
// of the file that --config names: YAML whose keys are the flags' names, at
// the top for all commands or under a command's name for that one alone. The
// command line wins over the environment, the environment over the file.
//
// [Reader] gives the file to the command-line parser; nothing else in the
// program reads configuration.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"pentimento/files"
	"pentimento/files/yamlfile"
)

// maxBytes bounds a settings file.
const maxBytes = 1 << 20

// ErrSecret says that a settings file holds what belongs in the environment
// alone.
var ErrSecret = errors.New("secrets belong in the environment, not in the settings file")

// secrets are settings that are refused in the file.
func secrets() []string { return []string{"discord-token", "redis-password", "llm-key"} }

// Flag is a flag that names the settings file, as [kong.ConfigFlag] does.
type Flag string

// BeforeResolve reads the file. What is there and is no file is refused: a named
// pipe would be waited for.
func (Flag) BeforeResolve(parser *kong.Kong, ctx *kong.Context, trace *kong.Path) error {
	named, _ := ctx.FlagValue(trace.Flag).(Flag)
	path := kong.ExpandPath(string(named))
	if about, err := os.Stat(path); err == nil && !about.Mode().IsRegular() {
		return fmt.Errorf("read the settings: %s %w", path, files.ErrNotFile)
	}
	settings, err := parser.LoadConfig(path)
	if err == nil {
		ctx.AddResolver(settings)
	}
	return err
}

// Reader returns what reads a settings file for kong: pass it to
// [kong.Configuration]. The file says nothing about flags whose variable getenv
// has, since kong would believe the file.
func Reader(getenv func(string) string) kong.ConfigurationLoader {
	return func(r io.Reader) (kong.Resolver, error) {
		values, err := read(r)
		if err != nil {
			return nil, err
		}
		return &file{values, getenv}, nil
	}
}

// read reads a settings file of at most maxBytes.
func read(r io.Reader) (map[string]any, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("read the settings: the file is larger than %d bytes", maxBytes)
	}
	values := map[string]any{}
	if err := yamlfile.Unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	for _, name := range secrets() {
		if _, ok := values[name]; ok {
			return nil, fmt.Errorf("%s: %w", name, ErrSecret)
		}
	}
	return values, nil
}

// file resolves flags from the settings.
type file struct {
	values map[string]any
	getenv func(string) string
}

// Validate refuses keys that are not a flag of any command: a typing error that
// is passed over in silence is a setting that does nothing.
func (f *file) Validate(app *kong.Application) error {
	return check(app.Node, f.values, "")
}

// check walks the settings beside the commands.
func check(node *kong.Node, values map[string]any, where string) error {
	for name, value := range values {
		if child := command(node, name); child != nil {
			inner, ok := value.(map[string]any)
			if !ok {
				return fmt.Errorf("settings: %s%s must hold settings of that command", where, name)
			}
			if err := check(child, inner, where+name+"."); err != nil {
				return err
			}
			continue
		}
		if !hasFlag(node, name, where == "") {
			return fmt.Errorf("settings: there is no setting %s%s", where, name)
		}
	}
	return nil
}

func command(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// hasFlag reports whether a node, or with deep any command below it, has the
// flag.
func hasFlag(node *kong.Node, name string, deep bool) bool {
	for _, flag := range node.Flags {
		if flag.Name == name {
			return true
		}
	}
	for _, child := range node.Children {
		if deep && hasFlag(child, name, true) {
			return true
		}
	}
	return false
}

// Resolve finds a flag's value: under its command first, then at the top.
func (f *file) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if slices.ContainsFunc(flag.Envs, func(name string) bool { return f.getenv(name) != "" }) {
		return nil, nil
	}
	values := f.values
	for _, name := range commands(parent) {
		if inner, ok := values[name].(map[string]any); ok {
			values = inner
		}
	}
	if v, ok := values[flag.Name]; ok {
		return text(v, flag), nil
	}
	if v, ok := f.values[flag.Name]; ok {
		return text(v, flag), nil
	}
	return nil, nil
}

// commands are the names of the commands that lead to where a flag was found.
func commands(at *kong.Path) []string {
	if at == nil {
		return nil
	}
	var names []string
	for node := at.Node(); node != nil && node.Parent != nil; node = node.Parent {
		names = append(names, node.Name)
	}
	slices.Reverse(names)
	return names
}

// text gives a YAML scalar the form that kong parses; lists and maps become
// what a flag that is given several times gets.
func text(v any, flag *kong.Flag) any {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = fmt.Sprint(p)
		}
		return strings.Join(parts, string(flag.Tag.Sep))
	case map[string]any:
		var parts []string
		for k, p := range v {
			parts = append(parts, fmt.Sprintf("%s=%v", k, p))
		}
		return strings.Join(parts, string(flag.Tag.MapSep))
	default:
		return fmt.Sprint(v)
	}
}
