package runtime

import (
	"bufio"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Lack is something that CUDA takes and that a machine does not have.
type Lack struct {
	What string // such as "the driver's library libcuda.so.1"
	Do   string // what to install, or to start with
}

func (l Lack) String() string { return l.What + " is missing: " + l.Do }

// A Host is a machine with Linux, as its files show it.
type Host struct {
	// Root is the folder that has its files: "/".
	Root string
	// Library is ONNX Runtime's, or a bare name that the loader finds.
	Library string
	// Paths are the folders that the loader looks into first, which
	// LD_LIBRARY_PATH names.
	Paths []string
}

// The names of the files that are looked for beside what they need themselves.
const (
	driverLibrary    = "libcuda.so.1"
	sharedProviders  = "libonnxruntime_providers_shared.so"
	cudaProvider     = "libonnxruntime_providers_cuda.so"
	buildForGPU      = "https://github.com/microsoft/onnxruntime/releases/tag/v" + PinnedVersion
	maxLoaderInclude = 4 // how deep the loader's configuration may include itself
)

// LacksCUDA lists what CUDA takes and the machine lacks, by the names of files: the
// device, the driver, ONNX Runtime's provider beside its library, and the libraries
// that this provider says it needs. Where nothing is missing the device may still
// not start; ONNX Runtime then says why.
func (h Host) LacksCUDA() []Lack {
	var lacks []Lack
	lack := func(what, do string) { lacks = append(lacks, Lack{what, do}) }
	if !h.any("/dev", "nvidia[0-9]*") && !h.any("/dev", "dxg") {
		lack("a device /dev/nvidia0", "this machine has no NVIDIA GPU, its driver's kernel module is not loaded (modprobe nvidia), or the container was started without it (docker run --gpus all, with nvidia-container-toolkit)")
	}
	folders := h.folders()
	if h.find(folders, driverLibrary) == "" {
		lack("the driver's library "+driverLibrary, "install NVIDIA's driver, such as the package nvidia-driver; in a container it comes with --gpus all")
	}
	beside := filepath.Dir(h.Library)
	if !filepath.IsAbs(h.Library) {
		beside = filepath.Dir(h.find(folders, h.Library))
	}
	build := fmt.Sprintf("take onnxruntime-linux-x64-gpu from %s, and set PENTIMENTO_ONNXRUNTIME to its folder lib; what `make runtime` downloads is for the CPU", buildForGPU)
	for _, name := range []string{sharedProviders, cudaProvider} {
		if !h.any(beside, name) {
			lack(filepath.Join(beside, name), build)
		}
	}
	for _, name := range h.neededBy(filepath.Join(beside, cudaProvider)) {
		if h.find(append([]string{beside}, folders...), name) == "" {
			lack("the library "+strings.TrimSuffix(name, ".*"), packageOf(name))
		}
	}
	return lacks
}

// neededBy are the names of the libraries that a provider needs; where there is none
// to ask, those that every one needs, in any version.
func (h Host) neededBy(provider string) []string {
	f, err := elf.Open(filepath.Join(h.Root, provider))
	if err == nil {
		defer f.Close()
		if names, err := f.ImportedLibraries(); err == nil {
			// The driver's is looked for already, and the other is loaded first.
			return slices.DeleteFunc(names, func(name string) bool { return name == driverLibrary || name == sharedProviders })
		}
	}
	return []string{"libcudart.so.*", "libcublasLt.so.*", "libcublas.so.*", "libcudnn.so.*"}
}

// packageOf says where a library comes from.
func packageOf(name string) string {
	base, version, _ := strings.Cut(name, ".so.")
	if version == "*" {
		version = ""
	}
	switch {
	case strings.HasPrefix(base, "libcudnn"):
		return strings.Join(strings.Fields("install NVIDIA's cuDNN "+version), " ") + ", for the version of CUDA that ONNX Runtime was built for"
	case strings.HasPrefix(base, "libcudart"), strings.HasPrefix(base, "libcublas"):
		return strings.Join(strings.Fields("install the libraries of NVIDIA's CUDA "+version), " ") + ", or take the image nvidia/cuda that the Dockerfile's stage gpu begins from"
	case strings.HasPrefix(base, "libcu"), strings.HasPrefix(base, "libnv"):
		return "install the libraries of NVIDIA's CUDA, or take the image nvidia/cuda that the Dockerfile's stage gpu begins from"
	}
	return "install the system's package that has it"
}

// find is the first of folders' files of that name, "" where there is none.
func (h Host) find(folders []string, name string) string {
	for _, dir := range folders {
		if h.any(dir, name) {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// any reports whether a folder has a file whose name fits a pattern.
func (h Host) any(dir, pattern string) bool {
	found, err := filepath.Glob(filepath.Join(h.Root, dir, pattern))
	return err == nil && slices.ContainsFunc(found, func(file string) bool {
		info, err := os.Stat(file)
		return err == nil && !info.IsDir()
	})
}

// folders are where the loader looks for libraries.
func (h Host) folders() []string {
	folders := append(slices.Clone(h.Paths), h.configured("/etc/ld.so.conf", maxLoaderInclude)...)
	for _, dir := range []string{"/lib", "/usr/lib", "/lib64", "/usr/lib64"} {
		folders = append(folders, dir, filepath.Join(dir, "x86_64-linux-gnu"), filepath.Join(dir, "aarch64-linux-gnu"))
	}
	return folders
}

// configured are the folders that a file of the loader's configuration names.
func (h Host) configured(file string, depth int) []string {
	if depth == 0 {
		return nil
	}
	f, err := os.Open(filepath.Join(h.Root, file))
	if err != nil {
		return nil
	}
	defer f.Close()
	var folders []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 2 && words[0] == "include":
			folders = append(folders, h.included(filepath.Dir(file), words[1], depth-1)...)
		case len(words) == 1 && filepath.IsAbs(words[0]):
			folders = append(folders, words[0])
		}
	}
	return folders
}

// included are the folders that files name whose names fit a pattern.
func (h Host) included(dir, pattern string, depth int) []string {
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(dir, pattern)
	}
	files, err := filepath.Glob(filepath.Join(h.Root, pattern))
	if err != nil {
		return nil
	}
	var folders []string
	for _, file := range files {
		inside, err := filepath.Rel(h.Root, file)
		if err == nil {
			folders = append(folders, h.configured("/"+inside, depth)...)
		}
	}
	return folders
}
