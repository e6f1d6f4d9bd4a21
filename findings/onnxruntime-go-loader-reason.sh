#!/usr/bin/env bash
# What one would guess: when github.com/yalue/onnxruntime_go cannot load ONNX
# Runtime's library, the error of InitializeEnvironment ends with the loader's
# reason ("cannot open shared object file: No such file or directory").
#
# What happens: now and then it ends after the path, without a reason. The
# package calls dlopen and then dlerror as two calls of C. The C library keeps
# the text of dlerror for each thread, and Go may go on with the goroutine on
# another thread between the two calls. It takes a process that is busy: other
# goroutines that want to run, and a path that takes the kernel some
# microseconds to walk. With the goroutine locked to its thread
# (runtime.LockOSThread) before the call, the reason is always there.
#
# Versions: onnxruntime_go 1.27.0, Go 1.26, glibc 2.36, Linux on amd64.
# Seen on 2026-11-30: 32 of 20,000 errors without a reason, 0 of 20,000 with
# the thread locked.
set -euo pipefail

dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat > go.mod <<'MOD'
module finding

go 1.26

require github.com/yalue/onnxruntime_go v1.27.0
MOD
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// without counts the errors that do not end with a reason.
func without(tries int) int {
	n := 0
	for range tries {
		err := ort.InitializeEnvironment()
		if err == nil {
			fmt.Println("a library that is not there was loaded")
			os.Exit(1)
		}
		if !strings.Contains(err.Error(), "No such file or directory") {
			n++
		}
	}
	return n
}

func main() {
	for range 8 { // others that want to run
		go func() {
			for {
				time.Sleep(20 * time.Microsecond)
				runtime.Gosched()
			}
		}()
	}
	dir, err := os.MkdirTemp("", "absent-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := dir + "/libonnxruntime.so"
	path = strings.Repeat("/.", (4000-len(path))/2) + path // a long way to walk
	ort.SetSharedLibraryPath(path)

	const tries = 20_000
	free := 0
	for round := 0; free == 0 && round < 20; round++ {
		free = without(tries)
	}
	runtime.LockOSThread()
	locked := without(tries)
	fmt.Printf("errors without the loader's reason, of %d: %d, with the thread locked %d\n", tries, free, locked)
	if free == 0 || locked != 0 {
		fmt.Println("this is not what was seen before")
		os.Exit(1)
	}
}
GO
go mod tidy >/dev/null 2>&1
go version
go list -m github.com/yalue/onnxruntime_go
ldd --version 2>&1 | head -n 1
go run .
