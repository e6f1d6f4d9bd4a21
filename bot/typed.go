package bot

import (
	"slices"
	"strings"
)

// Typed divides what was typed after the command into its arguments, by name. The
// one that may be a phrase takes all words that the others leave. Where there are
// two such, phrases stand in quotes. The error is a [*Problem].
func (c Command) Typed(text string) (map[string]string, error) {
	values, text := c.named(strings.TrimSpace(text))
	arguments := slices.DeleteFunc(slices.Clone(c.Arguments), func(a Argument) bool { return a.Named })
	if len(arguments) == 0 || text == "" {
		return values, nil
	}
	if len(arguments) == 1 && arguments[0].Kind == Path {
		values[arguments[0].Name] = unquote(text)
		return values, nil
	}
	if arguments[0].Kind == Path {
		path, words := cutPath(text)
		values[arguments[0].Name], values[arguments[1].Name] = unquote(path), words
		return values, nil
	}
	if len(arguments) == 1 && arguments[0].Kind.Phrase() {
		values[arguments[0].Name] = text // quotes and all
		return values, nil
	}
	if arguments[0].Kind == Setting {
		text = strings.ReplaceAll(text, "=", " ")
	}
	words := Fields(text)
	surplus := max(0, len(words)-len(arguments))
	if phrases := phrases(arguments); surplus > 0 && phrases != 1 {
		return nil, Problemf(Invalid, "%s: %s", c.Ask, c.Example)
	}
	for _, a := range arguments {
		n := 1
		if a.Kind.Phrase() {
			n += surplus
		}
		n = min(n, len(words))
		values[a.Name] = strings.Join(words[:n], " ")
		words = words[n:]
	}
	return values, nil
}

// named takes the arguments out of text that are given by name, "--size 768x512".
// One of several words reaches to the next such argument, or stands in quotes.
func (c Command) named(text string) (values map[string]string, rest string) {
	values, rest = map[string]string{}, text
	for _, a := range c.Arguments {
		if !a.Named {
			continue
		}
		flag := "--" + a.Name
		before, after, found := cutWord(rest, flag)
		if !found {
			continue
		}
		after = strings.TrimLeft(after, " =")
		value, left := after, ""
		switch {
		case strings.HasPrefix(after, `"`):
			value, left, _ = strings.Cut(after[1:], `"`)
		case !a.Kind.Phrase():
			value, left, _ = strings.Cut(after, " ")
		default:
			if at := strings.Index(after, " --"); at >= 0 {
				value, left = after[:at], after[at:]
			}
		}
		values[a.Name] = strings.TrimSpace(value)
		rest = strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(left))
	}
	return values, rest
}

// cutWord cuts text around the first place where a word stands, alone or before "=".
func cutWord(text, word string) (before, after string, found bool) {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return text, "", false
		}
		begin, end := at+i, at+i+len(word)
		if (begin == 0 || text[begin-1] == ' ') && (end == len(text) || text[end] == ' ' || text[end] == '=') {
			return text[:begin], text[end:], true
		}
		at = end
	}
}

// phrases counts the arguments that may be of several words.
func phrases(arguments []Argument) int {
	n := 0
	for _, a := range arguments {
		if a.Kind.Phrase() && a.Choices == nil {
			n++
		}
	}
	return n
}

// Fields are the words of text; what is in double quotes is one. A quote that is
// not closed reaches to the end.
func Fields(text string) []string {
	var out []string
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 0 {
			out = append(out, strings.Fields(part)...)
		} else if part != "" {
			out = append(out, part)
		}
	}
	return out
}

// cutPath cuts text after the path that it begins with, as for a shell: in quotes, or
// up to a space without a backslash before it.
func cutPath(text string) (path, words string) {
	if text[0] == '"' || text[0] == '\'' {
		if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
			return text[:end+2], strings.TrimSpace(text[end+2:])
		}
		return text, ""
	}
	for i := range text {
		if text[i] == ' ' && text[i-1] != '\\' {
			return text[:i], strings.TrimSpace(text[i:])
		}
	}
	return text, ""
}

// unquote is a path as it is meant that is typed as for a shell, as terminals
// paste it: in quotes, or with a backslash before a space. A quote that is not
// closed reaches to the end.
func unquote(path string) string {
	if path != "" && (path[0] == '"' || path[0] == '\'') {
		return strings.TrimSuffix(strings.TrimSpace(path[1:]), path[:1])
	}
	return strings.ReplaceAll(path, `\ `, " ")
}
