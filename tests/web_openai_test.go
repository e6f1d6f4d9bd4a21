package tests

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pentimento/picture"
)

// clientError is an error as OpenAI's client tells it.
type clientError struct {
	Kind, Param, Code, Type, Message string
	Status                           int
}

// UnmarshalJSON reads an error; "none" where there was none.
func (e *clientError) UnmarshalJSON(data []byte) error {
	type plain clientError
	if bytes.Equal(data, []byte(`"none"`)) {
		e.Kind = "none"
		return nil
	}
	return json.Unmarshal(data, (*plain)(e))
}

// The official client of OpenAI's interface draws, edits, goes on with a conversation,
// and meets errors as exceptions of its own.
func TestWebForOtherPrograms(t *testing.T) {
	t.Parallel()
	dir := npmInstalled(t, "web", 20, 0, "to draw with OpenAI's client")
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("bot token-for-other-programs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := startWeb(t, "--users", users, "--blocked-words", "beach", "--per-user", "3", "--seed", "7")
	node := exec.Command("node", "openai.mjs", server.URL+"v1", "token-for-other-programs", maskOfTheLeft(t))
	node.Dir, node.Stderr = dir, os.Stderr
	said, err := node.Output()
	if err != nil {
		t.Fatalf("the client: %v\n%s\n%s", err, said, server.errors.String())
	}
	var got struct {
		Models []string
		Model  string
		Two    [][]byte

		First, Red, Edited, Masked []byte

		Created      int64
		Conversation string
		Same         bool
		Link         struct {
			Status, Bytes int
			Type          string
		}
		Errors map[string]clientError
		Many   []string
	}
	if err := json.Unmarshal(said, &got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Models, []string{"pocket"}) || got.Model != "pocket" || got.Conversation == "" || !got.Same || time.Since(time.Unix(got.Created, 0)) > time.Hour {
		t.Errorf("models %q, %q, conversation %q, %v, created %d", got.Models, got.Model, got.Conversation, got.Same, got.Created)
	}
	if len(got.Two) != 2 || sizeOf(t, got.Two[0]) != image.Pt(256, 256) {
		t.Errorf("two pictures are %d, of %v", len(got.Two), sizeOf(t, got.Two[0]))
	}
	if got.Link.Status != 200 || got.Link.Type != "image/png" || got.Link.Bytes < 1000 {
		t.Errorf("the link leads to %+v", got.Link)
	}
	same, other := regionChange(t, got.First, got.Red)
	if other < 8 || same > other/4 {
		t.Errorf("where nothing was asked for the conversation's picture changes by %.2f levels, and elsewhere by up to %.2f", same, other)
	}
	if same, other := regionChange(t, got.First, got.Edited); other < 8 || same > other/4 {
		t.Errorf("where nothing was asked for the edited picture changes by %.2f levels, and elsewhere by up to %.2f", same, other)
	}
	checkMasked(t, got.First, got.Masked)
	for name, want := range map[string]clientError{
		"key":          {Kind: "AuthenticationError", Status: 401, Code: "invalid_api_key"},
		"size":         {Kind: "BadRequestError", Status: 400, Param: "size"},
		"n":            {Kind: "BadRequestError", Status: 400, Param: "n"},
		"model":        {Kind: "NotFoundError", Status: 404, Param: "model", Code: "model_not_found"},
		"prompt":       {Kind: "BadRequestError", Status: 400, Param: "prompt"},
		"question":     {Kind: "BadRequestError", Status: 400, Param: "prompt"},
		"blocked":      {Kind: "BadRequestError", Status: 400, Code: "content_policy_violation"},
		"conversation": {Kind: "BadRequestError", Status: 400, Param: "conversation"},
		"stranger":     {Kind: "BadRequestError", Status: 400, Param: "image"},
		"stream":       {Kind: "BadRequestError", Status: 400, Param: "stream"},
		"mask":         {Kind: "BadRequestError", Status: 400, Param: "mask"},
		"nowhere":      {Kind: "NotFoundError", Status: 404},
	} {
		e := got.Errors[name]
		if e.Kind != want.Kind || e.Status != want.Status || e.Param != want.Param || e.Code != want.Code || want.Kind != "NotFoundError" && e.Type == "" {
			t.Errorf("%s is %+v, want %+v", name, e, want)
		}
	}
	if !slices.Contains(got.Many, "RateLimitError") || !slices.Contains(got.Many, "drawn") {
		t.Errorf("of twelve at once: %q", got.Many)
	}
}

// maskOfTheLeft is a file of a mask that is transparent on the left.
func maskOfTheLeft(t *testing.T) string {
	t.Helper()
	mask := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		if i%64 >= 32 {
			mask.SetNRGBA(i%64, i/64, color.NRGBA{0, 0, 0, 0xff})
		}
	}
	data, err := picture.Encode(mask)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mask.png")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkMasked compares a picture with its edit in the mask of the left.
func checkMasked(t *testing.T, before, after []byte) {
	t.Helper()
	one, err := picture.Decode(before)
	if err != nil {
		t.Fatal(err)
	}
	two, err := picture.Decode(after)
	if err != nil || one.Bounds() != two.Bounds() {
		t.Fatalf("%v and %v, %v", one.Bounds(), two.Bounds(), err)
	}
	changed, half := 0, one.Bounds().Dx()/2
	for y := range one.Bounds().Dy() {
		for x := range one.Bounds().Dx() {
			switch differs := one.At(x, y) != two.At(x, y); {
			case differs && x >= half:
				t.Fatalf("pixel %d, %d is changed outside of the mask", x, y)
			case differs:
				changed++
			}
		}
	}
	if changed == 0 {
		t.Error("nothing is changed in the mask")
	}
}

func sizeOf(t *testing.T, png []byte) image.Point {
	t.Helper()
	size, err := picture.Size(png)
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// regionChange is how far two pictures differ, in levels of 255, in sixteen parts of them:
// at the lower quartile of the parts, and in the one in which they differ most.
func regionChange(t *testing.T, a, b []byte) (least, most float64) {
	t.Helper()
	one, err := picture.Decode(a)
	if err != nil {
		t.Fatal(err)
	}
	two, err := picture.Decode(b)
	if err != nil || one.Bounds() != two.Bounds() {
		t.Fatalf("%v and %v, %v", one.Bounds(), two.Bounds(), err)
	}
	const parts = 4
	var sums [parts * parts]float64
	bounds := one.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r0, g0, b0, _ := one.At(x, y).RGBA()
			r1, g1, b1, _ := two.At(x, y).RGBA()
			i := parts*(parts*y/bounds.Dy()) + parts*x/bounds.Dx()
			for _, d := range [][2]uint32{{r0, r1}, {g0, g1}, {b0, b1}} {
				sums[i] += float64(max(d[0], d[1])-min(d[0], d[1])) / 257 / 3
			}
		}
	}
	for i := range sums {
		sums[i] /= float64(bounds.Dx()*bounds.Dy()) / (parts * parts)
	}
	slices.Sort(sums[:])
	return sums[parts], sums[len(sums)-1]
}
