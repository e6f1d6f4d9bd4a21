package dialogue

// complaints say what is wrong and leave open what should be.
func complaints() []rule {
	return []rule{
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
			"<x> (is|are|looks|look|seems|seem|is still|are still|looks still|feels|is now|came out) [way|a bit|a little|much|far|a little bit|somewhat|just|rather|still] too <y> [for me|for my taste|for my liking|now]",
			"<x> [way|a bit|a little|much|far] too <y> [for me|for my taste|for my liking]",
			"[it's|its|that's|thats|it is|that is|this is|it looks|looks] [a bit|a little|way|much|far] (too) <y> [for me|for my taste|for my liking]",
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
		{"fall asleep", fallAsleep, []example{{dog, "the dog fell asleep", "+ sleeping"}}, []string{
			"<x> [has|have|should|must|could] (falls|fell|fall|fallen|went|goes|go|gone) (asleep|to sleep)", "(let|make|have) <x> (fall|go) (asleep|to sleep)",
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
			"<x> (looks|look|seems|seem|is|are|feels|came out|looks still) [a bit|really|so|very|kind of|a little|still|rather|quite|just] (weird|odd|strange|wrong|off|ugly|boring|creepy|bad|funny|terrible|awful|unnatural|silly|stupid|horrible|weird now|ridiculous|fake|dull|flat|bland|lifeless|meh|tame)",
			"(i changed my mind about|i have changed my mind about|i am not sure about|i'm not sure about|about|regarding|as for|concerning) <x>",
			"(i don't like|i hate|i dislike) <x>",
			"(change|alter|touch) (nothing but|nothing except|only|just) <x>",
		}},
		{"years younger or older", yearsYounger, []example{{face, "ten years younger", "+ young"}}, []string{
			"[make|let] [her|him|it|them] [look] [a] [<n>] (year|years|decade|decades|few years) (age=younger|older)",
			"(make|let) <x> [look] <n> (years|decades) (age=younger|older)",
			"<n> (years|decades) (age=younger|older)",
			"<x> (could be|should be|must be|can be|might be|may be|is) [about] (age=half|twice) (that age|his age|her age|the age|its age|as old)",
			"[make|let] <x> [be|look] (age=half|twice) (that age|his age|her age|the age|its age|as old)",
		}},
		{"cut short", cutShort, []example{{curls, "cut her hair", "long → short"}}, []string{"(cut|trim|chop|chop off|cut off|shorten) <x>", "(give|get) <who> a (trim=haircut|trim|hair cut)", "<who> (needs|should get|should have|gets|has|could use) a (trim=haircut|trim|hair cut)"}},
		{"cut so", cutSo, []example{{curls, "cut her hair short", "long → short"}}, []string{"(cut|trim|chop|style|wear|grow|keep) <z>"}},
		{"shave", shave, []example{{"a man with a beard and a hat", "shave him", "− beard"}}, []string{
			"(shave) <x>", "give <x> a shave", "<x> (shaves|shaved|has shaved|should shave|is shaved|got a shave)",
			"[make|have|let|i want] [<x>] [should|to] [be|is] (bare=clean shaven|clean-shaven|beardless|shaven)",
		}},
	}
}

