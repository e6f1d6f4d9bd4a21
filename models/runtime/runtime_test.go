package runtime_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/models/element"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const decoder = "../pocket/model/vae_decoder/model.onnx"

func TestLoadTwiceGivesTheSameRuntime(t *testing.T) {
	first := runtimetest.Load(t)
	second, err := runtime.Load("")
	if err != nil || first != second {
		t.Fatalf("second Load gave %p, %v; want %p", second, err, first)
	}
	if first.Version() == "" || first.Path() == "" {
		t.Errorf("version %q, path %q", first.Version(), first.Path())
	}
}

// open opens the pocket model's decoder for device.
func open(t *testing.T, device runtime.Device) (*runtime.Session, error) {
	t.Helper()
	s, err := runtimetest.Load(t).Open(runtime.Graph{Path: decoder}, runtime.SessionOptions{
		Inputs: []string{"latent_sample"}, Outputs: []string{"sample"}, Device: device,
	})
	if err == nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return s, err
}

// tensors makes an input of rows latents and the output for it.
func tensors(t *testing.T, rows int) (in, out *runtime.Tensor) {
	t.Helper()
	in, err := runtime.FloatTensor(element.Float32, []int{rows, 6, 16, 16}, make([]float32, rows*6*16*16))
	if err != nil {
		t.Fatal(err)
	}
	out, err = runtime.FloatTensor(element.Float32, []int{rows, 3, 128, 128}, make([]float32, rows*3*128*128))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Destroy(), out.Destroy()); err != nil {
			t.Error(err)
		}
	})
	return in, out
}

func TestRun(t *testing.T) {
	s, err := open(t, runtime.Device{Provider: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	in, out := tensors(t, 2)
	if err := s.Run(t.Context(), []*runtime.Tensor{in}, []*runtime.Tensor{out}); err != nil {
		t.Fatal(err)
	}
	if v := out.Floats(); v[0] == 0 || v[0] != v[len(v)/2] {
		t.Errorf("two equal rows give %v and %v", v[0], v[len(v)/2])
	}
}

func TestCancelStopsARun(t *testing.T) {
	s, err := open(t, runtime.Device{Provider: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	in, out := tensors(t, 128) // more than a second of work
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if err := s.Run(ctx, []*runtime.Tensor{in}, []*runtime.Tensor{out}); err != context.Canceled {
		t.Fatalf("a cancelled run gave %v", err)
	}
	if err := s.Run(ctx, []*runtime.Tensor{in}, []*runtime.Tensor{out}); err != context.Canceled {
		t.Fatalf("a run that begins cancelled gave %v", err)
	}
	in, out = tensors(t, 1)
	if err := s.Run(t.Context(), []*runtime.Tensor{in}, []*runtime.Tensor{out}); err != nil {
		t.Fatalf("the session does not run after a cancelled run: %v", err)
	}
}

func TestRunAfterClose(t *testing.T) {
	s, err := open(t, runtime.Device{Provider: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	in, out := tensors(t, 1)
	if err := s.Run(t.Context(), []*runtime.Tensor{in}, []*runtime.Tensor{out}); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	r := runtimetest.Load(t)
	whole, err := os.ReadFile(decoder)
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]runtime.Graph{
		"no file":   {Path: filepath.Join(t.TempDir(), "absent.onnx")},
		"cut short": {Data: whole[:len(whole)/2]},
		"no bytes":  {},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.Open(g, runtime.SessionOptions{
				Inputs: []string{"latent_sample"}, Outputs: []string{"sample"}, Device: runtime.Device{Provider: runtime.CPU},
			})
			if err == nil {
				t.Fatal("opened")
			}
		})
	}
}

// On a machine without the device the error must carry the runtime's reason.
func TestDeviceThatDoesNotStart(t *testing.T) {
	for _, name := range []string{"cuda", "tensorrt", "openvino", "directml", "coreml"} {
		t.Run(name, func(t *testing.T) {
			d, err := runtime.ParseDevice(name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = open(t, d)
			if err == nil {
				t.Skipf("this machine has %s", name)
			}
			var failed *runtime.DeviceError
			if !errors.As(err, &failed) || failed.Reason == nil || !strings.Contains(err.Error(), "device "+name) {
				t.Errorf("got %v", err)
			}
			t.Log(err)
		})
	}
}

func TestParseDevice(t *testing.T) {
	for name, want := range map[string]string{
		"": "auto", "auto": "auto", "CPU": "cpu", " cuda ": "cuda", "cuda:1": "cuda:1",
		"tensorrt:0": "tensorrt:0", "coreml": "coreml", "directml:2": "directml:2", "openvino:gpu": "openvino:GPU",
	} {
		if d, err := runtime.ParseDevice(name); err != nil || d.String() != want {
			t.Errorf("%q gave %v, %v; want %s", name, d, err, want)
		}
	}
	for _, name := range []string{"gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:01", "cuda:9999", "cpu:1", "auto:0", "coreml:", ":1"} {
		if d, err := runtime.ParseDevice(name); err == nil {
			t.Errorf("%q was taken as %v", name, d)
		}
	}
}

func TestAutoEndsWithCPU(t *testing.T) {
	d, err := runtime.ParseDevice("auto")
	if err != nil {
		t.Fatal(err)
	}
	c := d.Candidates()
	if len(c) < 2 || c[len(c)-1].Provider != runtime.CPU {
		t.Errorf("candidates %v", c)
	}
}

func TestFloatTensorConverts(t *testing.T) {
	runtimetest.Load(t)
	values := []float32{0, 1, -2.5, 65504, float32(math.Inf(1))}
	for _, kind := range []element.Type{element.Float32, element.Float16} {
		x, err := runtime.FloatTensor(kind, []int{5}, values)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range x.Floats() {
			if v != values[i] {
				t.Errorf("%s: %v became %v", kind, values[i], v)
			}
		}
		if err := x.Destroy(); err != nil {
			t.Error(err)
		}
	}
}

func TestTensorRefuses(t *testing.T) {
	runtimetest.Load(t)
	for name, err := range map[string]error{
		"too few":   second(runtime.FloatTensor(element.Float32, []int{2, 2}, make([]float32, 3))),
		"zero":      second(runtime.FloatTensor(element.Float32, []int{2, 0}, nil)),
		"negative":  second(runtime.FloatTensor(element.Float32, []int{-1, -1}, []float32{1})),
		"overflow":  second(runtime.FloatTensor(element.Float32, []int{1 << 40, 1 << 40}, nil)),
		"int kind":  second(runtime.FloatTensor(element.Int64, []int{1}, []float32{1})),
		"too large": second(runtime.IntTensor(element.Int32, []int{1}, []int64{1 << 40})),
		"bfloat16":  second(runtime.FloatTensor(16, []int{1}, []float32{1})),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTensorMayHaveNoRows(t *testing.T) {
	runtimetest.Load(t)
	x, err := runtime.FloatTensor(element.Float32, []int{0, 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Destroy(); err != nil {
		t.Error(err)
	}
}

func second(_ *runtime.Tensor, err error) error { return err }
