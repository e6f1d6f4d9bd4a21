package models

import (
	"reflect"
	"testing"

	"pentimento/models/graph"
	"pentimento/models/runtime/runtimetest"
	"pentimento/tests/parity"
)

// What is known of the attention of a UNet that was written here is what a run of
// it finds. The LCM's has the attention of Stable Diffusion 1.
func TestWrittenProbeIsWhatARunFinds(t *testing.T) {
	for _, path := range []string{
		parity.Folder(t, parity.LCM, parity.F16), parity.Checkpoint(t, parity.SD2, parity.F16), parity.Checkpoint(t, parity.SDXL, parity.F16),
	} {
		o := Options{Runtime: runtimetest.Load(t)}
		f, err := sourceFolder(Source{Path: path}, o)
		if err != nil {
			t.Fatal(err)
		}
		in, err := inspect(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		ran, fixed, err := in.probe(t.Context(), o)
		if err != nil || fixed {
			t.Fatal(fixed, err)
		}
		if written := in.writtenProbe(); !reflect.DeepEqual(written, ran) || len(ran.Shapes) == 0 {
			t.Errorf("%s\nwritten %+v\nran     %+v", path, written, ran)
		}
		if _, err := graph.Layers(in.unetGraph, in.writtenProbe()); err != nil {
			t.Error(err)
		}
	}
}
