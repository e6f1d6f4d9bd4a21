package graph

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// BenchmarkControl compares the controlled graph with the untouched one on the
// bundled model, two rows on two threads: under identity control ("plain"),
// which is what every picture without an edit pays, and with all maps of row 1
// taken from row 0 ("edit"). The runs take turns, so that whatever else the
// machine does hits all of them; min is the fastest run of each, p10 the
// fastest but a tenth.
func BenchmarkControl(b *testing.B) {
	const rows = 2
	data, c := rewritePocket(b, Options{})
	in := pocketInput(rows)
	plain := identity(rows, 14, 32)
	edit := with(plain, map[string]tensor{
		CrossSource: ints([]int64{0, 0}, 2),
		Take:        plain[Keep], Keep: plain[Take],
		SelfSource: ints(make([]int64, 14*rows), 14, rows),
	})
	untouched := open(b, data, "", "out_sample")
	controlled := open(b, c.Graph, "", "out_sample", Maps)
	runs := []struct {
		name  string
		run   func()
		times []time.Duration
	}{
		{name: "untouched", run: func() { untouched.run(b, in) }},
		{name: "plain", run: func() { controlled.run(b, with(in, plain)) }},
		{name: "edit", run: func() { controlled.run(b, with(in, edit)) }},
	}
	for b.Loop() {
		for i := range runs {
			start := time.Now()
			runs[i].run()
			runs[i].times = append(runs[i].times, time.Since(start))
		}
	}
	for _, r := range runs {
		slices.Sort(r.times)
		b.ReportMetric(float64(r.times[0].Microseconds())/1000, r.name+"-min-ms")
		if r.name == "untouched" {
			continue
		}
		for label, i := range map[string]int{"min": 0, "p10": len(r.times) / 10} {
			b.ReportMetric(float64(r.times[i])/float64(runs[0].times[i]), r.name+"/untouched-"+label)
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of the three says nothing
}

// BenchmarkRewrite is the work without ONNX Runtime: reading, finding the
// attention, splicing, writing.
func BenchmarkRewrite(b *testing.B) {
	data := readFile(b, pocketUNet)
	m, err := Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	p := probe(b, m, "", pocketInput(ProbeRows), ProbeRows)
	for b.Loop() {
		m, err := Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Rewrite(m, p, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAttention compares the forms of a self-attention layer of Stable
// Diffusion at 512², two rows of 8 heads with 4096 pixels of width 40: the matrix
// of its maps spelled out, ONNX's Attention, ONNX Runtime's own operator. They
// take turns; the figures are the quickest runs, and how much memory a session
// takes for them.
func BenchmarkAttention(b *testing.B) {
	const heads, pixels, width = 16, 4096, 40
	in := map[string]tensor{}
	for i, name := range []string{"q", "k", "v"} {
		in[name] = noise(uint64(i), heads, pixels, width)
	}
	in["turned"] = noise(9, heads, width, pixels)
	forms := []struct {
		name   string
		opset  int64
		inputs []string
		write  func(b *block)
	}{
		{"matrix", 17, []string{"q", "turned", "v"}, func(b *block) {
			scores := b.op("Mul", []string{b.op("MatMul", []string{"q", "turned"}), b.float(.158)})
			b.opTo("out", "MatMul", []string{b.op("Softmax", []string{scores}, pb.Int("axis", -1)), "v"})
		}},
		{"onnx", 23, []string{"q", "k", "v"}, func(b *block) {
			b.opTo("out", "Attention", []string{"q", "k", "v"}, pb.Float("scale", .158), pb.Int("q_num_heads", 1), pb.Int("kv_num_heads", 1))
		}},
		{"fused", 17, []string{"q", "k", "v"}, func(b *block) {
			b.opTo("out", "MultiHeadAttention", []string{"q", "k", "v"}, pb.Float("scale", .158), pb.Int("num_heads", 1))
			b.nodes[0].Domain = proto.String(Contrib)
		}},
	}
	for b.Loop() {
		for _, f := range forms {
			nodes := &block{builder: newBuilder(f.opset)}
			f.write(nodes)
			g := &pb.Graph{Name: proto.String(f.name), Node: nodes.nodes, Initializer: nodes.constants}
			for _, name := range f.inputs {
				g.Input = append(g.Input, ValueInfo(Value{name, element.Float32, true, []Dim{{Name: "b"}, {Size: in[name].dims[1]}, {Size: in[name].dims[2]}}}))
			}
			g.Output = infos([]Value{{Name: "out", Type: element.Float32}})
			data, err := marshal(importing(&pb.Model{IrVersion: proto.Int64(11), OpsetImport: []*pb.OperatorSet{{Version: proto.Int64(f.opset)}}}, Contrib), g)
			if err != nil {
				b.Fatal(err)
			}
			s := open(b, data, "", "out")
			before := resident(b)
			quickest := time.Hour
			for range 5 {
				start := time.Now()
				s.run(b, in)
				quickest = min(quickest, time.Since(start))
			}
			b.ReportMetric(float64(quickest.Milliseconds()), f.name+"-ms")
			b.ReportMetric(float64(resident(b)-before)/1e6, f.name+"-MB")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// resident is the memory that the process holds, in bytes, where /proc says so.
func resident(b *testing.B) (n int) {
	b.Helper()
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "RssAnon: %d kB", &n); err == nil {
			return n << 10
		}
	}
	return 0
}
