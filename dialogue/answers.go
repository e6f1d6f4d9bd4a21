package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Answers to questions, by subject. Those about words come from the model's
// vocabulary, those about the picture from its prompt.

// prompted names the prompt of the picture shown, or says that there is none.
func prompted(talk Conversation) string {
	if len(talk.Turns) == 0 {
		return "Nothing has been drawn yet."
	}
	return fmt.Sprintf("The picture's prompt is: %s.", talk.head().Prompt)
}

// cannotAnswer is said to a question about something else.
func (p *Planner) cannotAnswer(words english.Words, talk Conversation) string {
	return fmt.Sprintf("I cannot answer %q: I know a picture's prompt, what can be drawn and what can be said here, and nothing else. %s", shortText(words), prompted(talk))
}

// tellWhatItIs answers "who are you?"; "what is this?" of a picture is about that.
func (p *Planner) tellWhatItIs(m english.Match, talk Conversation) string {
	if x := m["x"]; len(x) > 0 && english.List("done ready finished sure able still there").Has(x[0].Lower) {
		return ""
	}
	return "I am Pentimento, a program that draws what you describe and changes the picture as you tell it to. " + whatNext(talk)
}

// tellWhatItCan answers "what can you draw?" and "help".
func (p *Planner) tellWhatItCan(_ english.Match, talk Conversation) string {
	const say = " Describe a picture; then change, add, remove, strengthen or weaken what it shows, set its style, light or place, go back (\"undo\", \"go to turn 2\") or start over."
	return p.Repertoire(talk, 6) + say
}

// Repertoire says what the model draws: kinds of things, of each up to that many of
// the words that it knows.
func (p *Planner) Repertoire(talk Conversation, words int) string {
	if talk.Known == nil {
		return "I draw what you describe: people, animals, landscapes, things; the model is not bound to a list of words."
	}
	var kinds []string
	for _, k := range []struct {
		name string
		of   []string
	}{
		{"people", p.vocabularyOf("person", talk)},
		{"animals", p.vocabularyOf("animal", talk)},
		{"landscapes and places", p.vocabularyOf("place", talk)},
		{"clothes", p.vocabularyOf("clothes", talk)},
		{"colours", p.vocabularyOf("colour", talk)},
	} {
		if len(k.of) > 0 {
			kinds = append(kinds, fmt.Sprintf("%s (%s)", k.name, strings.Join(k.of[:min(words, len(k.of))], ", ")))
		}
	}
	return "I draw " + strings.Join(kinds, ", ") + "."
}

// tellPrompt answers "what is in the picture?".
func (p *Planner) tellPrompt(_ english.Match, talk Conversation) string {
	if len(talk.Turns) == 0 {
		return prompted(talk) + " " + whatNext(talk)
	}
	return prompted(talk)
}

// tellChange answers "why did you change the sky?" with what was said and what
// became of it.
func (p *Planner) tellChange(_ english.Match, talk Conversation) string {
	n := len(talk.Turns)
	if n == 0 {
		return prompted(talk)
	}
	last := talk.Turns[n-1]
	if n == 1 || last.Utterance == "" {
		return fmt.Sprintf("What the prompt does not say, the model chooses by itself, by the seed. %s", prompted(talk))
	}
	done := ""
	if last.Plan != nil && last.Plan.Label != "" {
		done = " (" + last.Plan.Label + ")"
	}
	return fmt.Sprintf("The last change came of %q%s; what the prompt does not say, the model chooses by itself. %s To take it back, say \"undo\".", last.Utterance, done, prompted(talk))
}

