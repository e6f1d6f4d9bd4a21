package dialogue

// swaps put one thing in the place of another.
func swaps() []rule {
	return []rule{
		{"replace one by another", swapFor, []example{
			{face, "replace blond with red", "blond → red"},
			{dog, "swap the dog for a cat", "dog → cat"},
		}, []string{
			"(replace|substitute|swap|exchange|switch|change|trade|trade in) [out] <x> (with|by|for|to|into|against) <y>",
		}},
		{"one instead of another", insteadOf, []example{
			{face, "a man instead of a woman", "woman → man"},
			{dog, "put a lion in the place of the dog", "dog → lion"},
			{face, "not blond but red", "blond → red"},
			{cars, "blue instead of red", "? clarify"},
		}, []string{
			"<y> (instead of|in place of|in the place of|in lieu of) <x>",
			"<y> rather than <x>",
			"<y> where <x> (was|is|were|are|stood|stands|used to be|sat|sits)",
			"<y> (would be|is|looks|would look|are|look|would do|would fit|would work|fits|fit|would suit) (nicer|better|prettier|cooler) than <x>",
			"(it's|it is) not <x> , (it's|it is) <y>",
			"<x> (isn't it|is not it|isn't right|is not right|is wrong|was wrong|won't do) (,|:|-) <y>",
			"instead of <x> [make it|use|have|put|i want|add] <y>",
			"(don't like|i don't like|i do not like|not a fan of|i'm not a fan of) <x> (,|but|:|-) [rather|better|make it] <y>",
			"not <x> (but|,|:|-) <y>",
		}},
		{"no such, another", noButThis, []example{{dog, "no grass, sand", "grass → sand"}}, []string{"(no|without|forget|forget about|skip|scrap|drop|lose|ditch) <x> (,|but|:|-) <y>"}},
		{"one, not another", notAnother, []example{{face, "red, not blond", "blond → red"}}, []string{"<y> (not) <x>"}},
		{"change two to two others", swapTwo, []example{
			{"a house by a river", "turn the house into a castle and the river into a lake", "house → castle, river → lake"},
		}, []string{change + " <x> " + into + " <y> and <a> " + into + " <b>"}},
		{"change one to another", swapFor, []example{
			{dog, "turn the dog into a cat", "dog → cat"},
			{river, "turn the river into a road", "river → road"},
		}, []string{
			"(remove|delete|take away|get rid of) <x> (and add|and put|and place|and insert|, add|then add) <y>",
			change + " <x> " + into + " <y>",
		}},
		{"one for another", oneForAnother, []example{
			{river, "sunset for dawn", "sunset → dawn"},
			{dog, "and the dog for a cat", "dog → cat"},
		}, []string{"<x> (for|against) <y>"}},
		{"one → another", swapNamed, []example{{face, "blond -> red", "blond → red"}}, []string{"<x> (- >|= >|=|→|:|to|becomes|become|into) <y>"}},
	}
}

