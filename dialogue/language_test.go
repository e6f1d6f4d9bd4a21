package dialogue

import (
	"encoding/json"
	"strings"
	"testing"

	"pentimento/dialogue/english"
	"pentimento/dialogue/foreign"
)

// TestEnglishStaysEnglish: what is English is never read as another language.
func TestEnglishStaysEnglish(t *testing.T) {
	translator := foreign.New(english.New())
	var said []string
	for _, e := range readExamples(t) {
		said = append(said, strings.Split(e.said, " / ")...)
	}
	for _, list := range [][]rule{followUps(), sentences()} {
		for _, r := range list {
			for _, x := range r.examples {
				said = append(said, strings.Split(x.said, " / ")...)
			}
		}
	}
	t.Run("examples", func(t *testing.T) { stayEnglish(t, translator, said) })
	t.Run("real requests", func(t *testing.T) { stayEnglish(t, translator, realRequests(t)) })
}

func stayEnglish(t *testing.T, translator *foreign.Translator, said []string) {
	for i, text := range said {
		before := ""
		if i > 0 {
			before = said[i-1]
		}
		if r := translator.Read(text, before); r.Foreign {
			t.Errorf("%q is read as %+v", text, r)
		}
	}
	t.Logf("%d utterances", len(said))
}

// realRequests are the English instructions and prompts of the shared data.
func realRequests(t *testing.T) []string {
	var out []string
	for _, name := range []string{"edits/triples.jsonl", "edits/followups.jsonl", "edits/chains.jsonl", "edits/pairs.jsonl", "talk/talk.jsonl"} {
		for _, raw := range readLines[json.RawMessage](t, name) {
			var row struct {
				Lang, Instruction, User, Source, Target, Start string
				Turns                                          []triple
			}
			if err := json.Unmarshal(raw, &row); err != nil {
				t.Fatal(err)
			}
			if row.Lang != "" {
				continue
			}
			for _, text := range []string{row.Instruction, row.User, row.Source, row.Target, row.Start} {
				if text != "" {
					out = append(out, text)
				}
			}
			for _, turn := range row.Turns {
				out = append(out, turn.Instruction)
			}
		}
	}
	return out
}

