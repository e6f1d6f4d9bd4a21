package report

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pentimento/study"
)

var update = flag.Bool("update", false, "write the golden files anew")

// findings are those of a study whose numbers can be checked by hand: change
// falls by 1 for each .1 of k, on every seed alike but for .1 times the seed.
func findings(t *testing.T, dir string) *study.Findings {
	t.Helper()
	f := &study.Findings{File: &study.File{Name: "made-up", About: "Numbers <made> up.", Seeds: study.Seeds{1, 2, 3},
		Claims: []study.Claim{{Says: "A large k <changes> less.", Sweep: "k", Metric: "outside_change", From: study.Setting{"k": "0"}, To: study.Setting{"k": "1"}, Expect: study.Less},
			{Says: "It is the same twice.", Sweep: "k", Metric: "outside_change", From: study.Setting{"k": "0.5"}, To: study.Setting{"k": "0.5"}, Expect: study.Same, Bound: .5},
			{Says: "The way back ends where it began.", Sweep: "k", Metric: "cycle_recorded_max", Expect: study.EachAtMost, Bound: 2}},
	}, Model: "none"}
	index := 0
	add := func(c study.Cell, m map[string]float64) *study.Result {
		f.Results = append(f.Results, study.Result{Index: index, Cell: c, Metrics: m})
		index++
		return &f.Results[len(f.Results)-1]
	}
	for _, seed := range f.File.Seeds {
		for i, k := range []string{"0", "0.5", "1"} {
			parameters := study.Parameters{Method: study.PromptToPrompt, K: .5 * float64(i)}
			for _, series := range []string{"cl", "literature"} {
				r := add(study.Cell{Sweep: "k", Edit: "blond to red", Kind: "appearance", Axis: "k", X: k, Series: series, Seed: seed, Turn: 1, Parameters: parameters},
					map[string]float64{"succeeded": 1, "outside_change": 10 - 5*float64(i) + .1*float64(seed), "score": float64(i%2) + .01*float64(seed),
						"cycle_recorded": 0, "cycle_recorded_max": 0, "cycle_fresh": 3 + float64(seed)})
				if seed == 1 {
					r.Source, r.Picture = "pictures/source.png", fmt.Sprintf("pictures/%d.png", r.Index)
					picture := image.NewNRGBA(image.Rect(0, 0, 8, 8))
					picture.SetNRGBA(i, 1, color.NRGBA{255, 0, 0, 255})
					var out bytes.Buffer
					if err := png.Encode(&out, picture); err != nil {
						t.Fatal(err)
					}
					for _, name := range []string{r.Source, r.Picture} {
						if err := writeFile(filepath.Join(dir, "made-up", name), out.Bytes()); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
		for turn := 1; turn <= 2; turn++ {
			add(study.Cell{Sweep: "talk", Edit: "twice", Seed: seed, Turn: turn, Series: "cl"}, map[string]float64{"outside_change": float64(turn), "drift": 1, "change": 2})
		}
	}
	add(study.Cell{Sweep: "k", Edit: "blond to red", Kind: "appearance", Axis: "k", X: "0", Series: "cl", Seed: 4, Turn: 1}, nil).Unusable = "no hair"
	f.Best = []study.Best{{Kind: "appearance", Tried: 7, Parameters: study.Parameters{Cross: .8, Self: .4, K: .3, BlendStart: .2}, Score: study.Mean([]float64{1, 1}), Margin: study.Mean([]float64{.25, .25})}}
	for i, seed := range []uint64{7, 8} {
		for _, series := range []string{study.Found, "cl", study.Own} {
			score := .5
			parameters := f.Best[0].Parameters
			switch series {
			case study.Found:
				score = .75 + .01*float64(i)
			case study.Own:
				parameters.K = .5
			}
			f.Confirmed = append(f.Confirmed, study.Result{Cell: study.Cell{Sweep: "held out", Edit: "blond to red", Kind: "appearance", Series: series, Seed: seed, Turn: 1, Parameters: parameters},
				Metrics: map[string]float64{"score": score, "fidelity": 2 * score, "success": 1}})
		}
	}
	return f
}

// The page's words, without pictures.
func words(html string) string {
	html = regexp.MustCompile(`(?s)<style>.*?</style>|data:[a-z/+]+;base64,[A-Za-z0-9+/=]*`).ReplaceAllString(html, "…")
	return html
}

func TestReport(t *testing.T) {
	dir := t.TempDir()
	path, err := Write(dir, []*study.Findings{findings(t, dir)})
	if err != nil {
		t.Fatal(err)
	}
	html, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "report.golden.html")
	if *update {
		if err := writeFile(golden, []byte(words(string(html)))); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if words(string(html)) != string(want) {
		t.Errorf("the page is no longer as in %s", golden)
	}
	document, err := os.ReadFile(filepath.Join(dir, "docs", "study.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{
		"| made-up | A large k <changes> less. | **holds** | change outside | 10.2 [9.95, 10.4] | 0.20 [-0.048, 0.45] | -10.0 [-10.0, -10.0] |",
		"| **holds** | change outside | 5.20 [4.95, 5.45] | 5.20 [4.95, 5.45] | 0 [0, 0] (bound ±0.50) |",
		"| **holds** | cycle error, recorded, largest | at most 2.00 | 0 [0, 0] | largest 0 |",
		"| appearance | cross 0.8, self 0.4, k 0.3 from 0.2 on | cross 0.8, self 0.4, k 0.5 from 0.2 on | found over cl: +0.26 [0.19, 0.32], better; success × preservation alone: +0.51 [0.38, 0.64], better<br>the program's over cl: 0 [0, 0], no difference seen; success × preservation alone: 0 [0, 0], no difference seen |",
		"| appearance | cross 0.8, self 0.4, k 0.3 from 0.2 on | 7 | 1.00 [1.00, 1.00] | +0.25 [0.25, 0.25] | found 0.76 [0.69, 0.82] (degree of success 1.00)<br>cl",
		"| appearance | blond to red | 0.76 [0.69, 0.82] | found over cl: +0.26 [0.19, 0.32], better; success × preservation alone: +0.51 [0.38, 0.64], better |",
		"### held out · appearance",
		"| Imagic | Fine-tuning",
		"| series | k | pictures | success | change outside |",
	} {
		if !strings.Contains(string(document), said) {
			t.Errorf("the document does not say %q:\n%s", said, document)
		}
	}
	for _, picture := range regexp.MustCompile(`\]\((study/[^)]*)\)`).FindAllStringSubmatch(string(document), -1) {
		if _, err := os.Stat(filepath.Join(dir, "docs", picture[1])); err != nil {
			t.Errorf("a picture of the document: %v", err)
		}
	}
	for _, link := range []string{`src="http`, `href="http`, "<script", "<link"} {
		if strings.Contains(string(html), link) {
			t.Errorf("the page needs %s", link)
		}
	}
	for _, said := range []string{
		"cl: k from 0 to 1: change outside -10.0 [-10.0, -10.0]; no difference seen in success (0 [0, 0])",
		"cl: the score is highest at k 0.5: 1.02 [1.00, 1.04]",
		"largest 0 of 255 in 18 pictures; from a fresh run: 5.00 [2.52, 7.48]",
		"Drift of the untouched part: cl: 1.00 [1.00, 1.00] levels per turn after 2 turns, and at no turn more than 2.00 [2.00, 2.00] levels in all (turn 2)",
		"found over cl: &#43;0.26 [0.19, 0.32], better",
		"A large k &lt;changes&gt; less.</td><td><b>holds</b></td><td>change outside</td><td>10.2 [9.95, 10.4]</td><td>0.20 [-0.048, 0.45]</td><td>-10.0 [-10.0, -10.0]</td>",
		"Not measured: 1, because",
		"Numbers &lt;made&gt; up.",
	} {
		if !strings.Contains(string(html), said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	again := t.TempDir()
	if _, err := Write(again, []*study.Findings{findings(t, again)}); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, dir, again)
}

// sameFiles compares two folders, and wants all kinds of files there.
func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	kinds := map[string]int{}
	err := fs.WalkDir(os.DirFS(a), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kinds[filepath.Ext(path)]++
		one, err := os.ReadFile(filepath.Join(a, path))
		if err != nil {
			return err
		}
		other, err := os.ReadFile(filepath.Join(b, path))
		if err != nil {
			return err
		}
		if !bytes.Equal(one, other) {
			t.Errorf("%s differs the second time", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{".svg", ".gif", ".png", ".csv", ".json", ".html"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was written", kind)
		}
	}
}

func TestTables(t *testing.T) {
	f := findings(t, t.TempDir())
	rows := cellTable(f.Results)
	if len(rows) != len(f.Results)+1 {
		t.Errorf("%d rows for %d cells", len(rows), len(f.Results))
	}
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			t.Errorf("row %d has %d columns, the head %d", i, len(row), len(rows[0]))
		}
	}
	sets := gather(f.Results)
	if len(sets) != 2 || len(sets[0].lines) != 2 || len(sets[0].lines[0].points) != 3 || sets[1].axis != turnAxis {
		t.Errorf("%d sets", len(sets))
	}
	summary := summaryTable(sets)
	want := "k,appearance,blond to red,cl,k,0,succeeded,3,1,0.4385029682449546,1"
	if got := strings.Join(summary[1], ","); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Of many series only the best are told of, and none are drawn.
func TestManySeries(t *testing.T) {
	var results []study.Result
	for i := range mostLines + 2 {
		for _, x := range []string{"0", "1"} {
			score := map[string]float64{"score": float64(i)}
			if i == 7 {
				score["score"] = 50
			}
			for seed := range uint64(2) {
				results = append(results, study.Result{Cell: study.Cell{Sweep: "grid", Kind: "shape", Edit: "e", Axis: "k", X: x, Series: fmt.Sprintf("self %d", i), Seed: seed, Turn: 1}, Metrics: score})
			}
		}
	}
	s := gather(results)[0]
	if plots, err := s.plots(); err != nil || len(plots) != 0 {
		t.Errorf("%d plots, %v", len(plots), err)
	}
	want := "The highest scores: self 7, k 0: 50.0 [50.0, 50.0]; self 7, k 1: 50.0 [50.0, 50.0]; self 9, k 0: 9.00 [9.00, 9.00]."
	if said := s.statements(); len(said) != 1 || said[0] != want {
		t.Errorf("%q, want %q", said, want)
	}
	if rows := s.brief().Rows; len(rows) != mostLines || rows[0][0] != "self 7" || rows[2][0] != "self 9" {
		t.Errorf("the short table is %v", rows)
	}
	if rows := s.table().Rows; len(rows) != 2*(mostLines+2) {
		t.Errorf("the long table has %d rows", len(rows))
	}
}

// What a margin means depends on its interval.
func TestMargin(t *testing.T) {
	for want, values := range map[string][]float64{
		"+0.50 [0.50, 0.50], better":          {.5, .5},
		"-0.50 [-0.50, -0.50], worse":         {-.5, -.5},
		"0 [-12.7, 12.7], no difference seen": {1, -1},
		"too few seeds to tell":               {7},
	} {
		if got := margin(study.Mean(values)); got != want {
			t.Errorf("%v is %q, want %q", values, got, want)
		}
	}
}

func TestBrief(t *testing.T) {
	for v, want := range map[float64]string{0: "0", .0004: "0", -.0123: "-0.012", .5: "0.50", 3.14159: "3.14", -25.06: "-25.1", 1234.5: "1234"} {
		if got := brief(v); got != want {
			t.Errorf("%g is %s, want %s", v, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for text, want := range map[string]string{"k-blond to red-self 0.2": "k-blond-to-red-self-0.2", "../x": "x", "ν": "", "A/B": "a-b"} {
		if got := slug(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// Pictures are read from the study's own folder.
func TestPicturesStayInTheFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(dir, "study")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := readPicture(inside, "../secret"); err == nil {
		t.Error("a picture outside the folder was read")
	}
}
