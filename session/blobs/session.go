package blobs

import (
	"context"
	"errors"

	"pentimento/session"
)

// PutBlob keeps a blob of a session and returns its digest; the error may be
// [session.ErrTooLarge].
func (s *Store) PutBlob(ctx context.Context, key session.Key, data []byte) (digest string, err error) {
	if _, err := session.BlobDigest(data); err != nil {
		return "", err
	}
	return s.Put(ctx, Owner(key), data)
}

// PutOriginal keeps a blob that is not removed to make room, and returns its digest;
// the error may be [session.ErrTooLarge], or [session.ErrDiskFull] where originals
// alone take all the room that there is.
func (s *Store) PutOriginal(ctx context.Context, key session.Key, data []byte) (digest string, err error) {
	if _, err := session.BlobDigest(data); err != nil {
		return "", err
	}
	return s.putOriginal(ctx, Owner(key), data)
}

// GetBlob returns what PutBlob kept, or [session.ErrNoSuchBlob].
func (s *Store) GetBlob(ctx context.Context, key session.Key, digest string) ([]byte, error) {
	data, err := s.Get(ctx, Owner(key), digest, session.MaxBlobBytes)
	if errors.Is(err, ErrNone) {
		return nil, session.ErrNoSuchBlob
	}
	return data, err
}
