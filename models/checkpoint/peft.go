package checkpoint

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// peftKey is the key of the metadata in which diffusers keeps what peft was
// told. Without it, peft's files have no α, and diffusers takes the rank.
const peftKey = "lora_adapter_metadata"

// A peftConfig is what was said of the LoRA of each part, under names such as
// "unet.lora_alpha".
type peftConfig map[string]json.RawMessage

func (f *File) peftConfig() (peftConfig, error) {
	var c peftConfig
	text := f.metadata[peftKey]
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return nil, fmt.Errorf("%s in its metadata: %w", peftKey, err)
	}
	return c, nil
}

// scale is α/rank, or α/√rank where the LoRA was trained so; 1 where nothing is
// said.
func (c peftConfig) scale(p Part, weight string, rank int) float32 {
	alpha, ok := c.alpha(p, weight)
	if !ok {
		return 1
	}
	var rooted bool
	if json.Unmarshal(c[string(p)+".use_rslora"], &rooted) == nil && rooted {
		return float32(alpha / math.Sqrt(float64(rank)))
	}
	return float32(alpha / float64(rank))
}

// alpha is α of a weight: of the first name of alpha_pattern that the weight's
// ends with, or that of all.
func (c peftConfig) alpha(p Part, weight string) (float64, bool) {
	var pattern map[string]float64
	_ = json.Unmarshal(c[string(p)+".alpha_pattern"], &pattern) // absent or no object: none
	name, longest := "."+strings.TrimSuffix(weight, ".weight"), ""
	for module := range pattern {
		if len(module) > len(longest) && strings.HasSuffix(name, "."+module) {
			longest = module
		}
	}
	if longest != "" {
		return pattern[longest], true
	}
	var alpha float64
	if err := json.Unmarshal(c[string(p)+".lora_alpha"], &alpha); err != nil {
		return 0, false
	}
	return alpha, true
}