// removals ask for less, for more, or for something to go.
func removals() []rule {
	return []rule{
		{"give a word a weight", weigh, []example{
			{curls, "weigh the hat 1.3", "hat ×1.3"},
			{"a black cat and a white cat", "weigh cat 1.3", "? clarify"},
		}, []string{"(weigh|weight|reweight) <x> [by|with|at|to|as|=|:] <n>"}},
		{"make something less so", lessOf, []example{{curls, "make her hair less curly", "curly ×0.67"}}, []string{"(make|have) <x> [be|look] [a] [bit|little|lot] (less) <y>"}},
		{"less of something", less, []example{
			{curls, "a bit less curly", "curly ×0.8"},
			{curls, "tone down the red", "red ×0.67"},
			{face, "fewer freckles", "? nothing-to-do"},
		}, []string{
			"[make it|a bit|a little|much|a lot|way|slightly|even|some] (less|fewer) <x>",
			"(reduce|decrease|lower|lessen|weaken|soften|tone down|dial down|turn down) <x>",
		}},
		{"more of something", more, []example{
			{curls, "emphasize the hat", "hat ×1.5"},
			{face, "more smile", "+ smile"},
			{curls, "much more curly", "curly ×2"},
		}, []string{
			"(increase|strengthen|boost|intensify|emphasize|emphasise|enhance|stress|raise|amplify|dial up|turn up) <x>",
			"[make it|give it|give her|give him|add|with] [a bit|a little|much|a lot|way|slightly|even|some] more <x>",
		}},
		{"make something more so", moreOf, []example{{face, "make her hair more curly", "+ curly"}}, []string{
			"(make|have) <x> [be|look] [a bit|a little|a lot|much|way|even|slightly|far] more <y>",
		}},
		{"not needed", takeAway, []example{
			{curls, "the hat isn't needed", "− hat"},
			{curls, "the hat shouldn't be there", "− hat"},
		}, []string{"<x> (is|are|was|were) (not needed|not necessary|not wanted|unneeded)", "<x> (isn't|aren't|wasn't|weren't) (needed|necessary|wanted)", "<x> (shouldn't|should not|mustn't|must not) be (there|here|in it|in the picture|visible)"}},
		{"do not show", notShown, []example{
			{curls, "don't let her wear glasses", "− glasses"},
			{curls, "she shouldn't wear glasses", "− glasses"},
		}, []string{
			"(don't|do not|dont|never) [let|have|make|show|allow] <x> (wear|have|hold|be|look|show) <y>",
			"(don't|do not|dont|never) (wear|have|hold|be|look|show|add|draw|put|include|use|want|need) <y> [on her|on him|on it|at all]",
			"(don't|do not|dont|never) (give|let) (her|him|it|them) [have|wear] <y>",
			"(i don't want|i do not want|i don't need|i didn't want|i didn't ask for|i did not ask for|i never asked for|we don't need) [her|him|it] [to have|to wear|to be] <y>",
			"(make|let|have) <x> not (wear|have|hold|be|look) <y>",
			"<x> (should not|shouldn't|shouldnt|must not|mustn't|doesn't|does not|can't|cannot|isn't|is not) [be|have|wear|hold|look|need|show] <y>",
			"(stop|quit|no longer) [being|wearing|holding] <y>",
		}},
		{"somebody leaves", takeAway, []example{
			{"a brown horse and a black sheep in a field", "the sheep has run away", "− black sheep"},
			{"a brown horse and a black sheep in a field", "the horse can walk off", "− brown horse"},
		}, []string{
			"<x> [has|have|had|is|are] [just|now] " + left,
			"<x> (can|should|may|must|could) (run|walk|fly|swim|go|wander|ride|drive|sail) (away|off|home)",
		}},
		{"somebody has left", departs, []example{
			{pair, "the man left", "− man"},
		}, []string{"<x> (leaves|leave|left|has left|have left|should leave|may leave|is leaving)"}},
		{"off with it", off, []example{{curls, "glasses off please", "− glasses"}}, []string{"<x> (off|away|gone|out)"}},
		{"take off", takeAway, []example{
			{curls, "take her glasses off", "− glasses"},
			{curls, "make the hat disappear", "− hat"},
		}, []string{
			"(take|get|leave|cut|put|throw|kick|shave|strip|wipe|pull|rip|wash) <x> (off|away|out)",
			"(cut|chop|tear|pull|knock|burn) <x> down", "(cut|chop|tear|pull|knock|burn) down <x>",
			"(take|get|leave|cut|throw|kick) <x> (out of there|out of here|out of it|out of this|out of the picture|out of the image|out of the scene)",
			"<x> (was|is|were|are) [just] (a mistake|a bad idea|unnecessary|superfluous|not needed|not necessary)",
			"<x> (should|must|has to|have to|can|needs to|could|may) (go|disappear|be gone|leave|vanish|be removed|go away|come off)",
			"<x> (goes|go|gone|goes away|comes off|come off|disappears|vanishes)",
			allow + " <x> (disappear|vanish|be gone|go away|be removed|be deleted|be absent|be invisible|go)",
		}},
		{"something less so", lessOf, []example{{curls, "her hair less red", "red ×0.67"}}, []string{"<x> (less) <y>"}},
		{"something more", more, []example{{curls, "curly more", "curly ×1.5"}}, []string{"<x> (more)"}},
		{"something less", less, []example{{curls, "curly less", "curly ×0.67"}}, []string{"<x> (less)"}},
		{"as much as possible", asPossible, []example{
			{curls, "as curly as possible", "curly ×2"},
			{curls, "the curliest hair possible", "curly ×2"},
		}, []string{
			"[make] [it|her|him] [the] (as) <y> as (possible|you can|can be)",
			"(make|have) <x> as <y> as (possible|you can|can be)",
			"[the|with the] <y> (possible|imaginable|ever)",
		}},
		{"not so much", less, []example{
			{curls, "not so curly", "curly ×0.67"},
			{curls, "not too curly", "curly ×0.67"},
		}, []string{
			"not [quite|nearly|half] (so much|that much|as much|so many|that many|as many|too much|too many) <x>",
			"not [quite|nearly|half] (so|that|as|too) <x>",
			"too <x>",
		}},
		{"not so", notAdjective, []example{{curls, "not curly", "− curly"}}, []string{"not <y>"}},
		{"undo one edit", undoNamed, []example{{face, "make her hair red / add glasses / undo the hair", "red → blond"}}, []string{"undo <x>"}},
		{"it is over", takeAway, []example{{"a street in the snow", "the snow has stopped", "− snow"}}, []string{"<x> (stops|ends|has stopped|has ended|stopped|ended|is over|clears|has cleared|lifts|has lifted|melts|has melted)"}},
		{"it stopped", takeAway, []example{{"a street in the snow", "it stopped snowing", "− snow"}}, []string{"[it|it has|it's] (stopped|stops|has stopped|no longer) <x>"}},
		{"remove", takeAway, []example{
			{curls, "remove the hat", "− hat"},
			{cars, "get rid of the house", "− red house"},
			{face, "remove the hat", "? nothing-to-do"},
		}, []string{
			"[i] [want|need|have|keep|leave|make] [it|her|him|them] " + gone + " <x> from <y>",
			"[i] [want|need|have|keep|leave|make] [it|her|him|them] " + gone + " <x>",
		}},
		{"enough of them", enoughOf, []example{{"two burgers on a plate", "one burger is enough", "two burgers → one burger"}}, []string{
			"[i changed my mind] [,] <y> (is enough|is plenty|are enough|are plenty|will do|suffices|is fine|was enough)",
		}},
		{"tidy up", tidyUp, []example{{"a chef in a messy kitchen", "tidy up the kitchen", "messy → tidy"}}, []string{
			"(how=tidy|clean) up <x>", "(how=tidy|clean) <x> up", "(how=tidy|clean) <x>",
		}},
		{"a verb made of an adjective", adjectiveVerb, []example{
			{curls, "straighten her hair", "curly → straight"},
			{face, "lengthen her hair", "+ long"},
		}, []string{
			"(make|get|have) <v>",
			"<v>",
		}},
	}
}

