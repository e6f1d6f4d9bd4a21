package session

import (
	"context"
	"slices"
	"strings"
	"sync"
)

// Memory is a [Store] that lives as long as the process. It keeps records,
// not values, so that what comes back is what a file would give.
type Memory struct {
	mu       sync.Mutex
	closed   bool
	sessions map[Key]records
	blobs    map[Key]map[string][]byte
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{sessions: make(map[Key]records), blobs: make(map[Key]map[string][]byte)}
}

// Load implements [Store].
func (m *Memory) Load(ctx context.Context, key Key) (*Session, error) {
	if err := m.lock(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	return loaded(key, m.sessions[key])
}

// Update implements [Store].
func (m *Memory) Update(ctx context.Context, key Key, change func(*Session) error) (*Session, error) {
	if err := m.lock(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	had := m.sessions[key]
	s, err := loaded(key, had)
	if err != nil {
		return nil, err
	}
	next, err := apply(s, had, change)
	if err != nil {
		return nil, err
	}
	if next.state != nil {
		m.sessions[key] = next
	}
	return s, nil
}

// List implements [Store].
func (m *Memory) List(ctx context.Context, user string) ([]Key, error) {
	if err := m.lock(ctx, validateName("user", user)); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var keys []Key
	for key := range m.sessions {
		if key.User == user {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Place, b.Place) })
	return keys, nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, key Key) error {
	if err := m.lock(ctx, key.validate()); err != nil {
		return err
	}
	defer m.mu.Unlock()
	delete(m.sessions, key)
	delete(m.blobs, key)
	return nil
}

// Forget implements [Store].
func (m *Memory) Forget(ctx context.Context, user string) error {
	if err := m.lock(ctx, validateName("user", user)); err != nil {
		return err
	}
	defer m.mu.Unlock()
	for key := range m.sessions {
		if key.User == user {
			delete(m.sessions, key)
		}
	}
	for key := range m.blobs {
		if key.User == user {
			delete(m.blobs, key)
		}
	}
	return nil
}

// PutBlob implements [Store].
func (m *Memory) PutBlob(ctx context.Context, key Key, data []byte) (string, error) {
	if err := m.lock(ctx, key.validate()); err != nil {
		return "", err
	}
	defer m.mu.Unlock()
	digest, err := blobDigest(data)
	if err != nil {
		return "", err
	}
	if m.blobs[key] == nil {
		m.blobs[key] = make(map[string][]byte)
	}
	m.blobs[key][digest] = slices.Clone(data)
	return digest, nil
}

// GetBlob implements [Store].
func (m *Memory) GetBlob(ctx context.Context, key Key, digest string) ([]byte, error) {
	if err := m.lock(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	data, ok := m.blobs[key][digest]
	if !ok {
		return nil, ErrNoSuchBlob
	}
	return slices.Clone(data), nil
}

// Close implements [Store].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// lock locks the store for a request that is in order so far, or returns why
// it cannot be served.
func (m *Memory) lock(ctx context.Context, invalid error) error {
	if invalid != nil {
		return invalid
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return ErrClosed
	}
	return nil
}
