package assembly_test

import (
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pentimento/models"
	"pentimento/tests/parity"
)

// refused checks that a model cannot be used in any way, that the error is one line
// and names what is wanted.
func refused(t *testing.T, s models.Source, wants ...string) {
	t.Helper()
	report, err := models.Check(t.Context(), s, models.Options{})
	if err == nil && len(report.Problems) > 0 {
		err = report.Problems[0]
	}
	_, reading := models.Read(t.Context(), s, models.Options{})
	for _, err := range []error{err, reading} {
		if err == nil {
			t.Error("it can be used")
			continue
		}
		for _, want := range wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is missing in: %v", want, err)
			}
		}
		if strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000 {
			t.Errorf("more than a line: %v", err)
		}
	}
}

// Whatever stands in the place of a model or of one of its files is refused in a
// sentence that names it, and nothing waits or reads more than there is.
func TestHostileSources(t *testing.T) {
	file := parity.Checkpoint(t, parity.SD1, parity.F16)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(in("one.safetensors"), []byte{1}, 0o600))
	must(os.WriteFile(in("long.safetensors"), append(binary.LittleEndian.AppendUint64(nil, 1e9), '{'), 0o600))
	must(os.WriteFile(in("pointer.safetensors"), []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"), 0o600))
	must(syscall.Mkfifo(in("pipe.safetensors"), 0o600))
	must(os.Symlink("loop.safetensors", in("loop.safetensors")))
	must(os.Symlink("nowhere", in("dangling.safetensors")))
	must(os.MkdirAll(in("empty"), 0o700))
	must(os.MkdirAll(in("files"), 0o700))
	must(os.Symlink(parity.File(t, "lora", "sd1_peft", parity.F16), in("files/a [red] lora.safetensors")))
	must(os.Symlink(file, in("files/über model.safetensors")))
	for name, c := range map[string]struct {
		source models.Source
		wants  []string
	}{
		"one byte":           {models.Source{Path: in("one.safetensors")}, []string{"one.safetensors", "it has 1 bytes"}},
		"a long header":      {models.Source{Path: in("long.safetensors")}, []string{"long.safetensors", "1000000000 bytes"}},
		"a pointer":          {models.Source{Path: in("pointer.safetensors")}, []string{"pointer.safetensors", "Git LFS"}},
		"a pipe":             {models.Source{Path: in("pipe.safetensors")}, []string{"pipe.safetensors", "is not a file"}},
		"a link to nowhere":  {models.Source{Path: in("dangling.safetensors")}, []string{"dangling.safetensors is a link to nowhere, which is not there"}},
		"a loop of links":    {models.Source{Path: in("loop.safetensors")}, []string{"loop.safetensors", "too many levels of symbolic links"}},
		"a pipe for VAE":     {models.Source{Path: file, VAE: in("pipe.safetensors")}, []string{"pipe.safetensors", "is not a file"}},
		"a pipe for decoder": {models.Source{Path: file, Decoder: in("pipe.safetensors")}, []string{"pipe.safetensors", "is not a file"}},
		"a pointer for VAE":  {models.Source{Path: file, VAE: in("pointer.safetensors")}, []string{"pointer.safetensors", "Git LFS"}},
		"a pointer for TAE":  {models.Source{Path: file, Decoder: in("pointer.safetensors")}, []string{"pointer.safetensors", "Git LFS"}},
		"no VAE":             {models.Source{Path: file, VAE: in("none.safetensors")}, []string{"none.safetensors", "no such file"}},
		"a folder for VAE":   {models.Source{Path: file, VAE: in("empty")}, []string{"empty", "is a folder, not a file"}},
		"an empty folder":    {models.Source{Path: in("empty")}, []string{in("empty"), "holds no model"}},
		"a folder of files": {models.Source{Path: in("files")}, []string{
			"a [red] lora.safetensors (LoRA)", "über model.safetensors (Stable Diffusion 1.x model)",
		}},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.source, c.wants...) })
	}
	listed, err := models.List(dir)
	if err != nil || len(listed) != 4 {
		t.Errorf("listed %+v, %v", listed, err)
	}
}

