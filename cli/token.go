package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// tokenVariable holds the bot's token. It is neither a flag nor a setting: command
// lines and files are read by others.
const tokenVariable = "DISCORD_TOKEN"

// errNoToken says how to give the token.
var errNoToken = errors.New("the variable DISCORD_TOKEN is not set: put the bot's token there (docs/discord-setup.md says where to find it)")

// token reads the bot's token.
func token(p *Process) (string, error) {
	t := strings.TrimPrefix(strings.TrimSpace(p.Getenv(tokenVariable)), "Bot ")
	if t == "" {
		return "", errNoToken
	}
	if strings.ContainsAny(t, " \t\r\n\"'") {
		return "", errors.New("DISCORD_TOKEN has spaces or quotes in it: copy the token alone")
	}
	return t, nil
}

// askerOf names the bot to a queue that it shares with other bots: the same
// after a restart, and with another token for the same account. A token begins
// with the account.
func askerOf(token string) string {
	account, _, _ := strings.Cut(token, ".")
	sum := sha256.Sum256([]byte(account))
	return "discord-" + hex.EncodeToString(sum[:8])
}
