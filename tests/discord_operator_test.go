package tests

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// strict makes a safety checker to which every picture is unsafe, of the one
// to which red ones are: no similarity is below its thresholds.
func strict(t *testing.T) string {
	t.Helper()
	red := filepath.Join("..", "models", "safety", "testdata", "red")
	dir := t.TempDir()
	graph, err := os.ReadFile(filepath.Join(red, "safety_checker", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(red, "feature_extractor", "preprocessor_config.json"))
	if err != nil {
		t.Fatal(err)
	}
	number := func(f float32) []byte { return binary.LittleEndian.AppendUint32(nil, math.Float32bits(f)) }
	for _, threshold := range []float32{.93, .95} {
		if !bytes.Contains(graph, number(threshold)) {
			t.Fatalf("the checker has no threshold %g", threshold)
		}
		graph = bytes.ReplaceAll(graph, number(threshold), number(-2))
	}
	for name, data := range map[string][]byte{"model.onnx": graph, "preprocessor_config.json": config} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The operator's safety checker sees what the model draws before people do.
func TestServeChecksPictures(t *testing.T) {
	t.Parallel()
	d := newDiscord(t, discordtest.Options{MessageContent: true})
	p, checker, ann := newProgram(t), strict(t), d.Person("ann")
	cmd := p.serve(t, d, "--steps", "4", "--safety-checker", checker)
	said := ann.Say(ann.Direct(), "a woman's face with blond hair")
	m := d.Message(ann.Direct(), said.ID, patience, func(m *discordtest.Message) bool { return strings.Contains(m.Content, "may not show") })
	if m == nil || len(m.Attachments) > 0 {
		t.Errorf("an unsafe picture was answered with %+v", m)
	}
	stop(t, cmd)
	cmd = p.serve(t, d, "--steps", "4", "--safety-checker", checker, "--hide-unsafe")
	said = ann.Say(ann.Direct(), "a woman's face with blond hair")
	if m := drawn(t, d, ann.Direct(), said.ID, "blond"); !strings.HasPrefix(m.Attachments[0].Filename, "SPOILER_") {
		t.Errorf("an unsafe picture is shown as %s", m.Attachments[0].Filename)
	}
	stop(t, cmd)
}

// Two processes on one Redis are one bot.
func TestServeShards(t *testing.T) {
	t.Parallel()
	d := newDiscord(t, discordtest.Options{MessageContent: true, Shards: 2})
	store, ann := "redis://"+redistest.Start(t).Addr, d.Person("ann")
	for n, shard := range []string{"0/2", "1/2"} {
		newProgram(t).serveAt(t, d.URL(), func() bool { return d.AwaitShards(n+1, patience) }, "--steps", "4", "--store", store, "--shards", shard)
	}
	var first *discordtest.Message
	for shard := range 2 {
		channel := d.ChannelIn(d.AddGuild(shard), "art")
		d.ForbidThreads(channel)
		answered(t, ann.Slash(channel, "imagine", map[string]any{"prompt": "a woman's face with blond hair"}))
		m := drawn(t, d, channel, "", "blond hair")
		if shard == 0 {
			first = m
			continue
		}
		// What one process has drawn, the other can show.
		i := ann.Use(channel, m, buttonOf(t, first, "Share"), 2, nil)
		drawn(t, d, channel, i.ID, "Continue from here")
	}
	if _, registered := d.Commands(); registered != 1 {
		t.Errorf("the commands were registered %d times", registered)
	}
}

// buttonOf is the id of the button with the label.
func buttonOf(t *testing.T, m *discordtest.Message, label string) string {
	t.Helper()
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Label == label {
				return c.CustomID
			}
		}
	}
	t.Fatalf("there is no button %q under %q", label, m.Content)
	return ""
}
