package dialogue

import (
	"fmt"
	"strconv"
	"strings"

	"pentimento/dialogue/english"
	"pentimento/recipe"
)

// settingRule is a sentence that changes a setting; name and v are its gaps,
// unless the rule itself says which setting and value.
type settingRule struct {
	pattern     english.Pattern
	name, value string
}

// settingRules are the wordings of a change of settings.
func settingRules() []settingRule {
	const name = "(name=seed|number of steps|steps|guidance scale|guidance|preset|scheduler|sampler|start|size|resolution|picture size|image size|negative prompt|negative|cross replace steps|cross|self replace steps|self|value replace steps|value|threshold|k)"
	const first = "[the|my|our] (original|first|very first|initial|last|previous|source|old|before|one before) [picture|image|one|version|face|photo|turn|drawing]"
	const edits = "[it|this|that|them|things|everything|edits|the edits|the picture|pictures|the image|the next one|the next edit]"
	list := []struct{ pattern, name, value string }{
		{"[set|change|use|make|put|with|switch|let] [the|your|a] " + name + " [to|=|:|of|at|as|be] <v>", "", ""},
		{"(use|with|try|do|take|make it) <v> (name=steps)", "", ""},
		{"(use|try|take|switch to|draw with|go back to) [the] model <v>", "model", ""},
		{"(use|try|take|switch to|draw with|go back to) [the] <v> model", "model", ""},
		{"[use|with|try|switch to|apply] [the] <v> (name=preset|settings|scheduler|sampler)", "", ""},
		{"(use|switch to|draw with) [the] <v>", "scheduler", ""},
		{"[use|make it|make them|draw it|draw|draw them|set it to|make the picture|make pictures] [in|at] <v> [pixels]", "size", ""},
		{"[use|with|try|give me] [a|the] (random|new|different|another|other) seed [next time]", "seed", "auto"},
		{"(choose|pick|let you choose) the preset [yourself]", "preset", "auto"},
		{"[keep|stay|make|leave|draw|let|have|be|i want|try to stay|try to keep|stick] " + edits + " [stay|be|to be|to stay|look] [a bit|a little|much|even] (closer|nearer|more similar|more faithful|truer) to " + first, "start", closer},
		{"[please] (keep|leave|preserve|take over) [a bit|a little|much|even] more of " + first, "start", closer},
		{"(change|alter|edit) " + edits + " [a bit|a little|much|even] less [from now on|next time]", "start", closer},
		{"[change|alter|edit|draw|be|do|let it|let it be|let it change] " + edits + " [a bit|a little|much|even] (more freely|freer|more loosely|with more freedom|more free) [from now on|next time]", "start", freer},
		{"[keep|stay|make|leave|be] " + edits + " [a bit|a little|much|even] (less close|further away|farther away|further|farther) (to|from) " + first, "start", freer},
	}
	rules := make([]settingRule, len(list))
	for i, s := range list {
		rules[i] = settingRule{english.Compile(s.pattern), s.name, s.value}
	}
	return rules
}

// How much of the steps an edit leaves to its source where it is to stay closer to
// it, or to change it more freely.
const (
	closer = "0.5"
	freer  = "0"
)

// setting plans a change of the conversation's settings: "use seed 7", "set the
// guidance to 5", "switch to the cl preset". What is no proper value is no setting
// either, but may be an edit.
func (p *Planner) setting(h hearing, talk Conversation) (Reply, bool) {
	for _, s := range p.unset {
		if s.pattern.Match(h.spoken, func(english.Match) bool { return true }) {
			return Reply{Question: &Question{Kind: Clarify, Text: s.text, Choices: s.choices}}, true
		}
	}
	var plan *Plan
	for _, s := range p.settings {
		if s.pattern.Match(h.spoken, func(m english.Match) bool {
			name, value := s.name, s.value
			if name == "" {
				name = canonicalSetting(m.Text("name"))
			}
			if value == "" {
				value = m.Text("v")
			}
			value, ok := settingValue(name, value)
			if name == "model" {
				value, ok = modelSaid(value, talk)
			}
			if !ok {
				return false
			}
			plan = &Plan{Action: Set, Settings: map[string]string{name: value}, Label: name + " " + value, Reason: "set " + name}
			return true
		}) {
			return Reply{Plan: plan}, true
		}
	}
	return Reply{}, false
}

