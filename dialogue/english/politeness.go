package english

import (
	"slices"
	"strings"
)

// openings are ways to begin that carry no meaning, longest first where one
// begins another. They are stripped again and again: "could you please".
func openings() [][]string {
	return phrases(
		"could you please", "can you please", "would you please", "could you", "can you", "would you", "will you", "can we", "could we", "shall we", "may we",
		"can i", "could i", "may i", "might i", "is it possible to", "it is possible to", "is this possible to", "would it be possible to",
		"i would like you to", "i'd like you to", "i would like to", "i'd like to", "i would love to", "i'd love to", "i want you to", "i want to", "i wanna", "i need you to", "i need to",
		"i would rather", "i'd rather", "i would prefer", "i'd prefer", "i want", "i need", "i would like", "i'd like", "i would love", "i'd love", "i think you should", "i think we should", "i think", "you should", "we should", "how about we", "how about you",
		"what if we", "what if you", "what if", "what about we", "why don't we", "why don't you", "why not", "let's see", "let us see", "let me see", "can we see", "could we see", "i'd like to see", "i would like to see", "i want to see", "let us", "let's", "lets", "let me", "do me a favor and", "go ahead and", "try to", "try", "feel free to", "just", "only",
		"hi there", "hello there", "hey there", "good morning", "good day", "good afternoon", "good evening", "greetings", "yo", "whoa", "wow",
		"i would be happy if you could", "it would be nice if you could", "it would be great if you could", "would you mind to", "are you able to", "any chance to", "i am looking for", "i was hoping for", "i was thinking about", "i wonder if you could", "i would like to have", "i'd like to have", "i would love to have", "i want to have", "i would love to see", "i'd love to see",
		"two things", "three things", "a few things", "whatever", "fine", "anyway", "anyways", "obviously", "of course", "naturally", "to be honest", "on second thought", "on second thoughts", "come to think of it", "my bad", "my mistake", "instead please", "my friend wants", "my friend would like", "please", "pls", "plz", "kindly", "be so kind as to", "be so kind and", "be so good as to", "be so good and", "be a dear and", "be kind enough to", "would you be so kind as to", "if you would be so kind as to", "have the kindness to", "looking for", "need", "hey", "hi", "hello", "ok", "okay", "alright", "all right", "right", "great", "nice", "perfect", "cool", "thanks", "thank you", "good", "well", "yes", "yeah", "nah", "naah", "nope", "wait", "no problem", "go ahead", "one more thing", "i insist you to", "i was thinking to", "i was thinking of", "further", "yep", "sure", "so", "now", "then", "and", "also", "but", "next", "maybe", "perhaps", "actually", "hmm", "hm", "um", "uh", "oh", "bot", "pentimento",
		"hold on", "hang on", "one moment", "just a second", "wait a second", "wait a moment", "i mixed that up", "i mixed it up", "i mixed them up", "i got that wrong", "i got it wrong", "i misspoke", "wrong word", "my fault",
		"mm", "mmm", "oof", "ouch", "argh", "aargh", "gah", "yikes", "sup", "wassup", "aight", "ayy", "ay", "aw", "aww", "ooh", "oooh", "yay", "meh", "phew", "eh", "uh huh", "mhm", "welp", "dang", "damn", "oh dear", "wrong word", "dear me", "dear", "hey there bot",
		"make sure that", "make sure", "ensure that", "ensure", "see to it that", "make it so that", "make it so", "i forgot to say that", "i forgot to say", "i forgot to mention that", "i forgot to mention", "i am thinking", "i'm thinking", "by the way", "imagine that", "let's say", "say that", "remember that",
		"i'd need", "i would need", "i'd have liked to see", "i'll have", "i will have", "i'll take", "i will take", "i'd take", "i would take",
		"sorry", "oops", "whoops", "misclick", "missclick", "wrong button", "typo", "ugh", "ah", "aha", "lol", "haha", "listen", "look", "honestly", "well then", "i guess", "i suppose", "i believe", "i feel like", "i wonder if", "i wish", "i bet", "i am sure", "i'm sure", "i reckon", "i could imagine", "if you ask me", "i imagined", "i imagine", "i had in mind", "i have in mind", "i've in mind", "i have always wanted to see", "i have always wanted to know", "i have always wanted", "i always wanted to see", "i always wanted to know", "i always wanted", "i've always wanted to see", "i've always wanted to know", "i've always wanted", "i am curious to see", "i'm curious to see", "i am curious", "i'm curious", "i wonder", "i feel like seeing", "i am in the mood for", "i'm in the mood for", "i pictured", "i was picturing", "i was hoping for", "i expected", "i would have liked", "i'd have liked", "i was wondering if", "i fancy", "i'd fancy", "i would fancy", "i am thinking of", "i'm thinking of", "i was imagining", "to start", "to start with", "to begin", "to begin with", "for starters", "first of all", "for a start", "first off", "i am after", "i'm after", "how would it be if we", "how would it look if", "we could", "you could", "you may", "i'd say", "i would say",
		"is there a way that", "is there any way that", "is there a way", "is there any way", "is there a chance that", "is there any chance that", "is there a chance", "is there any chance", "is it possible that", "would it be possible that", "would it be possible for", "is it possible for", "do you think you could", "do you think we could", "mind", "is there any way to", "is there a way to", "any chance you could", "any chance we could", "any chance of", "any way to", "same scene but", "the same place but", "same place but", "the same place", "the same scene", "same picture but", "same image but", "the same but", "same but",
	)
}