// tellHow answers "how can I take a change back?".
func (p *Planner) tellHow(m english.Match, talk Conversation) string {
	x := m.Text("x")
	for _, how := range []struct{ words, answer string }{
		{"undo back revert cancel previous earlier return mistake", "Say \"undo\" or \"go back two\" to go back, \"go to turn 2\" or \"the one with the hat\" for a certain picture, and \"redo\" to go forward again."},
		{"redo forward", "Say \"redo\" to go forward again after an undo."},
		{"restart again over new another scratch anew fresh", "Describe the new picture (\"a cat on a sofa\", \"new picture: a lake in winter\"), or say \"start over\"."},
		{"save download export keep store share print send", "Every picture is kept with its turn; /help lists the commands that hand it out."},
		{"remove delete rid without away", "Say \"remove the hat\" or \"no glasses\"."},
		{"add put give insert", "Say \"add a hat\" or \"give her glasses\"."},
		{"stronger more weaker less emphasize stress weight strengthen weaken", "Say \"more smile\", \"less curly\" or \"emphasize the hat\"; \"a bit more\" goes on from there."},
		{"style", "Say \"make it a watercolor\" or \"in the style of Monet\"."},
		{"seed steps guidance preset setting settings faster quality", "Say \"use seed 7\", \"use 30 steps\" or \"set the guidance to 5\"."},
		{"change edit modify make recolor colour color turn replace swap", "Say what should be different: \"make her hair red\", \"replace the cat with a dog\", \"make it winter\"."},
		{"draw start begin picture", "Describe what you would like to see, such as \"a woman with red hair\"."},
	} {
		if slices.ContainsFunc(strings.Fields(x), func(w string) bool { return english.List(how.words).Has(strings.Trim(w, ".,?")) }) {
			return how.answer
		}
	}
	return ""
}

// tellWords answers "which colours can hats have?".
func (p *Planner) tellWords(m english.Match, talk Conversation) string {
	x := m["x"].TrimMarks()
	if len(x) == 0 || len(x) > 3 {
		return ""
	}
	kind := x[len(x)-1].Lower
	if kind == "color" || kind == "colors" {
		kind = "colours"
	}
	if talk.Known == nil {
		if !p.namesKind(kind) {
			return ""
		}
		return fmt.Sprintf("Any %s that you can name: this model is not bound to a list of words.", kind)
	}
	words := p.vocabularyOf(kind, talk)
	if len(words) == 0 {
		return ""
	}
	return fmt.Sprintf("The model knows these %s: %s (%d).", kind, strings.Join(words, ", "), len(words))
}

// namesKind tells whether a word names a kind of words that one can ask for.
func (p *Planner) namesKind(kind string) bool {
	return english.List("colour colours color colors shade shades animal animals person people place places scene scenes landscape landscapes clothes clothing weather season seasons time times style styles mood moods expression expressions hair hairstyle hairstyles things words objects hats").Has(kind) || p.en.IsPlural(kind)
}

// vocabularyOf are the model's words of the kind that a word names.
func (p *Planner) vocabularyOf(kind string, talk Conversation) []string {
	var fits func(string) bool
	noun := func(v string) bool {
		can := p.en.Possible(v)
		return p.en.Guess(english.Token{Text: v, Lower: v}) == english.Noun && can.Noun >= can.Adjective && !p.en.IsColour(v) && !p.en.IsMoment(english.Tokenise(v)) && !english.PlaceWords.Has(v)
	}
	of := func(kinds ...lexicon.Kind) func(string) bool {
		return func(v string) bool {
			return noun(v) && p.en.IsAny(v, kinds...)
		}
	}
	switch p.en.Lemma(kind) {
	case "color", "colors", "shade":
		fits = func(v string) bool {
			return p.en.IsColour(v) && p.en.Possible(v).Adjective >= 0 && v != "straight" && v != "snowy"
		}
	case "person", "people", "man", "human", "face", "portrait", "character":
		fits = of(lexicon.Person)
	case "animal", "pet", "creature":
		fits = of(lexicon.Animal)
	case "place", "landscape", "scene", "background", "scenery", "location":
		fits = of(lexicon.Place, lexicon.Building)
	case "clothes", "clothing", "accessory", "garment", "outfit":
		fits = of(lexicon.Garment)
	case "hairstyle", "hair", "haircut", "hairdo":
		fits = func(v string) bool { return english.HairWords.Has(v) || v == "long" || v == "short" }
	case "weather", "season", "time", "hour", "daytime":
		fits = func(v string) bool { return p.en.IsMoment(english.Tokenise(v)) }
	case "mood", "expression", "emotion", "feeling":
		fits = func(v string) bool { return v == "happy" || p.en.OneKind(v, "happy") }
	case "word", "thing", "object", "stuff", "noun", "subject":
		fits = noun
	default:
		fits = func(v string) bool {
			return noun(v) && (p.en.Lemma(v) == p.en.Lemma(kind) || p.en.KindOf(v, p.en.Lemma(kind)))
		}
	}
	var out []string
	for _, v := range talk.Vocabulary {
		same := func(o string) bool {
			return english.AmericanSpelling(p.en.Lemma(o)) == english.AmericanSpelling(p.en.Lemma(v))
		}
		if !english.Closed(v) && !strings.Contains(v, "'") && fits(v) && !slices.ContainsFunc(out, same) {
			out = append(out, v)
		}
	}
	return out
}

