// Package build writes the ONNX graphs of Stable Diffusion's parts: the text
// encoders, the UNet, the autoencoder and the tiny autoencoder. It knows the
// networks as diffusers and transformers define them; package checkpoint says
// of which sizes they are and where their weights lie.
//
// A graph has no weights of its own. Every one is external data that points
// into the user's .safetensors file, at the bytes that the file has: nothing is
// copied and nothing is converted on the disk. ONNX Runtime maps the file.
//
//	text.go             token ids → embeddings of a prompt
//	unet.go, blocks.go  latents, timestep, embeddings → prediction
//	layout.go           which attention layers that makes
//	vae.go, tiny.go     latents → picture, picture → latents
//	layers.go           what all of them consist of
//	weights.go, lora.go what a layer multiplies with
//	graph.go            nodes, constants and the bytes of the model
//
// Inputs and outputs have the names of diffusers' own ONNX export, and
// attention is spelled out as MatMul, Mul, Softmax, MatMul, so that package
// graph controls a UNet that was written here as it does any other.
package build

import (
	"errors"

	"pentimento/models/checkpoint"
)

// A Graph is one part as an ONNX model.
type Graph struct {
	// Data is the model. The same weights give the same bytes.
	Data []byte
	// Weights is the folder that the model's weights are named from: that of
	// the file that holds them, or the one above all files where there are
	// several. ONNX Runtime has to be told.
	Weights string
}

// ErrWeights is wrapped by the errors about weights of which no graph can be
// made: a shape that does not fit what comes before it, or a type that cannot
// be computed with.
var ErrWeights = errors.New("weights that don't fit together")

// LoRA is what is added to weights, by canonical name ("….to_q.weight"). ONNX
// Runtime adds it once, when it opens the graph.
type LoRA map[string][]checkpoint.Term
