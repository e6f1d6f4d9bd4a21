package blobs

import (
	"context"
	"slices"
	"strings"
)

// grow counts n bytes that were put, and evicts if that may be too much.
//
// A bucket that others write to is listed again after every tenth of the
// limit, so that p processes together exceed it by p tenths at most.
func (s *Store) grow(ctx context.Context, n int64) error {
	s.mu.Lock()
	s.total += n
	s.added += n
	due := s.total > s.options.Limit || s.added > s.options.Limit/10 ||
		s.options.TTL > 0 && s.options.Now().Sub(s.swept) > s.options.TTL/20
	if due {
		s.added = 0 // one of those who put at once is enough
	}
	s.mu.Unlock()
	if !due {
		return nil
	}
	return s.evict(ctx)
}

// evict lists the bucket and removes the blobs that were not used within the
// TTL, then those that were not used for longest until a tenth of the limit is
// free, if the limit was passed.
func (s *Store) evict(ctx context.Context) error {
	now := s.options.Now()
	var all []Entry
	var total int64
	for entry, err := range s.bucket.List(ctx, blobFolder) {
		if err != nil {
			return err
		}
		all = append(all, entry)
		total += entry.Size
	}
	slices.SortFunc(all, func(a, b Entry) int { return a.Stored.Compare(b.Stored) })
	goal := s.options.Limit
	if total > goal {
		goal -= goal / 10
	}
	for _, entry := range all {
		old := s.options.TTL > 0 && now.Sub(entry.Stored) >= s.options.TTL
		if total <= goal && !old {
			break
		}
		if err := s.remove(ctx, strings.TrimPrefix(entry.Name, blobFolder)); err != nil {
			return err
		}
		total -= entry.Size
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total, s.added, s.swept = total, 0, now
	return nil
}

// remove removes a blob with all references to it. The blob goes last: one
// that is put meanwhile has references again, or its Put notices.
func (s *Store) remove(ctx context.Context, digest string) error {
	for entry, err := range s.bucket.List(ctx, refFolder(digest)) {
		if err != nil {
			return err
		}
		owner := strings.TrimPrefix(entry.Name, refFolder(digest))
		if err := s.bucket.Delete(ctx, ownerFolder+owner+"/"+digest); err != nil {
			return err
		}
		if err := s.bucket.Delete(ctx, entry.Name); err != nil {
			return err
		}
	}
	return s.bucket.Delete(ctx, blobName(digest))
}
