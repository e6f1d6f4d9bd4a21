package bot

import (
	"crypto/sha256"
	"fmt"
)

// digestOf is the name under which a store keeps a picture; see
// session.Store.PutBlob.
func digestOf(picture []byte) string { return fmt.Sprintf("%x", sha256.Sum256(picture)) }
