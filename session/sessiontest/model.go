package sessiontest

import (
	"testing"

	"pentimento/session"
)

func testModel(t *testing.T, store session.Store) {}
