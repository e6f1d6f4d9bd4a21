package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/jobs"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// Other programs have pictures drawn as they have OpenAI draw them: the same addresses,
// fields, answers and errors. One field is ours: "conversation" goes on with one, so that
// what is said next is an edit of the same picture.

// An imageAsk is what a program asks for.
type imageAsk struct {
	Prompt         string `json:"prompt"`
	Model          string `json:"model"`
	N              *int   `json:"n"`
	Size           string `json:"size"`
	ResponseFormat string `json:"response_format"`
	OutputFormat   string `json:"output_format"`
	Stream         bool   `json:"stream"`
	Conversation   string `json:"conversation"`

	image, mask []byte // of an edit
}

// An imageAnswer is what a program gets.
type imageAnswer struct {
	Created int64       `json:"created"`
	Data    []imageData `json:"data"`
	// Conversation is what goes on from the last of the pictures.
	Conversation string `json:"conversation"`
}

type imageData struct {
	B64JSON       string `json:"b64_json,omitempty"`
	URL           string `json:"url,omitempty"`
	RevisedPrompt string `json:"revised_prompt,omitempty"`
	// Notices are sentences about the picture, such as words that the model does not
	// know.
	Notices []string `json:"notices,omitempty"`
}

// An apiError is an error as OpenAI shapes it.
type apiError struct {
	status  int
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`
}

// Error is the message.
func (e *apiError) Error() string { return e.Message }

// Unwrap returns the error as pages are told of it.
func (e *apiError) Unwrap() error { return bot.Problemf(bot.Invalid, "%s", e.Message) }

const (
	// mostImages is how many pictures may be asked for at once.
	mostImages = 10
	// linkFor is how long the address of a picture works that a program gets.
	linkFor = time.Hour
)

// wrongParam says what is wrong with a field.
func wrongParam(param, format string, args ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...), Type: "invalid_request_error", Param: &param}
}

// apiErrorOf makes an error of a problem.
func apiErrorOf(err error) *apiError {
	if known, ok := errors.AsType[*apiError](err); ok {
		return known
	}
	p := bot.ProblemOf(err)
	code := string(p.Kind)
	out := &apiError{status: statusOf(p), Message: p.Sentence(), Type: "invalid_request_error", Code: &code}
	switch {
	case out.status == http.StatusUnauthorized:
		out.Message, code = "Give a token of this server as the API key.", "invalid_api_key"
	case out.status == http.StatusTooManyRequests:
		out.Type, code = "rate_limit_error", "rate_limit_exceeded"
	case p.Kind == bot.Refused:
		out.status, code = http.StatusBadRequest, "content_policy_violation"
	case out.status >= http.StatusInternalServerError:
		out.Type = "server_error"
	}
	return out
}

// api answers requests of programs.
func (s *Server) api(answer func(w http.ResponseWriter, r *http.Request, user string) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, ok := s.o.Access.who(r, s.o.Pattern.Clock.Now())
		w.Header().Set("Cache-Control", "no-store")
		var out any
		err := error(errNotEntered)
		if ok {
			out, err = answer(w, r, user)
		}
		if err == nil {
			writeJSON(w, http.StatusOK, out)
			return
		}
		bot.ProblemOf(err).Log(s.o.Log)
		w.Header().Set("Connection", "close")
		_ = http.NewResponseController(w).SetReadDeadline(time.Now()) // as in refuse
		e := apiErrorOf(err)
		writeJSON(w, e.status, map[string]*apiError{"error": e})
	}
}

// models lists what draws here.
func (s *Server) models(_ http.ResponseWriter, r *http.Request, _ string) (any, error) {
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}
	c := s.o.Pattern
	all := []model{}
	for _, name := range c.ModelNames() {
		all = append(all, model{name, "model", 0, "pentimento"})
	}
	id := r.PathValue("model")
	if id == "" {
		return map[string]any{"object": "list", "data": all}, nil
	}
	if i := slices.IndexFunc(all, func(m model) bool { return m.ID == id }); i >= 0 {
		return all[i], nil
	}
	return nil, noModel(id)
}

func noModel(name string) *apiError {
	param, code := "model", "model_not_found"
	return &apiError{http.StatusNotFound, fmt.Sprintf("There is no model %q here.", name), "invalid_request_error", &param, &code}
}

// generations draws pictures of a prompt, or goes on with a conversation.
func (s *Server) generations(w http.ResponseWriter, r *http.Request, user string) (any, error) {
	var a imageAsk
	if err := readJSON(w, r, &a); err != nil {
		return nil, err
	}
	return s.draw(r, user, a)
}

// edits changes a picture that a program sends.
func (s *Server) edits(w http.ResponseWriter, r *http.Request, user string) (any, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, wrongParam("image", "Send the picture as a form (multipart/form-data).")
	}
	body, err := s.upload(w, r, user, largestFile)
	if err != nil {
		return nil, err
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(largestFile)
	if err != nil {
		return nil, wrongParam("image", "The form cannot be read.")
	}
	defer func() { _ = form.RemoveAll() }() // nothing is written to files: all of it has room in memory
	a, err := imageAskOf(form)
	if err != nil {
		return nil, err
	}
	if a.image == nil && a.Conversation == "" {
		return nil, wrongParam("image", "Send the picture to edit.")
	}
	return s.draw(r, user, a)
}

// imageAskOf reads a form.
func imageAskOf(form *multipart.Form) (imageAsk, error) {
	value := func(name string) string {
		if all := form.Value[name]; len(all) > 0 {
			return all[0]
		}
		return ""
	}
	a := imageAsk{
		Prompt: value("prompt"), Model: value("model"), Size: value("size"), ResponseFormat: value("response_format"),
		OutputFormat: value("output_format"), Stream: value("stream") == "true", Conversation: value("conversation"),
	}
	if text := value("n"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return a, wrongParam("n", "n is %q: give a whole number.", text)
		}
		a.N = &n
	}
	pictures := append(form.File["image"], form.File["image[]"]...)
	if len(pictures) > 1 {
		return a, wrongParam("image", "Send one picture: several are not put together here.")
	}
	var err error
	for _, part := range pictures {
		a.image, err = readPart(part)
	}
	for _, part := range form.File["mask"] {
		if err == nil {
			a.mask, err = readPart(part)
		}
	}
	return a, err
}

func readPart(part *multipart.FileHeader) ([]byte, error) {
	f, err := part.Open()
	if err != nil {
		return nil, wrongParam("image", "The picture cannot be read.")
	}
	defer func() { _ = f.Close() }() // it is in memory
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, wrongParam("image", "The picture cannot be read.")
	}
	return data, nil
}

// check refuses what cannot be done.
func (a imageAsk) check() error {
	n := a.count()
	switch {
	case strings.TrimSpace(a.Prompt) == "":
		return wrongParam("prompt", "Say in prompt what to draw, or what to change.")
	case len([]rune(a.Prompt)) > longestSaid:
		return wrongParam("prompt", "The prompt has more than %d characters.", longestSaid)
	case n < 1 || n > mostImages:
		return wrongParam("n", "n is %d: up to %d pictures are drawn at once.", n, mostImages)
	case n > 1 && (a.Conversation != "" || a.image != nil):
		return wrongParam("n", "An edit of a picture is one picture: leave n out.")
	case a.ResponseFormat != "" && a.ResponseFormat != "url" && a.ResponseFormat != "b64_json":
		return wrongParam("response_format", "response_format is %q: give url or b64_json.", a.ResponseFormat)
	case a.OutputFormat != "" && a.OutputFormat != "png":
		return wrongParam("output_format", "output_format is %q: pictures are PNGs.", a.OutputFormat)
	case a.Stream:
		return wrongParam("stream", "Pictures are not streamed: leave stream out.")
	case a.mask != nil && a.image == nil:
		return wrongParam("mask", "A mask says where to edit a picture: send the picture as image.")
	}
	return nil
}

func (a imageAsk) count() int {
	if a.N == nil {
		return 1
	}
	return *a.N
}

// draw draws what a program asks for. Pages that show the conversation see it too.
func (s *Server) draw(r *http.Request, user string, a imageAsk) (*imageAnswer, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	wishes, scale, err := s.wishes(a)
	if err != nil {
		return nil, err
	}
	id := a.Conversation
	if id == "" {
		id = s.newID(user)
	}
	key, err := s.conversation(r.Context(), user, id)
	if err != nil {
		return nil, wrongParam("conversation", "There is no such conversation.")
	}
	room := s.rooms.open(key, s.o.Pattern.Options, s.o.Pattern.Clock.Now())
	var drawn []*bot.Answer
	event := "api-" + rand.Text()
	t := &turn{event: event, said: a.Prompt, draws: true, first: make(chan struct{}), request: bot.Request{Event: eventOf(key, event)}}
	t.do = func(ctx context.Context, c *bot.Conversation, request bot.Request) (answer *bot.Answer, err error) {
		drawn, err = s.drawAll(ctx, c, request, a, wishes)
		if err != nil {
			return nil, err
		}
		return drawn[len(drawn)-1], nil
	}
	if err := s.finishTurn(r.Context(), room, t); err != nil {
		return nil, err
	}
	out := &imageAnswer{Created: s.o.Pattern.Clock.Now().Unix(), Conversation: id}
	for _, one := range drawn {
		data, err := s.imageData(r, key, one, a, scale)
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, data)
	}
	return out, nil
}

// finishTurn does a turn to its end, or until who asked for it leaves.
func (s *Server) finishTurn(asking context.Context, room *room, t *turn) error {
	var failed error
	do := t.do
	t.do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		a, err := do(ctx, c, r)
		failed = err
		return a, err
	}
	ended, err := s.start(asking, room, t, s.o.PerUser)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(asking, func() { t.cancel(jobs.ErrCancelled) })
	defer stop()
	<-ended
	if _, done := room.find(t.event); failed == nil && done != nil && done.Problem != nil {
		return bot.Problemf(done.Problem.Kind, "%s", done.Problem.Sentence) // it ended before it began
	}
	return failed
}

// drawAll has the conversation draw the pictures. What it asks instead is an error: a
// program does not answer questions.
func (s *Server) drawAll(ctx context.Context, c *bot.Conversation, r bot.Request, a imageAsk, wishes map[string]string) ([]*bot.Answer, error) {
	if a.image != nil {
		opened, err := s.opened(ctx, c, r, a.image)
		if err == nil && a.mask != nil {
			before := c.Options
			defer func() { c.Options = before }() // the mask is of this edit
			opened, err = masked(ctx, c, r, opened, a.mask)
		}
		if err != nil {
			return nil, err
		}
		r.Turn = opened.Turn.ID
	}
	var all []*bot.Answer
	for i := range a.count() {
		one := r
		one.Event = fmt.Sprintf("%s-%d", r.Event, i+1)
		answer, err := saying(ctx, c, one, a, wishes)
		if err != nil {
			return nil, err
		}
		if answer.Question != nil || answer.Picture.None() {
			c.Pending = nil
			return nil, questioned(answer)
		}
		all = append(all, answer)
	}
	return all, nil
}

// saying says the prompt to a conversation that goes on, and otherwise has a new picture
// drawn.
func saying(ctx context.Context, c *bot.Conversation, r bot.Request, a imageAsk, wishes map[string]string) (*bot.Answer, error) {
	held, err := c.Session(ctx)
	if err != nil {
		return nil, err
	}
	if a.image == nil && (a.Conversation == "" || held.Head == 0) {
		return c.Imagine(ctx, r, a.Prompt, wishes)
	}
	return c.Say(ctx, r, a.Prompt)
}

// questioned is a question as an error.
func questioned(a *bot.Answer) error {
	text := strings.Join(a.Notices, " ")
	if a.Question != nil {
		text = a.Question.Text
		if len(a.Question.Choices) > 0 {
			text += " Such as: " + strings.Join(a.Question.Choices, "; ") + "."
		}
	}
	return wrongParam("prompt", "Nothing was drawn. %s", text)
}

// masked bounds edits of a picture that was opened to where a mask is transparent, as
// OpenAI has masks. What it shows is taken as it is read, for nobody can be asked.
func masked(ctx context.Context, c *bot.Conversation, r bot.Request, opened *bot.Answer, mask []byte) (*bot.Answer, error) {
	if q := opened.Question; q != nil {
		if len(q.Choices) == 0 {
			return nil, wrongParam("mask", "A mask needs a picture that was drawn here, or a model whose pictures can be read.")
		}
		r.Event += "-read"
		var err error
		if opened, err = c.Say(ctx, r, q.Choices[0]); err != nil {
			return nil, err
		}
	}
	area, err := whereTransparent(mask)
	if err != nil {
		return nil, err
	}
	if _, err := c.PaintRegion(ctx, bot.Request{Turn: opened.Turn.ID}, area); err != nil {
		return nil, wrongParam("mask", "%s.", strings.TrimSuffix(bot.ProblemOf(err).Sentence(), "."))
	}
	return opened, nil
}

// whereTransparent is a mask that is white where the given one is transparent, and black
// elsewhere.
func whereTransparent(mask []byte) ([]byte, error) {
	opened, err := photo.Open(mask)
	if err != nil {
		return nil, wrongParam("mask", "The mask cannot be opened: send a PNG of the picture's shape.")
	}
	white, out := 0, image.NewGray(opened.Image.Rect)
	for i := range out.Pix {
		if opened.Image.Pix[4*i+3] < 0x80 {
			out.Pix[i] = 0xff
			white++
		}
	}
	if white == 0 {
		return nil, wrongParam("mask", "The mask is transparent nowhere: make it so where the picture may change.")
	}
	return picture.Encode(out)
}

// opened has the table's command open a picture.
func (s *Server) opened(ctx context.Context, c *bot.Conversation, r bot.Request, file []byte) (*bot.Answer, error) {
	command, _ := bot.Named(s.commands(), s.openingOf(file))
	r.Event += "-0"
	in, err := command.Read(r, map[string]string{command.File(): "picture.png"})
	if err != nil {
		return nil, err
	}
	in.File = func(context.Context) ([]byte, error) { return file, nil }
	answer, err := command.Do(ctx, c, in)
	if p := bot.ProblemOf(err); p != nil && p.Kind == bot.Invalid {
		return nil, wrongParam("image", "%s", p.Sentence())
	}
	return answer, err
}

// wishes are the settings of a new picture. A size that the model does not draw in, but
// of the shape of its own, is drawn in its own and scaled.
func (s *Server) wishes(a imageAsk) (wishes map[string]string, scale image.Point, err error) {
	wishes = map[string]string{}
	c := s.o.Pattern
	model := c.Model
	switch i := slices.IndexFunc(c.Others, func(m bot.Model) bool { return strings.EqualFold(m.Name, a.Model) }); {
	case a.Model == "", strings.EqualFold(a.Model, c.Model.Name), strings.HasPrefix(a.Model, "dall-e"), strings.HasPrefix(a.Model, "gpt-image"):
		// Clients name one of OpenAI's where they are not told of another.
	case i >= 0:
		model, wishes["model"] = c.Others[i], a.Model
	default:
		return nil, scale, noModel(a.Model)
	}
	if a.Size == "" || a.Size == "auto" {
		return wishes, scale, nil
	}
	width, height, ok := recipe.ParseSize(a.Size)
	if !ok || width < 1 || height < 1 || width > recipe.MaxSide || height > recipe.MaxSide {
		return nil, scale, wrongParam("size", "size is %q: give width and height up to %d, such as 512x512, or auto.", a.Size, recipe.MaxSide)
	}
	drawn := c.Options
	drawn.Width, drawn.Height = width, height
	unbearable := model.Check(drawn)
	if unbearable == nil {
		wishes["size"] = a.Size
		return wishes, scale, nil
	}
	if model.Width*height != model.Height*width {
		return nil, scale, wrongParam("size", "size is %q: %s", a.Size, bot.ProblemOf(unbearable).Sentence())
	}
	return wishes, image.Pt(width, height), nil
}

// imageData is a picture as a program gets it, with its recipe in it.
func (s *Server) imageData(r *http.Request, key session.Key, a *bot.Answer, asked imageAsk, scale image.Point) (imageData, error) {
	out := imageData{RevisedPrompt: a.Turn.Recipe.Prompt, Notices: a.Notices}
	if a.Doubt != nil {
		out.Notices = append(out.Notices, a.Doubt.Text)
	}
	shown := a.Picture
	var err error
	if scale.X > 0 {
		shown, err = shown.Made(func(png []byte) ([]byte, error) { return scaled(png, scale) })
	}
	if err == nil && a.Session != nil {
		var document recipefile.Document
		if document, err = recipefile.Of(a.Session, a.Turn.ID, s.modelName(a.Turn.Settings.Model)); err == nil {
			shown, err = shown.Made(document.Embed)
		}
	}
	if err != nil {
		return out, err
	}
	if asked.ResponseFormat == "url" {
		out.URL = s.link(r, gate.NewFile("picture.png", shown))
	} else {
		out.B64JSON = base64.StdEncoding.EncodeToString(shown.Bytes())
	}
	return out, nil
}

func scaled(png []byte, size image.Point) ([]byte, error) {
	whole, err := picture.Decode(png)
	if err != nil {
		return nil, err
	}
	return picture.Encode(picture.Scale(whole, size))
}

// modelName is what a model is called; empty for one that is not here.
func (s *Server) modelName(digest string) string {
	for _, m := range append([]bot.Model{s.o.Pattern.Model}, s.o.Pattern.Others...) {
		if m.Digest == digest {
			return m.Name
		}
	}
	return ""
}

// link is an address that nobody can guess, and that leads to a file for a while.
func (s *Server) link(r *http.Request, f gate.File) string {
	until := strconv.FormatInt(s.o.Pattern.Clock.Now().Add(linkFor).Unix(), 10)
	name := until + "-" + s.newID("") + ".png"
	s.shelf.put(session.Key{}, name, f)
	base := "http://" + r.Host
	if s.o.Access.Public != nil {
		base = s.o.Access.Public.Scheme + "://" + s.o.Access.Public.Host
	}
	return base + "/v1/images/files/" + name
}

// linked is what a link leads to, for whoever has it.
func (s *Server) linked(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	until, _, _ := strings.Cut(name, "-")
	seconds, err := strconv.ParseInt(until, 10, 64)
	f, ok := s.shelf.get(session.Key{}, name)
	if err != nil || !ok || s.o.Pattern.Clock.Now().Unix() >= seconds {
		s.refuse(w, errNoPicture)
		return
	}
	serveFile(w, r, f, false)
}
