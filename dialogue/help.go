package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/english"
)

// beyondRule recognises requests that are understood but cannot be done by
// editing attention.
type beyondRule struct {
	pattern english.Pattern
	answer  string
}

// beyondRules are the requests that cannot be carried out, with what is said
// about them.
func beyondRules() []beyondRule {
	const image = "[the|this|it|that|my] [image|picture|photo|it|face|whole thing|portrait]"
	list := []struct{ pattern, answer string }{
		{"[no] (crop|trim|resize|rescale|scale|upscale|enlarge|zoom|zoom in|zoom out|zoom into|pan|rotate|tilt|flip|mirror|turn around|straighten|cut off|stretch|shrink|widen) " + image, cannotTurn},
		{"[no] (crop|trim|resize|rescale|upscale|rotate|flip|mirror|tilt|zoom|zoom in|zoom out|pan) <x>", cannotTurn},
		{"(make|turn|move|rotate|tilt) [it|this|the image|the picture|the photo] (by <n> degrees|upside down|sideways|clockwise|counterclockwise|wider|higher resolution|high resolution|hd|4k|landscape format|portrait format)", cannotTurn},
		{"(make|get) " + image + " (better|nicer|good|perfect|prettier|awesome|amazing|cooler|more interesting|look better|look nicer|look good|pop)", "I cannot tell what would be better. Say what should change."},
		{"(improve|enhance|fix|beautify|perfect|retouch|clean up|polish) " + image, "I cannot tell what would be better. Say what should change."},
		{"(surprise me|do something|do something else|something else|change something|change it|edit it|do whatever you want|you choose|you decide|anything|whatever)", "I need to know what to draw, or what to change."},
		{"(sharpen|blur|deblur|denoise|brighten|darken) <x>", cannotFilter},
		{"(increase|decrease|reduce|raise|lower|adjust|change|boost|up|turn up|turn down) [the] (contrast|brightness|saturation|sharpness|exposure|gamma|hue|opacity|resolution|quality|size) [of <x>|by <x>]", cannotFilter},
		{"(move|shift|drag|slide|push) <x> (to the left|to the right|left|right|up|down|higher|lower|closer|away|further away|to the center|to the middle)", "I cannot move things about: I change what the picture shows."},
		{"(save|download|export|print|send|share|upload|delete|email|post) " + image, "That is a command, not an edit: see /help."},
		{"(write|type|spell|engrave) <x>", cannotWrite},
		{"(add|put|place|insert|make|draw|show|include) [the|a|an|some|my|your|our] (text|words|caption|title|name|letters|watermark|signature|logo|writing|slogan|headline|label|speech bubble|subtitle) [<x>]", cannotWrite},
		{"(sign|label|caption|watermark|autograph) " + image, cannotWrite},
		{"[can you|please] (upload|use|take|load|open|import|edit|look at|see|attach|include|work with) (my|this|the attached|an attached|our|his|her) (photo|picture of me|selfie|file|image file|own picture|own photo|attachment|link|url|face|photograph)", "I cannot take in pictures of yours: I draw from words. Describe what it shows."},
		{"(upload|attach|import) <x>", "I cannot take in pictures of yours: I draw from words. Describe what it shows."},
		{"(make|create|render|produce|draw|give me|show me|generate) [me|us] (a|an|some) (video|animation|gif|film|movie|clip|slideshow) (of|out of|from|in which|where|that|so that) <x>", "I draw single pictures, which do not move. A film of all turns is made by a command: see /help."},
		{"(make|create|turn|render|produce|draw|give me|show me|generate|animate) [it|this|that|me|her|him] [into|to|as] [a|an|some] (video|animation|gif|film|movie|clip|3d model|3d print|slideshow|move|moving|animated) [of|out of|from] [it|this|that|them|the picture|the pictures|all turns|this picture]", "I draw single pictures, which do not move. A film of all turns is made by a command: see /help."},
		{"animate <x>", "I draw single pictures, which do not move. A film of all turns is made by a command: see /help."},
		{"[draw|show|make|give|paint] [me] (two|three|four|five|six|several|multiple|some|many|more|<n>) (pictures|images|versions|variants|variations|photos|options|alternatives) [<x>]", "I draw one picture at a time. Say \"redraw\" for the same with another seed."},
		{"[make|set|change|render|draw] [it|this|the picture|the image|the size] [to|in|at|into] <size> [pixels|px|please]", ""},
		{"[in] [a|an] (higher|high|better|larger|bigger|full|lower|low|smaller) (resolution|res|size|format|quality)", cannotSize},
		{"[make|in|as] [it|this] [in|as] [a|an] (landscape|portrait|wide|widescreen|square|vertical|horizontal) (format|orientation|aspect ratio|mode)", cannotSize},
		{"(remove|cut out|erase|delete|make) [the|its] background (transparent|see through)", "I cannot cut anything out of a picture: something is always behind it. Say what should be there, such as \"on a white background\"."},
		{"(upscale|compress|vectorize|export|copy|paste|merge|overlay) <x>", "I cannot work on the file: I change what the picture shows."},
		{"(search for|google|browse|look up|order|buy|remind|translate|calculate|tell me a joke|tell a joke) [<x>]", "I draw pictures and nothing else. Describe one."},
	}
	rules := make([]beyondRule, len(list))
	for i, b := range list {
		rules[i] = beyondRule{english.Compile(b.pattern), b.answer}
	}
	return rules
}

