package models

import (
	"testing"
	"testing/fstest"
)

// Whatever a configuration file holds, reading it ends in sizes that can be
// believed or in an error.
func FuzzConfigs(f *testing.F) {
	for _, seed := range []string{
		`{"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}`,
		`{"num_train_timesteps": 2, "trained_betas": [0.1, 0.2], "prediction_type": "v_prediction"}`,
		`{"sample_size": [64, 96], "cross_attention_dim": [768, 768], "in_channels": 4}`,
		`{"scaling_factor": 0.18215, "block_out_channels": [128, 256, 512, 512], "sample_size": null}`,
		`{"scaling_factor": 1e308, "shift_factor": -0, "sample_size": []}`,
		`["a", "b"]`, `null`, `{"sample_size": 99999999999999999999}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{}
		for _, file := range []string{schedulerFile, indexFile, vocabularyFile, "unet/" + partConfigFile} {
			fsys[file] = &fstest.MapFile{Data: data}
		}
		folder := folder{fs: fsys, name: "fuzzed"}
		if s, _, err := folder.loadSchedule(); err == nil && (s.TrainSteps < 1 || len(s.TrainedBetas) > s.TrainSteps) {
			t.Errorf("schedule %+v", s)
		}
		if c, err := folder.loadPartConfig("unet"); err == nil {
			if c.SampleSize.height < 0 || c.SampleSize.width > maxSize || c.CrossAttentionDim < 0 {
				t.Errorf("config %+v", c)
			}
			if s, err := c.scaling(); err == nil && !(s > 0) {
				t.Errorf("scaled by %v", s)
			}
		}
		_, indexErr := folder.loadIndex()
		_, vocabularyErr := folder.loadVocabulary()
		if indexErr == nil && vocabularyErr == nil && string(data) == "" {
			t.Error("an empty file was read")
		}
	})
}