// comparisons compare; the functions look for the comparative among the words.
func comparisons() []rule {
	return []rule{
		{"make something comparative", comparative, []example{
			{face, "make her older", "+ old"},
			{face, "make her hair a bit longer", "+ long"},
		}, []string{
			"(make|turn|have|let|get|i want) <z>",
		}},
		{"a comparative alone", bareComparative, []example{
			{face, "curlier", "+ curly"},
			{face, "darker hair", "+ dark"},
		}, []string{
			"<y>",
		}},
	}
}

// additions add something.
func additions() []rule {
	return []rule{
		{"put back", addThing, []example{{face, "put the hat back", "+ hat"}}, []string{
			"(put|bring|give|get) <y> back",
			"(put|bring|give) back <y>",
		}},
		{"give somebody something", giveTo, []example{
			{face, "give her glasses", "+ glasses"},
			{face, "give her red hair", "blond → red"},
		}, []string{
			"(give|lend|hand|offer) <z>",
		}},
		{"dress somebody", dress, []example{{face, "dress her in a red coat", "+ red coat"}}, []string{"(dress|clothe|put) <x> (in|into) <y>"}},
		{"cover something", cover, []example{{"mountains at sunset", "cover the mountains with snow", "+ snowy"}}, []string{"(cover|coat|sprinkle|dust|blanket) <x> (with|in) <y>"}},
		{"add to something", addTo, []example{{dog, "add a collar to the dog", "+ collar"}}, []string{"(add|attach) <y> (to|onto) <x>"}},
		{"put on", addWorn, []example{
			{face, "put on a red hat", "+ red hat"},
			{face, "put a hat on", "+ hat"},
		}, []string{"(put|slip|throw) <y> on", "(put|slip) on <y>"}},
		{"on with it", addWorn, []example{{face, "hat on", "+ hat"}}, []string{"<y> on"}},
		{"add at a place", addPlace, []example{
			{face, "put glasses on her", "+ glasses"},
			{cars, "put a tree next to the car", "+ tree"},
		}, []string{
			put + " <y> (relation=on top of|in front of|next to|close to|in the middle of|in the center of|in the centre of|on the side of|to the left of|to the right of|on|in|at|near|beside|behind|under|above|over|below|between|around|inside|along|by|onto|into|against) <x>",
		}},
		{"add here or there", addThing, []example{{river, "put a boat there", "+ boat"}}, []string{put + " <y> (too|there|here)"}},
		{"have or want something be so", makeSo, []example{
			{face, "have her wear a red hat", "+ red hat"},
			{face, "have her hair curly", "+ curly"},
		}, []string{
			"(have|get|want|i want|need|there should be|there could be|let there be|it should be|it could be|should be) <z>",
		}},
		{"open or close", openClose, []example{{"a woman with blue eyes", "close her eyes", "+ closed"}}, []string{"(open|close|shut) <x>"}},
		{"add", addThing, []example{
			{face, "add a red hat and glasses", "+ red hat and glasses"},
			{river, "add a boat", "+ boat"},
		}, []string{
			put + " <y>",
		}},
		{"wearing", addWearing, []example{{face, "wearing a red hat", "+ red hat"}}, []string{"wearing <y>"}},
		{"with", addWith, []example{{face, "with glasses", "+ glasses"}}, []string{"with <y>"}},
		{"everywhere", addThing, []example{{river, "boats everywhere", "+ boats"}}, []string{
			"<y> (everywhere|all over|all around|all over the place|here and there|around the place|all about)",
		}},
		{"plus", addThing, []example{{face, "plus a hat", "+ hat"}}, []string{
			"plus <y>",
			"+ <y>",
		}},
	}
}

