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
		redis.IsMasterDownError(err), redis.IsMaxClientsError(err), redis.IsNoReplicasError(err):
		return true
	}
	return strings.Contains(err.Error(), "all sentinels specified in configuration are unreachable")
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