// beyondWord recognises requests by one word that gives them away, wherever
// it stands.
func beyondWord(tokens english.Words) string {
	for i, t := range tokens {
		switch t.Lower {
		case "brightness", "contrast", "saturation", "opacity", "sharpness", "exposure", "gamma":
			return cannotFilter
		case "rotate", "crop", "flip", "zoom", "clockwise", "anticlockwise", "counterclockwise":
			if i < 4 || t.Lower != "flip" {
				return cannotTurn
			}
		case "degree", "degrees":
			if i > 0 && !english.Closed(tokens[i-1].Lower) {
				return cannotTurn
			}
		}
	}
	return ""
}

const (
	cannotWrite  = "I cannot write into a picture: what looks like letters comes out as scribble."
	cannotSize   = "A picture keeps its size and shape. For a new one name a size before, such as \"use size 768x512\", if the model draws in other sizes than its own."
	cannotTurn   = "I cannot crop, resize, rotate or flip: I change what the picture shows."
	cannotFilter = "I cannot filter pixels, but I can change the light that the picture describes."
)

// outOfScope answers what editing attention cannot do.
func (p *Planner) outOfScope(tokens english.Words, talk Conversation) *Question {
	if answer := beyondWord(tokens); answer != "" {
		return &Question{Kind: OutOfScope, Text: answer, Choices: examples(p.suggestions(talk))}
	}
	if q := p.impossible(tokens, talk); q != nil {
		return q
	}
	return nil
}

// cannot answers what as a whole asks for something that is not done, whatever is
// shown.
func (p *Planner) cannot(h hearing, talk Conversation) (Reply, bool) {
	if len(p.en.Clauses(h.spoken)) != 1 {
		return Reply{}, false
	}
	q := p.impossible(h.spoken.TrimMarks(), talk)
	return Reply{Question: q}, q != nil
}

// impossible answers what the rules know to be impossible.
func (p *Planner) impossible(tokens english.Words, talk Conversation) *Question {
	for _, b := range p.beyond {
		answer := b.answer
		if b.pattern.Match(tokens, func(m english.Match) bool {
			if size, ok := m["size"]; ok {
				answer = cannotSize
				return isSize(size.Lower())
			}
			return true
		}) {
			return &Question{Kind: OutOfScope, Text: answer, Choices: examples(p.suggestionsOrNone(talk))}
		}
	}
	return nil
}

// notUnderstood says what can be said.
func (p *Planner) notUnderstood(tokens english.Words, talk Conversation) *Question {
	text := shortText(tokens)
	return &Question{
		Kind:    NotUnderstood,
		Text:    fmt.Sprintf("I did not understand %q. You can change, add, remove, strengthen or weaken what the picture shows, or undo.", text),
		Choices: examples(p.suggestions(talk)),
	}
}

// examples fills up suggestions to a few utterances that can always be said.
func examples(own []string) []string {
	if len(own) > 0 {
		return own
	}
	return []string{"a woman's face with blond hair", "a river between mountains at sunset"}
}

// suggestions are edits that fit the picture at hand.
func (p *Planner) suggestions(talk Conversation) []string {
	if len(talk.Turns) == 0 {
		return nil
	}
	e := p.newEdit(talk)
	q := e.caption.Parse()
	var out []string
	for _, n := range q.Nouns {
		for i := n.Start; i < n.Head && len(out) < 2; i++ {
			if p.en.IsColour(q.Words[i].Lower) {
				other := "red"
				if q.Words[i].Lower == "red" {
					other = "blue"
				}
				out = append(out, "make the "+q.Words[n.Head].Lower+" "+other)
			}
		}
	}
	if _, ok := e.caption.Person(q); ok {
		out = append(out, "add glasses")
	} else {
		out = append(out, "at sunset")
	}
	if len(talk.Turns) > 1 {
		out = append(out, "undo")
	}
	return slices.Compact(out)
}

// isSize tells whether a text is a size in pixels or a format: "512x512", "16:9",
// "4k".
func isSize(text string) bool {
	text = strings.ReplaceAll(text, " ", "")
	for _, cross := range []string{"x", "×", "*", ":", "by"} {
		if a, b, ok := strings.Cut(text, cross); ok && digits(a) && digits(b) {
			return true
		}
	}
	return english.List("4k 8k 2k hd uhd 1080p 720p").Has(text)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
