package models

import (
	"encoding/json"
	"fmt"
	"math"
)

// partConfig is what is read from the config.json of text_encoder, unet,
// vae_decoder and vae_encoder. Zero values mean that the file does not say.
type partConfig struct {
	HiddenSize            int       `json:"hidden_size"`
	MaxPositionEmbeddings int       `json:"max_position_embeddings"`
	VocabSize             int       `json:"vocab_size"`
	HiddenLayers          int       `json:"num_hidden_layers"`
	ProjectionDim         int       `json:"projection_dim"`
	TimeCondDim           int       `json:"time_cond_proj_dim"`
	SampleSize            sides     `json:"sample_size"`
	InChannels            int       `json:"in_channels"`
	OutChannels           int       `json:"out_channels"`
	CrossAttentionDim     uniform   `json:"cross_attention_dim"`
	LatentChannels        int       `json:"latent_channels"`
	BlockOutChannels      []int     `json:"block_out_channels"`
	ScalingFactor         *float64  `json:"scaling_factor"`
	ShiftFactor           *float64  `json:"shift_factor"`
	LatentsMean           []float64 `json:"latents_mean"`
}

// sides is a height and width, written as one number or as two.
type sides struct{ height, width int }

func (s *sides) UnmarshalJSON(data []byte) error {
	var both []int
	if json.Unmarshal(data, &both) == nil {
		if len(both) == 0 { // null
			return nil
		}
		if len(both) != 2 {
			return fmt.Errorf("a size of %d numbers", len(both))
		}
		*s = sides{both[0], both[1]}
		return nil
	}
	var one int
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*s = sides{one, one}
	return nil
}

// uniform is a number that some exporters repeat for every block.
type uniform int

func (u *uniform) UnmarshalJSON(data []byte) error {
	var all []int
	if json.Unmarshal(data, &all) != nil {
		return json.Unmarshal(data, (*int)(u))
	}
	for _, n := range all {
		if n != all[0] {
			return fmt.Errorf("different sizes %v for different blocks", all)
		}
		*u = uniform(n)
	}
	return nil
}

// loadPartConfig reads the config.json beside a part's graph. A part without
// one is described by its graph alone.
func (f folder) loadPartConfig(part string) (partConfig, error) {
	file := part + "/" + partConfigFile
	var c partConfig
	if !f.has(file) {
		return c, nil
	}
	if err := f.readJSON(file, &c); err != nil {
		return c, err
	}
	for _, n := range []int{
		c.HiddenLayers, c.ProjectionDim, c.TimeCondDim, c.HiddenSize, c.MaxPositionEmbeddings, c.VocabSize, c.SampleSize.height, c.SampleSize.width,
		c.InChannels, c.OutChannels, int(c.CrossAttentionDim), c.LatentChannels,
	} {
		if n < 0 || n > maxSize {
			return c, f.failed(file, fmt.Errorf("%d is no size", n))
		}
	}
	if len(c.BlockOutChannels) > 12 {
		return c, f.failed(file, fmt.Errorf("%d blocks", len(c.BlockOutChannels)))
	}
	return c, nil
}

// loadVocabulary reads the words that the model was trained on; nil when the
// folder does not list them.
func (f folder) loadVocabulary() ([]string, error) {
	if !f.has(vocabularyFile) {
		return nil, nil
	}
	var words []string
	if err := f.readJSON(vocabularyFile, &words); err != nil {
		return nil, err
	}
	return words, nil
}

func (f folder) readJSON(file string, into any) error {
	data, err := f.read(file, maxConfigBytes)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return f.failed(file, fmt.Errorf("is no such JSON as is expected: %w", err))
	}
	return nil
}

// scaling is the factor between the VAE's latents and the UNet's.
func (c partConfig) scaling() (float64, error) {
	if c.ShiftFactor != nil && *c.ShiftFactor != 0 || len(c.LatentsMean) > 0 {
		return 0, fmt.Errorf("latents that are shifted, not only scaled, are not supported")
	}
	if c.ScalingFactor == nil {
		return defaultScalingFactor, nil
	}
	if s := *c.ScalingFactor; !(s > 0) || math.IsInf(s, 1) {
		return 0, fmt.Errorf("scaling_factor is %v", s)
	}
	return *c.ScalingFactor, nil
}
