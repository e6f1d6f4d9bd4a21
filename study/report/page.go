package report

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"

	"pentimento/study"
)

// A page is what the HTML shows.
type page struct {
	Metrics []study.Metric
	Studies []*studyPart
	Missing []missing
}

// A missing method is one that the papers compare with and the program does
// not have.
type missing struct{ Method, Takes string }

func notCompared() []missing {
	return []missing{
		{"Imagic", "Fine-tuning the model and optimising a text embedding for every picture: gradients through the UNet, which ONNX Runtime does not compute here, and minutes for each picture."},
		{"CLIP-guided Blended Diffusion", "CLIP, and its gradients at every step."},
		{"CLIPSeg in-painting", "A segmentation model, and a UNet that was trained for in-painting."},
	}
}

type studyPart struct {
	Name, About, Model     string
	Cells, Seeds, Unusable int
	Search                 []searchPart
	Verdicts               []verdictPart
	Sets                   []*setPart
}

type setPart struct {
	Title      string
	Statements []string
	Plots      []figure
	Table      table
	Brief      table
	Sheets     []sheetPart
}

// A dataURL is a picture within the page.
type dataURL = template.URL

// embedded writes data that we made ourselves into a URL.
func embedded(mediaType string, data []byte) dataURL {
	return dataURL("data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(data))
}

// URL is the plot within the page.
func (f figure) URL() dataURL { return embedded("image/svg+xml", f.svg) }

// URL is the sheet within the page.
func (s sheetPart) URL() dataURL { return embedded("image/jpeg", s.small) }

//go:embed page.html
var pageText string

func (p page) html() ([]byte, error) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("fill in the page: %w", err)
	}
	return out.Bytes(), nil
}
