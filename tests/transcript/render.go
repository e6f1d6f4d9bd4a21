package main

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"pentimento/picture"
	"pentimento/tests/discordtest"
)

// The page, in pixels.
const (
	columnWidth = 560
	margin      = 18
	gutter      = 58 // of the faces
	side        = 216
	textSize    = 16
	lineHeight  = 22
)

// The colours of a dark Discord.
var (
	background = color.RGBA{0x31, 0x33, 0x38, 0xff}
	ink        = color.RGBA{0xdb, 0xde, 0xe1, 0xff}
	faint      = color.RGBA{0x94, 0x9b, 0xa4, 0xff}
	codePaper  = color.RGBA{0x2b, 0x2d, 0x31, 0xff}
	greyButton = color.RGBA{0x4e, 0x50, 0x58, 0xff}
	offButton  = color.RGBA{0x3f, 0x41, 0x48, 0xff}
	blueButton = color.RGBA{0x58, 0x65, 0xf2, 0xff}
)

// faces are the colours of people, by name; the bot has the last.
var faces = map[string]color.RGBA{"Ann": {0xe0, 0x7a, 0x5f, 0xff}, "Bob": {0x81, 0xb2, 0x9a, 0xff}, "pentimento": {0xc8, 0x9b, 0x3c, 0xff}}

// A page is what is drawn on, from top to bottom.
type page struct {
	picture *image.RGBA
	y       int
	fonts   map[string]font.Face
	fetch   func(discordtest.Attachment) ([]byte, error)
	said    map[string]discordtest.Message
}

// render draws columns of messages side by side.
func render(columns [][]discordtest.Message, fetch func(discordtest.Attachment) ([]byte, error)) (image.Image, error) {
	fonts, err := openFonts()
	if err != nil {
		return nil, err
	}
	said := map[string]discordtest.Message{}
	for _, messages := range columns {
		for _, m := range messages {
			said[m.ID] = m
		}
	}
	var done []*page
	height := 0
	for _, messages := range columns {
		p := &page{picture: image.NewRGBA(image.Rect(0, 0, columnWidth, 6000)), y: margin, fonts: fonts, fetch: fetch, said: said}
		draw.Draw(p.picture, p.picture.Rect, image.NewUniform(background), image.Point{}, draw.Src)
		for _, m := range messages {
			if err := p.message(m); err != nil {
				return nil, err
			}
		}
		height = max(height, p.y)
		done = append(done, p)
	}
	out := image.NewRGBA(image.Rect(0, 0, columnWidth*len(done), height))
	for n, p := range done {
		draw.Draw(out, image.Rect(n*columnWidth, 0, (n+1)*columnWidth, height), p.picture, image.Point{}, draw.Src)
	}
	return out, nil
}

func openFonts() (map[string]font.Face, error) {
	out := map[string]font.Face{}
	for name, data := range map[string][]byte{"regular": goregular.TTF, "bold": gobold.TTF, "italic": goitalic.TTF, "code": gomono.TTF} {
		parsed, err := opentype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("parse a font: %w", err)
		}
		for suffix, size := range map[string]float64{"": textSize, " small": 13} {
			if out[name+suffix], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72}); err != nil {
				return nil, fmt.Errorf("open a font: %w", err)
			}
		}
	}
	return out, nil
}

// message draws one message.
func (p *page) message(m discordtest.Message) error {
	if m.Reference != nil {
		if to, ok := p.said[m.Reference.MessageID]; ok {
			words := strings.ReplaceAll(strings.Split(plain(to.Content), "\n")[0], "**", "")
			p.text(image.Pt(gutter+margin, p.y), "regular small", faint, "┌─  "+to.Author.Username+"  "+p.shorten(words, "regular small", columnWidth-gutter-180))
			p.y += 20
		}
	}
	name := m.Author.Username
	p.disc(image.Pt(margin+20, p.y+20), 20, faces[name])
	initial := strings.ToUpper(name[:1])
	p.text(image.Pt(margin+20-p.width("bold", initial)/2, p.y+10), "bold", color.White, initial)
	x := p.text(image.Pt(gutter+margin, p.y), "bold", faces[name], name)
	if m.Author.Bot {
		p.box(image.Rect(x+8, p.y+2, x+44, p.y+18), 4, blueButton)
		p.text(image.Pt(x+13, p.y+2), "bold small", color.White, "APP")
	}
	p.y += lineHeight
	for _, l := range parse(m.Content) {
		p.line(l)
	}
	for _, a := range m.Attachments {
		if err := p.attachment(a); err != nil {
			return err
		}
	}
	p.components(m.Components)
	p.y += 16
	return nil
}

// plain is text without its marks.
func plain(text string) string {
	out := ""
	for _, l := range parse(text) {
		for _, s := range l.spans {
			out += s.text
		}
		out += "\n"
	}
	return out
}

