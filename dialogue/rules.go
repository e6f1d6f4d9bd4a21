package dialogue

import "slices"

// Prompts of the pictures that the examples are about.
const (
	face  = "a woman's face with blond hair"
	curls = "a woman's face with long curly red hair, glasses and a hat"
	river = "a river between mountains with a house at sunset"
	dog   = "a brown dog sitting on the grass"
	cars  = "a red car next to a red house"
	pair  = "a man and a woman on a bench"
)

// Runs of words that several wordings share.
const (
	change  = "(change|turn|convert|transform|switch|swap|morph|alter|make|modify|set|edit|transfigure|recolor|recolour|repaint|paint|color|colour|dye|render)"
	into    = "(into|in to|to|to be|to become|to look like|as)"
	put     = "(add|put in|put|slap|stick on|pop|throw|toss|plop|place|insert|include|draw|paint|show|have|set|hang|throw in|give me|position|stick|get|i want|want|need|there should be|there could be|there must be|there is|there are|there was|there were|let there be|have there be|could there be|can there be|there be|it should be|it could be|make there be)"
	gone    = "(turn off|end|stop|switch off|remove|never mind|nevermind|forget about|forget|skip|scrap|scratch|axe|nix|enough with|enough of|away with|off with|out with|down with|do without|bin|chuck|delete|shave|shave off|melt|erase|get rid of|take away|take off|take out|drop|lose|eliminate|without|no|no more|hide|clear away|clear|cut out|dump|ditch|strip|minus|there should be no|there should not be|there shouldn't be|don't show|do not show|don't include|don't want|i don't want|i do not want|take|exclude|omit|leave out|kill|undo)"
	left    = "(run away|ran away|runs away|run off|ran off|walked away|walked off|walks away|walks off|flown away|flew away|flew off|flies away|flies off|swum away|swam away|gone home|went home|goes home|gone away|went away|wandered off|wandered away|wanders off|jumped off|ridden off|rode off|rode away|driven away|drove away|drove off|sailed away|sailed off|escaped|departed|left the picture|left the scene|left us|gone missing)"
	scene   = "(background|backdrop|location|setting|scene|scenery|place|surroundings|environment|backgroud|bg)"
	picture = "(it|this|that|image|picture|photo|photograph|everything|whole thing|whole image|whole picture|painting|drawing|video)"
	allow   = "(let|have|make|turn|get|allow|cause|can|could|force)"
	should  = "(should|must|could|would|ought to|needs to|need to|has to|have to|can|will|may|should have|could have|ought to have|must have)"
)

