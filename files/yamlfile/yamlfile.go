// Package yamlfile reads YAML that people wrote: settings and studies.
//
// Start with [Unmarshal].
package yamlfile

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"pentimento/files"
)

// errAlias says that a text has an alias. It repeats what it names, and a few lines
// of aliases of aliases do so without end.
var errAlias = errors.New("aliases (*name) are not read; write the value there")

// Unmarshal reads a text, which may begin with a byte order mark, into a value. The
// error names the line.
func Unmarshal(text []byte, into any, options ...yaml.DecodeOption) error {
	text = files.WithoutMark(text)
	for _, t := range lexer.Tokenize(string(text)) {
		if t.Type == token.AliasType {
			return fmt.Errorf("line %d: %w", t.Position.Line, errAlias)
		}
	}
	return yaml.UnmarshalWithOptions(text, into, options...)
}
