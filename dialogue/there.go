package dialogue

import (
	"regexp"
	"strings"
)

// An edit may say where in the picture it is to act, as a part that has a name: "make
// it darker, only in the upper half". What else says a side, "a cat on the left" or
// "the left one", says what a thing is and not where an edit ends.

// What a part of a picture is called, and that it is the picture's.
const (
	sideWords    = `(?:the )?((?:upper|top|lower|bottom) (?:left|right)|(?:upper|top|lower|bottom|left|right|middle|centre|center))(?:-hand| hand)?`
	partWords    = `(half|side|part|corner|third|area|quarter)`
	pictureWords = `(?: of (?:it|(?:the|this|my) (?:picture|image|photo|photograph|drawing)))`
)

// placedEdits are the ways to say where an edit is to act, with the edit and the words
// of the part in groups.
func placedEdits() []*regexp.Regexp {
	const side = sideWords + `(?: ` + partWords + `)?`
	return compiled(
		`(?P<edit>.+?),? (?:but )?(?:only|just) (?:on|in|at|inside|within) `+side+pictureWords+`?`,
		`(?P<edit>.+?),? (?:on|in|at|inside|within) `+side+pictureWords+`(?: only)?`,
		`(?:only|just) (?:on|in|at|inside|within) `+side+pictureWords+`?,? (?P<edit>.+)`,
		`(?:on|in|at|inside|within) `+side+pictureWords+`(?: only)?,? (?P<edit>.+)`,
	)
}

// compiled are patterns of whole utterances in any case, with or without a full stop.
func compiled(patterns ...string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, p := range patterns {
		out = append(out, regexp.MustCompile(`(?i)^`+p+`[.!]*$`))
	}
	return out
}

// A partRule is a wording in which a part of the picture is what is spoken of. The
// words of the part, and of an edit, are in groups of the patterns.
type partRule struct {
	wordings []*regexp.Regexp
	// plan makes a plan of the part and the words of the edit; nil if that makes none.
	plan func(p *Planner, part, edit string, talk Conversation) *Plan
	// again says that the plan is to do the last edit again, elsewhere.
	again bool
}

// partRules are those wordings.
func partRules() []partRule {
	const (
		part    = sideWords + ` ` + partWords + pictureWords + `?`
		anyPart = sideWords + `(?: ` + partWords + `)?` + pictureWords + `?`
		please  = `(?: please|,? from now on|,? from here on|,? again)?`
		mask    = `(?:the |that |its )?(?:mask|area|region|selection|place)`
		bit     = `(?:a bit |a little |slightly |much |even |some |somewhat )?`
		whole   = `(?:the whole|all of the|the entire|the full) (?:picture|image|photo|drawing|thing)`
	)
	// The rest after a part that is the subject does not tell whose side it is.
	const rest = `(?P<edit>(?:[^o]|o[^f]|of[^ ]).*)`
	bound := func(_ *Planner, part, _ string, _ Conversation) *Plan {
		return &Plan{Action: Bound, Region: part, Label: "only " + part}
	}
	remask := func(how string) func(*Planner, string, string, Conversation) *Plan {
		return func(_ *Planner, _, _ string, talk Conversation) *Plan { return remasked(how, talk) }
	}
	return []partRule{
		{compiled(
			`(?:make|turn|paint|colou?r|tint|get) `+part+` `+rest,
			part+` (?:should|must|could|has to|needs to|ought to) (?:be|become|look|turn) `+rest,
			`(?:i want|i'd like|i would like|let) `+part+` (?:to be |to become |be |become )?`+rest,
		), func(p *Planner, part, edit string, talk Conversation) *Plan {
			return p.planIn(part, "make it "+edit, talk)
		}, false},
		{compiled(
			`(?P<edit>darken|brighten|lighten|blur|sharpen) ` + part,
		), func(p *Planner, part, edit string, talk Conversation) *Plan {
			return p.planIn(part, edit+" it", talk)
		}, false},
		{compiled(
			`(?:no,? |but |please )?(?:only|just) (?:on|in|at|inside|within|for) `+anyPart+please,
			`(?:no,? |but |please )?(?:only|just) `+part+please,
			`(?:do|try|make) (?:it|that|this) (?:only|just) (?:on|in|at|inside|within|for) `+anyPart+please,
			`(?:in|on) `+part+` only`+please,
		), func(_ *Planner, part, _ string, talk Conversation) *Plan { return redoneIn(part, talk) }, true},
		{compiled(
			`(?:no,? |but )?not (?:on|in|at) `+anyPart+please,
			`(?:no,? |but )?without `+part+please,
		), func(_ *Planner, part, _ string, talk Conversation) *Plan { return redoneIn(opposite(part), talk) }, true},
		{compiled(
			`(?:from now on|from here on),? (?:only |just |edit |change |work )*(?:(?:on|in|at|inside|within) )?`+anyPart,
			`(?:only |just )(?:edit|change|touch|work on|work in|work at) `+part+please,
			`(?:edit|change|touch|work) (?:only|just) (?:(?:on|in|at|inside|within) )?`+part+please,
			`(?:keep to|stick to|stay in|stay on|stay within|stay inside|limit (?:it|yourself|edits|changes|everything) to) `+part+please,
		), bound, false},
		{compiled(
			`(?:do not|don't|don’t|never|please don't|please do not) (?:touch|change|edit|alter) `+part+please,
			`(?:leave|keep) `+part+` (?:alone|as it is|untouched|unchanged|as is)`+please,
		), func(p *Planner, part, _ string, talk Conversation) *Plan {
			if part = opposite(part); part == "" {
				return nil
			}
			return bound(p, part, "", talk)
		}, false},
		{compiled(
			`(?:back to|use|edit|work on|work in) `+whole+please,
			`everywhere(?: again)?`+please,
			`(?:forget|clear|drop|remove|lift|reset|cancel|no) (?:the |that |my )?(?:region|area|mask|bounds|selection)`+please,
			`(?:no|without a) region(?: any ?more)?`,
		), func(_ *Planner, _, _ string, _ Conversation) *Plan {
			return &Plan{Action: Bound, Region: "off", Label: "the whole picture"}
		}, false},
		{compiled(
			`(?:make )?`+mask+` (?:should be )?`+bit+`(?:larger|bigger|wider|broader)`+please,
			`(?:grow|widen|enlarge|extend|expand) `+mask+please,
			bit+`(?:a )?(?:larger|bigger|wider) (?:mask|area|region|selection)`+please,
		), remask("grow"), true},
		{compiled(
			`(?:make )?`+mask+` (?:should be )?`+bit+`(?:smaller|tighter|narrower)`+please,
			`(?:shrink|narrow|tighten|reduce) `+mask+please,
			bit+`(?:a )?(?:smaller|tighter|narrower) (?:mask|area|region|selection)`+please,
		), remask("shrink"), true},
		{moves(mask, bit, please, `left`), remask("left"), true},
		{moves(mask, bit, please, `right`), remask("right"), true},
		{moves(mask, bit, please, `(?:up|upwards?)`), remask("up"), true},
		{moves(mask, bit, please, `(?:down|downwards?)`), remask("down"), true},
	}
}

