package house

import (
	"cmp"
	"math"
	"slices"
)

// Sizes of the drawing in its own units.
const (
	houseWidth = 960
	margin     = 24
	wideRoom   = 400 // what is wider is as wide as the house
	roomWidth  = 176
	nameHeight = 40 // of a room with nothing below it
	lineHeight = 17
	stairs     = 76 // from the bottom of a floor to the top of the next
	lane       = 11 // between arrows that pass a floor side by side
)

// place gives the rooms their places from the roof down, and the arrows their
// ways. It returns the height of the house.
func (p *plan) place() (height float64) {
	rooms := 0
	for _, floor := range p.floors {
		rooms += len(floor)
	}
	y := float64(margin)
	for _, floor := range slices.Backward(p.floors) {
		for i, r := range floor {
			r.width, r.y = roomWidth, y
			if len(floor) == 1 && 2*p.most(r) > rooms {
				r.width = houseWidth - 2*margin
			}
			r.x = houseWidth * (float64(i) + .5) / float64(len(floor))
		}
		y += floorHeight(floor) + stairs
	}
	p.pass()
	p.dock()
	return y - stairs + margin
}

// floorHeight is the height of the floor's highest room.
func floorHeight(floor []*room) float64 {
	lines := 0
	for _, r := range floor {
		lines = max(lines, len(r.lines()))
	}
	return nameHeight + lineHeight*float64(lines)
}

// pass leads the arrows past the floors between their ends: through the gap
// between rooms that is nearest to the straight way, side by side.
func (p *plan) pass() {
	for n := len(p.floors) - 2; n > 0; n-- {
		floor := p.floors[n]
		gaps := gapsOf(floor)
		through := make([][]*arrow, len(gaps))
		straight := map[*arrow]float64{}
		for _, a := range p.arrows {
			if a.to.floor < n && n < a.from.floor {
				straight[a] = a.at(floor[0].y)
				g := nearest(gaps, straight[a])
				through[g] = append(through[g], a)
			}
		}
		for g, arrows := range through {
			slices.SortStableFunc(arrows, func(a, b *arrow) int { return cmp.Compare(straight[a], straight[b]) })
			for i, a := range arrows {
				x := gaps[g].hold(straight[arrows[len(arrows)/2]], float64(len(arrows)-1)*lane/2) + lane*(float64(i)-float64(len(arrows)-1)/2)
				a.points = append(a.points, point{x, floor[0].y}, point{x, floor[0].y + floorHeight(floor)})
			}
		}
	}
}

// at is where the straight way from the arrow's last point to its end is at a
// height.
func (a *arrow) at(y float64) float64 {
	from := point{a.from.x, a.from.y}
	if n := len(a.points); n > 0 {
		from = a.points[n-1]
	} else if a.from.wide() {
		return a.to.x
	}
	to := point{a.to.x, a.to.y}
	if a.to.wide() {
		to.x = from.x
	}
	return from.x + (to.x-from.x)*(y-from.y)/(to.y-from.y)
}

// A gap is the room for arrows between two rooms.
type gap struct{ left, right float64 }

// hold is the place nearest to x that has the room on both sides.
func (g gap) hold(x, room float64) float64 {
	room += lane
	if g.right-g.left < 2*room {
		return (g.left + g.right) / 2
	}
	return min(max(x, g.left+room), g.right-room)
}

func gapsOf(floor []*room) []gap {
	gaps := []gap{{left: margin / 2}}
	for _, r := range floor {
		gaps[len(gaps)-1].right = r.x - r.width/2
		gaps = append(gaps, gap{left: r.x + r.width/2})
	}
	gaps[len(gaps)-1].right = houseWidth - margin/2
	return gaps
}

func nearest(gaps []gap, x float64) int {
	best, least := 0, math.Inf(1)
	for i, g := range gaps {
		if d := math.Abs(g.hold(x, 0) - x); d < least {
			best, least = i, d
		}
	}
	return best
}

// dock spreads the ends of the arrows over the walls of the rooms.
func (p *plan) dock() {
	for _, floor := range p.floors {
		for _, r := range floor {
			var out, in []*arrow
			for _, a := range p.arrows {
				if a.from == r {
					out = append(out, a)
				}
				if a.to == r {
					in = append(in, a)
				}
			}
			bottom := r.y + floorHeight(floor)
			spread(r, out, func(a *arrow) float64 { return a.toward(a.to.x, 0) }, func(a *arrow, x float64) { a.points = slices.Insert(a.points, 0, point{x, bottom}) })
			spread(r, in, func(a *arrow) float64 { return a.toward(a.from.x, len(a.points)-1) }, func(a *arrow, x float64) { a.points = append(a.points, point{x, r.y}) })
		}
	}
}

// toward is the x of a point on the way, or end for an arrow that passes no
// floor.
func (a *arrow) toward(end float64, i int) float64 {
	if i < 0 || i >= len(a.points) {
		return end
	}
	return a.points[i].x
}

// spread calls end for each arrow, from left to right as they come or go.
func spread(r *room, arrows []*arrow, toward func(*arrow) float64, end func(*arrow, float64)) {
	slices.SortStableFunc(arrows, func(a, b *arrow) int { return cmp.Compare(toward(a), toward(b)) })
	for i, a := range arrows {
		x := r.x + (r.width-2*margin)*((float64(i)+.5)/float64(len(arrows))-.5)
		if r.wide() {
			x = toward(a)
		}
		end(a, x)
	}
}
