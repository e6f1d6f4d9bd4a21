package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"pentimento/study"
)

// A figure is a plot of a metric as a file.
type figure struct {
	name, metric string
	svg          []byte
}

// plotted are the metrics that are drawn along an axis.
func plotted() []string {
	return []string{"succeeded", "success", "evidence", "outside_change", "change", "gradient", "cycle_fresh", "score"}
}

// plots draws a set's metrics along its axis, a line with intervals for each
// series. Sets without a numeric axis have no plots, and those with too many
// series have none either.
func (s *set) plots() ([]figure, error) {
	if !s.numeric() || s.crowded() {
		return nil, nil
	}
	var out []figure
	for _, name := range plotted() {
		if !s.tells(name) {
			continue
		}
		m, _ := study.MetricNamed(name)
		svg, err := s.plot(m)
		if err != nil {
			return nil, fmt.Errorf("plot %s: %w", name, err)
		}
		out = append(out, figure{s.name(s.axis, name), name, svg})
	}
	return out, nil
}

// numeric reports whether the axis has at least two numbers and nothing else.
func (s *set) numeric() bool {
	most := 0
	for _, l := range s.lines {
		for _, p := range l.points {
			if _, err := strconv.ParseFloat(p.x, 64); err != nil {
				return false
			}
		}
		most = max(most, len(l.points))
	}
	return most > 1
}

// The size of a plot without its legend, which is below it, and what is left
// free at its right, where the last number is wider than its tick.
const (
	plotWidth  = 4.6 * vg.Inch
	plotHeight = 3.1 * vg.Inch
	plotRight  = 10
)

// colours of lines, which differ in lightness too.
func colours() []color.Color {
	return []color.Color{
		color.RGBA{0x1b, 0x4f, 0x8f, 0xff}, color.RGBA{0xd9, 0x6b, 0x27, 0xff}, color.RGBA{0x3b, 0x8f, 0x5a, 0xff},
		color.RGBA{0x8a, 0x3c, 0x8f, 0xff}, color.RGBA{0x93, 0x7d, 0x1c, 0xff}, color.RGBA{0x55, 0x55, 0x55, 0xff},
		color.RGBA{0x2a, 0xa9, 0xc0, 0xff}, color.RGBA{0xc2, 0x3b, 0x50, 0xff},
	}
}

// apart is how far lines are moved from each other, as a share of the axis.
const apart = .008

// span is how long the axis is.
func (s *set) span() float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range s.places() {
		if x, err := strconv.ParseFloat(p.point.x, 64); err == nil {
			low, high = min(low, x), max(high, x)
		}
	}
	return high - low
}

// errorPoints are points with intervals.
type errorPoints struct {
	plotter.XYs
	plotter.YErrors
}

// move shifts the points along the axis.
func (e errorPoints) move(by float64) {
	for i := range e.XYs {
		e.XYs[i].X += by
	}
}

func (s *set) plot(m study.Metric) ([]byte, error) {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = s.axis, m.Label
	p.BackgroundColor = color.White
	for _, f := range []*font.Font{&p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font} {
		f.Variant = "Sans"
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{0xe4}, color.Gray{0xe4}
	p.Add(grid)
	legend := plot.NewLegend()
	legend.TextStyle.Font.Variant, legend.Top, legend.Left, legend.Padding = "Sans", true, true, 3
	below := vg.Length(0)
	for i, l := range s.lines {
		data := l.errorPoints(m)
		// Intervals at one value stand side by side instead of on each other.
		data.move((float64(i) - float64(len(s.lines)-1)/2) * apart * s.span())
		if len(data.XYs) == 0 {
			continue
		}
		marks, err := addLine(p, data, colours()[i%len(colours())])
		if err != nil {
			return nil, err
		}
		if len(s.lines) > 1 {
			legend.Add(l.series, marks...)
			below += legend.TextStyle.FontExtents().Height + legend.Padding
		}
	}
	canvas := vgsvg.New(plotWidth, plotHeight+below)
	all := draw.New(canvas)
	p.Draw(draw.Crop(all, 0, -plotRight, below, 0))
	legend.Draw(draw.Crop(all, plotRight, 0, 0, -plotHeight))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// addLine draws points, the line through them and their intervals, and returns
// what shows them in a legend.
func addLine(p *plot.Plot, data errorPoints, c color.Color) ([]plot.Thumbnailer, error) {
	through, points, err := plotter.NewLinePoints(data)
	if err != nil {
		return nil, err
	}
	bars, err := plotter.NewYErrorBars(data)
	if err != nil {
		return nil, err
	}
	through.Color, points.Color, bars.Color = c, c, c
	through.Width, points.Shape, points.Radius = vg.Points(1.4), draw.CircleGlyph{}, vg.Points(2)
	p.Add(bars, through, points)
	return []plot.Thumbnailer{through, points}, nil
}

// errorPoints are a line's estimates; an interval that is everything is not
// drawn.
func (l *line) errorPoints(m study.Metric) errorPoints {
	var out errorPoints
	for _, p := range l.points {
		e := m.Estimate(p.results)
		x, err := strconv.ParseFloat(p.x, 64)
		if e.N == 0 || err != nil {
			continue
		}
		low, high := e.Mean-e.Low, e.High-e.Mean
		if math.IsInf(low, 0) {
			low, high = 0, 0
		}
		out.XYs = append(out.XYs, plotter.XY{X: x, Y: e.Mean})
		out.YErrors = append(out.YErrors, struct{ Low, High float64 }{low, high})
	}
	return out
}
