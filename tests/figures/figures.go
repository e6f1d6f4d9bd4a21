// Package figures keeps what is measured, each by its name, in a flat JSON file
// that several programs write to. Start at [Add].
package figures

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
)

// Read returns the figures of the file; none if it is not there.
func Read(path string) (map[string]float64, error) {
	all := map[string]float64{}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// Add writes figures to the file, making it if it is not there, and leaves those of
// other names as they are.
func Add(path string, figures map[string]float64) error {
	all, err := Read(path)
	if err != nil {
		return err
	}
	maps.Copy(all, figures)
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
