package dialogue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestRunPlan(t *testing.T) {
	in := strings.Join([]string{
		"\ufeff" + `{"id":"1","source":"a woman with blond hair","instruction":"make her hair red"}`,
		``,
		`{"id":"2","source":"a woman with red hair","instruction":"no, brown","history":[{"target":"a woman with blond hair"},{"instruction":"make her hair red","target":"a woman with red hair"}]}`,
		`{"id":"3","source":"a woman with red hair","instruction":"undo","history":["a woman with blond hair",{"utterance":"make her hair red","prompt":"a woman with red hair"}]}`,
		`{"id":"4","instruction":"a cat, please"}`,
		`{"id":"5","source":"a cat","instruction":"rotate it"}`,
		`{"id":"6","source":"","instruction":"and a dog","history":["a cat","make it black"]}`,
	}, "\n")
	var out bytes.Buffer
	if err := RunPlan(context.Background(), strings.NewReader(in), &out, nil); err != nil {
		t.Fatal(err)
	}
	want := []struct{ id, target, intent, kind string }{
		{"1", "a woman with red hair", "appearance", ""},
		{"2", "a woman with brown hair", "appearance", ""},
		{"3", "a woman with blond hair", "undo", ""},
		{"4", "a cat", "imagine", ""},
		{"5", "", "question", "out-of-scope"},
		{"6", "a black cat with a dog", "shape", ""},
	}
	decoder := json.NewDecoder(&out)
	for _, w := range want {
		var got planResult
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.ID != w.id || got.Target != w.target || got.Intent != w.intent || string(got.Kind) != w.kind {
			t.Errorf("got %+v, want %v", got, w)
		}
	}
}

func TestRunPlanStops(t *testing.T) {
	err := RunPlan(context.Background(), strings.NewReader("{\"id\":\"1\"}\n{\"id\":"), &bytes.Buffer{}, nil)
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken line gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := RunPlan(ctx, strings.NewReader(`{"id":"1"}`), &bytes.Buffer{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run gives %v", err)
	}
	if err := RunPlan(context.Background(), strings.NewReader(strings.Repeat("x", maxLine+1)), &bytes.Buffer{}, nil); err == nil {
		t.Error("an endless line is read")
	}
}

func FuzzRunPlan(f *testing.F) {
	f.Add(`{"id":"1","source":"a cat","instruction":"make it black","history":["x",{"target":"y"},null]}`)
	f.Fuzz(func(t *testing.T, in string) {
		var out bytes.Buffer
		if err := RunPlan(context.Background(), strings.NewReader(in), &out, nil); err != nil {
			return
		}
		for line := range strings.SplitSeq(strings.TrimSpace(out.String()), "\n") {
			if line != "" && !json.Valid([]byte(line)) {
				t.Errorf("wrote %q", line)
			}
		}
	})
}
