package session

import (
	"errors"
	"fmt"
)

// What can be wrong with a request to a session. The texts are for the user, so
// a store returns these errors without a word of where it is.
var (
	// ErrNothingToUndo: no edit leads to the head.
	ErrNothingToUndo = errors.New("there is nothing to undo")
	// ErrNothingToRedo: nothing was undone from the head.
	ErrNothingToRedo = errors.New("there is nothing to redo")
	// ErrNoSuchTurn: the session has no turn with that number.
	ErrNoSuchTurn = errors.New("there is no such turn")
	// ErrFull: the session has MaxTurns turns.
	ErrFull = fmt.Errorf("this session is full: it has %d turns", MaxTurns)
	// ErrTooLarge: a turn or blob is larger than is kept.
	ErrTooLarge = errors.New("too large to keep")
	// ErrNoSuchShare: nothing is shared under that code, or no longer.
	ErrNoSuchShare = errors.New("nothing is shared under that code: it was mistyped, taken back, or is too old")
	// ErrInvalid: the program asked for something that cannot be kept.
	ErrInvalid = errors.New("invalid session")
)

// What can be wrong with a store. The texts are for the operator.
var (
	// ErrInUse: another process has the file open.
	ErrInUse = errors.New("the session file is in use by another process")
	// ErrNewerSchema: a newer version of the program wrote the record.
	ErrNewerSchema = errors.New("written by a newer version of this program")
	// ErrCorrupt: the stored bytes are not what a store wrote.
	ErrCorrupt = errors.New("the stored session is damaged")
	// ErrDiskFull: there was no room, and nothing was changed.
	ErrDiskFull = errors.New("the disk is full")
	// ErrNotErased: a user was forgotten, but there was no room to erase what was
	// kept of them. Forgetting anybody later erases it, as does opening the store.
	ErrNotErased = errors.New("forgotten, but not erased yet")
	// ErrNoSuchBlob: the session has no blob with that digest.
	ErrNoSuchBlob = errors.New("there is no such blob")
	// ErrUnavailable: the server that keeps the sessions does not answer. If it
	// was a change, it is not known whether it was kept.
	ErrUnavailable = errors.New("the conversations cannot be reached at the moment; try again soon")
	// ErrMemoryFull: the server has no room, and nothing was changed.
	ErrMemoryFull = errors.New("there is no room for more conversations; nothing was changed")
	// ErrDenied: the server refuses the user, the password or the command, or
	// its certificate is not one to trust.
	ErrDenied = errors.New("this program and the server that keeps the conversations do not trust each other")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("the session store is closed")
)

// A DistanceError says how far revert or redo could have gone.
type DistanceError struct {
	// Asked and Possible are numbers of turns.
	Asked, Possible int
	// Err is ErrNothingToUndo or ErrNothingToRedo.
	Err error
}

// Error says how many turns were asked for and how many there are.
func (e *DistanceError) Error() string {
	if e.Possible == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("%v that far: %d asked for, %d possible", e.Err, e.Asked, e.Possible)
}

// Unwrap returns ErrNothingToUndo or ErrNothingToRedo.
func (e *DistanceError) Unwrap() error { return e.Err }
