package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"pentimento/session/blobs"
)

// DefaultBlobLimit is how many bytes of blobs a [File] keeps beside it.
const DefaultBlobLimit = 2 << 30

// putBlob keeps a blob of the session in a store of blobs.
func putBlob(ctx context.Context, store *blobs.Store, key Key, data []byte) (string, error) {
	if _, err := blobDigest(data); err != nil {
		return "", err
	}
	return store.Put(ctx, blobs.Owner(key), data)
}

// getBlob returns what putBlob kept, or ErrNoSuchBlob.
func getBlob(ctx context.Context, store *blobs.Store, key Key, digest string) ([]byte, error) {
	data, err := store.Get(ctx, blobs.Owner(key), digest, MaxBlobBytes)
	if errors.Is(err, blobs.ErrNone) {
		return nil, ErrNoSuchBlob
	}
	return data, err
}

// hashedName is part of a file's or key's name for any name: names are
// anything, and say more than should be seen there.
func hashedName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}

// blobDigest returns the name of data, or ErrTooLarge.
func blobDigest(data []byte) (string, error) {
	if len(data) > MaxBlobBytes {
		return "", fmt.Errorf("%w: a blob of %d bytes, %d are allowed", ErrTooLarge, len(data), MaxBlobBytes)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
