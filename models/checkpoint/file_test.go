package checkpoint

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pentimento/files"
)

// An entry is a tensor of a file that a test writes. Without data it is of
// zeros, which take no room on the disk.
type entry struct {
	name  string
	dtype Type
	shape []int
	data  []byte
}

// write writes a file as the format demands, and returns its path.
func write(t *testing.T, name string, metadata map[string]string, entries []entry) string {
	t.Helper()
	header := map[string]any{}
	if metadata != nil {
		header["__metadata__"] = metadata
	}
	end := int64(0)
	var data []byte
	for _, e := range entries {
		length, err := byteLength(e.dtype, e.shape)
		if err != nil {
			t.Fatal(err)
		}
		if e.data != nil {
			data = append(append(data, make([]byte, end-int64(len(data)))...), e.data...)
		}
		header[e.name] = map[string]any{"dtype": e.dtype, "shape": e.shape, "data_offsets": []int64{end, end + length}}
		end += length
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	path := writeRaw(t, name, text, data)
	if err := os.Truncate(path, lengthSize+int64(len(text))+end); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeRaw writes a header and what comes behind it, whatever they are.
func writeRaw(t testing.TB, name string, header, data []byte) string {
	t.Helper()
	return writeBytes(t, name, slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header, data))
}

func writeBytes(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func part(t *testing.T, f *File, p Part) *Weights {
	t.Helper()
	w, err := f.Part(p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestOpenReadsTensors(t *testing.T) {
	f := open(t, write(t, "x.safetensors", map[string]string{"modelspec.title": "x"}, []entry{
		{name: "half", dtype: F16, shape: []int{2}, data: []byte{0, 0x3c, 0, 0xc0}},
		{name: "brain", dtype: BF16, shape: []int{1, 1}, data: []byte{0x80, 0x3f}},
		{name: "single", dtype: F32, shape: []int{}, data: []byte{0, 0, 0, 0x3f}},
		{name: "double", dtype: F64, shape: []int{1}, data: []byte{0, 0, 0, 0, 0, 0, 0x10, 0x40}},
		{name: "none", dtype: F32, shape: []int{0, 3}},
		{name: "eighth", dtype: F8E4M3, shape: []int{3}, data: []byte{1, 2, 3}},
	}))
	if f.Metadata()["modelspec.title"] != "x" || len(f.Names()) != 6 {
		t.Errorf("%v, %v", f.Metadata(), f.Names())
	}
	for name, want := range map[string][]float32{"half": {1, -2}, "brain": {1}, "single": {0.5}, "double": {4}, "none": {}} {
		tensor, ok := f.Tensor(name)
		got, err := tensor.Float32()
		if !ok || err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is %v, %v, want %v", name, got, err, want)
		}
		if err := tensor.CheckFinite(); err != nil {
			t.Error(err)
		}
	}
	eighth, _ := f.Tensor("eighth")
	if _, err := eighth.Float32(); err == nil || !strings.Contains(err.Error(), "F8_E4M3") {
		t.Errorf("read F8: %v", err)
	}
	if raw, err := eighth.Raw(); err != nil || !bytes.Equal(raw, []byte{1, 2, 3}) {
		t.Errorf("raw F8: %v, %v", raw, err)
	}
}

// A large tensor is read in pieces; the values that are no numbers are found
// wherever they are.
func TestCheckFinite(t *testing.T) {
	const n = 300_000
	for name, bad := range map[string]float32{"nan": float32(math.NaN()), "infinite": float32(math.Inf(-1)), "finite": math.MaxFloat32} {
		var data []byte
		for i := range n {
			v := float32(i)
			if i == n-1 {
				v = bad
			}
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		f := open(t, write(t, "x.safetensors", nil, []entry{{name: "weight", dtype: F32, shape: []int{n}, data: data}}))
		tensor, _ := f.Tensor("weight")
		if err := tensor.CheckFinite(); errors.Is(err, ErrNotFinite) != (name != "finite") {
			t.Errorf("%s: %v", name, err)
		}
		values, err := tensor.Float32()
		if err != nil || len(values) != n || values[n-2] != n-2 {
			t.Errorf("%s: %d values, %v", name, len(values), err)
		}
	}
}

// Of half precision every value there is, and of the others the last that is
// finite and the first that is not, are told apart wherever they stand.
func TestAllFinite(t *testing.T) {
	finite := func(as Type, bits uint64) bool {
		var raw [8]byte
		binary.LittleEndian.PutUint64(raw[:], bits)
		var value [1]float32
		if as == F64 { // which may be too large for a float32
			return !math.IsNaN(math.Float64frombits(bits)) && !math.IsInf(math.Float64frombits(bits), 0)
		}
		decode(as, raw[:], value[:])
		return value[0]-value[0] == 0
	}
	values := map[Type][]uint64{
		F32: {0, 1, 0x80000000, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7f800001, 0xffffffff},
		F64: {0, 1, 1 << 63, 0x7fefffff_ffffffff, 0xffefffff_ffffffff, 0x7ff0 << 48, 0xfff0 << 48, 0x7ff0<<48 | 1, math.MaxUint64},
	}
	for i := range uint64(1 << 16) {
		values[F16], values[BF16] = append(values[F16], i), append(values[BF16], i)
	}
	for as, all := range values {
		size := as.Bits() / 8
		for i, bits := range all {
			var raw [19]byte
			copy(raw[i*size%16:], binary.LittleEndian.AppendUint64(nil, bits)[:size])
			if allFinite(as, raw[:16]) != finite(as, bits) || allFinite(as, raw[:i*size%16+size]) != finite(as, bits) {
				t.Fatalf("%s %#x is taken for what it is not", as, bits)
			}
		}
	}
}

func TestHostileFiles(t *testing.T) {
	tensor := func(name, dtype, shape, offsets string) string {
		return fmt.Sprintf(`%q:{"dtype":%q,"shape":[%s],"data_offsets":[%s]}`, name, dtype, shape, offsets)
	}
	header := func(data int, tensors ...string) string {
		return writeRaw(t, "x.safetensors", []byte("{"+strings.Join(tensors, ",")+"}"), make([]byte, data))
	}
	length := func(n uint64) string {
		return writeBytes(t, "x.safetensors", append(binary.LittleEndian.AppendUint64(nil, n), "{}      "...))
	}
	a := tensor("a", "F32", "1", "0,4")
	folder := t.TempDir()
	fifo := filepath.Join(t.TempDir(), "fifo.safetensors")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	var thousand []string
	for i := range 1000 {
		thousand = append(thousand, tensor(fmt.Sprint("t", i), fmt.Sprint("X", i), "1", "0,4"))
	}
	var many []string
	for i := range maxTensors + 1 {
		many = append(many, tensor(fmt.Sprint(i), "U8", "0", "0,0"))
	}
	for name, c := range map[string]struct{ path, message string }{
		"empty":                      {writeBytes(t, "x", nil), "it has 0 bytes"},
		"one byte":                   {writeBytes(t, "x", []byte{1}), "it has 1 bytes"},
		"folder":                     {folder, "is a folder, not a file"},
		"named pipe":                 {fifo, "is not a file"},
		"header of a billion bytes":  {length(1e9), "its header would have 1000000000 bytes"},
		"header of all bytes":        {length(math.MaxUint64), "its header would have 18446744073709551615 bytes"},
		"header behind the end":      {length(9), "its header has 9 bytes, and the whole file 16"},
		"header of no bytes":         {length(0), "does not begin with a header"},
		"header cut in the middle":   {writeRaw(t, "x", []byte(`{"a":{"dtype":"F32"`), nil), "cannot be read"},
		"no object":                  {writeRaw(t, "x", []byte(`[1]`), nil), "does not begin with a header"},
		"deep":                       {writeRaw(t, "x", []byte(`{"a":`+strings.Repeat("[", 1e6)), nil), "belongs"},
		"deep shape":                 {header(4, tensor("a", "F32", strings.Repeat("[", 1e5), "0,4")), "is no size"},
		"something behind":           {writeRaw(t, "x", []byte(`{} {}`), nil), "something behind its end"},
		"not UTF-8":                  {writeRaw(t, "x", []byte("{\"\xff\":1}"), nil), "not UTF-8"},
		"overlap":                    {header(8, a, tensor("b", "F32", "1", "2,6")), `tensor "b" overlaps`},
		"same place":                 {header(4, a, tensor("b", "F32", "1", "0,4")), "overlaps"},
		"gap":                        {header(12, a, tensor("b", "F32", "1", "8,12")), `4 bytes before tensor "b" belong to no tensor`},
		"gap at the end":             {header(6, a), "2 bytes at its end belong to no tensor"},
		"cut short":                  {header(3, a), `is cut short: tensor "a" ends at byte`},
		"twice":                      {header(8, a, tensor("a", "F32", "1", "4,8")), `tensor "a" stands in it twice`},
		"dtype twice":                {header(4, `"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}`), `"dtype" stands in it twice`},
		"metadata twice":             {header(0, `"__metadata__":{}`, `"__metadata__":{}`), "stands in it twice"},
		"metadata of numbers":        {header(0, `"__metadata__":{"a":1}`), `"a" of __metadata__ is not one string`},
		"shape too small":            {header(8, tensor("a", "F32", "1", "0,8")), "F32 of [1] takes 4 bytes, and it has 8"},
		"shape that overflows":       {header(4, tensor("a", "F32", "4294967296,4294967296,4294967296", "0,4")), "larger than any file"},
		"shape below zero":           {header(4, tensor("a", "F32", "-1,-1", "0,4")), "is no size"},
		"shape of fractions":         {header(4, tensor("a", "F32", "1.5", "0,4")), "is no size"},
		"shape of many":              {header(4, tensor("a", "F32", "1,1,1,1,1,1,1,1,1", "0,4")), "more than 8 numbers"},
		"offsets of three":           {header(4, tensor("a", "F32", "1", "0,4,8")), "more than 2 numbers"},
		"offsets of one":             {header(4, tensor("a", "F32", "1", "0")), "two data_offsets"},
		"offsets backwards":          {header(4, tensor("a", "F32", "1", "4,0")), "before it begins"},
		"offsets beyond 64 bits":     {header(4, tensor("a", "F32", "1", "0,99999999999999999999")), "is no size"},
		"unknown type":               {header(4, tensor("a", "F128", "1", "0,4")), `its dtype is "F128"`},
		"a thousand types":           {header(4, thousand...), `its dtype is "X0"`},
		"half a byte":                {header(1, tensor("a", "F4", "3", "0,1")), "does not end with a byte"},
		"unknown key":                {header(4, `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"code":"x"}`), `has "code"`},
		"no shape":                   {header(4, `"a":{"dtype":"F32","data_offsets":[0,4]}`), "lacks its dtype"},
		"too many tensors":           {header(0, many...), "more than 100000 tensors"},
		"not there":                  {filepath.Join(folder, "x.safetensors"), "no such file"},
		"git-LFS pointer":            {writeBytes(t, "x", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n")), "is a pointer of Git LFS"},
		"pickle in a zip":            {writeBytes(t, "x.ckpt", []byte("PK\x03\x04\x00\x00\x00\x00archive/data.pkl")), "can run code"},
		"pickle":                     {writeBytes(t, "x.pt", []byte("\x80\x02}q\x00.")), "can run code"},
		"pickle by its name alone":   {writeBytes(t, "x.safetensors", []byte("\x80\x02}q\x00(X\x05\x00")), "can run code"},
		"zip":                        {writeBytes(t, "x", []byte("PK\x03\x04\x00\x00\x00\x00readme.txt")), "is a zip archive"},
		"GGUF":                       {writeBytes(t, "x.gguf", []byte("GGUF\x03\x00\x00\x00")), "is a GGUF file"},
		"web page":                   {writeBytes(t, "x", []byte("<!DOCTYPE html><html>")), "is a web page"},
		"index of nothing":           {writeBytes(t, "x.index.json", []byte(`{"weight_map":{}}`)), "names no file"},
		"index that is no JSON":      {writeBytes(t, "x.index.json", []byte(`{`)), "is no index"},
		"index of a folder's parent": {writeBytes(t, "x.index.json", []byte(`{"weight_map":{"a":"../x.safetensors"}}`)), "no file of its folder"},
		"index of another folder":    {writeBytes(t, "x.index.json", []byte(`{"weight_map":{"a":"/etc/passwd"}}`)), "no file of its folder"},
		"index of itself":            {writeBytes(t, "x.index.json", []byte(`{"weight_map":{"a":"x.index.json"}}`)), "is no .safetensors file"},
		"index of what is not there": {writeBytes(t, "x.index.json", []byte(`{"weight_map":{"a":"y.safetensors"}}`)), "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(c.path)
			if err == nil || !strings.Contains(err.Error(), c.message) || !strings.Contains(err.Error(), c.path) {
				t.Errorf("%v\nwant %s: … %s", err, c.path, c.message)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

func TestErrorsThatCallersTellApart(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "x"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	_, err = Open(writeBytes(t, "x", []byte("version https://git-lfs.github.com/spec/v1\n")))
	if !errors.Is(err, files.ErrPointer) {
		t.Errorf("%v is not files.ErrPointer", err)
	}
	_, err = Open(writeBytes(t, "x", []byte("GGUF\x03\x00\x00\x00")))
	if _, ok := errors.AsType[*Refused](err); !ok {
		t.Errorf("%v is not Refused", err)
	}
	f := open(t, write(t, "x.safetensors", nil, []entry{{name: "conv_in.weight", dtype: F32, shape: []int{1}}}))
	if _, err = f.Part(PartUNet); !errors.Is(err, ErrMissing) {
		t.Errorf("%v is not ErrMissing", err)
	}
}

// A header that claims much takes no more memory than the file has.
func TestHostileHeadersTakeNoMemory(t *testing.T) {
	claims := []byte(`{"a":{"dtype":"F32","shape":[1000000000,1000000],"data_offsets":[0,4000000000000000]}}`)
	path := writeRaw(t, "x.safetensors", claims, nil)
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Open(path); err == nil {
				b.Fatal("opened")
			}
		}
	})
	if got := result.AllocedBytesPerOp(); got > 64<<10 {
		t.Errorf("%d bytes for a file of %d", got, len(claims)+lengthSize)
	}
}

// A file that is cut while it is open is named, and nobody is ended by it.
func TestFileThatShrinks(t *testing.T) {
	path := write(t, "x.safetensors", nil, []entry{{name: "weight", dtype: F32, shape: []int{1 << 20}}})
	f := open(t, path)
	if err := f.Unchanged(); err != nil {
		t.Error(err)
	}
	tensor, _ := f.Tensor("weight")
	if err := os.Truncate(path, 1<<20); err != nil {
		t.Fatal(err)
	}
	_, floats := tensor.Float32()
	_, raw := tensor.Raw()
	for what, err := range map[string]error{"values": floats, "bytes": raw, "check": tensor.CheckFinite(), "file": f.Unchanged()} {
		if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Unchanged(); !errors.Is(err, ErrChanged) {
		t.Errorf("removed: %v", err)
	}
}

// The files of an index are one, also when they are links into a download's
// cache; a tensor in two of them, or in none, is an error.
func TestIndex(t *testing.T) {
	folder := t.TempDir()
	shard := func(name string, tensors ...string) {
		var entries []entry
		for _, n := range tensors {
			entries = append(entries, entry{name: n, dtype: F32, shape: []int{1}})
		}
		if err := os.Symlink(write(t, "blob", nil, entries), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	index := func(weights string) string {
		path := filepath.Join(folder, "x.safetensors.index.json")
		if err := os.WriteFile(path, []byte(`{"metadata":{"total_size":8},"weight_map":{`+weights+`}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	shard("1.safetensors", "a", "b")
	shard("2.safetensors", "c")
	shard("3.safetensors", "c")
	f := open(t, index(`"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"`))
	c, _ := f.Tensor("c")
	if !slices.Equal(f.Names(), []string{"a", "b", "c"}) || filepath.Base(c.File) != "blob" {
		t.Errorf("%v, %+v", f.Names(), c)
	}
	if values, err := c.Float32(); err != nil || len(values) != 1 {
		t.Errorf("%v, %v", values, err)
	}
	for weights, message := range map[string]string{
		`"c":"2.safetensors","d":"3.safetensors"`: `tensor "c" is in another file`,
		`"d":"1.safetensors"`:                     `tensor "d" is not in 1.safetensors`,
	} {
		if _, err := Open(index(weights)); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%v, want %s", err, message)
		}
	}
}

// Whatever a file holds, opening it ends in tensors that lie in it or in an
// error, and so does all that is asked of them.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		`{"__metadata__":{"a":"b"},"emb_params":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}`,
		`{"model.diffusion_model.input_blocks.0.0.weight":{"dtype":"U8","shape":[1,4,1,1],"data_offsets":[0,4]}}`,
		`{"cond_stage_model.model.token_embedding.weight":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},` +
			`"cond_stage_model.model.transformer.resblocks.0.attn.in_proj_bias":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}`,
		`{"decoder.conv_in.weight":{"dtype":"U8","shape":[4,1,1,1],"data_offsets":[0,4]}}`,
		`{"unet.conv_in.lora_A.weight":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]},` +
			`"unet.conv_in.lora_B.weight":{"dtype":"U8","shape":[2,1],"data_offsets":[2,4]}}`,
	} {
		f.Add([]byte(seed), []byte{1, 2, 3, 4})
	}
	path := filepath.Join(f.TempDir(), "x.safetensors")
	f.Fuzz(func(t *testing.T, header, data []byte) {
		all := slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header, data)
		if err := os.WriteFile(path, all, 0o600); err != nil {
			t.Fatal(err)
		}
		opened, err := Open(path)
		if err != nil {
			return
		}
		defer opened.Close()
		for _, name := range opened.Names() {
			tensor, _ := opened.Tensor(name)
			if raw, err := tensor.Raw(); err != nil || tensor.Offset < lengthSize+int64(len(header)) || int64(len(raw)) != tensor.Length {
				t.Errorf("%+v: %v", tensor, err)
			}
			if values, err := tensor.Float32(); (err == nil) != tensor.Type.readable() {
				t.Errorf("%d values, %v", len(values), err)
			}
		}
		contents, err := Recognise(opened)
		if (err == nil) == (contents.Kind == "") {
			t.Errorf("recognised as %+v, %v", contents, err)
		}
		for _, p := range []Part{PartUNet, PartVAE, PartText, PartText2, PartTiny} {
			askAll(t, opened, p, int64(len(all)))
		}
		small := &Weights{part: PartUNet, tensors: map[string]Tensor{"conv_in.weight": {Shape: []int{2, 2}}}}
		if lora, err := opened.LoRA(SD1, map[Part]*Weights{PartUNet: small}); err == nil && lora.Matched() != 1 {
			t.Errorf("a LoRA of %+v", lora)
		}
	})
}

// askAll asks all that can be asked of a part.
func askAll(t *testing.T, f *File, p Part, size int64) {
	w, err := f.Part(p)
	if err != nil {
		return
	}
	for _, name := range w.Names() {
		if tensor, err := w.Tensor(name); err != nil || tensor.Offset+tensor.Length > size {
			t.Errorf("%s is %+v, %v", name, tensor, err)
		}
	}
	unet, errUNet := w.UNet()
	_, errFamily := unet.Family()
	_, errVAE := w.VAE()
	_, errText := w.TextEncoder()
	_, errTiny := w.Tiny()
	_, errAll := Describe(w, w, w, w)
	if size < 100 && errors.Join(errUNet, errFamily, errVAE, errText, errTiny, errAll) == nil {
		t.Error("a file of a few bytes is everything at once")
	}
}
