package dialogue

import "pentimento/dialogue/english"

// A rule is a sentence that is understood and what it does to the caption. do
// returns false where the sentence, on a closer look, is another one.
type rule struct {
	pattern english.Pattern
	do      func(*edit, english.Match) bool
}

const (
	change  = "(change|turn|convert|transform|switch|swap|morph|alter|make|modify|set|edit|transfigure|recolor|recolour|repaint|paint|color|colour|dye|render)"
	into    = "(into|in to|to|to be|to become|to look like|as)"
	put     = "(add|put|place|insert|include|draw|paint|show|have|set|hang|throw in|put in|give me|position|stick|get|i want|want|need|there should be|there could be|there must be|there is|there are|there was|there were|let there be|have there be|could there be|can there be|there be|it should be|it could be|make there be)"
	gone    = "(remove|delete|shave|shave off|melt|erase|get rid of|take away|take off|take out|drop|lose|eliminate|without|no|no more|hide|clear away|clear|cut out|dump|ditch|strip|minus|there should be no|there should not be|there shouldn't be|don't show|do not show|don't include|don't want|i don't want|i do not want|take|exclude|omit|leave out|kill|undo)"
	scene   = "(background|backdrop|location|setting|scene|scenery|place|surroundings|environment|backgroud|bg)"
	picture = "(it|this|that|image|picture|photo|photograph|everything|whole thing|whole image|whole picture|painting|drawing|video)"
	allow   = "(let|have|make|turn|get|allow|cause|can|could|force)"
	should  = "(should|must|could|would|ought to|needs to|need to|has to|have to|can|will|may)"
)

