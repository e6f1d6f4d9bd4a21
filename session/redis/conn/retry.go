package conn

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Patience is how long a request goes on when the server does not answer,
// where nobody says otherwise: longer than a restart takes in which the server
// reads back what it kept.
const Patience = 30 * time.Second

// Retry does what it is told until again says no to its error or ctx ends, with
// growing pauses. It returns the last error.
func Retry(ctx context.Context, attempt func(context.Context) error, again func(error) bool) error {
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

// IsTransient reports whether the same request may succeed later: the server
// is not there, does not answer, or is not yet in a state to serve.
func IsTransient(err error) bool {
	var network net.Error
	switch {
	case err == nil, errors.Is(err, redis.Nil), errors.Is(err, redis.ErrClosed), IsMistrusted(err):
		return false
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, context.DeadlineExceeded):
		return true
	case redis.IsLoadingError(err), redis.IsReadOnlyError(err), redis.IsClusterDownError(err), redis.IsTryAgainError(err),
		redis.IsMasterDownError(err), redis.IsMaxClientsError(err), redis.IsNoReplicasError(err), redis.IsExecAbortError(err),
		isMoved(err), redis.HasErrorPrefix(err, "BUSY "), redis.HasErrorPrefix(err, "UNBLOCKED "):
		return true
	}
	return strings.Contains(err.Error(), "all sentinels specified in configuration are unreachable") || isGarbled(err)
}

// isMoved reports whether the nodes of a cluster sent the request round more
// often than the client follows: they do not agree yet.
func isMoved(err error) bool {
	_, moved := redis.IsMovedError(err)
	_, ask := redis.IsAskError(err)
	return moved || ask
}

// isGarbled reports whether the answer was not one of Redis: cut short by a
// proxy, or damaged. The client has dropped the connection.
func isGarbled(err error) bool {
	_, refused := errors.AsType[redis.Error](err)
	return !refused && (strings.Contains(err.Error(), "redis: can't parse") || strings.Contains(err.Error(), "redis: invalid reply"))
}

// Transact has the server do commands together or not at all. If it refuses
// one of them the error is why, and not that all were dropped for it.
func Transact(ctx context.Context, client redis.UniversalClient, fill func(redis.Pipeliner) error) error {
	commands, err := client.TxPipelined(ctx, fill)
	if !redis.IsExecAbortError(err) {
		return err
	}
	for _, c := range commands {
		if why := c.Err(); why != nil && !redis.IsExecAbortError(why) {
			return why
		}
	}
	return err
}

// IsMistrusted reports whether the server's certificate was refused.
func IsMistrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// IsFull reports whether the server has reached its maxmemory.
func IsFull(err error) bool {
	return redis.IsOOMError(err) || strings.Contains(err.Error(), "OOM command not allowed")
}
