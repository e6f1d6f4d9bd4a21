package dialogue

import (
	"regexp"
	"strings"
)

// An edit may say where in the picture it is to act, as a part that has a name: "make
// it darker, only in the upper half". What else says a side, "a cat on the left" or
// "the left one", says what a thing is and not where an edit ends.

// placedEdits are the ways to say where an edit is to act, with the edit and the words
// of the part in groups.
func placedEdits() []*regexp.Regexp {
	const (
		side    = `(?:the )?((?:upper|top|lower|bottom) (?:left|right)|(?:upper|top|lower|bottom|left|right|middle|centre|center))(?:-hand| hand)?(?: (half|side|part|corner|third|area))?`
		picture = `(?: of (?:it|(?:the|this|my) (?:picture|image|photo|photograph|drawing)))`
	)
	return []*regexp.Regexp{
		regexp.MustCompile(`(?i)^(?P<edit>.+?),? (?:but )?(?:only|just) (?:on|in|at|inside|within) ` + side + picture + `?[.!]*$`),
		regexp.MustCompile(`(?i)^(?P<edit>.+?),? (?:on|in|at|inside|within) ` + side + picture + `(?: only)?[.!]*$`),
		regexp.MustCompile(`(?i)^(?:only|just) (?:on|in|at|inside|within) ` + side + picture + `?,? (?P<edit>.+)$`),
		regexp.MustCompile(`(?i)^(?:on|in|at|inside|within) ` + side + picture + `(?: only)?,? (?P<edit>.+)$`),
	}
}

// onlyThere divides an utterance into an edit and the part of the picture that it is
// for; ok is false if it names none.
func (p *Planner) onlyThere(utterance string) (edit, part string, ok bool) {
	utterance = strings.TrimSpace(utterance)
	for _, placed := range p.placed {
		groups := placed.FindStringSubmatch(utterance)
		if groups == nil {
			continue
		}
		var said []string
		for i, name := range placed.SubexpNames()[1:] {
			if name == "edit" {
				edit = groups[i+1]
				continue
			}
			said = append(said, strings.ToLower(groups[i+1]))
		}
		return edit, partOf(said[0], said[1]), true
	}
	return "", "", false
}

// partOf is what a part of a picture is called in a plan: "upper left", "lower third".
func partOf(side, what string) string {
	name := strings.NewReplacer("top", "upper", "bottom", "lower", "centre", "middle", "center", "middle").Replace(side)
	if what == "third" && !strings.Contains(name, " ") {
		return name + " third"
	}
	return name
}

// planThere plans an edit that names the part of the picture that it is for.
func (p *Planner) planThere(utterance string, talk Conversation) (Reply, bool) {
	if len(talk.Turns) == 0 {
		return Reply{}, false
	}
	edit, part, ok := p.onlyThere(utterance)
	if !ok {
		return Reply{}, false
	}
	reply := p.planEnglish(edit, talk)
	if reply.Plan == nil || reply.Plan.Action != Edit || reply.Plan.Back > 0 {
		return Reply{}, false
	}
	reply.Plan.Region = part
	reply.Plan.Label += " (" + part + ")"
	return reply, true
}
