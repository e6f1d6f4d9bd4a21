package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// index is what is read from model_index.json.
type index struct {
	// Class is the pipeline that the model was exported from. It says little:
	// exporters write their own names, or those of the pipeline before.
	Class string
	// two: the model has a second text encoder and tokenizer, as SDXL has.
	two bool
	// zeroEmpty: the embeddings of an empty prompt are zeros.
	zeroEmpty bool
}

// loadIndex reads model_index.json. A folder without one is known by its parts.
func (f folder) loadIndex() (index, error) {
	var entries map[string]json.RawMessage
	if err := f.readJSON(indexFile, &entries); err != nil {
		if errors.Is(err, fs.ErrNotExist) && f.has("unet/model.onnx") {
			return index{two: f.has("text_encoder_2/model.onnx"), zeroEmpty: true}, nil
		}
		return index{}, err
	}
	i := index{two: namesPart(entries["text_encoder_2"]), zeroEmpty: true}
	for key, into := range map[string]any{"_class_name": &i.Class, "force_zeros_for_empty_prompt": &i.zeroEmpty} {
		if data := entries[key]; data != nil {
			if err := json.Unmarshal(data, into); err != nil {
				return i, f.failed(indexFile, fmt.Errorf("%s: %w", key, err))
			}
		}
	}
	i.zeroEmpty = i.zeroEmpty && i.two
	return i, f.refuseFamily(i, entries)
}

// namesPart reports whether an entry names a part: exporters write null, or null
// for the library and null for the class, for one that is not there.
func namesPart(entry json.RawMessage) bool {
	var both []*string
	return json.Unmarshal(entry, &both) == nil && len(both) == 2 && both[1] != nil && *both[1] != ""
}

// refuseFamily refuses models of other families by their name.
func (f folder) refuseFamily(i index, entries map[string]json.RawMessage) error {
	can := "Stable Diffusion 1, 2 and XL can be used"
	switch {
	case namesPart(entries["transformer"]):
		return f.failed(indexFile, fmt.Errorf("%s draws with a transformer and no UNet: %s", i.Class, can))
	case namesPart(entries["prior"]) || namesPart(entries["movq"]) || strings.Contains(i.Class, "Kandinsky"):
		return f.failed(indexFile, fmt.Errorf("%s is another family: %s", i.Class, can))
	case namesPart(entries["text_encoder_2"]) && !namesPart(entries["text_encoder"]) && entries["text_encoder"] != nil:
		return f.failed(indexFile, fmt.Errorf("%s has only the second text encoder: the refiner of SDXL finishes pictures of the base model and draws none", i.Class))
	case strings.Contains(i.Class, "Upscale"):
		return f.failed(indexFile, fmt.Errorf("%s enlarges pictures and draws none", i.Class))
	}
	return nil
}