// grammar lists the sentences, the more particular before the more general.
func grammar() []rule {
	rules := []struct {
		pattern string
		do      func(*edit, english.Match) bool
	}{
		// No change.
		{"(keep|leave|preserve|retain|maintain) <x> [the same|as is|as it is|as they are|alone|unchanged|like that|that way|how it is]", keepIt},
		{"(don't|do not|dont|without) (change|changing|touch|touching|alter|altering|modify|modifying) <x>", keepIt},
		{"[exactly|just] [the] (same|same picture|same image|same one|same thing|like before|as before|like that|nothing else|everything else the same|everything the same)", keepIt},
		{"[the] same <x> (relation=with|in|at|on|under|wearing) <y>", sameWith},
		{"[the] same <x>", keepSame},
		{"(change|vary|modify|alter) [the] (name=color|colour) of <x>", changeWhat},
		{"(change|vary|modify|alter|swap) <x>", changeWhat},

		// Style.
		{"[change|set|make|turn|switch|apply] [the|its|this] [art|painting|drawing|overall|image|picture|photo] (style|medium) [of] [the] [image|picture|photo] [to|into|as|be|to be|is|should be] <s>", styleAfter},
		{"[use|apply|do it|make it|try|have it] [in|with] [the|a|an] style of <s>", styleOf},
		{change + " [the] " + picture + " (into|to|in|as|like|look like|with) [the|a|an] style of <s>", styleOf},
		{"(use|apply|add|give it|give the image|put|create|try|do|make it|make it in|make it with) <s> (kind=style|styling|effect|filter|lighting|light|palette|look|tone|tones|theme|aesthetic|color palette|colour palette|mood)", styleEffect},
		{"(use|apply|add|give it|give the image|put|create|try|do) <s> (kind=style|styling|effect|filter|lighting|light|palette|look|tone|tones|theme|aesthetic|color palette|colour palette|mood) (to|on|onto|over|for|of|in) <x>", styleEffect},
		{"(paint|draw|render|redraw|repaint) [it|this|the picture|the image|the scene] like <s>", styleOf},
		{"(make|create|do) <s> (out of|of|from) <x>", outOf},
		{"(use|apply) <s>", styleAfter},
		{change + " <x> (into|in to|to|to be|as|with|like|look like|in) [a|an|the] <s>", pictureInto},
		{change + " (into|in to|to|in|as) <s>", styleOnly},
		{change + " <x> (look like|look as if|look as though) [it's|it is|it was|they are|they're] <y>", lookLike},
		{"make <x> <s>", pictureInto},
		{"(in|as|like) [a|an] <s>", styleOnly},

		// Scene.
		{"(edit|change) the " + scene + " by (removing|replacing) <x> (and placing|and adding|with|by) <y>", sceneTo},
		{"[change|make|set|turn|replace|switch|swap|edit|alter|have|let] [the|its|her|his|their] " + scene + " (to|into|with|by|be|as|to be|for|is|should be|becomes|become|from now on) <y>", sceneTo},
		{"(make|turn|set|change|paint|color|colour) [the|its|her|his|their] " + scene + " <y>", sceneTo},
		{"(put|move|place|set|take|bring|transport|relocate|teleport) <x> (relation=in|on|at|into|onto|to|inside) <y>", moveTo},
		{put + " <x> (in|to|on|into|onto|at) [the] (background|back ground|backdrop|distance|foreground|backgroud|back)", inBackground},
		{"[with] <x> (in|on|at) [the] (background|backdrop|distance|foreground)", inBackground},
		{"[give|have|use|add|put|make|show|want|set] [it|her|him|them|the picture|the image] [on|with|against|in|in front of] [a|an|the] <y> (background|backdrop)", backgroundOnly},

		// Time and weather.
		{"(make|set|change|turn|let|have) [the] (kind=weather|time|season|time of day|lighting|sky|day) [to|into|be|at|to be|as] <t>", momentOf},
		{"(make|turn|change|set|let|have|add) [it|this|the scene|the image|the picture|the photo|everything] [look like it's|look like it is|look as if it's|look like|look|be|into|to|to be|like] [it's|it is|at|in] <t>", momentOnly},
		{"<t>", momentOnly},
		{"(it should be|it is|it's|should be|let it be|let it|with|during|at|in|under|on|have it) [a|an|the] <t>", momentOnly},

		// Colours.
		{change + " [the] (color|colour) of <x> " + into + " <y>", colourOf},
		{change + " <x> (color|colour) " + into + " <y>", colourOf},
		{"(color|colour|paint|dye|tint|make|recolor|repaint) <z>", colourSplit},

		{"(change|make|set) [the] (action|pose|posture|activity|gesture) of <x> " + into + " <y>", func(e *edit, m english.Match) bool { return act(e, m["x"], m["y"]) }},
		{change + " <x> from <f> " + into + " <y>", func(e *edit, m english.Match) bool { return swapFrom(e, m["x"], m["f"], m["y"]) }},

		// Swaps.
		{"(replace|substitute|swap|exchange|switch|change) [out] <x> (with|by|for|to|into) <y>", swapXY},
		{"<y> instead of <x>", insteadOf},
		{"<y> rather than <x>", insteadOf},
		{"instead of <x> [make it|use|have|put|i want|add] <y>", insteadOf},
		{"not <x> (but|,) <y>", insteadOf},
		{"<y> (not) <x>", notX},
		{put + " <y> (in place of|in the place of|where <x>) <x>", insteadOf},
		{"(remove|delete|take away|get rid of) <x> (and add|and put|and place|and insert|, add|then add) <y>", swapXY},
		{change + " <x> " + into + " <y>", swapXY},
		{"<x> (- >|→|:|to|becomes|become|into) <y>", swapNamed},

		// Removal and degree.
		{"(make|have) <x> [be|look] [a] [bit|little|lot] (less) <y>", lessOf},
		{"[make it|a bit|a little|much|a lot|way|slightly|even|some] (less|fewer) <x>", less},
		{"(reduce|decrease|lower|lessen|weaken|soften|tone down|dial down|turn down) <x>", less},
		{"(increase|strengthen|boost|intensify|emphasize|emphasise|enhance|stress|raise|amplify|dial up|turn up) <x>", more},
		{"[make it|give it|give her|give him|add|with] [a bit|a little|much|a lot|way|slightly|even|some] more <x>", more},
		{"(make|have) <x> [be|look] [a bit|a little|a lot|much|way|even|slightly|far] more <y>", moreOf},
		{"(don't|do not|dont|never) [let|have|make|show|allow] <x> (wear|have|hold|be|look|show) <y>", removeY},
		{"(don't|do not|dont|never) (wear|have|hold|be|look|show) <y>", removeY},
		{"(make|let|have) <x> not (wear|have|hold|be|look) <y>", removeY},
		{"<x> (should not|shouldn't|shouldnt|must not|mustn't|doesn't|does not|can't|cannot|isn't|is not) [be|have|wear|hold|look|need|show] <y>", removeY},
		{"(stop|quit|no longer) [being|wearing|holding] <y>", removeY},
		{"(take|get|leave|cut) <x> (off|away|out)", removeX},
		{allow + " <x> (disappear|vanish|be gone|go away|be removed|be deleted|be absent|be invisible|go)", removeX},
		{"<x> (less) <y>", lessOf},
		{"<x> (more)", more},
		{"<x> (less)", less},
		{"[make] [it|her|him] [the] (as) <y> as (possible|you can|can be)", asPossible},
		{"(make|have) <x> as <y> as (possible|you can|can be)", asPossible},
		{"[the|with the] <y> (possible|imaginable|ever)", asPossible},
		{"not (so|that|as|too) <x>", less},
		{"too <x>", less},
		{"<x> (is|are|looks|look|seems|seem) [way|a bit|much|far] too <y>", lessOf},
		{"not <x> enough", more},
		{"<x> (is|are) not <y> enough", moreOf},
		{"not <y>", notAdjective},
		{"undo <x>", func(e *edit, m english.Match) bool { return undoThing(e, m["x"]) }},
		{"[i] [want|need|have|keep|leave|make] [it|her|him|them] " + gone + " <x> from <y>", removeX},
		{"[i] [want|need|have|keep|leave|make] [it|her|him|them] " + gone + " <x>", removeX},

		{"(make|get|have) <v>", adjectiveVerb},
		{"<v>", adjectiveVerb},

		// Comparatives: the handler looks for one among the words.
		{"(make|turn|have|let|get|i want) <z>", comparative},
		{"<y>", bareComparative},

		// Additions.
		{"(put|bring|give|get) <y> back", addY},
		{"(put|bring|give) back <y>", addY},
		{"(give|lend|hand|offer) <z>", giveXY},
		{"(add|attach) <y> (to|onto) <x>", addTo},
		{put + " <y> (relation=on top of|in front of|next to|close to|in the middle of|in the center of|in the centre of|on the side of|to the left of|to the right of|on|in|at|near|beside|behind|under|above|over|below|between|around|inside|along|by|onto|into|against) <x>", addPlace},
		{put + " <y> " + "(too|there|here)", func(e *edit, m english.Match) bool { return add(e, m["y"], nil, "") }},
		{"(have|get|want|i want|need|there should be|there could be|let there be|it should be|it could be|should be) <z>", makeSplit},
		{"(open|close|shut) <x>", openClose},
		{put + " <y>", addY},
		{"wearing <y>", func(e *edit, m english.Match) bool { return add(e, m["y"], nil, "wearing") }},
		{"with <y>", func(e *edit, m english.Match) bool { return add(e, m["y"], nil, "with") }},
		{"plus <y>", func(e *edit, m english.Match) bool { return add(e, m["y"], nil, "") }},
		{"+ <y>", func(e *edit, m english.Match) bool { return add(e, m["y"], nil, "") }},

		// What something should be or do.
		{allow + " <x> (be changed to|be changed into|be replaced by|be replaced with|be turned into|change to|change into|turn into|look like|be|become|turn|look|appear) <y>", beXY},
		{"<x> to (be|become|turn|look|appear|look like|turn into) <y>", beXY},
		{"<x> to <y>", actXY},
		{"<x> " + should + " (be|become|turn|look|appear|look like|turn into) <y>", beXY},
		{allow + " <z>", makeSplit},
		{"<x> " + should + " <y>", actXY},
		{"<x> (is wearing|are wearing|was wearing|were wearing|wears|wore|wear) <y>", wearingXY},
		{"<x> (has|have|had|has got) <y>", havingXY},
		{"<x> (is|are|was|were|turns|becomes|looks|gets) <y>", statement},
		{"<x>", fragment},
	}
	out := make([]rule, len(rules))
	for i, r := range rules {
		out[i] = rule{english.Compile(r.pattern), r.do}
	}
	return out
}
