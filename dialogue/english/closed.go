package english

// Closed tells whether a word belongs to one of the closed classes.
func Closed(w string) bool {
	_, ok := closedTag(w)
	return ok
}

// closedTag gives the part of speech of a word of the closed classes, which have
// one each; the lexicon decides about all other words.
func closedTag(w string) (t Tag, ok bool) {
	switch w {
	case "a", "an", "the", "this", "that", "these", "those", "some", "any", "no", "every", "each", "all", "both",
		"another", "either", "neither", "several", "many", "few", "various", "other", "such", "what", "which", "enough",
		"plenty":
		return Determiner, true
	case "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "dozen",
		"hundred", "couple", "half":
		return Number, true
	case "her", "his", "its", "their", "my", "your", "our", "'s":
		return Possessive, true
	case "i", "you", "he", "she", "it", "we", "they", "me", "him", "them", "us", "himself", "herself", "itself",
		"themselves", "someone", "somebody", "something", "anyone", "anything", "everyone", "everybody", "everything",
		"nobody", "nothing", "who", "whom":
		return Pronoun, true
	case "in", "on", "at", "by", "with", "without", "of", "from", "to", "into", "onto", "under", "over", "above", "below",
		"beneath", "behind", "beside", "besides", "between", "among", "amid", "amidst", "around", "through",
		"throughout", "across", "along", "against", "near", "inside", "outside", "during", "before", "after", "until",
		"since", "for", "about", "like", "as", "off", "up", "down", "out", "upon", "within", "towards", "toward", "past",
		"next", "than", "per", "via", "atop", "underneath", "opposite", "alongside", "beyond":
		return Preposition, true
		// These govern a noun phrase as prepositions do, but are verbs.
	case "wearing", "including", "featuring", "holding", "carrying":
		return Gerund, true
	case "and", "or", "but", "while", "&", "nor", "yet", "because", "although", "if", "when", "where":
		return Conjunction, true
	case "is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does", "did", "will",
		"would", "can", "could", "should", "shall", "may", "might", "must", "isn't", "aren't", "wasn't", "doesn't",
		"don't", "it's", "that's", "there's":
		return Auxiliary, true
	case "not", "very", "too", "really", "quite", "rather", "slightly", "somewhat", "extremely", "more", "most", "less",
		"least", "much", "also", "again", "just", "only", "even", "always", "never", "together", "away", "here", "there",
		"now", "then", "still", "almost", "so", "instead", "indoors", "outdoors":
		return Adverb, true
	}
	return Noun, false
}

// ClassOf is the part of speech of a word of the closed classes ("the", "with",
// "her"), and Noun for all other words, which may be several.
func ClassOf(w string) Tag {
	t, _ := closedTag(w)
	return t
}
