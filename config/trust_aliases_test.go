package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Aliases of aliases are refused at once and not followed.
func TestTrust12AliasesAreRefused(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for n := range 30 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", n+1, n+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", n), 9), ", "))
	}
	began := time.Now()
	_, err := read(strings.NewReader(bomb.String()))
	if err == nil || !strings.Contains(err.Error(), "line 2: aliases (*name) are not read") {
		t.Errorf("a bomb of %d bytes ended with %v", bomb.Len(), err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("that took %v", took)
	}
	if _, err := read(strings.NewReader("steps: *")); err == nil {
		t.Error("an alias without a name is read")
	}
	if _, err := read(strings.NewReader("steps: &n 5\nchat:\n  steps: 7\n")); err != nil {
		t.Errorf("an anchor that nothing names ended with %v", err)
	}
}
