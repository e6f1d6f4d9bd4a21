package attentionstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Watch keeps a memory tier in step with what other processes have the store
// forget, until ctx ends: it calls drop with every user who is forgotten, and
// clear when it is connected anew, since what was said meanwhile is not
// repeated. The error says that the user may not listen.
func (s *Store) Watch(ctx context.Context, drop func(user string), clear func()) (err error) {
	channel := s.client.Subscribe(ctx, s.keys.forgotten())
	defer func() { err = errors.Join(err, channel.Close()) }()
	if _, err := channel.Receive(ctx); redis.IsPermissionError(err) {
		return fmt.Errorf("hear in Redis whose maps to forget: %w", err)
	}
	clear()
	heard := channel.ChannelWithSubscriptions()
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-heard:
			switch m := m.(type) {
			case *redis.Message:
				drop(m.Payload)
			case *redis.Subscription:
				clear()
			}
		}
	}
}
