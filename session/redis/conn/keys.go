package conn

import (
	"context"

	"github.com/redis/go-redis/v9"

	"pentimento/session"
)

// UserKeys begins the name of every key that holds something of a user. The
// name is hashed: names are anything, and key names are seen in places where
// what they say does not belong. What stands in braces chooses the slot of a
// cluster, so all that a user has is in one slot and can change in one step.
func UserKeys(prefix, user string) string { return HashedUserKeys(prefix, session.HashName(user)) }

// HashedUserKeys is UserKeys of a name that [session.HashName] has hashed.
func HashedUserKeys(prefix, hashed string) string { return prefix + "{" + hashed + "}:" }

// UnlinkMatching removes the keys that begin so, which must all be in the slot
// of that key. It looks at the name of every key on the server that has the
// slot, so that it finds also what no index leads to.
func UnlinkMatching(ctx context.Context, client redis.UniversalClient, key, beginning string) error {
	server := redis.Cmdable(client)
	if cluster, ok := client.(*redis.ClusterClient); ok {
		node, err := cluster.MasterForKey(ctx, key)
		if err != nil {
			return err
		}
		server = node
	}
	scan := func(cursor uint64) ([]string, uint64, error) {
		return server.Scan(ctx, cursor, beginning+"*", 1000).Result()
	}
	return EachScanned(scan, func(found []string) error { return server.Unlink(ctx, found...).Err() })
}

// EachScanned calls do with what one of Redis's scans finds, until it is over
// or do fails. A scan takes a cursor, 0 at first, and returns the next.
func EachScanned(scan func(cursor uint64) (found []string, next uint64, err error), do func(found []string) error) error {
	for cursor := uint64(0); ; {
		found, next, err := scan(cursor)
		if err == nil && len(found) > 0 {
			err = do(found)
		}
		if err != nil || next == 0 {
			return err
		}
		cursor = next
	}
}
