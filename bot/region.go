package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"pentimento/dialogue"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/session"
)

// A region that is set bounds all edits of a picture, and of what becomes of it, until
// it is taken back: a part of the picture by name, a box, or what was painted. It is
// an option of the conversation, as text. One that an utterance names bounds that edit
// alone.

// part is a part of a picture that has a name, as a box in per cent.
type part struct {
	name string
	box  [4]float64
}

// parts are those that there are. Sides are halves, and what is in the middle is the
// middle third each way.
func parts() []part {
	const third = 100. / 3
	return []part{
		{"left", [4]float64{0, 0, 50, 100}}, {"right", [4]float64{50, 0, 50, 100}},
		{"upper", [4]float64{0, 0, 100, 50}}, {"lower", [4]float64{0, 50, 100, 50}},
		{"upper left", [4]float64{0, 0, 50, 50}}, {"upper right", [4]float64{50, 0, 50, 50}},
		{"lower left", [4]float64{0, 50, 50, 50}}, {"lower right", [4]float64{50, 50, 50, 50}},
		{"middle", [4]float64{third, third, third, third}},
		{"upper third", [4]float64{0, 0, 100, third}}, {"middle third", [4]float64{0, third, 100, third}}, {"lower third", [4]float64{0, 2 * third, 100, third}},
		{"left third", [4]float64{0, 0, third, 100}}, {"centre third", [4]float64{third, 0, third, 100}}, {"right third", [4]float64{2 * third, 0, third, 100}},
	}
}

// PartNames are the names of parts of a picture that [Conversation.SetRegion] knows.
func PartNames() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// partNamed is the part that a text names, if it does: "the top left corner" is the
// upper left.
func partNamed(text string) (part, bool) {
	words := strings.NewReplacer("top", "upper", "bottom", "lower", "center", "middle", "-", " ", "half", "", "side", "", "corner", "", "part", "", "the ", "").Replace(strings.ToLower(text))
	name := strings.Join(strings.Fields(words), " ")
	all := parts()
	if i := slices.IndexFunc(all, func(p part) bool { return p.name == name }); i >= 0 {
		return all[i], true
	}
	return part{}, false
}

// areaOf is the area that a text means: a part's name, or what [photo.ParseArea]
// reads. The error is a [*Problem].
func areaOf(text string) (photo.Area, error) {
	if p, ok := partNamed(text); ok {
		return photo.Box(p.box[0], p.box[1], p.box[2], p.box[3])
	}
	area, err := photo.ParseArea(text)
	if err != nil {
		return area, &Problem{Kind: Invalid, Err: err, Text: fmt.Sprintf(
			"%q is no region: give four numbers in per cent (left edge, upper edge, width, height), such as 10 20 50 40, or one of %s; off takes it back",
			shortened(text), strings.Join(PartNames(), ", "))}
	}
	return area, nil
}

// setRegion takes the name of a part, a box or what was painted, and "auto", "off" and
// "everywhere" for none. It is for any picture.
func (o *Options) setRegion(value string) error {
	o.RegionOf = 0
	if slices.Contains([]string{"", "auto", "off", "none", "all", "everywhere"}, strings.ToLower(value)) {
		o.Region = ""
		return nil
	}
	area, err := areaOf(value)
	if err != nil {
		return err
	}
	if o.Region = area.String(); area.Painted == nil {
		if p, ok := partNamed(value); ok {
			o.Region = p.name
		}
	}
	return nil
}

// regionName is what users are told of a region that is set.
func (o Options) regionName() string {
	switch {
	case o.Region == "":
		return "auto"
	case strings.HasPrefix(o.Region, "painted "):
		return "painted"
	}
	return o.Region
}

// SetRegion bounds all further edits of the picture that is spoken of to an area of
// it. The answer shows where that is. The error is a [*Problem] for an area in which
// nothing of the picture is.
func (c *Conversation) SetRegion(ctx context.Context, r Request, area photo.Area) (*Answer, error) {
	return c.setRegion(ctx, r, area.String())
}

