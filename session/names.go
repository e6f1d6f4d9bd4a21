package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Validate reports whether k can name a session; the error is [ErrInvalid].
func (k Key) Validate() error {
	if err := ValidateUser(k.User); err != nil {
		return err
	}
	return validateName("place", k.Place)
}

// ValidateUser reports whether a user can have sessions; the error is
// [ErrInvalid].
func ValidateUser(user string) error { return validateName("user", user) }

// validateName reports whether name can be a user or a place.
func validateName(kind, name string) error {
	if name == "" || len(name) > MaxNameBytes {
		return fmt.Errorf("%w: the %s has %d bytes, 1 to %d are allowed", ErrInvalid, kind, len(name), MaxNameBytes)
	}
	if !utf8.ValidString(name) {
		return fmt.Errorf("%w: the %s is not UTF-8", ErrInvalid, kind)
	}
	return nil
}

// HashName is part of a file's or a key's name for any user, place or event:
// names are anything, and say more than should be seen there. Whatever keeps
// something of a user under a hashed name uses this function, so that whoever
// forgets the user finds it.
func HashName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}

// HashCode is what a store keeps of the code of a share: whoever reads the
// store's names learns no code. Spaces around it, hyphens and case do not
// matter.
func HashCode(code string) string {
	return HashName(strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), "-", "")))
}

// BlobDigest returns the name of data, the SHA-256 in hexadecimal, or
// [ErrTooLarge].
func BlobDigest(data []byte) (string, error) {
	if len(data) > MaxBlobBytes {
		return "", fmt.Errorf("%w: a blob of %d bytes, %d are allowed", ErrTooLarge, len(data), MaxBlobBytes)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
