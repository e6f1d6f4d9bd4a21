package session

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A blobFolder keeps blobs as files, <user>/<place>/<digest> with the SHA-256
// of the names: names are anything, and say more than a folder should show.
//
// Blobs are a cache, so they are not synced to disk; what a crash has damaged
// does not match its digest and counts as gone.
type blobFolder string

// put writes data and returns its digest.
func (b blobFolder) put(key Key, data []byte) (string, error) {
	digest, err := blobDigest(data)
	if err != nil {
		return "", err
	}
	folder := b.folder(key)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	temp, err := os.CreateTemp(folder, "*"+tempInfix)
	if err != nil {
		return "", err
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), filepath.Join(folder, digest))
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(temp.Name()))
	}
	return digest, nil
}

// get returns the blob, or ErrNoSuchBlob if it is gone or damaged.
func (b blobFolder) get(key Key, digest string) ([]byte, error) {
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size {
		return nil, ErrNoSuchBlob
	}
	file, err := os.Open(filepath.Join(b.folder(key), digest))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoSuchBlob
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxBlobBytes+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if has, err := blobDigest(data); err != nil || has != digest {
		return nil, ErrNoSuchBlob
	}
	return data, nil
}

// remove removes the blobs of one session.
func (b blobFolder) remove(key Key) error { return os.RemoveAll(b.folder(key)) }

// removeUser removes the blobs of all the user's sessions.
func (b blobFolder) removeUser(user string) error { return os.RemoveAll(b.userFolder(user)) }

// folder is where the session's blobs are.
func (b blobFolder) folder(key Key) string {
	return filepath.Join(b.userFolder(key.User), hashedName(key.Place))
}

// userFolder holds the folders of the user's sessions.
func (b blobFolder) userFolder(user string) string {
	return filepath.Join(string(b), hashedName(user))
}

// hashedName is a file name for any name.
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