// wishes wish for something without an order.
func wishes() []rule {
	return []rule{
		{"better in a colour", inColour, []example{
			{"a woman in a blue dress", "her dress would be better in red", "blue → red"},
		}, []string{"<x> (would be in|should be in|could be in|must be in|has to be in|would be nicer in|would be prettier in|looks better in|would look better in) <y>"}},
		{"somebody needs something", needs, []example{
			{face, "she needs earrings", "+ earrings"},
			{pair, "the man could use a hat", "+ hat"},
		}, []string{
			"<x> (needs|need|could use|can use|might use|deserves|should get|could do with|gets|would look good with|would look great with|would look better with|would look nice with|looks better with|looks good with|would want|would need|would like|would love|would look good in|would look great in|would look better in|wants) <y>",
		}},
		{"see somebody with something", seenWith, []example{{face, "see her with freckles", "+ freckles"}}, []string{
			"(see|imagine|picture|show|show me|draw) <x> (lead=with|wearing|in) <y>",
			"(x=him|her|them) (lead=with|wearing|in) <y>",
		}},
		{"something suits somebody", suits, []example{{face, "a scarf would suit her", "+ scarf"}}, []string{
			"<y> (would suit|suits|suit|suited|would look good on|would look great on|would look nice on|would look cool on|would look better on|looks good on|would fit|would go well with|would be nice on|would be good on) <x> [better|more|well|nicely|best|great|a lot|much better]",
		}},
		{"something was forgotten", forgotten, []example{
			{face, "you forgot the hat", "+ hat"},
			{curls, "you forgot the hat", "hat ×1.5"},
		}, []string{"(don't forget|do not forget|remember|you forgot|you missed|you left out|you didn't add|you did not add|you didn't draw|you did not draw|i asked for|i don't see|i can't see|i do not see|i cannot see|i see no|there is no|there's no|there are no) <y> [yet|anywhere|at all|in it]", "<y> (is missing|are missing|is still missing|are still missing|got lost|disappeared|has disappeared|is gone)"}},
		{"something must be there", mustBeThere, []example{
			{curls, "remove the hat / the hat should be there", "+ hat"},
		}, []string{"<x> (should be|must be|has to be|have to be|needs to be|need to be|should stay|is to be) (there|here|back|in it|in there|in the picture|included|visible)"}},
		{"something would be nice", wouldBeNice, []example{
			{face, "a red scarf would be awesome", "+ red scarf"},
			{face, "a scarf would be lovely, in red", "+ red scarf"},
		}, []string{
			"<y> (would be|might be|could be|would look|would be really|would be very) (nice|great|good|cool|lovely|perfect|fun|awesome|beautiful|cute|wonderful|better|amazing|sweet|fine|ideal|welcome) [too|here|there|on top] [,] [maybe|perhaps] [in] [<z>]",
			"<y> (would be|might be|could be|would look) (nice|great|good|cool|lovely|perfect|fun|awesome|beautiful|cute|wonderful|better) [too] [,] in <z>",
			"(would|could|might) <y> be (possible|an option|okay|ok|allowed)",
			"<y> (are a must|is a must|are needed|is needed|are required|is required|are welcome|is welcome)",
		}},
	}
}

// details give what is named a colour, clothes or a place.
func details() []rule {
	return []rule{
		{"in a colour", inColour, []example{
			{cars, "the house in white", "red → white"},
			{cars, "white for the house", "red → white"},
		}, []string{"[have|see|do|get|make|show|want|try] <x> in <y>", "[do|have|use|try|pick|take|choose] <y> (for=for) <x>"}},
		{"what is beside somebody", besideThem, []example{
			{face, "behind her, a red wall", "+ red wall"},
		}, []string{"(relation=behind|next to|beside|near|in front of|under|above) <x> [,|:|is|are|there is|there are|there should be] <y>"}},
		{"two in colours", inColours, []example{{cars, "the house in white the car in black", "red → black, red → white"}}, []string{"<a> in <b> <x> in <y>"}},
		{"something of the colour of another", sameColourAs, []example{{curls, "add a scarf, same colour as her hair", "+ red scarf"}}, []string{
			"<y> [,] [in|of] [the] (same color as|same colour as) <x>",
		}},
		{"the same colour as another", likeAnother, []example{{"a red car and a white house", "make the house the same colour as the car", "white → red"}}, []string{
			"(make|paint|color|colour|turn|have) <x> [in] [the] (same color as|same colour as|color of|colour of|same as) <y>",
			"<x> (should have|should be|has|have|takes|gets|should take|should get) [in] the (same color as|same colour as|color of|colour of) <y>",
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
			"<y> (definite=goes|should go|must go|belongs|goes over) to <x>",
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
		{"all of it somewhere", wholeThing, []example{{"a burger on a plate", "everything on a red tablecloth", "+ red tablecloth"}}, []string{
			"[put|have|set|show] (everything|it all|all of it|all of this|all of that|the whole thing|the whole scene) <y>",
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
	}
}
