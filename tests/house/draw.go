package house

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
)

// style has the colours for light and dark pages; the fonts are the reader's.
const style = `
  text { font-family: system-ui, sans-serif; text-anchor: middle; fill: #2d2a26 }
  .name { font-size: 17px; font-weight: 600 }
  .below { font-size: 12px; fill: #6d655a }
  .ground { fill: #fffdf9 }
  .room { fill: #f5efe4; stroke: #b8a98f }
  .import, .implied { fill: none; stroke: #9a4f2c; stroke-width: 1.7 }
  .implied { stroke: #d9cdbb; stroke-width: 1.2 }
  .head { fill: #9a4f2c }
  .head.pale { fill: #d9cdbb }
  @media (prefers-color-scheme: dark) {
    text { fill: #ece6dc }
    .below { fill: #a89f91 }
    .ground { fill: #191817 }
    .room { fill: #2a2825; stroke: #6e6455 }
    .import { stroke: #dd9a6b }
    .implied { stroke: #4c463d }
    .head { fill: #dd9a6b }
    .head.pale { fill: #4c463d }
  }
`

const legend = "An arrow is an import. A pale one leads to a room that is reached by way of another room too."

// Draw returns an SVG of the rooms on their floors and of their imports: rooms
// are the folders of the module's root, each with the names of the folders in
// it. The order of the rooms on a floor is that of the drawing.
func Draw(order Order, packages []Package) []byte {
	p := newPlan(order, packages)
	height := p.place() + lineHeight
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" role="img">`+"\n", houseWidth, height)
	fmt.Fprintf(&out, "<title>Rooms of Pentimento and what they import</title>\n<style>%s</style>\n", style)
	for _, head := range []string{"head", "head pale"} {
		fmt.Fprintf(&out, `<marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="%s" d="M0 0 8 4 0 8z"/></marker>`+"\n",
			strings.ReplaceAll(head, " ", "-"), head)
	}
	fmt.Fprintf(&out, `<rect class="ground" width="%d" height="%.0f" rx="8"/>`+"\n", houseWidth, height)
	for _, implied := range []bool{true, false} {
		for _, a := range p.arrows {
			if a.implied == implied {
				a.draw(&out)
			}
		}
	}
	for _, floor := range slices.Backward(p.floors) {
		for _, r := range floor {
			r.draw(&out, floorHeight(floor))
		}
	}
	fmt.Fprintf(&out, `<text class="below" x="%d" y="%.0f">%s</text>`+"\n</svg>\n", houseWidth/2, height-lineHeight, legend)
	return out.Bytes()
}

// draw writes the arrow: curves from floor to floor, straight past them.
func (a *arrow) draw(out *bytes.Buffer) {
	class, head := "import", "head"
	if a.implied {
		class, head = "implied", "head-pale"
	}
	var way strings.Builder
	fmt.Fprintf(&way, "M%.1f %.1f", a.points[0].x, a.points[0].y)
	for i := 1; i < len(a.points); i += 2 {
		from, to := a.points[i-1], a.points[i]
		middle := (from.y + to.y) / 2
		fmt.Fprintf(&way, "C%.1f %.1f %.1f %.1f %.1f %.1f", from.x, middle, to.x, middle, to.x, to.y)
		if i+1 < len(a.points) {
			fmt.Fprintf(&way, "V%.1f", a.points[i+1].y)
		}
	}
	fmt.Fprintf(out, `<path class="%s" d="%s" marker-end="url(#%s)"><title>%s imports %s</title></path>`+"\n", class, way.String(), head, a.from.name, a.to.name)
}

// draw writes the room with its name and the names in it.
func (r *room) draw(out *bytes.Buffer, height float64) {
	fmt.Fprintf(out, `<rect class="room" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5"/>`+"\n", r.x-r.width/2, r.y, r.width, height)
	lines := r.lines()
	y := r.y + (height-lineHeight*float64(len(lines)))/2 + 6
	fmt.Fprintf(out, `<text class="name" x="%.1f" y="%.1f">%s</text>`+"\n", r.x, y, html.EscapeString(r.name))
	for i, line := range lines {
		fmt.Fprintf(out, `<text class="below" x="%.1f" y="%.1f">%s</text>`+"\n", r.x, y+lineHeight*float64(i+1), html.EscapeString(line))
	}
}

// lines are the names in the room as they fit into it.
func (r *room) lines() []string {
	const most = 25 // letters
	var lines []string
	for _, name := range r.below {
		if last := len(lines) - 1; last >= 0 && len(lines[last])+len(name) < most {
			lines[last] += "  " + name
			continue
		}
		lines = append(lines, name)
	}
	return lines
}
