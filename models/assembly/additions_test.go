package assembly_test

import (
	"encoding/binary"
	"image"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/assembly"
	"pentimento/models/checkpoint"
	"pentimento/models/modelstest"
	"pentimento/tests/parity"
)

// A LoRA of some strength draws what weights draw that it was merged into
// beforehand, and several files add up.
func TestLoRADrawsWhatMergedWeightsDraw(t *testing.T) {
	for name, family := range map[string]parity.Family{"sd1_kohya": parity.SD1, "sdxl_kohya": parity.SDXL} {
		t.Run(name, func(t *testing.T) {
			folder, lora := parity.Folder(t, family, parity.F32), parity.File(t, "lora", name, parity.F32)
			with := func(strengths ...float32) *image.NRGBA {
				return draw(t, modelstest.Open(t, withLoRA(folder, lora, strengths...)))
			}
			without, changed := with(), with(.3, .5)
			if moved(changed, without) < 10 {
				t.Errorf("the LoRA moves no value by more than %d levels: nothing is tested", moved(changed, without))
			}
			mergeInto(t, folder, lora, .8)
			same(t, with(), changed)
		})
	}
}

// withLoRA is a model with a LoRA, once for every strength.
func withLoRA(model, lora string, strengths ...float32) models.Source {
	s := models.Source{Path: model}
	for _, strength := range strengths {
		s.LoRAs = append(s.LoRAs, models.LoRA{Path: lora, Strength: strength})
	}
	return s
}

// A LoRA of no strength leaves every graph as it was, and the digest; another
// strength is another model.
func TestStrengthOfALoRA(t *testing.T) {
	model, lora := parity.Checkpoint(t, parity.SD1, parity.F16), parity.File(t, "lora", "sd1_kohya", parity.F16)
	plain, none := withLoRA(model, lora), withLoRA(model, lora, 0)
	graphs := func(s models.Source) map[string]string {
		a, err := assembly.Open(s)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for part := range a.Weights {
			data, err := fs.ReadFile(a.Files, part+"/model.onnx")
			if err != nil {
				t.Fatal(err)
			}
			all[part] = string(data)
		}
		return all
	}
	if is := graphs(none); !maps.Equal(is, graphs(plain)) || maps.Equal(is, graphs(withLoRA(model, lora, .8))) || len(is) < 4 {
		t.Error("a LoRA of no strength changes a graph, or one of some strength none")
	}
	some := digest(t, withLoRA(model, lora, .8))
	if own := digest(t, plain); digest(t, none) != own || some == own || some == digest(t, withLoRA(model, lora, .3, .5)) {
		t.Error("the digest does not tell the strengths apart")
	}
}

