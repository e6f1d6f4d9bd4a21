package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/files"
)

// save writes a file to the folder for pictures and returns the path. Its name
// says which turn it is of, and is the same only for the same picture.
func (c *Chat) save(file gate.File) (string, error) {
	path := c.path(file.Name())
	return path, write(path, file)
}

// write writes a file that the user keeps, and says so if it cannot.
func write(path string, file gate.File) error {
	if err := files.Write(path, file.Bytes(), 0o666); err != nil {
		return &bot.Problem{Kind: bot.Invalid, Text: fmt.Sprintf("save the picture (it is kept in the session): %v", err), Err: err}
	}
	return nil
}

// path is where a picture of that name is saved.
func (c *Chat) path(name string) string { return filepath.Join(c.Dir, name) }

// printFiles saves the files of a turn, or the one that the user names. The last is
// the one that is named first, and is the picture.
func (c *Chat) printFiles(utterance string, a *bot.Answer) error {
	as := InHome(a.SaveAs, c.Home)
	folder := c.Dir
	if info, err := os.Stat(as); as != "" && err == nil && info.IsDir() {
		folder = as
	} else if as != "" {
		return c.printFile(utterance, a, as)
	}
	var paths []string
	for _, f := range a.Files {
		path := filepath.Join(folder, strings.TrimSuffix(pictureName(a.Turn), ".png")+"-"+f.Name())
		if err := write(path, f); err != nil {
			return err
		}
		paths = append(paths, path)
	}
	last := len(paths) - 1
	return c.printPicture(utterance, a, paths[last], gate.Picture{}, "the recipe is in the picture, and in "+strings.Join(paths[:last], ", "))
}

// printFile saves the file of a turn that has the ending of the path, under that
// path. It writes over nothing.
func (c *Chat) printFile(utterance string, a *bot.Answer, path string) error {
	for _, f := range a.Files {
		if !strings.EqualFold(filepath.Ext(path), filepath.Ext(f.Name())) {
			continue
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return bot.Problemf(bot.Invalid, "there is a file %s already, or I may not look: name another", path)
		}
		if err := write(path, f); err != nil {
			return err
		}
		return c.printPicture(utterance, a, path, gate.Picture{}, "the recipe is in the file")
	}
	return bot.Problemf(bot.Invalid, "say the name of a new .png or .json file, or of a folder that is there: %s is neither", path)
}
