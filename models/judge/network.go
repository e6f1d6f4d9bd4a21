// Package judge sees what the pictures of the bundled model show: whether hair
// is red, and where the hair is.
//
// A [Network] has learnt that from drawings; [Open] opens it, [Network.See] looks
// at a picture.
package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"math"
	"slices"

	"pentimento/files"
	"pentimento/models/element"
	"pentimento/models/preprocess"
	"pentimento/models/runtime"
)

// A Network sees what a picture shows: which part of it is hair, sky or a
// glass of somebody's glasses, and the value of every attribute that it was
// trained to tell. It learns from drawings alone, whose truth is known, and
// never from pictures that a model has made. It may be used from several
// goroutines at once.
type Network struct {
	session *runtime.Session
	about   networkFile
	digest  string
}

// networkFile is judge.json: what the numbers mean that the network gives.
type networkFile struct {
	// Size is the width and height of the pictures, MapSize of the region map.
	Size    int `json:"size"`
	MapSize int `json:"map_size"`
	// Regions are the names of the map's channels.
	Regions []string `json:"regions"`
	// Values are the attributes in the order of the second output, which has
	// one number for each value of each.
	Values []attribute `json:"values"`
	// Colours are attributes that are read from the pixels of a region.
	Colours []colouring `json:"colours"`
}

type attribute struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

type colouring struct {
	Name    string                `json:"name"`
	Region  string                `json:"region"`
	Palette map[string][3]float64 `json:"palette"`
}

// A Sight is what the network sees in a picture.
type Sight struct {
	// Values are the attributes by name, such as people.glasses. A colour is
	// missing where its region is too small to have one.
	Values map[string]string

	// tints are, for each attribute that is a colour, the share of its region's
	// places that have each colour of its palette; chances are, for any other,
	// the probability of each value.
	tints, chances map[string]map[string]float64

	regions       []string
	shown         []uint8 // [mapSize, mapSize], indices of regions
	mapSize, size int
}

// ErrNetwork says that files are not a judge.
var ErrNetwork = errors.New("not a network that judges pictures")

// Limits on a judge's description.
const (
	maxNetworkFile = 1 << 20
	maxNetwork     = 64 << 20
	maxNames       = 250
)

// Open opens the judge in a folder: model.onnx takes float32 [B, 3, size,
// size] from −1 to 1 and gives regions [B, regions, mapSize, mapSize] and values
// [B, values]; judge.json names them. It runs on the CPU.
func Open(lib *runtime.Runtime, folder fs.FS, threads int) (*Network, error) {
	data, err := files.Read(folder, "judge.json", maxNetworkFile)
	if err != nil {
		return nil, fmt.Errorf("open the judge: %w", err)
	}
	n := &Network{}
	if err := json.Unmarshal(data, &n.about); err != nil {
		return nil, fmt.Errorf("%w: judge.json: %w", ErrNetwork, err)
	}
	if err := n.about.check(); err != nil {
		return nil, err
	}
	sum := sha256.New()
	sum.Write(data)
	if data, err = files.Read(folder, "model.onnx", maxNetwork); err != nil {
		return nil, fmt.Errorf("open the judge: %w", err)
	}
	sum.Write(data)
	n.digest = hex.EncodeToString(sum.Sum(nil))
	n.session, err = lib.Open(runtime.Graph{Data: data}, runtime.SessionOptions{
		Inputs: []string{"sample"}, Outputs: []string{"regions", "values"}, Device: runtime.Device{Provider: runtime.CPU}, Threads: threads,
	})
	if err != nil {
		return nil, fmt.Errorf("open the judge: %w", err)
	}
	return n, nil
}

func (f *networkFile) check() error {
	if f.Size < 8 || f.Size > 1024 || f.MapSize < 1 || f.Size%f.MapSize != 0 {
		return fmt.Errorf("%w: pictures of %d and maps of %d pixels", ErrNetwork, f.Size, f.MapSize)
	}
	if len(f.Regions) == 0 || len(f.Regions) > maxNames || len(f.Values) > maxNames || len(f.Colours) > maxNames {
		return fmt.Errorf("%w: it has %d regions, %d attributes and %d colours", ErrNetwork, len(f.Regions), len(f.Values), len(f.Colours))
	}
	for _, a := range f.Values {
		if len(a.Values) == 0 || len(a.Values) > maxNames {
			return fmt.Errorf("%w: attribute %q has %d values", ErrNetwork, a.Name, len(a.Values))
		}
	}
	for _, c := range f.Colours {
		if len(c.Palette) == 0 || !slices.Contains(f.Regions, c.Region) {
			return fmt.Errorf("%w: colour %q has no palette, or %q is no region", ErrNetwork, c.Name, c.Region)
		}
	}
	return nil
}

// Digest is the hexadecimal sha256 of the network and its description.
func (n *Network) Digest() string { return n.digest }

// Close frees the network, if it is not nil.
func (n *Network) Close() error {
	if n == nil {
		return nil
	}
	return n.session.Close()
}

