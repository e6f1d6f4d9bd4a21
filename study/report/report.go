// Package report tells what studies found: tables, plots with confidence
// intervals, contact sheets and animations as files, and one page of HTML that
// holds all of it and needs nothing else.
//
// Start with [Write]. groups.go gathers the results that belong together;
// table.go, plots.go and sheets.go show them; statements.go says in sentences
// what the numbers say, and nothing that they don't; page.go is the page,
// markdown.go the document.
//
// The same results give the same bytes.
package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"

	"pentimento/study"
)

// Write makes the report of finished studies, whose results are in their
// folders below dir: for each study cells.csv, cells.json, summary.csv, plots,
// sheets and animations beside its results, and in dir report.html and docs,
// the findings as a document in Markdown with the pictures that it shows. It
// returns the page's path.
func Write(dir string, findings []*study.Findings) (string, error) {
	page := page{Metrics: study.Metrics(), Missing: notCompared()}
	for _, f := range findings {
		part, err := writeStudy(study.Folder(dir, f.File.Name), f)
		if err != nil {
			return "", fmt.Errorf("report of study %s: %w", f.File.Name, err)
		}
		page.Studies = append(page.Studies, part)
	}
	data, err := page.html()
	if err != nil {
		return "", err
	}
	if err := page.writeMarkdown(filepath.Join(dir, "docs")); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "report.html")
	return path, os.WriteFile(path, data, 0o644)
}

// writeStudy writes a study's files and returns its part of the page.
func writeStudy(dir string, f *study.Findings) (*studyPart, error) {
	all := append(f.Results[:len(f.Results):len(f.Results)], f.Confirmed...)
	sets := gather(f.Results)
	confirmed := gather(f.Confirmed)
	part := &studyPart{Name: f.File.Name, About: f.File.About, Model: f.Model, Cells: len(all), Seeds: len(f.File.Seeds), Search: searched(f), Verdicts: judged(f)}
	for _, r := range all {
		if r.Unusable != "" {
			part.Unusable++
		}
	}
	if err := errors.Join(
		writeJSON(filepath.Join(dir, "cells.json"), all),
		writeCSV(filepath.Join(dir, "cells.csv"), cellTable(all)),
		writeCSV(filepath.Join(dir, "summary.csv"), summaryTable(append(sets, confirmed...))),
	); err != nil {
		return nil, err
	}
	var err error
	part.Sets, err = writeSets(dir, append(sets, confirmed...))
	return part, err
}

// writeSets writes sets, as many at once as there are processors: most of the
// time goes into encoding pictures.
func writeSets(dir string, sets []*set) ([]*setPart, error) {
	parts, failed := make([]*setPart, len(sets)), make([]error, len(sets))
	next := make(chan int)
	var writers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		writers.Go(func() {
			for i := range next {
				parts[i], failed[i] = writeSet(dir, sets[i])
			}
		})
	}
	for i := range sets {
		next <- i
	}
	close(next)
	writers.Wait()
	return parts, errors.Join(failed...)
}

// writeSet writes the plots, sheets and animations of a set.
func writeSet(dir string, s *set) (*setPart, error) {
	part := &setPart{Title: s.title(), Table: s.table(), Brief: s.brief(), Statements: s.statements()}
	var err error
	if part.Plots, err = s.plots(); err != nil {
		return nil, err
	}
	for _, p := range part.Plots {
		if err := writeFile(filepath.Join(dir, "plots", p.name+".svg"), p.svg); err != nil {
			return nil, err
		}
	}
	for _, row := range s.strips() {
		shown, err := row.write(dir)
		if err != nil {
			return nil, err
		}
		if shown != nil {
			part.Sheets = append(part.Sheets, *shown)
		}
	}
	return part, nil
}

// cellTable is every cell as a row.
func cellTable(results []study.Result) [][]string {
	head := []string{"index", "sweep", "edit", "kind", "axis", "x", "series", "seed", "turn", "method", "preset", "value_layers", "scheduler", "steps", "guidance",
		"k", "blend_start", "start", "cross", "self", "value", "beta", "weight", "strength", "mix", "unusable"}
	for _, m := range study.Metrics() {
		head = append(head, m.Name)
	}
	rows := [][]string{head}
	for _, r := range results {
		row := []string{strconv.Itoa(r.Index), r.Sweep, r.Edit, r.Kind, r.Axis, r.X, r.Series, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Turn),
			r.Method, r.Preset, r.ValueLayers, r.Scheduler, strconv.Itoa(r.Steps)}
		for _, v := range []float64{r.Guidance, r.K, r.BlendStart, r.Start, r.Cross, r.Self, r.Value, r.Beta, r.Weight, r.Strength, r.Mix} {
			row = append(row, number(v))
		}
		row = append(row, r.Unusable)
		for _, m := range study.Metrics() {
			cell := ""
			if v, ok := r.Metrics[m.Name]; ok {
				cell = number(v)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func writeCSV(path string, rows [][]string) error {
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return writeFile(path, out.Bytes())
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return writeFile(path, append(data, '\n'))
}

// writeFile writes a file, making its folder.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return os.WriteFile(path, data, 0o644)
}