// descriptions say what something should be or do.
func descriptions() []rule {
	return []rule{
		{"let one be another", beSomething, []example{
			{face, "let her hair be red", "blond → red"},
			{face, "I'd like her hair to be red", "blond → red"},
		}, []string{
			allow + " <x> (be changed to|be changed into|be replaced by|be replaced with|be turned into|change to|change into|turn into|look like|be|become|turn|look|appear) <y>",
			"<x> to (be|become|turn|look|appear|look like|turn into) <y>",
		}},
		{"somebody to do something", doSomething, []example{
			{dog, "the dog to run", "sitting → running"},
			{face, "I want her to wear a hat", "+ hat"},
		}, []string{
			"<x> to <y>",
		}},
		{"both so", bothSo, []example{{pair, "both smiling", "+ smiling, + smiling"}}, []string{
			"(who=both|both of them|they both|all of them|each of them|them both) [are|should be|should] <y>",
		}},
		{"so and with", soWith, []example{{cars, "the car should be blue with white stripes", "red → blue, + white stripes"}}, []string{
			"<x> " + should + " (be|become|been) <y> with <z>",
			allow + " <x> be <y> with <z>",
		}},
		{"something's so", isSo, []example{{cars, "the car's blue", "red → blue"}}, []string{"<x> ('s) <y>"}},
		{"something should be", beSomething, []example{{face, "her hair should be red", "blond → red"}}, []string{
			"<x> " + should + " (be|become|turn|look|appear|look like|turn into|been|looked) <y>",
		}},
		{"make something so", makeSo, []example{
			{dog, "make it run", "sitting → running"},
			{face, "make her sad", "+ sad"},
			{face, "make her a man", "woman → man"},
		}, []string{
			allow + " <z>",
		}},
		{"somebody should do something", doSomething, []example{{face, "she should smile", "+ smile"}}, []string{"<x> " + should + " <y>"}},
		{"somebody wears", wears, []example{{face, "she wears a hat", "+ hat"}}, []string{
			"<x> (is wearing|are wearing|was wearing|were wearing|wears|wore|wear) <y>",
		}},
		{"somebody has", has, []example{{face, "she has freckles", "+ freckles"}}, []string{"<x> (has|have|had|has got) <y>"}},
		{"what somebody does", does, []example{{face, "she smiles", "+ smile"}}, []string{"<z>"}},
		{"something is", isSomething, []example{{face, "her hair is red", "blond → red"}}, []string{"<x> (is|are|was|were|turns|becomes|looks|look|gets|seems|seem|has gone|have gone|went|goes|is gone|has become) <y>", "(it's) <y>"}},
		{"something, and how", saidSo, []example{
			{face, "hat: green", "+ green hat"},
			{face, "her hat: green", "+ green hat"},
			{"a man with glasses", "hair in gray", "+ gray hair"},
		}, []string{
			"<x> : <y>",
			"<x> (in) <y>",
		}},
		{"and that one a thing", andThatOne, []example{{pair, "give the man a hat / the woman a scarf", "+ scarf"}}, []string{"<z>"}},
		{"words without a verb", fragment, []example{
			{face, "red hair", "blond → red"},
			{face, "glasses", "+ glasses"},
			{dog, "a cat", "+ cat"},
			{cars, "blue", "? clarify"},
		}, []string{
			"<x>",
		}},
	}
}
