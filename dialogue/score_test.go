package dialogue

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// The edit score of real requests. Captions are compared as bags of normalised
// words: added is the F1 of the words that were put in, removed of those taken
// out, kept the share of words kept that should be; the score of an edit is
// added * (0.5 + 0.5 removed) * kept. Doing nothing scores 0.02, appending the
// request 0.35, and a careful person about 0.68.
const (
	wantScore       = 0.60
	wantIntentScore = 0.35 // for intents with ten rows or more
	wantPairScore   = 0.80
)

type triple struct {
	ID, Source, Instruction, Target, Intent string
}

// TestEditScore scores the planner on real edit requests, by intent and by two
// halves that a hash of the id makes: a rule that only fits some rows shows as a
// gap between them.
func TestEditScore(t *testing.T) {
	rows := readLines[triple](t, "edits/triples.jsonl")
	targets := runPlan(t, rows)
	groups := map[string][]float64{}
	for _, row := range rows {
		s := editScore(row.Source, row.Target, targets[row.ID])
		for _, g := range []string{row.Intent, "all", half(row.ID)} {
			groups[g] = append(groups[g], s)
		}
	}
	var report strings.Builder
	for _, g := range sortedKeys(groups) {
		score := mean(groups[g])
		fmt.Fprintf(&report, "%-12s %4d rows  %.3f\n", g, len(groups[g]), score)
		if want := wantIntentScore; len(groups[g]) >= 10 && score < want {
			t.Errorf("%s scores %.3f, want %.2f", g, score, want)
		}
	}
	if score := mean(groups["all"]); score < wantScore {
		t.Errorf("all rows score %.3f, want %.2f", score, wantScore)
	}
	t.Logf("edit score\n%s", report.String())
}

// TestChains plays the conversations to their end: each turn is planned on the
// prompt that the plan before led to. It prints how well the turns score on the
// way and against the conversation's own prompts.
func TestChains(t *testing.T) {
	type chain struct {
		ID, Start string
		Turns     []struct{ Instruction, Target string }
	}
	planner := New()
	var own, given []float64
	asked := 0
	for _, c := range readLines[chain](t, "edits/chains.jsonl") {
		talk := Conversation{Turns: []Turn{{Prompt: c.Start}}}
		source := c.Start
		for _, turn := range c.Turns {
			head := talk.Turns[len(talk.Turns)-1].Prompt
			reply := planner.Plan(turn.Instruction, talk)
			check(t, turn.Instruction, talk, reply)
			if reply.Plan == nil {
				asked++
				t.Logf("%s: %q asks %q", c.ID, turn.Instruction, reply.Question.Text)
				own, given = append(own, 0), append(given, 0)
			} else {
				plan := reply.Plan
				talk.Turns = append(talk.Turns, Turn{Utterance: turn.Instruction, Prompt: plan.Prompt, Weights: plan.Weights, Plan: plan})
				own = append(own, editScore(head, turn.Target, plan.Prompt))
			}
			if reply := planner.Plan(turn.Instruction, Conversation{Turns: []Turn{{Prompt: source}}}); reply.Plan != nil {
				given = append(given, editScore(source, turn.Target, reply.Plan.Prompt))
			}
			source = turn.Target
		}
	}
	t.Logf("%d turns, %d asked back; score in their own context %.3f, from the given prompts %.3f", len(own), asked, mean(own), mean(given))
	if asked*10 > len(own) {
		t.Errorf("%d of %d turns were asked back", asked, len(own))
	}
}

// runPlan plans rows as the plan command does.
func runPlan(t *testing.T, rows []triple) map[string]string {
	t.Helper()
	var in, out bytes.Buffer
	encoder := json.NewEncoder(&in)
	for _, r := range rows {
		if err := encoder.Encode(map[string]string{"id": r.ID, "source": r.Source, "instruction": r.Instruction}); err != nil {
			t.Fatal(err)
		}
	}
	if err := RunPlan(context.Background(), &in, &out, nil); err != nil {
		t.Fatal(err)
	}
	targets := map[string]string{}
	decoder := json.NewDecoder(&out)
	for range rows {
		var r planResult
		if err := decoder.Decode(&r); err != nil {
			t.Fatal(err)
		}
		targets[r.ID] = r.Target
	}
	return targets
}

