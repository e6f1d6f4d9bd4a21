package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue/english"
)

// numberNamed reads the word for a small number.
func numberNamed(w string) (n int, ok bool) {
	switch w {
	case "one", "once", "a", "first":
		return 1, true
	case "two", "twice", "couple", "second":
		return 2, true
	case "three", "thrice", "third":
		return 3, true
	case "four", "fourth":
		return 4, true
	case "five", "fifth":
		return 5, true
	case "six":
		return 6, true
	case "seven":
		return 7, true
	case "eight":
		return 8, true
	case "nine":
		return 9, true
	case "ten":
		return 10, true
	}
	return 0, false
}

// maxSteps bounds how far a plan can go; histories are shorter.
const maxSteps = 1000

// readNumber reads a number in words or digits, up to maxSteps.
func readNumber(tokens english.Words) (int, bool) {
	for len(tokens) > 0 && (tokens[0].Lower == "a" || tokens[0].Lower == "by" || tokens[0].Lower == "number") && len(tokens) > 1 {
		tokens = tokens[1:]
	}
	if len(tokens) > 1 && tokens[len(tokens)-1].Lower == "of" {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) != 1 {
		return 0, false
	}
	if n, ok := numberNamed(tokens[0].Lower); ok {
		return n, true
	}
	n, err := strconv.Atoi(tokens[0].Lower)
	return n, err == nil && n > 0 && n <= maxSteps
}

// wholeMove answers an utterance that is a move and nothing else.
func (p *Planner) wholeMove(h hearing, talk Conversation) (Reply, bool) {
	words := h.words.TrimMarks()
	if n := len(words); n > 1 && n < 6 && !slices.ContainsFunc(words, func(t english.Token) bool { return t.Lower != "undo" && t.Lower != "back" && !t.Mark }) {
		return moved(Undo, len(slices.DeleteFunc(slices.Clone(words), func(t english.Token) bool { return t.Mark })), talk), true // "undo undo"
	}
	if reply, ok := p.move(words, talk); ok {
		return reply, true
	}
	if reply, ok := p.move(h.asked, talk); ok {
		return reply, true // "hm, do it again after all"
	}
	if reply, ok := p.onceUndone(h, talk); ok {
		return reply, true
	}
	if reply, ok := p.movedOn(h.words, talk); ok {
		return reply, true
	}
	return p.move(h.spoken, talk)
}

// movedOn answers a move before which somebody complains or is done with what is
// shown: "too crowded, as it was please", "scrap all that, fresh start".
func (p *Planner) movedOn(words english.Words, talk Conversation) (Reply, bool) {
	cut := -1 // the last mark or "and"
	for i, t := range words {
		if (t.Mark || t.Lower == "and") && i+1 < len(words) && !words[i+1].Mark {
			cut = i
		}
	}
	if cut < 1 {
		return Reply{}, false
	}
	for _, said := range p.sentencesOf(words[:cut]) {
		if !p.complains(said) && !p.dismisses(said) {
			return Reply{}, false
		}
	}
	for _, rest := range []english.Words{words[cut+1:].TrimMarks(), p.en.Unfilled(words[cut+1:]), p.en.Polite(words[cut+1:])} {
		if reply, ok := p.move(rest, talk); ok && reply.Plan != nil {
			return reply, true
		}
	}
	return Reply{}, false
}

// complains tells whether words say that the picture is not liked, and nothing of what
// it should show: "too crowded", "now she looks lonely", "that's sad".
func (p *Planner) complains(words english.Words) bool {
	words = p.en.Polite(words)
	for _, form := range p.complaining {
		if form.Match(words, func(m english.Match) bool {
			x, said := m["x"]
			return !said || len(x) < 4 && p.en.IsAdjectival(x) && !p.en.IsColour(x[len(x)-1].Lower)
		}) {
			return true
		}
	}
	return false
}

