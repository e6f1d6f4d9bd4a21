package runtime

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine makes a folder like the root of a machine, with these files.
func machine(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// whole are the files of a machine that has everything, in the places where they
// usually are. A provider that is no library says nothing of what it needs.
func whole() map[string]string {
	return map[string]string{
		"dev/nvidia0":                                "",
		"usr/lib/x86_64-linux-gnu/libcuda.so.1":      "",
		"opt/ort/lib/libonnxruntime.so.1":            "",
		"opt/ort/lib/" + sharedProviders:             "",
		"opt/ort/lib/" + cudaProvider:                "",
		"etc/ld.so.conf":                             "# comment\ninclude ld.so.conf.d/*.conf\n",
		"etc/ld.so.conf.d/cuda.conf":                 "/usr/local/cuda/lib64 # of CUDA\n",
		"usr/local/cuda/lib64/libcudart.so.12":       "",
		"usr/local/cuda/lib64/libcublasLt.so.12":     "",
		"usr/local/cuda/lib64/libcublas.so.12":       "",
		"home/user/cudnn/libcudnn.so.9":              "",
		"usr/lib/aarch64-linux-gnu/libsomething.so.": "",
	}
}

// Each part that is taken away is named, alone, with what to do.
func TestLacksCUDA(t *testing.T) {
	for missing, want := range map[string][2]string{
		"": {},
		"usr/lib/aarch64-linux-gnu/libsomething.so.": {},
		"dev/nvidia0":                            {"a device /dev/nvidia0", "--gpus all"},
		"usr/lib/x86_64-linux-gnu/libcuda.so.1":  {"the driver's library libcuda.so.1", "install NVIDIA's driver"},
		"opt/ort/lib/" + sharedProviders:         {"/opt/ort/lib/" + sharedProviders, "onnxruntime-linux-x64-gpu"},
		"opt/ort/lib/" + cudaProvider:            {"/opt/ort/lib/" + cudaProvider, "PENTIMENTO_ONNXRUNTIME"},
		"usr/local/cuda/lib64/libcudart.so.12":   {"the library libcudart.so", "install the libraries of NVIDIA's CUDA,"},
		"usr/local/cuda/lib64/libcublasLt.so.12": {"the library libcublasLt.so", "nvidia/cuda"},
		"usr/local/cuda/lib64/libcublas.so.12":   {"the library libcublas.so", "nvidia/cuda"},
		"home/user/cudnn/libcudnn.so.9":          {"the library libcudnn.so", "install NVIDIA's cuDNN,"},
	} {
		files := whole()
		delete(files, missing)
		h := Host{Root: machine(t, files), Library: "/opt/ort/lib/libonnxruntime.so.1", Paths: []string{"/home/user/cudnn"}}
		lacks := h.LacksCUDA()
		if want == [2]string{} {
			if len(lacks) > 0 {
				t.Errorf("without %q: %v", missing, lacks)
			}
			continue
		}
		if len(lacks) != 1 || lacks[0].What != want[0] || !strings.Contains(lacks[0].Do, want[1]) {
			t.Errorf("without %s: %v", missing, lacks)
		}
	}
}

// A machine with nothing lacks everything; one with the CPU's library has what that
// brings.
func TestLacksCUDAOfAnEmptyMachine(t *testing.T) {
	h := Host{Root: t.TempDir(), Library: "/lib/libonnxruntime.so.1"}
	var names []string
	for _, l := range h.LacksCUDA() {
		names = append(names, l.What)
		if l.Do == "" {
			t.Errorf("%s: nothing is said of what to do", l.What)
		}
	}
	want := []string{
		"a device /dev/nvidia0", "the driver's library libcuda.so.1", "/lib/" + sharedProviders, "/lib/" + cudaProvider,
		"the library libcudart.so", "the library libcublasLt.so", "the library libcublas.so", "the library libcudnn.so",
	}
	if !slices.Equal(names, want) {
		t.Errorf("lacks %q", names)
	}
}

// The loader finds the library by its name, and the providers are beside it. Linux
// for Windows has another device.
func TestLacksCUDAOfTheSystemsLibrary(t *testing.T) {
	files := whole()
	for _, name := range []string{"libonnxruntime.so.1", sharedProviders, cudaProvider} {
		delete(files, "opt/ort/lib/"+name)
		files["usr/local/cuda/lib64/"+name] = ""
	}
	delete(files, "dev/nvidia0")
	files["dev/dxg"] = ""
	h := Host{Root: machine(t, files), Library: "libonnxruntime.so.1", Paths: []string{"/home/user/cudnn"}}
	if lacks := h.LacksCUDA(); len(lacks) > 0 {
		t.Error(lacks)
	}
}

// A provider says itself what it needs, in which version.
func TestLacksCUDAOfWhatTheProviderNeeds(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self) // it needs the C library
	if err != nil {
		t.Fatal(err)
	}
	files := whole()
	files["opt/ort/lib/"+cudaProvider] = string(program)
	for name := range files {
		if strings.Contains(name, "libcu") && !strings.Contains(name, "libcuda.so") {
			delete(files, name) // it does not need them
		}
	}
	h := Host{Root: machine(t, files), Library: "/opt/ort/lib/libonnxruntime.so.1"}
	lacks := h.LacksCUDA()
	if len(lacks) == 0 || !slices.ContainsFunc(lacks, func(l Lack) bool { return l.What == "the library libc.so.6" }) {
		t.Fatal(lacks)
	}
	for _, l := range lacks {
		name := strings.TrimPrefix(l.What, "the library ")
		if err := os.WriteFile(filepath.Join(h.Root, "opt/ort/lib", name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if lacks := h.LacksCUDA(); len(lacks) > 0 {
		t.Error(lacks)
	}
}

// A configuration that includes itself ends.
func TestLoaderConfigurationThatIncludesItself(t *testing.T) {
	h := Host{Root: machine(t, map[string]string{"etc/ld.so.conf": "include /etc/*.conf\n/opt/lib\n"})}
	if got := h.configured("/etc/ld.so.conf", maxLoaderInclude); !slices.Contains(got, "/opt/lib") || len(got) != maxLoaderInclude {
		t.Error(got)
	}
}

func TestPackageOf(t *testing.T) {
	for name, want := range map[string]string{
		"libcudart.so.12": "NVIDIA's CUDA 12,", "libcudnn.so.9": "cuDNN 9,", "libcufft.so.11": "libraries of NVIDIA's CUDA,", "libfoo.so": "the system's package",
	} {
		if got := packageOf(name); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
