package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoRAFlag(t *testing.T) {
	folder := t.TempDir()
	colon := filepath.Join(folder, "style:2")
	if err := os.WriteFile(colon, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]loraFlag{
		"a.safetensors":           {Path: "a.safetensors", Strength: 1},
		"a.safetensors:0.8":       {Path: "a.safetensors", Strength: .8},
		"a.safetensors:-1":        {Path: "a.safetensors", Strength: -1},
		"a.safetensors:0":         {Path: "a.safetensors"},
		`C:\a.safetensors`:        {Path: `C:\a.safetensors`, Strength: 1},
		`C:\a.safetensors:.5`:     {Path: `C:\a.safetensors`, Strength: .5},
		"C:a.safetensors":         {Path: "C:a.safetensors", Strength: 1},
		"C:/x/a.safetensors:1e-1": {Path: "C:/x/a.safetensors", Strength: .1},
		"12:30/a.safetensors":     {Path: "12:30/a.safetensors", Strength: 1},
		"12:30/a.safetensors:2":   {Path: "12:30/a.safetensors", Strength: 2},
		"a,b.safetensors:2":       {Path: "a,b.safetensors", Strength: 2},
		colon:                     {Path: colon, Strength: 1},
		colon + ":3":              {Path: colon, Strength: 3},
	} {
		var got loraFlag
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"a.safetensors:", "a.safetensors:strong", "a.safetensors:NaN", "a.safetensors:Inf", "a.safetensors:1e99"} {
		var got loraFlag
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "is no number") {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestEmbeddingFlag(t *testing.T) {
	for text, want := range map[string]embeddingFlag{
		"a.safetensors":              {Path: "a.safetensors"},
		"a.safetensors:<toy>":        {Path: "a.safetensors", Word: "<toy>"},
		`D:\words\a.safetensors:toy`: {Path: `D:\words\a.safetensors`, Word: "toy"},
	} {
		var got embeddingFlag
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	if err := new(embeddingFlag).UnmarshalText([]byte("a.safetensors:")); err == nil {
		t.Error("no word is accepted")
	}
}
