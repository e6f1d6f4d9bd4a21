package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// asked answers questions: about the picture, the program and its words. What is
// a question in form only ("can you make it red?") is none.
func (p *Planner) asked(h hearing, talk Conversation) (Reply, bool) {
	words := h.asked
	if len(words) == 0 || !p.isQuestion(words, talk) {
		return Reply{}, false
	}
	for _, q := range p.questions {
		var answer string
		if q.pattern.Match(words, func(m english.Match) bool {
			answer = q.answer(p, m, talk)
			return answer != ""
		}) {
			return Reply{Answer: answer}, true
		}
	}
	return Reply{Answer: p.cannotAnswer(words, talk)}, true
}

// askedFirst carries out a request that a question comes before: "where's the ball? I
// want it red". It is about what the question speaks of.
func (p *Planner) askedFirst(h hearing, talk Conversation) (Reply, bool) {
	end := slices.IndexFunc(h.words, func(t english.Token) bool { return t.Lower == "?" })
	if len(talk.Turns) == 0 || end < 2 || end+2 >= len(h.words) {
		return Reply{}, false
	}
	question, rest := p.en.Unfilled(h.words[:end]), p.en.Polite(h.words[end+1:])
	if len(question) == 0 || len(rest) < 2 || !p.isQuestion(question, talk) || p.isQuestion(rest, talk) || p.praises(rest, talk) || p.chats(rest) {
		return Reply{}, false
	}
	e := p.newEdit(talk)
	if n := slices.IndexFunc(question, func(t english.Token) bool { return t.Lower == "the" || english.ClassOf(t.Lower) == english.Possessive }); n >= 0 {
		if q, ok := e.en.Parse(question[n:]).Main(); ok && e.caption.Resolve(question[n:n+q.End]).Found {
			e.topic = question[n : n+q.End]
		}
	}
	h.words, h.spoken = e.onTopic(rest), e.onTopic(rest)
	return p.edit(h, talk)
}

// isQuestion tells whether words ask for an answer and not for a picture.
func (p *Planner) isQuestion(words english.Words, talk Conversation) bool {
	if p.requests(words) {
		return false
	}
	first := words[0].Lower
	second := ""
	if len(words) > 1 {
		second = words[1].Lower
	}
	switch {
	case first == "you" && len(words) > 3 && english.List("got have know do draw").Has(second) && english.List("any other more some").Has(words[2].Lower):
		return true
	case first == "would" && len(words) > 2 && english.List("that this it").Has(second) && english.List("work exist happen survive").Has(words[2].Lower):
		return true
	case questionWords.Has(first):
		return first != "which" || second != ""
	case questionVerbs.Has(first):
		return second != "" && second != "it" || first != "do" && first != "have" && second == "it"
	case first == "do" || first == "have":
		return english.List("you i we they people").Has(second)
	case first == "tell" || first == "explain" || first == "describe":
		return true
	}
	return p.asksWhetherItCan(words) || len(words) == 3 && words[1].Lower == "you" && (first == "can" || first == "could") || p.helping.Match(words, func(english.Match) bool { return true }) || p.showing.Match(words, func(english.Match) bool { return true })
}

const (
	questionWords english.List = "what what's whats who who's whos whose why when where where's wheres which how how's whom"
	questionVerbs english.List = "is are was were does did has isn't aren't wasn't doesn't didn't hasn't am"
)

// requests tells whether words in the form of a question ask for a change: "how
// about a hat", "why not red".
func (p *Planner) requests(words english.Words) bool {
	for _, phrase := range [...][]string{
		{"what", "about"}, {"how", "about"}, {"what", "if"}, {"why", "not"}, {"why", "don't"}, {"what", "a"}, {"what", "an"}, {"is", "it", "possible", "to"}, {"is", "this", "possible"},
		{"is", "there", "any", "way"}, {"is", "there", "a", "way"}, {"is", "there", "any", "chance"}, {"is", "there", "a", "chance"}, {"is", "it", "possible", "that"}, {"is", "it", "possible", "for"}, {"are", "you", "able", "to", "make"}, {"who", "cares"}, {"how", "a"}, {"how", "the"},
	} {
		if words.StartsWith(phrase...) {
			return true
		}
	}
	return false
}

// asksWhetherItCan tells whether words ask what the model can draw, by kinds and
// not by a thing: "can you draw horses", but not "can you draw a horse".
func (p *Planner) asksWhetherItCan(words english.Words) bool {
	return p.able.Match(words, func(m english.Match) bool {
		q := p.en.Parse(m["x"])
		n, ok := q.Main()
		return ok && n.Start == 0 && n.End == len(q.Words) && q.Determiners(n) == 0 && q.Tags[0] != english.Possessive && p.en.IsPlural(q.Words[n.Head].Lower)
	})
}

