package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/study/metric"
)

// A trueEdit is a drawing that no training used, in the place of a photograph, with
// what somebody says to change one thing of it, and the same drawing after that.
type trueEdit struct {
	Kind           string
	Picture, Truth string // files
	Caption, Said  string
	// Wanted are the attributes that the judge sees in the truth.
	Wanted map[string]string

	before, truth *image.NRGBA
}

// An edited picture is what one way to edit made of one drawing.
type edited struct {
	picture *image.NRGBA
	score   truthScore
}

// A truthScore says how near a picture is to the truth.
type truthScore struct {
	done bool // the judge sees what was asked
	// PSNR in dB and structural similarity: everywhere, inside of what the truth changes
	// and outside of it. What is equal outside counts as mostPSNR.
	psnr, psnrInside, psnrOutside float64
	ssim, ssimInside, ssimOutside float64
}

// mostPSNR is a fourth of a level off in the mean; more is not told apart.
const mostPSNR = 60

// latentsAcross are those of the bundled model.
const latentsAcross = 16

// photo edits drawings in the place of photographs and compares with the true edit:
// by the program, as a user has it, and by other methods on the same model.
func (b *bench) photo() (err error) {
	critic, err := judge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	edits, err := trueEdits(b.pairs)
	if err != nil {
		return fmt.Errorf("read the drawings: %w", err)
	}
	edits = slices.DeleteFunc(edits, func(e trueEdit) bool { return !strings.Contains(e.Kind+": "+e.Said, b.said) })
	p := &photoBench{bench: b, critic: critic, engine: editor.New(b.model)}
	for i, e := range edits {
		fmt.Fprintf(os.Stderr, "\r  %d of %d", i+1, len(edits))
		if err := p.compare(e); err != nil {
			return fmt.Errorf("%s, %q: %w", e.Picture, e.Said, err)
		}
	}
	fmt.Fprintln(os.Stderr)
	return p.report(edits)
}

