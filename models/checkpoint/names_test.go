package checkpoint

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A known tensor is one of a real checkpoint, and what diffusers' converters
// make of it (tests/reference/checkpoint_names.py).
type known struct {
	entry
	becomes []becomes
}

type becomes struct {
	part       Part
	name       string
	shape      []int
	third      int
	transposed bool
}

func readKnown(t *testing.T, family string) []known {
	t.Helper()
	raw, err := os.Open(filepath.Join("testdata", family+".txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	unzipped, err := gzip.NewReader(raw)
	if err != nil {
		t.Fatal(err)
	}
	shape := func(text string) []int {
		if text == "-" {
			return []int{}
		}
		var shape []int
		for side := range strings.SplitSeq(text, "x") {
			n, err := strconv.Atoi(side)
			if err != nil {
				t.Fatal(err)
			}
			shape = append(shape, n)
		}
		return shape
	}
	var all []known
	lines := bufio.NewScanner(unzipped)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		k := known{entry: entry{name: fields[0], dtype: F16, shape: shape(fields[1])}}
		for _, field := range fields[2:] {
			if field == "-" {
				continue
			}
			words := strings.Split(field, ":")
			b := becomes{part: Part(words[0]), name: words[1]}
			sides, third, _ := strings.Cut(strings.TrimSuffix(words[2], "^"), "/")
			b.shape, b.transposed = shape(sides), strings.HasSuffix(words[2], "^")
			b.third, _ = strconv.Atoi(third)
			k.becomes = append(k.becomes, b)
		}
		all = append(all, k)
	}
	if err := lines.Err(); err != nil || len(all) < 1000 {
		t.Fatalf("%d tensors, %v", len(all), err)
	}
	return all
}

// The real models, by what is to be found in them.
func realModels() map[string]Architecture {
	down := func(heads int, depths ...int) Block {
		return Block{Resnets: len(depths), Depths: depths, Heads: heads, Resample: true}
	}
	level := func(channels int, b Block) Block { b.Channels = channels; return b }
	end := func(b Block) Block { b.Resample = false; return b }
	vae := VAE{
		Channels: 3, LatentChannels: 4, Blocks: []int{128, 256, 512, 512}, Layers: 2, QuantConv: true, PostQuantConv: true,
		MiddleAttention: true, Encoder: true, Decoder: true, ScalingFactor: 0.18215, NormGroups: 32,
	}
	vaeXL := vae
	vaeXL.ScalingFactor = 0.13025
	clip := TextEncoder{Layers: 12, Width: 768, Heads: 12, MLP: 3072, Positions: 77, Vocabulary: 49408, Activation: "quick_gelu"}
	sd := func(a, b, c, d, cross int, linear bool) UNet {
		return UNet{
			InChannels: 4, OutChannels: 4, TimeWidth: 1280, CrossWidth: cross, Linear: linear, NormGroups: 32,
			Down: []Block{
				level(320, down(a, 1, 1)), level(640, down(b, 1, 1)), level(1280, down(c, 1, 1)), level(1280, end(down(0, 0, 0))),
			},
			Middle: level(1280, Block{Resnets: 2, Depths: []int{1}, Heads: d}),
			Up: []Block{
				level(1280, down(0, 0, 0, 0)), level(1280, down(c, 1, 1, 1)), level(640, down(b, 1, 1, 1)), level(320, end(down(a, 1, 1, 1))),
			},
		}
	}
	return map[string]Architecture{
		"sd1": {Family: SD1, UNet: sd(8, 8, 8, 8, 768, false), VAE: vae, Text: []TextEncoder{clip}},
		"sd2": {Family: SD2, UNet: sd(5, 10, 20, 20, 1024, true), VAE: vae, Text: []TextEncoder{
			{Layers: 23, Width: 1024, Heads: 16, MLP: 4096, Positions: 77, Vocabulary: 49408, Activation: "gelu"},
		}},
		"sdxl": {Family: SDXL, VAE: vaeXL,
			Text: []TextEncoder{clip, {Layers: 32, Width: 1280, Heads: 20, MLP: 5120, Positions: 77, Vocabulary: 49408, Activation: "gelu", Projection: 1280}},
			UNet: UNet{
				InChannels: 4, OutChannels: 4, TimeWidth: 1280, CrossWidth: 2048, Linear: true, NormGroups: 32, AddWidth: 2816, AddTimeWidth: 256,
				Down:   []Block{level(320, down(0, 0, 0)), level(640, down(10, 2, 2)), level(1280, end(down(20, 10, 10)))},
				Middle: level(1280, Block{Resnets: 2, Depths: []int{10}, Heads: 20}),
				Up:     []Block{level(1280, down(20, 10, 10, 10)), level(640, down(10, 2, 2, 2)), level(320, end(down(0, 0, 0, 0)))},
			},
		},
	}
}

// A file of a real model's size and names has each tensor where diffusers'
// converters find it, and nothing else; its architecture is the model's.
func TestNamesOfRealModels(t *testing.T) {
	for family, want := range realModels() {
		t.Run(family, func(t *testing.T) {
			all := readKnown(t, family)
			var entries []entry
			for _, k := range all {
				entries = append(entries, k.entry)
			}
			f := open(t, write(t, "model.safetensors", nil, entries))
			parts := map[Part]*Weights{}
			for _, p := range []Part{PartUNet, PartVAE, PartText, PartText2} {
				if p == PartText2 && want.Family != SDXL {
					continue
				}
				parts[p] = part(t, f, p)
			}
			found := 0
			for _, k := range all {
				for _, b := range k.becomes {
					checkBecomes(t, f, parts[b.part], k, b)
					found++
				}
			}
			for p, w := range parts {
				found -= len(w.Names())
				if len(w.Unknown()) > 0 {
					t.Errorf("the %s has tensors that no rule knows: %v", p, w.Unknown())
				}
			}
			if found != 0 {
				t.Errorf("%d tensors less than diffusers has", found)
			}
			checkArchitecture(t, want, parts)
			contents, err := Recognise(f)
			if err != nil || contents.Kind != KindModel || contents.Family != want.Family || len(contents.Missing) > 0 {
				t.Errorf("recognised as %+v, %v", contents, err)
			}
		})
	}
}

func checkBecomes(t *testing.T, f *File, w *Weights, k known, b becomes) {
	t.Helper()
	got, err := w.Tensor(b.name)
	if err != nil {
		t.Error(err)
		return
	}
	stored, _ := f.Tensor(k.name)
	third := int64(0)
	if strings.Contains(k.name, "in_proj") {
		third = int64(b.third) * stored.Length / 3
	}
	if got.Name != k.name || !slices.Equal(got.Shape, b.shape) || got.Transposed != b.transposed || got.Offset != stored.Offset+third {
		t.Errorf("%s is %+v, want %+v of %s", b.name, got, b, k.name)
	}
}

func checkArchitecture(t *testing.T, want Architecture, parts map[Part]*Weights) {
	t.Helper()
	text := []*Weights{parts[PartText]}
	if parts[PartText2] != nil {
		text = append(text, parts[PartText2])
	}
	got, err := Describe(parts[PartUNet], parts[PartVAE], text...)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
}

// The files of a diffusers folder have the names already, in three dialects:
// today's, the VAE's of 2022, and CLIP's without its first word.
func TestNamesOfDiffusersFolders(t *testing.T) {
	old := strings.NewReplacer("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn")
	for family, want := range realModels() {
		t.Run(family, func(t *testing.T) {
			entries, names := map[Part][]entry{}, map[Part][]string{}
			for _, k := range readKnown(t, family) {
				for _, b := range k.becomes {
					names[b.part] = append(names[b.part], b.name)
					stored := b.name
					if b.part == PartVAE {
						stored = old.Replace(stored)
					}
					if b.part == PartText {
						stored = strings.TrimPrefix(stored, "text_model.")
					}
					entries[b.part] = append(entries[b.part], entry{name: stored, dtype: F16, shape: b.shape})
				}
			}
			parts := map[Part]*Weights{}
			for p := range entries {
				parts[p] = part(t, open(t, write(t, string(p)+".safetensors", nil, entries[p])), p)
				slices.Sort(names[p])
				if !slices.Equal(parts[p].Names(), names[p]) || len(parts[p].Unknown()) > 0 {
					t.Errorf("the %s has %d tensors of %d, unknown: %v", p, len(parts[p].Names()), len(names[p]), parts[p].Unknown())
				}
			}
			checkArchitecture(t, want, parts)
		})
	}
}
