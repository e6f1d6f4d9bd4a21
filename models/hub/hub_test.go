package hub_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/models/hub"
	"pentimento/tests/hubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	weights = "unet/diffusion_pytorch_model.safetensors"
	config  = "unet/config.json"
)

// model is a diffusers folder as small as can be, whose UNet takes several reads.
func model() map[string]string {
	return map[string]string{
		"model_index.json": `{"_class_name":"StableDiffusionPipeline"}`,
		config:             `{"in_channels":4}`,
		weights:            strings.Repeat("unet weights ", 60_000),
		"vae/config.json":  `{}`,
		"vae/diffusion_pytorch_model.safetensors":    strings.Repeat("vae", 1000),
		"text_encoder/config.json":                   `{}`,
		"text_encoder/model.safetensors":             strings.Repeat("text", 1000),
		"tokenizer/vocab.json":                       `{"a":1}`,
		"tokenizer/merges.txt":                       "a b\n",
		"scheduler/scheduler_config.json":            `{}`,
		"unet/diffusion_pytorch_model.bin":           "a pickle",
		"unet/diffusion_flax_model.msgpack":          "flax",
		"safety_checker/model.safetensors":           "safety",
		"feature_extractor/preprocessor_config.json": `{}`,
		"v1-5.safetensors":                           "all in one",
		"README.md":                                  "# a model",
	}
}

// A bench is a hub, a client of it and a folder.
type bench struct {
	*hubtest.Hub
	client *hub.Client
	dir    string
	log    strings.Builder
}

func start(t *testing.T, token string, repository hubtest.Repository) *bench {
	t.Helper()
	b := &bench{Hub: hubtest.Start(map[string]hubtest.Repository{"owner/name": repository}), dir: filepath.Join(t.TempDir(), "model")}
	t.Cleanup(b.Close)
	b.connect(t, hub.Config{Token: token})
	return b
}

func (b *bench) connect(t *testing.T, c hub.Config) {
	t.Helper()
	c.Endpoint, c.Agent, c.Log = b.URL(), "pentimento test", slog.New(slog.NewTextHandler(&b.log, nil))
	c.Patience = hub.Patience{Stall: 300 * time.Millisecond, Pause: time.Millisecond, Tries: 3}
	client, err := hub.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	b.client = client
}

// get fetches files of owner/name, those that a model needs by default.
func (b *bench) get(ctx context.Context, files ...string) error {
	r, err := b.client.Repository(ctx, hub.Ref{Owner: "owner", Name: "name", Revision: "main"})
	if err != nil {
		return err
	}
	chosen, err := r.Choose(hub.Wish{Files: files})
	if err != nil {
		return err
	}
	return b.client.Fetch(ctx, r, chosen, b.dir, func(hub.Progress) {})
}