// endings are ways to end that carry no meaning.
func endings() [][]string {
	return phrases("pretty please", "please", "pls", "plz", "thanks", "thank you", "thx", "for me", "if you can", "if possible", "if you could", "would you", "could you", "can you", "ok", "okay", "now", "too", "as well", "also", "though", "for a change", "this time", "again", "once again", "for a start", "thank you very much",
		"by the way", "obv", "with him", "with her", "preferably", "sorry", "actually", "altogether", "at all", "i think", "i guess", "i suppose", "i believe", "maybe", "perhaps", "lol", "haha", "if that is ok", "if that's ok", "if you don't mind", "if you like", "if it is possible", "if it's possible", "if that's possible", "you know", "or something", "doable", "is that doable", "is it doable", "would that work", "is that feasible", "asap", "after all", "then", "anyway", "somehow", "will you", "real quick", "or so", "darling", "dear", "mate", "buddy", "dude",
		"lots", "lots of them", "lots of it", "a bunch of them", "many of them", "obviously", "of course", "naturally", "if you have it", "if you have that", "if you have one", "if you have any", "if you've got it", "if you've got one", "if you know that", "if that works", "if there is one", "i'd say", "i would say", "i reckon", "or whatever", "or whatever you can do", "or whatever you can", "or something like that", "or anything", "or similar", "bro", "pal", "yeah", "can you do that", "could you do that", "can you do it", "could you do it", "is that possible", "is that ok", "is that okay", "please and thank you", "will do", "would do", "will do fine", "would be enough",
		"thank you so much", "thanks a lot", "many thanks", "thanks in advance", "cheers", "for us", "sometime", "right now", "and that's it", "and nothing else", "to start with", "to begin with", "for starters", "first", "first of all", "if you would", "if you will", "my friend", "as a start", "nothing else", "nothing more", "and only that")
}

// phrases cuts each phrase into its words.
func phrases(list ...string) [][]string {
	out := make([][]string, len(list))
	for i, p := range list {
		out[i] = strings.Fields(p)
	}
	return out
}

// ungreeted drops a greeting by the time of day: the "evening" of "evening! a cat".
func ungreeted(tokens Words) Words {
	if len(tokens) > 2 && List("morning afternoon evening day").Has(tokens[0].Lower) && tokens[1].Lower == "!" {
		return tokens[2:].TrimMarks()
	}
	return tokens
}

// unpraised drops a word of praise that an exclamation mark follows: "lovely! keep it".
func unpraised(tokens Words) Words {
	if len(tokens) > 2 && Praise.Has(tokens[0].Lower) && tokens[1].Lower == "!" {
		return tokens[2:].TrimMarks()
	}
	return tokens
}

