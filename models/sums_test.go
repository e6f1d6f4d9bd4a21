package models

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A sum is kept for a large file as long as it has the same size and time, and
// nothing that lies in its place is believed.
func TestKeptSums(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	zeros(t, path, large)
	s := sums{dir: filepath.Join(t.TempDir(), "cache")}
	sum := func(s sums) string {
		t.Helper()
		is, err := s.of(t.Context(), path)
		if err != nil || len(is) != 64 {
			t.Fatal(is, err)
		}
		return is
	}
	hurry := sums{dir: s.dir, hurry: true}
	if _, err := hurry.of(t.Context(), path); !errors.Is(err, errUnsummed) {
		t.Errorf("a large file is read in a hurry: %v", err)
	}
	own := sum(s)
	if sum(hurry) != own || s.known(path) != own {
		t.Error("the sum is not kept")
	}
	info, err := os.Stat(s.file(path))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	whole, err := os.ReadFile(s.file(path))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "half": string(whole[:len(whole)/2]), "no JSON": "x", "another file's": strings.ReplaceAll(string(whole), "model.", "other."),
		"a short sum": strings.ReplaceAll(string(whole), own, own[:10]), "no sum": strings.ReplaceAll(string(whole), own, ""),
	} {
		if err := os.WriteFile(s.file(path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if is := s.known(path); is != "" {
			t.Errorf("%s is taken for the sum %s", name, is)
		}
	}
	if sum(s) != own || s.known(path) != own {
		t.Error("a damaged sum is not made again")
	}
	// The same size and another time, then another size.
	if err := os.Chtimes(path, time.Time{}, info.ModTime().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if s.known(path) != "" {
		t.Error("the sum of a file that was written to is believed")
	}
	zeros(t, path, large+1)
	if sum(s) == own {
		t.Error("a file that is longer has the same sum")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.of(t.Context(), path); err == nil || s.known(path) != "" {
		t.Error("a file that is gone has a sum")
	}
}

// Where no sum can be kept it is computed each time; those of small files are not
// kept.
func TestSumsThatAreNotKept(t *testing.T) {
	dir := t.TempDir()
	path, small, taken := filepath.Join(dir, "model"), filepath.Join(dir, "small"), filepath.Join(dir, "taken")
	zeros(t, path, large)
	zeros(t, small, 10)
	zeros(t, taken, 1)
	for _, cache := range []string{"", taken, filepath.Join(taken, "below")} {
		s := sums{dir: cache}
		if is, err := s.of(t.Context(), path); err != nil || len(is) != 64 || s.known(path) != "" {
			t.Errorf("in %q: %q, %v", cache, is, err)
		}
	}
	s := sums{dir: filepath.Join(dir, "cache"), hurry: true}
	if is, err := s.of(t.Context(), small); err != nil || len(is) != 64 || s.known(small) != "" {
		t.Errorf("a small file: %q, %v", is, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (sums{}).of(ended, path); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// Several processes that keep the same sum at once leave a whole one.
func TestSumsOfSeveralAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	zeros(t, path, large)
	dir := t.TempDir()
	sum, err := sums{}.sum(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s := sums{dir: dir} // as each process has its own
			for range 20 {
				s.keep(sum)
				if is := s.known(path); is != sum.SHA256 {
					t.Errorf("the sum is %q", is)
				}
			}
		})
	}
	all.Wait()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// zeros makes a file of n zeros, which takes no room on the disk.
func zeros(t *testing.T, path string, n int64) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, n)); err != nil {
		t.Fatal(err)
	}
}
