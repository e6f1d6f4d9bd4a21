package dialogue

// unchanged are clauses that leave the picture as it is.
func unchanged() []rule {
	return []rule{
		{"keep something as it is", keepIt, []example{
			{face, "make her hair red but keep the rest", "blond → red"},
			{face, "make her hair red. Don't change her face", "blond → red"},
		}, []string{
			"[while|and|but] (keep|leave|preserve|retain|maintain|keeping|leaving|preserving) <x> [the same|as is|as it is|as they are|alone|unchanged|untouched|like that|that way|how it is]",
			"with [the] same <x>",
			"(don't|do not|dont|without) (change|changing|touch|touching|alter|altering|modify|modifying|affecting|affect) <x>",
			"(everything else|the rest|all else|the others|all the rest|everything) [should|must|can|has to|needs to] (stay|stays|remain|remains|be|is) [exactly|just] (the same|as is|as it is|as it was|as they are|unchanged|untouched|like that|like it is)",
			"(the rest|everything else|all the rest|all else) (is|is to|was) [all|just|quite] (fine|good|ok|okay|great|perfect|right|stay|remain|be left) [as it is|untouched|unchanged|alone|like that|that way]",
			"(the rest|everything else) (unchanged|untouched|as it is|as is|the same)",
			"(everything else|the rest|all else|the others|all the rest) [should|must|can|may] (stays|stay|remains|remain) [there|please]",
			"(everything else|the rest|all else|all the rest|the others) (is|are|looks|look|was|seems) [just|all|quite|really|perfectly] (fine|good|ok|okay|great|nice|perfect|lovely|right|alright|all right) [as it is|as they are|the way it is|like that|like this|now|already]",
			"[the|her|his|its|their] <good> (is|are|looks|look) [just|all|quite|really|perfectly] (fine|ok|okay|alright|all right|good|great|perfect|lovely|nice) [as it is|as they are|the way it is|like that|like this|now|already]",
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
	}
}

// exchanges put two things into each other's place.
func exchanges() []rule {
	return []rule{
		{"exchange the colours of two", exchangeColours, []example{
			{"a black cat and a white dog", "swap the colours of the cat and the dog", "black → white, white → black"},
		}, []string{
			"(make|let|have) <x> and <y> (swap|exchange|switch|trade) [their|the] (colors|colours|color|colour)",
			"<x> and <y> [should|could|can|must] (swap|exchange|switch|trade) [their|the] (colors|colours|color|colour)",
			"(swap|exchange|switch|trade|interchange) [the|their] (colors|colours|color|colour) (of|between|for) <x> (and|with) <y>",
			"(swap|exchange|switch|trade|interchange) <x> 's (color|colour) (with|for|and) <y> 's [color|colour]",
			"(swap|exchange|switch|trade|interchange) [the] (color|colour) of <x> (with|for|and) (that|the one|the color|the colour) of <y>",
			"<x> 's (color|colour) and <y> 's [color|colour] [should|must|could|can] (swap|change places|trade places|swap places)",
		}},
		{"each takes the colour of the other", exchangeTaken, []example{
			{"a black cat and a white dog", "the cat takes the colour of the dog, and the dog that of the cat", "black → white, white → black"},
		}, []string{
			"<x> (takes|gets|has|wears|should take|should get|should have) the (color|colour) of <y> [,] (and|while) <a> [takes|gets|has|should get|should have] (that|the one|the color|the colour) of <b>",
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
	}
}

// withdrawals are done with a style, with what came last, or with what is done.
func withdrawals() []rule {
	return []rule{
		{"away with a style", unsayStyle, []example{
			{"a watercolor of a river", "no watercolor", "− watercolor"},
			{"a river, anime style", "get rid of that style", "− anime style"},
		}, []string{"[i] [want] " + gone + " <x>", "no <x>", "not (in|a|an|as) <x>"}},
		{"away with the last things", unsayLast, []example{{face, "add glasses and earrings / now without either", "− glasses and earrings"}}, []string{
			"" + gone + " (them|them both|both|either|both of them|those|all of them|any of them|either of them|these) [again|too]",
			"take (them|them both|both|those) (off|away|out) [again]",
			"" + gone + " (all of that|all of those|all of these|all that|all of this|the lot|those two) [again|too|off|away]",
			"(take|strip|get|pull) (all of that|all of those|all of these|all that|all of this|the lot|it all) (off|away|out) [again]",
			"neither [of them|of those|of these]",
		}},
		{"stop doing", stopDoing, []example{
			{"a chef cutting vegetables in a kitchen", "stop cutting vegetables", "− cutting vegetables"},
			{"a chef cutting vegetables in a kitchen", "sleeping instead of cutting", "cutting vegetables → sleeping"},
		}, []string{
			"[he|she|it|they] [should|must] (stop|quit|no longer|not|without) <x>",
			"<y> (instead of|rather than) <x>",
		}},
	}
}

// exceptions ask for all but one.
func exceptions() []rule {
	return []rule{
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
		}, []string{"<x> (stays|stay|remains|remain|should stay|should remain|can stay|may stay|must stay|should be kept|has to stay|kept|is kept|are kept|is fine|are fine|is good|are good|is okay|are okay|is ok|are ok|is perfect|are perfect|is great|are great|is lovely|are lovely|is nice|are nice|is beautiful|are beautiful|is wonderful|are wonderful|is cool|are cool) [as it is|as they are|the same|there|please]"}},
		{"only that inside", onlyInside, []example{{"a bowl of fruit on a table", "only apples in the bowl", "fruit → apples"}}, []string{"<y> (in|inside) <x>"}},
		{"only that", onlyThat, []example{{pair, "just the man please", "− woman"}}, []string{"<x>"}},
	}
}
