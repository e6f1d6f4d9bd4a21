// Package clip holds the tokenizer of CLIP, as OpenAI published it under the
// MIT licence. A single-file checkpoint comes without one.
package clip

import (
	"embed"
	"io/fs"
)

//go:embed vocab.json merges.txt
var files embed.FS

// Tokenizer is a tokenizer folder that says all but which token pads.
func Tokenizer() fs.FS { return files }
