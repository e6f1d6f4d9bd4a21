package figures

import (
	"fmt"
	"os"
	"strings"
)

// Show writes a table of figures into a page, between the lines "<!-- name -->" and
// "<!-- /name -->".
func Show(path, name, table string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->\n"
	before, rest, found := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the table: the lines %q and %q", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(path, []byte(before+begin+strings.TrimSpace(table)+"\n"+end+after), 0o644)
}
