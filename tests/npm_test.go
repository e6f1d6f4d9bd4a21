package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// npmInstalled returns a folder under build/ in which npm has installed what the
// package-lock.json of testdata/NAME lists, beside copies of the files of that folder. It
// takes a download the first time; where that cannot be had the test is skipped. major
// and minor are the Node.js that it needs, what says for what.
func npmInstalled(t *testing.T, name string, major, minor int, what string) string {
	t.Helper()
	version, err := exec.Command("node", "--version").Output()
	if err != nil {
		t.Skipf("there is no node: install Node.js %d.%d or later %s", major, minor, what)
	}
	var had [2]int
	if _, err := fmt.Sscanf(string(version), "v%d.%d", &had[0], &had[1]); err != nil || had[0] < major || had[0] == major && had[1] < minor {
		t.Skipf("node is %s: %d.%d or later is needed %s", strings.TrimSpace(string(version)), major, minor, what)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("there is no npm " + what)
	}
	dir, err := filepath.Abs(filepath.Join("..", "build", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	lock := copyDriver(t, name, dir)
	installed := filepath.Join(dir, "installed")
	if had, err := os.ReadFile(installed); err == nil && string(had) == lock {
		return dir
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Skipf("what is needed cannot be installed %s (is the network there?): %v\n%s", what, err, out)
	}
	if err := os.WriteFile(installed, []byte(lock), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// copyDriver copies the files of testdata/NAME into the folder and returns the list of
// what is installed.
func copyDriver(t *testing.T, name, dir string) (lock string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join("testdata", name, file.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file.Name()), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if file.Name() == "package-lock.json" {
			lock = string(data)
		}
	}
	return lock
}