// able is the question what can be drawn.
const able = "(can|could|do) you [also|even|ever] (do|draw|paint|make|know|show|create) <x>"

// showing asks for what the program can tell.
const showing = "[please] (show|give|tell|print|list) [me] [the|your|my|all|all the|current] (prompt|full prompt|whole prompt|current prompt|vocabulary|words|known words|list of words|seed|settings|colours|colors)"

// A questionRule is the wording of a question and its answer; an empty answer
// declines.
type questionRule struct {
	pattern english.Pattern
	answer  func(*Planner, english.Match, Conversation) string
}

// questionRules are the questions in the order in which they are tried.
func questionRules() []questionRule {
	list := []struct {
		answer   func(*Planner, english.Match, Conversation) string
		patterns []string
	}{
		{(*Planner).tellWhatItIs, []string{
			"(who|what|who's|what's) [exactly] (are|is|am i talking to|do i talk to) [you|this bot|this program|pentimento|this thing|i talking to|this tool]",
			"(what|what's) [is] (this|this thing|this all about|this place)",
			"(are|aren't) you <x>",
			"(what's|what is|whats) your (name|job|purpose|task)",
			"(do you have|have you got) a name",
			"who (made|wrote|built|created|programmed|invented|developed) you",
		}},
		{(*Planner).tellWhatItCan, []string{
			"(help|help me|what now|commands|instructions|what are my options|what are the options|what are the commands)",
			"[tell me] what [else|all|kind of things|kinds of things|sort of things|things] (can|could|do|will|would|are) you [able to|even|actually|all|also] (do|draw|make|paint|show|create|generate|offer|know|understand|capable of|good at) [here|for me|exactly|all|well|best]",
			"[tell me] what [else|all|kind of things|things] (can|could|should|do|may|shall|must|might|am) i [even|now|also] (able to|ask|ask for|say|do|change|draw|type|write|tell you|make|try|edit|request|see|have|get|allowed to|enter) [<x>]",
			"[tell me] what (is|are|'s) (possible|available|supported|allowed) [here|now]",
			"how (does|do) (this|it|you|that|this thing|this bot|i use this|i use it|i use you) [work|works|use]",
			"how (do|can|should) (i|we) (start|begin|use this|use it|use you|get started|draw something|draw a picture|make a picture|get a picture)",
			"what [else] is there [to do|to see|to draw]",
			"what (kind|kinds|sort|sorts|types|type) of (pictures|images|things|stuff|drawings|scenes) <x>",
			"(can|do) you [also|even|ever] (draw|paint|do anything|do something|help|help me|do art)",
			"(show|give|tell|print|list) [me] [the|your|my|all|all the] (vocabulary|words|known words|list of words)",
		}},
		{(*Planner).tellLanguages, []string{
			"(do|can) you [also] (speak|understand|know|read|talk) (english|german|french|spanish|deutsch|français|francais|español|espanol|<x> language|other languages|languages|italian|chinese|japanese|portuguese|russian|dutch|polish|turkish|arabic)",
			"(which|what|how many) languages <x>",
		}},
		{(*Planner).tellPrompt, []string{
			"(what|what's|whats) [is|was|were] [the|my|your|our|its|this picture's|the current|current|the full|the whole|the exact] (prompt|description|caption|text|current prompt) [now|right now|of this picture|of this|for this|of it|so far|like now|here|used]",
			"[can you|could you|please] (show|give|tell|print) [me] [the|your|my|current] (prompt|full prompt|whole prompt|current prompt)",
			"(what|what's|whats) [is|do you see|do we see|do you have|did you draw|did you paint|does it show|is there|is shown|are we looking at|am i looking at|all is] [in|on] [the|this|that|it|your|my] [picture|image|photo|drawing|it|this] [now|right now|at the moment|currently|so far|exactly|here|again]",
			"what (do|did|does) (you|we|i|it|the picture|the image|this picture) (see|draw|drawn|show|paint|have|have in the picture|see there|see here|have now|have here) [now|so far|there|here|in it|in the picture|last]",
			"describe [me] (it|this|the picture|the image|that|what you see|what you drew|what is in the picture)",
			"tell me (what you see|what you drew|what is in the picture|about the picture|about it)",
		}},
		{(*Planner).tellChange, []string{
			"what (did|have) you (do|done|change|changed|changing) [<x>]",
			"what (changed|has changed|happened|is different|is new|'s different|'s new|was that|went wrong) [<x>]",
			"what's (different|new|changed) [<x>]",
			"why (did|do|does|have|has|is|are|was|were|would|didn't|isn't|doesn't|can't|won't|aren't|don't) <x>",
			"why",
			"why <x>",
		}},
		{(*Planner).tellHow, []string{
			"how (do|can|could|would|should|must|to) [i|we|you|one] <x>",
			"how to <x>",
			"how does <x>",
			"(can|could|may) i <x>",
			"what (do|should|can|must) i (say|do|type|write) to <x>",
			"tell me how <x>",
		}},
		{(*Planner).tellModels, []string{
			"(which|what) [other|different] (models|checkpoints) [are|do|can|have] [<x>]",
			"(which|what) model [is|are|do|does|draws] [<x>]",
			"(show|list|tell) [me] [all|all the|the|your] models",
		}},
		{(*Planner).tellWords, []string{
			"(what|which|what's|what are) [other|else|different|more] [kind|kinds|sort|sorts|types] [of] [the] [possible|available] <x> (do|can|are|could|does|is|may|should|would|will) <y>",
			"(what|which|what are) [other|different|more|the] [kind|kinds|sort|sorts|types] [of] [possible|available] <x>",
			"how many [different] <x> (do you know|can you draw|do you have|can i use|are there to choose from|can i choose from|can i have|are there|are possible|are available|can you do)",
			"do you (have|know) (any|other|more) <x>",
			"you (got|have|know|do|draw) (any|other|more|some) <x>",
			"(show|give|tell|print|list) [me] [the|your|my|all|all the] <x>",
		}},
		{(*Planner).tellWhether, []string{
			"(can|could|do) you [also|even|ever] (do|draw|paint|make|know|show|create) [how to draw] <x>",
		}},
		{(*Planner).tellTime, []string{
			"how (long|fast|quick|quickly|slow) <x>",
			"(when|how soon) <x>",
			"(are|is) (you|it|the picture|this) [almost|nearly|already|still] (done|ready|finished|drawing|working|there) [yet|soon|already]",
		}},
		{(*Planner).tellSettings, []string{
			"(what|which|what's|whats|how many) [is|was|are] [the|your|my] (seed|steps|settings|preset|guidance|resolution|size|model|sampler) [<x>]",
			"(show|give|tell|print|list) [me] [the|your|my|all] (seed|settings)",
			"how (big|large) <x>",
		}},
		{(*Planner).tellOpinion, []string{
			"(what|how) do you (think|feel|like) [of|about] [<x>]",
			"(do|did|don't|didn't|would) you (like|love|prefer|enjoy|think|want|hate|agree|find|mind) [<x>]",
			"(x=which one|which picture|which version|which of them|which of those|which colour|which color|which|what|who|whom) (do|would|did) you (prefer|like|choose|recommend|suggest|want|think) [best|most|more|better|yourself]",
			"(which|what|who) <x> (do|would|did) you (prefer|like|choose|recommend|suggest|want|think) [best|most|more|better|yourself]",
			"(what|who) is your (favorite|favourite|opinion) [<x>]",
			"what's your (favorite|favourite|opinion) [<x>]",
			"(does|do|is|are|was|were|isn't|doesn't) <x> (to you|in your opinion)",
			"(isn't|aren't|doesn't|wasn't|don't) <x>",
		}},
		{(*Planner).tellContent, []string{
			"(is|are|was|were) (there|that|this|it|these|those|they) [really|still|already|supposed to be] [a|an|any|some|the] <x>",
			"(does|do|has|have|did) (she|he|it|they|the picture|the image) [still|already|really] (have|has|wear|hold|show|got) [a|an|any|some|the] <x>",
			"(is|are|does) [the|her|his|its|a] <x>",
			"(do|can) you see [a|an|any|some|the] <x>",
			"(has|have) <x>",
		}},
		{(*Planner).tellUnsaid, []string{
			"how (many|old|tall|much|far|heavy|young|high|deep) <x>",
			"(who|who's|whose|where|where's|when) <x>",
			"(what|which) (kind|sort|type|colour|color|breed|brand|age|style|time|season|year) [of] <x>",
			"what (is|are|was) (she|he|it|they|that|the) [<x>]",
		}},
	}
	var out []questionRule
	for _, l := range list {
		for _, pattern := range l.patterns {
			out = append(out, questionRule{english.Compile(pattern), l.answer})
		}
	}
	return out
}
