package cli

import (
	"fmt"
	"log/slog"
	"reflect"

	"github.com/alecthomas/kong"
)

// checkNumbers refuses flags that are less than nothing: no number of pictures and
// no length of time is.
func checkNumbers(flags []*kong.Flag) error {
	for _, f := range flags {
		if isNegative(f.Target) {
			return fmt.Errorf("--%s is %v: give 0 or more", f.Name, f.Target.Interface())
		}
	}
	return nil
}

// isNegative reports whether a number is less than 0, or one of a map.
func isNegative(v reflect.Value) bool {
	switch {
	case !v.IsValid():
		return false
	case v.Type() == reflect.TypeFor[slog.Level](): // debug is
		return false
	case v.CanInt():
		return v.Int() < 0
	case v.CanFloat():
		return v.Float() < 0
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			if isNegative(v.MapIndex(key)) {
				return true
			}
		}
	}
	return false
}
