// Package figures keeps what is measured, each by its name, in a flat JSON file
// that several programs write to. Start at [Add].
package figures

import (
	"encoding/json"
	"fmt"
	"os"
)

// Add writes figures to the file, making it if it is not there, and leaves those of
// other names as they are.
func Add(path string, figures map[string]float64) error {
	all := map[string]float64{}
	if data, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(data, &all); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	for name, value := range figures {
		all[name] = value
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
