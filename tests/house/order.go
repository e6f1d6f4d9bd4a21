package house

import (
	"fmt"
	"slices"
	"strings"
)

// An Order is the floors of the house from the ground up, each with its rooms.
// A room is a folder with the folders below it that are not rooms themselves;
// the root of the module is the room "main". What is in a room may import what
// is in the same room and what is on the floors below.
type Order [][]string

// ParseOrder reads a floor from every line that has a word.
func ParseOrder(text string) Order {
	var order Order
	for line := range strings.Lines(text) {
		if rooms := strings.Fields(line); len(rooms) > 0 {
			order = append(order, rooms)
		}
	}
	return order
}

// Room returns the room that a package is in, "" for none.
func (o Order) Room(importPath string) string {
	folder, ours := strings.CutPrefix(importPath, Module+"/")
	if importPath == Module {
		folder, ours = "main", true
	}
	for ours && folder != "" && o.Floor(folder) < 0 {
		folder = folder[:max(0, strings.LastIndexByte(folder, '/'))]
	}
	if !ours {
		return ""
	}
	return folder
}

// Floor returns the floor that a room is on, -1 for none.
func (o Order) Floor(room string) int {
	return slices.IndexFunc(o, func(rooms []string) bool { return slices.Contains(rooms, room) })
}

// Uphill says what is not in order, a sentence for each: packages of the
// product that have no room, and imports that point up or to another room of
// the same floor. Tests may import what is for tests alone, wherever it is.
func (o Order) Uphill(packages []Package) []string {
	var wrong []string
	for _, p := range packages {
		if !p.Product() {
			continue
		}
		if o.Room(p.ImportPath) == "" {
			wrong = append(wrong, fmt.Sprintf("%s is in no room", p.ImportPath))
			continue
		}
		for _, imported := range p.Imports {
			if !o.allows(p.ImportPath, imported) {
				wrong = append(wrong, fmt.Sprintf("%s imports %s", p.ImportPath, imported))
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if !forTests(imported) && !o.allows(p.ImportPath, imported) {
				wrong = append(wrong, fmt.Sprintf("a test of %s imports %s", p.ImportPath, imported))
			}
		}
	}
	return wrong
}

// allows reports whether a package that has a room may import another one.
func (o Order) allows(importPath, imported string) bool {
	if !ours(imported) {
		return true
	}
	from, to := o.Room(importPath), o.Room(imported)
	return !forTests(imported) && (from == to || to != "" && o.Floor(to) < o.Floor(from))
}
