package assembly_test

import (
	"encoding/binary"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/checkpoint"
	"pentimento/models/modelstest"
	"pentimento/tests/parity"
)

// A LoRA of no strength leaves every value as it was, and one of some strength
// draws what weights draw that it was merged into beforehand.
func TestLoRADrawsWhatMergedWeightsDraw(t *testing.T) {
	for name, family := range map[string]parity.Family{"sd1_kohya": parity.SD1, "sdxl_kohya": parity.SDXL} {
		t.Run(name, func(t *testing.T) {
			folder, lora := parity.Folder(t, family, parity.F32), parity.File(t, "lora", name, parity.F32)
			with := func(strengths ...float32) *models.Model {
				s := models.Source{Path: folder}
				for _, strength := range strengths {
					s.LoRAs = append(s.LoRAs, models.LoRA{Path: lora, Strength: strength})
				}
				return modelstest.Open(t, s)
			}
			plain, none, some, twice := with(), with(0), with(.8), with(.3, .5)
			without := draw(t, plain)
			if !slices.Equal(draw(t, none).Pix, without.Pix) || none.Digest() != plain.Digest() {
				t.Error("a LoRA of no strength is another model")
			}
			if some.Digest() == plain.Digest() || some.Digest() == twice.Digest() {
				t.Error("the strength is not in the digest")
			}
			changed := draw(t, some)
			if moved(changed, without) < 10 {
				t.Errorf("the LoRA moves no value by more than %d levels: nothing is tested", moved(changed, without))
			}
			same(t, draw(t, twice), changed)
			mergeInto(t, folder, lora, .8)
			same(t, draw(t, with()), changed)
		})
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
	path := parity.Checkpoint(t, parity.SD1, parity.F16)
	a := draw(t, modelstest.Open(t, models.Source{Path: path, LoRAs: []models.LoRA{{Path: peft, Strength: 1}}}))
	b := draw(t, modelstest.Open(t, models.Source{Path: path, LoRAs: []models.LoRA{{Path: kohya, Strength: 1}}}))
	if !slices.Equal(a.Pix, b.Pix) {
		t.Errorf("the pictures are up to %d levels apart", moved(a, b))
	}
}

// A learned word is read as diffusers reads it.
func TestLearnedWordsAreReadAsByDiffusers(t *testing.T) {
	fixture := parity.Open(t, "embedding")
	var word, prompt string
	fixture.Info("word", &word)
	fixture.Info("prompt", &prompt)
	for name, family := range map[string]parity.Family{"one": parity.SD1, "several": parity.SD1, "sdxl": parity.SDXL} {
		s := models.Source{Path: parity.Checkpoint(t, family, parity.F32)}
		plain := modelstest.Open(t, s)
		s.Embeddings = []models.Embedding{{Path: parity.File(t, "embedding", name, parity.F32), Word: word}}
		if name == "one" {
			s.Embeddings[0].Word = "" // it is in the file
		}
		m := modelstest.Open(t, s)
		if m.Digest() == plain.Digest() {
			t.Errorf("%s: the word is not in the digest", name)
		}
		text, err := m.EncodeText(t.Context(), prompt)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name, text.Embeddings, fixture.Array(name+".text"))
		if text.Pooled != nil {
			near(t, name+", pooled", text.Pooled, fixture.Array(name+".pooled"))
		}
		other, err := m.EncodeText(t.Context(), "a photo of a horse")
		if err != nil {
			t.Fatal(err)
		}
		same, err := plain.EncodeText(t.Context(), "a photo of a horse")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(other.Embeddings, same.Embeddings) {
			t.Errorf("%s: a prompt without the word is read another way", name)
		}
	}
}

func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	d, err := parity.Distance(got, want)
	if t.Logf("%s is %.1e from what diffusers has", what, d); err != nil || !(d < 1e-4) {
		t.Errorf("%s is %.1e from what diffusers has, %v", what, d, err)
	}
}

// Several files each teach their own word.
func TestSeveralWords(t *testing.T) {
	one, several := parity.File(t, "embedding", "one", parity.F32), parity.File(t, "embedding", "several", parity.F16)
	m := modelstest.Open(t, models.Source{Path: parity.Checkpoint(t, parity.SD1, parity.F16), Embeddings: []models.Embedding{
		{Path: several, Word: "toy-3"}, {Path: one, Word: "toy-1"},
	}})
	e := m.Tokenizer().Encode("a TOY-3, Toy-1")
	if want := []int{49408, 49409, 49410, 267, 49411}; !slices.Equal(e.IDs[2:7], want) {
		t.Errorf("the tokens are %v, want %v", e.IDs[2:7], want)
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
