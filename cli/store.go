package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pentimento/files"
	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/bolt"
	"pentimento/session/redis"
	"pentimento/session/redis/conn"
)

// storeFlags say how conversations and their pictures are kept.
type storeFlags struct {
	Keep          time.Duration `help:"How long a conversation is kept that nobody touches, as in 720h; 0 is for ever." default:"0"`
	Pictures      string        `help:"Where pictures are kept instead of beside the conversations: a folder, or s3://host/bucket[/prefix] (s3+http:// without TLS), with keys from PENTIMENTO_S3_ACCESS_KEY and PENTIMENTO_S3_SECRET_KEY." placeholder:"DIR|URL"`
	PicturesLimit int64         `help:"How many MiB the pictures in --pictures may take together; the least recently used go first." default:"2048"`
}

// Variables that hold secrets. They are neither flags nor settings: command
// lines and files are read by others.
const (
	s3AccessKey = "PENTIMENTO_S3_ACCESS_KEY"
	s3SecretKey = "PENTIMENTO_S3_SECRET_KEY"
)

// openStore opens what keeps the conversations: a file, or Redis if the place
// is an address.
func (f storeFlags) openStore(ctx context.Context, p *Process, place string) (session.Store, error) {
	pictures, err := f.openPictures(ctx, p)
	if err != nil {
		return nil, err
	}
	store, err := f.openSessions(ctx, p, place, pictures)
	if err != nil && pictures != nil {
		err = errors.Join(err, pictures.Close())
	}
	return store, err
}

// openSessions opens the store with pictures of its own if there are none.
func (f storeFlags) openSessions(ctx context.Context, p *Process, place string, pictures *blobs.Store) (session.Store, error) {
	if onRedis(place) {
		server, err := redisAt(p, place)
		if err != nil {
			return nil, err
		}
		return redis.Open(ctx, redis.Options{Options: server, TTL: f.Keep, Blobs: pictures})
	}
	if err := conn.CheckPlace(place); err != nil {
		return nil, fmt.Errorf("--store: %w", err)
	}
	if err := checkStoreFile(place); err != nil {
		return nil, err
	}
	if err := makeStoreFolder(place); err != nil {
		return nil, err
	}
	store, err := bolt.Open(place, bolt.Options{Expiry: session.Expiry{After: f.Keep}, Blobs: pictures, Log: p.log})
	if errors.Is(err, session.ErrCorrupt) {
		return nil, withSalvage(err, place)
	}
	if err != nil {
		return nil, err
	}
	return store, nil
}

// checkStoreFile refuses a place where there is something else than a file: nothing
// of it can be salvaged.
func checkStoreFile(place string) error {
	about, err := os.Stat(place)
	switch {
	case err != nil: // whoever opens it says why, unless it is new
		return nil
	case about.Mode()&os.ModeSocket != 0:
		return fmt.Errorf("--store: %s is a socket; if Redis listens there, write unix://%s", place, place)
	case !about.Mode().IsRegular():
		return fmt.Errorf("--store: %s %w; name one, or one that is to be made", place, files.ErrNotFile)
	}
	return nil
}

// makeStoreFolder makes the folder for a file of conversations.
func makeStoreFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder for conversations: %w; --store FILE puts them elsewhere", err)
	}
	return nil
}

// withSalvage says what to do about a file of conversations that is damaged.
func withSalvage(err error, place string) error {
	return fmt.Errorf("%w. \"pentimento sessions salvage %s NEW\" copies what can be read to a new file", err, place)
}

// openPictures opens the bucket of --pictures; without it there is none.
func (f storeFlags) openPictures(ctx context.Context, p *Process) (*blobs.Store, error) {
	if f.Pictures == "" {
		return nil, nil
	}
	bucket, err := f.bucket(ctx, p)
	if err != nil {
		return nil, err
	}
	store, err := blobs.Open(ctx, bucket, blobs.Options{Limit: f.PicturesLimit << 20, TTL: f.Keep})
	if err != nil {
		return nil, errors.Join(err, bucket.Close())
	}
	return store, nil
}

func (f storeFlags) bucket(ctx context.Context, p *Process) (blobs.Bucket, error) {
	if !strings.Contains(f.Pictures, "://") {
		return blobs.OpenFolder(f.Pictures)
	}
	options, err := blobs.ParseS3(f.Pictures)
	if err != nil {
		return nil, err
	}
	options.AccessKey, options.SecretKey = p.Getenv(s3AccessKey), p.Getenv(s3SecretKey)
	return blobs.OpenS3(ctx, options)
}

// onRedis reports whether a place for conversations is an address of Redis.
func onRedis(place string) bool { return conn.IsAddress(place) }
