package picture

import "testing"

func BenchmarkAnimate(b *testing.B) {
	frames := conversation(b)
	for b.Loop() {
		if _, err := Animate(frames); err != nil {
			b.Fatal(err)
		}
	}
}