// readLines reads shared test data, or skips the test where there is none.
func readLines[T any](t *testing.T, name string) []T {
	t.Helper()
	folder := os.Getenv("PENTIMENTO_TEST_DATA")
	if folder == "" {
		t.Skip("PENTIMENTO_TEST_DATA is not set: the real edit requests are not here")
	}
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []T
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		var row T
		if err := json.Unmarshal(scanner.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func half(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	if h.Sum32()%2 == 1 {
		return "odd half"
	}
	return "even half"
}

func editScore(source, target, got string) float64 {
	if got == "" {
		return 0
	}
	s, g, p := bag(source), bag(target), bag(got)
	added, removed := f1(minus(p, s), minus(g, s)), f1(minus(s, p), minus(s, g))
	keep := and(s, g)
	kept := float64(size(and(p, keep))) / float64(max(1, size(keep)))
	return added * (0.5 + 0.5*removed) * kept
}

var bagWords = regexp.MustCompile(`[a-z0-9]+(?:'[a-z]+)?`)

func bag(text string) map[string]int {
	out := map[string]int{}
	for _, w := range bagWords.FindAllString(strings.ToLower(text), -1) {
		switch w {
		case "a", "an", "the", "some", "of", "its", "it's", "is", "are":
			continue
		case "grey":
			w = "gray"
		case "blonde":
			w = "blond"
		case "colour":
			w = "color"
		}
		out[stemmed(w)]++
	}
	return out
}

// stemmed takes endings off a word, so that juggling is juggles.
func stemmed(w string) string {
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		w = w[:len(w)-1]
	}
	if len(w) > 5 && strings.HasSuffix(w, "ing") {
		w = w[:len(w)-3]
	} else if len(w) > 4 && strings.HasSuffix(w, "ed") {
		w = w[:len(w)-2]
	}
	if len(w) > 3 && strings.HasSuffix(w, "e") {
		w = w[:len(w)-1]
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] && w[n-1] != 's' && w[n-1] != 'l' {
		w = w[:n-1]
	}
	return w
}

func f1(predicted, gold map[string]int) float64 {
	if size(predicted) == 0 && size(gold) == 0 {
		return 1
	}
	common := float64(size(and(predicted, gold)))
	if common == 0 {
		return 0
	}
	p, r := common/float64(size(predicted)), common/float64(size(gold))
	return 2 * p * r / (p + r)
}

func minus(a, b map[string]int) map[string]int {
	out := map[string]int{}
	for w, n := range a {
		if n > b[w] {
			out[w] = n - b[w]
		}
	}
	return out
}

func and(a, b map[string]int) map[string]int {
	out := map[string]int{}
	for w, n := range a {
		if k := min(n, b[w]); k > 0 {
			out[w] = k
		}
	}
	return out
}

func size(a map[string]int) int {
	n := 0
	for _, k := range a {
		n += k
	}
	return n
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(max(1, len(list)))
}

func sortedKeys(m map[string][]float64) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// TestPairs asks for the difference of real caption pairs in plain words ("change
// the cat to dog"), which no rule was made for, and scores what comes of it.
func TestPairs(t *testing.T) {
	planner := New()
	var scores []float64
	for _, pair := range readLines[struct{ Source, Target string }](t, "edits/pairs.jsonl") {
		old, now := strings.Fields(strings.TrimSuffix(pair.Source, ".")), strings.Fields(strings.TrimSuffix(pair.Target, "."))
		start := 0
		for start < min(len(old), len(now)) && strings.EqualFold(old[start], now[start]) {
			start++
		}
		end := 0
		for end < min(len(old), len(now))-start && strings.EqualFold(old[len(old)-1-end], now[len(now)-1-end]) {
			end++
		}
		removed, added := strings.Join(old[start:len(old)-end], " "), strings.Join(now[start:len(now)-end], " ")
		if removed == "" || added == "" || len(old)-end-start > 3 || len(now)-end-start > 4 {
			continue
		}
		said := fmt.Sprintf("change the %s to %s", removed, added)
		score := 0.0
		if r := planner.Plan(said, Conversation{Turns: []Turn{{Prompt: pair.Source}}}); r.Plan != nil {
			score = editScore(pair.Source, pair.Target, r.Plan.Prompt)
		}
		scores = append(scores, score)
	}
	t.Logf("%.3f over %d pairs", mean(scores), len(scores))
	if mean(scores) < wantPairScore {
		t.Errorf("pairs score %.3f, want %.2f", mean(scores), wantPairScore)
	}
}
