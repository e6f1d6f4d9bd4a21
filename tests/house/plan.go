package house

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A room of the drawing is a folder of the module's root with all that is
// below it.
type room struct {
	name  string
	below []string // folders in it that hold packages
	floor int
	// x is the middle and width the width, y the top.
	x, y, width float64
}

// wide reports whether the room is as wide as the house.
func (r *room) wide() bool { return r.width > wideRoom }

// An arrow says that a package in one room imports a package in another.
type arrow struct {
	from, to *room
	// implied says that the other room is reached by way of a third one too.
	implied bool
	// points lead from the bottom of one room to the top of the other; between
	// two of them with the same x the arrow passes a floor.
	points []point
}

type point struct{ x, y float64 }

// plan is the rooms of the house, from the ground floor up, and the arrows.
type plan struct {
	floors [][]*room
	arrows []*arrow
}

// newPlan puts the rooms on the floors that the order names and finds the
// arrows; nothing has a place yet.
func newPlan(order Order, packages []Package) *plan {
	p := &plan{}
	rooms := map[string]*room{}
	for _, names := range order {
		var floor []*room
		for _, name := range names {
			if !strings.Contains(name, "/") {
				rooms[name] = &room{name: name, floor: len(p.floors)}
				floor = append(floor, rooms[name])
			}
		}
		if floor != nil {
			p.floors = append(p.floors, floor)
		}
	}
	imports := map[*room]map[*room]bool{}
	for _, pkg := range packages {
		from := rooms[topFolder(pkg.ImportPath)]
		if !pkg.Product() || from == nil {
			continue
		}
		if parts := strings.Split(pkg.ImportPath, "/"); len(parts) > 2 && parts[2] != "internal" && !slices.Contains(from.below, parts[2]) {
			from.below = append(from.below, parts[2])
		}
		for _, path := range pkg.Imports {
			if to := rooms[topFolder(path)]; ours(path) && to != nil && to != from {
				if imports[from] == nil {
					imports[from] = map[*room]bool{}
				}
				imports[from][to] = true
			}
		}
	}
	p.draw(imports)
	return p
}

func topFolder(importPath string) string {
	if importPath == Module {
		return "main"
	}
	folder, _, _ := strings.Cut(strings.TrimPrefix(importPath, Module+"/"), "/")
	return folder
}

// draw makes an arrow of every import, in an order that is always the same.
func (p *plan) draw(imports map[*room]map[*room]bool) {
	byPlace := func(a, b *room) int { return cmp.Or(cmp.Compare(a.floor, b.floor), cmp.Compare(a.name, b.name)) }
	for _, from := range slices.SortedFunc(maps.Keys(imports), byPlace) {
		for _, to := range slices.SortedFunc(maps.Keys(imports[from]), byPlace) {
			implied := false
			for between := range imports[from] {
				implied = implied || reaches(imports, between, to)
			}
			p.arrows = append(p.arrows, &arrow{from: from, to: to, implied: implied})
		}
	}
}

// reaches reports whether imports lead from one room to another.
func reaches(imports map[*room]map[*room]bool, from, to *room) bool {
	for next := range imports[from] {
		if next == to || reaches(imports, next, to) {
			return true
		}
	}
	return false
}

// most is the number of rooms that a room has to do with in one direction.
func (p *plan) most(r *room) int {
	in, out := 0, 0
	for _, a := range p.arrows {
		if a.to == r {
			in++
		}
		if a.from == r {
			out++
		}
	}
	return max(in, out)
}