// moves are the wordings that move what an edit may change one way.
func moves(mask, bit, please, way string) []*regexp.Regexp {
	return compiled(
		`(?:move|shift|push) `+mask+` `+bit+`(?:more |further |farther )?(?:to the )?`+way+please,
		bit+`(?:more|further|farther) (?:to the |to )?`+way+please,
	)
}

// opposite is the other half of a picture; empty for what is no half.
func opposite(part string) string {
	return map[string]string{"left": "right", "right": "left", "upper": "lower", "lower": "upper"}[part]
}

// planIn plans an edit in a part of the picture; nil where the words are none.
func (p *Planner) planIn(part, edit string, talk Conversation) *Plan {
	reply := p.planEnglish(edit, talk)
	if reply.Plan == nil || reply.Plan.Action != Edit || reply.Plan.Back > 0 {
		return nil
	}
	reply.Plan.Region = part
	reply.Plan.Label += " (" + part + ")"
	return reply.Plan
}

// redoneIn has the last edit done again, in a part of the picture; nil where there is
// no edit.
func redoneIn(part string, talk Conversation) *Plan {
	if part == "" || !talk.edited() {
		return nil
	}
	last := talk.Turns[len(talk.Turns)-1].Plan
	again := *last
	again.Back, again.Region, again.Undone = 1, part, nil
	again.Label = strings.TrimSuffix(last.Label, " ("+last.Region+")") + " (" + part + ")"
	again.Reason = "the same, there"
	return &again
}

// edited reports whether the head is an edit of a picture.
func (talk Conversation) edited() bool {
	n := len(talk.Turns)
	return n > 1 && talk.Turns[n-1].Plan != nil && talk.Turns[n-1].Plan.Action == Edit
}

// remasked has the last edit drawn in another place; nil where there is no edit.
func remasked(how string, talk Conversation) *Plan {
	if !talk.edited() {
		return nil
	}
	return &Plan{Action: Remask, Region: how, Label: "mask: " + how}
}

// planPart answers an utterance in which a part of the picture is what is spoken of.
func (p *Planner) planPart(utterance string, talk Conversation) (Reply, bool) {
	utterance = strings.TrimSpace(utterance)
	for _, rule := range p.parts {
		for _, wording := range rule.wordings {
			groups := wording.FindStringSubmatch(utterance)
			if groups == nil {
				continue
			}
			part, edit := spokenPart(wording, groups)
			if plan := rule.plan(p, part, edit, talk); plan != nil {
				return Reply{Plan: plan}, true
			}
			if rule.again && !talk.edited() {
				return Reply{Question: &Question{Kind: NothingToDo, Text: "This picture was not edited yet, so there is no edit to draw elsewhere. Say what should change, and where: “make it night, only on the left”."}}, true
			}
		}
	}
	return Reply{}, false
}

// spokenPart reads the groups of a wording: the part of the picture, if it has one, and
// the words of the edit, if it has some.
func spokenPart(wording *regexp.Regexp, groups []string) (part, edit string) {
	var said []string
	for i, name := range wording.SubexpNames()[1:] {
		if name == "edit" {
			edit = groups[i+1]
			continue
		}
		said = append(said, strings.ToLower(groups[i+1]))
	}
	if len(said) < 2 {
		return "", edit
	}
	return partOf(said[0], said[1]), edit
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
		part, edit := spokenPart(placed, groups)
		return edit, part, true
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
	if reply, ok := p.planPart(utterance, talk); ok {
		return reply, true
	}
	edit, part, ok := p.onlyThere(utterance)
	if !ok {
		return Reply{}, false
	}
	plan := p.planIn(part, edit, talk)
	return Reply{Plan: plan}, plan != nil
}
