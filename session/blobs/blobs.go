// Package blobs keeps pictures and other large things under the SHA-256 of
// their bytes, in a folder or in an S3-compatible store, up to a size.
//
// A blob that several sessions have is kept once, and for as long as one of
// them refers to it. Together blobs take no more than a limit: beyond it those
// go that were not used for longest. They are a cache of what recipes say, but
// for originals, which no recipe can make again: those stay as long as they are
// referred to.
//
// Start with [Open], [OpenFolder] and [OpenS3].
package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"pentimento/session"
)

// ErrNone says that there is no such blob, or no longer.
var ErrNone = errors.New("there is no such blob")

// An Owner refers to blobs: a user, in one of the user's places.
type Owner struct{ User, Place string }

// A Bucket holds named values. All methods may be called at once, and by
// several processes.
type Bucket interface {
	// Put stores a value, whole or not at all.
	Put(ctx context.Context, name string, value []byte) error
	// Get returns a value of at most limit bytes and when it was stored, or
	// [ErrNone].
	Get(ctx context.Context, name string, limit int64) (value []byte, stored time.Time, err error)
	// Has reports whether there is a value.
	Has(ctx context.Context, name string) (bool, error)
	// Delete removes a value; one that is not there is no error.
	Delete(ctx context.Context, name string) error
	// List returns what is stored under names that begin with the folder,
	// which ends in "/".
	List(ctx context.Context, folder string) iter.Seq2[Entry, error]
	// Close releases the bucket.
	Close() error
}

// An Entry is a value in a bucket.
type Entry struct {
	Name string
	Size int64
	// Stored is when the value was last put.
	Stored time.Time
}

