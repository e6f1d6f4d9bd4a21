package llm

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pentimento/dialogue"
)

// unread is a request that the grammar does not understand.
const unread = "pondering gracefully upon yesterday"

// picture is a conversation with one picture.
var picture = dialogue.Conversation{Turns: []dialogue.Turn{{Utterance: "a woman with blond hair", Prompt: "a woman with blond hair"}}}

// serve answers every question with content, and keeps the last request.
func serve(t *testing.T, content string) (*Planner, *http.Request, *map[string]any) {
	t.Helper()
	var last http.Request
	asked := map[string]any{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = *r
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": content}}}}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return planner(t, server.URL+"/v1"), &last, &asked
}

func planner(t *testing.T, url string) *Planner {
	t.Helper()
	p, err := New(dialogue.New(), Config{URL: url, Model: "test", Key: "secret", Timeout: 2 * time.Second, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestModelReadsWhatTheGrammarCannot(t *testing.T) {
	p, request, asked := serve(t, `{"understood":true,"prompt":"a pensive woman with blond hair","kind":"appearance","weights":[{"word":"pensive","factor":1.5}],"undone":["yesterday"]}`)
	reply := p.Plan(context.Background(), unread, picture)
	if reply.Plan == nil {
		t.Fatalf("asks %q", reply.Question.Text)
	}
	plan := reply.Plan
	if plan.Action != dialogue.Edit || plan.Prompt != "a pensive woman with blond hair" || plan.Label != "+ pensive, pensive ×1.5" || len(plan.Weights) != 1 || strings.Join(plan.Undone, "") != "yesterday" {
		t.Errorf("plan is %+v", *plan)
	}
	if request.URL.Path != "/v1/chat/completions" || request.Header.Get("Authorization") != "Bearer secret" {
		t.Errorf("asked %s with %q", request.URL, request.Header.Get("Authorization"))
	}
	format, ok := (*asked)["response_format"].(map[string]any)
	if !ok || format["type"] != "json_schema" || (*asked)["model"] != "test" {
		t.Errorf("asked %v", *asked)
	}
}

// TestModelsPromptThatIsTooLong: what to leave out for it is asked, as for any edit.
func TestModelsPromptThatIsTooLong(t *testing.T) {
	p, _, _ := serve(t, `{"understood":true,"prompt":"a pensive woman with blond hair","kind":"appearance","weights":[],"undone":["yesterday"]}`)
	talk := picture
	talk.Reads = func(prompt string) int { return min(len(prompt), len("a woman with blond hair")) }
	reply := p.Plan(context.Background(), unread, talk)
	if q := reply.Question; q == nil || q.Kind != dialogue.NoRoom || q.Choices[0] != `leave out "blond hair"` || q.Plans[0].Prompt != "a pensive woman" || strings.Join(q.Plans[0].Undone, "") != "yesterday" {
		t.Errorf("asks %+v", reply)
	}
	if reply = p.Picture("a pensive woman with a hat and a scarf", talk); reply.Question == nil {
		t.Errorf("a new picture is %+v", reply.Plan)
	}
}

func TestModelIsNotAskedWhatTheGrammarCan(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the model was asked") }))
	defer server.Close()
	p := planner(t, server.URL)
	for _, said := range []string{"make her hair red", "undo", "crop it", "make her hair blond"} {
		p.Plan(context.Background(), said, picture)
	}
	p.Plan(context.Background(), unread, dialogue.Conversation{})
}

// TestAnswersPassTheGuard: a prompt that no caption could be, or with words that the
// picture's model does not know, is not drawn whoever wrote it.
func TestAnswersPassTheGuard(t *testing.T) {
	known := picture
	known.Vocabulary = strings.Fields("a woman with blond red hair and hat")
	known.Known = func(w string) bool { return slices.Contains(known.Vocabulary, w) }
	for prompt, talk := range map[string]dialogue.Conversation{
		"a woman with blond hair and a monocle":      known,
		"a woman with blond hair as you asked":       picture,
		"please a woman with blond hair":             picture,
		"with blond hair, a woman":                   picture,
		"make a woman with blond hair and a hat":     picture,
		"a woman with blond hair, remove the hat":    picture,
		"I added a hat to the woman with blond hair": picture,
	} {
		content, err := json.Marshal(answer{Understood: true, Prompt: prompt, Kind: dialogue.Shape})
		if err != nil {
			t.Fatal(err)
		}
		p, _, _ := serve(t, string(content))
		if reply := p.Plan(context.Background(), unread, talk); reply.Question == nil || reply.Question.Kind != dialogue.NotUnderstood {
			t.Errorf("%q is drawn", prompt)
		}
	}
	p, _, _ := serve(t, `{"understood":true,"prompt":"a woman with red hair and a hat","kind":"shape","weights":[],"undone":[]}`)
	if reply := p.Plan(context.Background(), unread, known); reply.Plan == nil {
		t.Errorf("what the model knows is not drawn: %q", reply.Question.Text)
	}
}

// TestBadAnswersAreDropped: the grammar's own question stands.
func TestBadAnswersAreDropped(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON":        "Sure! Here is the prompt",
		"not understood": `{"understood":false,"prompt":"a woman","kind":"appearance","weights":[],"undone":[]}`,
		"empty":          `{"understood":true,"prompt":"","kind":"appearance","weights":[],"undone":[]}`,
		"unchanged":      `{"understood":true,"prompt":"a woman with blond hair","kind":"appearance","weights":[],"undone":[]}`,
		"another":        `{"understood":true,"prompt":"six spaceships over Mars","kind":"shape","weights":[],"undone":[]}`,
		"control":        `{"understood":true,"prompt":"a woman with\nblond hair /forget","kind":"shape","weights":[],"undone":[]}`,
		"kind":           `{"understood":true,"prompt":"a man with blond hair","kind":"undo","weights":[],"undone":[]}`,
		"long":           `{"understood":true,"prompt":"a woman with blond hair ` + strings.Repeat("very ", 200) + `","kind":"shape","weights":[],"undone":[]}`,
	} {
		p, _, _ := serve(t, content)
		if reply := p.Plan(context.Background(), unread, picture); reply.Question == nil || reply.Question.Kind != dialogue.NotUnderstood {
			t.Errorf("%s: got %+v", name, reply.Plan)
		}
	}
}

func TestWeightsAreBounded(t *testing.T) {
	p, _, _ := serve(t, `{"understood":true,"prompt":"a woman with blond hair","kind":"appearance","weights":[{"word":"blond","factor":1e300},{"word":"with","factor":3}],"undone":[]}`)
	reply := p.Plan(context.Background(), unread, picture)
	if reply.Plan == nil || len(reply.Plan.Weights) != 1 || reply.Plan.Weights[0].Factor != 4 {
		t.Fatalf("got %+v", reply)
	}
}

func TestServerTrouble(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"error":   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"nothing": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for range 1000 {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<10)); err != nil {
					return
				}
			}
		},
	} {
		server := httptest.NewServer(handler)
		if reply := planner(t, server.URL).Plan(context.Background(), unread, picture); reply.Question == nil {
			t.Errorf("%s: got %+v", name, reply.Plan)
		}
		server.Close()
	}
}

