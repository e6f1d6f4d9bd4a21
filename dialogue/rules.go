package dialogue

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
	put     = "(add|put|slap|stick on|pop|throw|toss|plop|place|insert|include|draw|paint|show|have|set|hang|throw in|put in|give me|position|stick|get|i want|want|need|there should be|there could be|there must be|there is|there are|there was|there were|let there be|have there be|could there be|can there be|there be|it should be|it could be|make there be)"
	gone    = "(turn off|switch off|remove|never mind|nevermind|forget about|forget|skip|scrap|scratch|axe|nix|enough with|enough of|away with|do without|bin|chuck|delete|shave|shave off|melt|erase|get rid of|take away|take off|take out|drop|lose|eliminate|without|no|no more|hide|clear away|clear|cut out|dump|ditch|strip|minus|there should be no|there should not be|there shouldn't be|don't show|do not show|don't include|don't want|i don't want|i do not want|take|exclude|omit|leave out|kill|undo)"
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
			"<y> (instead|rather|i mean|i meant)",
			"(go for|go with|opt for|settle for|stick with|i was thinking more of|i was thinking more like|i was thinking rather of|i'd go for|i would go for|i'd go with|i prefer|make do with) <y> [instead|rather|then]",
			"(i said|i asked for|i wanted|i meant|rather have|i'd rather have|i would rather have|i'd rather see|prefer|i prefer) <y>",
			"[would] <y> (would be|would look|is|looks|look|be|might be) (better|nicer|cooler|prettier)",
		}},
		{"too much so", tooMuch, []example{{curls, "too curly", "curly ×0.67"}}, []string{
			"[it's|its|that's|thats|it is|that is|this is|it looks|looks] [a bit|a little|way|much|far] (too) <y>",
		}},
		{"back to", backTo, []example{{face, "make her hair red / add glasses / back to blond", "red → blond"}}, []string{
			"(back to|go back to|return to|switch back to|change it back to|make it) <y> [again]",
		}},
		{"bring back", bringBack, []example{{curls, "remove the glasses / put the glasses back", "+ glasses"}}, []string{
			"(put|bring|give|add|get|want|have) [her|him|it|me] [back] <y> [back|again] [on]",
		}},
		{"another one", anotherOne, []example{{river, "add a boat / another one", "+ boat"}}, []string{
			"(another|another one|one more|add another|add another one|add one more)",
		}},
	}
}