func (c *Conversation) setRegion(ctx context.Context, r Request, text string) (*Answer, error) {
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	before := c.Options
	err = c.Options.setRegion(text)
	if err == nil && c.Options.Region != "" {
		c.Options.RegionOf, err = rootOf(s)
	}
	var region *photo.Mask
	if err == nil {
		region, err = c.setMask(ctx, s)
	}
	if err != nil {
		c.Options = before
		return nil, err
	}
	if region == nil {
		return &Answer{Show: ShowText, Session: s, Turn: turn, Text: "Edits may change all of the picture again."}, nil
	}
	answer, err := c.marked(ctx, s, turn, region, "region")
	if err == nil {
		answer.Notices = append(answer.Notices, "Only what is lit will be edited from now on; /region off takes that back.")
	}
	return answer, err
}

// rootOf is the identity of the picture that the head's chain began with.
func rootOf(s *session.Session) (uint64, error) {
	path, err := s.Path(s.Head)
	if err != nil {
		return 0, err
	}
	return path[0].Identity, nil
}

// PaintRegion is SetRegion with the area that a file marks; see [photo.ReadArea], whose
// errors it has.
func (c *Conversation) PaintRegion(ctx context.Context, r Request, file []byte) (*Answer, error) {
	s, _, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	shown, err := c.Picture(ctx, s, s.Head)
	if err != nil {
		return nil, err
	}
	decoded, err := picture.Decode(shown.Bytes())
	if err != nil {
		return nil, err
	}
	area, err := photo.ReadArea(file, photo.Flat(decoded))
	if err != nil {
		return nil, err
	}
	return c.SetRegion(ctx, r, area)
}

// Region shows where edits of the picture that is spoken of may act.
func (c *Conversation) Region(ctx context.Context, r Request) (*Answer, error) {
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	region, err := c.setMask(ctx, s)
	if err != nil {
		return nil, err
	}
	if region == nil {
		return &Answer{Show: ShowText, Session: s, Turn: turn, Text: "No region is set: edits may act in all of the picture. /region left, or /region 10 20 50 40 in per cent, sets one."}, nil
	}
	return c.marked(ctx, s, turn, region, "region")
}

// setMask is the region that is set, over the canvas of the head's picture; nil if
// none is, or it is that of another picture.
func (c *Conversation) setMask(ctx context.Context, s *session.Session) (*photo.Mask, error) {
	if c.Options.Region == "" {
		return nil, nil
	}
	if root, err := rootOf(s); err != nil || c.Options.RegionOf != 0 && c.Options.RegionOf != root {
		return nil, err
	}
	return c.overNamed(ctx, s, c.Options.Region)
}

// overNamed is over of the area that a text means; see areaOf.
func (c *Conversation) overNamed(ctx context.Context, s *session.Session, text string) (*photo.Mask, error) {
	area, err := areaOf(text)
	if err != nil {
		return nil, err
	}
	return c.over(ctx, s, area)
}

// over is an area of the head's picture as places over the canvas that it is drawn in.
// The error is [photo.ErrArea].
func (c *Conversation) over(ctx context.Context, s *session.Session, area photo.Area) (*photo.Mask, error) {
	size, canvas, err := c.frame(ctx, s, s.Head)
	if err != nil {
		return nil, err
	}
	m, err := area.On(size, canvas)
	if err == nil && regionOf(m).Validate() != nil { // only its pieces can be too many
		err = fmt.Errorf("%w: it has too many small pieces. Paint with a larger brush", photo.ErrArea)
	}
	return m, err
}

// frame is the size of a turn's picture as it is shown, and of the canvas that it is
// drawn in, or lies in.
func (c *Conversation) frame(ctx context.Context, s *session.Session, id int) (size, canvas image.Point, err error) {
	turn, err := s.Turn(id)
	if err != nil {
		return size, canvas, err
	}
	m, err := c.modelOf(turn.Settings.Model)
	if err != nil {
		return size, canvas, err
	}
	canvas = m.drawnIn(turn.Settings)
	if turn.Settings.Picture == "" {
		return canvas, canvas, nil
	}
	original, err := c.originalBytes(ctx, s, id)
	if err != nil {
		return size, canvas, err
	}
	size, err = picture.Size(original)
	return size, canvas, err
}

