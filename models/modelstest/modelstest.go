// Package modelstest opens models for tests.
package modelstest

import (
	"testing"

	"pentimento/models"
	"pentimento/models/runtime/runtimetest"
)

// Open opens a model on the CPU, until the test ends.
func Open(t testing.TB, s models.Source) *models.Model {
	t.Helper()
	m, err := models.Open(t.Context(), s, models.Options{Runtime: runtimetest.Load(t), Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}
