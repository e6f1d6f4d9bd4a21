package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"pentimento/editor"
	"pentimento/models"
	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
)

// modelFlags choose a model and what it runs on.
type modelFlags struct {
	Model string `help:"A .safetensors file, a diffusers folder or a folder of ONNX graphs; the bundled pocket model if not given." placeholder:"FILE|DIR" type:"home"`
	sourceFlags
	modelRunFlags
}

// sourceFlags say what a model is made of beside its own file.
type sourceFlags struct {
	VAE        string          `name:"vae" help:"A file whose autoencoder is used instead of the model's own." placeholder:"FILE" type:"home"`
	Decoder    string          `help:"A file with a tiny autoencoder (TAESD) that decodes pictures quicker." placeholder:"FILE" type:"home"`
	LoRA       []loraFlag      `name:"lora" sep:"none" help:"A LoRA that changes the model, and how strongly (1 if not given); may be given several times." placeholder:"FILE[:WEIGHT]"`
	Embedding  []embeddingFlag `sep:"none" help:"A textual inversion, and the word for it in prompts (the file's own, or its name, if not given); may be given several times." placeholder:"FILE[:WORD]"`
	Prediction string          `help:"What the model predicts, epsilon or v_prediction, where its file does not say or is wrong." enum:",epsilon,v_prediction" default:""`
}

// source is the model at a path.
func (f *sourceFlags) source(path string) models.Source {
	s := models.Source{Path: path, VAE: f.VAE, Decoder: f.Decoder, Prediction: f.Prediction}
	for _, l := range f.LoRA {
		s.LoRAs = append(s.LoRAs, models.LoRA(l))
	}
	for _, e := range f.Embedding {
		s.Embeddings = append(s.Embeddings, models.Embedding(e))
	}
	return s
}

// modelRunFlags choose what a model runs on.
type modelRunFlags struct {
	Device      string           `help:"auto, cpu, cuda[:n], tensorrt, coreml, directml or openvino." default:"auto"`
	Precision   models.Precision `help:"What the model is computed in: fp32; int8, which is quicker on a CPU; or fp16, for a GPU. Both take less memory and draw slightly different pictures." enum:"fp32,fp16,int8" default:"fp32"`
	Threads     int              `help:"Threads on the CPU; 0 fits the machine." default:"0"`
	MemoryLimit int64            `help:"MiB of memory that drawing on the CPU may take: what would take more is computed row by row, or refused; 0 is three quarters of what the machine or its container has." default:"0"`
	Cache       string           `help:"Folder for prepared graphs." default:"${cache}" placeholder:"DIR" type:"home"`
	Onnxruntime string           `help:"ONNX Runtime's library, or the folder it lies in." placeholder:"FILE" type:"home"`
}

// modelOptions loads the runtime library.
func (f *modelRunFlags) modelOptions(p *Process) (models.Options, error) {
	lib, err := runtime.Load(f.Onnxruntime)
	if err != nil {
		return models.Options{}, err
	}
	return models.Options{
		Runtime: lib, Device: f.Device, Threads: f.Threads, CacheDir: f.Cache, Log: p.log,
		MemoryLimit: max(0, f.MemoryLimit) << 20,
		Precision:   f.Precision, Practice: editor.Practice(), Practised: practised(p.Errors),
	}, nil
}

// settle has models drawn in single precision where the processor is not made for
// the one that is asked for, and says so.
func (f *modelRunFlags) settle(p *Process) {
	if err := f.Precision.Supported(); err != nil {
		_, _ = fmt.Fprintf(p.Errors, "--precision %s: %v; drawing with %s\n", f.Precision, err, models.FP32)
		f.Precision = models.FP32
	}
}

// practised shows how far the practice of a model is that is prepared for eight bits.
func practised(out io.Writer) func(done, of int) {
	m := newMeter(out)
	return func(done, of int) {
		m.steps("preparing the model for int8: step", done, of)
		if done == of {
			m.end()
		}
	}
}

// read reads the model without opening it.
func (f *modelFlags) read(ctx context.Context) (*models.Model, error) {
	if f.Model == "" {
		return models.ReadFS(ctx, pocket.Files(), "pocket", models.Options{Precision: f.Precision})
	}
	return models.Read(ctx, f.source(f.Model), models.Options{CacheDir: f.Cache, Precision: f.Precision})
}

// openJudge opens what sees what the model's pictures show: the bundled model has
// a network for that; for others it is nil.
func (f *modelFlags) openJudge(p *Process) (*judge.Network, error) {
	if f.Model != "" {
		return nil, nil
	}
	options, err := f.modelOptions(p)
	if err != nil {
		return nil, err
	}
	return judge.Open(options.Runtime, pocket.Judge(), 1)
}

// openDrawing opens the model and what sees what its pictures show, at the same
// time.
func (f *modelFlags) openDrawing(ctx context.Context, p *Process) (*models.Model, *judge.Network, error) {
	var network *judge.Network
	var unseeing error
	var opening sync.WaitGroup
	opening.Go(func() { network, unseeing = f.openJudge(p) })
	model, err := f.open(ctx, p)
	opening.Wait()
	switch {
	case err != nil:
		return nil, nil, errors.Join(err, network.Close())
	case unseeing != nil:
		return nil, nil, errors.Join(unseeing, model.Close())
	}
	return model, network, nil
}

// garbagePercent is how much garbage the heap may hold beside what is in use. Most
// of what a process that draws has in use are attention maps, a hundred megabytes of
// numbers that the collector need not look at: Go's own 100 would double them, and
// collecting four times as often costs at most a fiftieth of the processor's time.
const garbagePercent = 25

// open loads the model, and has the process's memory collected as is best with one.
func (f *modelFlags) open(ctx context.Context, p *Process) (*models.Model, error) {
	f.settle(p)
	if p.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	options, err := f.modelOptions(p)
	if err != nil {
		return nil, err
	}
	if f.Model == "" {
		return models.OpenFS(ctx, pocket.Files(), "pocket", options)
	}
	return models.Open(ctx, f.source(f.Model), options)
}
