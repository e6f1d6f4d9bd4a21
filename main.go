// Pentimento edits pictures by conversation: it draws what it is told, then
// changes the same picture, and only where it was asked to.
package main

import (
	"os"

	"pentimento/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
