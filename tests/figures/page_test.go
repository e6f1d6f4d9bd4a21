package figures_test

import (
	"os"
	"path/filepath"
	"testing"

	"pentimento/tests/figures"
)

// TestShow replaces one table of a page and nothing else.
func TestShow(t *testing.T) {
	page := filepath.Join(t.TempDir(), "figures.md")
	write := func(text string) {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("# A\n<!-- old -->\nstays\n<!-- /old -->\n<!-- memory -->\ngoes\n<!-- /memory -->\nB\n")
	if err := figures.Show(page, "memory", "| 1 |\n| 2 |\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := "# A\n<!-- old -->\nstays\n<!-- /old -->\n<!-- memory -->\n| 1 |\n| 2 |\n<!-- /memory -->\nB\n"
	if string(got) != want {
		t.Errorf("the page is\n%s\nwant\n%s", got, want)
	}
	write("# A\n<!-- memory -->\nopen\n")
	if figures.Show(page, "memory", "lost") == nil {
		t.Error("a page without an end for the table is taken")
	}
	if got, _ := os.ReadFile(page); string(got) != "# A\n<!-- memory -->\nopen\n" {
		t.Errorf("a refused page was changed: %s", got)
	}
}
