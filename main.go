// Pentimento draws what it is told and then changes the same picture.
package main

import (
	"os"

	"pentimento/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.System())) }
