package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"pentimento/files"
)

// person is whose the conversations of this machine's terminals are: a name that
// nobody else has, made by chance once and kept in the folder of states. Several
// people may keep theirs in one store, and each can list and forget only their own.
func (p *Process) person() (string, error) {
	path := filepath.Join(p.stateDir(), "person")
	name, err := readPerson(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writePerson(path); err != nil {
			return "", fmt.Errorf("note whose conversations these are: %w; XDG_STATE_HOME says where", err)
		}
		name, err = readPerson(path)
	}
	return name, err
}

// stateDir is the folder for what is kept of the user.
func (p *Process) stateDir() string { return p.userDir("XDG_STATE_HOME", ".local/state") }

func readPerson(path string) (string, error) {
	data, err := files.ReadFile(path, 1<<20)
	if err != nil {
		return "", err
	}
	name := strings.TrimSpace(string(data))
	if !regexp.MustCompile(`^[A-Z2-7]{26}$`).MatchString(name) {
		return "", fmt.Errorf("%s does not say whose conversations these are: remove it to begin anew", path)
	}
	return name, nil
}

// writePerson makes the file, unless another process has just done so.
func writePerson(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	name := rand.Text()
	mine := path + "." + name
	if err := files.Write(mine, []byte(name+"\n"), 0o600); err != nil {
		return err
	}
	err := os.Link(mine, path) // a rename would take the place of another's
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(mine))
}
