// Package house knows the rooms of Pentimento, which are folders of packages,
// and what they may import of each other. [Load] asks the go command what they
// do import, [Order.Uphill] finds what is not in order, and [Draw] draws the
// house.
package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Module is the module's path, with which the import paths of ours begin.
const Module = "pentimento"

// A Package is a package with what it imports, by import path.
type Package struct {
	ImportPath string
	Imports    []string
	// TestImports and XTestImports are what its tests import, those in the
	// package and those beside it.
	TestImports, XTestImports []string
}

// Load lists the packages of the module that the working folder is in.
func Load() ([]Package, error) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", Module+"/...").Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%w: %s", err, failed.Stderr)
	}
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	var all []Package
	for objects := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := objects.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the list of packages: %w", err)
		}
		all = append(all, p)
	}
}

// Product reports whether the package is part of the program.
func (p Package) Product() bool { return ours(p.ImportPath) && !forTests(p.ImportPath) }

// forTests reports whether a package is there for tests alone: one below
// tests/, or one whose name ends in "test" as that of net/http/httptest does.
func forTests(importPath string) bool {
	return strings.HasPrefix(importPath+"/", Module+"/tests/") || strings.HasSuffix(importPath, "test")
}

func ours(importPath string) bool {
	return importPath == Module || strings.HasPrefix(importPath, Module+"/")
}