// holds compares the folder with what should be in it, unfinished files aside.
func (b *bench) holds(t *testing.T, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(b.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".part") {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(b.dir, path)
		got[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if !maps.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// parts counts the unfinished files.
func (b *bench) parts(t *testing.T) int {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(b.dir, "unet", ".*.part"))
	if err != nil {
		t.Fatal(err)
	}
	return len(parts)
}

// needed is what of model() a model needs.
func needed() map[string]string {
	files := model()
	for _, name := range []string{"unet/diffusion_pytorch_model.bin", "unet/diffusion_flax_model.msgpack", "safety_checker/model.safetensors",
		"feature_extractor/preprocessor_config.json", "v1-5.safetensors", "README.md"} {
		delete(files, name)
	}
	return files
}

func TestFetch(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	if err := b.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.holds(t, needed())
	if n := b.parts(t); n != 0 {
		t.Errorf("%d unfinished files are left", n)
	}
	before := len(b.Asked())
	if err := b.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := len(b.Asked()); after != before || before != 3 {
		t.Errorf("three large files took %d requests, and %d more once they were there", before, after-before)
	}
	// What is another file than the hub's is replaced.
	if err := os.WriteFile(filepath.Join(b.dir, config), []byte(`{"in_channels":9}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.holds(t, needed())
}

func TestProgressAddsUp(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	b.Break(b.Cut(100_000), hubtest.Bytes(model()[weights]))
	r, err := b.client.Repository(t.Context(), hub.Ref{Owner: "owner", Name: "name", Revision: "main"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Choose(hub.Wish{Files: []string{weights, config}})
	if err != nil {
		t.Fatal(err)
	}
	want := int64(len(model()[weights]) + len(model()[config]))
	var last hub.Progress
	show := func(p hub.Progress) {
		last = p
		if p.Done < 0 || p.Done > p.Total || p.Total != want {
			t.Errorf("%+v, want at most %d", p, want)
		}
	}
	if err := b.client.Fetch(t.Context(), r, files, b.dir, show); err != nil {
		t.Fatal(err)
	}
	if last.Done != want {
		t.Errorf("ended at %d of %d bytes", last.Done, want)
	}
}

// Faults that pass are tried again, from where the file ended.
func TestFaultsThatPass(t *testing.T) {
	whole := model()[weights]
	for name, c := range map[string]struct {
		faults func(*bench) []hubtest.Fault
		asked  []string
	}{
		"cut in mid-file": {
			func(b *bench) []hubtest.Fault { return []hubtest.Fault{b.Cut(100_000), b.Cut(50_000)} },
			[]string{weights, weights + " bytes=100000-", weights + " bytes=150000-"},
		},
		"progress renews patience": {
			func(b *bench) []hubtest.Fault {
				return []hubtest.Fault{b.Cut(1000), b.Cut(1000), b.Cut(1000), b.Cut(1000), b.Cut(1000)}
			},
			[]string{weights, weights + " bytes=1000-", weights + " bytes=2000-", weights + " bytes=3000-", weights + " bytes=4000-", weights + " bytes=5000-"},
		},
		"stall in mid-file": {
			func(b *bench) []hubtest.Fault { return []hubtest.Fault{b.Stall(100_000)} },
			[]string{weights, weights + " bytes=100000-"},
		},
		"stall before the header": {
			func(*bench) []hubtest.Fault {
				return []hubtest.Fault{func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }}
			},
			[]string{weights, weights},
		},
		"server errors": {
			func(*bench) []hubtest.Fault { return []hubtest.Fault{hubtest.Status(500), hubtest.Status(503)} },
			[]string{weights, weights, weights},
		},
		"too many requests": {
			func(*bench) []hubtest.Fault { return []hubtest.Fault{hubtest.Status(429, "Retry-After", "0")} },
			[]string{weights, weights},
		},
		"an address that has expired": {
			func(*bench) []hubtest.Fault { return []hubtest.Fault{hubtest.Status(403)} },
			[]string{weights, weights},
		},
		"no ranges": {
			func(b *bench) []hubtest.Fault { return []hubtest.Fault{b.Cut(100_000), hubtest.Bytes(whole)} },
			[]string{weights, weights + " bytes=100000-"},
		},
		"no such range": {
			func(b *bench) []hubtest.Fault { return []hubtest.Fault{b.Cut(100_000), hubtest.Status(416)} },
			[]string{weights, weights + " bytes=100000-", weights},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, "", hubtest.Repository{Files: model()})
			b.Break(c.faults(b)...)
			if err := b.get(t.Context(), weights); err != nil {
				t.Fatal(err)
			}
			b.holds(t, map[string]string{weights: whole})
			if asked := b.Asked(); !slices.Equal(asked, c.asked) {
				t.Errorf("asked for %q, want %q", asked, c.asked)
			}
			if strings.Contains(b.log.String(), "Signature") {
				t.Errorf("the log has a signed address: %s", b.log.String())
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	b.Break(hubtest.Status(429, "Retry-After", "1"))
	began := time.Now()
	if err := b.get(t.Context(), weights); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("the hub was asked again after %v, want a second", took)
	}
	b.Break(hubtest.Status(503, "Retry-After", "7200"))
	b.dir = t.TempDir()
	if err := b.get(t.Context(), weights); err == nil || !strings.Contains(err.Error(), "asked again in 2h0m0s") {
		t.Errorf("of a hub that wants two hours: %v", err)
	}
}

// Faults that do not pass end in one sentence, and in no file.
func TestFaultsThatDoNotPass(t *testing.T) {
	whole := model()[weights]
	for name, c := range map[string]struct {
		faults func(*bench) []hubtest.Fault
		kind   error
		text   string
		parts  int
	}{
		"wrong bytes": {func(*bench) []hubtest.Fault {
			return []hubtest.Fault{hubtest.Bytes("U" + whole[1:])}
		}, hub.ErrWrongSum, "was removed: run the command again", 0},
		"grown":  {func(*bench) []hubtest.Fault { return []hubtest.Fault{hubtest.Bytes(whole + "more")} }, hub.ErrChanged, "begin again", 1},
		"shrunk": {func(*bench) []hubtest.Fault { return []hubtest.Fault{hubtest.Status(200, "Content-Length", "5")} }, hub.ErrChanged, "begin again", 1},
		"another part": {func(b *bench) []hubtest.Fault {
			return []hubtest.Fault{b.Cut(1000), hubtest.Status(206, "Content-Range", "bytes 0-5/6")}
		}, nil, "sends another", 1},
		"another size": {func(b *bench) []hubtest.Fault {
			return []hubtest.Fault{b.Cut(1000), hubtest.Status(206, "Content-Range", "bytes 1000-1999/2000")}
		}, hub.ErrChanged, "begin again", 1},
		"errors without end": {func(*bench) []hubtest.Fault {
			return []hubtest.Fault{hubtest.Status(500), hubtest.Status(502), hubtest.Status(503)}
		}, nil, "answers with 503 Service Unavailable (tried 3 times)", 1},
		"a header without end": {func(*bench) []hubtest.Fault {
			huge := hubtest.Status(200, "X-Huge", strings.Repeat("x", 1<<20))
			return []hubtest.Fault{huge, huge, huge}
		}, nil, "header", 1},
		"sent round": {func(*bench) []hubtest.Fault {
			again := func(w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, r.URL.String(), http.StatusFound)
				return true
			}
			return slices.Repeat([]hubtest.Fault{again}, 20)
		}, nil, "without end", 1},
		"sent to a file": {func(*bench) []hubtest.Fault {
			return []hubtest.Fault{hubtest.Status(302, "Location", "file:///etc/passwd")}
		}, nil, "not followed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, "", hubtest.Repository{Files: model()})
			b.Break(c.faults(b)...)
			err := b.get(t.Context(), weights)
			if err == nil || !strings.Contains(err.Error(), c.text) || c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("%v, want %v: %s", err, c.kind, c.text)
			}
			if strings.Contains(fmt.Sprint(err), "Signature") || strings.Contains(fmt.Sprint(err), "\n") {
				t.Errorf("%v: has a signed address or several lines", err)
			}
			b.holds(t, map[string]string{})
			if n := b.parts(t); n != c.parts {
				t.Errorf("%d unfinished files are left, want %d", n, c.parts)
			}
		})
	}
}

// A hub says before it redirects which file it has now: another one is not begun.
func TestChangedBeforeItBegins(t *testing.T) {
	for name, header := range map[string][]string{
		"sum":  {"X-Linked-Etag", `W/"` + hubtest.SHA256("another") + `"`},
		"size": {"X-Linked-Size", "7"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, "", hubtest.Repository{Files: model()})
			b.BreakListing(hubtest.None, hubtest.Status(302, append(header, "Location", b.URL())...))
			if err := b.get(t.Context(), weights); !errors.Is(err, hub.ErrChanged) || len(b.Asked()) > 0 {
				t.Errorf("%v after %q, want that the file has changed", err, b.Asked())
			}
		})
	}
}

// What a killed process has fetched is gone on with, unless the hub has another
// version by then.
func TestGoesOn(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	ctx, stop := context.WithCancel(t.Context())
	b.Break(b.first(100_000, stop))
	if err := b.get(ctx, weights); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want that it was stopped", err)
	}
	b.holds(t, map[string]string{})
	if err := b.get(t.Context(), weights); err != nil {
		t.Fatal(err)
	}
	b.holds(t, map[string]string{weights: model()[weights]})
	if asked := b.Asked(); !slices.Equal(asked, []string{weights, weights + " bytes=100000-"}) {
		t.Errorf("asked for %q", asked)
	}
}

// first has a stall stop the caller too.
func (b *bench) first(n int, stop func()) hubtest.Fault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		time.AfterFunc(100*time.Millisecond, stop)
		return b.Stall(n)(w, r)
	}
}

func TestNewVersionBeginsAnew(t *testing.T) {
	files := model()
	b := start(t, "", hubtest.Repository{Files: files})
	b.Break(b.Cut(100_000), hubtest.Status(500), hubtest.Status(500), hubtest.Status(500))
	if err := b.get(t.Context(), weights); err == nil {
		t.Fatal("want that it was given up")
	}
	files[weights] = strings.Repeat("other weights", 60_000)
	if err := b.get(t.Context(), weights); err != nil {
		t.Fatal(err)
	}
	b.holds(t, map[string]string{weights: files[weights]})
	if asked := b.Asked(); asked[len(asked)-1] != weights {
		t.Errorf("the other version was asked for as %q", asked[len(asked)-1])
	}
}

// A part that is damaged is found out, and the next run begins anew.
func TestDamagedPart(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	b.Break(b.Cut(100_000), hubtest.Status(500), hubtest.Status(500), hubtest.Status(500))
	if err := b.get(t.Context(), weights); err == nil {
		t.Fatal("want that it was given up")
	}
	parts, err := filepath.Glob(filepath.Join(b.dir, "unet", ".*.part"))
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	damaged, err := os.OpenFile(parts[0], os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := damaged.WriteString("damaged"); err != nil {
		t.Fatal(err)
	}
	if err := damaged.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.get(t.Context(), weights); !errors.Is(err, hub.ErrWrongSum) {
		t.Errorf("%v, want a wrong sum", err)
	}
	if err := b.get(t.Context(), weights); err != nil {
		t.Error(err)
	}
	b.holds(t, map[string]string{weights: model()[weights]})
}

func TestTokenGoesToTheHubAlone(t *testing.T) {
	b := start(t, hubtest.Token, hubtest.Repository{Files: model(), Gated: true, Private: true})
	b.Break(hubtest.Status(500))
	if err := b.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(b.Asked()) == 0 || len(b.Carried()) > 0 {
		t.Errorf("of %d requests the files' server got the tokens %q", len(b.Asked()), b.Carried())
	}
	if strings.Contains(b.log.String(), hubtest.Token) || b.log.Len() == 0 {
		t.Errorf("the log: %s", b.log.String())
	}
	if _, err := hub.NewClient(hub.Config{Endpoint: "http://mirror.example", Token: hubtest.Token}); err == nil || strings.Contains(err.Error(), hubtest.Token) {
		t.Errorf("a token without encryption: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		token      string
		repository hubtest.Repository
		ref        hub.Ref
		kind       error
		text       string
	}{
		"gated":                  {"", hubtest.Repository{Files: model(), Gated: true}, hub.Ref{}, hub.ErrGated, "/owner/name, and put a token"},
		"private":                {"", hubtest.Repository{Files: model(), Private: true}, hub.Ref{}, hub.ErrNotFound, "or it is private"},
		"a wrong token":          {"hf_wrong", hubtest.Repository{Files: model()}, hub.Ref{}, hub.ErrToken, "HF_TOKEN"},
		"unknown":                {"", hubtest.Repository{}, hub.Ref{Owner: "owner", Name: "nobody", Revision: "main"}, hub.ErrNotFound, "spelling"},
		"unknown with a token":   {hubtest.Token, hubtest.Repository{}, hub.Ref{Owner: "owner", Name: "nobody", Revision: "main"}, hub.ErrNotFound, "spelling"},
		"a revision that is not": {"", hubtest.Repository{Files: model()}, hub.Ref{Owner: "owner", Name: "name", Revision: "fp16"}, hub.ErrNotFound, `no revision "fp16"`},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, c.token, c.repository)
			var err error
			if c.ref == (hub.Ref{}) {
				err = b.get(t.Context())
			} else {
				_, err = b.client.Repository(t.Context(), c.ref)
			}
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, want %v: %s", err, c.kind, c.text)
			}
			b.holds(t, map[string]string{})
		})
	}
}

func TestHostileListings(t *testing.T) {
	sibling := func(name string) string {
		return fmt.Sprintf(`{"rfilename":%q,"size":3,"blobId":%q}`, name, hubtest.Blob("abc"))
	}
	list := func(siblings ...string) string {
		return fmt.Sprintf(`{"sha":%q,"siblings":[%s]}`, hubtest.Commit, strings.Join(siblings, ","))
	}
	listings := map[string]string{
		"no JSON":          "<html>log in to the café's network</html>",
		"no commit":        `{"siblings":[]}`,
		"a path as commit": `{"sha":"../../../../etc/passwd/../../..../../...","siblings":[]}`,
		"twice":            list(sibling("a.json"), sibling("A.json")),
		"no size":          list(fmt.Sprintf(`{"rfilename":"a","blobId":%q}`, hubtest.Blob("abc"))),
		"negative size":    list(fmt.Sprintf(`{"rfilename":"a","size":-1,"blobId":%q}`, hubtest.Blob("abc"))),
		"huge size":        list(fmt.Sprintf(`{"rfilename":"a","size":9000000000000000,"blobId":%q}`, hubtest.Blob("abc"))),
		"no sum":           list(`{"rfilename":"a","size":3}`),
		"a path as sum":    list(`{"rfilename":"a","size":3,"blobId":"../../../../../../../../../../etc/passwd"}`),
		"without end":      `{"sha":"` + strings.Repeat("a", 33<<20),
	}
	for _, name := range []string{"", ".", "..", "../up", "a/../../up", "/etc/passwd", "a//b", "a/", `a\b`, "c:/windows", "a/con", "NUL.txt",
		"com1", "a\x00b", "a\nb", "a\x1b[31m", "a\u202eb", "dot.", "space ", strings.Repeat("x", 300), strings.Repeat("x/", 600) + "x"} {
		listings[fmt.Sprintf("%.20q", name)] = list(sibling(name))
	}
	for name, listing := range listings {
		t.Run(name, func(t *testing.T) {
			b := start(t, "", hubtest.Repository{Listing: listing})
			if err := b.get(t.Context()); err == nil || strings.ContainsAny(err.Error(), "\x1b\x00\n") || len(err.Error()) > 400 {
				t.Errorf("%v, want one line", err)
			}
			b.holds(t, map[string]string{})
		})
	}
}

// Links and pipes that lie in the folder are not written through.
func TestWhatIsInTheWay(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	outside := t.TempDir()
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(b.dir, "unet")); err != nil {
		t.Fatal(err)
	}
	if err := b.get(t.Context(), config); err == nil {
		t.Error("a link out of the folder was followed")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside are %v, %v", entries, err)
	}
	if err := os.Remove(filepath.Join(b.dir, "unet")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(b.dir, "unet"), 0o755); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(b.dir, "unet", ".config.json."+hubtest.Blob(model()[config])[:12]+".part")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.get(t.Context(), config); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("a pipe in the way: %v", err)
	}
}

func TestNoSpace(t *testing.T) {
	b := start(t, "", hubtest.Repository{Listing: fmt.Sprintf(
		`{"sha":%q,"siblings":[{"rfilename":"a.safetensors","size":1099511627775,"lfs":{"sha256":%q}}]}`, hubtest.Commit, hubtest.SHA256("a"))})
	err := b.get(t.Context())
	if !errors.Is(err, hub.ErrNoSpace) || !strings.Contains(err.Error(), "1099.5 GB are to be fetched") {
		t.Errorf("%v, want that there is too little space", err)
	}
	if len(b.Asked()) > 0 {
		t.Errorf("asked for %q all the same", b.Asked())
	}
}

func TestOneAtATime(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	b.Break(func(http.ResponseWriter, *http.Request) bool {
		other, err := hub.NewClient(hub.Config{Endpoint: b.URL()})
		if err != nil {
			t.Error(err)
			return false
		}
		defer func() { _ = other.Close() }()
		second := &bench{Hub: b.Hub, client: other, dir: b.dir}
		if err := second.get(context.Background(), config); !errors.Is(err, hub.ErrBusy) {
			t.Errorf("the second of two: %v, want that the folder is busy", err)
		}
		return false
	})
	if err := b.get(t.Context(), weights); err != nil {
		t.Fatal(err)
	}
}

// What the hub's own tools have fetched is taken from them, if it is whole.
func TestCacheOfOthers(t *testing.T) {
	b := start(t, "", hubtest.Repository{Files: model()})
	cache := t.TempDir()
	blobs := filepath.Join(cache, "models--owner--name", "blobs")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		t.Fatal(err)
	}
	vae := "vae/diffusion_pytorch_model.safetensors"
	for name, contents := range map[string]string{weights: model()[weights], vae: strings.Repeat("bad", 1000)} {
		if err := os.WriteFile(filepath.Join(blobs, hubtest.SHA256(model()[name])), []byte(contents), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b.connect(t, hub.Config{Cache: cache})
	if err := b.get(t.Context(), weights, vae); err != nil {
		t.Fatal(err)
	}
	b.holds(t, map[string]string{weights: model()[weights], vae: model()[vae]})
	if asked := b.Asked(); !slices.Equal(asked, []string{vae}) {
		t.Errorf("asked for %q, want only what is damaged in the cache", asked)
	}
}

func TestParseRef(t *testing.T) {
	for text, want := range map[string]hub.Ref{
		"owner/name":                         {Owner: "owner", Name: "name", Revision: "main"},
		"stable-diffusion-v1-5/a_b.c@fp16":   {Owner: "stable-diffusion-v1-5", Name: "a_b.c", Revision: "fp16"},
		"owner/name@refs/pr/3":               {Owner: "owner", Name: "name", Revision: "refs/pr/3"},
		"https://huggingface.co/owner/name/": {Owner: "owner", Name: "name", Revision: "main"},
	} {
		if got, err := hub.ParseRef(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "name", "owner/", "/name", "a/b/c", "../name", "owner/..", "owner/na me", "owner/name@", "owner/name@../x", "owner/name@a..b", "http://x/y"} {
		if ref, err := hub.ParseRef(text); err == nil {
			t.Errorf("%q was read as %+v", text, ref)
		}
	}
	if got := (hub.Ref{Owner: "a", Name: "b", Revision: "refs/pr/3"}).Folder(); got != "a--b--refs--pr--3" {
		t.Errorf("its folder is %s", got)
	}
}
