package runtime_test

import (
	"fmt"
	"os"
	goruntime "runtime"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// TestOpeningGivesMemoryBack: what ONNX Runtime needed to widen and pack half
// precision weights is not kept: closing another session finds nothing more to
// give back.
func TestOpeningGivesMemoryBack(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("memory is read from /proc")
	}
	const layers, width = 64, 256
	r, o := runtimetest.Load(t), runtime.SessionOptions{
		Inputs: []string{"x"}, Outputs: []string{"out"}, Device: runtime.Device{Provider: runtime.CPU},
	}
	small, err := r.Open(runtime.Graph{Data: halfPrecision(t, 1, 8)}, o)
	if err != nil {
		t.Fatal(err)
	}
	data := halfPrecision(t, layers, width)
	large, err := r.Open(runtime.Graph{Data: data}, o)
	if err != nil {
		t.Fatal(err)
	}
	held := residentBytes(t)
	if err := small.Close(); err != nil {
		t.Error(err)
	}
	if freed := held - residentBytes(t); freed > 8<<20 {
		t.Errorf("an opened session kept %d MiB that nothing used", freed>>20)
	}
	goruntime.KeepAlive(data)
	if err := large.Close(); err != nil {
		t.Error(err)
	}
}

// halfPrecision is a graph of products with weights in half precision, of sizes
// from width² up, which are widened when it is opened.
func halfPrecision(t *testing.T, layers, width int) []byte {
	t.Helper()
	value := func(name string) *onnxpb.ValueInfo {
		return graph.ValueInfo(graph.Value{Name: name, Type: element.Float32, Ranked: true, Dims: []graph.Dim{{Name: "n"}, {Size: int64(width)}}})
	}
	g := &onnxpb.Graph{Name: proto.String("products"), Input: []*onnxpb.ValueInfo{value("x")}, Output: []*onnxpb.ValueInfo{value("out")}}
	add := func(op, out string, in []string, a ...*onnxpb.Attribute) {
		g.Node = append(g.Node, &onnxpb.Node{OpType: proto.String(op), Name: proto.String(out), Input: in, Output: []string{out}, Attribute: a})
	}
	at := "x"
	for i := range layers {
		rows, columns := width+16*((i+1)%layers), width+16*i
		w, wide, next := fmt.Sprint("w", i), fmt.Sprint("wide", i), fmt.Sprint("x", i)
		raw := make([]byte, 2*rows*columns)
		for j := range raw { // weights that are equal are packed once
			raw[j] = byte(31*i + j*j>>4&7)
		}
		g.Initializer = append(g.Initializer, &onnxpb.Tensor{
			Name: proto.String(w), DataType: proto.Int32(int32(element.Float16)), Dims: []int64{int64(rows), int64(columns)}, RawData: raw,
		})
		if i == layers-1 {
			next = "out"
		}
		add("Cast", wide, []string{w}, onnxpb.Int("to", int64(element.Float32)))
		add("Gemm", next, []string{at, wide}, onnxpb.Int("transB", 1))
		at = next
	}
	data, err := proto.Marshal(&onnxpb.Model{IrVersion: proto.Int64(8), OpsetImport: []*onnxpb.OperatorSet{{Version: proto.Int64(17)}}, Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// residentBytes is the memory that the process holds of its own.
func residentBytes(t *testing.T) (n int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "RssAnon: %d kB", &n); err == nil {
			return n << 10
		}
	}
	t.Fatal("/proc/self/status has no RssAnon")
	return 0
}
