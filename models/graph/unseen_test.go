package graph

import (
	"slices"
	"strings"
	"testing"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// Layers whose maps nobody sees have none: no Softmax is left of them, and
// nothing that only the control of maps takes. All of them compute what they
// computed with maps, whatever happens to the values and in the other layers.
func TestUnseenLayersHaveNoMaps(t *testing.T) {
	unseen := []int{0, 4}
	ref := loadReference(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			seen, c := f.rewrite(t, Options{}), f.rewrite(t, Options{Unseen: unseen})
			count := func(data []byte, op string) (n int) {
				m, err := Parse(data)
				if err != nil {
					t.Fatal(err)
				}
				each(m.proto.Graph, func(node *pb.Node) {
					if node.GetOpType() == op {
						n++
					}
				})
				return n
			}
			if n := count(c.Graph, "Softmax"); n != 6-len(unseen) {
				t.Errorf("%d Softmax are left of %d layers, %d of which are unseen", n, 6, len(unseen))
			}
			if n := count(c.Graph, "MultiHeadAttention"); n != 2*len(unseen) { // with values mixed, and without
				t.Errorf("%d fused products", n)
			}
			tolerance := 1e-5
			if c.Info.Precision == element.Float16 {
				tolerance = f.tolerance
			}
			before := open(t, seen.Graph, f.folder(t), seen.Info.Noise.Name, Maps)
			after := open(t, c.Graph, f.folder(t), c.Info.Noise.Name, Maps)
			for _, rc := range ref.cases {
				if rc.perRow() && !f.perRow {
					continue
				}
				control := with(rc.control, map[string]tensor{SelfSource: ownMaps(rc.control[SelfSource], unseen)})
				in := with(f.input(ref.sample, ref.text, rc.timesteps), control)
				want, got := before.run(t, in), after.run(t, in)
				for _, name := range []string{c.Info.Noise.Name, Maps} {
					if d := relative(t, got[name].floats, want[name].floats); d > tolerance {
						t.Errorf("%s: %s differs by %g", rc.name, name, d)
					}
				}
			}
		})
	}
}

// ownMaps is a table [L, B] of sources in which some layers have their own maps.
func ownMaps(table tensor, layers []int) tensor {
	rows := int(table.dims[1])
	own := ints(slices.Clone(table.ints), table.dims...)
	for _, l := range layers {
		for b := range rows {
			own.ints[l*rows+b] = int64(b)
		}
	}
	return own
}

// each visits the nodes of a graph and of the bodies in them.
func each(g *pb.Graph, visit func(*pb.Node)) {
	for _, n := range g.Node {
		visit(n)
		for sub := range subgraphs(n) {
			each(sub, visit)
		}
	}
}

// The same bits come out however many rows there are, and on any number of
// threads: rows may run one after the other.
func TestRowsOfUnseenLayersAreIndependent(t *testing.T) {
	ref := loadReference(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			if strings.HasSuffix(f.file, "_14.onnx") {
				t.Skip("ONNX Runtime computes a row of this export, as it is, a little otherwise when it is alone")
			}
			c := f.rewrite(t, Options{Unseen: []int{0, 2, 4}})
			s := open(t, c.Graph, f.folder(t), c.Info.Noise.Name)
			all := s.run(t, with(f.input(ref.sample, ref.text, uniform(4)), identity(4, 6, 7)))[c.Info.Noise.Name]
			for b := range 4 {
				row := func(x tensor) tensor { return floats(x.row(b), append([]int64{1}, x.dims[1:]...)...) }
				one := s.run(t, with(f.input(row(ref.sample), row(ref.text), uniform(1)), identity(1, 6, 7)))[c.Info.Noise.Name]
				if !slices.Equal(one.row(0), all.row(b)) {
					t.Errorf("row %d alone differs by %g", b, relative(t, one.row(0), all.row(b)))
				}
			}
		})
	}
}
