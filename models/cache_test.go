package models

import (
	"embed"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a prepared UNet is named after are the sources that make it, all of
// them and nothing else: a test or its data, added or changed, leaves the name
// as it is.
func TestMakersAreTheSources(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{if .Module}}{{.ImportPath}}{{end}}", "./graph")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"build/layout.go", "rewrite.go"}
	for _, pkg := range strings.Fields(string(out)) {
		folder, ours := strings.CutPrefix(pkg, "pentimento/models/")
		if !ours {
			continue
		}
		sources, err := filepath.Glob(filepath.Join(filepath.FromSlash(folder), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			if !strings.HasSuffix(source, "_test.go") {
				want = append(want, filepath.ToSlash(source))
			}
		}
	}
	compareSources(t, makers, want, "Mend the patterns at makers in cache.go.")
}

// What a model in eight bits or half precision is named after is that, and what
// quantizes it.
func TestQuantizersAreTheSources(t *testing.T) {
	want := []string{"eight.go", "half.go"}
	sources, err := filepath.Glob(filepath.Join("quantize", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if !strings.HasSuffix(source, "_test.go") {
			want = append(want, filepath.ToSlash(source))
		}
	}
	compareSources(t, quantizers, want, "Mend the patterns at quantizers in precisioncache.go.")
}

func compareSources(t *testing.T, sources embed.FS, want []string, mend string) {
	t.Helper()
	slices.Sort(want)
	var got []string
	err := fs.WalkDir(sources, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			got = append(got, path.Clean(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the name of what is prepared depends on\n%s\nand what makes it is\n%s\n%s", strings.Join(got, " "), strings.Join(want, " "), mend)
	}
}
