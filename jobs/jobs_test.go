package jobs_test

import (
	"bytes"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"pentimento/jobs"
	"pentimento/recipe"
)

// What Decode takes can be queued and is read back as it was; all else is
// ErrInvalid.
func FuzzDecode(f *testing.F) {
	valid := jobs.Job{Key: "k", User: "u", Place: "p", Memo: []byte(`{"a":1}`), Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "a cat"}}}}
	data, err := valid.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"key":"k","user":"u","place":"p","recipe":{"turns":[{}]},"memo":null}`))
	f.Add([]byte(`{"key":1}`))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		job, err := jobs.Decode(data)
		if err != nil {
			if !errors.Is(err, jobs.ErrInvalid) {
				t.Fatalf("error %v", err)
			}
			return
		}
		again, err := job.Encode()
		if errors.Is(err, jobs.ErrInvalid) && len(data) > jobs.MaxJobBytes/8 {
			return // escapes may have made it too large
		}
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		back, err := jobs.Decode(again)
		if err != nil {
			t.Fatal(err)
		}
		once, err := back.Encode()
		if err != nil || !bytes.Equal(once, again) {
			t.Fatalf("%s became %s, %v", again, once, err)
		}
	})
}

func TestEncodeDecode(t *testing.T) {
	want := jobs.Job{
		Key: "k", User: "u", Place: "p", Memo: []byte(`{"a":1}`),
		Recipe: recipe.Recipe{Version: 1, Settings: recipe.Settings{Seed: 1 << 63, Steps: 20, Guidance: 4.5}, Turns: []recipe.Turn{{Prompt: "a cat"}}},
	}
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := jobs.Decode(data); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := jobs.Decode(make([]byte, jobs.MaxJobBytes+1)); !errors.Is(err, jobs.ErrInvalid) {
		t.Errorf("too large: %v, want ErrInvalid", err)
	}
}

// A job in a log is its turn and its size.
func TestLogValue(t *testing.T) {
	var out bytes.Buffer
	job := jobs.Job{Key: "k", User: "ann", Place: "kitchen", Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "a cat"}}}}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "job", job)
	if said := out.String(); !strings.Contains(said, "job.turn=k job.depth=1") || strings.Contains(said, "cat") || strings.Contains(said, "ann") {
		t.Errorf("logged %s", said)
	}
}
