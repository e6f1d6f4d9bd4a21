package runtime

import (
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLibraryThatCannotBeLoaded(t *testing.T) {
	empty := t.TempDir()
	text := filepath.Join(t.TempDir(), systemNames()[0])
	if err := os.WriteFile(text, []byte("not a library\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ path, says string }{
		"no such file":  {filepath.Join(empty, "absent"), "no such file"},
		"empty folder":  {empty, "holds no"},
		"not a library": {text, text},
		"its folder":    {filepath.Dir(text), text},
		"a device":      {os.DevNull, os.DevNull + " is not a file"},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := candidates(test.path)
			if err == nil {
				if len(files) != 1 {
					t.Fatalf("candidates %v", files)
				}
				_, failed := load(files[0])
				if failed == nil {
					t.Fatal("loaded")
				}
				err = notLoaded(test.path, []string{failed.Error()})
			}
			for _, want := range []string{test.path, test.says, "make runtime", "PENTIMENTO_ONNXRUNTIME"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in: %v", want, err)
				}
			}
		})
	}
}

// However busy the process is, the loader's reason is told. The path is long
// to walk, so that other goroutines run between the loader's two calls.
func TestReasonIsToldWhileOthersRun(t *testing.T) {
	done := make(chan struct{})
	var others sync.WaitGroup
	defer others.Wait()
	defer close(done)
	for range 8 {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(20 * time.Microsecond):
					goruntime.Gosched()
				}
			}
		})
	}
	absent := filepath.Join(t.TempDir(), "absent.so")
	absent = strings.Repeat("/.", (4000-len(absent))/2) + absent
	for range 5000 {
		if _, err := load(absent); err == nil || !strings.Contains(err.Error(), "No such file") {
			t.Fatalf("no reason in the error %q", strings.TrimPrefix(err.Error(), absent))
		}
	}
}

func TestCandidatesWithoutAPathEndInTheSystem(t *testing.T) {
	files, err := candidates("")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 || filepath.IsAbs(files[len(files)-1]) {
		t.Errorf("candidates %v do not end in a bare name", files)
	}
}

func TestLibraryVersion(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("symbol versions are an ELF thing")
	}
	path := os.Getenv("PENTIMENTO_ONNXRUNTIME")
	if path == "" {
		path = "../../build/onnxruntime"
	}
	files, err := candidates(path)
	if err != nil {
		t.Fatal(err)
	}
	if v := libraryVersion(files[0]); !strings.HasPrefix(v, "1.") {
		t.Errorf("version of %s read as %q", files[0], v)
	}
	if v := libraryVersion("find.go"); v != "" {
		t.Errorf("version of a text file read as %q", v)
	}
}
