package dialogue

// styles name a style.
func styles() []rule {
	return []rule{
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
	}
}

// places say where it should be.
func places() []rule {
	return []rule{
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
	}
}

// times say when it should be, and in what weather.
func times() []rule {
	return []rule{
		{"set weather, time or light", momentOf, []example{
			{dog, "make the sky cloudy", "+ cloudy sky"},
			{river, "change the season to winter", "+ winter"},
		}, []string{
			"(make|set|change|turn|let|have) [the] (kind=weather|time|season|time of day|lighting|sky|day) [to|into|be|at|to be|as] <t>",
			"[the] (kind=sky|weather|season|time|time of day) [is|should be|looks|becomes|could be|must be|was|turns] <t>",
		}},
		{"weather or time alone", momentOnly, []example{
			{dog, "make it rain", "+ rain"},
			{river, "at night", "sunset → night"},
			{river, "snow", "+ snowy"},
		}, []string{
			"(make|turn|change|set|let|have|add|get|i'd like|prefer|rather) [it|this|the scene|the image|the picture|the photo|everything] [look like it's|look like it is|look as if it's|look like|look|be|into|to|to be|like] [it's|it is|at|in] <t>",
			"(it|let it|it should|it could|it must) (kind=snows|snow|rains|rain|be snowing|be raining|is snowing|is raining|starts snowing|starts raining|start to snow|start to rain|starts to snow|starts to rain) [outside|a bit|a little|heavily|hard|lightly]",
			"it's (kind=snowing|raining) [outside|now|heavily]",
			"<t> (comes|has come|is coming|arrives|has arrived|begins|sets in|is here)",
			"(it's getting|it is getting|it gets|it grows|it's growing) (kind=darkness|dark)",
			"[let|make|have] [the] (kind=night|dusk|dawn|evening|darkness) (fall|come|set in|begin|falls|comes|sets in|is falling|is coming|has fallen)",
			"[let|make|have] [the] sun [to|should|is|can] (hour=rise|rises|rising|come up|comes up|coming up|set|sets|setting|go down|goes down|going down)",
			"(let|make) [the] (kind=sun) [to] (shine|come out)", "[the] (kind=sun) (is shining|shines|should shine|comes out|should come out|is out)",
			"<t> [outside|mood|vibe|vibes|atmosphere|feeling|weather|feel|please]",
			"(it|it should be|it is|it's|should be|let it be|let it|with|during|at|in|under|on|have it) [a|an|the] <t>",
		}},
	}
}

// colours give a colour or a pose, or say the old value with the new.
func colours() []rule {
	return []rule{
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
	}
}
