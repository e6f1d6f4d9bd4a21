// Package recordstest is the suite that every keeper of a bot's records passes.
// Start at [Run].
package recordstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"pentimento/bot/discord/records"
)

// Keeper is what every keeper of records does; discord.Memory says what.
type Keeper interface {
	Get(ctx context.Context, table, name string) ([]byte, error)
	Change(ctx context.Context, table, name string, change func([]byte) ([]byte, error)) error
	Each(ctx context.Context, table string, visit func(string, []byte) error) error
	Erase(ctx context.Context) error
	Close() error
}

// Run tests a keeper. Each call of open returns it as it was when it was closed;
// at first it is empty. The suite closes it.
func Run(t *testing.T, open func(t *testing.T) Keeper) {
	m := open(t)
	put := func(table, name string, value []byte) {
		t.Helper()
		if err := m.Change(t.Context(), table, name, func([]byte) ([]byte, error) { return value, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, m, "table", "nothing"); got != nil {
		t.Errorf("nothing is %q", got)
	}
	put("table", "kept", []byte("value\x00\xff"))
	put("table", "empty", []byte{})
	put("other", "kept", []byte("other"))
	put("table", "gone", []byte("gone"))
	put("table", "gone", nil)
	put("table", "gone", nil)
	if got := get(t, m, "table", "kept"); string(got) != "value\x00\xff" {
		t.Errorf("kept is %q", got)
	}
	if got := all(t, m, "table"); got != "empty= kept=value\x00\xff " {
		t.Errorf("the table has %q", got)
	}
	if got := all(t, m, "none"); got != "" {
		t.Errorf("a table that is not there has %q", got)
	}

	refused := errors.New("refused")
	err := m.Change(t.Context(), "table", "kept", func(old []byte) ([]byte, error) { return []byte("changed"), refused })
	if !errors.Is(err, refused) || string(get(t, m, "table", "kept")) != "value\x00\xff" {
		t.Errorf("a refused change ended with %v and %q", err, get(t, m, "table", "kept"))
	}
	err = m.Change(t.Context(), "table", "kept", func([]byte) ([]byte, error) { return make([]byte, records.MaxBytes+1), nil })
	if !errors.Is(err, records.ErrTooLarge) {
		t.Errorf("a value that is too long ended with %v", err)
	}
	if err := m.Each(t.Context(), "table", func(string, []byte) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("visiting ended with %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := m.Get(ended, "table", "kept"); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end, asking ended with %v", err)
	}

	counts(t, m)
	many(t, m, put)
	if err := m.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := all(t, m, "table"); got != "empty= kept=value\x00\xff " {
		t.Errorf("erased, the table has %q", got)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	m = open(t)
	if got := get(t, m, "table", "kept"); string(got) != "value\x00\xff" {
		t.Errorf("opened again, kept is %q", got)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// counts has many change one value at once.
func counts(t *testing.T, m Keeper) {
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			err := m.Change(t.Context(), "table", "count", func(old []byte) ([]byte, error) {
				n, _ := strconv.Atoi(string(old)) // nothing is 0
				return []byte(strconv.Itoa(n + 1)), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := string(get(t, m, "table", "count")); got != "20" {
		t.Errorf("counted to %s of 20", got)
	}
}

// many fills a table beyond what is read at once.
func many(t *testing.T, m Keeper, put func(table, name string, value []byte)) {
	const n = 600 // more than Redis gives at once
	for i := range n {
		put("many", strconv.Itoa(i), []byte{byte(i)})
	}
	seen := map[string]bool{}
	err := m.Each(t.Context(), "many", func(name string, value []byte) error {
		i, err := strconv.Atoi(name)
		if err != nil || !bytes.Equal(value, []byte{byte(i)}) || seen[name] {
			t.Errorf("%q is %v, seen before: %v", name, value, seen[name])
		}
		seen[name] = true
		return nil
	})
	if err != nil || len(seen) != n {
		t.Errorf("%d of %d were seen (%v)", len(seen), n, err)
	}
}

func get(t *testing.T, m Keeper, table, name string) []byte {
	t.Helper()
	value, err := m.Get(t.Context(), table, name)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// all lists a table in the order of names.
func all(t *testing.T, m Keeper, table string) string {
	t.Helper()
	values := map[string]string{}
	if err := m.Each(t.Context(), table, func(name string, value []byte) error { values[name] = string(value); return nil }); err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, name := range []string{"empty", "gone", "kept"} {
		if value, ok := values[name]; ok {
			out += fmt.Sprintf("%s=%s ", name, value)
		}
	}
	return out
}
