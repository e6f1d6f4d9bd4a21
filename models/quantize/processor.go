package quantize

import (
	"errors"
	"runtime"

	"golang.org/x/sys/cpu"
)

// ErrProcessor says that the processor has no instructions for products of
// eight-bit numbers. Without them ONNX Runtime takes longer for such a product than
// for one in single precision, and older x86 instructions cut its sums off at 16
// bits: the pictures would be others.
var ErrProcessor = errors.New("this processor has no instructions for eight-bit products (AVX-512 VNNI, AVX-VNNI or AMX on x86, the dot product on ARM)")

// Supported returns [ErrProcessor] where eight bits do not pay.
func Supported() error {
	x86 := cpu.X86.HasAVX512VNNI || cpu.X86.HasAVXVNNI || cpu.X86.HasAMXInt8
	arm := cpu.ARM64.HasASIMDDP || runtime.GOOS == "darwin" && runtime.GOARCH == "arm64"
	if x86 || arm {
		return nil
	}
	return ErrProcessor
}
