package tests

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/tests/house"
)

// order is the floors of the house from the ground up. What is on a floor may
// import what is in the same room and what is on the floors below.
const order = `
	recipe   files
	models   picture   config   dialogue/lexicon
	dialogue/english
	dialogue/caption
	editor   dialogue   session
	session/bolt   session/redis
	jobs
	jobs/redis
	study   bot   metrics
	bot/discord   bot/terminal   bot/web
	cli
	main
`

// technologies are what stands outside the program, by the modules that talk to
// it. A package of the product knows one of them at most.
var technologies = map[string]string{
	"github.com/alecthomas/kong":          "the command line",
	"github.com/bwmarrin/discordgo":       "Discord",
	"github.com/gorilla/websocket":        "websockets",
	"github.com/minio/minio-go":           "S3",
	"github.com/prometheus/client_golang": "Prometheus",
	"github.com/redis/go-redis":           "Redis",
	"github.com/yalue/onnxruntime_go":     "ONNX Runtime",
	"go.etcd.io/bbolt":                    "bbolt",
}

var update = flag.Bool("update", false, "write docs/house.svg anew")

func TestHouse(t *testing.T) {
	packages, err := house.Load()
	if err != nil {
		t.Fatal(err)
	}
	floors := house.ParseOrder(order)
	t.Run("imports point down", func(t *testing.T) {
		for _, wrong := range floors.Uphill(packages) {
			t.Error(wrong)
		}
	})
	t.Run("every import counts", func(t *testing.T) { everyImportCounts(t, floors, packages) })
	t.Run("one technology a package", func(t *testing.T) {
		for _, p := range packages {
			if found := technologiesOf(p); p.Product() && len(found) > 1 {
				t.Errorf("%s knows %s", p.ImportPath, strings.Join(found, " and "))
			}
		}
	})
	t.Run("cli chooses the stores", func(t *testing.T) {
		for _, wrong := range choosing(packages) {
			t.Error(wrong)
		}
		made := house.Package{ImportPath: "pentimento/bot", Imports: []string{"pentimento/jobs", "pentimento/session/redis"}}
		if got, want := choosing(append(packages, made)), []string{"pentimento/bot imports pentimento/session/redis"}; !slices.Equal(got, want) {
			t.Errorf("of a bot that chooses a store: %q, want %q", got, want)
		}
	})
	t.Run("drawing", func(t *testing.T) { drawingIsTrue(t, floors, packages) })
}

// everyImportCounts turns the imports between rooms round, one at a time, and
// wants to hear of each.
func everyImportCounts(t *testing.T, floors house.Order, packages []house.Package) {
	between := 0
	for _, p := range packages {
		for _, imported := range p.Imports {
			from, to := floors.Room(p.ImportPath), floors.Room(imported)
			if !p.Product() || from == to || to == "" {
				continue
			}
			between++
			turned := house.Package{ImportPath: imported, Imports: []string{p.ImportPath}}
			want := fmt.Sprintf("%s imports %s", imported, p.ImportPath)
			if got := floors.Uphill([]house.Package{turned}); !slices.Equal(got, []string{want}) {
				t.Errorf("turned round, %s → %s gave %q", p.ImportPath, imported, got)
			}
		}
	}
	if between < 40 {
		t.Errorf("only %d imports lead from room to room: this test sees too few", between)
	}
}

// drawingIsTrue compares docs/house.svg with what is drawn now.
func drawingIsTrue(t *testing.T, floors house.Order, packages []house.Package) {
	path := filepath.Join("..", "docs", "house.svg")
	now := house.Draw(floors, packages)
	if *update {
		if err := os.WriteFile(path, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	drawn, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(drawn, now) {
		t.Errorf("docs/house.svg is not what the packages import now (%v): run make house", err)
	}
}

func TestHouseIsAsSmallAsItShouldBe(t *testing.T) {
	if lines := linesBelow(t, filepath.Join("..", "editor")); lines > 4500 {
		t.Errorf("editor/ has %d lines without tests, want at most 4,500", lines)
	}
	main, err := os.ReadFile(filepath.Join("..", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(main, []byte("\n")); lines > 10 {
		t.Errorf("main.go has %d lines, want at most 10", lines)
	}
}

// linesBelow counts the lines of Go below a folder, without tests.
func linesBelow(t *testing.T, folder string) (lines int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		lines += bytes.Count(data, []byte("\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// choosing says which packages import one that talks to a store, a sentence for
// each, but for cli and what talks to a store itself. All others are given
// theirs, as an interface.
func choosing(packages []house.Package) []string {
	stores := map[string]bool{}
	for _, p := range packages {
		stores[p.ImportPath] = slices.ContainsFunc(technologiesOf(p), func(name string) bool {
			return slices.Contains([]string{"Redis", "S3", "bbolt"}, name)
		})
	}
	var wrong []string
	for _, p := range packages {
		if !p.Product() || stores[p.ImportPath] || p.ImportPath == "pentimento/cli" {
			continue
		}
		for _, imported := range p.Imports {
			if stores[imported] {
				wrong = append(wrong, fmt.Sprintf("%s imports %s", p.ImportPath, imported))
			}
		}
	}
	return wrong
}

func technologiesOf(p house.Package) []string {
	var found []string
	for module, name := range technologies {
		if slices.ContainsFunc(p.Imports, func(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

func TestHouseFindsWhatIsNotInOrder(t *testing.T) {
	at := func(path string, imports ...string) house.Package {
		return house.Package{ImportPath: "pentimento/" + path, Imports: imports}
	}
	tests := map[string]struct {
		made house.Package
		want string
	}{
		"down":                   {at("bot", "pentimento/jobs", "pentimento/session"), ""},
		"inside a room":          {at("models/safety", "pentimento/models/graph"), ""},
		"somebody else's":        {at("recipe", "fmt", "pentimento.example/bot"), ""},
		"up":                     {at("recipe", "pentimento/editor"), "pentimento/recipe imports pentimento/editor"},
		"up from below":          {at("editor/align", "pentimento/bot"), "pentimento/editor/align imports pentimento/bot"},
		"up to the root":         {at("bot", "pentimento"), "pentimento/bot imports pentimento"},
		"to the side":            {at("models", "pentimento/picture"), "pentimento/models imports pentimento/picture"},
		"to a gateway":           {at("bot", "pentimento/bot/discord"), "pentimento/bot imports pentimento/bot/discord"},
		"between gateways":       {at("bot/discord/gateway", "pentimento/bot/terminal"), "pentimento/bot/discord/gateway imports pentimento/bot/terminal"},
		"lexicon to dialogue":    {at("dialogue/lexicon", "pentimento/dialogue"), "pentimento/dialogue/lexicon imports pentimento/dialogue"},
		"a test double":          {at("jobs", "pentimento/jobs/jobstest"), "pentimento/jobs imports pentimento/jobs/jobstest"},
		"tests in the product":   {at("jobs", "pentimento/tests/redistest"), "pentimento/jobs imports pentimento/tests/redistest"},
		"a room without a floor": {at("util", "fmt"), "pentimento/util is in no room"},
		"a test to a double": {
			house.Package{ImportPath: "pentimento/jobs", TestImports: []string{"pentimento/tests/redistest", "pentimento/session/sessiontest"}}, ""},
		"a test up": {
			house.Package{ImportPath: "pentimento/jobs", XTestImports: []string{"pentimento/bot"}}, "a test of pentimento/jobs imports pentimento/bot"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(house.ParseOrder(order).Uphill([]house.Package{test.made}), "\n"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
