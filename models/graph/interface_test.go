package graph

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
)

// The inputs and outputs that Rewrite lists are those of the graph it made.
func TestControlledListsItsInterface(t *testing.T) {
	for name, o := range map[string]Options{
		"plain":             {},
		"capture and cache": {Capture: []int{0, 1}, Cache: []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Parse(newTiny().bytes(t))
			if err != nil {
				t.Fatal(err)
			}
			c, err := Rewrite(m, tinyProbe(), o)
			if err != nil {
				t.Fatal(err)
			}
			made, err := Parse(c.Graph)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := texts(c.Inputs), texts(made.Inputs()); !slices.Equal(got, want) {
				t.Errorf("lists the inputs %q, has %q", got, want)
			}
			if got, want := texts(c.Outputs), texts(made.Outputs()); !slices.Equal(got, want) {
				t.Errorf("lists the outputs %q, has %q", got, want)
			}
			for _, l := range o.Capture {
				if !slices.ContainsFunc(c.Outputs, func(v Value) bool { return v.Name == ProbsOutput(l) }) {
					t.Errorf("no output for the maps of layer %d", l)
				}
			}
			for _, l := range o.Cache {
				if !slices.ContainsFunc(c.Inputs, func(v Value) bool { return v.Name == CacheInput(l) }) {
					t.Errorf("no input for cached maps of layer %d", l)
				}
			}
		})
	}
}

// Whatever the precision of the UNet, callers deal with float32.
func TestPrecisionIsWidened(t *testing.T) {
	changed := newTiny()
	changed.input(sampleName).Type.TensorType.ElemType = proto.Int32(int32(element.Float16))
	changed.input(timestepName).Type.TensorType.ElemType = proto.Int32(int32(element.Float16))
	changed.input(textName).Type.TensorType.ElemType = proto.Int32(int32(element.Float64))
	changed.Graph.Output[0].Type.TensorType.ElemType = proto.Int32(int32(element.Float16))
	m, err := Parse(changed.bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Rewrite(m, tinyProbe(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Info.Precision != element.Float16 {
		t.Errorf("the precision is %s", c.Info.Precision)
	}
	for _, v := range []Value{c.Info.Sample, c.Info.Timestep, c.Info.Text, c.Info.Noise} {
		if v.Type != element.Float32 {
			t.Errorf("%s is not float32", v)
		}
	}
	made, err := Parse(c.Graph)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := texts(c.Inputs), texts(made.Inputs()); !slices.Equal(got, want) {
		t.Errorf("lists the inputs %q, has %q", got, want)
	}
}