// regionFor is the region of an edit of the head: the part that was said with it, or
// the one that is set; nil for none.
func (c *Conversation) regionFor(ctx context.Context, s *session.Session, plan *dialogue.Plan) (*recipe.Region, error) {
	if plan.Action != dialogue.Edit {
		return nil, nil
	}
	var mask *photo.Mask
	var err error
	if plan.Region != "" {
		mask, err = c.overNamed(ctx, s, plan.Region)
	} else {
		mask, err = c.setMask(ctx, s)
	}
	if err != nil || mask == nil {
		return nil, err
	}
	return regionOf(mask), nil
}

func regionOf(m *photo.Mask) *recipe.Region { return recipe.NewRegion(m.Places(), m.Width, m.Height) }

// maskOf is a turn's region as a mask; nil for none.
func maskOf(r *recipe.Region) *photo.Mask {
	if r == nil {
		return nil
	}
	return photo.NewMask(r.Places(), r.Width, r.Height)
}

// marked is a turn's picture with a mask over it, which is of its canvas.
func (c *Conversation) marked(ctx context.Context, s *session.Session, turn session.Turn, m *photo.Mask, name string) (*Answer, error) {
	values := make([]float32, m.Width*m.Height)
	for i, open := range m.Places() {
		if open {
			values[i] = 1
		}
	}
	heat, notices, err := c.heatOf(ctx, s, turn, name, values, m.Width, m.Height)
	if err != nil {
		return nil, err
	}
	heat.Marks = true
	return &Answer{Show: ShowHeat, Session: s, Turn: turn, Heat: heat, Notices: notices}, nil
}

// heatOf is a map over a turn's canvas, [height, width], as one over its picture as it
// is shown.
func (c *Conversation) heatOf(ctx context.Context, s *session.Session, turn session.Turn, name string, values []float32, width, height int) (*Heat, []string, error) {
	shown, notices, err := c.picture(ctx, s, turn.ID)
	if err != nil {
		return nil, nil, err
	}
	size, canvas, err := c.frame(ctx, s, turn.ID)
	if err != nil {
		return nil, nil, err
	}
	values, width, height = photo.Uncovered(values, width, height, size, canvas)
	return &Heat{Word: name, Map: values, Width: width, Height: height, Picture: shown, Turn: turn}, notices, nil
}

// regionShown is the region of a turn over its picture as it is shown; nil for none.
func (c *Conversation) regionShown(ctx context.Context, s *session.Session, turn session.Turn) (*photo.Mask, error) {
	m := maskOf(turn.Recipe.Region)
	if m == nil {
		return nil, nil
	}
	size, canvas, err := c.frame(ctx, s, turn.ID)
	if err != nil {
		return nil, err
	}
	return m.Lifted(size, canvas), nil
}

// Mask shows what the turn that is spoken of could change of its source's picture.
func (c *Conversation) Mask(ctx context.Context, r Request) (*Answer, error) {
	s, turn, m, _, err := c.maskOfHead(ctx, r)
	if err != nil {
		return nil, err
	}
	answer, err := c.marked(ctx, s, turn, m, "mask")
	if err != nil {
		return nil, err
	}
	open := 0
	for _, set := range m.Places() {
		if set {
			open++
		}
	}
	share := 100 * float64(open) / float64(m.Width*m.Height)
	answer.Notices = append(answer.Notices, fmt.Sprintf("Turn %d changed %.0f %% of the picture. /mask keep has further edits change only that, /mask grow and /mask shrink draw it again.", turn.ID, math.Ceil(share)))
	return answer, nil
}

