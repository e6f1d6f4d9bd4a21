package main

import "strings"

// A span is text of one style.
type span struct {
	text               string
	bold, italic, code bool
}

// A line is one of a message; a small one is less important.
type line struct {
	spans []span
	small bool
}

// parse reads the part of Discord's Markdown that the bot writes: **bold**,
// *italic*, `code`, -# for a small line, and the backslash.
func parse(text string) []line {
	var out []line
	for one := range strings.SplitSeq(text, "\n") {
		rest, small := strings.CutPrefix(one, "-# ")
		out = append(out, line{spans: parseSpans(rest), small: small})
	}
	return out
}

func parseSpans(text string) []span {
	var out []span
	var now span
	end := func() {
		if now.text != "" {
			out = append(out, now)
			now.text = ""
		}
	}
	for len(text) > 0 {
		switch {
		case now.code && text[0] != '`':
			now.text += text[:1]
			text = text[1:]
		case text[0] == '`':
			end()
			now.code = !now.code
			text = text[1:]
		case text[0] == '\\' && len(text) > 1:
			now.text += text[1:2]
			text = text[2:]
		case strings.HasPrefix(text, "**"):
			end()
			now.bold = !now.bold
			text = text[2:]
		case text[0] == '*':
			end()
			now.italic = !now.italic
			text = text[1:]
		case strings.HasPrefix(text, "\u200b"):
			text = text[len("\u200b"):]
		default:
			now.text += text[:1]
			text = text[1:]
		}
	}
	end()
	return out
}
