package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"math"
	"strings"
)

// A profile says what the colours of a picture are: the part of ICC.1:2022 that
// cameras, phones and screens use, a curve for each channel and a matrix to XYZ
// (annex F.3), or a curve for grey. Profiles by tables, which printers have, are
// not followed.
type profile struct {
	name string
	// curves make the levels 0 … 255 of a channel light.
	curves [3][256]float64
	// matrix makes linear sRGB of that light.
	matrix [3][3]float64
}

// parseProfile reads an ICC profile; ok is false for one that cannot be followed.
func parseProfile(data []byte) (p *profile, ok bool) {
	const header = 128
	if len(data) < header+4 || string(data[36:40]) != "acsp" {
		return nil, false
	}
	tags := tagsOf(data, data[header:])
	p = &profile{name: spaceName(tags["desc"])}
	switch string(data[16:20]) {
	case "GRAY":
		curve, ok := parseCurve(tags["kTRC"])
		p.curves, p.matrix = [3][256]float64{curve, curve, curve}, [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
		return p, ok
	case "RGB ":
		if string(data[20:24]) != "XYZ " {
			return nil, false
		}
	default:
		return nil, false
	}
	var toXYZ [3][3]float64
	for c, tag := range []string{"r", "g", "b"} {
		curve, known := parseCurve(tags[tag+"TRC"])
		column, given := parseXYZ(tags[tag+"XYZ"])
		if !known || !given {
			return nil, false
		}
		p.curves[c] = curve
		for row := range 3 {
			toXYZ[row][c] = column[row]
		}
	}
	p.matrix = product(fromXYZ(), toXYZ)
	return p, true
}

// maxTags is more than any profile has.
const maxTags = 200

// tagsOf are the tags of a profile by their names; those that lie outside of it
// are left out.
func tagsOf(data, table []byte) map[string][]byte {
	tags := map[string][]byte{}
	n := min(binary.BigEndian.Uint32(table), maxTags)
	for entry := table[4:]; n > 0 && len(entry) >= 12; n-- {
		at, size := uint64(binary.BigEndian.Uint32(entry[4:])), uint64(binary.BigEndian.Uint32(entry[8:]))
		if at+size <= uint64(len(data)) {
			tags[string(entry[:4])] = data[at : at+size]
		}
		entry = entry[12:]
	}
	return tags
}

// spaceName names a colour space that many pictures have. What else a profile
// says of itself may name a camera, and is not told.
func spaceName(description []byte) string {
	text := strings.ToLower(string(bytes.ReplaceAll(description, []byte{0}, nil))) // of 8 or of 16 bits
	for _, name := range []string{"Display P3", "Adobe RGB", "ProPhoto RGB", "Rec. 2020"} {
		if strings.Contains(text, strings.ToLower(name)) {
			return name
		}
	}
	return "another colour space"
}

// fixed reads a number with 16 bits after the point.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / (1 << 16) }

// parseXYZ reads a colour.
func parseXYZ(tag []byte) (xyz [3]float64, ok bool) {
	if len(tag) < 20 || string(tag[:4]) != "XYZ " {
		return xyz, false
	}
	for i := range xyz {
		xyz[i] = fixed(tag[8+4*i:])
	}
	return xyz, true
}

// parseCurve reads how a channel's levels become light: a gamma, a table or a
// formula.
func parseCurve(tag []byte) (curve [256]float64, ok bool) {
	if len(tag) < 12 {
		return curve, false
	}
	var light func(float64) float64
	switch string(tag[:4]) {
	case "curv":
		light = tableCurve(tag[8:])
	case "para":
		light = formulaCurve(tag[8:])
	}
	if light == nil {
		return curve, false
	}
	for i := range curve {
		v := light(float64(i) / 255)
		if math.IsNaN(v) {
			return curve, false
		}
		curve[i] = min(max(v, 0), 1)
	}
	return curve, true
}

// tableCurve is a curve by its entries (ICC.1, section 10.6): none is the
// identity, one a gamma.
func tableCurve(data []byte) func(float64) float64 {
	n := uint64(binary.BigEndian.Uint32(data))
	data = data[4:]
	switch {
	case n == 0:
		return func(x float64) float64 { return x }
	case uint64(len(data)) < 2*n:
		return nil
	case n == 1:
		gamma := float64(binary.BigEndian.Uint16(data)) / 256
		return func(x float64) float64 { return math.Pow(x, gamma) }
	}
	entry := func(i int) float64 { return float64(binary.BigEndian.Uint16(data[2*i:])) / 65535 }
	return func(x float64) float64 {
		at := x * float64(n-1)
		i := min(int(at), int(n)-2)
		return entry(i) + (at-float64(i))*(entry(i+1)-entry(i))
	}
}

// formulaCurve is a curve by one of five formulas (ICC.1, section 10.18), all of
// which are (aX + b)^g + e from X = d on and cX + f below.
func formulaCurve(data []byte) func(float64) float64 {
	kind := binary.BigEndian.Uint16(data)
	count := map[uint16]int{0: 1, 1: 3, 2: 4, 3: 5, 4: 7}[kind]
	if count == 0 || len(data) < 4+4*count {
		return nil
	}
	p := make([]float64, 7) // g a b c d e f
	for i := range count {
		p[i] = fixed(data[4+4*i:])
	}
	g, a, b, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	switch kind {
	case 0:
		a = 1
	case 1:
		d = -b / a
	case 2:
		c, d, e, f = 0, -b/a, c, c
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(max(a*x+b, 0), g) + e
		}
		return c*x + f
	}
}

