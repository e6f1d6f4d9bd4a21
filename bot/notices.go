package bot

import (
	"fmt"
	"image"
	"strings"
	"time"

	"pentimento/dialogue"
)

// noticesOf says which parts of an utterance were not done.
func noticesOf(plan *dialogue.Plan) []string {
	var notices []string
	for _, part := range plan.Undone {
		notices = append(notices, fmt.Sprintf("Not done: %s.", part))
	}
	if len(plan.Unknown) > 0 {
		notices = append(notices, noticeUnknown(plan))
	}
	return notices
}

// noticeUnknown says what the model cannot draw, and what it can instead.
func noticeUnknown(plan *dialogue.Plan) string {
	notice := fmt.Sprintf("The model doesn't know %s and may draw something else", quoted(plan.Unknown))
	if len(plan.Instead) > 0 {
		notice += "; it knows " + strings.Join(plan.Instead, ", ")
	}
	return notice + "."
}

// noticesOfDrawing says what the picture does not show.
func (c *Conversation) noticesOfDrawing(a *Answer) []string {
	var notices []string
	m, err := c.modelOf(a.Turn.Settings.Model)
	if n := len(a.Drawing.Dropped); n > 0 && err == nil {
		notices = append(notices, fmt.Sprintf("The prompt is too long for the model: it reads %d tokens. Left out: %s.",
			m.ContextLength, abridged(a.Drawing.Dropped)))
	}
	if a.Turn.Recipe.Region != nil && c.Options.Region != "" {
		notices = append(notices, noticeRegion)
	}
	if a.Source != nil && a.Turn.Settings.Picture != "" && a.Drawing.Mask == nil && err == nil {
		notices = append(notices, noticeWhole(m.drawnIn(a.Turn.Settings)))
	}
	return notices
}

// noticeRegion says that an edit was bounded by the region that is set.
const noticeRegion = "Only the region was edited; /region off edits all of the picture again."

// noticeWhole says that nothing of a picture of somebody's own is as it was.
func noticeWhole(size image.Point) string {
	return fmt.Sprintf("This may change anything, so all of the picture is drawn anew, in %d×%d pixels, and enlarged.", size.X, size.Y)
}

// NoticeVacant says that a picture waits, at most that long, for a worker which has
// its model.
func NoticeVacant(most time.Duration) string {
	return fmt.Sprintf("no worker has this picture’s model just now; it waits for one, for up to %g minutes", most.Minutes())
}

// noticeUnkept tells why a picture was not kept. It is a cache of its recipe:
// the turn counts without it.
func noticeUnkept(err error) string {
	return fmt.Sprintf("The picture could not be kept and will be drawn again when it is needed: %v.", err)
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "“" + w + "”"
	}
	return strings.Join(out, ", ")
}

// abridged lists words, the first few and how many more.
func abridged(words []string) string {
	const most = 12
	if len(words) <= most {
		return strings.Join(words, " ")
	}
	return fmt.Sprintf("%s … and %d more words", strings.Join(words[:most], " "), len(words)-most)
}