// TestLanguages plays utterances in other languages to their plans, in a
// conversation with the prompt; the first picture has none.
func TestLanguages(t *testing.T) {
	planner := New()
	const woman, lake, pet = "a woman with long blond hair and glasses", "a house by a lake in winter with a tree", "a black dog on a carpet"
	for _, x := range []struct{ prompt, said, want string }{
		{"", "Male mir bitte einen weißen Hasen auf einer Wiese", "imagine a white rabbit on a meadow"},
		{"", "eine lächelnde Frau, die eine Sonnenbrille trägt", "imagine a smiling woman wearing sunglasses"},
		{woman, "Mach die Haare braun und lockig.", "a woman with long curly brown hair and glasses | blond → curly brown"},
		{woman, "nimm die Brille ab", "a woman with long blond hair | − glasses"},
		{woman, "setz ihr einen blauen Hut auf", "a woman with long blond hair, glasses and a blue hat | + blue hat"},
		{lake, "im Herbst", "a house by a lake in autumn with a tree | winter → autumn"},
		{lake, "ersetz das Haus durch ein Schloss", "a castle by a lake in winter with a tree | house → castle"},
		{pet, "mach das bitte rückgängig", "? nothing-to-do"},
		{pet, "mach den Hund zu einer Katze", "a black cat on a carpet | dog → cat"},
		{pet, "ein Hund mit einem Schraubenzieher", "? not-understood"},
		{"", "Dessine-moi un lapin blanc dans un pré", "imagine a white rabbit in a meadow"},
		{"", "une femme souriante qui porte des lunettes de soleil", "imagine a smiling woman wearing sunglasses"},
		{woman, "rends les cheveux bruns", "a woman with long brown hair and glasses | blond → brown"},
		{woman, "enlève les lunettes", "a woman with long blond hair | − glasses"},
		{woman, "mets-lui un chapeau bleu", "a woman with long blond hair, glasses and a blue hat | + blue hat"},
		{lake, "en automne", "a house by a lake in autumn with a tree | winter → autumn"},
		{lake, "remplace la maison par un château", "a castle by a lake in winter with a tree | house → castle"},
		{pet, "annule ça", "? nothing-to-do"},
		{pet, "transforme le chien en chat", "a black cat on a carpet | dog → cat"},
		{pet, "un chien avec un tournevis", "? not-understood"},
		{"", "¿me dibujas una mujer con pelo corto?", "imagine a woman with short hair"},
		{woman, "die Haare sollen rot sein und die Brille schwarz", "a woman with long red hair and black glasses | blond → red, + black"},
		{woman, "mach sie traurig, aber ohne Brille", "a sad woman with long blond hair | + sad, − glasses"},
		{woman, "mets un chapeau mais pas de lunettes", "a woman with long blond hair and a hat | glasses → hat"},
		{woman, "ponle un sombrero pero sin gafas", "a woman with long blond hair and a hat | glasses → hat"},
		{woman, "lieber eine normale Brille", "? nothing-to-do"},
		{lake, "statt des Hauses ein Schloss", "a castle by a lake in winter with a tree | house → castle"},
		{pet, "weiß der Hund", "a white dog on a carpet | black → white"},
		{pet, "blanc le chien", "a white dog on a carpet | black → white"},
		{pet, "der Hund weiß statt schwarz", "a white dog on a carpet | black → white"},
		{"a dog and a cat on a sofa", "nur noch der Hund", "a dog on a sofa | − cat"},
		{"a dog and a cat on a sofa", "seulement le chat", "a cat on a sofa | − dog"},
		{"a dog and a cat on a sofa", "solo el perro", "a dog on a sofa | − cat"},
		{"a dog and a cat on a sofa", "der Hund soll braun sein und die Katze weiß", "a brown dog and a white cat on a sofa | + brown, + white"},
		{"a dog and a cat on a sofa", "le chien doit être brun et le chat blanc", "a brown dog and a white cat on a sofa | + brown, + white"},
		{"a dog and a cat on a sofa", "que el perro sea negro y el gato blanco", "a black dog and a white cat on a sofa | + black, + white"},
		{"", "Dibújame un conejo blanco en un prado", "imagine a white rabbit in a meadow"},
		{"", "una mujer sonriente que lleva gafas de sol", "imagine a smiling woman wearing sunglasses"},
		{woman, "pon el pelo castaño", "a woman with long brown hair and glasses | blond → brown"},
		{woman, "quítale las gafas", "a woman with long blond hair | − glasses"},
		{woman, "ponle un sombrero azul", "a woman with long blond hair, glasses and a blue hat | + blue hat"},
		{lake, "en otoño", "a house by a lake in autumn with a tree | winter → autumn"},
		{lake, "cambia la casa por un castillo", "a castle by a lake in winter with a tree | house → castle"},
		{pet, "deshazlo", "? nothing-to-do"},
		{pet, "convierte el perro en un gato", "a black cat on a carpet | dog → cat"},
		{pet, "un perro con un destornillador", "? not-understood"},
	} {
		talk := Conversation{}
		if x.prompt != "" {
			talk.Turns = []Turn{{Prompt: x.prompt}}
		}
		if got := outcome(planner.Plan(x.said, talk)); got != x.want {
			t.Errorf("%s\n  said %s\n  got  %s\n  want %s", x.prompt, x.said, got, x.want)
		}
	}
}

// TestAnswersInTheLanguage: what is asked or refused is said in the language that
// was spoken.
func TestAnswersInTheLanguage(t *testing.T) {
	planner := New()
	first := Conversation{Turns: []Turn{{Prompt: "a cat on a sofa"}}}
	for said, want := range map[string]string{
		"mach das rückgängig":              "Das ist das erste Bild: Es gibt nichts rückgängig zu machen.",
		"reviens en arrière s'il te plaît": "C'est la première image : il n'y a rien à annuler.",
		"vuelve atrás, por favor":          "Es la primera imagen: no hay nada que deshacer.",
		"eine Katze mit einem Amboss":      "Das Wort „Amboss“ kenne ich nicht. Sag es anders, oder auf Englisch.",
		"un gato con un yunque":            "No conozco la palabra «yunque». Dilo de otro modo, o en inglés.",
		"ajoute une enclume":               "Je ne connais pas le mot « enclume ». Dis-le autrement, ou en anglais.",
		"gehe zurück zu Bild 7":            "Bisher gibt es nur 1 Schritte.",
	} {
		r := planner.Plan(said, first)
		if r.Question == nil || r.Question.Text != want {
			t.Errorf("%q is answered %+v, want %q", said, r.Question, want)
		}
	}
}
