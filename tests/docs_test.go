package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest    = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	declaredTest = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
)

// Every test that a document names is there: what is promised is held to.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	declared, named := map[string]bool{}, map[string]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != ".." {
			return filepath.SkipDir
		}
		found := declaredTest
		switch {
		case strings.HasSuffix(path, "_test.go"):
		case filepath.Ext(path) == ".md":
			found = namedTest
		default:
			return nil
		}
		text, err := os.ReadFile(path)
		for _, match := range found.FindAllStringSubmatch(string(text), -1) {
			if found == declaredTest {
				declared[match[1]] = true
			} else {
				named[match[1]] = path
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(named) < 50 {
		t.Errorf("documents name %d tests: this test sees too little", len(named))
	}
	for name, path := range named {
		if !declared[name] {
			t.Errorf("%s names %s, which is no test", path, name)
		}
	}
}
