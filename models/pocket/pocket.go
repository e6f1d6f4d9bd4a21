// Package pocket holds the bundled model: a latent diffusion model small
// enough to be part of the program, in the same layout as any Stable
// Diffusion export. It draws the small world that it was trained on (people,
// animals, landscapes) so that the program works before anything is downloaded.
package pocket

import (
	"embed"
	"io/fs"
)

//go:embed model judge
var embedded embed.FS

// Files is the model folder, for models.OpenFS.
func Files() fs.FS { return folder("model") }

// Judge is the folder of the network that sees what the model's pictures show,
// for judge.OpenNetwork.
func Judge() fs.FS { return folder("judge") }

func folder(name string) fs.FS {
	files, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err) // the names are valid paths
	}
	return files
}