// See looks at a picture, which must have the size of the pictures that the
// network was trained on.
func (n *Network) See(ctx context.Context, picture *image.NRGBA) (_ *Sight, err error) {
	if size := n.about.Size; picture.Rect.Dx() != size || picture.Rect.Dy() != size {
		return nil, fmt.Errorf("judge a picture: it is %v, not %d × %d", picture.Rect.Size(), size, size)
	}
	in, err := runtime.FloatTensor(element.Float32, []int{1, 3, n.about.Size, n.about.Size}, preprocess.Planes(picture))
	if err != nil {
		return nil, err
	}
	out := []*runtime.Tensor{nil, nil}
	defer func() {
		for _, t := range append(out, in) {
			if t != nil {
				err = errors.Join(err, t.Destroy())
			}
		}
	}()
	if err := n.session.Run(ctx, []*runtime.Tensor{in}, out); err != nil {
		return nil, fmt.Errorf("judge a picture: %w", err)
	}
	return n.about.read(picture, out[0].Floats(), out[1].Floats())
}

// read gives the network's numbers their names.
func (f *networkFile) read(picture *image.NRGBA, maps, values []float32) (*Sight, error) {
	s := &Sight{Values: map[string]string{}, tints: map[string]map[string]float64{}, chances: map[string]map[string]float64{}, regions: f.Regions, mapSize: f.MapSize, size: f.Size}
	cells := f.MapSize * f.MapSize
	all := 0
	for _, a := range f.Values {
		all += len(a.Values)
	}
	if len(maps) != len(f.Regions)*cells || len(values) != all {
		return nil, fmt.Errorf("%w: it gave %d and %d numbers, not %d and %d", ErrNetwork, len(maps), len(values), len(f.Regions)*cells, all)
	}
	s.shown = make([]uint8, cells)
	for i := range s.shown {
		for r := range f.Regions {
			if maps[r*cells+i] > maps[int(s.shown[i])*cells+i] {
				s.shown[i] = uint8(r)
			}
		}
	}
	for _, a := range f.Values {
		s.Values[a.Name] = a.Values[largest(values[:len(a.Values)])]
		s.chances[a.Name] = softmax(a.Values, values)
		values = values[len(a.Values):]
	}
	small := shrink(picture, f.MapSize)
	for _, c := range f.Colours {
		if name, shares, ok := s.colour(small, c); ok {
			s.Values[c.Name], s.tints[c.Name] = name, shares
		}
	}
	return s, nil
}

func largest(values []float32) int {
	at := 0
	for i, v := range values {
		if v > values[at] {
			at = i
		}
	}
	return at
}

// softmax makes probabilities of the network's numbers for values.
func softmax(values []string, numbers []float32) map[string]float64 {
	most := float64(numbers[largest(numbers[:len(values)])])
	out, sum := map[string]float64{}, 0.
	for i, v := range values {
		out[v] = math.Exp(float64(numbers[i]) - most)
		sum += out[v]
	}
	for v := range out {
		out[v] /= sum
	}
	return out
}

// Region marks the pixels that show the region, row by row. It marks nothing if
// the network does not know that name.
func (s *Sight) Region(name string) []bool {
	marked := make([]bool, s.size*s.size)
	wanted := slices.Index(s.regions, name)
	if wanted < 0 {
		return marked
	}
	scale := s.size / s.mapSize
	for i := range marked {
		marked[i] = int(s.shown[i/s.size/scale*s.mapSize+i%s.size/scale]) == wanted
	}
	return marked
}

// leastCells is how many places of the region map a region must have for its
// colour to be read.
const leastCells = 4

// Share is how far the picture shows a value of an attribute, from 0 to 1: for
// a colour the share of its region's places that have it, for any other
// attribute 0 or 1.
func (s *Sight) Share(name, value string) float64 {
	if shares, ok := s.tints[name]; ok {
		return shares[value]
	}
	if s.Values[name] == value {
		return 1
	}
	return 0
}

// colour reads the colour of a region: the palette's nearest to the median. And
// the share of the region's places that each colour is nearest to.
func (s *Sight) colour(small [][3]float64, c colouring) (name string, shares map[string]float64, ok bool) {
	wanted := slices.Index(s.regions, c.Region)
	var channels [3][]float64
	shares = map[string]float64{}
	for i, r := range s.shown {
		if int(r) == wanted {
			shares[c.nearest(small[i])]++
			for ch, v := range small[i] {
				channels[ch] = append(channels[ch], v)
			}
		}
	}
	n := len(channels[0])
	if n < leastCells {
		return "", nil, false
	}
	for name := range shares {
		shares[name] /= float64(n)
	}
	var median [3]float64
	for ch, v := range channels {
		slices.Sort(v)
		median[ch] = (v[(n-1)/2] + v[n/2]) / 2
	}
	return c.nearest(median), shares, true
}

// nearest is the palette's colour that is nearest to one; of equals the first
// in the alphabet.
func (c colouring) nearest(seen [3]float64) string {
	best, least := "", math.Inf(1)
	for name, p := range c.Palette {
		d := square(p[0]-seen[0]) + square(p[1]-seen[1]) + square(p[2]-seen[2])
		if d < least || d == least && name < best {
			best, least = name, d
		}
	}
	return best
}

func square(x float64) float64 { return x * x }

// shrink averages squares of pixels: the colours of the region map's places,
// from 0 to 1. [size, size] of RGB
func shrink(picture *image.NRGBA, size int) [][3]float64 {
	scale := picture.Rect.Dx() / size
	out := make([][3]float64, size*size)
	unit := 1 / (255 * float64(scale*scale))
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			at := y*picture.Stride + x*4
			cell := &out[y/scale*size+x/scale]
			for c := range cell {
				cell[c] += float64(picture.Pix[at+c]) * unit
			}
		}
	}
	return out
}
