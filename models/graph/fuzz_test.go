package graph

import (
	"bytes"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"
)

func FuzzParse(f *testing.F) {
	f.Add(newTiny().bytes(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		rewriteAnything(t, m)
	})
}

// FuzzRewrite changes the tiny graph: each three bytes of edits pick a node,
// one of its operands, and what that becomes: another tensor, or the node
// another operator.
func FuzzRewrite(f *testing.F) {
	f.Add([]byte{3, 0, 1})
	f.Add([]byte{8, 1, 4, 12, 0, 7, 5, 200, 3})
	operators := []string{"MatMul", "Softmax", "Reshape", "Slice", "Concat", "Shape", "Cast", "Mul", "Where", "If", "Attention", "Constant"}
	f.Fuzz(func(t *testing.T, edits []byte) {
		m := newTiny()
		nodes := m.Graph.Node
		names := []string{"", sampleName, timestepName, textName, "wq", "scale"}
		for _, n := range nodes {
			names = append(names, n.Output[0])
		}
		for ; len(edits) >= 3; edits = edits[3:] {
			n := nodes[int(edits[0])%len(nodes)]
			switch what := int(edits[1]); {
			case what >= 200:
				n.OpType = proto.String(operators[int(edits[2])%len(operators)])
			case what >= 190 && len(n.Input) > 1:
				n.Input = n.Input[:len(n.Input)-1]
			case what >= 180:
				n.Output = append(n.Output, names[int(edits[2])%len(names)])
			case what >= 170:
				n.Output[0] = ""
			default:
				n.Input[what%len(n.Input)] = names[int(edits[2])%len(names)]
			}
		}
		parsed, err := Parse(m.bytes(t))
		if err != nil {
			return
		}
		rewriteAnything(t, parsed)
	})
}

// rewriteAnything rewrites a graph as if a probing run had found reasonable
// shapes. Whatever is not refused must come out as a valid graph, the same
// each time.
func rewriteAnything(t *testing.T, m *Model) {
	info, err := Inspect(m)
	if err != nil {
		if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrMalformed) {
			t.Errorf("an error of no kind: %v", err)
		}
		return
	}
	p := Probe{Rows: ProbeRows, Height: 8, Width: 8}
	for _, l := range info.Layers {
		keys := int64(64)
		if l.Cross {
			keys = 7
		}
		p.Shapes = append(p.Shapes, []int64{2 * ProbeRows, 64, keys})
	}
	o := Options{Capture: allLayers(len(info.Layers)), Cache: allLayers(len(info.Layers))}
	c, err := Rewrite(m, p, o)
	if err != nil {
		if !errors.Is(err, ErrUnsupported) {
			t.Errorf("an error of no kind: %v", err)
		}
		return
	}
	if _, err := Parse(c.Graph); err != nil {
		t.Errorf("the rewritten graph is not valid: %v", err)
	}
	again, err := Rewrite(m, p, o)
	if err != nil || !bytes.Equal(c.Graph, again.Graph) {
		t.Errorf("rewriting twice gives different graphs (%v)", err)
	}
}