// moved is the greatest difference of two pictures' values.
func moved(a, b *image.NRGBA) int {
	most := 0
	for i := range a.Pix {
		most = max(most, int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return most
}

// mergeInto adds a LoRA to the weights in the files of a folder.
func mergeInto(t *testing.T, folder, path string, strength float32) {
	t.Helper()
	parts := map[checkpoint.Part]*checkpoint.Weights{}
	for _, p := range []checkpoint.Part{checkpoint.PartUNet, checkpoint.PartText, checkpoint.PartText2} {
		files, err := filepath.Glob(filepath.Join(folder, string(p), "*.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if parts[p], err = openFile(t, file).Part(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	unet, err := parts[checkpoint.PartUNet].UNet()
	if err != nil {
		t.Fatal(err)
	}
	family, err := unet.Family()
	if err != nil {
		t.Fatal(err)
	}
	lora, err := openFile(t, path).LoRA(family, parts)
	if err != nil {
		t.Fatal(err)
	}
	for p, terms := range lora.Terms {
		for name, term := range terms {
			weight, err := parts[p].Tensor(name)
			if err != nil {
				t.Fatal(err)
			}
			merge(t, weight, term, strength)
		}
	}
}

// merge writes W + strength · scale · up · down where W is.
func merge(t *testing.T, weight checkpoint.Tensor, term checkpoint.Term, strength float32) {
	t.Helper()
	var values [3][]float32
	for i, tensor := range []checkpoint.Tensor{weight, term.Up, term.Down} {
		var err error
		if values[i], err = tensor.Float32(); err != nil {
			t.Fatal(err)
		}
	}
	sum, up, down := values[0], values[1], values[2]
	rank, columns := term.Down.Shape[0], len(sum)/weight.Shape[0]
	data := make([]byte, 0, weight.Length)
	for i, v := range sum {
		product := 0.
		for k := range rank {
			product += float64(up[i/columns*rank+k]) * float64(down[k*columns+i%columns])
		}
		v += float32(float64(strength*term.Scale) * product)
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	file, err := os.OpenFile(weight.File, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(data, weight.Offset); err != nil {
		t.Fatal(err)
	}
}

func openFile(t *testing.T, path string) *checkpoint.File {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// The same matrices under the names of kohya and of peft are one LoRA.
func TestNamesOfKohyaAndPEFTAreOneLoRA(t *testing.T) {
	peft := parity.File(t, "lora", "sd1_peft", parity.F32)
	kohya := filepath.Join(t.TempDir(), "kohya.safetensors")
	shapes, values := map[string][]int{}, map[string][]float32{}
	f := openFile(t, peft)
	for _, name := range f.Names() {
		module, end, _ := strings.Cut(name, ".lora_")
		module = strings.NewReplacer("text_encoder.", "lora_te_", "unet.", "lora_unet_").Replace(module)
		module = strings.ReplaceAll(module, ".", "_")
		to := module + map[string]string{"A.weight": ".lora_down.weight", "B.weight": ".lora_up.weight"}[end]
		tensor, _ := f.Tensor(name)
		var err error
		if values[to], err = tensor.Float32(); err != nil {
			t.Fatal(err)
		}
		shapes[to], shapes[module+".alpha"], values[module+".alpha"] = tensor.Shape, []int{}, []float32{4}
	}
	parity.WriteTensors(t, kohya, parity.F32, shapes, values)
	model := openFile(t, parity.Checkpoint(t, parity.SD1, parity.F16))
	parts := map[checkpoint.Part]*checkpoint.Weights{}
	for _, p := range []checkpoint.Part{checkpoint.PartUNet, checkpoint.PartText} {
		var err error
		if parts[p], err = model.Part(p); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := termsOf(t, peft, parts), termsOf(t, kohya, parts); !reflect.DeepEqual(a, b) || len(a) < 10 {
		t.Errorf("%d terms of peft's names are not the %d of kohya's", len(a), len(b))
	}
}

// termsOf are the scale and the values of all that a LoRA adds, by weight.
func termsOf(t *testing.T, path string, parts map[checkpoint.Part]*checkpoint.Weights) map[string][]float32 {
	t.Helper()
	lora, err := openFile(t, path).LoRA(checkpoint.SD1, parts)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]float32{}
	for p, terms := range lora.Terms {
		for weight, term := range terms {
			up, err := term.Up.Float32()
			if err != nil {
				t.Fatal(err)
			}
			down, err := term.Down.Float32()
			if err != nil {
				t.Fatal(err)
			}
			all[string(p)+"."+weight] = slices.Concat([]float32{term.Scale}, up, down)
		}
	}
	return all
}

// Learned words are read as diffusers reads them, those of several files by
// their own tokens, and all other words as before.
func TestLearnedWordsAreReadAsByDiffusers(t *testing.T) {
	fixture := parity.Open(t, "embedding")
	var word, prompt string
	fixture.Info("word", &word)
	fixture.Info("prompt", &prompt)
	compare := func(m *models.Model, name, word string) {
		t.Helper()
		text, err := m.EncodeText(t.Context(), strings.ReplaceAll(prompt, "<thing>", word))
		if err != nil {
			t.Fatal(err)
		}
		near(t, name, text.Embeddings, fixture.Array(name+".text"))
		if text.Pooled != nil {
			near(t, name+", pooled", text.Pooled, fixture.Array(name+".pooled"))
		}
	}
	one, several := parity.File(t, "embedding", "one", parity.F32), parity.File(t, "embedding", "several", parity.F16)
	s := models.Source{Path: parity.Checkpoint(t, parity.SD1, parity.F32), Embeddings: []models.Embedding{
		{Path: several, Word: "toy-3"}, {Path: one}, // whose word is in the file
	}}
	m := modelstest.Open(t, s)
	if m.Digest() == digest(t, models.Source{Path: s.Path}) {
		t.Error("the words are not in the digest")
	}
	compare(m, "one", word)
	compare(m, "several", "toy-3")
	compareTexts(t, m, parity.SD1)
	e := m.Tokenizer().Encode("a TOY-3, " + word)
	if want := []int{49408, 49409, 49410, 267, 49411}; !slices.Equal(e.IDs[2:7], want) {
		t.Errorf("the tokens are %v, want %v", e.IDs[2:7], want)
	}
	compare(modelstest.Open(t, models.Source{Path: parity.Checkpoint(t, parity.SDXL, parity.F32), Embeddings: []models.Embedding{
		{Path: parity.File(t, "embedding", "sdxl", parity.F32), Word: word},
	}}), "sdxl", word)
}

func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	d, err := parity.Distance(got, want)
	if t.Logf("%s is %.1e from what diffusers has", what, d); err != nil || !(d < 1e-4) {
		t.Errorf("%s is %.1e from what diffusers has, %v", what, d, err)
	}
}

// A report says what the model was changed with.
func TestReportOfAdditions(t *testing.T) {
	lora := filepath.Join(t.TempDir(), "style.safetensors")
	const module = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
	shapes, values := map[string][]int{}, map[string][]float32{}
	for name, shape := range map[string][]int{
		module + ".lora_down.weight": {1, 32}, module + ".lora_up.weight": {32, 1},
		"lora_unet_stray.lora_down.weight": {1, 1}, "lora_unet_stray.lora_up.weight": {1, 1},
	} {
		shapes[name], values[name] = shape, make([]float32, shape[0]*shape[1])
	}
	parity.WriteTensors(t, lora, parity.F16, shapes, values)
	r, err := models.Check(t.Context(), models.Source{
		Path:       parity.Checkpoint(t, parity.SD1, parity.F16),
		LoRAs:      []models.LoRA{{Path: lora, Strength: .8}},
		Embeddings: []models.Embedding{{Path: parity.File(t, "embedding", "one", parity.F32)}},
	}, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"style.safetensors at 0.8, weights changed: 1", "2 of its tensors are for no weight of this model: lora_unet_stray.lora_down.weight, lora_unet_stray.lora_up.weight",
		`the word "<thing>", tokens: 1`, "The model can be used.",
	} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, r)
		}
	}
}

// What a model can't be changed with is refused in a sentence.
func TestAdditionsRefused(t *testing.T) {
	path := parity.Checkpoint(t, parity.SD1, parity.F16)
	word, kohya := parity.File(t, "embedding", "several", parity.F32), parity.File(t, "lora", "sd1_kohya", parity.F32)
	loras := func(path string, strength float32) []models.LoRA {
		return []models.LoRA{{Path: path, Strength: strength}}
	}
	words := func(path string, words ...string) (all []models.Embedding) {
		for _, w := range words {
			all = append(all, models.Embedding{Path: path, Word: w})
		}
		return all
	}
	graphs := t.TempDir()
	if err := os.Mkdir(filepath.Join(graphs, "unet"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(graphs, "unet", "model.onnx"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		source models.Source
		want   string
	}{
		"no file":             {models.Source{Path: path, LoRAs: loras("none.safetensors", 1)}, "none.safetensors"},
		"SDXL's LoRA":         {models.Source{Path: path, LoRAs: loras(parity.File(t, "lora", "sdxl_peft", parity.F32), 1)}, "is a LoRA for"},
		"SDXL's, not used":    {models.Source{Path: path, LoRAs: loras(parity.File(t, "lora", "sdxl_peft", parity.F32), 0)}, "is a LoRA for"},
		"no strength":         {models.Source{Path: path, LoRAs: loras(kohya, float32(math.NaN()))}, "is no number"},
		"a word for a LoRA":   {models.Source{Path: path, LoRAs: loras(word, 1)}, "no file that is known here"},
		"a LoRA for a word":   {models.Source{Path: path, Embeddings: words(kohya, "toy-1")}, "a textual inversion is wanted here"},
		"SDXL's word":         {models.Source{Path: path, Embeddings: words(parity.File(t, "embedding", "sdxl", parity.F32), "toy-1")}, "for Stable Diffusion XL"},
		"a usual word":        {models.Source{Path: path, Embeddings: words(word, "cat")}, "the model knows it already"},
		"a file's usual name": {models.Source{Path: path, Embeddings: words(word, "")}, "--embedding FILE:WORD"},
		"one word, twice":     {models.Source{Path: path, Embeddings: words(word, "toy-1", "Toy-1")}, "it is there twice"},
		"a LoRA on graphs":    {models.Source{Path: graphs, LoRAs: loras(kohya, 1)}, "can't be replaced or changed"},
		"a word for graphs":   {models.Source{Path: graphs, Embeddings: words(word, "toy-1")}, "can't be replaced or changed"},
	} {
		_, err := models.Read(t.Context(), c.source, models.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A value of a LoRA that is no number is refused by its tensor's name.
func TestAdditionNotFinite(t *testing.T) {
	lora := parity.File(t, "lora", "sd1_kohya", parity.F32)
	f := openFile(t, lora)
	name := f.Names()[1]
	tensor, _ := f.Tensor(name)
	file, err := os.OpenFile(lora, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte{0, 0, 0xC0, 0x7F}, tensor.Offset); err != nil {
		t.Fatal(err)
	}
	_, err = models.Read(t.Context(), models.Source{
		Path: parity.Checkpoint(t, parity.SD1, parity.F16), LoRAs: []models.LoRA{{Path: lora, Strength: 1}},
	}, models.Options{})
	if err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("%v", err)
	}
}
