package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"pentimento/files"
	"pentimento/models/checkpoint"
	"pentimento/models/clip"
)

// maxTokenizer is larger than any file of a tokenizer folder.
const maxTokenizer = 32 << 20

// configure writes the folder's configuration: what a diffusers folder says
// itself, and what the family has where nothing says.
func (a *assembler) configure() error {
	if err := a.correct(); err != nil {
		return err
	}
	for _, step := range []func() error{a.configureParts, a.writeIndex, a.writeSchedule, a.writeTokenizers} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// write puts a configuration into the folder.
func (a *assembler) write(name string, config map[string]any) error {
	data, err := json.Marshal(config)
	a.files[name] = data
	return err
}

// copied puts a file of the diffusers folder into the folder, and reports
// whether there is one.
func (a *assembler) copied(name string, limit int64) (bool, error) {
	if a.folder == nil {
		return false, nil
	}
	data, err := files.Read(a.folder, name, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	a.files[name] = data
	return true, a.failed(name, err)
}

// failed puts the name of a file of the diffusers folder before what is wrong
// with it.
func (a *assembler) failed(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", filepath.Join(a.source.Path, filepath.FromSlash(name)), err)
}

// configureParts writes the config.json of every part.
func (a *assembler) configureParts() error {
	u := a.architecture.UNet
	unet := map[string]any{
		"sample_size": a.sampleSize(), "in_channels": u.InChannels, "out_channels": u.OutChannels,
		"cross_attention_dim": u.CrossWidth,
	}
	if u.GuidanceWidth > 0 {
		unet["time_cond_proj_dim"] = u.GuidanceWidth
	}
	if err := a.part("unet", unet); err != nil {
		return err
	}
	for i, t := range a.architecture.Text {
		name := Numbered("text_encoder", i)
		text := map[string]any{
			"num_hidden_layers": t.Layers, "hidden_size": t.Width, "max_position_embeddings": t.Positions,
			"vocab_size": t.Vocabulary, "projection_dim": t.Projection,
		}
		if err := a.part(name, text); err != nil {
			return err
		}
	}
	levels := a.architecture.VAE.Blocks
	if len(levels) == 0 {
		levels = make([]int, 4) // of the tiny autoencoder
	}
	vae := map[string]any{"latent_channels": u.InChannels, "block_out_channels": levels, "scaling_factor": a.architecture.VAE.ScalingFactor}
	for _, half := range []string{decoderFolder, encoderFolder} {
		if err := a.write(half+"/config.json", vae); err != nil {
			return err
		}
	}
	return nil
}

// part writes the configuration of a part that the diffusers folder has none of.
func (a *assembler) part(name string, usual map[string]any) error {
	name += "/config.json"
	if a.files[name] != nil {
		return nil
	}
	return a.write(name, usual)
}

// sampleSize is the side of the latents that the family was trained on.
func (a *assembler) sampleSize() int {
	switch {
	case a.contents.Family == checkpoint.SDXL:
		return 128
	case a.contents.Family == checkpoint.SD2 && a.prediction() == checkpoint.Velocity:
		return 96
	}
	return 64
}

// prediction is what the UNet predicts.
func (a *assembler) prediction() string {
	if a.source.Prediction != "" {
		return a.source.Prediction
	}
	return a.contents.Prediction
}

// writeIndex names the parts.
func (a *assembler) writeIndex() error {
	if there, err := a.copied("model_index.json", maxConfig); there || err != nil {
		return err
	}
	class := "StableDiffusionPipeline"
	if a.contents.Family == checkpoint.SDXL {
		class = "StableDiffusionXLPipeline"
	}
	index := map[string]any{"_class_name": class}
	for i := range a.architecture.Text {
		index[Numbered("text_encoder", i)] = []string{"transformers", "CLIPTextModel"}
	}
	return a.write("model_index.json", index)
}

// writeSchedule writes the noise that the family was trained on.
func (a *assembler) writeSchedule() error {
	const name = "scheduler/scheduler_config.json"
	there, err := a.copied(name, maxConfig)
	if err != nil {
		return err
	}
	if there && a.source.Prediction == "" {
		return nil
	}
	schedule := map[string]any{
		"_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_start": .00085, "beta_end": .012,
		"beta_schedule": "scaled_linear", "steps_offset": 1, "set_alpha_to_one": false, "timestep_spacing": "leading",
	}
	if there {
		schedule = nil
		if err := json.Unmarshal(a.files[name], &schedule); err != nil {
			return a.failed(name, err)
		}
	}
	schedule["prediction_type"] = a.prediction()
	if a.contents.ZeroSNR {
		schedule["rescale_betas_zero_snr"], schedule["timestep_spacing"] = true, "trailing"
	}
	return a.write(name, schedule)
}

// writeTokenizers gives every text encoder its tokenizer: the diffusers
// folder's, or CLIP's.
func (a *assembler) writeTokenizers() error {
	for i := range a.architecture.Text {
		if err := a.writeTokenizer(i); err != nil {
			return err
		}
	}
	return nil
}

func (a *assembler) writeTokenizer(i int) error {
	dir := Numbered("tokenizer", i)
	found := false
	for _, name := range []string{"vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"} {
		there, err := a.copied(path.Join(dir, name), maxTokenizer)
		if err != nil {
			return err
		}
		found = found || there && (name == "vocab.json" || name == "tokenizer.json")
	}
	if found {
		return nil
	}
	for _, name := range []string{"vocab.json", "merges.txt"} {
		data, err := fs.ReadFile(clip.Tokenizer(), name)
		if err != nil {
			return err
		}
		a.files[path.Join(dir, name)] = data
	}
	return a.write(path.Join(dir, "tokenizer_config.json"), map[string]any{
		"model_max_length": a.architecture.Text[i].Positions, "pad_token": a.padding(i),
	})
}

// padding is the token that fills a prompt up: CLIP's own models end it again
// and again, those with OpenCLIP's encoders have "!", whose id is 0.
func (a *assembler) padding(i int) string {
	if a.contents.Family == checkpoint.SD2 || i > 0 {
		return "!"
	}
	return "<|endoftext|>"
}

// Numbered is the folder of text encoder or tokenizer i.
func Numbered(folder string, i int) string {
	if i == 0 {
		return folder
	}
	return fmt.Sprintf("%s_%d", folder, i+1)
}