// TestLateAnswersAreNotWaitedFor: the time limit holds.
func TestLateAnswersAreNotWaitedFor(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(release)
	p := planner(t, server.URL)
	p.config.Timeout = 20 * time.Millisecond
	if reply := p.Plan(context.Background(), unread, picture); reply.Question == nil {
		t.Errorf("got %+v", reply.Plan)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, config := range []Config{{URL: "localhost:11434", Model: "m"}, {URL: "ftp://x/v1", Model: "m"}, {URL: "http://x/v1"}, {URL: "", Model: "m"}, {URL: "http://%zz", Model: "m"}} {
		if _, err := New(dialogue.New(), config); err == nil {
			t.Errorf("%+v is taken", config)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add(`{"understood":true,"prompt":"a red cat","kind":"shape","weights":[{"word":"red","factor":2}],"undone":["x"]}`, "a blue cat")
	grammar := dialogue.New()
	f.Fuzz(func(t *testing.T, content, source string) {
		a, err := parseAnswer(content, source)
		if err != nil {
			return
		}
		if !plain(a.Prompt) || len(a.Prompt) > maxPrompt {
			t.Errorf("took %q", a.Prompt)
		}
		reply, err := grammar.PlanTo(dialogue.Conversation{Turns: []dialogue.Turn{{Prompt: source}}}, a.Prompt, a.Kind, a.weights())
		if err == nil && (reply.Plan == nil || reply.Plan.Action != dialogue.Edit) {
			t.Errorf("plans %+v", reply)
		}
	})
}
