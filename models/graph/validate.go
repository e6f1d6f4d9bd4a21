package graph

import (
	"iter"

	pb "pentimento/models/graph/onnxpb"
)

// validate checks that every name of the graph is produced once, and before it
// is used, as ONNX demands: so there are no cycles, and one pass in file order
// sees every tensor's producer before its consumers.
func validate(g *pb.Graph) error {
	return validateScope(g, map[string]bool{}, "graph")
}

// validateScope checks g, whose nodes may also use the outer names. It leaves
// outer as it was.
func validateScope(g *pb.Graph, names map[string]bool, where string) error {
	var own []string
	defer func() {
		for _, name := range own {
			delete(names, name)
		}
	}()
	define := func(name, what string) error {
		if names[name] {
			return malformed("%s: two tensors are called %q (%s)", where, name, what)
		}
		names[name] = true
		own = append(own, name)
		return nil
	}
	if err := defineInputs(g, where, define); err != nil {
		return err
	}
	for _, n := range g.Node {
		if n.GetOpType() == "" {
			return malformed("%s: a node without an operator", where)
		}
		if len(n.Output) == 0 {
			return malformed("%s: %s has no result", where, describe(n))
		}
		for _, in := range n.Input {
			if in != "" && !names[in] {
				return malformed("%s: %s uses %q, which nothing before it makes (missing, or a cycle)", where, describe(n), in)
			}
		}
		for sub := range subgraphs(n) {
			if err := validateScope(sub, names, "body of "+describe(n)); err != nil {
				return err
			}
		}
		for _, out := range n.Output {
			if out == "" {
				continue
			}
			if err := define(out, describe(n)); err != nil {
				return err
			}
		}
	}
	for _, out := range g.Output {
		if !names[out.GetName()] {
			return malformed("%s: nothing makes the output %q", where, out.GetName())
		}
	}
	return nil
}

// defineInputs defines the inputs and weights of g.
func defineInputs(g *pb.Graph, where string, define func(name, what string) error) error {
	inputs := map[string]bool{}
	for _, in := range g.Input {
		if in.GetName() == "" {
			return malformed("%s: an input without a name", where)
		}
		inputs[in.GetName()] = true
		if err := define(in.GetName(), "input"); err != nil {
			return err
		}
	}
	for _, t := range weights(g) {
		name := t.GetName()
		if name == "" {
			return malformed("%s: weights without a name", where)
		}
		if inputs[name] { // a default value for an input
			delete(inputs, name)
			continue
		}
		if err := define(name, "weights"); err != nil {
			return err
		}
	}
	return nil
}

// weights returns the dense and sparse initializers of g.
func weights(g *pb.Graph) []*pb.Tensor {
	all := g.Initializer[:len(g.Initializer):len(g.Initializer)]
	for _, s := range g.SparseInitializer {
		all = append(all, s.GetValues())
	}
	return all
}

// subgraphs yields the bodies of a control-flow node.
func subgraphs(n *pb.Node) iter.Seq[*pb.Graph] {
	return func(yield func(*pb.Graph) bool) {
		for _, a := range n.Attribute {
			if a.G != nil && !yield(a.G) {
				return
			}
			for _, g := range a.Graphs {
				if !yield(g) {
					return
				}
			}
		}
	}
}

// tensors yields every tensor stored in g: weights and constants, those in
// bodies of control flow too.
func tensors(g *pb.Graph) iter.Seq[*pb.Tensor] {
	return func(yield func(*pb.Tensor) bool) { yieldTensors(g, yield) }
}

func yieldTensors(g *pb.Graph, yield func(*pb.Tensor) bool) bool {
	for _, t := range weights(g) {
		if t != nil && !yield(t) {
			return false
		}
	}
	for _, n := range g.Node {
		for _, a := range n.Attribute {
			if a.T != nil && !yield(a.T) {
				return false
			}
		}
		for sub := range subgraphs(n) {
			if !yieldTensors(sub, yield) {
				return false
			}
		}
	}
	return true
}

// operands returns the tensors that a node reads: its inputs, and what the
// bodies of control flow take from around them.
func operands(n *pb.Node) []string {
	all := n.Input
	for sub := range subgraphs(n) {
		all = append(all[:len(all):len(all)], captured(sub)...)
	}
	return all
}

// captured returns the names that the nodes and outputs of a body use and do
// not define.
func captured(g *pb.Graph) []string {
	defined := map[string]bool{"": true}
	for _, in := range g.Input {
		defined[in.GetName()] = true
	}
	for _, t := range weights(g) {
		defined[t.GetName()] = true
	}
	var free []string
	use := func(name string) {
		if !defined[name] {
			free = append(free, name)
		}
	}
	for _, n := range g.Node {
		for _, in := range operands(n) {
			use(in)
		}
		for _, out := range n.Output {
			defined[out] = true
		}
	}
	for _, out := range g.Output {
		use(out.GetName())
	}
	return free
}
