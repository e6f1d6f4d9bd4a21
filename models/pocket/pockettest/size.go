package pockettest

import (
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models"
	"pentimento/models/graph/onnxpb"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
)

// OpenAnySize returns a copy of the bundled model that takes any size, as exports
// with dynamic axes do. It is closed when the test ends.
func OpenAnySize(t testing.TB) *models.Model {
	t.Helper()
	return modelstest.Open(t, models.Source{Path: AnySize(t)})
}

// AnySize is the folder of a copy of the bundled model that takes any size.
func AnySize(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pocket")
	if err := os.CopyFS(dir, pocket.Files()); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"unet", "vae_decoder", "vae_encoder"} {
		freeSides(t, filepath.Join(dir, part, "model.onnx"))
	}
	return dir
}

// freeSides names the sides of what the graph in a file takes and gives, in place of
// their sizes.
func freeSides(t testing.TB, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var m onnxpb.Model
	if err := proto.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	for _, v := range append(m.Graph.Input, m.Graph.Output...) {
		dims := v.GetType().GetTensorType().GetShape().GetDim()
		if len(dims) != 4 {
			continue
		}
		dims[2].Value = &onnxpb.Dimension_DimParam{DimParam: v.GetName() + "_height"}
		dims[3].Value = &onnxpb.Dimension_DimParam{DimParam: v.GetName() + "_width"}
	}
	if data, err = proto.Marshal(&m); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