// line draws a line of text, broken where it is too long.
func (p *page) line(l line) {
	x, size, c := gutter+margin, "", color.Color(ink)
	if l.small {
		size, c = " small", faint
	}
	for _, s := range l.spans {
		style := "regular"
		switch {
		case s.code:
			style = "code"
		case s.bold:
			style = "bold"
		case s.italic:
			style = "italic"
		}
		for _, word := range strings.SplitAfter(s.text, " ") {
			if x+p.width(style+size, strings.TrimRight(word, " ")) > columnWidth-margin {
				x = gutter + margin
				p.y += lineHeight
			}
			if s.code {
				p.box(image.Rect(x-2, p.y, x+p.width(style+size, word)+2, p.y+20), 3, codePaper)
			}
			x = p.text(image.Pt(x, p.y), style+size, c, word)
		}
	}
	p.y += lineHeight
}

// attachment draws a picture, larger than it is.
func (p *page) attachment(a discordtest.Attachment) error {
	if !strings.HasSuffix(a.Filename, ".png") {
		return nil
	}
	data, err := p.fetch(a)
	if err != nil {
		return err
	}
	shown, err := picture.Decode(data)
	if err != nil {
		return fmt.Errorf("read %s: %w", a.Filename, err)
	}
	at := image.Rect(gutter+margin, p.y+4, gutter+margin+side*shown.Bounds().Dx()/shown.Bounds().Dy(), p.y+4+side)
	draw.DrawMask(p.picture, at, picture.Scale(shown, at.Size()), image.Point{}, rounded{at, 8}, at.Min, draw.Over)
	p.y = at.Max.Y + 8
	return nil
}

// components draws buttons and selects.
func (p *page) components(rows []discordtest.Component) {
	for _, row := range rows {
		x := gutter + margin
		for _, c := range row.Components {
			if c.Type == 3 {
				box := image.Rect(x, p.y, columnWidth-margin, p.y+34)
				p.box(box, 5, codePaper)
				p.text(image.Pt(x+12, p.y+7), "regular", faint, c.Placeholder)
				p.text(image.Pt(box.Max.X-24, p.y+7), "regular", faint, "▼")
				continue
			}
			paper, words := greyButton, color.Color(color.White)
			switch {
			case c.Disabled:
				paper, words = offButton, faint
			case c.Style == 1:
				paper = blueButton
			}
			w := p.width("regular", c.Label) + 26
			p.box(image.Rect(x, p.y, x+w, p.y+32), 5, paper)
			p.text(image.Pt(x+13, p.y+6), "regular", words, c.Label)
			x += w + 8
		}
		p.y += 40
	}
}

// text draws text with its top left corner at at, and returns where it ends.
func (p *page) text(at image.Point, style string, c color.Color, text string) int {
	face := p.fonts[style]
	drawer := font.Drawer{Dst: p.picture, Src: image.NewUniform(c), Face: face, Dot: fixed.P(at.X, at.Y+face.Metrics().Ascent.Ceil())}
	drawer.DrawString(text)
	return drawer.Dot.X.Ceil()
}

func (p *page) width(style, text string) int { return font.MeasureString(p.fonts[style], text).Ceil() }

func (p *page) shorten(text, style string, width int) string {
	runes := []rune(text)
	for len(runes) > 0 && p.width(style, string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	if len(runes) < len([]rune(text)) {
		return string(runes) + "…"
	}
	return text
}

func (p *page) box(r image.Rectangle, radius int, c color.Color) {
	draw.DrawMask(p.picture, r, image.NewUniform(c), image.Point{}, rounded{r, radius}, r.Min, draw.Over)
}

func (p *page) disc(middle image.Point, radius int, c color.Color) {
	r := image.Rect(middle.X-radius, middle.Y-radius, middle.X+radius, middle.Y+radius)
	p.box(r, radius, c)
}

// rounded is a mask: a rectangle with round corners, smooth at the edge.
type rounded struct {
	r      image.Rectangle
	radius int
}

// ColorModel implements [image.Image].
func (m rounded) ColorModel() color.Model { return color.AlphaModel }

// Bounds implements [image.Image].
func (m rounded) Bounds() image.Rectangle { return m.r }

// At implements [image.Image]: the share of sixteen points of the pixel that
// are inside.
func (m rounded) At(x, y int) color.Color {
	inside := 0
	for n := range 16 {
		px, py := float64(x)+(float64(n%4)+.5)/4, float64(y)+(float64(n/4)+.5)/4
		dx := max(float64(m.r.Min.X+m.radius)-px, px-float64(m.r.Max.X-m.radius), 0)
		dy := max(float64(m.r.Min.Y+m.radius)-py, py-float64(m.r.Max.Y-m.radius), 0)
		if dx*dx+dy*dy <= float64(m.radius*m.radius) {
			inside++
		}
	}
	return color.Alpha{uint8(inside * 255 / 16)}
}
