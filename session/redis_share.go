package session

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// What is shared has two keys, in slots of their own:
//
//	<prefix>{<user>}:shares       hash: code → place, for Delete and Forget
//	<prefix>{<code>}:share        hash: "state", "born", "1" …, as in a session
//
// The first is written before the second and looked at again after it, so that
// no share outlives a Forget at the same time.

func (k redisKeys) shares(user string) string { return k.user(user) + "shares" }

// share names what is shared under the hashed code.
func (k redisKeys) share(hashed string) string { return string(k) + "{" + hashed + "}:share" }

// scriptIndexShare notes a code in the user's shares.
//
//	KEYS  the user's shares
//	ARGV  the hashed code, the hashed place, the lifetime in ms
var scriptIndexShare = redis.NewScript(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
	redis.call('PEXPIRE', KEYS[1], ARGV[3])
end`)

// Share implements [Store].
func (r *Redis) Share(ctx context.Context, key Key, turn int, lifetime time.Duration) (string, error) {
	s, err := r.Load(ctx, key)
	if err != nil {
		return "", err
	}
	if err := r.enter(ctx, validateShare(key, lifetime)); err != nil {
		return "", err
	}
	defer r.mu.RUnlock()
	code, share, err := newShare(s, turn)
	if err != nil {
		return "", err
	}
	err = r.try(ctx, "share a turn in", func(ctx context.Context) error {
		return r.writeShare(ctx, key, hashedCode(code), share, lifetime)
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// writeShare stores what is shared under the hashed code. It may be done
// twice.
func (r *Redis) writeShare(ctx context.Context, key Key, code string, share records, lifetime time.Duration) error {
	index := r.keys.shares(key.User)
	err := scriptIndexShare.Run(ctx, r.client, []string{index}, code, hashedName(key.Place), lifetime.Milliseconds()).Err()
	if err != nil && err != redis.Nil {
		return err
	}
	fields := []any{fieldBorn, code, fieldState, share.state}
	for i, turn := range share.turns {
		fields = append(fields, strconv.Itoa(i+1), turn)
	}
	_, err = r.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
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

// Shared implements [Store].
func (r *Redis) Shared(ctx context.Context, code string) (s *Session, err error) {
	if err := r.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	err = r.try(ctx, "read a share from", func(ctx context.Context) error {
		name := r.keys.share(hashedCode(code))
		fields, err := scriptRead.Run(ctx, r.client, []string{name, name}, 0, MaxTurns+2).StringSlice()
		if err != nil {
			return err
		}
		had, err := parseFields(fields)
		if err != nil {
			return err
		}
		s, err = decodeShare(had.records)
		return err
	})
	return s, err
}

// Revoke implements [Store].
func (r *Redis) Revoke(ctx context.Context, user, code string) error {
	if err := r.enter(ctx, validateName("user", user)); err != nil {
		return err
	}
	defer r.mu.RUnlock()
	return r.try(ctx, "revoke a share in", func(ctx context.Context) error {
		hashed, there := hashedCode(code), false
		err := r.insist(ctx, func(ctx context.Context) error {
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
			return ErrNoSuchShare
		}
		return r.insist(ctx, func(ctx context.Context) error {
			if err := r.client.Unlink(ctx, r.keys.share(hashed)).Err(); err != nil {
				return err
			}
			return r.client.HDel(ctx, r.keys.shares(user), hashed).Err()
		})
	})
}

// unshare removes what the user shared of a place, or of all if that is empty.
func (r *Redis) unshare(ctx context.Context, user, place string) error {
	index, err := r.client.HGetAll(ctx, r.keys.shares(user)).Result()
	if err != nil {
		return err
	}
	var codes []string
	for code, of := range index {
		if place == "" || of == hashedName(place) {
			codes = append(codes, code)
		}
	}
	for batch := range slices.Chunk(codes, redisBatch) {
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
