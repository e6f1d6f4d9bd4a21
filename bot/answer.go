package bot

import (
	"context"
	"fmt"
	"time"

	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/session"
)

// An Answer is what a conversation says back. Show tells which of its parts a
// surface shows.
type Answer struct {
	// Show is how the answer is shown.
	Show Show
	// Session is the session as the answer left it, with the picture that is
	// spoken of at its head; nil for answers that are not about pictures.
	Session *session.Session
	// Turn is the head of the session now; its ID is 0 while nothing is drawn.
	Turn session.Turn
	// Source is the turn that Turn edits; nil for a root.
	Source *session.Turn
	// Picture is that of Turn.
	Picture gate.Picture
	// Plan is what was understood; nil for commands.
	Plan *dialogue.Plan
	// Drawing is what drawing the picture took; nil when an old picture is
	// shown again.
	Drawing *jobs.Result
	// Kept is how long storing the turn and its picture took.
	Kept time.Duration
	// Seconds from the utterance to the picture.
	Seconds float64
	// Question is asked instead of an answer.
	Question *dialogue.Question
	// Doubt says, beside the picture, what it does not show of what was asked for
	// or showed before, and offers what can be done; nil for nothing.
	Doubt *dialogue.Question
	// Notices are sentences that the user should read: words that were
	// dropped, parts that could not be done.
	Notices []string
	// Text is said in words.
	Text string
	// Heat is where a word attends.
	Heat *Heat
	// Frames are the pictures of several turns, with labels.
	Frames []gate.Frame
	// Files are to be kept by the user.
	Files []gate.File
	// SaveAs is where the user wants the files; empty for wherever files go.
	SaveAs string
	// Code leads others to Turn.
	Code string
}

// Show says which parts of an [Answer] are shown, and how.
type Show int

// The ways to show an answer.
const (
	// ShowPicture is the Picture of Turn; if there is none, Question, and if that is
	// nil, Notices.
	ShowPicture Show = iota
	// ShowText is Text.
	ShowText
	// ShowSettings is Text, which lists the settings in columns.
	ShowSettings
	// ShowHelp is the table of commands that the surface has.
	ShowHelp
	// ShowHistory is the tree of Session's turns, with Frames if there are any.
	ShowHistory
	// ShowHeat is Heat over its picture.
	ShowHeat
	// ShowFilm is Frames one after the other, ShowSheet on one page.
	ShowFilm
	ShowSheet
	// ShowFiles is Files, which hold Turn.
	ShowFiles
	// ShowShare is Code, with Frames if there are any.
	ShowShare
	// ShowEnd is nothing: the user leaves.
	ShowEnd
)

// show is the head of the session as an answer, with its picture.
func (c *Conversation) show(ctx context.Context, s *session.Session) (*Answer, error) {
	answer, err := answerOf(s)
	if err != nil {
		return nil, err
	}
	answer.Picture, answer.Notices, err = c.picture(ctx, s, s.Head)
	return answer, err
}

// answerOf is the head of the session as an answer without its picture.
func answerOf(s *session.Session) (*Answer, error) {
	turn, err := s.Turn(s.Head)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Session: s, Turn: turn}
	if turn.Parent != 0 {
		source, err := s.Turn(turn.Parent)
		if err != nil {
			return nil, err
		}
		answer.Source = &source
	}
	return answer, nil
}

// Picture returns the picture of a turn. One that is no longer kept is drawn
// again from its recipe. The error is the gate's if it may not be shown.
func (c *Conversation) Picture(ctx context.Context, s *session.Session, id int) (gate.Picture, error) {
	shown, _, err := c.picture(ctx, s, id)
	return shown, err
}

// noticeRedrawn says that a picture is not the one that was seen before: another
// version, device or model library drew it.
func noticeRedrawn(t session.Turn) string {
	return fmt.Sprintf("The picture of turn %d was not kept and is drawn again. It is not exactly the one of before, because something that it is drawn with has changed.", t.ID)
}

// picture is Picture with what should be said about it.
func (c *Conversation) picture(ctx context.Context, s *session.Session, id int) (shown gate.Picture, notices []string, err error) {
	turn, err := s.Turn(id)
	if err != nil {
		return shown, nil, err
	}
	kept, err := c.Store.GetBlob(ctx, c.Key, turn.Picture)
	if err == nil {
		shown, err = c.Gate.Pass(ctx, kept)
		return shown, nil, err
	}
	if turn.Opened() {
		return shown, nil, editor.ErrNoPicture
	}
	result, err := c.redraw(ctx, Request{}, s, id, nil)
	if err != nil {
		return shown, nil, err
	}
	chain, err := s.RecipeFor(id)
	if err != nil {
		return shown, nil, err
	}
	if chain.Composed() {
		source, _, err := c.picture(ctx, s, turn.Parent)
		if err == nil {
			result.PNG, err = upon(source.Bytes(), turn.Recipe)(result)
		}
		if err != nil {
			return shown, nil, err
		}
	}
	if shown, err = c.Gate.Pass(ctx, result.PNG); err != nil {
		return shown, nil, err
	}
	switch digestOf(result.PNG) {
	case turn.Picture:
		// It will be asked for again. Where there is no room for it, it is
		// drawn again.
		_, _ = c.Store.PutBlob(ctx, c.Key, result.PNG)
	default:
		if turn.Picture != "" { // those of an imported way were never seen here
			notices = append(notices, noticeRedrawn(turn))
		}
	}
	return shown, notices, nil
}
