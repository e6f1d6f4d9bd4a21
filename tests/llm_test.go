package tests

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// What the grammar cannot read is asked of the language model that the command
// line names; its answer is drawn as an edit like any other.
func TestLanguageModelReadsWhatTheGrammarCannot(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		answer := map[string]any{"choices": []any{map[string]any{"message": map[string]any{
			"role": "assistant", "content": `{"understood": true, "prompt": "a woman's face with red hair", "kind": "appearance", "weights": [], "undone": []}`,
		}}}}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	turns := newProgram(t).say(t, []string{"--llm-url", server.URL, "--llm-model", "stub", "--seed", "1"},
		"a woman's face with blond hair", "qwertz uiop the asdf", "undo")
	if asked != 1 {
		t.Errorf("the language model was asked %d times, want once", asked)
	}
	if turns[1].Edit != "blond → red" || turns[1].Parent != 1 || turns[2].Turn != 1 {
		t.Errorf("got %+v", turns)
	}
}