// Options say how much is kept and for how long.
type Options struct {
	// Limit is how many bytes the blobs take together.
	Limit int64
	// TTL is after how long without use a blob goes even if there is room;
	// 0 is never.
	TTL time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// A Store keeps the blobs of owners in a bucket:
//
//	blobs/<digest>                     the bytes
//	originals/<digest>                 the bytes of an original
//	owners/<user>/<place>/<digest>     empty: the owner refers to the blob
//	refs/<digest>/<user>/<place>       the same, found from the blob
//
// with user and place hashed. There is no other count or index that could be
// wrong. Its methods may be called at once, and several processes may have
// stores on one bucket.
type Store struct {
	bucket  Bucket
	options Options

	mu sync.Mutex
	// total is how many bytes there were when the bucket was last listed, with
	// what was put since; added is the latter alone.
	total, added int64
	// originals is how many bytes of total originals have.
	originals int64
	swept     time.Time
}

// Open returns the store in a bucket and removes what is beyond the options.
// Close closes the bucket.
func Open(ctx context.Context, bucket Bucket, options Options) (*Store, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Store{bucket: bucket, options: options}
	if err := s.evict(ctx); err != nil {
		return nil, fmt.Errorf("look at the kept pictures: %w", err)
	}
	return s, nil
}

// Put keeps data for the owner and returns its digest.
func (s *Store) Put(ctx context.Context, owner Owner, data []byte) (digest string, err error) {
	return s.put(ctx, blobFolder, owner, data)
}

// putOriginal keeps data that stays as long as somebody refers to it.
func (s *Store) putOriginal(ctx context.Context, owner Owner, data []byte) (digest string, err error) {
	s.mu.Lock()
	full := s.originals+int64(len(data)) > s.options.Limit
	s.mu.Unlock()
	if full {
		return "", fmt.Errorf("%w: pictures of people's own take all of the room for pictures", session.ErrDiskFull)
	}
	if digest, err = s.put(ctx, originalFolder, owner, data); err == nil {
		s.mu.Lock()
		s.originals += int64(len(data))
		s.mu.Unlock()
	}
	return digest, err
}

// put keeps data in a folder for the owner.
func (s *Store) put(ctx context.Context, folder string, owner Owner, data []byte) (digest string, err error) {
	digest = digestOf(data)
	// In this order whatever is kept can be found from its owner.
	for _, name := range []string{ownerName(owner, digest), refName(owner, digest)} {
		if err := s.bucket.Put(ctx, name, nil); err != nil {
			return "", err
		}
	}
	// Even if it is there: then this is a use of it, and it may be damaged.
	return digest, s.store(ctx, folder, owner, digest, data)
}

// store puts the bytes that the owner refers to.
func (s *Store) store(ctx context.Context, folder string, owner Owner, digest string, data []byte) error {
	if err := s.bucket.Put(ctx, folder+digest, data); err != nil {
		return err
	}
	// Somebody may have dropped the owner meanwhile, and not seen all of this.
	if owned, err := s.bucket.Has(ctx, ownerName(owner, digest)); err != nil {
		return err
	} else if !owned {
		return s.release(ctx, session.HashName(owner.User)+"/"+session.HashName(owner.Place), digest)
	}
	return s.grow(ctx, int64(len(data)))
}

// coarseUse is how far the time of the last use may lag behind the truth: it
// is noted by putting the blob again.
const coarseUse = time.Hour

// Get returns what the owner put, of at most limit bytes, or [ErrNone].
func (s *Store) Get(ctx context.Context, owner Owner, digest string, limit int64) ([]byte, error) {
	if !isDigest(digest) {
		return nil, ErrNone
	}
	if owned, err := s.bucket.Has(ctx, ownerName(owner, digest)); err != nil {
		return nil, err
	} else if !owned {
		return nil, ErrNone
	}
	folder := blobFolder
	data, stored, err := s.bucket.Get(ctx, folder+digest, limit)
	if errors.Is(err, ErrNone) {
		folder = originalFolder
		data, stored, err = s.bucket.Get(ctx, folder+digest, limit)
	}
	if err != nil {
		return nil, err
	}
	if digestOf(data) != digest {
		return nil, ErrNone // a crash or a disk has damaged it
	}
	if s.options.Now().Sub(stored) > coarseUse {
		// If it cannot be noted, because the disk is full, the picture is there
		// all the same. It may go a little early.
		_ = s.store(ctx, folder, owner, digest, data)
	}
	return data, nil
}

// Drop removes the owner's references, and the blobs that nobody else has.
func (s *Store) Drop(ctx context.Context, owner Owner) error {
	return s.drop(ctx, userFolder(owner.User)+session.HashName(owner.Place)+"/")
}

// Forget does what Drop does for all places of the user.
func (s *Store) Forget(ctx context.Context, user string) error {
	return s.drop(ctx, userFolder(user))
}

// drop removes the references in a folder of owners.
func (s *Store) drop(ctx context.Context, folder string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for entry, err := range s.bucket.List(ctx, folder) {
		if err != nil {
			return err
		}
		parts := strings.Split(entry.Name, "/") // owners, user, place, digest
		if len(parts) != 4 {
			continue
		}
		owner, digest := parts[1]+"/"+parts[2], parts[3]
		if err := s.release(ctx, owner, digest); err != nil {
			return err
		}
		// After the release, so that what is interrupted can be done again.
		if err := s.bucket.Delete(ctx, entry.Name); err != nil {
			return err
		}
		// A Put that still saw its owner has put everything by now, and a Put
		// that did not releases it itself.
		if err := s.release(ctx, owner, digest); err != nil {
			return err
		}
	}
	return nil
}

// release removes a reference, given as in the names of a bucket, and the
// blob if it was the last.
func (s *Store) release(ctx context.Context, owner, digest string) error {
	if err := s.bucket.Delete(ctx, refFolder(digest)+owner); err != nil {
		return err
	}
	for _, err := range s.bucket.List(ctx, refFolder(digest)) {
		return err // another has it
	}
	if err := s.bucket.Delete(ctx, originalFolder+digest); err != nil {
		return err
	}
	return s.bucket.Delete(ctx, blobFolder+digest)
}

// Close releases the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

const (
	blobFolder     = "blobs/"
	originalFolder = "originals/"
	ownerFolder    = "owners/"
)

func refFolder(digest string) string { return "refs/" + digest + "/" }
func userFolder(user string) string  { return ownerFolder + session.HashName(user) + "/" }

func ownerName(o Owner, digest string) string {
	return userFolder(o.User) + session.HashName(o.Place) + "/" + digest
}

func refName(o Owner, digest string) string {
	return refFolder(digest) + session.HashName(o.User) + "/" + session.HashName(o.Place)
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// isDigest reports whether text can be a digest.
func isDigest(text string) bool {
	return len(text) == 2*sha256.Size && strings.Trim(text, "0123456789abcdef") == ""
}
