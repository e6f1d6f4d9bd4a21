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
	return Keep(t, m, err)
}

// Keep is a model as it was opened, until the test ends. An error ends the test.
func Keep(t testing.TB, m *models.Model, err error) *models.Model {
	t.Helper()
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