// complaining are the ways to dislike what is shown; <x> is how it is.
func complaining() []string {
	return []string{
		"[it's|it is|that's|that is|this is] [much|way|far|a bit|a little] too <x>",
		"[it's|it is|that's|that is|this is] [much|way|far|a bit|a little] too (much|many|far) [now|of it|of them]",
		"(drop|scrap|scratch|discard|throw away|undo|erase|bin|forget) (all|everything|it all|all of it|all of that|all that|all this|all of this|it|that|this)",
		"(that's|that is|this is|how|so) [so|a bit|very|really|rather] <x>",
		"(it|that|this|he|she|they|everything) (looks|look|seems|seem|feels|feel|looked|became|got) [so|a bit|very|really|rather|too] <x> [now]",
		"[i] (don't like|do not like|dislike|hate|regret|miss) (it|that|this|him|her|them) [now|at all]",
		"i (should not|shouldn't) have (said|done|asked|asked for|changed|wanted) [that|it|this]",
		"(that|this|it) (was|is) (a mistake|wrong|a bad idea|no good|worse|nonsense|not right|not good)",
		"(that's|it's) (a mistake|wrong|a bad idea|no good|worse|nonsense|not right|not good)",
	}
}

// onceUndone answers several sentences of which each takes the last edit back, one
// time: "I don't like that. Undo it."
func (p *Planner) onceUndone(h hearing, talk Conversation) (Reply, bool) {
	sentences := p.sentencesOf(h.words)
	if len(sentences) < 2 || sentences[0].Lower() == sentences[1].Lower() {
		return Reply{}, false
	}
	for _, s := range sentences {
		if reply, ok := p.move(s, talk); !ok || reply.Plan == nil || reply.Plan.Action != Undo || reply.Plan.Steps != 1 {
			return Reply{}, false
		}
	}
	return moved(Undo, 1, talk), true
}

// move answers words about the conversation: undo, redo, go to, start over.
func (p *Planner) move(tokens english.Words, talk Conversation) (Reply, bool) {
	for _, c := range p.moves {
		var reply Reply
		accepted := c.pattern.Match(tokens, func(m english.Match) bool {
			steps := c.steps
			if c.action == Goto && steps > 0 && len(talk.Turns) > 0 {
				steps = talk.number(steps - 1)
			}
			if x, ok := m["touched"]; ok && (len(talk.Turns) < 2 || !p.newEdit(talk).touchedLast(x)) {
				return false
			}
			if _, ok := m["undone"]; ok && !talk.CanRedo {
				return false
			}
			if gap, ok := m["n"]; ok {
				n, ok := readNumber(gap)
				if !ok {
					return false
				}
				steps = n
			}
			reply = moved(c.action, steps, talk)
			return true
		})
		if accepted {
			return reply, true
		}
	}
	return p.recall(tokens, false, talk)
}

// A moveRule is a wording of a move. steps is unset where the words say how far.
type moveRule struct {
	pattern english.Pattern
	action  Action
	steps   int
}

