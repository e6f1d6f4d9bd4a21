package dialogue

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pentimento/dialogue/english"
	bundled "pentimento/models/pocket"
	"pentimento/models/tokenizer"
)

// bundledRoom is a conversation with the bundled model: its words, and the 32
// tokens that it reads, counted by its own tokenizer.
func bundledRoom(t testing.TB, turns ...Turn) Conversation {
	t.Helper()
	files, err := fs.Sub(bundled.Files(), "tokenizer")
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := tokenizer.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(bundled.Files(), "vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	talk := Conversation{Turns: turns, Reads: func(prompt string) int { return tokens.Encode(prompt).Read }}
	if err := json.Unmarshal(data, &talk.Vocabulary); err != nil {
		t.Fatal(err)
	}
	talk.Known = func(w string) bool { return slices.Contains(talk.Vocabulary, w) }
	return talk
}

// wordsRoom is a conversation with a model that knows all words and reads so many
// of a prompt; a mark is a word.
func wordsRoom(room int, turns ...Turn) Conversation {
	return Conversation{Turns: turns, Reads: func(prompt string) int {
		words := english.Tokenise(prompt)
		if len(words) <= room {
			return len(prompt)
		}
		return words[room].Start
	}}
}

// TestPromptsAreShortened: words that say nothing go, from the end on, and no more
// of them than have to.
func TestPromptsAreShortened(t *testing.T) {
	planner := New()
	for _, c := range []struct {
		room               int
		prompt, said, want string
	}{
		{12, "a woman with a hat and a scarf", "make the hat red", "a woman with a red hat and a scarf"},
		{9, "a woman with a hat and a scarf", "make the hat red", "a woman with a red hat and a scarf"},
		{8, "a woman with a hat and a scarf", "make the hat red", "a woman with a red hat and scarf"},
		{7, "a woman with a hat and scarf", "make the hat red", "woman with a red hat and scarf"},
		{6, "a woman with hat and scarf", "make the hat red", "woman with red hat and scarf"},
		{9, "a woman with a hat and with a scarf", "make the hat red", "a woman with a red hat and a scarf"},
		{7, "a woman who is wearing a hat", "make the hat red", "a woman wearing a red hat"},
		{6, "a woman who is wearing a hat", "make the hat red", "a woman wearing a red hat"},
		{7, "a man who has a beard", "make the beard red", "a man who has a red beard"},
		{6, "a man who has a beard", "make the beard red", "a man with a red beard"},
		{8, "a dog on a sofa with some flowers.", "make the sofa red", "a dog on a red sofa with flowers"},
		{7, "a cat with a few flowers", "make the cat black", "a black cat with a few flowers"},
		{7, "a man on a yellow sofa", "make the sofa orange", "a man on an orange sofa"},
		{5, "man on a yellow sofa", "make the sofa orange", "man on an orange sofa"},
		{5, "", "a woman that is wearing a pair of glasses", "a woman wearing glasses"},
		{8, "", "a house with a garden, and a red door", "a house with a garden and red door"},
		{9, "A woman with a hat and a scarf", "make the hat red", "A woman with a red hat and a scarf"},
		{6, "A woman with hat and scarf", "make the hat red", "Woman with red hat and scarf"},
	} {
		talk := wordsRoom(c.room)
		if c.prompt != "" {
			talk.Turns = []Turn{{Prompt: c.prompt}}
		}
		r := planner.Plan(c.said, talk)
		if r.Plan == nil {
			t.Errorf("%d words: %q of %q gives %+v", c.room, c.said, c.prompt, r.Question)
			continue
		}
		if r.Plan.Prompt != c.want {
			t.Errorf("%d words: %q of %q gives %q, want %q", c.room, c.said, c.prompt, r.Plan.Prompt, c.want)
		}
		for _, op := range r.Plan.Ops {
			if r.Plan.Action == Edit && (op.Kind == Remove || !strings.HasSuffix(c.said, op.To)) {
				t.Errorf("%d words: %q of %q has the operation %+v", c.room, c.said, c.prompt, op)
			}
		}
	}
}

// full is a prompt that leaves no room of the bundled model's.
const full = "woman with long curly brown hair, glasses, earrings, red hat, freckles, smile and blue eyes wearing green sweater on yellow background with clouds under tree"

// TestQuestionWhatToLeaveOut: where the prompt is full, nothing is drawn until the
// user has said what goes. What was just said is never offered.
func TestQuestionWhatToLeaveOut(t *testing.T) {
	planner := New()
	talk := bundledRoom(t, Turn{Prompt: full})
	if !talk.reads(full) || talk.reads(full+" and boat") {
		t.Fatal("the prompt does not fill the model's room")
	}
	asked := planner.Plan("add a boat", talk).Question
	if asked == nil || asked.Kind != NoRoom || !strings.Contains(asked.Text, `"with boat" would be lost`) || asked.Of != full {
		t.Fatalf("asks %+v", asked)
	}
	if got := asked.Choices[0] + "; " + asked.Choices[2]; got != `leave out "long curly brown hair"; leave out "earrings"` {
		t.Errorf("offers %s", got)
	}
	if last := len(asked.Choices) - 1; asked.Choices[last] != keepPicture || asked.Plans[last] != nil {
		t.Errorf("offers %q last", asked.Choices[last])
	}
	hat := strings.Replace(full, "red hat, ", "", 1) + " with a boat"
	for said, want := range map[string]string{
		"4": hat, "the fourth": hat, "number 4": hat, `leave out "red hat"`: hat, `Leave out "red hat"`: hat,
		"the red hat": hat, "leave out the red hat": hat, "the hat, please": hat, "without the hat": hat, "remove the hat": hat,
	} {
		talk.Pending = asked
		r := planner.Plan(said, talk)
		if r.Plan == nil || r.Plan.Prompt != want {
			t.Errorf("%q gives %+v, %+v", said, r.Plan, r.Question)
		}
	}
	for said, answer := range map[string]string{"8": "It stays as it is.", "never mind": "Fine, nothing changes.", keepPicture: "It stays as it is."} {
		if r := planner.Plan(said, talk); r.Answer != answer {
			t.Errorf("%q gives %+v", said, r)
		}
	}
	for _, said := range []string{"red", "what can you draw?", "make the hat blue", "17"} {
		if r := planner.Plan(said, talk); slices.Contains(asked.Plans, r.Plan) && r.Plan != nil {
			t.Errorf("%q is taken for an answer", said)
		}
	}
	other := talk
	other.Turns = []Turn{{Prompt: "a castle by a lake"}}
	if r := planner.Plan("4", other); r.Plan != nil {
		t.Errorf("of another picture, the answer plans %q", r.Plan.Prompt)
	}
}

// TestQuestionSurvivesBeingKept: a gateway keeps the question as JSON.
func TestQuestionSurvivesBeingKept(t *testing.T) {
	planner := New()
	talk := bundledRoom(t, Turn{Prompt: full})
	data, err := json.Marshal(planner.Plan("add a boat", talk).Question)
	if err != nil {
		t.Fatal(err)
	}
	talk.Pending = new(Question)
	if err := json.Unmarshal(data, talk.Pending); err != nil {
		t.Fatal(err)
	}
	if r := planner.Plan("2", talk); r.Plan == nil || r.Plan.Label != "− glasses, + boat" {
		t.Errorf("the answer gives %+v", r)
	}
}

// TestRoomForLittle: several parts go together where one is not enough, and where
// nothing can, it is said.
func TestRoomForLittle(t *testing.T) {
	planner := New()
	for _, c := range []struct {
		talk         Conversation
		said         string
		text, choice string
		target       string
	}{
		{bundledRoom(t, Turn{Prompt: full}), "put a white dog on a sofa beside her", "would be lost. What", `leave out "long curly brown hair", "glasses", "earrings" and "red hat"`, ""},
		{wordsRoom(5, Turn{Prompt: "woman with red hair"}), "add a black hat and a green scarf", "would be lost. Say it in fewer words.", "", ""},
		{wordsRoom(4, Turn{Prompt: "a cat at night"}), "add a sofa", `would be lost. What`, `leave out "at night"`, "cat with a sofa"},
		{wordsRoom(6), "a woman with a hat at sunset under a tree", `"tree" would be lost. What`, `leave out "a hat"`, "a woman at sunset under tree"},
		{Conversation{Reads: func(prompt string) int { return min(len(prompt), 3) }}, "a cat" + strings.Repeat("z", 500), "Say it in fewer words.", "", ""},
		{wordsRoom(30), "a house with a tree" + strings.Repeat(" and a very old gate", 60), "would be lost. What", `leave out everything from`, ""},
		{wordsRoom(30), "a house with a tree" + strings.Repeat(" and a gate", 1000), "would be lost. What", `leave out everything from`, ""},
	} {
		r := planner.Plan(c.said, c.talk)
		if r.Question == nil || !strings.Contains(r.Question.Text, c.text) || c.choice == "" && len(r.Question.Choices) > 0 {
			t.Errorf("%q gives %+v, %+v", c.said, r.Plan, r.Question)
			continue
		}
		i := slices.IndexFunc(r.Question.Choices, func(o string) bool { return strings.HasPrefix(o, c.choice) })
		if c.choice != "" && (i < 0 || c.target != "" && r.Question.Plans[i].Prompt != c.target) {
			t.Errorf("%q offers %q, the first %q", c.said, r.Question.Choices, r.Question.Plans[0].Prompt)
		}
	}
}

// TestImportedPromptThatIsTooLong: words that the model never read are dropped from
// the first edit on, and named; a weight leaves the prompt as it is.
func TestImportedPromptThatIsTooLong(t *testing.T) {
	planner := New()
	long := full + " and a boat on a river"
	r := planner.Plan("make the hat blue", bundledRoom(t, Turn{Prompt: long}))
	if r.Plan == nil || r.Plan.Prompt != strings.Replace(full, "red hat", "blue hat", 1) || len(r.Plan.Undone) != 1 || !strings.Contains(r.Plan.Undone[0], `"and a boat on a river"`) {
		t.Errorf("the edit gives %+v, %+v", r.Plan, r.Question)
	}
	r = planner.Plan("more freckles", bundledRoom(t, Turn{Prompt: long}))
	if r.Plan == nil || r.Plan.Prompt != long || len(r.Plan.Weights) != 1 {
		t.Errorf("the weight gives %+v, %+v", r.Plan, r.Question)
	}
	r = planner.Plan("make the boat red", bundledRoom(t, Turn{Prompt: long}))
	if r.Question == nil || r.Question.Kind != NoRoom || strings.Contains(strings.Join(r.Question.Choices, ""), "boat") {
		t.Errorf("an edit of what was never read gives %+v, %+v", r.Plan, r.Question)
	}
	if r = planner.Picture(long, bundledRoom(t)); r.Question == nil || r.Question.Kind != NoRoom {
		t.Errorf("the prompt as a new picture gives %+v", r.Plan)
	}
	if r = planner.Picture(full, bundledRoom(t)); r.Plan == nil || r.Plan.Prompt != full {
		t.Errorf("a full prompt gives %+v", r.Question)
	}
}

// TestRoomInOtherWords: the question is asked in the language of the request.
func TestRoomInOtherWords(t *testing.T) {
	planner := New()
	for said, want := range map[string]string{
		"füge ein Boot hinzu": "Was soll ich dafür weglassen?",
		"ajoute un bateau":    "Que dois-je laisser de côté à la place ?",
		"añade un barco":      "¿Qué dejo fuera en su lugar?",
	} {
		talk := bundledRoom(t, Turn{Prompt: full})
		r := planner.Plan(said, talk)
		if r.Question == nil || !strings.HasSuffix(r.Question.Text, want) || strings.Contains(r.Question.Text, "That is") {
			t.Errorf("%q gives %+v, %+v", said, r.Plan, r.Question)
			continue
		}
		if talk.Pending = r.Question; planner.Plan("3", talk).Plan == nil {
			t.Errorf("%q: the third choice is not taken", said)
		}
	}
}

// TestWhatIsDrawnIsRead: whatever is said, here requests of the corpus one after the other
// in conversations, with models of several lengths, a prompt that is planned is
// read to its end, in every choice that is offered too, and has all the words that the
// same request has where there is room.
func TestWhatIsDrawnIsRead(t *testing.T) {
	planner := New()
	random := rand.New(rand.NewPCG(14, 5))
	examples := readExamples(t)
	asked, shortened := 0, 0
	for n := range 40 {
		talk := wordsRoom(8 + n%16)
		if n%3 == 0 {
			talk = bundledRoom(t)
		}
		reads := talk.Reads
		talk.Turns = []Turn{{Prompt: examples[random.IntN(len(examples))].prompt}}
		for range 12 {
			said := strings.Split(examples[random.IntN(len(examples))].said, " / ")[0]
			roomy := talk
			roomy.Reads = nil
			without, r := planner.Plan(said, roomy), planner.Plan(said, talk)
			check(t, said, talk, r)
			short := without.Plan != nil && without.Plan.Prompt != "" && reads(without.Plan.Prompt) < len(without.Plan.Prompt)
			if !short && (r.Plan == nil) != (without.Plan == nil) {
				t.Errorf("%q: there is room, and it gives %+v", said, r.Question)
			}
			for _, plan := range r.Plans() {
				if plan.Prompt != "" && reads(plan.Prompt) < len(plan.Prompt) && (plan.Action != Edit || plan.Prompt != talk.head().Prompt) {
					t.Errorf("%q: the end of %q is not read", said, plan.Prompt)
				}
				if short && plan.Action == Edit {
					keepsWhatWasSaid(t, said, without.Plan, plan)
				}
			}
			switch {
			case r.Question != nil && r.Question.Kind == NoRoom:
				asked++
				for _, choice := range r.Question.Choices {
					if utf8.RuneCountInString(choice) > maxChoice {
						t.Errorf("%q: the choice %q is too long for a button", said, choice)
					}
				}
				if r = (Reply{}); len(talk.Turns) > 0 {
					continue
				}
			case short:
				shortened++
			}
			if r.Plan != nil && (r.Plan.Action == Edit || r.Plan.Action == Imagine) && r.Plan.Back == 0 {
				talk.Turns = append(talk.Turns, Turn{Utterance: said, Prompt: r.Plan.Prompt, Weights: r.Plan.Weights, Plan: r.Plan})
			}
		}
	}
	t.Logf("%d prompts were shortened, %d questions asked", shortened, asked)
	if asked < 20 || shortened < 20 {
		t.Errorf("only %d prompts were shortened and %d questions asked", shortened, asked)
	}
}

// keepsWhatWasSaid fails where a plan lacks a word that the plan has for which
// there is room.
func keepsWhatWasSaid(t *testing.T, said string, roomy, plan *Plan) {
	t.Helper()
	has := func(prompt, w string) bool {
		return english.Tokenise(prompt).Has(w)
	}
	for _, op := range roomy.Ops {
		if op.Kind != Swap && op.Kind != Refine {
			continue
		}
		for _, w := range english.Tokenise(op.To) {
			if !w.Mark && !english.Closed(w.Lower) && !has(plan.Prompt, w.Lower) {
				t.Errorf("%q: %q is lost in %q", said, w.Lower, plan.Prompt)
			}
		}
	}
}

// TestArticlesOfWhatIsReplacedStay: without it, "orange" would take the attention of
// "a yellow".
func TestArticlesOfWhatIsReplacedStay(t *testing.T) {
	talk := wordsRoom(6, Turn{Prompt: "cat on a yellow sofa outdoors"})
	r := New().Plan("make the sofa orange and the cat black", talk)
	if r.Question == nil || r.Question.Kind != NoRoom {
		t.Errorf("plans %+v", r.Plan)
	}
}

// TestTalkRunsOutOfRoom replays the conversations of the corpus with the bundled model,
// each request on what became of those before, and tells how often there was no room.
func TestTalkRunsOutOfRoom(t *testing.T) {
	type row struct{ ID, Model, Instruction string }
	planner := New()
	var talk, roomy Conversation
	turns, cut := 0, 0
	talks, lost, asked := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range readLines[row](t, "talk/talk.jsonl") {
		id, _, _ := strings.Cut(r.ID, "-")
		if !talks[id] {
			talk = bundledRoom(t)
			roomy = talk
			roomy.Reads = nil
			talks[id] = true
		}
		turns++
		before := planner.Plan(r.Instruction, roomy)
		if p := before.Plan; p != nil && p.Prompt != "" {
			if !talk.reads(p.Prompt) {
				lost[id] = true
				cut++
			}
			roomy.Turns = append(roomy.Turns, Turn{Utterance: r.Instruction, Prompt: p.Prompt, Weights: p.Weights, Plan: p})
		}
		roomy.Pending = before.Question
		after := planner.Plan(r.Instruction, talk)
		if q := after.Question; q != nil && q.Kind == NoRoom {
			asked[id] = true
			if len(q.Plans) > 0 {
				talk.Pending = q
				after = planner.Plan("1", talk)
			}
		}
		if p := after.Plan; p != nil && p.Prompt != "" {
			if !talk.reads(p.Prompt) {
				t.Errorf("%s: the end of %q is not read", r.ID, p.Prompt)
			}
			talk.Turns = append(talk.Turns, Turn{Utterance: r.Instruction, Prompt: p.Prompt, Weights: p.Weights, Plan: p})
		}
		talk.Pending = after.Question
	}
	t.Logf("of %d conversations, %d lost words without a check (%d prompts of %d turns); with it none, and %d were asked what to leave out", len(talks), len(lost), cut, turns, len(asked))
}
