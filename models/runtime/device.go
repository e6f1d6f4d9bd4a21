package runtime

import (
	"errors"
	"fmt"
	goruntime "runtime"
	"strconv"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// A Provider is one of ONNX Runtime's execution providers.
type Provider string

// The providers that can be asked for. Auto stands for the best that works.
const (
	Auto     Provider = "auto"
	CPU      Provider = "cpu"
	CUDA     Provider = "cuda"
	TensorRT Provider = "tensorrt"
	CoreML   Provider = "coreml"
	DirectML Provider = "directml"
	OpenVINO Provider = "openvino"
)

// A Device is a provider and which of its devices to use.
type Device struct {
	Provider Provider
	// ID is what stands behind the colon: the number of a CUDA, TensorRT or
	// DirectML device ("" means 0), or OpenVINO's device type, such as "GPU".
	ID string
}

// String gives the form that [ParseDevice] reads: "cpu", "cuda:1".
func (d Device) String() string {
	if d.ID == "" {
		return string(d.Provider)
	}
	return string(d.Provider) + ":" + d.ID
}

// ParseDevice reads "auto", "cpu", "cuda[:n]", "tensorrt[:n]", "coreml",
// "directml[:n]" or "openvino[:type]". The empty string means auto.
func ParseDevice(name string) (Device, error) {
	provider, id, colon := strings.Cut(strings.ToLower(strings.TrimSpace(name)), ":")
	d := Device{Provider: Provider(provider), ID: id}
	switch d.Provider {
	case "":
		d.Provider = Auto
		fallthrough
	case Auto, CPU, CoreML:
		if colon {
			return Device{}, fmt.Errorf("device %q: %s takes no number", name, d.Provider)
		}
	case CUDA, TensorRT, DirectML:
		if n, err := strconv.ParseUint(id, 10, 8); colon && (err != nil || strconv.FormatUint(n, 10) != id) {
			return Device{}, fmt.Errorf("device %q: %q is not the number of a device", name, id)
		}
	case OpenVINO:
		d.ID = strings.ToUpper(id)
	default:
		return Device{}, fmt.Errorf("device %q is not one of auto, cpu, cuda[:n], tensorrt[:n], coreml, directml[:n], openvino[:type]", name)
	}
	return d, nil
}

// Candidates are the devices to try for d, best first: d alone, unless it is
// auto. Auto offers the providers that take a graph as it is; TensorRT,
// OpenVINO and CoreML compile it for fixed shapes first, which is a choice for
// the user to make, and cpu always comes last.
func (d Device) Candidates() []Device {
	if d.Provider != Auto {
		return []Device{d}
	}
	candidates := []Device{{Provider: CUDA}}
	if goruntime.GOOS == "windows" {
		candidates = append(candidates, Device{Provider: DirectML})
	}
	return append(candidates, Device{Provider: CPU})
}

// A DeviceError says why a device can't be used, in ONNX Runtime's own words.
type DeviceError struct {
	Device Device
	Reason error
}

func (e *DeviceError) Error() string {
	return fmt.Sprintf("device %s does not start: %v", e.Device, e.Reason)
}

// Unwrap gives the runtime's reason.
func (e *DeviceError) Unwrap() error { return e.Reason }

// attach adds the device's execution provider to the options of a session.
// ONNX Runtime puts what the provider can't take on the CPU by itself.
func (d Device) attach(o *ort.SessionOptions) error {
	var err error
	switch d.Provider {
	case CPU:
		return nil
	case CUDA:
		err = d.attachCUDA(o)
	case TensorRT:
		// CUDA takes the parts of the graph that TensorRT leaves.
		if err = d.attachTensorRT(o); err == nil {
			err = d.attachCUDA(o)
		}
	case CoreML:
		err = o.AppendExecutionProviderCoreMLV2(nil)
	case DirectML:
		err = d.attachDirectML(o)
	case OpenVINO:
		options := map[string]string{}
		if d.ID != "" {
			options["device_type"] = d.ID
		}
		err = o.AppendExecutionProviderOpenVINO(options)
	default:
		err = errors.New("it is not a device but a choice among devices")
	}
	if err != nil {
		return &DeviceError{Device: d, Reason: plainReason(err)}
	}
	return nil
}

func (d Device) attachCUDA(o *ort.SessionOptions) (err error) {
	cuda, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cuda.Destroy()) }()
	// An exhaustive search times convolutions and may choose others on the
	// next start: the same recipe would not give the same picture any more.
	if err := cuda.Update(map[string]string{"device_id": d.number(), "cudnn_conv_algo_search": "HEURISTIC"}); err != nil {
		return err
	}
	return o.AppendExecutionProviderCUDA(cuda)
}

func (d Device) attachTensorRT(o *ort.SessionOptions) (err error) {
	trt, err := ort.NewTensorRTProviderOptions()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, trt.Destroy()) }()
	if err := trt.Update(map[string]string{"device_id": d.number()}); err != nil {
		return err
	}
	return o.AppendExecutionProviderTensorRT(trt)
}

func (d Device) attachDirectML(o *ort.SessionOptions) error {
	// DirectML demands both.
	if err := o.SetMemPattern(false); err != nil {
		return err
	}
	if err := o.SetExecutionMode(ort.ExecutionModeSequential); err != nil {
		return err
	}
	n, err := strconv.Atoi(d.number())
	if err != nil {
		return err
	}
	return o.AppendExecutionProviderDirectML(n)
}

func (d Device) number() string {
	if d.ID == "" {
		return "0"
	}
	return d.ID
}

// plainReason takes the place in ONNX Runtime's source and its error code off
// a reason, which then begins with what happened.
func plainReason(err error) error {
	_, rest, ok := strings.Cut(err.Error(), "[ONNXRuntimeError] : ")
	if !ok {
		return err
	}
	if parts := strings.SplitN(rest, " : ", 3); len(parts) == 3 {
		return errors.New(parts[2])
	}
	return err
}
