package build_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/build"
	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// A stretch is where an initializer's values lie.
type stretch struct {
	file           string
	offset, length int64
}

// checkStretches holds every initializer of a graph against the files that may
// have it: it is a constant of the graph's own, or a stretch of a file that is
// as long as type and shape ask for.
func checkStretches(t *testing.T, g build.Graph, files ...string) {
	t.Helper()
	external := 0
	for _, w := range parsed(t, g).Graph.Initializer {
		size := widthOf(t, w)
		for _, d := range w.Dims {
			size *= d
		}
		if w.GetDataLocation() == 0 {
			if int64(len(w.RawData)) != size {
				t.Errorf("%s has %d bytes, want %d", w.GetName(), len(w.RawData), size)
			}
			continue
		}
		external++
		at := stretchOf(t, g, w)
		if !slices.Contains(files, at.file) {
			t.Errorf("%s lies in %s, want one of %q", w.GetName(), at.file, files)
		}
		info, err := os.Stat(at.file)
		if err != nil {
			t.Fatal(err)
		}
		if at.length != size || at.offset < 8 || at.offset+at.length > info.Size() {
			t.Errorf("%s is at %d in a file of %d bytes and %d long, want %d", w.GetName(), at.offset, info.Size(), at.length, size)
		}
		if w.RawData != nil {
			t.Errorf("%s has values in the graph, too", w.GetName())
		}
	}
	if external == 0 {
		t.Error("no weights lie outside the graph")
	}
}

func parsed(t *testing.T, g build.Graph) *pb.Model {
	t.Helper()
	m := &pb.Model{}
	if err := proto.Unmarshal(g.Data, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func stretchOf(t *testing.T, g build.Graph, w *pb.Tensor) (s stretch) {
	t.Helper()
	for _, e := range w.ExternalData {
		var err error
		switch e.GetKey() {
		case "location":
			s.file = filepath.Join(g.Weights, filepath.FromSlash(e.GetValue()))
		case "offset":
			s.offset, err = strconv.ParseInt(e.GetValue(), 10, 64)
		case "length":
			s.length, err = strconv.ParseInt(e.GetValue(), 10, 64)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func widthOf(t *testing.T, w *pb.Tensor) int64 {
	t.Helper()
	switch typ := element.Type(w.GetDataType()); typ {
	case element.Float16, element.BFloat16:
		return 2
	case element.Float32:
		return 4
	case element.Int64:
		return 8
	default:
		t.Fatalf("%s is %s", w.GetName(), typ)
		return 0
	}
}
