package redis

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/blobs"
)

// chunkBytes is how much of a blob one key holds. The server is busy with one
// value at a time: a larger one makes everybody wait.
const chunkBytes = 1<<20 - chunkHeader

// chunkHeader precedes the first chunk: the length of the blob, big endian.
const chunkHeader = 4

// PutBlob implements [session.Store].
func (r *Store) PutBlob(ctx context.Context, key session.Key, data []byte) (string, error) {
	return r.put(ctx, key, data, (*blobs.Store).PutBlob)
}

// PutOriginal implements [session.Store]. In Redis itself all blobs stay.
func (r *Store) PutOriginal(ctx context.Context, key session.Key, data []byte) (string, error) {
	return r.put(ctx, key, data, (*blobs.Store).PutOriginal)
}

// put keeps a blob in Redis, or has the bucket keep it.
func (r *Store) put(ctx context.Context, key session.Key, data []byte, inBucket func(*blobs.Store, context.Context, session.Key, []byte) (string, error)) (string, error) {
	if err := r.enter(ctx, key.Validate()); err != nil {
		return "", err
	}
	defer r.mu.RUnlock()
	if r.bucket != nil {
		return inBucket(r.bucket, ctx, key, data)
	}
	digest, err := session.BlobDigest(data)
	if err != nil {
		return "", err
	}
	chunks := splitBlob(data)
	err = r.try(ctx, "keep a blob in", func(ctx context.Context) error {
		// The index first: Delete must find every chunk.
		if err := r.indexBlob(ctx, key, digest, len(chunks)); err != nil {
			return err
		}
		for i, chunk := range chunks {
			if err := r.blobs.Set(ctx, r.keys.chunk(key, digest, i), chunk, r.ttl).Err(); err != nil {
				return err
			}
		}
		return r.dropUnindexed(ctx, key, digest, len(chunks))
	})
	if err != nil {
		return "", err
	}
	return digest, nil
}

// dropUnindexed removes the chunks of a blob that a Delete or Forget between
// could not see.
func (r *Store) dropUnindexed(ctx context.Context, key session.Key, digest string, chunks int) error {
	there, err := r.blobs.HExists(ctx, r.keys.blobs(key), digest).Result()
	if err != nil || there {
		return err
	}
	for i := range chunks {
		if err := r.blobs.Unlink(ctx, r.keys.chunk(key, digest, i)).Err(); err != nil {
			return err
		}
	}
	return nil
}

// indexBlob notes that the session has a blob, and renews its expiry.
func (r *Store) indexBlob(ctx context.Context, key session.Key, digest string, chunks int) error {
	_, err := r.blobs.Pipelined(ctx, func(p goredis.Pipeliner) error {
		p.HSet(ctx, r.keys.blobs(key), digest, chunks)
		r.renew(ctx, p, key)
		return nil
	})
	return err
}

// renew renews the expiry of a session and of the index of its blobs. The
// index must live as long as the chunks, which Delete finds by it.
func (r *Store) renew(ctx context.Context, p goredis.Pipeliner, key session.Key) {
	if r.ttl == 0 {
		return
	}
	for _, name := range []string{r.keys.blobs(key), r.keys.session(key), r.keys.places(key.User)} {
		p.PExpire(ctx, name, r.ttl)
	}
}

// GetBlob implements [session.Store].
func (r *Store) GetBlob(ctx context.Context, key session.Key, digest string) (data []byte, err error) {
	if err := r.enter(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	if r.bucket != nil {
		return r.bucket.GetBlob(ctx, key, digest)
	}
	if !isDigest(digest) {
		return nil, session.ErrNoSuchBlob
	}
	err = r.try(ctx, "read a blob from", func(ctx context.Context) error {
		if data, err = r.getBlob(ctx, key, digest); err != nil {
			return err
		}
		_, err = r.blobs.Pipelined(ctx, func(p goredis.Pipeliner) error { r.renew(ctx, p, key); return nil })
		return err
	})
	if err != nil {
		return nil, err
	}
	if has, err := session.BlobDigest(data); err != nil || has != digest {
		return nil, session.ErrNoSuchBlob
	}
	return data, nil
}

// getBlob joins the chunks of a blob.
func (r *Store) getBlob(ctx context.Context, key session.Key, digest string) ([]byte, error) {
	first, err := r.getChunk(ctx, key, digest, 0)
	if err != nil {
		return nil, err
	}
	if len(first) < chunkHeader {
		return nil, session.ErrNoSuchBlob
	}
	size := int(binary.BigEndian.Uint32(first))
	if size > session.MaxBlobBytes {
		return nil, session.ErrNoSuchBlob
	}
	data := slices.Grow(first[chunkHeader:], max(0, size-len(first)))
	for i := 1; len(data) < size; i++ {
		chunk, err := r.getChunk(ctx, key, digest, i)
		if err != nil {
			return nil, err
		}
		if len(chunk) == 0 {
			return nil, session.ErrNoSuchBlob
		}
		data = append(data, chunk...)
	}
	return data, nil
}

// getChunk returns one chunk and renews its expiry.
func (r *Store) getChunk(ctx context.Context, key session.Key, digest string, i int) ([]byte, error) {
	name := r.keys.chunk(key, digest, i)
	var got *goredis.StringCmd
	if r.ttl > 0 {
		got = r.blobs.GetEx(ctx, name, r.ttl)
	} else {
		got = r.blobs.Get(ctx, name)
	}
	chunk, err := got.Bytes()
	if errors.Is(err, goredis.Nil) {
		return nil, session.ErrNoSuchBlob
	}
	return chunk, err
}

// splitBlob returns what is kept under a blob's keys.
func splitBlob(data []byte) [][]byte {
	first := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	chunks := [][]byte{append(first, data[:min(len(data), chunkBytes)]...)}
	for rest := data[min(len(data), chunkBytes):]; len(rest) > 0; {
		n := min(len(rest), chunkBytes)
		chunks = append(chunks, rest[:n])
		rest = rest[n:]
	}
	return chunks
}

// blobKeys returns the keys of all the session's blobs, with their index.
func (r *Store) blobKeys(ctx context.Context, key session.Key) ([]string, error) {
	index, err := r.client.HGetAll(ctx, r.keys.blobs(key)).Result()
	if err != nil {
		return nil, err
	}
	keys := []string{r.keys.blobs(key)}
	for digest, count := range index {
		n, err := strconv.Atoi(count)
		if err != nil || n > len(splitBlob(nil))+session.MaxBlobBytes/chunkBytes {
			n = 1 + session.MaxBlobBytes/chunkBytes
		}
		for i := range n {
			keys = append(keys, r.keys.chunk(key, digest, i))
		}
	}
	return keys, nil
}

// isDigest reports whether text can be what PutBlob returns.
func isDigest(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}
