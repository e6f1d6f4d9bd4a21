// Package pocket holds the bundled model: a latent diffusion model small
// enough to be part of the program, in the same layout as any Stable
// Diffusion export. It draws the small world that it was trained on (people,
// animals, landscapes) so that the program works before anything is downloaded.
package pocket

import (
	"embed"
	"io/fs"
)

//go:embed model
var embedded embed.FS

// Files is the model folder, for models.OpenFS.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "model")
	if err != nil {
		panic(err) // "model" is a valid path
	}
	return files
}
