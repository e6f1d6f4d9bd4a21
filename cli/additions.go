package cli

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"pentimento/bot/terminal"
	"pentimento/models"
)

// A loraFlag is a LoRA as --lora has it: FILE or FILE:weight.
type loraFlag models.LoRA

// UnmarshalText reads the flag.
func (l *loraFlag) UnmarshalText(text []byte) error {
	path, weight, ok := cutLast(string(text))
	*l = loraFlag{Path: fromHome(path), Strength: 1}
	if !ok {
		return nil
	}
	strength, err := strconv.ParseFloat(weight, 32)
	if err != nil || math.IsNaN(strength) || math.IsInf(strength, 0) {
		return fmt.Errorf("%s: the weight %q is no number: write FILE:0.8", text, weight)
	}
	l.Strength = float32(strength)
	return nil
}

// An embeddingFlag is a textual inversion as --embedding has it: FILE or
// FILE:word.
type embeddingFlag models.Embedding

// UnmarshalText reads the flag.
func (e *embeddingFlag) UnmarshalText(text []byte) error {
	path, word, ok := cutLast(string(text))
	if ok && word == "" {
		return fmt.Errorf("%s: there is no word behind the colon: write FILE:word", text)
	}
	*e = embeddingFlag{Path: fromHome(path), Word: word}
	return nil
}

// cutLast cuts what is behind the last colon off a file's name. A colon that is
// part of the name is none of them: that of a file that is there, of a drive, or
// before a folder.
func cutLast(text string) (path, after string, ok bool) {
	colon := strings.LastIndexByte(text, ':')
	if colon <= 0 || colon == 1 && isLetter(text[0]) || strings.ContainsAny(text[colon:], `/\`) {
		return text, "", false
	}
	if _, err := os.Stat(text); err == nil {
		return text, "", false
	}
	return text[:colon], text[colon+1:], true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// fromHome is a path of which a leading ~ stands for the home folder, in flags that
// are more than a path.
func fromHome(path string) string { return terminal.InHome(path, os.Getenv("HOME")) }
