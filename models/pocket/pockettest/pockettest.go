// Package pockettest gives tests the bundled model, opened once for all tests
// of a process: opening it takes longer than drawing with it.
package pockettest

import (
	"context"
	"sync"
	"testing"

	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

// opened is the model of this process. It is open until the process ends.
var opened struct {
	sync.Mutex
	model *models.Model
}

// Open returns the bundled model on the CPU, for a test that leaves it open.
func Open(t testing.TB) *models.Model {
	t.Helper()
	opened.Lock()
	defer opened.Unlock()
	if opened.model == nil {
		// Not the test's context: the model is opened for all of them.
		m, err := models.OpenFS(context.WithoutCancel(t.Context()), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu"})
		if err != nil {
			t.Fatal(err)
		}
		opened.model = m
	}
	return opened.model
}
