package dialogue

import (
	"strings"

	"pentimento/dialogue/english"
)

// courtesy answers what people say to be kind, and to say that nothing is to
// change: greetings, thanks, praise, "leave it like that".
func (p *Planner) courtesy(h hearing, talk Conversation) (Reply, bool) {
	words := h.words.TrimMarks()
	if len(words) == 1 && words[0].Lower == "morning" && len(talk.Turns) > 0 {
		return Reply{}, false // an hour
	}
	for _, t := range p.smalltalk {
		yes := func(english.Match) bool { return true }
		if t.pattern.Match(words, yes) || t.pattern.Match(h.asked, yes) {
			return Reply{Answer: t.answer(talk)}, true
		}
	}
	switch {
	case isMore(h.spoken.Lower()):
		return Reply{}, false
	case p.praises(words, talk), p.en.Meaningless(h.spoken):
		if strings.Contains(words.Lower(), "thank") || strings.Contains(words.Lower(), "cheers") {
			return Reply{Answer: "You are welcome. " + whatNext(talk)}, true
		}
		return Reply{Answer: "Good. " + whatNext(talk)}, true
	}
	return Reply{}, false
}

// declines answers "never mind" after a question.
func (p *Planner) declines(h hearing, talk Conversation) (Reply, bool) {
	if talk.Pending == nil || !p.declined.Match(h.words.TrimMarks(), func(english.Match) bool { return true }) {
		return Reply{}, false
	}
	return Reply{Answer: "Fine, nothing changes."}, true
}

// whatNext says how to go on.
func whatNext(talk Conversation) string {
	if len(talk.Turns) == 0 {
		return "Say what you would like to see, such as \"a woman with red hair\"."
	}
	return "Tell me what to change in the picture, or describe a new one."
}

// A smalltalkRule is a wording of small talk and what is said to it.
type smalltalkRule struct {
	pattern english.Pattern
	answer  func(Conversation) string
}

// smalltalkRules are utterances that want nothing but an answer.
func smalltalkRules() []smalltalkRule {
	always := func(text string) func(Conversation) string { return func(Conversation) string { return text } }
	list := []struct {
		patterns []string
		answer   func(Conversation) string
	}{
		{[]string{
			"(hi|hello|hey|yo|hiya|howdy|greetings|good morning|good day|good afternoon|good evening|morning|hi hi|hello hello) [there|bot|pentimento|again|all|everyone|everybody|you|friend]",
		}, func(talk Conversation) string { return "Hello! " + whatNext(talk) }},
		{[]string{
			"[hi|hello|hey] [,] (how are you|how are you doing|how's it going|how is it going|how do you do|what's up|whats up|sup|how are things) [today|now|bot]",
			"[i] hope (you are|you're) (well|fine|ok|okay|doing well)",
		}, func(talk Conversation) string {
			return "I am well: there is always something to draw. " + whatNext(talk)
		}},
		{[]string{
			"[ok|okay|well|thanks|thank you|so] [,] (bye|goodbye|good bye|bye bye|see you|see ya|see you later|cya|good night|goodnight|i have to go|i must go|gotta go|that's all|that is all|that's it|that was it|that's all for today|that's all for now|i am done|i'm done|we are done|we're done|done|finished) [,] [bye|thanks|thank you|thank you very much|thanks a lot|many thanks|for today|for now|now|then|bot|everyone]",
		}, always("Good-bye. The conversation stays where it is.")},
		{[]string{
			"[ok|okay|nice|great|perfect|good|cool|yes|lovely|wonderful] [,|!|.] [i] [will|am going to|think i will|want to] (keep|take|have|use) (it|this|that|this one|that one|the picture) [like that|like this|as it is|then|please|now]",
			"[ok|okay|no|yes|just|please] [,] (leave|keep) (it|this|that|everything|the picture) [as|like|just] [it|this|that|as] [is|it is|was] [please|now|then]",
			"[ok|okay|no] [,] (nothing|nothing else|nothing more|no changes|no change|no more changes|don't change anything|do not change anything|change nothing|it's fine as it is|it is fine as it is|stay like that|stop|that's enough|that is enough|enough|no more) [please|now|thanks|thank you]",
		}, always("It stays as it is.")},
		{[]string{
			"[oh|ah] [,] (sorry|i am sorry|my bad|my mistake|my fault|pardon|excuse me|apologies) [about that|for that]",
		}, always("No harm done. Say it again in other words, or \"undo\" to go back.")},
		{[]string{"(are you|is anyone|is anybody|you|anyone|anybody|still) (there|here|alive|awake|online|home|around|with me) [bot|still]"}, func(talk Conversation) string {
			return "I am here. " + whatNext(talk)
		}},
		{[]string{"(no|nah|no no|no no no)"}, always("What should be different? Say it, or \"undo\" to go back.")},
		{[]string{
			"(hm|hmm|hmmm|um|uh|er|let me think|wait|wait a moment|wait a second|one moment|one second|hold on|just a moment|give me a second) [please|now]",
		}, always("Take your time.")},
		{[]string{
			"[it|that|this|she|he|something] (looks|look|is|seems|feels|'s) [a bit|a little|kind of|somewhat|so|really|very] (weird|strange|odd|ugly|creepy|off|funny|bad|awful|terrible|horrible|broken|distorted|disappointing)",
			"(weird|strange|odd|ugly|creepy|awful|terrible|horrible) [picture|image|face]",
		}, func(talk Conversation) string {
			if len(talk.Turns) == 0 {
				return "Nothing has been drawn yet. " + whatNext(talk)
			}
			return "What looks wrong? Name it and how it should be, \"undo\" to go back, or \"use another seed\" and describe the picture again."
		}},
	}
	var out []smalltalkRule
	for _, l := range list {
		for _, pattern := range l.patterns {
			out = append(out, smalltalkRule{english.Compile(pattern), l.answer})
		}
	}
	return out
}

