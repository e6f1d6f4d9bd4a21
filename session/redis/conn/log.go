package conn

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// LogTo sends what the Redis client has to say to log, at the level of
// debugging: a program hears of failures from their errors. It is for main: it
// acts on all clients of the process.
func LogTo(log *slog.Logger) { redis.SetLogger(logger{log}) }

// logger is what the client writes its log to.
type logger struct{ log *slog.Logger }

// Printf implements the client's logger.
func (l logger) Printf(ctx context.Context, format string, args ...any) {
	l.log.DebugContext(ctx, "redis: "+fmt.Sprintf(format, args...))
}
