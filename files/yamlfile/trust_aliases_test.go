package yamlfile

import (
	"errors"
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
	var into map[string]any
	err := Unmarshal([]byte(bomb.String()), &into)
	if !errors.Is(err, errAlias) || !strings.Contains(err.Error(), "line 2:") {
		t.Errorf("a bomb of %d bytes ended with %v", bomb.Len(), err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("that took %v", took)
	}
	if err := Unmarshal([]byte("steps: *"), &into); err == nil {
		t.Error("an alias without a name is read")
	}
	if err := Unmarshal([]byte("\ufeffsteps: &n 5\nchat:\n  steps: 7\n"), &into); err != nil {
		t.Errorf("an anchor that nothing names ended with %v", err)
	}
}