// sentences are the clauses that mean something by themselves, the more particular
// before the more general.
func sentences() []rule {
	return []rule{
		// Nothing changes.
		{"keep something as it is", keepIt, []example{
			{face, "make her hair red but keep the rest", "blond → red"},
			{face, "make her hair red. Don't change her face", "blond → red"},
		}, []string{
			"[while|and|but] (keep|leave|preserve|retain|maintain|keeping|leaving|preserving) <x> [the same|as is|as it is|as they are|alone|unchanged|untouched|like that|that way|how it is]",
			"with [the] same <x>",
			"(don't|do not|dont|without) (change|changing|touch|touching|alter|altering|modify|modifying|affecting|affect) <x>",
			"(everything else|the rest|all else|the others|all the rest|everything) [should|must|can|has to|needs to] (stay|stays|remain|remains|be|is) [exactly|just] (the same|as is|as it is|as it was|as they are|unchanged|untouched|like that|like it is)",
			"(the rest|everything else) (unchanged|untouched|as it is|as is|the same)",
			"(everything else|the rest|all else|the others|all the rest) [should|must|can|may] (stays|stay|remains|remain) [there|please]",
			"(only if|as long as|provided|if|so long as) [that|it|this] (doesn't|does not|won't|leaves|keeps) <x>",
			"[exactly|just] [the] (same|same picture|same image|same one|same thing|like before|as before|like that|nothing else|everything else the same|everything the same)",
		}},
		{"the same but for one", exceptSo, []example{{face, "everything the same except her hair is red", "blond → red"}}, []string{
			"[keep|leave] (everything|it all|all) [else] [is|stays] (the same|as is|as it is|like it is|like that) (except for|except that|except|but|only) <x>",
		}},
		{"the same, with something else", sameWith, []example{
			{face, "the same woman with glasses", "+ glasses"},
			{face, "same thing with glasses", "+ glasses"},
		}, []string{
			"[the] same [thing|one|picture|again] [,] [but|just|only|again] [this time] (relation=with|in|at|on|under|wearing) <y>",
			"[the] same <x> [but] (relation=with|in|at|on|under|wearing) <y>",
		}},
		{"the same", keepSame, []example{{face, "the same woman", "? nothing-to-do"}}, []string{"[the] same <x>"}},
		{"change something, not said to what", changeWhat, []example{
			{face, "change her hair", "? clarify"},
			{face, "change the color of her hair", "? clarify"},
		}, []string{
			"(change|vary|modify|alter) [the] (name=color|colour) of <x>",
			"(change|vary|modify|alter) <x>",
		}},

		// Two things for each other.
		{"exchange the colours of two", exchangeColours, []example{
			{"a black cat and a white dog", "swap the colours of the cat and the dog", "black → white, white → black"},
		}, []string{
			"(make|let|have) <x> and <y> (swap|exchange|switch|trade) [their|the] (colors|colours|color|colour)",
			"<x> and <y> [should|could|can|must] (swap|exchange|switch|trade) [their|the] (colors|colours|color|colour)",
			"(swap|exchange|switch|trade|interchange) [the|their] (colors|colours|color|colour) (of|between|for) <x> (and|with) <y>",
		}},
		{"exchange the colours of what two have", exchangeParts, []example{
			{"a man with brown hair and a girl with blond hair", "swap their hair colours", "brown → blond, blond → brown"},
		}, []string{
			"(swap|exchange|switch|trade) (the|their) <x> (colors|colours|color|colour) [around|over]",
			"(swap|exchange|switch|trade) [the] (colors|colours|color|colour) of (the|their) <x>",
		}},
		{"exchange two", exchange, []example{
			{"a black cat and a white dog", "swap the cat and the dog", "black cat → white dog, white dog → black cat"},
		}, []string{
			"(swap|exchange|switch|interchange|trade) [the places of|the positions of|positions of|places of] <x> and <y> [around|places|positions]",
		}},
		{"exchange the one with the other", exchangeBoth, []example{
			{"a black cat and a white dog", "cat with dog and dog with cat", "black cat → white dog, white dog → black cat"},
		}, []string{
			"[swap|replace|exchange|switch|change] <x> (with|for|by|to) <y> and <a> (with|for|by|to) <b>",
		}},
		{"exchange, not said what", swapWhat, []example{{pair, "swap them", "? clarify"}}, []string{
			"(swap|exchange|switch) (them|both|it|these|the two|them around|them both)",
		}},

		// Away with a style, with what came last, with what is done.
		{"away with a style", unsayStyle, []example{
			{"a watercolor of a river", "no watercolor", "− watercolor"},
			{"a river, anime style", "get rid of that style", "− anime style"},
		}, []string{"[i] [want] " + gone + " <x>", "no <x>", "not (in|a|an|as) <x>"}},
		{"away with the last things", unsayLast, []example{{face, "add glasses and earrings / now without either", "− glasses and earrings"}}, []string{
			"" + gone + " (them|them both|both|either|both of them|those|all of them|any of them|either of them|these) [again|too]",
			"take (them|them both|both|those) (off|away|out) [again]",
			"neither [of them]",
		}},
		{"stop doing", stopDoing, []example{
			{"a chef cutting vegetables in a kitchen", "stop cutting vegetables", "− cutting vegetables"},
			{"a chef cutting vegetables in a kitchen", "sleeping instead of cutting", "cutting vegetables → sleeping"},
		}, []string{
			"[he|she|it|they] [should|must] (stop|quit|no longer|not|without) <x>",
			"<y> (instead of|rather than) <x>",
		}},

		// All but one.
		{"all but one so", allBut, []example{
			{"a black cat with a hat on a red sofa", "make everything except the hat white", "black → white, red → white"},
			{"a black cat with a hat on a red sofa", "apart from the hat everything should be white", "black → white, red → white"},
		}, []string{
			"(make|turn|color|colour|paint|change|dye|have|let|want) (everything|everyone|all|it all|all of it|everybody) (except for|except|but|apart from|besides|other than|save for|save) <z>",
			"[make|turn|color|colour|paint|have|i want] (everything|everyone|all|everybody) (except for|except|but|apart from|besides|other than|save for) <x> (should be|is|are|becomes|must be|to be|into|in|to|has to be|needs to be) <y>",
			"(make|turn|color|colour|paint|have) (everything|everyone|all|it all|all of it|everybody) <y> (except for|except|but|apart from|besides|other than|but not|save for|only not|just not) <x>",
			"(except for|except|but for|apart from|besides|other than) <x> [,] (everything|everyone|all|the rest|everything else|all else) (should be|is|are|becomes|must be|to be|in|has to be|needs to be) <y>",
			"(except for|except|but for|apart from|besides|other than) <x> [,] (make|turn|paint|color|colour) (everything|everyone|all|the rest|everything else|all else) <y>",
		}},
		{"remove all but one", removeAllBut, []example{
			{curls, "remove everything except the hat", "− glasses"},
			{pair, "keep only the man", "− woman"},
		}, []string{
			"(remove|delete|take away|take off|get rid of|drop|lose|clear) (all the|all other|all of the|all) <k> (except for|except|but|apart from|besides|other than|save for) <x>",
			"(remove|delete|take away|take off|get rid of|drop|lose|clear) (everything|everyone|all|everybody|all things|all of it) (except for|except|but|apart from|besides|other than|save for) <x>",
			"(keep|leave) (only|just|nothing but|no one but|nobody but) <x>",
			"(keep|leave) <x> (only|alone and nothing else|and nothing else)",
			"(nothing but|no one but|nobody but|no one except|nothing except) <x>",
			"(take|throw|clear|get) (everything|everyone|all|everybody|all of it) (except for|except|but|apart from|besides|other than|save for) <x> (out|away|off)",
			"(take|throw|clear) (out|away|off) (everything|everyone|all|everybody|all of it) (except for|except|but|apart from|besides|other than|save for) <x>",
		}},
		{"only that stays", onlyStays, []example{
			{pair, "only the man stays", "− woman"},
			{curls, "the glasses go, the hat stays", "− glasses"},
		}, []string{"<x> (stays|stay|remains|remain|should stay|should remain|can stay|may stay|must stay|should be kept|has to stay) [as it is|as they are|the same|there|please]"}},
		{"only that inside", onlyInside, []example{{"a bowl of fruit on a table", "only apples in the bowl", "fruit → apples"}}, []string{"<y> (in|inside) <x>"}},
		{"only that", onlyThat, []example{{pair, "just the man please", "− woman"}}, []string{"<x>"}},

		// Complaints.
		{"not so enough", notSoEnough, []example{
			{curls, "her hair is not curly enough", "curly ×1.5"},
			{curls, "hair not curly enough", "curly ×1.5"},
			{face, "they are not happy enough", "+ happy"},
		}, []string{
			"<x> (is|are|look|looks|seem|seems) (not|n't) [really|quite|nearly] <y> enough",
			"<x> (isn't|aren't|isnt|doesn't look|don't look|does not look|is still not) [really|quite|nearly] <y> enough",
			"<x> not [really|quite|nearly] <y> enough",
			"[it's|it is|that's|still] not [really|quite|nearly] <y> enough",
		}},
		{"too much so, of something", tooSo, []example{
			{curls, "her hair is too long", "long → short"},
			{curls, "hair too curly", "curly ×0.67"},
			{dog, "the dog is too small", "+ big"},
		}, []string{
			"<x> (is|are|looks|look|seems|seem|is still|are still|looks still|feels|is now|came out) [way|a bit|a little|much|far|a little bit|somewhat|just|rather|still] too <y> [for me|for my taste|now]",
			"<x> [way|a bit|a little|much|far] too <y>",
			"[it's|its|that's|thats|it is|that is|this is|it looks|looks] [a bit|a little|way|much|far] (too) <y>",
		}},
		{"too much of something", excess, []example{
			{curls, "there is too much hat", "hat ×0.67"},
			{curls, "there are too many things", "? clarify"},
		}, []string{
			"[there is|there are|there's|it has|it shows] [just|way|far|simply] (too much|too many) <x>",
		}},
		{"wake up", wakeUp, []example{{"a sleeping cat on a sofa", "wake the cat up", "− sleeping"}}, []string{
			"wake <x> up", "wake up <x>", "<x> (should|must) (wake up|be awake|stop sleeping)", "make <x> (wake up|awake)",
		}},
		{"cheer up", cheerUp, []example{{face, "cheer her up", "+ happy"}}, []string{"cheer <x> up", "cheer up <x>"}},
		{"not liked, but another", insteadOf, []example{
			{face, "I don't like the blond, red is nicer", "blond → red"},
		}, []string{
			"(i don't like|i do not like|i dont like|i hate|i dislike) <x> , <y> (is|would be|looks|would look|are) [much|way|so much] (nicer|better|prettier|cooler)",
		}},
		{"not liked", unloved, []example{{curls, "I don't like the hat", "? clarify"}}, []string{
			"(i don't like|i do not like|i dont like|i hate|i dislike|i don't love|i'm not a fan of|i am not a fan of|not a fan of) <x>",
		}},
		{"a remark", remarkOn, []example{
			{curls, "the hat is ugly", "? clarify"},
		}, []string{
			"<x> (looks|look|seems|seem|is|are|feels|came out|looks still) [a bit|really|so|very|kind of|a little|still|rather|quite|just] (weird|odd|strange|wrong|off|ugly|boring|creepy|bad|funny|terrible|awful|unnatural|silly|stupid|horrible|weird now|ridiculous|fake)",
			"(i changed my mind about|i have changed my mind about|i am not sure about|i'm not sure about|about|regarding|as for|concerning) <x>",
			"(i don't like|i hate|i dislike) <x>",
			"(change|alter|touch) (nothing but|nothing except|only|just) <x>",
		}},
		{"years younger or older", yearsYounger, []example{{face, "ten years younger", "+ young"}}, []string{
			"[make|let] [her|him|it|them] [look] [a] [<n>] (year|years|decade|decades|few years) (age=younger|older)",
			"(make|let) <x> [look] <n> (years|decades) (age=younger|older)",
			"<n> (years|decades) (age=younger|older)",
		}},
		{"cut short", cutShort, []example{{curls, "cut her hair", "long → short"}}, []string{"(cut|trim|chop|chop off|cut off|shorten) <x>"}},
		{"cut so", cutSo, []example{{curls, "cut her hair short", "long → short"}}, []string{"(cut|trim|chop|style|wear|grow|keep) <z>"}},
		{"shave", shave, []example{{"a man with a beard and a hat", "shave him", "− beard"}}, []string{"(shave) <x>", "give <x> a shave"}},

		// Wishes.
		{"somebody needs something", needs, []example{
			{face, "she needs earrings", "+ earrings"},
			{pair, "the man could use a hat", "+ hat"},
		}, []string{
			"<x> (needs|need|could use|can use|might use|deserves|should get|could do with|gets|would look good with|would look great with|would look better with|would look nice with|looks better with|looks good with|would look good in|would look great in|would look better in|wants) <y>",
		}},
		{"see somebody with something", seenWith, []example{{face, "see her with freckles", "+ freckles"}}, []string{
			"(see|imagine|picture|show|show me|draw) <x> (lead=with|wearing|in) <y>",
		}},
		{"something suits somebody", suits, []example{{face, "a scarf would suit her", "+ scarf"}}, []string{
			"<y> (would suit|suits|suit|suited|would look good on|would look great on|would look nice on|would look cool on|would look better on|looks good on|would fit|would go well with|would be nice on|would be good on) <x> [better|more|well|nicely|best|great|a lot|much better]",
		}},
		{"something was forgotten", forgotten, []example{
			{face, "you forgot the hat", "+ hat"},
			{curls, "you forgot the hat", "hat ×1.5"},
		}, []string{"(you forgot|you missed|you left out|you didn't add|you did not add|you didn't draw|you did not draw|i asked for|i don't see|i can't see|i do not see|i cannot see|i see no|there is no|there's no|there are no) <y> [yet|anywhere|at all|in it]", "<y> (is missing|are missing|is still missing|are still missing|got lost|disappeared|has disappeared|is gone)"}},
		{"something would be nice", wouldBeNice, []example{
			{face, "a red scarf would be awesome", "+ red scarf"},
			{face, "a scarf would be lovely, in red", "+ red scarf"},
		}, []string{
			"<y> (would be|might be|could be|would look|would be really|would be very) (nice|great|good|cool|lovely|perfect|fun|awesome|beautiful|cute|wonderful|better|amazing|sweet|fine|ideal|welcome) [too|here|there|on top] [,] [maybe|perhaps] [in] [<z>]",
			"<y> (would be|might be|could be|would look) (nice|great|good|cool|lovely|perfect|fun|awesome|beautiful|cute|wonderful|better) [too] [,] in <z>",
			"<y> (are a must|is a must|are needed|is needed|are required|is required|are welcome|is welcome)",
		}},

		// A colour, clothes or a place for what is named.
		{"in a colour", inColour, []example{
			{cars, "the house in white", "red → white"},
			{cars, "white for the house", "red → white"},
		}, []string{"<x> in <y>", "<y> (for=for) <x>"}},
		{"two in colours", inColours, []example{{cars, "the house in white the car in black", "red → black, red → white"}}, []string{"<a> in <b> <x> in <y>"}},
		{"something of the colour of another", sameColourAs, []example{{curls, "add a scarf, same colour as her hair", "+ red scarf"}}, []string{
			"<y> [,] [in|of] [the] (same color as|same colour as) <x>",
		}},
		{"the same colour as another", likeAnother, []example{{"a red car and a white house", "make the house the same colour as the car", "white → red"}}, []string{
			"(make|paint|color|colour|turn|have) <x> [in] [the] (same color as|same colour as|color of|colour of|same as) <y>",
			"<x> (should have|should be|has|have) [in] the (same color as|same colour as|color of|colour of) <y>",
			"<x> [in] the (same color as|same colour as|color of|colour of) <y>",
			"[in] [the] (same color as|same colour as|color of|colour of) <y>",
			"match <x> (with|to) <y>",
			"[make|let|have] <x> [should|must|could|to] (match|matches) <y>",
			"make <x> as <z> as <y>",
		}},
		{"something for somebody", forSomebody, []example{
			{pair, "sunglasses for both", "+ sunglasses, + sunglasses"},
			{"a dog with a collar and a cat with a collar", "no collar for the cat", "− collar"},
		}, []string{"<y> for <x>"}},
		{"somebody without something", withoutThing, []example{
			{"a dog with a collar and a cat with a collar", "the dog without a collar", "− collar"},
		}, []string{"[make|draw|show] <x> without <y>", "no <y> on <x>"}},
		{"give something to somebody", giveOver, []example{
			{pair, "give a hat to the man", "+ hat"},
			{"a cat with a collar and a dog", "give the cat's collar to the dog", "− collar, + collar"},
			{"a man with a hat and a woman", "put the man's hat on the woman", "− hat, + hat"},
		}, []string{
			"(give|hand|lend) <y> to <x>",
			"(definite=put|move|transfer|give) <y> (on|onto|to|over to) <x>",
			"(definite=move|transfer|take) <y> from <a> to <x>",
		}},
		{"somebody in clothes", inClothes, []example{{pair, "the man in a red coat", "+ red coat"}}, []string{"<x> (in|wearing|with) <y>"}},
		{"exchange the two", exchangeNamed, []example{
			{"a black cat and a white dog", "swap the colours", "black → white, white → black"},
			{"a black cat and a white cat", "swap the cats", "black → white, white → black"},
		}, []string{
			"(swap|exchange|switch|trade) [the|their] [two|both] (colors|colours|color|colour) [around|over]",
			"(make|let|have) [the|their] (colors|colours) (swap|switch|change places|trade places)",
			"(they|the two) [should] (swap|exchange|switch) [the|their] (colors|colours)",
			"(swap|exchange|switch) [the|both] <x> [around|over]",
		}},
		{"put several somewhere", putTogether, []example{{"a dog and a cat", "put them on a bed", "+ bed"}}, []string{
			"(put|place|set|lay|move) <x> (relation=in|on|at|under|inside|behind|next to|beside|near|in front of|between) <y>",
			"<x> [should|must|could] (be|sit|lie|stand|are|sleep) (relation=in|on|at|under|inside|behind|next to|beside|near|in front of|between) <y>",
		}},
		{"put something elsewhere", placeThing, []example{
			{"a chef in a kitchen with a cat on the counter", "put the cat on the floor", "counter → floor"},
		}, []string{
			"(put|move|place|set|lay) <x> (relation=in|on|at|into|onto|to|under|inside|behind|next to|beside|near) <y>",
			"<x> (relation=on|under|behind|next to|beside|near|in) <y>",
			"<x> should (be|sit|lie|stand) (relation=in|on|at|under|behind|next to|beside|near) <y>",
		}},

		// Style.
		{"set the style", styleAfter, []example{{river, "change the style to watercolor", "+ watercolor"}}, []string{
			"[change|set|make|turn|switch|apply] [the|its|this] [art|painting|drawing|overall|image|picture|photo] (style|medium) [of] [the] [image|picture|photo] [to|into|as|be|to be|is|should be] <s>",
		}},
		{"in the style of", styleOf, []example{
			{river, "in the style of Monet", "+ Monet style"},
			{face, "make it in the style of van gogh", "+ van gogh style"},
		}, []string{
			"[use|apply|do it|make it|try|have it] [in|with] [the|a|an] style of <s>",
			change + " [the] " + picture + " (into|to|in|as|like|look like|with) [the|a|an] style of <s>",
		}},
		{"apply a style, an effect or a light", styleEffect, []example{
			{river, "add a vintage effect", "+ vintage"},
			{river, "apply dramatic lighting to the scene", "+ dramatic lighting"},
		}, []string{
			"(use|apply|add|give it|give the image|put|create|try|do|make it|make it in|make it with) <s> (kind=style|styling|effect|filter|lighting|light|palette|look|tone|tones|theme|aesthetic|color palette|colour palette|mood)",
			"(use|apply|add|give it|give the image|put|create|try|do) <s> (kind=style|styling|effect|filter|lighting|light|palette|look|tone|tones|theme|aesthetic|color palette|colour palette|mood) (to|on|onto|over|for|of|in) <x>",
		}},
		{"seen from somewhere", seenFrom, []example{{river, "seen from above", "+ seen"}}, []string{
			"[make it|show it|draw it] [as] (how=seen|viewed|shot|photographed|taken|filmed|painted|looked at) from <x>",
		}},
		{"draw it like", styleOf, []example{{river, "paint it like Monet", "+ Monet style"}}, []string{
			"(paint|draw|render|redraw|repaint) [it|this|the picture|the image|the scene] like <s>",
		}},
		{"make a picture out of it", outOf, []example{{face, "make a watercolor out of it", "+ watercolor"}}, []string{"(make|create|do) <s> (out of|of|from) <x>"}},
		{"use a style", styleAfter, []example{{river, "use pointillism", "+ pointillism style"}}, []string{"(use|apply) <s>"}},
		{"turn the picture into a style", pictureInto, []example{{river, "turn it into a watercolor", "+ watercolor"}}, []string{
			change + " <x> (into|in to|to|to be|as|with|like|look like|in) [a|an|the] <s>",
		}},
		{"turn into a style", styleOnly, []example{{river, "turn into a pencil sketch", "+ pencil sketch"}}, []string{change + " (into|in to|to|in|as) <s>"}},
		{"make it look like", lookLike, []example{
			{face, "make her look like a queen", "woman → queen"},
			{river, "make it look like it's night", "sunset → night"},
		}, []string{
			change + " <x> (look like|look as if|look as though) [it's|it is|it was|they are|they're] <y>",
		}},
		{"make the picture a style", pictureInto, []example{{face, "make it a pencil sketch", "+ pencil sketch"}}, []string{"make <x> <s>"}},
		{"in colour again", inFullColour, []example{{"a river, black and white", "in colour again", "− black and white"}}, []string{
			"[make it|have it|i want it|give it|give me|bring] [back] [in|with|to|back to|into] [the|its] [full|normal|real] (color|colour|colors|colours|colored|coloured) [back|again|please|instead]",
			"(no|not) [more] [in] black and white [anymore|any more]",
		}},
		{"a style alone", styleOnly, []example{{face, "as a watercolor", "+ watercolor"}}, []string{"(in|as|like) [a|an] <s>"}},

		// Place and background.
		{"set the background", backgroundTo, []example{
			{face, "change the background to a forest", "+ forest"},
			{face, "make the background blue", "+ blue background"},
			{dog, "change the background to a beach", "grass → beach"},
		}, []string{
			"(edit|change) the " + scene + " by (removing|replacing) <x> (and placing|and adding|with|by) <y>",
			"[change|make|set|turn|replace|switch|swap|edit|alter|have|let] [the|its|her|his|their] " + scene + " (:|to|into|with|by|be|as|to be|for|is|should be|becomes|become|from now on) <y>",
			"(make|turn|set|change|paint|color|colour) [the|its|her|his|their] " + scene + " <y>",
		}},
		{"move to a place", moveTo, []example{{dog, "put it on a beach", "grass → beach"}}, []string{
			"(put|move|place|set|take|bring|transport|relocate|teleport|stick|plop|stand|seat) <x> (relation=in|on|at|into|onto|to|inside) <y>",
		}},
		{"add in the background", inBackground, []example{
			{face, "add a castle in the background", "+ castle in the background"},
			{face, "a castle in the distance", "+ castle in the distance"},
		}, []string{
			put + " <x> (in|to|on|into|onto|at) [the] (where=background|back ground|backdrop|distance|foreground|backgroud|back|far distance)",
			"[with] <x> (in|on|at) [the] (where=background|backdrop|distance|foreground|back|rear|far distance)",
		}},
		{"a background alone", backgroundOnly, []example{{face, "on a blue background", "+ blue background"}}, []string{
			"[give|have|use|add|put|make|show|want|set] [it|her|him|them|the picture|the image] [on|with|against|in|in front of] [a|an|the] <y> (background|backdrop)",
		}},

		// Time and weather.
		{"set weather, time or light", momentOf, []example{
			{dog, "make the sky cloudy", "+ cloudy sky"},
			{river, "change the season to winter", "+ winter"},
		}, []string{
			"(make|set|change|turn|let|have) [the] (kind=weather|time|season|time of day|lighting|sky|day) [to|into|be|at|to be|as] <t>",
			"[the] (kind=sky|weather|season) <t>",
		}},
		{"weather or time alone", momentOnly, []example{
			{dog, "make it rain", "+ rain"},
			{river, "at night", "sunset → night"},
			{river, "snow", "+ snowy"},
		}, []string{
			"(make|turn|change|set|let|have|add|get|i'd like|prefer|rather) [it|this|the scene|the image|the picture|the photo|everything] [look like it's|look like it is|look as if it's|look like|look|be|into|to|to be|like] [it's|it is|at|in] <t>",
			"(it|let it|it should|it could|it must) (kind=snows|snow|rains|rain|be snowing|be raining|is snowing|is raining|starts snowing|starts raining|start to snow|start to rain|starts to snow|starts to rain) [outside|a bit|a little|heavily|hard|lightly]",
			"it's (kind=snowing|raining) [outside|now|heavily]",
			"(let|make) [the] (kind=sun) [to] (shine|come out)", "[the] (kind=sun) (is shining|shines|should shine|comes out|should come out|is out)",
			"<t> [outside|mood|vibe|vibes|atmosphere|feeling|weather|feel|please]",
			"(it|it should be|it is|it's|should be|let it be|let it|with|during|at|in|under|on|have it) [a|an|the] <t>",
		}},

		// Colour, pose, and what is said with its old value.
		{"set a colour", colourOf, []example{
			{face, "change the colour of her hair to red", "blond → red"},
			{face, "change the hair color to red", "blond → red"},
		}, []string{
			change + " [the] (color|colour) of <x> " + into + " <y>",
			change + " <x> (color|colour) " + into + " <y>",
		}},
		{"paint something", colourSplit, []example{
			{face, "dye her hair red", "blond → red"},
			{cars, "make the car blue", "red → blue"},
		}, []string{
			"(color|colour|paint|dye|tint|make|recolor|repaint) <z>",
		}},
		{"set a pose", poseOf, []example{{dog, "change the pose of the dog to running", "sitting → running"}}, []string{
			"(change|make|set) [the] (action|pose|posture|activity|gesture) of <x> " + into + " <y>",
		}},
		{"change from one to another", fromTo, []example{{face, "change her hair from blond to red", "blond → red"}}, []string{change + " <x> from <f> " + into + " <y>"}},

		{"so and not so", contrasted, []example{
			{face, "her hair should be red instead of blond", "blond → red"},
			{face, "the hair must be brown, not blond", "blond → brown"},
		}, []string{
			"<x> " + should + " (be|become|been) <y> (instead of|rather than|and not|not) <z>",
			"<x> " + should + " (be|become|been) <y> , (not) <z>",
		}},
		// One thing for another.
		{"replace one by another", swapFor, []example{
			{face, "replace blond with red", "blond → red"},
			{dog, "swap the dog for a cat", "dog → cat"},
		}, []string{
			"(replace|substitute|swap|exchange|switch|change|trade|trade in) [out] <x> (with|by|for|to|into|against) <y>",
		}},
		{"one instead of another", insteadOf, []example{
			{face, "a man instead of a woman", "woman → man"},
			{face, "not blond but red", "blond → red"},
			{cars, "blue instead of red", "? clarify"},
		}, []string{
			"<y> instead of <x>",
			"<y> rather than <x>",
			"instead of <x> [make it|use|have|put|i want|add] <y>",
			"(don't like|i don't like|i do not like|not a fan of|i'm not a fan of) <x> (,|but|:|-) [rather|better|make it] <y>",
			"not <x> (but|,|:|-) <y>",
		}},
		{"no such, another", noButThis, []example{{dog, "no grass, sand", "grass → sand"}}, []string{"(no|without) <x> (,|but|:|-) <y>"}},
		{"one, not another", notAnother, []example{{face, "red, not blond", "blond → red"}}, []string{"<y> (not) <x>"}},
		{"put one in the place of another", insteadOf, []example{{dog, "put a lion in the place of the dog", "dog → lion"}}, []string{put + " <y> (in place of|in the place of|where <x>) <x>"}},
		{"change one to another", swapFor, []example{
			{dog, "turn the dog into a cat", "dog → cat"},
			{river, "turn the river into a road", "river → road"},
		}, []string{
			"(remove|delete|take away|get rid of) <x> (and add|and put|and place|and insert|, add|then add) <y>",
			change + " <x> " + into + " <y>",
		}},
		{"one → another", swapNamed, []example{{face, "blond -> red", "blond → red"}}, []string{"<x> (- >|= >|=|→|:|to|becomes|become|into) <y>"}},

		// Less, more and away.
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
		{"off with it", off, []example{{curls, "glasses off please", "− glasses"}}, []string{"<x> (off|away|gone|out)"}},
		{"take off", takeAway, []example{
			{curls, "take her glasses off", "− glasses"},
			{curls, "make the hat disappear", "− hat"},
		}, []string{
			"(take|get|leave|cut|put|throw) <x> (off|away|out)",
			"<x> (was|is|were|are) [just] (a mistake|a bad idea|unnecessary|superfluous|not needed|not necessary)",
			"<x> (should|must|has to|have to|can|needs to|could|may) (go|disappear|be gone|leave|vanish|be removed|go away|come off)",
			"<x> (goes|go|goes away|comes off|come off|disappears|vanishes)",
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
			"not (so|that|as|too) <x>",
			"too <x>",
		}},
		{"not so", notAdjective, []example{{curls, "not curly", "− curly"}}, []string{"not <y>"}},
		{"undo one edit", undoNamed, []example{{face, "make her hair red / add glasses / undo the hair", "red → blond"}}, []string{"undo <x>"}},
		{"remove", takeAway, []example{
			{curls, "remove the hat", "− hat"},
			{cars, "get rid of the house", "− red house"},
			{face, "remove the hat", "? nothing-to-do"},
		}, []string{
			"[i] [want|need|have|keep|leave|make] [it|her|him|them] " + gone + " <x> from <y>",
			"[i] [want|need|have|keep|leave|make] [it|her|him|them] " + gone + " <x>",
		}},
		{"a verb made of an adjective", adjectiveVerb, []example{
			{curls, "straighten her hair", "curly → straight"},
			{face, "lengthen her hair", "+ long"},
		}, []string{
			"(make|get|have) <v>",
			"<v>",
		}},

		// Comparatives, which the functions look for among the words.
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

		// Additions.
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

		// What something should be or do.
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
		{"something is", isSomething, []example{{face, "her hair is red", "blond → red"}}, []string{"<x> (is|are|was|were|turns|becomes|looks|gets) <y>", "(it's) <y>"}},
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
