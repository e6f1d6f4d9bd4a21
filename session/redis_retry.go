package session

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// errConflict says that another update came between reading and writing.
var errConflict = errors.New("the session was changed by others again and again")

// try does what it is told until it is done, the server refuses it, or the
// store's patience or the caller's ends. An attempt that lost against another
// update is repeated, and so is one that the server did not answer.
func (r *Redis) try(ctx context.Context, doing string, attempt func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	err := r.repeat(limited, attempt, func(err error) bool { return errors.Is(err, errConflict) || isTransient(err) })
	return explainRedis(ctx, doing, err)
}

// insist does what it is told until the server has answered. What is told must
// do no more when done twice.
func (r *Redis) insist(ctx context.Context, attempt func(context.Context) error) error {
	return r.repeat(ctx, attempt, isTransient)
}

// repeat does what it is told until again says no or ctx ends, with growing
// pauses.
func (r *Redis) repeat(ctx context.Context, attempt func(context.Context) error, again func(error) bool) error {
	const first, last = 2 * time.Millisecond, 500 * time.Millisecond
	for pause := first; ; pause = min(2*pause, last) {
		err := attempt(ctx)
		if err == nil || !again(err) {
			return err
		}
		// At random, so that those who collided do not meet again.
		timer := time.NewTimer(rand.N(pause) + 1)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}

// isTransient reports whether the same request may succeed later: the server
// is not there, does not answer, or is not yet in a state to serve.
func isTransient(err error) bool {
	var network net.Error
	switch {
	case err == nil, errors.Is(err, redis.Nil), errors.Is(err, redis.ErrClosed), isMistrusted(err):
		return false
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, context.DeadlineExceeded):
		return true
	case redis.IsLoadingError(err), redis.IsReadOnlyError(err), redis.IsClusterDownError(err), redis.IsTryAgainError(err),
		redis.IsMasterDownError(err), redis.IsMaxClientsError(err), redis.IsNoReplicasError(err):
		return true
	}
	return strings.Contains(err.Error(), "all sentinels specified in configuration are unreachable")
}

// isMistrusted reports whether the server's certificate was refused.
func isMistrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// explainRedis gives the errors that a caller decides on their names. ctx is
// the caller's.
func explainRedis(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil && (isTransient(err) || errors.Is(err, context.Canceled)) {
		return fmt.Errorf("%s Redis: %w", doing, cause)
	}
	switch {
	case errors.Is(err, ErrNoSuchBlob), errors.Is(err, ErrNoSuchShare):
		return err
	case errors.Is(err, redis.ErrClosed):
		return ErrClosed
	case redis.IsOOMError(err), strings.Contains(err.Error(), "OOM command not allowed"):
		err = fmt.Errorf("%w: %w", ErrMemoryFull, err)
	case redis.IsAuthError(err), redis.IsPermissionError(err), isMistrusted(err):
		err = fmt.Errorf("%w: %w", ErrDenied, err)
	case redis.HasErrorPrefix(err, "WRONGTYPE"), redis.HasErrorPrefix(err, "TOOMANY"):
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	case redis.HasErrorPrefix(err, "MISCONF"), isTransient(err), errors.Is(err, errConflict):
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("%s Redis: %w", doing, err)
}
