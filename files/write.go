package files

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Write puts data into the file at that path, which then has these permissions
// but for those that the umask takes. The file is there whole or not at all: whoever opens it finds
// what was there before or all of data, also when the process is killed
// meanwhile. The folder must exist.
//
// Write does not wait for the disk. After a loss of power the file may be
// empty, as after [os.WriteFile].
func Write(name string, data []byte, perm fs.FileMode) error {
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(WriteIn(folder, filepath.Base(name), data, perm), folder.Close())
}

// WriteIn is [Write] for a file inside a folder; name is separated by slashes.
func WriteIn(folder *os.Root, name string, data []byte, perm fs.FileMode) error {
	temp := path.Join(path.Dir(name), fmt.Sprintf(".%s.%x%s", path.Base(name), rand.Uint64(), tempSuffix))
	err := fill(folder, temp, data, perm)
	if err == nil {
		err = folder.Rename(temp, name)
	}
	if err == nil {
		return nil
	}
	if removing := folder.Remove(temp); !errors.Is(removing, fs.ErrNotExist) {
		err = errors.Join(err, removing)
	}
	return err
}

// fill makes a new file with data in it.
func fill(folder *os.Root, name string, data []byte, perm fs.FileMode) error {
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// tempSuffix ends the names of files that are being written.
const tempSuffix = ".tmp"

// Abandoned reports whether a file is what a killed process left of a write: it
// has the name of an unfinished one, and was last written an hour ago or
// earlier.
func Abandoned(info fs.FileInfo) bool {
	return Unfinished(info.Name()) && time.Since(info.ModTime()) > time.Hour
}

// Unfinished reports whether a file of that name is being written, or was left
// by a killed process.
func Unfinished(name string) bool { return strings.HasSuffix(name, tempSuffix) }