// trueEdits reads what models/pocket/train/true_edits.py wrote.
func trueEdits(folder string) ([]trueEdit, error) {
	about, err := os.ReadFile(filepath.Join(folder, "about.json"))
	if err != nil {
		return nil, err
	}
	var edits []trueEdit
	if err := json.Unmarshal(about, &edits); err != nil {
		return nil, err
	}
	for i := range edits {
		e := &edits[i]
		for name, to := range map[string]**image.NRGBA{e.Picture: &e.before, e.Truth: &e.truth} {
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				return nil, err
			}
			if *to, err = decode(data); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return edits, nil
}

// inside marks what the truth changes, and half a latent around it.
func (e trueEdit) inside() metric.Mask {
	return metric.Where(e.truth, func(x, y int, _ [3]uint8) bool { return e.truth.NRGBAAt(x, y) != e.before.NRGBAAt(x, y) }).Grow(e.truth.Rect.Dx() / latentsAcross / 2)
}

// A photoBench has what was measured so far.
type photoBench struct {
	*bench
	critic *judge.Network
	engine *editor.Engine
	// edited are the pictures by the names of ways, in the order of the edits.
	edited map[string][]edited
	// spilled counts the pixels that changed outside the masks of edits that have one.
	spilled int
}

// compare makes an edit in all ways.
func (p *photoBench) compare(e trueEdit) error {
	a, err := p.converse(e)
	if err != nil {
		return err
	}
	if p.edited == nil {
		p.edited = map[string][]edited{}
	}
	for _, w := range p.ways() {
		drawn, err := w.draw(p, e, a)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		score, err := p.score(e, drawn)
		if err != nil {
			return err
		}
		p.edited[w.name] = append(p.edited[w.name], edited{drawn, score})
	}
	return nil
}

// score compares a picture with the truth.
func (p *photoBench) score(e trueEdit, drawn *image.NRGBA) (truthScore, error) {
	sight, err := p.critic.See(p.ctx, p.fitted(drawn))
	if err != nil {
		return truthScore{}, err
	}
	inside, all := e.inside(), metric.All(e.truth)
	similar := metric.SSIMOf(e.truth, drawn)
	psnr := func(within metric.Mask) float64 {
		return min(metric.Difference(e.truth, drawn, within).PSNR, mostPSNR)
	}
	s := truthScore{
		done: shows(sight, e.Wanted),
		psnr: psnr(all), psnrInside: psnr(inside), ssim: similar.Mean(all), ssimInside: similar.Mean(inside),
		psnrOutside: mostPSNR, ssimOutside: 1,
	}
	if outside := inside.Not(); outside.Count() > 0 {
		s.psnrOutside, s.ssimOutside = psnr(outside), similar.Mean(outside)
	}
	return s, nil
}

// fitted is a picture in the model's size.
func (p *photoBench) fitted(of *image.NRGBA) *image.NRGBA {
	spec := p.model.Spec()
	return photo.Flat(photo.Fit(of, image.Pt(spec.ImageWidth, spec.ImageHeight)))
}

// An answered edit is what the program made of it.
type answered struct {
	source, turn recipe.Turn
	settings     recipe.Settings
	picture      *image.NRGBA
	// mask is where the edit let the picture change; nil for everywhere.
	mask *photo.Mask
}

// converse opens a drawing and edits it, in the words of a user.
func (p *photoBench) converse(e trueEdit) (a answered, err error) {
	seed := uint64(0) // an opened picture has none
	options := bot.Options{Seed: &seed, Steps: p.steps, Guidance: p.guidance}
	for name, value := range p.set {
		if err := options.Set(name, value); err != nil {
			return a, err
		}
	}
	talk, stop := p.conversation(p.engine, p.critic, options)
	defer func() { err = errors.Join(err, stop()) }()
	first, err := talk.Open(p.ctx, bot.Request{}, encode(e.before), e.Caption)
	if err != nil {
		return a, err
	}
	answer, err := ask(p.ctx, talk, e.Said)
	if err != nil {
		return a, err
	}
	a = answered{source: first.Turn.Recipe, turn: answer.Turn.Recipe, settings: answer.Turn.Settings}
	if a.picture, err = decode(answer.Picture.Bytes()); err != nil {
		return a, err
	}
	a.mask, err = p.maskOf(e, a)
	if err != nil {
		return a, err
	}
	n, err := spilled(e.before, a.picture, a.mask)
	p.spilled += n
	return a, err
}

// spilled counts the pixels in which an edit differs from the picture though they are
// outside of its mask: neither black nor white, put upon the picture there, shows.
func spilled(before, edit *image.NRGBA, mask *photo.Mask) (n int, err error) {
	var painted [2]*image.NRGBA
	for i, colour := range []color.Gray{{0}, {0xff}} {
		plain := image.NewNRGBA(edit.Rect) // as large as the picture, so that no detail is added
		draw.Draw(plain, plain.Rect, image.NewUniform(colour), image.Point{}, draw.Src)
		if painted[i], err = photo.Compose(before, plain, mask, nil); err != nil {
			return 0, err
		}
	}
	for y := range before.Rect.Dy() {
		for x := range before.Rect.Dx() {
			own := before.NRGBAAt(x, y)
			if painted[0].NRGBAAt(x, y) == own && painted[1].NRGBAAt(x, y) == own && edit.NRGBAAt(x, y) != own {
				n++
			}
		}
	}
	return n, nil
}

// maskOf draws an edit again, which the engine remembers, for its mask.
func (p *photoBench) maskOf(e trueEdit, a answered) (*photo.Mask, error) {
	ctx := editor.WithPicture(p.ctx, p.fitted(e.before))
	drawn, err := p.engine.Draw(ctx, recipe.New(a.settings, a.source, a.turn), nil)
	if err != nil || drawn.Mask == nil {
		return nil, err
	}
	return photo.NewMask(drawn.Mask, drawn.MaskWidth, drawn.MaskHeight), nil
}

// report prints the tables, writes the sheet and notes the figures.
func (p *photoBench) report(edits []trueEdit) error {
	var table strings.Builder
	table.WriteString("| | shown | PSNR to the truth | inside | outside | SSIM | inside | outside |\n|---|---|---|---|---|---|---|---|\n")
	for _, w := range p.ways() {
		m := mean(p.edited[w.name], func(int) bool { return true })
		fmt.Fprintf(&table, "| %s | %.3f | %.2f | %.2f | %.2f | %.3f | %.3f | %.3f |\n", w.name, m.done,
			m.psnr, m.psnrInside, m.psnrOutside, m.ssim, m.ssimInside, m.ssimOutside)
	}
	table.WriteString("\n| kind | edits | shown | PSNR to the truth | inside |")
	rivals := slices.DeleteFunc(p.ways(), func(w way) bool { return !w.rival })
	for _, w := range rivals {
		table.WriteString(" " + w.name + " |")
	}
	table.WriteString("\n|" + strings.Repeat("---|", 5+len(rivals)) + "\n")
	for _, kind := range kindsOf(edits) {
		of := func(i int) bool { return edits[i].Kind == kind }
		m := mean(p.edited[ours], of)
		fmt.Fprintf(&table, "| %s | %d | %.3f | %.2f | %.2f |", kind, m.n, m.done, m.psnr, m.psnrInside)
		for _, w := range rivals {
			r := mean(p.edited[w.name], of)
			fmt.Fprintf(&table, " %.2f (%.2f) |", r.psnr, r.done)
		}
		table.WriteString("\n")
	}
	fmt.Print("\n", table.String())
	if p.alone {
		return nil
	}
	p.figure(rivals)
	if err := os.WriteFile(filepath.Join(p.out, "photo.md"), []byte(table.String()), 0o644); err != nil {
		return err
	}
	return p.sheets(edits)
}

// kindsOf lists the kinds of edits in the order in which they come first.
func kindsOf(edits []trueEdit) []string {
	var out []string
	for _, e := range edits {
		if !slices.Contains(out, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}

// figure notes what bench.json has.
func (p *photoBench) figure(rivals []way) {
	own := mean(p.edited[ours], func(int) bool { return true })
	best := 0.
	for _, w := range rivals {
		best = max(best, mean(p.edited[w.name], func(int) bool { return true }).psnr)
	}
	p.figures["photo.success"], p.figures["photo.psnr_truth"] = own.done, own.psnr
	p.figures["photo.psnr_best_baseline"] = best
	p.figures["photo.outside_pixels_changed"] = float64(p.spilled)
}

// A truthMean is the mean of scores.
type truthMean struct {
	n                             int
	done                          float64
	psnr, psnrInside, psnrOutside float64
	ssim, ssimInside, ssimOutside float64
}

// mean is that of the scores of some edits.
func mean(all []edited, of func(i int) bool) truthMean {
	var m truthMean
	for i, e := range all {
		if !of(i) {
			continue
		}
		s := e.score
		m.n++
		m.done += float64(number(s.done))
		m.psnr, m.psnrInside, m.psnrOutside = m.psnr+s.psnr, m.psnrInside+s.psnrInside, m.psnrOutside+s.psnrOutside
		m.ssim, m.ssimInside, m.ssimOutside = m.ssim+s.ssim, m.ssimInside+s.ssimInside, m.ssimOutside+s.ssimOutside
	}
	for _, v := range []*float64{&m.done, &m.psnr, &m.psnrInside, &m.psnrOutside, &m.ssim, &m.ssimInside, &m.ssimOutside} {
		*v /= float64(max(1, m.n))
	}
	return m
}

// sheets writes the drawings with their edits, one kind to a sheet, and the first of
// each kind as the sheet of docs/pictures.md.
func (p *photoBench) sheets(edits []trueEdit) error {
	var first []picture.Frame
	for _, kind := range kindsOf(edits) {
		var frames []picture.Frame
		for i, e := range edits {
			if e.Kind == kind {
				frames = append(frames, p.line(e, i)...)
			}
		}
		first = append(first, frames[:columns]...)
		sheet, err := picture.Sheet(frames, columns)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(p.out, "photo-"+kind+".png"), sheet, 0o644); err != nil {
			return err
		}
	}
	page, err := picture.Page(first, columns)
	if err != nil {
		return err
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, page, &jpeg.Options{Quality: 78}); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.out, "photo-edits.jpg"), data.Bytes(), 0o644)
}

// columns are the frames of a line of a sheet.
const columns = 6

// line is an edit in all ways that a sheet shows.
func (p *photoBench) line(e trueEdit, i int) []picture.Frame {
	frames := []picture.Frame{{PNG: encode(e.before), Label: e.Caption}, {PNG: encode(e.truth), Label: "truth: " + e.Said}}
	for _, name := range []string{ours, "SDEdit .6", blended, regenerated} {
		d := p.edited[name][i]
		frames = append(frames, picture.Frame{PNG: encode(d.picture), Label: fmt.Sprintf("%s, %.1f dB%s", name, d.score.psnr, unseen(d.score))})
	}
	return frames
}

func unseen(s truthScore) string {
	if s.done {
		return ""
	}
	return " (not seen)"
}
