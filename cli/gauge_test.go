package cli

import (
	"strings"
	"testing"
	"time"

	"pentimento/models/hub"
)

func TestGaugeAtATerminal(t *testing.T) {
	var out strings.Builder
	at := time.Unix(1000, 0)
	width := 120
	g := newGauge(&out)
	g.width, g.now = func() int { return width }, func() time.Time { return at }
	file := "unet/weights.safetensors"
	g.show(hub.Progress{File: file, Total: 1000e6})
	at = at.Add(2 * time.Second)
	g.show(hub.Progress{File: file, Done: 250e6, Total: 1000e6})
	want := "\r\x1b[K[======                  ]  25%  250.0 MB of 1.0 GB, 125.0 MB/s, 6s left  " + file
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("%q, want %q at its end", out.String(), want)
	}
	before := out.Len()
	g.show(hub.Progress{File: file, Done: 251e6, Total: 1000e6})
	if out.Len() != before {
		t.Error("drawn twice at the same time")
	}
	width = 30
	g.show(hub.Progress{File: file, Done: 1000e6, Total: 1000e6})
	if line := out.String()[strings.LastIndex(out.String(), "\x1b[K")+3:]; len(line) >= width {
		t.Errorf("%q does not fit %d columns", line, width)
	}
	g.end()
	if !strings.HasSuffix(out.String(), "\n") {
		t.Error("the line was not left")
	}
}

func TestGaugeWithoutATerminal(t *testing.T) {
	var out strings.Builder
	g := newGauge(&out)
	for done := range int64(1001) {
		g.show(hub.Progress{Done: done * 1e6, Total: 1000e6})
	}
	g.end()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 21 || !strings.HasPrefix(lines[20], "1.0 GB of 1.0 GB") || strings.Contains(out.String(), "\r") {
		t.Errorf("%d lines: %q, want one for each twentieth", len(lines), lines)
	}
	var empty strings.Builder
	g = newGauge(&empty)
	g.show(hub.Progress{})
	g.end()
}
