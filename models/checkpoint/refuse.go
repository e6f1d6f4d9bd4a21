package checkpoint

import (
	"bytes"
	"fmt"

	"pentimento/files"
)

// Refused says that a file is known, and is not of the kinds that are used.
type Refused struct {
	// What names the kind of file or the family of models: "a FLUX model".
	What string
	// Why is what there is to know or to do about it, a sentence without its
	// capital and its point.
	Why string
}

func (r *Refused) Error() string { return fmt.Sprintf("is %s: %s", r.What, r.Why) }

const sniffBytes = 512

// sniff refuses a file of another format by its first bytes.
func sniff(start []byte) error {
	pickle := &Refused{
		What: "a pickle (.ckpt, .pt, .bin)",
		Why: "opening one can run code that is hidden in it; take the .safetensors file of the same model, " +
			"or convert it on a machine that may be lost: in Python, safetensors.torch.save_file(torch.load(FILE, weights_only=True), \"model.safetensors\")",
	}
	begins := func(magic string) bool { return bytes.HasPrefix(start, []byte(magic)) }
	switch {
	case files.IsPointer(start):
		return files.ErrPointer
	case begins("PK\x03\x04") && bytes.Contains(start, []byte("data.pkl")):
		return pickle
	case len(start) > 1 && start[0] == 0x80 && start[1] >= 2 && start[1] <= 5 && !isHeader(start):
		return pickle
	case begins("PK\x03\x04"):
		return &Refused{What: "a zip archive", Why: "a model is a .safetensors file or a folder; unpack it first"}
	case begins("GGUF"):
		return &Refused{What: "a GGUF file", Why: "its weights are packed for other programs; take the .safetensors file of the same model"}
	case begins("\x89HDF"):
		return &Refused{What: "an HDF5 file", Why: "only .safetensors files are opened; take that file of the same model"}
	case begins("<!DOCTYPE") || begins("<html") || begins("<HTML"):
		return &Refused{What: "a web page", Why: "the download gave a page in place of the model, perhaps one to sign in at; fetch the file itself"}
	}
	return nil
}

// isHeader reports whether a file goes on as a .safetensors file whose header
// has a length that looks like the magic number of a pickle.
func isHeader(start []byte) bool {
	return len(start) > lengthSize && start[lengthSize] == '{' && bytes.Equal(start[4:lengthSize], make([]byte, 4))
}