// fromXYZ makes linear sRGB of XYZ under D50, which profiles are in: the inverse
// of sRGB's own matrix, adapted by Bradford's method.
func fromXYZ() [3][3]float64 {
	return [3][3]float64{
		{3.1338561, -1.6168667, -0.4906146},
		{-0.9787684, 1.9161415, 0.0334540},
		{0.0719453, -0.2289914, 1.4052427},
	}
}

func product(a, b [3][3]float64) (out [3][3]float64) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return out
}

// convert makes sRGB of a picture in place. It leaves one that is sRGB already as
// it is: every level counts, and no two profiles of sRGB are quite alike.
func (p *profile) convert(picture *image.NRGBA) (name string, converted bool) {
	encode := srgbLevels()
	if p.isSRGB(encode) {
		return "", false
	}
	for i := 0; i+3 < len(picture.Pix); i += 4 {
		rgb := p.srgb(encode, picture.Pix[i], picture.Pix[i+1], picture.Pix[i+2])
		copy(picture.Pix[i:], rgb[:])
	}
	return p.name, true
}

// srgb is a colour in sRGB; what sRGB does not have becomes the nearest in every
// channel.
func (p *profile) srgb(encode []uint8, r, g, b uint8) (out [3]uint8) {
	light := [3]float64{p.curves[0][r], p.curves[1][g], p.curves[2][b]}
	for c, row := range p.matrix {
		v := row[0]*light[0] + row[1]*light[1] + row[2]*light[2]
		out[c] = encode[int(min(max(v, 0), 1)*float64(len(encode)-1)+.5)]
	}
	return out
}

// isSRGB reports whether no colour differs by more than two levels.
func (p *profile) isSRGB(encode []uint8) bool {
	for r := 0; r <= 255; r += 51 {
		for g := 0; g <= 255; g += 51 {
			for b := 0; b <= 255; b += 51 {
				out := p.srgb(encode, uint8(r), uint8(g), uint8(b))
				for c, level := range [3]int{r, g, b} {
					if off := int(out[c]) - level; off < -2 || off > 2 {
						return false
					}
				}
			}
		}
	}
	return true
}

// srgbLevels are the levels of light in 65,536 steps, by sRGB's curve (IEC
// 61966-2-1).
func srgbLevels() []uint8 {
	levels := make([]uint8, 1<<16)
	for i := range levels {
		v := float64(i) / float64(len(levels)-1)
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - .055
		}
		levels[i] = uint8(v*255 + .5)
	}
	return levels
}
