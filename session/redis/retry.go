package redis

import (
	"context"
	"errors"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/redis/conn"
)

// errConflict says that another update came between reading and writing.
var errConflict = errors.New("the session was changed by others again and again")

// try does what it is told until it is done, the server refuses it, or the
// store's patience or the caller's ends. An attempt that lost against another
// update is repeated, and so is one that the server did not answer.
func (r *Store) try(ctx context.Context, doing string, attempt func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	err := conn.Retry(limited, attempt, func(err error) bool { return errors.Is(err, errConflict) || conn.IsTransient(err) })
	return explain(ctx, doing, err)
}

// insist does what it is told until the server has answered. What is told must
// do no more when done twice.
func insist(ctx context.Context, attempt func(context.Context) error) error {
	return conn.Retry(ctx, attempt, conn.IsTransient)
}

// explain gives the errors that a caller decides on their names. ctx is the
// caller's.
func explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil && (conn.IsTransient(err) || errors.Is(err, context.Canceled)) {
		return fmt.Errorf("%s Redis: %w", doing, cause)
	}
	switch {
	case errors.Is(err, session.ErrNoSuchBlob), errors.Is(err, session.ErrNoSuchShare), errors.Is(err, session.ErrTooLarge):
		return err
	case errors.Is(err, goredis.ErrClosed):
		return session.ErrClosed
	case conn.IsFull(err):
		err = fmt.Errorf("%w: %w", session.ErrMemoryFull, err)
	case goredis.IsAuthError(err), goredis.IsPermissionError(err), conn.IsMistrusted(err):
		err = fmt.Errorf("%w: %w", session.ErrDenied, err)
	case goredis.HasErrorPrefix(err, "WRONGTYPE"), goredis.HasErrorPrefix(err, "TOOMANY"):
		err = fmt.Errorf("%w: %w", session.ErrCorrupt, err)
	case goredis.HasErrorPrefix(err, "MISCONF"), conn.IsTransient(err), errors.Is(err, errConflict):
		err = fmt.Errorf("%w: %w", session.ErrUnavailable, err)
	}
	return fmt.Errorf("%s Redis: %w", doing, err)
}