// modelSaid finds the model that was named.
func modelSaid(value string, talk Conversation) (name string, ok bool) {
	if value == "auto" || value == "default" {
		return "auto", true
	}
	for _, name := range talk.Models {
		if strings.EqualFold(name, value) {
			return name, true
		}
	}
	return "", false
}

// canonicalSetting is the setting that people call so.
func canonicalSetting(said string) string {
	first := strings.Fields(said)[0]
	switch first {
	case "number":
		return "steps"
	case "threshold":
		return "k"
	case "settings":
		return "preset"
	case "sampler":
		return "scheduler"
	case "resolution", "picture", "image":
		return "size"
	}
	return first
}

// settingValue reads what a setting should become: "auto", a name, a size, a text
// or a number. ok tells whether the setting of that name takes it.
func settingValue(name, value string) (canonical string, ok bool) {
	switch {
	case value == "auto":
		return value, name != "steps" && name != "guidance"
	case name == "preset":
		return presetSaid(value)
	case name == "scheduler":
		return schedulerSaid(value)
	case name == "size":
		width, height, ok := recipe.ParseSize(strings.ReplaceAll(value, " by ", "x"))
		return fmt.Sprintf("%dx%d", width, height), ok && width > 0 && height > 0
	case name == "negative":
		return value, value != ""
	}
	f, err := strconv.ParseFloat(value, 64)
	return value, err == nil && f >= 0 && f < 1<<53 && len(value) < 20
}

// schedulerSaid finds the scheduler that was named: "euler", "Euler ancestral",
// "DPM++ 2M".
func schedulerSaid(value string) (string, bool) {
	switch strings.NewReplacer("-", "", " ", "", "_", "", "+", "p").Replace(strings.ToLower(value)) {
	case "ddim":
		return recipe.DDIM, true
	case "dpmpp2m", "dpmpp", "dpmsolver", "dpmsolverpp":
		return recipe.DPMSolver, true
	case "euler":
		return recipe.Euler, true
	case "eulera", "eulerancestral":
		return recipe.EulerAncestral, true
	case "lcm":
		return recipe.LCM, true
	}
	return "", false
}

// presetSaid finds the preset that was named, with or without its hyphen:
// "re-weight", "re weight", "reweight".
func presetSaid(value string) (string, bool) {
	joined := strings.NewReplacer("-", "", " ", "")
	for _, name := range recipe.PresetNames() {
		if joined.Replace(name) == joined.Replace(value) {
			return name, true
		}
	}
	return "", false
}

// An unsetRule is a wish about settings that names no value.
type unsetRule struct {
	pattern english.Pattern
	text    string
	choices []string
}

// unsetRules are wishes about settings that name no value, and what is said to
// them.
func unsetRules() []unsetRule {
	list := []struct {
		pattern, text string
		choices       []string
	}{
		{"[use|keep|with|take|set|draw it with] [the|that|this|my] [same|old|current|this] seed [again|as before|please|for the next one|for all]", "An edit keeps the seed of its picture by itself. For new pictures, name it.", []string{"use seed 7", "use a random seed"}},
		{"[use|do|take|with|try|make|add|give it|set] [a|a few|some|the|much] (more|fewer|less|many|higher|lower|additional) (steps|step|number of steps|steps count)", "How many steps?", []string{"use 20 steps", "use 30 steps", "use 50 steps"}},
		{"(increase|decrease|reduce|raise|lower|change|set) [the] (steps|number of steps|step count)", "How many steps?", []string{"use 20 steps", "use 30 steps", "use 50 steps"}},
		{"[use|with|set] [a|more|less] (higher|lower|more|less|stronger|weaker) (guidance|guidance scale|cfg|cfg scale)", "How much guidance?", []string{"set the guidance to 3", "set the guidance to 5", "set the guidance to 8"}},
		{"(increase|decrease|reduce|raise|lower|change|set) [the] (guidance|guidance scale|cfg|cfg scale)", "How much guidance?", []string{"set the guidance to 3", "set the guidance to 5", "set the guidance to 8"}},
		{"(draw faster|draw quicker|be faster|be quicker|speed up|speed it up|hurry up)", "Fewer steps are faster. How many?", []string{"use 10 steps", "use 20 steps"}},
	}
	rules := make([]unsetRule, len(list))
	for i, l := range list {
		rules[i] = unsetRule{english.Compile(l.pattern), l.text, l.choices}
	}
	return rules
}