// tellWhether answers "can you also draw horses?".
func (p *Planner) tellWhether(m english.Match, talk Conversation) string {
	q := p.en.Parse(m["x"].TrimMarks())
	n, ok := q.Main()
	if !ok {
		return ""
	}
	things := q.Words[n.Start+q.Determiners(n) : n.End].Lower()
	if talk.Known == nil {
		return fmt.Sprintf("Yes: this model is not bound to a list of words. Describe a picture with %s in it.", things)
	}
	for i := n.Start; i < n.End; i++ {
		if w := q.Words[i].Lower; !english.Closed(w) && !p.modelKnows(w, talk) {
			if near := p.near(w, talk); len(near) > 0 {
				return fmt.Sprintf("No: the model does not know %q. It knows %s.", w, listed(near, "and"))
			}
			return fmt.Sprintf("No: the model does not know %q.", w)
		}
	}
	return fmt.Sprintf("Yes, the model knows %q, one at a time. Describe the picture.", things)
}

// tellTime answers "are you always this slow?".
func (p *Planner) tellTime(_ english.Match, talk Conversation) string {
	return "A picture comes as soon as it is drawn: seconds with the bundled model, longer with a large one or more steps (\"use 20 steps\" is faster than 50). Its seconds stand beside it."
}

// tellModels answers "which models are there?".
func (p *Planner) tellModels(_ english.Match, talk Conversation) string {
	switch len(talk.Models) {
	case 0:
		return p.tellSettings(nil, talk)
	case 1:
		return fmt.Sprintf("Pictures are drawn with the model %s. There is no other here.", talk.Models[0])
	}
	return fmt.Sprintf("The models here are %s. Say \"use model %s\" to draw new pictures with another; an edit stays with the model of its picture.",
		listed(talk.Models, "and"), talk.Models[len(talk.Models)-1])
}

// tellSettings answers "which seed is it?".
func (p *Planner) tellSettings(english.Match, Conversation) string {
	return "The seed and the other values stand beside each picture, and /settings lists them. To change one, say \"use seed 7\", \"use 30 steps\", \"set the guidance to 5\", \"use euler\" or \"use size 768x512\"."
}

// tellOpinion answers "which one do you like best?".
func (p *Planner) tellOpinion(m english.Match, talk Conversation) string {
	about := "this"
	if x := m["x"].TrimMarks(); len(x) > 0 {
		about = shortText(x)
	}
	return fmt.Sprintf("I have no taste of my own and cannot judge %q: you can. %s", about, whatNext(talk))
}

// tellContent answers "is there a dog?" from the prompt.
func (p *Planner) tellContent(m english.Match, talk Conversation) string {
	if len(talk.Turns) == 0 {
		return prompted(talk) + " " + whatNext(talk)
	}
	prompt := english.Tokenise(talk.head().Prompt)
	for _, t := range m["x"] {
		if t.Mark || english.Closed(t.Lower) || t.Lower == "picture" || t.Lower == "image" {
			continue
		}
		if !slices.ContainsFunc(prompt, func(w english.Token) bool { return p.en.Related(w.Lower, t.Lower) }) {
			return fmt.Sprintf("The prompt does not say %q, so the model chose by itself. %s", t.Lower, prompted(talk))
		}
	}
	return "The prompt says so: " + talk.head().Prompt + "."
}

// tellUnsaid answers what only the picture could tell: "how old is she?".
func (p *Planner) tellUnsaid(_ english.Match, talk Conversation) string {
	if len(talk.Turns) == 0 {
		return ""
	}
	return "I know of a picture only its prompt; all else the model chose by itself. " + prompted(talk) + " Say it, and it will be so."
}

// tellLanguages answers "do you speak German?".
func (p *Planner) tellLanguages(english.Match, Conversation) string {
	return "English best; German, French and Spanish for simple requests, too."
}
