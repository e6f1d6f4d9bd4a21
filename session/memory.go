package session

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory is a [Store] that lives as long as the process. It keeps records,
// not values, so that what comes back is what a file would give.
type Memory struct {
	mu       sync.Mutex
	closed   bool
	expiry   Expiry
	codec    Codec
	sessions map[Key]Records
	touched  map[Key]time.Time // of sessions and of blobs without one
	blobs    map[Key]map[string][]byte
	shares   map[string]memoryShare // by hashed code
}

// A memoryShare is what is shared by the session key, until then.
type memoryShare struct {
	Records
	key   Key
	until time.Time
}

// NewMemory returns an empty store whose sessions last.
func NewMemory() *Memory { return NewExpiringMemory(Expiry{}) }

// NewExpiringMemory returns an empty store whose sessions end.
func NewExpiringMemory(expiry Expiry) *Memory {
	return &Memory{
		expiry:   expiry,
		sessions: make(map[Key]Records),
		touched:  make(map[Key]time.Time),
		blobs:    make(map[Key]map[string][]byte),
		shares:   make(map[string]memoryShare),
	}
}

// Load implements [Store].
func (m *Memory) Load(ctx context.Context, key Key) (*Session, error) {
	if err := m.lock(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	m.touch(key)
	return m.codec.Decode(key, m.sessions[key])
}

// Update implements [Store].
func (m *Memory) Update(ctx context.Context, key Key, change func(*Session) error) (*Session, error) {
	if err := m.lock(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	m.touch(key)
	had := m.sessions[key]
	s, err := m.codec.Decode(key, had)
	if err != nil {
		return nil, err
	}
	next, err := m.codec.Apply(s, had, change)
	if err != nil {
		return nil, err
	}
	if next.State != nil {
		m.sessions[key] = next
	}
	return s, nil
}

// List implements [Store].
func (m *Memory) List(ctx context.Context, user string) ([]Key, error) {
	if err := m.lock(ctx, ValidateUser(user)); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var keys []Key
	for key := range m.sessions {
		if key.User == user && !m.expiry.Over(m.touchedAt(key)) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Place, b.Place) })
	return keys, nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, key Key) error {
	if err := m.lock(ctx, key.Validate()); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.remove(func(k Key) bool { return k == key })
	return nil
}

// Forget implements [Store].
func (m *Memory) Forget(ctx context.Context, user string) error {
	if err := m.lock(ctx, ValidateUser(user)); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.codec.Clear()
	m.remove(func(k Key) bool { return k.User == user })
	return nil
}

// PutBlob implements [Store].
func (m *Memory) PutBlob(ctx context.Context, key Key, data []byte) (string, error) {
	if err := m.lock(ctx, key.Validate()); err != nil {
		return "", err
	}
	defer m.mu.Unlock()
	digest, err := BlobDigest(data)
	if err != nil {
		return "", err
	}
	m.touch(key)
	if m.blobs[key] == nil {
		m.blobs[key] = make(map[string][]byte)
	}
	m.blobs[key][digest] = slices.Clone(data)
	return digest, nil
}

// PutOriginal implements [Store].
func (m *Memory) PutOriginal(ctx context.Context, key Key, data []byte) (string, error) {
	return m.PutBlob(ctx, key, data) // all blobs stay
}

// GetBlob implements [Store].
func (m *Memory) GetBlob(ctx context.Context, key Key, digest string) ([]byte, error) {
	if err := m.lock(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	m.touch(key)
	data, ok := m.blobs[key][digest]
	if !ok {
		return nil, ErrNoSuchBlob
	}
	return slices.Clone(data), nil
}

// Share implements [Store].
func (m *Memory) Share(ctx context.Context, key Key, turn int, lifetime time.Duration) (string, error) {
	if err := m.lock(ctx, ValidateShare(key, lifetime)); err != nil {
		return "", err
	}
	defer m.mu.Unlock()
	m.touch(key)
	s, err := m.codec.Decode(key, m.sessions[key])
	if err != nil {
		return "", err
	}
	code, r, err := NewShare(s, turn)
	if err != nil {
		return "", err
	}
	now := m.expiry.Now()
	maps.DeleteFunc(m.shares, func(_ string, s memoryShare) bool { return !now.Before(s.until) })
	m.shares[HashCode(code)] = memoryShare{r, key, now.Add(lifetime)}
	return code, nil
}

// Shared implements [Store].
func (m *Memory) Shared(ctx context.Context, code string) (*Session, error) {
	if err := m.lock(ctx, nil); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	share := m.shares[HashCode(code)]
	if !m.expiry.Now().Before(share.until) {
		return nil, ErrNoSuchShare
	}
	return DecodeShare(share.Records)
}

// Revoke implements [Store].
func (m *Memory) Revoke(ctx context.Context, user, code string) error {
	if err := m.lock(ctx, ValidateUser(user)); err != nil {
		return err
	}
	defer m.mu.Unlock()
	share, ok := m.shares[HashCode(code)]
	if !ok || share.key.User != user || !m.expiry.Now().Before(share.until) {
		return ErrNoSuchShare
	}
	delete(m.shares, HashCode(code))
	return nil
}

// touch renews the session's life, unless that is over, and removes all whose
// life is over from time to time.
func (m *Memory) touch(key Key) {
	if m.expiry.Due() || m.expiry.Over(m.touchedAt(key)) {
		m.expire()
	}
	if m.expiry.After > 0 {
		m.touched[key] = m.expiry.Now()
	}
}

// touchedAt returns when the session was last touched: now if that is not
// known.
func (m *Memory) touchedAt(key Key) time.Time {
	if at, ok := m.touched[key]; ok {
		return at
	}
	return m.expiry.Now()
}

// expire removes what nobody touched for long. What was shared of it has a
// life of its own.
func (m *Memory) expire() {
	m.removeSessions(func(key Key) bool { return m.expiry.Over(m.touchedAt(key)) })
}

// remove removes sessions with their blobs and what was shared of them.
func (m *Memory) remove(which func(Key) bool) {
	m.removeSessions(which)
	maps.DeleteFunc(m.shares, func(_ string, s memoryShare) bool { return which(s.key) })
}

// removeSessions removes sessions with their blobs.
func (m *Memory) removeSessions(which func(Key) bool) {
	maps.DeleteFunc(m.sessions, func(key Key, _ Records) bool { return which(key) })
	maps.DeleteFunc(m.blobs, func(key Key, _ map[string][]byte) bool { return which(key) })
	maps.DeleteFunc(m.touched, func(key Key, _ time.Time) bool { return which(key) })
}

// Close implements [Store].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.codec.Clear()
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
