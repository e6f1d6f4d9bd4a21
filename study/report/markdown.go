package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"pentimento/study"
)

//go:embed page.md
var markdownText string

// writeMarkdown writes the findings as study.md, and in the folder study beside
// it the plots and sheets that it shows.
func (p page) writeMarkdown(dir string) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"row":    func(values ...any) string { return row(texts(values)) },
		"cells":  row,
		"head":   func(names []string) string { return row(names) + "\n|" + strings.Repeat("---|", len(names)) },
		"lines":  func(lines []string) string { return strings.Join(lines, "<br>") },
		"plots":  func(s *setPart) []figure { return s.shownPlots() },
		"files":  func(study string, f figure) string { return pictureFile(study, f.name) + ".svg" },
		"sheets": func(study string, s sheetPart) string { return pictureFile(study, s.Sheet) + ".jpg" },
	}).Parse(markdownText)
	if err != nil {
		return fmt.Errorf("parse the document: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return fmt.Errorf("fill in the document: %w", err)
	}
	for _, s := range p.Studies {
		for _, set := range s.Sets {
			for _, f := range set.shownPlots() {
				if err := writeFile(filepath.Join(dir, pictureFile(s.Name, f.name)+".svg"), f.svg); err != nil {
					return err
				}
			}
			for _, sheet := range set.Shown() {
				if err := writeFile(filepath.Join(dir, pictureFile(s.Name, sheet.Sheet)+".jpg"), sheet.small); err != nil {
					return err
				}
			}
		}
	}
	return writeFile(filepath.Join(dir, "study.md"), out.Bytes())
}

// pictureFile is the path of a picture in the document, without its ending.
func pictureFile(of, name string) string {
	return "study/" + slug(of+"-"+strings.TrimSuffix(strings.TrimPrefix(name, "sheets/"), ".png"))
}

// shownPlots are the plots of the document.
func (s setPart) shownPlots() []figure {
	return slices.DeleteFunc(slices.Clone(s.Plots), func(f figure) bool {
		return !slices.Contains([]string{"succeeded", "outside_change", "change", "gradient", "cycle_fresh"}, f.metric)
	})
}

// Label says what the plot shows.
func (f figure) Label() string {
	m, _ := study.MetricNamed(f.metric)
	return m.Label
}

// Shown is the first sheet, if there is one.
func (s setPart) Shown() []sheetPart { return s.Sheets[:min(1, len(s.Sheets))] }

// texts writes values of any kind as text.
func texts(values []any) []string {
	var out []string
	for _, v := range values {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// row is a line of a table in Markdown.
func row(cells []string) string {
	escaped := make([]string, len(cells))
	for i, c := range cells {
		escaped[i] = strings.NewReplacer("|", "\\|", "\n", " ").Replace(c)
	}
	return "| " + strings.Join(escaped, " | ") + " |"
}
