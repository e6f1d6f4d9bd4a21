package attentionstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Conversations come first: of the memory that a server may use, the cache has at
// most half of what everything else leaves. The other half is there for what is
// said until the cache has given way.

// tendEvery is how often the cache is held to what it may have now.
const tendEvery = time.Second

// budget is how many bytes all turns may have now. A server without maxmemory, or
// one that does not say, leaves it at the total of the options.
func (s *Store) budget(ctx context.Context) (int64, error) {
	used, limit, err := s.memory(ctx)
	if redis.IsPermissionError(err) || err == nil && limit == 0 {
		return s.o.TotalBytes, nil
	}
	if err != nil {
		return 0, fmt.Errorf("ask Redis for its memory: %w", err)
	}
	own, err := scriptSum.Run(ctx, s.client, s.keys.all().keys()).Int64()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for the size of the cache: %w", err)
	}
	return min(s.o.TotalBytes, max(0, limit-(used-own))/2), nil
}

// memory is how many bytes the server uses, and may use; 0 is no limit. Of a
// cluster it is that of all masters.
func (s *Store) memory(ctx context.Context) (used, limit int64, err error) {
	var mu sync.Mutex
	add := func(ctx context.Context, server redis.Cmdable) error {
		text, err := server.Info(ctx, "memory").Result()
		mu.Lock()
		defer mu.Unlock()
		used, limit = used+infoOf(text, "used_memory"), limit+infoOf(text, "maxmemory")
		return err
	}
	if cluster, ok := s.client.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return add(ctx, node) })
		return used, limit, err
	}
	err = add(ctx, s.client)
	return used, limit, err
}

// infoOf reads a number of what INFO answers; 0 if it is not there.
func infoOf(text, name string) int64 {
	_, rest, _ := strings.Cut(text, "\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r")
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Tend has the cache give way to what else is on the server, until ctx ends. One of
// those who store should call it; it does not matter if more do. The error says that
// the user may not ask how full the server is.
func (s *Store) Tend(ctx context.Context) error {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if _, _, err := s.memory(ctx); redis.IsPermissionError(err) {
				return fmt.Errorf("ask Redis how full it is (allow the user +info): %w", err)
			}
			// A server that does not answer keeps nothing either, and what is left
			// goes the next time.
			_ = s.giveWay(ctx)
		}
	}
}

// giveWay removes the turns that were not used for longest until the rest is no more
// than the cache may have.
func (s *Store) giveWay(ctx context.Context) error {
	budget, err := s.budget(ctx)
	if err != nil || budget == s.o.TotalBytes {
		return err // Put keeps to that
	}
	gone, err := s.admit(ctx, s.keys.all(), "", 0, 0, budget)
	if err != nil {
		return err
	}
	return s.dropNamed(ctx, gone, turn{})
}
