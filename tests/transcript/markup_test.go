package main

import (
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	tests := map[string][]line{
		"plain":                      {{spans: []span{{text: "plain"}}}},
		"**blond → red** · turn 2":   {{spans: []span{{text: "blond → red", bold: true}, {text: " · turn 2"}}}},
		"*said*\n-# small":           {{spans: []span{{text: "said", italic: true}}}, {spans: []span{{text: "small"}}, small: true}},
		"`/fork code:A*B`":           {{spans: []span{{text: "/fork code:A*B", code: true}}}},
		"\\@\u200beveryone \\*no\\*": {{spans: []span{{text: "@everyone *no*"}}}},
		"":                           {{}},
	}
	for text, want := range tests {
		if got := parse(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}
