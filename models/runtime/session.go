package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// A Graph is an ONNX model to open: the file Path, or the bytes in Data.
type Graph struct {
	Path string
	Data []byte
	// Weights is the folder in which the external data of a graph given as
	// Data lies; "" when it has none.
	Weights string
}

// SessionOptions say how a graph is opened.
type SessionOptions struct {
	// Inputs and Outputs are the names in the order in which
	// [Session.Run] takes them. Outputs that are not named are not fetched.
	Inputs, Outputs []string
	Device          Device
	// Threads is the number of threads one run uses; 0 means as many as Go
	// schedules on (which respects a container's CPU limit).
	Threads int
	// Once says that the graph will run only once, so that optimising it would
	// take longer than it saves.
	Once bool
	// Seldom says that the graph runs a few times for every picture, and not in
	// every step: what a run needed is not kept for the next.
	Seldom bool
	// Intact is asked before every run whether the weights outside the graph
	// are still there: ONNX Runtime maps them, and what is gone ends the process.
	// nil where there are none.
	Intact func() error
}

// A Session is a graph ready to run. Run may be called from several
// goroutines at once.
type Session struct {
	session *ort.DynamicAdvancedSession
	// running is held for reading by every run, so that Close waits for them.
	running sync.RWMutex
	closed  bool
	intact  func() error
	outputs []string // their names
}

// Open prepares a graph for its device. A device that can't be used gives a
// [*DeviceError].
func (r *Runtime) Open(g Graph, o SessionOptions) (s *Session, err error) {
	options, err := o.build(g)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, options.Destroy()) }()
	var session *ort.DynamicAdvancedSession
	if g.Path != "" {
		session, err = ort.NewDynamicAdvancedSession(g.Path, o.Inputs, o.Outputs, options)
	} else {
		session, err = ort.NewDynamicAdvancedSessionWithONNXData(g.Data, o.Inputs, o.Outputs, options)
	}
	if err != nil {
		err = fmt.Errorf("ONNX Runtime %s: %w", r.version, plainReason(err))
		if o.Device.Provider != CPU {
			return nil, &DeviceError{Device: o.Device, Reason: err}
		}
		return nil, err
	}
	// Opening leaves memory of what was folded and packed in the C library's
	// hands: 2 of 12 GiB for the UNet of Stable Diffusion XL.
	giveBack()
	return &Session{session: session, intact: o.Intact, outputs: o.Outputs}, nil
}

// build makes the runtime's options; the caller destroys them.
func (o SessionOptions) build(g Graph) (_ *ort.SessionOptions, err error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("make session options: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, options.Destroy())
		}
	}()
	threads := o.Threads
	if threads <= 0 {
		threads = goruntime.GOMAXPROCS(0)
	}
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, fmt.Errorf("set %d threads: %w", threads, err)
	}
	if err := options.SetLogSeverityLevel(ort.LoggingLevelFatal); err != nil {
		return nil, fmt.Errorf("set the log level: %w", err)
	}
	if o.Once {
		if err := options.SetGraphOptimizationLevel(ort.GraphOptimizationLevelDisableAll); err != nil {
			return nil, fmt.Errorf("switch optimisation off: %w", err)
		}
	}
	if o.Device.Provider == CPU {
		if err := o.spare(options); err != nil {
			return nil, err
		}
	}
	for key, value := range o.entries(g) {
		if err := options.AddSessionConfigEntry(key, value); err != nil {
			return nil, fmt.Errorf("set %s: %w", key, err)
		}
	}
	if err := o.Device.attach(options); err != nil {
		return nil, err
	}
	return options, nil
}

// spare keeps a session from holding more memory than its runs need. A pattern of
// the memory of earlier runs is one block more for every number of rows, beside
// what the first run of each took. An arena keeps what its largest run needed.
func (o SessionOptions) spare(options *ort.SessionOptions) error {
	if err := options.SetMemPattern(false); err != nil {
		return fmt.Errorf("switch memory patterns off: %w", err)
	}
	if !o.Seldom && !o.Once {
		return nil
	}
	if err := options.SetCpuMemArena(false); err != nil {
		return fmt.Errorf("switch the arena off: %w", err)
	}
	return nil
}

func (o SessionOptions) entries(g Graph) map[string]string {
	entries := map[string]string{
		// Between two small operators a thread that spins is there at once;
		// on a busy machine a long spin takes the processor away from the
		// thread that is waited for. See docs/decisions/0007.
		"session.intra_op.allow_spinning":   "1",
		"session.intra_op.spin_duration_us": "50",
	}
	if g.Weights != "" {
		entries["session.model_external_initializers_file_folder_path"] = g.Weights
	}
	if o.Once {
		entries["session.disable_prepacking"] = "1"
	}
	if o.Device.Provider == CPU {
		// This fusion makes float16 nodes that 1.27 has no CPU kernel for;
		// Stable Diffusion has nothing that it would speed up.
		entries["optimization.disable_specified_optimizers"] = "SimplifiedLayerNormFusion"
	}
	return entries
}

// ErrClosed is returned by [Session.Run] after [Session.Close].
var ErrClosed = errors.New("the session is closed")

// Run computes out from in, in the order of the names that the session was
// opened with. An output that is nil is allocated, if it is of Float32, Int64
// or Bool, and the caller destroys it. When ctx ends, the run stops at the next
// node of the graph and Run returns ctx's error; the outputs then hold nothing
// of use.
func (s *Session) Run(ctx context.Context, in, out []*Tensor) (err error) {
	s.running.RLock()
	defer s.running.RUnlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	options, err := ort.NewRunOptions()
	if err != nil {
		return fmt.Errorf("make run options: %w", err)
	}
	defer func() {
		if failed := options.Destroy(); err == nil {
			err = failed
		}
	}()

	// terminated is closed when the watcher below is done with options.
	terminated := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { terminated <- options.Terminate() })
	results := values(out)
	err = s.session.RunWithOptions(values(in), results, options)
	if !stop() {
		if failed := <-terminated; failed != nil {
			return fmt.Errorf("stop the run: %w", failed)
		}
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return plainReason(err)
	}
	adopt(out, results)
	return nil
}

// ready says why a run cannot begin; nil if it can.
func (s *Session) ready(ctx context.Context) error {
	if s.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.intact != nil {
		return s.intact()
	}
	return nil
}

// adopt wraps the outputs that ONNX Runtime allocated.
func adopt(out []*Tensor, results []ort.Value) {
	for i, t := range out {
		if t != nil {
			continue
		}
		out[i] = &Tensor{value: results[i]}
		switch v := results[i].(type) {
		case *ort.Tensor[float32]:
			out[i].floats = v.GetData()
		case *ort.Tensor[int64]:
			out[i].ints = v.GetData()
		case *ort.Tensor[bool]:
			out[i].bools = v.GetData()
		}
	}
}

// Close waits for the runs under way and frees the session.
func (s *Session) Close() error {
	s.running.Lock()
	defer s.running.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.session.Destroy()
	giveBack()
	return err
}

func values(tensors []*Tensor) []ort.Value {
	v := make([]ort.Value, len(tensors))
	for i, t := range tensors {
		if t != nil {
			v[i] = t.value
		}
	}
	return v
}