// maskOfHead is what the turn that is spoken of could change, over its canvas: what its
// blend left open, in its region; and how many of its places one of the latents is
// wide. The error is a [*Problem] for a turn that may have changed everything.
func (c *Conversation) maskOfHead(ctx context.Context, r Request) (s *session.Session, turn session.Turn, m *photo.Mask, place int, err error) {
	if s, turn, err = c.head(ctx, r); err != nil {
		return s, turn, nil, 0, err
	}
	if turn.Parent == 0 {
		return s, turn, nil, 0, Problemf(Invalid, "turn %d is no edit, so it has no mask", turn.ID)
	}
	if err := r.allow(turn.Recipe.Prompt); err != nil {
		return s, turn, nil, 0, err
	}
	result, err := c.redraw(ctx, r, s, turn.ID, nil)
	if err != nil {
		return s, turn, nil, 0, err
	}
	if result.Mask == nil {
		return s, turn, nil, 0, Problemf(Invalid, "turn %d may have changed all of the picture, so it has no mask", turn.ID)
	}
	region := maskOf(turn.Recipe.Region)
	if region == nil {
		// In the places of a region: in those of latents nothing could fade within it.
		whole, err := photo.Box(0, 0, 100, 100)
		if err == nil {
			region, err = c.over(ctx, s, whole)
		}
		if err != nil {
			return s, turn, nil, 0, err
		}
	}
	return s, turn, result.Mask.Within(region), max(1, region.Width/result.Mask.Width), nil
}

// KeepMask bounds further edits to what the turn that is spoken of changed.
func (c *Conversation) KeepMask(ctx context.Context, r Request) (*Answer, error) {
	s, turn, m, _, err := c.maskOfHead(ctx, r)
	if err != nil {
		return nil, err
	}
	size, canvas, err := c.frame(ctx, s, turn.ID)
	if err != nil {
		return nil, err
	}
	return c.SetRegion(ctx, r, photo.Area{Painted: m.Lifted(size, canvas)})
}

// A Reshaping is how the mask of a turn is to be otherwise.
type Reshaping string

// The reshapings: larger and smaller by a place of the latents, and moved by an eighth
// of the picture.
const (
	Grow   Reshaping = "grow"
	Shrink Reshaping = "shrink"
	Left   Reshaping = "left"
	Right  Reshaping = "right"
	Up     Reshaping = "up"
	Down   Reshaping = "down"
)

// Reshape draws the edit that is spoken of again, from the same source, in another
// place: what it changed, reshaped, is its region, and no words bound it.
func (c *Conversation) Reshape(ctx context.Context, r Request, how Reshaping) (*Answer, error) {
	s, turn, m, place, err := c.maskOfHead(ctx, r)
	if err != nil {
		return nil, err
	}
	if m = reshaped(m, how, place); m == nil {
		return nil, Problemf(Invalid, "there would be nothing left of the mask")
	}
	plan := &dialogue.Plan{Action: dialogue.Edit, Prompt: turn.Recipe.Prompt, Label: turn.Edit}
	if len(turn.Plan) > 0 { // a turn that was imported has none
		if err := json.Unmarshal(turn.Plan, plan); err != nil {
			return nil, fmt.Errorf("read the plan of turn %d: %w", turn.ID, err)
		}
	}
	edit := turn.Recipe
	edit.Region, edit.Blend = regionOf(m), recipe.Blend{}
	if err := s.Goto(turn.Parent); err != nil {
		return nil, err
	}
	return c.draw(ctx, r, s, fmt.Sprintf("/mask %s", how), plan, &edit)
}

// reshaped is a mask after a reshaping, of which so many places are one of the latents;
// nil if nothing is left.
func reshaped(m *photo.Mask, how Reshaping, place int) *photo.Mask {
	across, down := max(1, m.Width/8), max(1, m.Height/8)
	switch how {
	case Grow:
		m = m.Grown(place)
	case Shrink:
		m = m.Grown(-place)
	case Left:
		m = m.Moved(-across, 0)
	case Right:
		m = m.Moved(across, 0)
	case Up:
		m = m.Moved(0, -down)
	case Down:
		m = m.Moved(0, down)
	}
	if !slices.Contains(m.Places(), true) {
		return nil
	}
	return m
}
