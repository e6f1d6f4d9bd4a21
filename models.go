package main

import (
	"path/filepath"

	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
)

// modelFlags choose a model and what it runs on.
type modelFlags struct {
	Model       string `help:"Model folder in the diffusers ONNX layout; the bundled pocket model if not given." placeholder:"DIR"`
	Device      string `help:"auto, cpu, cuda[:n], tensorrt, coreml, directml or openvino." default:"auto"`
	Threads     int    `help:"Threads on the CPU; 0 fits the machine." default:"0"`
	Cache       string `help:"Folder for prepared graphs." default:"${cache}" placeholder:"DIR"`
	Onnxruntime string `help:"ONNX Runtime's library, or the folder it lies in." placeholder:"FILE"`
}

// open loads the model.
func (f *modelFlags) open(w *world) (*models.Model, error) {
	lib, err := runtime.Load(f.Onnxruntime)
	if err != nil {
		return nil, err
	}
	options := models.Options{Runtime: lib, Device: f.Device, Threads: f.Threads, CacheDir: f.Cache, Log: w.log}
	if f.Model == "" {
		return models.OpenFS(w.ctx, pocket.Files(), "pocket", options)
	}
	return models.OpenDir(w.ctx, filepath.Clean(f.Model), options)
}
