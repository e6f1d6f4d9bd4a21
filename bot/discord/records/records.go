// Package records says what the two keepers of a bot's records have in common:
// small values, each under a name in a table, that the bot keeps beside the
// sessions. Package records/bolt keeps them in one file for one process,
// records/redis on a server for several.
package records

import "errors"

// MaxBytes is how long a value may be.
const MaxBytes = 1 << 20

// What can be wrong with records.
var (
	// ErrTooLarge says that a value is longer than MaxBytes.
	ErrTooLarge = errors.New("too much to remember under one name")
	// ErrDamaged says that what is kept is not what was put there.
	ErrDamaged = errors.New("what the bot remembers is damaged")
)
