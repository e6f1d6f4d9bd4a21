package hub_test

import (
	"slices"
	"strings"
	"testing"

	"pentimento/models/hub"
)

func TestChoose(t *testing.T) {
	sd := []string{"model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json",
		"tokenizer/vocab.json", "tokenizer/merges.txt", "scheduler/scheduler_config.json"}
	plain := []string{"unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"}
	half := []string{"unet/diffusion_pytorch_model.fp16.safetensors", "vae/diffusion_pytorch_model.fp16.safetensors", "text_encoder/model.fp16.safetensors"}
	sharded := []string{"unet/diffusion_pytorch_model-00001-of-00002.safetensors", "unet/diffusion_pytorch_model-00002-of-00002.safetensors", "unet/diffusion_pytorch_model.safetensors.index.json"}
	shardedHalf := []string{"unet/diffusion_pytorch_model.fp16-00001-of-00002.safetensors", "unet/diffusion_pytorch_model-00002-of-00002.fp16.safetensors", "unet/diffusion_pytorch_model.safetensors.index.fp16.json"}
	onnx := []string{"unet/model.onnx", "unet/model.onnx_data", "unet/weights.pb", "unet/onnx__MatMul_9055", "vae_decoder/model.onnx", "vae_encoder/model.onnx", "text_encoder/model.onnx"}
	doubles := []string{"unet/diffusion_pytorch_model.bin", "unet/diffusion_flax_model.msgpack", "unet/diffusion_pytorch_model.non_ema.safetensors",
		"unet/openvino_model.xml", "unet/model_quantized.onnx", "README.md", ".gitattributes", "sd.ckpt", "sd_xl_base_1.0.safetensors", "safety_checker/model.safetensors", "vae_1_0/config.json"}
	for name, c := range map[string]struct {
		has  [][]string
		wish hub.Wish
		want [][]string
	}{
		"a diffusers folder":           {[][]string{sd, plain, half, onnx, doubles}, hub.Wish{}, [][]string{sd, plain}},
		"its variant":                  {[][]string{sd, plain, half, doubles}, hub.Wish{Variant: "fp16"}, [][]string{sd, half}},
		"a variant that a part lacks":  {[][]string{sd, plain, half[:1]}, hub.Wish{Variant: "fp16"}, [][]string{sd, half[:1], plain[1:]}},
		"nothing but a variant":        {[][]string{sd, half}, hub.Wish{}, [][]string{sd, half}},
		"in pieces":                    {[][]string{sd, sharded, plain[1:], shardedHalf}, hub.Wish{}, [][]string{sd, sharded, plain[1:]}},
		"a variant in pieces":          {[][]string{sd, sharded, half[1:], shardedHalf}, hub.Wish{Variant: "fp16"}, [][]string{sd, shardedHalf, half[1:]}},
		"only ONNX":                    {[][]string{sd, onnx, doubles[:2], doubles[3:]}, hub.Wish{}, [][]string{sd, onnx}},
		"ONNX without an index":        {[][]string{sd[1:], onnx}, hub.Wish{}, [][]string{sd[1:], onnx}},
		"a single file":                {[][]string{{"dream.safetensors", "dream.ckpt", "README.md"}}, hub.Wish{}, [][]string{{"dream.safetensors"}}},
		"the half of two single files": {[][]string{{"dream.safetensors", "dream-fp16.safetensors"}}, hub.Wish{Variant: "fp16"}, [][]string{{"dream-fp16.safetensors"}}},
		"a named file":                 {[][]string{sd, plain, doubles}, hub.Wish{Files: []string{"sd_xl_base_1.0.safetensors"}}, [][]string{{"sd_xl_base_1.0.safetensors"}}},
		"a pattern":                    {[][]string{sd, plain, onnx}, hub.Wish{Files: []string{"vae_*/*.onnx", "model_index.json"}}, [][]string{onnx[4:6], sd[:1]}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := repository(c.has...).Choose(c.wish)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, f := range got {
				names = append(names, f.Name)
			}
			want := slices.Concat(c.want...)
			slices.Sort(names)
			slices.Sort(want)
			if !slices.Equal(names, want) {
				t.Errorf("chose\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestChooseAsks(t *testing.T) {
	for name, c := range map[string]struct {
		has  []string
		wish hub.Wish
		want string
	}{
		"several":             {[]string{"a.safetensors", "b.safetensors"}, hub.Wish{}, "\"pentimento models get owner/name a.safetensors\"; there are\n  a.safetensors  (2.0 MB)\n  b.safetensors  (2.0 MB)"},
		"pickles":             {[]string{"a.ckpt", "README.md"}, hub.Wish{}, "can run code when they are opened: look for another copy of the model; it has\n  a.ckpt"},
		"a folder of pickles": {[]string{"model_index.json", "unet/diffusion_pytorch_model.bin"}, hub.Wish{}, "without a UNet as .safetensors or ONNX"},
		"another family":      {[]string{"a.gguf"}, hub.Wish{}, "neither a diffusers folder nor a .safetensors file; it has\n  a.gguf"},
		"empty":               {nil, hub.Wish{}, "it has\n  nothing"},
		"no such file":        {[]string{"a.safetensors"}, hub.Wish{Files: []string{"b.safetensors"}}, "has no file b.safetensors; it has\n  a.safetensors"},
		"no pattern":          {[]string{"a.safetensors"}, hub.Wish{Files: []string{"[a"}}, "is no pattern"},
		"no such variant":     {[]string{"model_index.json", "unet/diffusion_pytorch_model.fp16.safetensors"}, hub.Wish{Variant: "bf16"}, `has no variant "bf16"; it has fp16`},
		"no variants":         {[]string{"model_index.json", "unet/diffusion_pytorch_model.safetensors"}, hub.Wish{Variant: "fp16"}, "leave out --variant"},
		"variants of ONNX":    {[]string{"model_index.json", "unet/model.onnx"}, hub.Wish{Variant: "fp16"}, "leave out --variant"},
		"variant of a file":   {[]string{"a.safetensors"}, hub.Wish{Variant: "fp16"}, `no .safetensors file with "fp16"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := repository(c.has).Choose(c.wish)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// repository has files of those names.
func repository(names ...[]string) *hub.Repository {
	r := &hub.Repository{Ref: hub.Ref{Owner: "owner", Name: "name", Revision: "main"}}
	for _, name := range slices.Concat(names...) {
		r.Files = append(r.Files, hub.File{Name: name, Size: 2e6})
	}
	return r
}
