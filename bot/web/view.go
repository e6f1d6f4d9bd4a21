package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/recipe"
	"pentimento/session"
)

// The shapes in which pages are told things, as JSON. All text is as somebody wrote it;
// pages show it as text.

// window is how many turns a page is told of at once, the latest.
const window = 200

// A snapshot is all that a page needs of a conversation.
type snapshot struct {
	Turns    []turnView    `json:"turns"`
	Total    int           `json:"total"`
	Head     *headView     `json:"head"`
	Running  []runningView `json:"running"`
	Done     []result      `json:"done"`
	Question *questionView `json:"question"`
}

// A turnView is a turn in the tree.
type turnView struct {
	ID       int       `json:"id"`
	Parent   int       `json:"parent"`
	Identity string    `json:"identity"`
	Said     string    `json:"said"`
	Edit     string    `json:"edit"`
	Prompt   string    `json:"prompt"`
	Time     time.Time `json:"time"`
	Picture  string    `json:"picture"`
}

// A headView is the turn that is shown.
type headView struct {
	turnView
	Hidden bool       `json:"hidden"`
	Undo   bool       `json:"undo"`
	Redo   bool       `json:"redo"`
	Root   int        `json:"root"`
	Seed   string     `json:"seed"`
	Words  []wordView `json:"words"`
}

// A wordView is a part of the prompt: a word with its weight, or what stands between
// words.
type wordView struct {
	Text string `json:"text"`
	// Name is what commands call the word; empty for one that has nothing to weigh.
	Name   string  `json:"name,omitempty"`
	Weight float64 `json:"weight,omitempty"`
}

type saidView struct {
	Event string `json:"event"`
	Said  string `json:"said"`
}

// A runningView is something that is not done yet.
type runningView struct {
	saidView
	Progress progress `json:"progress"`
}

// progress is how far something is that is not done.
type progress struct {
	Event string `json:"event"`
	Ahead int    `json:"ahead"`
	Step  int    `json:"step"`
	Steps int    `json:"steps"`
	// Notice says what it waits for, if that is out of the ordinary.
	Notice  string `json:"notice,omitempty"`
	Preview []byte `json:"preview,omitempty"`
}

// A result is what came of something.
type result struct {
	Event string `json:"event"`
	// Kind is how it is shown: picture, question, text, settings, help, history, heat,
	// film, sheet, files, share, problem.
	Kind     string        `json:"kind"`
	Turn     int           `json:"turn,omitempty"`
	Edit     string        `json:"edit,omitempty"`
	Text     string        `json:"text,omitempty"`
	Notices  []string      `json:"notices,omitempty"`
	Question *questionView `json:"question,omitempty"`
	Doubt    *questionView `json:"doubt,omitempty"`
	Files    []fileView    `json:"files,omitempty"`
	Code     string        `json:"code,omitempty"`
	Seconds  float64       `json:"seconds,omitempty"`
	Problem  *problemView  `json:"problem,omitempty"`
}

type questionView struct {
	Text    string   `json:"text"`
	Choices []string `json:"choices"`
	// Turn is the picture that it is about.
	Turn int `json:"turn"`
}

type fileView struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Picture bool   `json:"picture"`
	Hidden  bool   `json:"hidden"`
}

type problemView struct {
	Kind     bot.Kind `json:"kind"`
	Sentence string   `json:"sentence"`
}

// addressOf is where a conversation is reached.
func addressOf(key session.Key) string { return "/c/" + idOf(key) }

// pictureName is the path of a turn's picture below its conversation. It names the
// turn for ever, whatever is deleted.
func pictureName(t session.Turn) string { return fmt.Sprintf("picture/%d/%x", t.ID, t.Identity) }

func turnViews(key session.Key, turns []session.Turn) []turnView {
	out := make([]turnView, 0, len(turns))
	for _, t := range turns {
		out = append(out, turnOf(key, t))
	}
	return out
}

func turnOf(key session.Key, t session.Turn) turnView {
	return turnView{
		ID: t.ID, Parent: t.Parent, Identity: strconv.FormatUint(t.Identity, 16), Said: t.Utterance, Edit: t.Edit,
		Prompt: t.Recipe.Prompt, Time: t.Time, Picture: addressOf(key) + "/" + pictureName(t),
	}
}

func headOf(key session.Key, s *session.Session, t session.Turn, hidden bool) *headView {
	at := *s
	at.Head = t.ID
	root := t.ID
	if path, err := s.Path(t.ID); err == nil {
		root = path[0].ID
	}
	return &headView{
		turnView: turnOf(key, t), Hidden: hidden, Undo: at.CanUndo(), Redo: at.CanRedo(), Root: root,
		Seed: strconv.FormatUint(t.Settings.Seed, 10), Words: wordsOf(t.Recipe),
	}
}