// moveRules are utterances about the conversation itself. A rule without a gap
// must be the whole utterance; <n> takes a number.
func moveRules() []moveRule {
	// showing asks to see what follows, going to be taken there.
	const (
		shown    = "(show me|show|show me again|see|see again|bring up|bring me|pull up|call up|fetch|fetch me|open|display|give me|get me|have|i want|i want to see|let me see|let me look at|let me have|let me have another look at|have another look at|take another look at|have a look at|take a look at|another look at|look at|look again at|look back at|restore|bring back|get back)"
		going    = "(go to|goto|go back to|back to|return to|revert to|jump to|jump back to|switch to|switch back to|take me to|take me back to|get back to|roll back to|reset to|reset it to|undo to|undo back to)"
		variants = "(variations|variants|alternatives|versions|options|takes|possibilities|choices)"
		start    = "(what we started with|what i started with|what we began with|what i began with|how it started|how it all started|how we started|how it began|the starting point|where we started|where i started|where it started|square one|the way it started)"
	)
	list := []struct {
		pattern string
		action  Action
		steps   int
	}{
		{"(take|roll|turn|put|bring|set) [back] [the|my|these|those] (last|previous|past|latest) <n> [steps|turns|edits|changes|things|times|ones] [back]", Undo, 0},
		{"(take|put|turn|roll) (both|both of those|both of them|both changes|both things|the two|those two) back", Undo, 2},
		{"[go|take it|step|move] (back|further back|back further|even further back) [a step|one step|one|a bit|some] (once more|again|more|further|once again) [please]", Undo, 1},
		{"(further|even further|once more|one more|once again) [step] back", Undo, 1},
		{"(make|get|have) (it|that|this|the last one|the last thing|the last change) (undone|unhappen|unsaid|reversed|reverted|taken back)", Undo, 1},
		{"i (should not|shouldn't) have (said|done|asked|asked for|changed|wanted) (that|it|this)", Undo, 1},
		{"i (regret|take back) (that|it|this|what i said|what i asked for|the last one|the last change)", Undo, 1},
		{"[just|exactly|please] (as|the way|like|how) (it|this|that|everything|things) (was|were|used to be|had been|looked) [before|earlier|please|just now|a moment ago]", Undo, 1},
		{"[go|move|take me|skip] (one|a) step (on|onward|onwards|further|ahead|forward|forwards) [again|please]", Redo, 1},
		{"(step|skip|go|move) (on|onward|onwards|forward|forwards|ahead) [one|a] [step] [again]", Redo, 1},
		{"(scrap|undo|drop|discard|remove|forget|take back|revert|reverse|cancel|delete|throw away|throw out|get rid of|lose) (all|all of|every one of|everything of|each of) [my|the|your|these|those|our] (changes|edits|modifications|tweaks|alterations|adjustments) [again]", Goto, 1},
		{"[put|take|turn|bring|set|i want|i want back|i'd like|i would like] [everything|it|it all|all of it|this] [all] [back] [to] " + start + " [again|please]", Goto, 1},
		{"[can we|could we|can i|let's] [give me|give me back|show me|let me have|let me see|go to|go back to|back to|return to|take me back to|let's go back to|get back to|restore|bring back|let's return to] " + start + " [again|please]", Goto, 1},
		{"[can i|could i|may i|i want to|i'd like to|let's] " + shown + " [the|my|our|your] (original|first|very first|initial|oldest) [picture|image|one|version|face|photo|turn|drawing] [again|once more|back|please]", Goto, 1},
		{"[can i|could i|may i|i want to|i'd like to|let's] " + shown + " [the|my] (picture|turn|step|image|version|drawing|number|no) [number|no] <n> [again|once more|please]", Goto, 0},
		{"[can we|could we|i want to|i'd like to|let's] " + going + " [the|my] (picture|turn|step|image|version|drawing|number|no) [number|no] <n> [again|please]", Goto, 0},
		{"[let's|let us|i want to|i'd like to|we] (start|begin) [it|everything|this] [all] (over|again|afresh|anew|from scratch|from zero) [again|from scratch|from zero|from the beginning] [with|on|from] [a|an] [completely] (blank|clean|new|fresh|empty) [white] (page|sheet|slate|canvas|start|board) [please]", Restart, 1},
		{"[no|ok|actually|oh] [please] (undone=bring|put|get|give) (it|them|that|those|him|her|all of it|all of them|everything) back [again|after all|please|actually|in]", Redo, 1},
		{"(undo|revert|cancel|rollback|back|previous|prev|ctrl z|ctrl-z|oops|whoops|nope|nevermind|never mind|take that back|scratch that|forget that|forget it|not that|undo it|undo that|undo this|revert it|revert that|cancel that|cancel it|discard that|discard it)", Undo, 1},
		{"[no|nope|naah|nah] (undo|revert|cancel|take back|reverse|discard|roll back|drop|scratch|forget) [it|that|this] [the|my|your] [last|latest|previous|most recent] (change|edit|step|one|thing|turn|modification|action|update)", Undo, 1},
		{"[no|nope|naah|nah|oops|ugh] (undo|revert|cancel|take it back|put it back|change it back|turn it back|bring it back|set it back|take that back|undo it|undo that|undo this|scratch that|go back|roll it back|roll back|switch back|turn back|step back|bring it back|move back|back up|back) [to] [it|that|this|please] [how it was|the way it was|what it was|like it was|to before|before|the previous one|the last one|the previous version|the last version|the one before|the previous picture|the last picture|the picture before|the previous image|the last image|one|one step|a step|once|as it was]", Undo, 1},
		{"[no|nope|naah|nah|but] [i think] [i] (liked|preferred|like|prefer|want) (it|that|the old one|the last one|the previous one|the one before|the picture before|the first version|the previous version|the old version|the old picture|what we had) [better|more] [before|back|the way it was|how it was|the last time]", Undo, 1},
		{"[no|nope] (it was|that was|was|it looked|that looked) (better|nicer) [before|earlier|the last time]", Undo, 1},
		{"[no] (i dont like it|i don't like it|i don't like that|i dont like that|i don't like this|i hate it|that's wrong|that is wrong|thats wrong|wrong|bad|not good|i don't want that|i don't want it|that's not what i meant|that's not what i wanted|not what i wanted|don't do that|i changed my mind)", Undo, 1},
		{"[can i|could i|may i|i want to|i'd like to|let's] " + shown + " (the|my) (previous|last|old|earlier) (one|version|picture|image|state) [again|once more|back|please]", Undo, 1},
		{"(restore|bring back|show me|show|give me|return to|revert to|back to|go back to|return) [the|my] (previous|last|old|earlier) (one|version|picture|image|state|face|photo)", Undo, 1},
		{"[no] (undo|revert|go back|back|step back|roll back|back up|go) <n> [steps|times|turns|edits|changes|step|time|turn|edit|change|back|pictures]", Undo, 0},
		{"[no] (go|move|step) <n> (steps|step|turns|turn) back", Undo, 0},
		{"[no] (undo|revert|cancel|take back|reverse) [the|my] (last|previous) <n> [steps|turns|edits|changes|things|times]", Undo, 0},
		{"[i] (take|took|want to take) (that|it|this) back", Undo, 1},
		{"<n> back", Undo, 0},
		{"(one|once|a step|one step|step) more [step] [back|backwards]", Undo, 1},
		{"(ctrl z|ctrl-z|undo) (x|times) <n>", Undo, 0},
		{"(put|turn|change|switch|set) the (colors|colours|color|colour) back", Undo, 1},
		{"[no] [no] [no] [,] (without|without that one|as before|back)", Undo, 1},
		{"(undo|revert|cancel|take back|reverse) (both|both of those|both of them|both of these|those two|these two|the last two|the two)", Undo, 2},
		{"[no|hm|hmm|oh] [no] [,] (put|bring|get|give|give me|want|i want) (him|her|it|them|that) back [there|in|again]", Undo, 1},
		{"(take|put|change|turn|bring|switch|roll|set|make|get) (it|that|this|everything|things) back [to] [how it was|the way it was|what it was|as it was|like it was|like before|before|normal]", Undo, 1},
		{"[go|back|make it|turn it|change it|exactly] [back] [to] (how it was|the way it was|what it was|what we had|as it was|like it was|as before|like before|what i had) [before|before that|a moment ago|just now|earlier|at first]", Undo, 1},
		{"(forget|ignore|never mind|nevermind|strike|scratch|skip) (that|it|this|what i said|i said that|i said anything|the last one|the last thing|my last message|the last change|that one|that change)", Undo, 1},
		{"[that|this|it] (was|is|that's|this is|it's) [just] [a|my] (mistake|accident|error|typo)", Undo, 1},
		{"[no] [i] (did not|didn't|don't|do not) (want|mean|ask for|say|like|need) (that|this|it|that one|this one|this change|that change) [at all|anymore|any more|after all]", Undo, 1},
		{"[no] [that's|that is|this is|it's] not (right|it|what i asked for|what i wanted|what i meant|what i said|good|better|nice|an improvement)", Undo, 1},
		{"[back] [to] [the] (one before|picture before|version before|one before that|one before this|previous one|previous picture|previous version|last one|last version|one we had before|one i had before|one from before) [again|please]", Undo, 1},
		{"[the|that|it|this] (previous one|previous version|one before|last one|old one|earlier one|first version|before) (was|is|looked) (better|nicer|best|fine|good|cooler)", Undo, 1},
		{"(one|a) step (back|backwards|backward)", Undo, 1},
		{"<n> (steps|step|turns|turn|pictures|edits|times) (back|backwards|ago|earlier)", Undo, 0},
		{"[go back to|back to|show me|show|see|i want] [the] (picture|one|version) [from] <n> (steps|turns|pictures|edits) (ago|back|earlier|before)", Undo, 0},
		{"[back to|go back to|show me|show|see] [the] (one before the last|last but one|one before last|picture before last|second to last one|second last one)", Undo, 2},
		{"(undo|revert|reverse|cancel|get rid of|drop|discard) (that|the|my) (last|latest|previous|most recent) <x>", Undo, 1},
		{"(redo|redo it|redo that|redo the last one|redo the edit|redo the change|undo the undo|put that back|forward|go forward|do it again after all|bring it back again|reapply|reapply it)", Redo, 1},
		{"(go|move|step|one step|a step|one|back) (forward|forwards|ahead) [again|one|one step|a step|once|one turn]", Redo, 1},
		{"(redo|undo) [the|that|my|your] (undo|undone|undone change|undoing|last undo|undone edit|undone step|change|edit) [again]", Redo, 1},
		{"(restore|bring back|reapply|redo|apply again|return) [to] (what i undid|what was undone|what i took back|what you undid|the undone one|the one i undid|the undone picture|the next one|the next picture|the later one|the newer one|the newer version|the later version)", Redo, 1},
		{"(redo|redo it|redo that|redo please|re-do|re do|redo again)", Redo, 1},
		{"[no|actually|please] (leave|put|have|want|keep|make|turn) <touched> [back] (as it was|the way it was|like it was|how it was|as they were|the way they were|like they were) [before|earlier]", Undo, 1},
		{"(redo|go forward|forward) <n> [steps|times|turns|edits]", Redo, 0},
		{"(start over|start again|start afresh|start anew|restart|reset|begin again|begin anew|start from scratch|from scratch|clear|clear everything|clear it|new start|fresh start|reset everything|scrap everything|scrap it|forget everything|delete everything|let's start over|start from the beginning|wipe it|start fresh|throw it away|throw it all away)", Restart, 1},
		{"[can you|could you|can i|could i|may i|let me|i want to|i'd like to] [show|see|give|draw|make|do|try|have|get|offer|i want|i'd like] [me|us] <n> [other|different|more|new] " + variants + " [of it|of this|of that|of them|of this picture|of the picture|please|to choose from|to pick from]", Vary, 0},
		{"[can you|could you] (show|give|draw|offer) (me|us) <n> [of them|of those|more|please]", Vary, 0},
		{"[can you|could you|can i|could i|may i|let me|i want to|i'd like to] [show|see|give|draw|make|do|try|have|get|offer|i want|i'd like] [me|us] (some|a few|several|a couple of|more|other|different|all) [other|more|different|new] " + variants + " [of it|of this|of that|of this picture|of the picture|please|to choose from|to pick from]", Vary, 4},
		{"(variations|variants|alternatives|options) [please|of it|of this|of that|of this picture]", Vary, 4},
		{"(try|do|draw|show me|make) (it|this|that) (in|a few|several) [a few|several|some] [other|different] ways", Vary, 4},
		{"(start|begin) (over|again|afresh|anew|from scratch|from zero|from the beginning|all over|all over again|something new|new|fresh) [again|from scratch|from zero|with something new|with a new picture|please|completely]", Restart, 1},
		{"[a|with a] (new|clean|fresh|blank) (start|slate|canvas|page|sheet|beginning)", Restart, 1},
		{"(wipe|clear|scrap|delete|trash|drop|forget|discard|throw away|erase|reset) (everything|it all|all|all of it|all of this|the whole thing|the whole picture|the conversation|this conversation|the canvas) [and start over|and start again|and begin again|and start from scratch]", Restart, 1},
		{"(undo|revert|cancel|remove) (everything|all|all of it|it all|all changes|all edits|all the changes|all the edits|all my changes)", Goto, 1},
		{"(go back to|back to|return to|show me|show|revert to|restore|go to) [the] (original|first|very first|start|beginning|first one|initial|initial one) [picture|image|one|version|face|photo|turn]", Goto, 1},
		{"(go to|goto|go back to|back to|return to|jump to|show me|show|revert to|restore) [the] (turn|step|number|picture|image|version|edit|no) [number] <n>", Goto, 0},
		{"[show|give] [me] [the] (first|very first|original) (picture|image|one|version|photo) [again|once more]", Goto, 1},
		{"(goto) <n>", Goto, 0},
		{"(turn|picture|step|version|number) [number] <n>", Goto, 0},
		{"(go back to|back to|go to|return to|revert to|show me|show|see|restore|jump to|i want) [the|your|my] <n> (one|picture|image|version|turn|photo) [again]", Goto, 0},
	}
	rules := make([]moveRule, len(list))
	for i, c := range list {
		rules[i] = moveRule{english.Compile(c.pattern), c.action, c.steps}
	}
	return rules
}

