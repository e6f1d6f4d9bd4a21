package redistest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// probing is how long a pool of go-redis whose server was gone may go on probing for
// it after it is closed: it looks once a second.
const probing = 2 * time.Second

// VerifyTestMain runs the tests of a package that stop servers, and fails if they
// leave goroutines behind. It gives those of connection pools the time to end, for
// which goleak's own waiting is too short.
func VerifyTestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := leaks(); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines are left after the tests:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func leaks() error {
	end := time.Now().Add(probing)
	for {
		err := goleak.Find()
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}
