package discord

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"pentimento/bot"
)

// What is registered with Discord is what it was: clients keep the commands, and
// a bot registers them anew whenever a byte of them differs.
func TestRegisteredCommands(t *testing.T) {
	want, err := os.ReadFile("testdata/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(registered(bot.Commands(), nil), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if got = append(got, '\n'); !bytes.Equal(got, want) {
		t.Errorf("the commands differ from testdata/commands.json; they are\n%s", got)
	}
}