// moved makes the plan for going about the conversation, or says why there is
// nowhere to go.
func moved(action Action, steps int, talk Conversation) Reply {
	turns := len(talk.Turns)
	before, isNew := talk.before()
	switch {
	case turns == 0:
		return Reply{Question: &Question{Kind: NothingToDo, Text: "Nothing has been drawn yet. Say what you would like to see.", Choices: examples(nil)}}
	case action == Undo && turns == 1 && isNew:
		action, steps = Goto, before
	case action == Undo && turns == 1:
		return Reply{Question: &Question{Kind: NothingToDo, Text: "This is the first picture: there is nothing to undo.", Choices: []string{"start over"}}}
	case action == Redo && !talk.CanRedo:
		return Reply{Question: &Question{Kind: NothingToDo, Text: "There is nothing to redo."}}
	}
	if _, ok := talk.turn(steps); action == Goto && !ok {
		head := talk.number(turns - 1)
		return Reply{Question: &Question{Kind: NothingToDo, Text: "There are only " + strconv.Itoa(turns+len(talk.Others)) + " turns so far.", Choices: []string{"go to turn " + strconv.Itoa(head)}}}
	}
	if action == Undo {
		steps = min(steps, turns-1)
	}
	plan := &Plan{Action: action, Steps: steps, Label: string(action)}
	switch action {
	case Restart:
		plan.Steps, plan.Label = 0, "start over"
	case Goto:
		plan.Label = "go to turn " + strconv.Itoa(steps)
	case Vary:
		plan.Label = strconv.Itoa(steps) + " variations"
	case Undo, Redo:
		if steps > 1 {
			plan.Label += " " + strconv.Itoa(steps)
		}
	}
	plan.Reason = strings.ReplaceAll(plan.Label, "_", " ")
	return Reply{Plan: plan}
}
