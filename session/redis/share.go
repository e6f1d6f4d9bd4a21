package redis

import (
	"context"
	"slices"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/redis/conn"
)

// What is shared has two keys, in slots of their own:
//
//	<prefix>{<user>}:shares       hash: code → place, for Delete and Forget
//	<prefix>{<code>}:share        hash: "state", "born", "1" …, as in a session
//
// The first is written before the second and looked at again after it, so that
// no share outlives a Forget at the same time.

func (k keyNames) shares(user string) string { return k.user(user) + "shares" }

// share names what is shared under the hashed code.
func (k keyNames) share(hashed string) string { return string(k) + "{" + hashed + "}:share" }

// scriptIndexShare notes a code in the user's shares.
//
//	KEYS  the user's shares
//	ARGV  the hashed code, the hashed place, the lifetime in ms
var scriptIndexShare = goredis.NewScript(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
	redis.call('PEXPIRE', KEYS[1], ARGV[3])
end`)

// Share implements [session.Store].
func (r *Store) Share(ctx context.Context, key session.Key, turn int, lifetime time.Duration) (string, error) {
	s, err := r.Load(ctx, key)
	if err != nil {
		return "", err
	}
	if err := r.enter(ctx, session.ValidateShare(key, lifetime)); err != nil {
		return "", err
	}
	defer r.mu.RUnlock()
	code, share, err := session.NewShare(s, turn)
	if err != nil {
		return "", err
	}
	err = r.try(ctx, "share a turn in", func(ctx context.Context) error {
		return r.writeShare(ctx, key, session.HashCode(code), share, lifetime)
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// writeShare stores what is shared under the hashed code. It may be done
// twice.
func (r *Store) writeShare(ctx context.Context, key session.Key, code string, share session.Records, lifetime time.Duration) error {
	index := r.keys.shares(key.User)
	err := scriptIndexShare.Run(ctx, r.client, []string{index}, code, session.HashName(key.Place), lifetime.Milliseconds()).Err()
	if err != nil && err != goredis.Nil {
		return err
	}
	fields := []any{fieldBorn, code, fieldState, share.State}
	for i, turn := range share.Turns {
		fields = append(fields, strconv.Itoa(i+1), turn)
	}
	err = conn.Transact(ctx, r.client, func(p goredis.Pipeliner) error {
		p.HSet(ctx, r.keys.share(code), fields...)
		p.PExpire(ctx, r.keys.share(code), lifetime)
		return nil
	})
	if err != nil {
		return err
	}
	if there, err := r.client.HExists(ctx, index, code).Result(); err != nil || there {
		return err
	}
	return r.client.Unlink(ctx, r.keys.share(code)).Err()
}

// Shared implements [session.Store].
func (r *Store) Shared(ctx context.Context, code string) (s *session.Session, err error) {
	if err := r.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	err = r.try(ctx, "read a share from", func(ctx context.Context) error {
		name := r.keys.share(session.HashCode(code))
		fields, err := scriptRead.Run(ctx, r.client, []string{name, name}, 0, session.MaxTurns+2).StringSlice()
		if err != nil {
			return err
		}
		had, err := parseFields(fields)
		if err != nil {
			return err
		}
		s, err = session.DecodeShare(had.Records)
		return err
	})
	return s, err
}

// Revoke implements [session.Store].
func (r *Store) Revoke(ctx context.Context, user, code string) error {
	if err := r.enter(ctx, session.ValidateUser(user)); err != nil {
		return err
	}
	defer r.mu.RUnlock()
	return r.try(ctx, "revoke a share in", func(ctx context.Context) error {
		hashed, there := session.HashCode(code), false
		err := insist(ctx, func(ctx context.Context) error {
			n, err := r.client.Exists(ctx, r.keys.share(hashed)).Result()
			if n > 0 && err == nil {
				there, err = r.client.HExists(ctx, r.keys.shares(user), hashed).Result()
			}
			return err
		})
		if err != nil {
			return err
		}
		if !there {
			return session.ErrNoSuchShare
		}
		return insist(ctx, func(ctx context.Context) error {
			if err := r.client.Unlink(ctx, r.keys.share(hashed)).Err(); err != nil {
				return err
			}
			return r.client.HDel(ctx, r.keys.shares(user), hashed).Err()
		})
	})
}

// unshare removes what the user shared of a place, or of all if that is empty.
func (r *Store) unshare(ctx context.Context, user, place string) error {
	index, err := r.client.HGetAll(ctx, r.keys.shares(user)).Result()
	if err != nil {
		return err
	}
	var codes []string
	for code, of := range index {
		if place == "" || of == session.HashName(place) {
			codes = append(codes, code)
		}
	}
	for batch := range slices.Chunk(codes, batchSize) {
		for _, code := range batch {
			if err := r.client.Unlink(ctx, r.keys.share(code)).Err(); err != nil {
				return err
			}
		}
		if err := r.client.HDel(ctx, r.keys.shares(user), batch...).Err(); err != nil {
			return err
		}
	}
	return nil
}