// So is a diffusers folder of which one file is not what it must be.
func TestHostileFolders(t *testing.T) {
	base := parity.Folder(t, parity.SD1, parity.F16)
	weights := func(part string) string {
		if part == "text_encoder" {
			return "text_encoder/model.safetensors"
		}
		return part + "/diffusion_pytorch_model.safetensors"
	}
	text := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	set := func(key, value string) func(string) error {
		return func(path string) error {
			config := map[string]json.RawMessage{}
			data, err := os.ReadFile(path)
			if err == nil {
				err = json.Unmarshal(data, &config)
			}
			if err != nil {
				return err
			}
			config[key] = json.RawMessage(value)
			if data, err = json.Marshal(config); err != nil {
				return err
			}
			return os.WriteFile(path, data, 0o600)
		}
	}
	pipe := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	loop := func(path string) error { return os.Symlink(filepath.Base(path), path) }
	large := func(path string) error {
		if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
			return err
		}
		return os.Truncate(path, 1<<30)
	}
	pointer := text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n")
	shards := text(`{"weight_map":{"conv_in.weight":"../../etc/passwd"}}`)
	for name, c := range map[string]struct {
		file  string
		spoil func(path string) error
		says  string
	}{
		"index of a billion bytes":    {"model_index.json", large, "is larger than"},
		"index that is a pipe":        {"model_index.json", pipe, "is not a file"},
		"index that is a loop":        {"model_index.json", loop, "too many levels"},
		"UNet that is a pipe":         {weights("unet"), pipe, "is not a file"},
		"VAE that is a pipe":          {weights("vae"), pipe, "is not a file"},
		"text encoder that is a pipe": {weights("text_encoder"), pipe, "is not a file"},
		"UNet that is a loop":         {weights("unet"), loop, "too many links"},
		"UNet that leads nowhere":     {weights("unet"), func(path string) error { return os.Symlink("nothing", path) }, "no such file"},
		"UNet that is a pointer":      {weights("unet"), pointer, "Git LFS"},
		"VAE that is a pointer":       {weights("vae"), pointer, "Git LFS"},
		"text encoder, a pointer":     {weights("text_encoder"), pointer, "Git LFS"},
		"shards outside":              {weights("unet") + ".index.json", shards, "which is no file of its folder"},
		"config of a billion bytes":   {"unet/config.json", large, "is larger than"},
		"config that is a pipe":       {"vae/config.json", pipe, "is not a file"},
		"no heads":                    {"unet/config.json", set("attention_head_dim", "0"), "attention of 0 heads"},
		"heads below zero":            {"unet/config.json", set("attention_head_dim", "[8,8,-8,8]"), "attention of -8 heads"},
		"heads that do not divide":    {"unet/config.json", set("attention_head_dim", "7"), "7 heads of"},
		"heads of text":               {"text_encoder/config.json", set("num_attention_heads", "5"), "5 heads of"},
		"groups that do not divide":   {"unet/config.json", set("norm_num_groups", "33"), "33 groups"},
		"a billion groups":            {"vae/config.json", set("norm_num_groups", "1000000000"), "1000000000 groups"},
		"no groups":                   {"vae/config.json", set("norm_num_groups", "0"), "norm_num_groups is 0"},
		"scaling of nothing":          {"vae/config.json", set("scaling_factor", "0"), "scaling_factor is 0"},
		"scaling below zero":          {"vae/config.json", set("scaling_factor", "-1"), "scaling_factor is -1"},
		"scaling that is infinite":    {"vae/config.json", set("scaling_factor", "1e999"), "vae/config.json"},
		"scaling that is no number":   {"vae/config.json", text(`{"scaling_factor": NaN}`), "vae/config.json"},
		"shifted latents":             {"vae/config.json", set("shift_factor", "0.1"), "shifted"},
		"latents of a billion":        {"unet/config.json", set("sample_size", "1000000000"), "1000000000"},
		"latents below zero":          {"unet/config.json", set("sample_size", "-64"), "-64"},
		"another activation":          {"text_encoder/config.json", set("hidden_act", `"relu"`), "relu"},
		"a vocabulary that is a pipe": {"tokenizer/vocab.json", pipe, "is not a file"},
		"another vocabulary":          {"tokenizer/vocab.json", text(`{"a": 0, "b": 1}`), "vocab.json"},
		"a scheduler that is a pipe":  {"scheduler/scheduler_config.json", pipe, "is not a file"},
		"a vocabulary of a billion":   {"tokenizer/vocab.json", text(`{"<|startoftext|>": 0, "<|endoftext|>": 1000000000}`), "vocab.json"},
		"a vocabulary that is larger": {"tokenizer/vocab.json", text(`{"<|startoftext|>": 49406, "<|endoftext|>": 49407, "x": 60000}`), "60001"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			mirror(t, base, dir)
			for name, content := range map[string]string{"tokenizer/merges.txt": "#version\n", "tokenizer/tokenizer_config.json": `{"model_max_length": 77}`} {
				if strings.HasPrefix(c.file, "tokenizer/") && c.file != name {
					if err := os.MkdirAll(filepath.Join(dir, "tokenizer"), 0o700); err != nil {
						t.Fatal(err)
					}
					if err := text(content)(filepath.Join(dir, name)); err != nil {
						t.Fatal(err)
					}
				}
			}
			path := filepath.Join(dir, c.file)
			if strings.HasSuffix(c.file, ".index.json") {
				if err := os.Remove(strings.TrimSuffix(path, ".index.json")); err != nil {
					t.Fatal(err)
				}
			}
			if data, err := os.ReadFile(path); err == nil { // a file of its own, not a link
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				if len(data) < 1<<16 {
					if err := os.WriteFile(path, data, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			if c.says == "is not a file" || strings.Contains(c.says, "too many") || strings.Contains(c.says, "no such") {
				_ = os.Remove(path)
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			refused(t, models.Source{Path: dir}, dir, c.says)
		})
	}
}

// mirror makes a folder of links to the files of another.
func mirror(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		return os.Symlink(path, filepath.Join(to, rel))
	})
	if err != nil {
		t.Fatal(err)
	}
}