// declined are ways to leave a question open.
const declined = "(never mind that|forget that|forget about it|forget about that|doesn't matter|no matter|not important|it's fine|its fine|all good|leave that|never mind|nevermind|forget it|no|nope|no thanks|no thank you|neither|none|none of them|leave it|nothing|cancel|skip it|whatever|don't bother)"

// praises tells whether what was said is praise and nothing else: of words that
// say something, it has none but those of liking.
func (p *Planner) praises(words english.Words, talk Conversation) bool {
	seen := false
	if about, ok := liked(words); ok {
		return len(about) == 1 && english.Pronouns.Has(about[0].Lower) || len(talk.Turns) > 0 && p.newEdit(talk).caption.Resolve(about).Found
	}
	for i, t := range words {
		switch {
		case t.Mark, praiseFillers.Has(t.Lower):
		case praiseWords.Has(t.Lower):
			seen = true
		case english.Closed(t.Lower) && english.ClassOf(t.Lower) != english.Preposition && !denials.Has(t.Lower) && (t.Lower != "more" || i == 0):
		default:
			return false
		}
	}
	return seen
}

// liked is what is liked in "I love her hair".
func liked(words english.Words) (english.Words, bool) {
	for len(words) > 0 && (words[0].Mark || praiseFillers.Has(words[0].Lower)) {
		words = words[1:]
	}
	for len(words) > 2 && (words[1].Lower == "really" || words[1].Lower == "do" || words[1].Lower == "just") {
		words = append(words[:1:1], words[2:]...)
	}
	if len(words) < 3 || words[0].Lower != "i" || words[1].Lower != "like" && words[1].Lower != "love" {
		return nil, false
	}
	return words[2:].TrimMarks(), true
}

const (
	praiseWords   english.List = "nice great good perfect beautiful lovely awesome cool amazing wonderful excellent fantastic love wow super brilliant gorgeous impressive neat sweet well thanks thank better best exactly stunning adorable charming magnificent fabulous splendid yay bravo marvelous marvellous like fine cheers terrific"
	praiseFillers english.List = "ok okay yes yeah yep oh ah ha stuff one thing so very really lot much looks look looking it's that's job work done picture image one result turned out way many a the work goodbye bye tomorrow later soon see"
	// denials turn praise around.
	denials english.List = "not no never nothing without but would could should make more less what who why how when where which can will do i'd if you your don't doesn't didn't isn't wasn't aren't won't can't couldn't shouldn't"
)
