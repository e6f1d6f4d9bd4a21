package hub

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode"
)

// Limits of a file's name.
const (
	maxNameBytes    = 1024
	maxElementBytes = 200 // what is put before and behind it has room in the usual 255
)

// checkName refuses names that lead out of a folder, or mean something else than a
// file of that name on some system.
func checkName(name string) error {
	bad := !fs.ValidPath(name) || name == "." || len(name) > maxNameBytes ||
		strings.ContainsAny(name, `\:`) || strings.ContainsFunc(name, unprintable)
	for element := range strings.SplitSeq(name, "/") {
		bad = bad || len(element) > maxElementBytes || strings.HasSuffix(element, ".") ||
			strings.HasSuffix(element, " ") || device(element)
	}
	if bad {
		return fmt.Errorf("the hub has a file %.100q, whose name is not a file's in a folder", name)
	}
	return nil
}

// unprintable reports control characters, and those that turn text round.
func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// device reports names that Windows has for devices, whatever is behind their dot.
func device(element string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(element), ".")
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && '0' <= stem[3] && stem[3] <= '9'
}