// wordsOf divides a prompt into words and what stands between them. A word that
// stands there more than once is named by its place: "second cat".
func wordsOf(r recipe.Turn) []wordView {
	content := bot.ContentWords(r.Prompt)
	isContent := func(word string) bool {
		return slices.ContainsFunc(content, func(c string) bool { return strings.EqualFold(c, word) })
	}
	inWord := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '-' }
	total := map[string]int{}
	for w := range strings.FieldsFuncSeq(r.Prompt, func(c rune) bool { return !inWord(c) }) {
		total[strings.ToLower(w)]++
	}
	var out []wordView
	seen := map[string]int{}
	for at := 0; at < len(r.Prompt); {
		end, word := part(r.Prompt[at:], inWord)
		one := wordView{Text: r.Prompt[at : at+end]}
		if lower := strings.ToLower(one.Text); word && isContent(one.Text) {
			one.Name, one.Weight = named(lower, seen[lower], total[lower]), weightAt(r.Weights, at)
			seen[lower]++
		}
		out = append(out, one)
		at += end
	}
	return out
}

// part is how long the word is that text begins with, or what stands before one.
func part(text string, inWord func(rune) bool) (end int, word bool) {
	first, _ := utf8.DecodeRuneInString(text)
	word = inWord(first)
	end = strings.IndexFunc(text, func(c rune) bool { return inWord(c) != word })
	if end < 0 {
		end = len(text)
	}
	return end, word
}

// named is what commands call the word that stands n times before in the prompt.
func named(word string, n, total int) string {
	ordinals := []string{"first", "second", "third", "fourth", "fifth", "sixth"}
	if total == 1 || n >= len(ordinals) {
		return word
	}
	return ordinals[n] + " " + word
}

// weightAt is the weight of the word that begins there.
func weightAt(weights []recipe.Weight, at int) float64 {
	for _, w := range weights {
		if w.Start <= at && at < w.End {
			return w.Factor
		}
	}
	return 1
}

// resultOf is an answer as a page shows it, without its files.
func resultOf(event string, a *bot.Answer) result {
	kinds := map[bot.Show]string{
		bot.ShowPicture: "picture", bot.ShowText: "text", bot.ShowSettings: "settings", bot.ShowHelp: "help", bot.ShowHistory: "history",
		bot.ShowHeat: "heat", bot.ShowFilm: "film", bot.ShowSheet: "sheet", bot.ShowFiles: "files", bot.ShowShare: "share", bot.ShowEnd: "text",
	}
	out := result{Event: event, Kind: kinds[a.Show], Turn: a.Turn.ID, Text: a.Text, Notices: a.Notices, Code: a.Code}
	switch {
	case a.Question != nil:
		out.Kind = "question"
		out.Question = &questionView{a.Question.Text, choices(a.Question.Choices), a.Turn.ID}
	case a.Show == bot.ShowPicture && a.Picture.None(): // a setting changed in words
		out.Kind, out.Text, out.Notices = "text", strings.Join(a.Notices, "\n"), nil
	case a.Show == bot.ShowPicture:
		out.Edit, out.Seconds = bot.Describe(a.Turn), a.Seconds
	case a.Heat != nil:
		out.Text = a.Heat.Title()
	}
	if a.Doubt != nil {
		out.Doubt = &questionView{a.Doubt.Text, choices(a.Doubt.Choices), a.Turn.ID}
	}
	return out
}

// choices are never null in JSON.
func choices(of []string) []string { return append([]string{}, of...) }

// filesOf are the files and the pictures of an answer that are no turn's.
func filesOf(a *bot.Answer) ([]gate.File, error) {
	files := a.Files
	join := func(name string, joining func([]picture.Frame) ([]byte, error)) error {
		joined, err := gate.Join(a.Frames, joining)
		files = append(files, gate.NewFile(name, joined))
		return err
	}
	switch {
	case a.Show == bot.ShowFilm:
		return files, join("film.gif", picture.Animate)
	case a.Show == bot.ShowSheet:
		return files, join("sheet.png", func(f []picture.Frame) ([]byte, error) { return picture.Sheet(f, 5) })
	case a.Heat != nil:
		shown, err := a.Heat.Overlay()
		return append(files, gate.NewFile("heat.png", shown)), err
	}
	return files, nil
}