// Polite drops courtesies and other words without a meaning from both ends of a
// request: "could you please make it red for me" becomes "make it red".
func (en *Reader) Polite(tokens Words) Words {
	tokens = unpraised(ungreeted(tokens.TrimMarks()))
	for again := true; again; {
		wished := unannounced(unbegged(unwished(tokens)))
		again, tokens = len(wished) < len(tokens), wished
		for _, phrase := range en.openings {
			if len(tokens) > 1 && tokens.StartsWith(phrase[0]) && en.Meaningless(tokens) {
				return tokens // "good evening" is no evening
			}
			if tokens.StartsWith(phrase...) && len(phrase) < len(tokens) {
				tokens, again = tokens[len(phrase):].TrimMarks(), true
				break // "good evening" comes before "good"
			}
		}
		for _, phrase := range en.endings {
			rest := len(tokens) - len(phrase)
			if tokens.endsWith(phrase) && rest > 0 && tokens[rest-1].Lower != "the" { // "closer to the first"
				tokens, again = tokens[:rest].TrimMarks(), true
			}
		}
	}
	return tokens
}

// Courteous tells whether a word alone is a courtesy or an interjection: "aight".
func (en *Reader) Courteous(w string) bool {
	return slices.ContainsFunc(en.openings, func(phrase []string) bool { return len(phrase) == 1 && phrase[0] == w })
}

// moving are words that mean something when they are all that is said.
const moving List = "again oops whoops"

// Meaningless tells whether all that was said is a courtesy: "thank you".
func (en *Reader) Meaningless(spoken Words) bool {
	for _, list := range [][][]string{en.openings, en.endings} {
		for _, phrase := range list {
			if len(phrase) == len(spoken) && spoken.StartsWith(phrase...) && !moving.Has(phrase[0]) {
				return true
			}
		}
	}
	return false
}

// fillers begin utterances of every kind and mean nothing.
const fillers List = "oof ooh ouch argh gah yikes nope nah naah aw aww hmmm mm ugh meh ok okay and so but well hm hmm um uh oh ah hey hi hello yo now then wait also please sorry huh wow no yes yeah yep alright right great nice cool thanks good bot pentimento btw actually just"

// Unfilled drops the marks at both ends and the words at the beginning that mean
// nothing, but for those that a request or a question begins with.
func (en *Reader) Unfilled(tokens Words) Words {
	tokens = tokens.TrimMarks()
	for len(tokens) > 1 && (fillers.Has(tokens[0].Lower) || tokens[0].Mark) {
		tokens = tokens[1:]
	}
	return tokens
}

// Unhedged drops the words with which a request hedges in its middle ("should rather
// be") and makes an imperative of its first participle ("making it red").
func (en *Reader) Unhedged(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		if hedge.Has(words[i].Lower) && ClassOf(words[i-1].Lower) == Auxiliary && words[i+1].Lower != "than" {
			words = append(words[:i:i], words[i+1:]...)
		}
	}
	if len(words) > 2 && (words[0].Lower == "make" || words[0].Lower == "turn") && words[1].Lower == "that" && (ClassOf(words[2].Lower) == Determiner || ClassOf(words[2].Lower) == Preposition || en.Guess(words[2]) == Adjective) {
		words = append(Words{words[0], Tokenise("it")[0]}, words[2:]...) // "make that a witch"
	}
	for i := 1; i+1 < len(words); i++ { // "in the same yellow"
		if words[i].Lower == "same" && words[i-1].Lower == "the" && en.IsColour(words[i+1].Lower) && (i+2 == len(words) || words[i+2].Mark) {
			words = append(words[:i-1:i-1], words[i+1:]...)
		}
	}
	if len(words) > 1 && asking.Has(words[0].Lower) {
		words = en.asOrder(words)
	}
	return words
}

// asOrder begins words with the base of their first verb: "make it red" of "making it
// red".
func (en *Reader) asOrder(words Words) Words {
	base, ok := en.VerbLemma(words[0].Lower)
	if !ok {
		return words
	}
	first := words[0]
	first.Text, first.Lower = base, base
	return append(Words{first}, words[1:]...)
}

// Ordered makes an order of what somebody is asked whether they mind doing it: "draw a
// man" of "drawing a man". A drawing of a man is none.
func (en *Reader) Ordered(words Words) Words {
	if len(words) < 2 || !askingToDraw.Has(words[0].Lower) {
		return words
	}
	if next := ClassOf(words[1].Lower); next != Determiner && next != Pronoun && next != Number {
		return words
	}
	return en.asOrder(words)
}

const askingToDraw List = "drawing painting sketching showing creating generating rendering imagining making giving"

const hedge List = "rather maybe perhaps probably actually preferably please really ideally definitely possibly just also better"

const asking List = "making changing adding giving removing turning putting replacing swapping taking painting dyeing"
