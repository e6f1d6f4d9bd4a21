package session

import (
	"context"
	"time"
)

// Limits on what is kept and on what is read back.
const (
	// MaxTurns is how many turns a session may have.
	MaxTurns = 10_000
	// MaxTurnBytes is how large the record of one turn may be.
	MaxTurnBytes = 256 << 10
	// MaxBlobBytes is how large a blob may be.
	MaxBlobBytes = 32 << 20
	// MaxNameBytes is how long a user or a place may be.
	MaxNameBytes = 256
)

// A Store keeps sessions and their blobs. All methods may be called by several
// goroutines at once. An error leaves everything as it was, but for
// [ErrUnavailable].
//
// A store may be told that sessions expire. Every request for a session then
// renews it, so that it ends a while after the last one.
type Store interface {
	// Load returns the session, or an empty one with Version 0 if none was
	// stored under key.
	Load(ctx context.Context, key Key) (*Session, error)

	// Update calls change on the stored session (an empty one if there is
	// none), stores what change made of it and returns that. Updates of one
	// session happen one after the other: none is lost, and change sees what
	// the one before it left. An error of change is returned as it is and
	// nothing is stored; so it is when change leaves the session as it was.
	//
	// change may be called more than once, must not call the store, and must
	// not remove turns.
	Update(ctx context.Context, key Key, change func(*Session) error) (*Session, error)

	// List returns the keys of the user's sessions, ordered by place.
	List(ctx context.Context, user string) ([]Key, error)

	// Delete removes one session with its blobs and what was shared of it; one
	// that is not there is no error.
	Delete(ctx context.Context, key Key) error

	// Forget removes every byte that is kept of the user.
	Forget(ctx context.Context, user string) error

	// PutBlob keeps data beside the session and returns its digest, the
	// SHA-256 in hexadecimal. A blob is a cache: it lives no longer than its
	// session and may be gone earlier.
	PutBlob(ctx context.Context, key Key, data []byte) (digest string, err error)

	// PutOriginal is PutBlob for what no recipe can make again, a picture of
	// somebody's own. It lives as long as its session: no room is made by
	// removing it. The error may be [ErrDiskFull].
	PutOriginal(ctx context.Context, key Key, data []byte) (digest string, err error)

	// GetBlob returns what PutBlob or PutOriginal kept, or [ErrNoSuchBlob].
	GetBlob(ctx context.Context, key Key, digest string) ([]byte, error)

	// Share gives a turn and the way to it a code that cannot be guessed: 130
	// random bits. What is shared is a copy, which does not change any more and
	// is there until lifetime is over, Revoke, or Delete or Forget of whose it
	// is. The error is [ErrNoSuchTurn] if there is no such turn.
	Share(ctx context.Context, key Key, turn int, lifetime time.Duration) (code string, err error)

	// Shared returns what Share made of the turn, as [Session.Branch] does,
	// under the key of the one who shared it; or [ErrNoSuchShare].
	Shared(ctx context.Context, code string) (*Session, error)

	// Revoke ends what the user shared under the code; the error is
	// [ErrNoSuchShare] if that is nothing.
	Revoke(ctx context.Context, user, code string) error

	// Close waits for what is under way and releases the store. Every other
	// method then returns [ErrClosed].
	Close() error
}