// followUps are the clauses that only the turn before gives a meaning. They are
// tried before the sentences.
func followUps() []rule {
	return []rule{
		{"the other way round", otherWay, []example{
			{"a black cat and a white dog", "make the cat red and the dog blue / the other way round", "red → blue, blue → red"},
		}, []string{"[do it|make it|no|swap it|turn it] [,] [just] [the] (other way round|other way around|other way|opposite way|way round|vice versa|reverse|reversed|exact opposite)"}},
		{"not that one, this one", notThatOne, []example{
			{cars, "make the car blue / not the car, the house", "blue → red, red → blue"},
			{pair, "give the man a hat / I meant the woman, not the man", "− hat, + hat"},
		}, []string{
			"[no] [i meant|i mean|rather] not <x> (,|but|:) [i meant|i mean] <y>",
			"[no] [i meant|i mean|rather] <y> (,|and|but) not <x>",
			"[no] [i meant|i mean|rather] <y> (not|instead of) <x>",
		}},
		{"this one was meant", thatOne, []example{
			{cars, "make the car blue / no, the house", "blue → red, red → blue"},
			{pair, "give the man a hat / I meant the woman", "− hat, + hat"},
		}, []string{
			"[no] [,] (meant=i meant|i mean|i was talking about|meaning) <y>",
			"<y> (meant=i meant|i mean)",
			"[no|nope|nah] [,] <y>",
		}},
		{"this one too", sameToo, []example{
			{cars, "make the car blue / the house too", "red → blue"},
			{pair, "give the man a hat / and the woman", "+ hat"},
			{pair, "give the man a hat / her too", "+ hat"},
		}, []string{"[and] <x> [too|as well|also|likewise]"}},
		{"and this one so", andSo, []example{
			{cars, "make the car blue / and the house green", "red → green"},
			{pair, "give the man a hat / and her a scarf", "+ scarf"},
		}, []string{"[and] <z>"}},
		{"do it again", doAgain, []example{{face, "make her hair red / do it again", "red ×1.5"}}, []string{
			"(do it|do that|do this|make it|the same|same|that)",
		}},
		{"in the place of what was removed", inItsPlace, []example{
			{curls, "remove the hat and add a scarf", "hat → scarf"},
			{curls, "remove the glasses. Earrings instead", "glasses → earrings"},
		}, []string{
			"<y> (goes|comes|moves|should go|should come) (place=in its place|in their place|there|in there|there instead|instead)",
			"(verb=add|put|insert|place|draw) <y> (place=in its place|in their place|there instead)",
			"(verb=add|put|insert|place|draw) <y> [instead]",
			"<y> instead",
		}},
		{"how much more or less", byAmount, []example{
			{curls, "make her hair curlier / decrease it by 20 percent", "curly ×1.25"},
			{face, "make her hair red / a bit more", "red ×1.25"},
			{face, "make her hair red / repeat that", "red ×1.5"},
		}, []string{
			"<x>",
		}},
		{"more of it", moreOfIt, []example{
			{face, "make her hair red / not enough", "red ×1.5"},
			{face, "not enough", "? clarify"},
		}, []string{
			"<x>",
		}},
		{"less of it", lessOfIt, []example{
			{face, "make her hair red / too much", "red ×0.67"},
			{face, "make her hair red / tone it down a bit", "red ×0.8"},
		}, []string{
			"<x>",
		}},
		{"again", onceMore, []example{{face, "make her hair red / another", "red ×1.5"}}, []string{"<x>"}},
		{"the same thing for another", sameThing, []example{
			{"a cat with a red collar and a dog", "the same collar for the dog", "+ red collar"},
		}, []string{
			"[give|add|put] [the|a] (same) <y> (for|on|to|goes for) <x>",
			"give <x> the same <y>",
		}},
		{"the same for another", sameFor, []example{
			{face, "make her hair red / same for the background", "+ red background"},
			{cars, "make the car blue / make the house the same", "red → blue"},
		}, []string{
			"[do|make|and] [the] same [thing|color|colour] (for|to|with|on|goes for) <x>",
			"(do|make) (that|this|it) (for|to|with|on) <x>",
			"[and] <x> (too|as well|likewise|the same|the same way|the same color|the same colour)",
			"make <x> (the same|the same color|the same colour|match|like that too)",
		}},
		{"what is his", hisOwn, []example{
			{"a man with a hat and a woman", "give her a hat / his should be black", "+ black"},
		}, []string{"(of=his|hers|its) (should be|must be|has to be|needs to be|is) <y>", "make (of=his|hers|its) <y>"}},
		{"another value", otherValue, []example{
			{face, "make her hair red / what about green", "red → green"},
			{river, "night instead", "sunset → night"},
			{face, "make her hair red / I meant brown", "red → brown"},
		}, []string{
			"(what about|how about|and what about|try|rather|i meant|i mean|actually|or|maybe|preferably|better) <y> [instead|rather|then]",
			"(make that) <y>",
			"(make it|make that|make them|use|go with|have it|let's try|do it in|let it be|want it|turn it) <y> (instead|rather)",
			"<y> [,] (instead|rather|i mean|i meant|that is)",
			"(go for|go with|opt for|settle for|stick with|i was thinking more of|i was thinking more like|i was thinking rather of|i'd go for|i would go for|i'd go with|i prefer|make do with) <y> [instead|rather|then]",
			"(i said|i asked for|i wanted|i meant|rather have|i'd rather have|i would rather have|i'd rather see|prefer|i prefer) <y>",
			"[would] <y> (would be|would look|is|looks|look|be|might be|fits|would fit|suits|would suit|works|would work|would do|goes|would go) (better|nicer|cooler|prettier)",
		}},
		{"too much so", tooMuch, []example{{curls, "too curly", "curly ×0.67"}}, []string{
			"[it's|its|that's|thats|it is|that is|this is|it looks|looks] [a bit|a little|way|much|far] (too) <y>",
		}},
		{"back to", backTo, []example{{face, "make her hair red / add glasses / back to blond", "red → blond"}}, []string{
			"(back to|go back to|return to|switch back to|change it back to|make it) <y> [again]",
		}},
		{"bring back", bringBack, []example{{curls, "remove the glasses / put the glasses back", "+ glasses"}}, []string{
			"(put|bring|give|add|get|want|have) [her|him|it|me] [back] <y> [back|again] [on]",
			"[i] (miss|missed) <y> [now|already]",
			"<y> was (nice|good|fine|lovely|great|pretty|sweet|cool|cute) [too|as well|though] [,] (i want|give me|bring|put|get|i'd like|want) (it|that|them|him|her|those) [back|again|there|in]",
		}},
		{"another one", anotherOne, []example{{river, "add a boat / another one", "+ boat"}}, []string{
			"(another|another one|one more|add another|add another one|add one more)",
		}},
	}
}

// sentences are the clauses that mean something by themselves, the more particular
// before the more general.
func sentences() []rule {
	return slices.Concat(
		unchanged(), exchanges(), withdrawals(), exceptions(),
		complaints(), wishes(), details(), styles(),
		places(), times(), colours(), swaps(),
		removals(), comparisons(), additions(), descriptions(),
	)
}
