package english

import "strings"

// WriteOut writes what chats shorten as it is written in full: "gimme", "u",
// "undooo". Words that only laugh are dropped.
func (en *Reader) WriteOut(text string) string {
	changed := false
	text = strings.ReplaceAll(strings.ReplaceAll(text, " ought to ", " should "), " oughta ", " should ")
	words := strings.Split(text, " ")
	for i, w := range words {
		core := strings.TrimRight(Lower(w), ".,!?;:")
		full, ok := shortForm(core)
		if core == "den" && i == len(words)-1 {
			full, ok = "then", true
		}
		if core == "k" && i == 0 {
			full, ok = "ok", true
		}
		if !ok {
			full, ok = en.shortened(core)
		}
		if ok {
			words[i], changed = full+w[len(w)-(len(Lower(w))-len(core)):], true
		}
	}
	if !changed {
		return text
	}
	text = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	for _, who := range [...]string{"him", "her", "it", "them"} {
		text = strings.ReplaceAll(text, "give me "+who+" ", "give "+who+" ") // "gimme him a beard"
	}
	return strings.ReplaceAll(text, "'s has to", " has to") // "her hat's gotta be red"
}

// shortForm is what a short form stands for.
func shortForm(w string) (full string, ok bool) {
	switch w {
	case "em", "'em":
		return "them", true
	case "gimme":
		return "give me", true
	case "lemme":
		return "let me", true
	case "wanna":
		return "want to", true
	case "gonna":
		return "going to", true
	case "wit", "wth", "w":
		return "with", true
	case "n":
		return "and", true
	case "u":
		return "you", true
	case "ur":
		return "your", true
	case "r":
		return "are", true
	case "thx", "ty", "tysm", "thnx", "thanx":
		return "thanks", true
	case "nvm", "nm":
		return "never mind", true
	case "bg", "bckgrnd":
		return "background", true
	case "rn":
		return "now", true
	case "cuz", "coz", "bc":
		return "because", true
	case "shud", "shoud", "shd", "shld":
		return "should", true
	case "cud", "cld":
		return "could", true
	case "wud", "wld":
		return "would", true
	case "giv":
		return "give", true
	case "dat":
		return "that", true
	case "dis":
		return "this", true
	case "da":
		return "the", true
	case "den":
		return "then", true
	case "luv":
		return "love", true
	case "kk", "okey", "okie", "oki":
		return "ok", true
	case "pls", "plz", "plox", "plss":
		return "please", true
	case "pic":
		return "picture", true
	case "sry", "srry", "soz", "sorrry":
		return "sorry", true
	case "lil", "lil'", "lill":
		return "little", true
	case "tho", "doe":
		return "though", true
	case "soo", "sooo":
		return "so", true
	case "uhh", "uhm", "umm", "erm", "er", "mhm", "hmmm":
		return "um", true
	case "hiya", "heya", "howdy", "heyo", "hullo", "hellooo", "helo":
		return "hello", true
	case "yea", "yeh", "yah", "ya":
		return "yeah", true
	case "ofc":
		return "of course", true
	case "prolly", "probs":
		return "probably", true
	case "opps", "ooops", "woops", "whops":
		return "oops", true
	case "abit":
		return "a bit", true
	case "alot":
		return "a lot", true
	case "smth", "sth":
		return "something", true
	case "ppl":
		return "people", true
	case "gotta":
		return "has to", true
	case "needa":
		return "need to", true
	case "pics":
		return "pictures", true
	case "should've", "could've", "would've", "shoulda", "coulda", "woulda", "shouldve", "couldve", "wouldve":
		return strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(w, "ve"), "a"), "'") + " have", true
	case "1st":
		return "first", true
	case "2nd":
		return "second", true
	case "3rd":
		return "third", true
	case "4th":
		return "fourth", true
	case "5th":
		return "fifth", true
	case "dont", "doesnt", "isnt", "cant", "wont", "didnt", "arent", "wasnt", "shouldnt", "couldnt":
		return w[:len(w)-1] + "'t", true
	case "lol", "lmao", "rofl", "haha", "hahaha", "hehe", "hihi", "xd", "omg", "btw", "imo", "fyi", "tbh", "ikr":
		return "", true
	}
	return "", false
}

// longestRun is how long somebody holds a letter down who means a word.
const longestRun = 30

// shortened takes the letters out of a word that were drawn out: "undooo",
// "pleeease".
func (en *Reader) shortened(w string) (string, bool) {
	once, twice, run := "", "", 0
	drawn := false
	for i := 0; i < len(w); i++ {
		if i > 0 && w[i] == w[i-1] {
			run++
		} else {
			run = 1
		}
		if run > longestRun {
			return "", false
		}
		drawn = drawn || run > 2 && w[i] >= 'a' && w[i] <= 'z'
		if run == 1 {
			once += w[i : i+1]
		}
		if run <= 2 {
			twice += w[i : i+1]
		}
	}
	if !drawn {
		return "", false
	}
	if _, ok := en.Lookup(twice); ok || Starters.Has(twice) {
		return twice, true
	}
	return once, true
}
