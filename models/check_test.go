package models_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

// pocketDir is a copy of the pocket model on the disk, for tests that spoil it.
func pocketDir(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "model")
	if err := os.CopyFS(dir, pocket.Files()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCheck(t *testing.T) {
	dir := pocketDir(t)
	r, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{Runtime: runtimetest.Load(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) > 0 || len(r.Parts) != 4 || len(r.Digest) != 64 || r.Prepared != "" {
		t.Errorf("report %+v", r)
	}
	m := openPocket(t)
	if r.Digest != m.Digest() {
		t.Errorf("digest %s in a folder, %s built in", r.Digest, m.Digest())
	}
	text := r.String()
	for _, want := range []string{"The model can be used.", "vae_decoder", "cross", "self", "16×16", r.Layers[0].Name} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestCheckWithoutARuntimeFindsTheLayers(t *testing.T) {
	r, err := models.Check(t.Context(), models.Source{Path: pocketDir(t)}, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Layers) == 0 || len(r.Problems) > 0 {
		t.Errorf("%d layers, problems %v", len(r.Layers), r.Problems)
	}
}

func TestCheckReportsEveryProblem(t *testing.T) {
	dir := pocketDir(t)
	for _, file := range []string{"scheduler/scheduler_config.json", "vae_decoder/model.onnx"} {
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{Runtime: runtimetest.Load(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) != 2 || len(r.Layers) == 0 {
		t.Errorf("problems %v, %d layers", r.Problems, len(r.Layers))
	}
	if !strings.Contains(r.String(), "The model can't be used:") {
		t.Error(r.String())
	}
}

func TestPrepareIsUsedByOpen(t *testing.T) {
	dir, cache := pocketDir(t), filepath.Join(t.TempDir(), "cache")
	o := models.Options{Runtime: runtimetest.Load(t), Device: "cpu", CacheDir: cache}
	r, err := models.Prepare(t.Context(), models.Source{Path: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(r.Prepared) != cache {
		t.Fatalf("prepared %q", r.Prepared)
	}
	before, err := os.Stat(r.Prepared)
	if err != nil {
		t.Fatal(err)
	}
	m, err := models.Open(t.Context(), models.Source{Path: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	if after, err := os.Stat(r.Prepared); err != nil || !os.SameFile(before, after) {
		t.Errorf("opening made the prepared UNet again (%v)", err)
	}
	fresh := openPocket(t)
	b := batchOf(t, m, blond)
	if d := difference(denoise(t, m, b).Noise, denoise(t, fresh, b).Noise); d > 0 {
		t.Errorf("prepared and fresh differ by %g", d)
	}
}

// What another version of the program prepared is not used, and goes.
func TestOlderPreparedIsReplaced(t *testing.T) {
	dir, cache := pocketDir(t), t.TempDir()
	o := models.Options{Runtime: runtimetest.Load(t), Device: "cpu", CacheDir: cache}
	r, err := models.Prepare(t.Context(), models.Source{Path: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	unet, _, _ := strings.Cut(filepath.Base(r.Prepared), "-")
	older := filepath.Join(cache, unet+"-0123456789.onnx")
	other := filepath.Join(cache, "another model-0123456789.onnx")
	for _, file := range []string{older, other} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(r.Prepared); err != nil {
		t.Fatal(err)
	}
	if _, err := models.Prepare(t.Context(), models.Source{Path: dir}, o); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(older); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the older one is still there (%v)", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("another model's was removed: %v", err)
	}
}

func TestDamagedCacheIsMadeAgain(t *testing.T) {
	dir, cache := pocketDir(t), t.TempDir()
	o := models.Options{Runtime: runtimetest.Load(t), Device: "cpu", CacheDir: cache}
	r, err := models.Prepare(t.Context(), models.Source{Path: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.Stat(r.Prepared)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() error{
		"graph cut short": func() error { return os.Truncate(r.Prepared, 100) },
		"no graph":        func() error { return os.Remove(r.Prepared) },
		"bad description": func() error {
			return os.WriteFile(strings.TrimSuffix(r.Prepared, ".onnx")+".json", []byte("{"), 0o644)
		},
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, err := models.Prepare(t.Context(), models.Source{Path: dir}, o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.Stat(r.Prepared); err != nil || now.Size() != whole.Size() {
			t.Errorf("%s: not made again (%v)", name, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(cache, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v (%v)", left, err)
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	notAFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notAFolder, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o := models.Options{Runtime: runtimetest.Load(t), Device: "cpu", CacheDir: notAFolder}
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", o)
	if err != nil {
		t.Fatalf("a model must open without its cache: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if _, err := models.Prepare(t.Context(), models.Source{Path: pocketDir(t)}, o); err == nil {
		t.Error("preparing into no folder is no error")
	}
}

func TestList(t *testing.T) {
	dir := pocketDir(t)
	for _, where := range []string{dir, filepath.Dir(dir)} {
		found, err := models.List(where)
		if err != nil || len(found) != 1 || found[0].Name != "model" || found[0].Bytes < 1e6 || found[0].Class == "" {
			t.Errorf("%s: %+v, %v", where, found, err)
		}
	}
	if found, err := models.List(t.TempDir()); err != nil || len(found) != 0 {
		t.Errorf("in an empty folder: %v, %v", found, err)
	}
	if _, err := models.List(filepath.Join(dir, "absent")); err == nil {
		t.Error("a missing folder was listed")
	}
}

// editJSON changes entries of a JSON file; nil removes one.
func editJSON(t *testing.T, file string, changes map[string]any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(data, &object); err != nil {
		t.Fatal(err)
	}
	for key, value := range changes {
		object[key] = value
		if value == nil {
			delete(object, key)
		}
	}
	if data, err = json.Marshal(object); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every way in which a folder can be broken is one error that names the file
// and says what is wrong, before anything runs.
func TestBrokenFolders(t *testing.T) {
	pocket := pocketDir(t)
	r := runtimetest.Load(t)
	type change func(t *testing.T, dir string)
	remove := func(file string) change {
		return func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
	}
	cut := func(file string) change {
		return func(t *testing.T, dir string) {
			info, err := os.Stat(filepath.Join(dir, file))
			if err == nil {
				err = os.Truncate(filepath.Join(dir, file), info.Size()*2/3)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(file, text string) change {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	set := func(file, key string, value any) change {
		return func(t *testing.T, dir string) {
			editJSON(t, filepath.Join(dir, file), map[string]any{key: value})
		}
	}
	replace := func(file, by string) change {
		return func(t *testing.T, dir string) {
			data, err := os.ReadFile(filepath.Join(dir, by))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, file), data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	const scheduler = "scheduler/scheduler_config.json"
	for name, test := range map[string]struct {
		spoil      change
		file, says string
	}{
		"no index and no UNet": {func(t *testing.T, dir string) { remove("model_index.json")(t, dir); remove("unet")(t, dir) }, "model_index.json", "is missing"},
		"FLUX":                 {set("model_index.json", "transformer", []any{"diffusers", "FluxTransformer2DModel"}), "model_index.json", "transformer"},
		"Kandinsky":            {set("model_index.json", "_class_name", "KandinskyPipeline"), "model_index.json", "another family"},
		"refiner": {func(t *testing.T, dir string) {
			set("model_index.json", "text_encoder_2", []any{"a", "b"})(t, dir)
			set("model_index.json", "text_encoder", []any{nil, nil})(t, dir)
		}, "model_index.json", "refiner"},
		"index cut short":         {cut("model_index.json"), "model_index.json", "JSON"},
		"SDXL":                    {set("model_index.json", "text_encoder_2", []any{"a", "b"}), "tokenizer_2", "tokenizer_config.json"},
		"no scheduler":            {remove("scheduler"), scheduler, "is missing"},
		"scheduler cut short":     {cut(scheduler), scheduler, "JSON"},
		"empty scheduler":         {write(scheduler, ""), scheduler, "is empty"},
		"huge scheduler":          {write(scheduler, strings.Repeat(" ", 2<<20)), scheduler, "larger than"},
		"unknown prediction":      {set(scheduler, "prediction_type", "flow"), scheduler, "prediction_type"},
		"unknown betas":           {set(scheduler, "beta_schedule", "sigmoid"), scheduler, "beta_schedule"},
		"betas out of range":      {set(scheduler, "beta_end", 1.5), scheduler, "betas"},
		"few trained betas":       {set(scheduler, "trained_betas", []float64{.1}), scheduler, "trained_betas"},
		"no steps":                {set(scheduler, "num_train_timesteps", 0), scheduler, "num_train_timesteps"},
		"unknown spacing":         {set(scheduler, "timestep_spacing", "odd"), scheduler, "timestep_spacing"},
		"flow matching":           {set(scheduler, "_class_name", "FlowMatchEulerDiscreteScheduler"), scheduler, "flow-matching"},
		"no tokenizer":            {remove("tokenizer"), "tokenizer", "tokenizer_config.json"},
		"no merges":               {remove("tokenizer/merges.txt"), "tokenizer", "merges.txt"},
		"vocabulary cut short":    {cut("tokenizer/vocab.json"), "tokenizer", "vocab.json"},
		"other context":           {set("tokenizer/tokenizer_config.json", "model_max_length", 77), "text_encoder", "77"},
		"other vocabulary":        {set("text_encoder/config.json", "vocab_size", 49408), "text_encoder/config.json", "49408"},
		"other text width":        {set("text_encoder/config.json", "hidden_size", 768), "text_encoder/config.json", "768"},
		"negative size":           {set("text_encoder/config.json", "hidden_size", -1), "text_encoder/config.json", "-1"},
		"size of wrong type":      {set("unet/config.json", "sample_size", "large"), "unet/config.json", "JSON"},
		"no text encoder":         {remove("text_encoder"), "text_encoder/model.onnx", "is missing"},
		"text encoder cut short":  {cut("text_encoder/model.onnx"), "text_encoder/model.onnx", "malformed"},
		"text encoder is another": {replace("text_encoder/model.onnx", "vae_decoder/model.onnx"), "text_encoder/model.onnx", "input_ids"},
		"no UNet":                 {remove("unet/model.onnx"), "unet/model.onnx", "is missing"},
		"UNet cut short":          {cut("unet/model.onnx"), "unet/model.onnx", "malformed"},
		"UNet is text":            {write("unet/model.onnx", "version https://git-lfs.github.com/spec/v1\n"), "unet/model.onnx", "Git LFS"},
		"UNet is another":         {replace("unet/model.onnx", "vae_decoder/model.onnx"), "unet/model.onnx", "latent_sample"},
		"other latent size":       {set("unet/config.json", "sample_size", 64), "unet/model.onnx", "64"},
		"inpainting":              {set("unet/config.json", "in_channels", 9), "unet/config.json", "9"},
		"no decoder":              {remove("vae_decoder"), "vae_decoder/model.onnx", "is missing"},
		"decoder cut short":       {cut("vae_decoder/model.onnx"), "vae_decoder/model.onnx", "malformed"},
		"other latents":           {set("vae_decoder/config.json", "latent_channels", 16), "vae_decoder/config.json", "16"},
		"no scale":                {set("vae_decoder/config.json", "scaling_factor", 0), "vae_decoder/config.json", "scaling_factor"},
		"shifted latents":         {set("vae_decoder/config.json", "shift_factor", 0.1), "vae_decoder/config.json", "shifted"},
		"other scale":             {set("vae_encoder/config.json", "scaling_factor", 1), "vae_encoder/config.json", "scaling_factor"},
		"other picture size":      {set("vae_decoder/config.json", "block_out_channels", []int{8, 8, 8, 8, 8}), "vae_decoder/model.onnx", "256"},
		"encoder cut short":       {cut("vae_encoder/model.onnx"), "vae_encoder/model.onnx", "malformed"},
		"encoder without graph":   {remove("vae_encoder/model.onnx"), "vae_encoder/model.onnx", "is missing"},
		"word list is no list":    {write("vocabulary.json", "{}"), "vocabulary.json", "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			if err := os.CopyFS(dir, os.DirFS(pocket)); err != nil {
				t.Fatal(err)
			}
			test.spoil(t, dir)
			m, err := models.Open(t.Context(), models.Source{Path: dir}, models.Options{Runtime: r, Device: "cpu"})
			if err == nil {
				t.Fatal(errors.Join(errors.New("opened"), m.Close()))
			}
			for _, want := range []string{filepath.FromSlash(test.file), test.says} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in: %v", want, err)
				}
			}
			if strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("more than one line: %v", err)
			}
			report, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{})
			if err != nil || len(report.Problems) == 0 {
				t.Errorf("Check finds nothing wrong (%v)", err)
			}
		})
	}
}

func TestOpenDirWithoutAModel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(t.TempDir(), "absent"), file} {
		_, err := models.Open(t.Context(), models.Source{Path: dir}, models.Options{Runtime: runtimetest.Load(t)})
		if err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestFolderWithoutEncoder(t *testing.T) {
	dir := pocketDir(t)
	if err := os.RemoveAll(filepath.Join(dir, "vae_encoder")); err != nil {
		t.Fatal(err)
	}
	m, err := models.OpenFS(t.Context(), os.DirFS(dir), "without encoder", models.Options{Runtime: runtimetest.Load(t), Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := m.EncodeImage(t.Context(), nil); !errors.Is(err, models.ErrNoEncoder) {
		t.Errorf("got %v", err)
	}
	if m.Digest() == openPocket(t).Digest() {
		t.Error("the digest does not depend on the encoder")
	}
}

func TestVocabulary(t *testing.T) {
	dir := pocketDir(t)
	if err := os.WriteFile(filepath.Join(dir, "vocabulary.json"), []byte(`["cat", "dog"]`), 0o644); err != nil {
		t.Fatal(err)
	}
	if v := modelstest.Open(t, models.Source{Path: dir}).Vocabulary(); len(v) != 2 || v[0] != "cat" {
		t.Errorf("vocabulary %v", v)
	}
}

// Equal digests, equal pictures: what a picture depends on is in it.
func TestDigestChangesWithEveryFileThatMatters(t *testing.T) {
	plain, err := models.Check(t.Context(), models.Source{Path: pocketDir(t)}, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{plain.Digest: "the model itself"}
	for file, key := range map[string]string{
		"scheduler/scheduler_config.json": "x", "tokenizer/tokenizer_config.json": "x", "unet/config.json": "x",
	} {
		dir := pocketDir(t)
		editJSON(t, filepath.Join(dir, file), map[string]any{key: 1})
		r, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{})
		if err != nil || r.Digest == "" {
			t.Fatal(file, err, r.Problems)
		}
		if other, ok := seen[r.Digest]; ok {
			t.Errorf("%s changed, and the digest is that of %s", file, other)
		}
		seen[r.Digest] = file
	}
	dir := pocketDir(t)
	editJSON(t, filepath.Join(dir, "model_index.json"), map[string]any{"x": 1})
	if r, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{}); err != nil || r.Digest != plain.Digest {
		t.Errorf("the index changes the digest (%v)", err)
	}
}

// The device that was asked for by name fails with the runtime's own reason.
func TestNamedDevice(t *testing.T) {
	r := runtimetest.Load(t)
	if _, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: r, Device: "abacus"}); err == nil {
		t.Error("opened on an abacus")
	}
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: r, Device: "cuda"})
	if err == nil {
		t.Skip("this machine has CUDA", m.Close())
	}
	if !strings.Contains(err.Error(), "device cuda does not start") || !strings.Contains(err.Error(), "providers_shared") {
		t.Errorf("got %v", err)
	}
	auto, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: r})
	if err != nil {
		t.Fatalf("auto does not fall back: %v", err)
	}
	if auto.Device() != "cpu" {
		t.Errorf("auto took %s without CUDA", auto.Device())
	}
	if err := auto.Close(); err != nil {
		t.Error(err)
	}
}
