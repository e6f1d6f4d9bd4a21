package blobs

import (
	"context"
	"path"
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
// free, if the limit was passed. Of originals it removes the former alone.
func (s *Store) evict(ctx context.Context) error {
	now := s.options.Now()
	old := func(entry Entry) bool { return s.options.TTL > 0 && now.Sub(entry.Stored) >= s.options.TTL }
	originals, err := s.evictOriginals(ctx, old)
	if err != nil {
		return err
	}
	var all []Entry
	total := originals
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
		if total <= goal && !old(entry) {
			break
		}
		if err := s.remove(ctx, entry); err != nil {
			return err
		}
		total -= entry.Size
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total, s.originals, s.added, s.swept = total, originals, 0, now
	return nil
}

// evictOriginals removes the originals that are old, and returns how many bytes the
// others have.
func (s *Store) evictOriginals(ctx context.Context, old func(Entry) bool) (total int64, err error) {
	for entry, err := range s.bucket.List(ctx, originalFolder) {
		switch {
		case err != nil:
			return 0, err
		case !old(entry):
			total += entry.Size
		default:
			if err := s.remove(ctx, entry); err != nil {
				return 0, err
			}
		}
	}
	return total, nil
}

// remove removes a blob with all references to it, which are those of an original
// too where there is one of the same bytes. The blob goes last: one
// that is put meanwhile has references again, or its Put notices.
func (s *Store) remove(ctx context.Context, blob Entry) error {
	folder, digest := path.Split(blob.Name)
	if folder == blobFolder {
		switch kept, err := s.bucket.Has(ctx, originalFolder+digest); {
		case err != nil:
			return err
		case kept:
			return s.bucket.Delete(ctx, blob.Name)
		}
	}
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
	return s.bucket.Delete(ctx, blob.Name)
}
