package redis

import (
	"slices"
	"testing"
	"time"
)

func TestSilence(t *testing.T) {
	type look struct {
		after  time.Duration // since the look before
		counts map[string]string
		want   []string
	}
	beat := func(a, b string) map[string]string { return map[string]string{"a": a, "b": b} }
	const q = 2500 * time.Millisecond
	tests := []struct {
		name  string
		looks []look
	}{
		{"both beat", []look{{0, beat("1", "1"), nil}, {q, beat("2", "2"), nil}, {q, beat("3", "3"), nil}, {q, beat("4", "4"), nil}, {q, beat("5", "5"), nil}}},
		{"b stops", []look{{0, beat("1", "1"), nil}, {q, beat("2", "1"), nil}, {q, beat("3", "1"), nil}, {q, beat("4", "1"), nil}, {q, beat("5", "1"), []string{"b"}}}},
		{"b stops and goes on", []look{{0, beat("1", "1"), nil}, {q, beat("2", "1"), nil}, {q, beat("3", "1"), nil}, {q, beat("4", "2"), nil}, {q, beat("5", "2"), nil}}},
		{"the observer was away", []look{{0, beat("1", "1"), nil}, {time.Hour, beat("1", "1"), nil}, {q, beat("1", "1"), nil}}},
		{"the clock goes back", []look{{0, beat("1", "1"), nil}, {-time.Hour, beat("1", "1"), nil}, {q, beat("1", "1"), nil}, {q, beat("2", "1"), nil}, {q, beat("3", "1"), nil}, {q, beat("4", "1"), []string{"b"}}}},
		{"b ends and comes again", []look{{0, beat("1", "1"), nil}, {q, beat("2", "1"), nil}, {q, map[string]string{"a": "3"}, nil}, {q, beat("4", "1"), nil}, {q, beat("5", "1"), nil}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := silenceWatch{limit: 10 * time.Second}
			now := time.Unix(1000, 0)
			for i, look := range test.looks {
				now = now.Add(look.after)
				got := w.look(now, look.counts)
				if !slices.Equal(got, look.want) {
					t.Errorf("look %d: got %q, want %q", i, got, look.want)
				}
			}
		})
	}
}
