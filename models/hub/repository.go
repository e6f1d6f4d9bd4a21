package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// A Repository is what a hub has under a name, in one revision.
type Repository struct {
	Ref Ref
	// Commit is the revision's: what is fetched is of this commit, also when
	// somebody changes the branch meanwhile.
	Commit string
	// Files are all of them, in the hub's order.
	Files []File
}

// A File is one file of a repository.
type File struct {
	// Name is its path in the repository, separated by slashes. It is local:
	// it leads out of no folder.
	Name string
	// Size is in bytes.
	Size int64
	// Sum is what its contents have to add up to.
	Sum Sum
}

// Limits of what a hub may say.
const (
	maxListingBytes = 32 << 20
	maxFileBytes    = 1 << 40
)

// listing is the hub's answer about a repository, as far as it is used.
type listing struct {
	SHA      string `json:"sha"`
	Siblings []struct {
		Name   string `json:"rfilename"`
		Size   *int64 `json:"size"`
		BlobID string `json:"blobId"`
		LFS    *struct {
			SHA256 string `json:"sha256"`
			Size   *int64 `json:"size"`
		} `json:"lfs"`
	} `json:"siblings"`
}

// Repository asks the hub what a repository has.
func (c *Client) Repository(ctx context.Context, ref Ref) (*Repository, error) {
	var found listing
	path := "/api/models/" + ref.repository() + "/revision/" + url.PathEscape(ref.Revision)
	err := c.insist(ctx, func(ctx context.Context) error {
		return c.getJSON(ctx, question{ref: ref, path: path, query: "blobs=true"}, &found)
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", ref, err)
	}
	repository, err := found.read(ref)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", ref, err)
	}
	return repository, nil
}

// getJSON reads an answer of a bounded length.
func (c *Client) getJSON(ctx context.Context, q question, into any) error {
	ctx, w := newWatch(ctx, c.patience.Stall)
	defer w.stop()
	answer, err := c.get(ctx, w, q)
	if err != nil {
		return err
	}
	defer answer.close()
	data, err := io.ReadAll(io.LimitReader(answer, maxListingBytes+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxListingBytes:
		return fmt.Errorf("the hub's answer is longer than %d MiB", maxListingBytes>>20)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s does not answer as a model hub does (set HF_ENDPOINT to the address of one): %w", c.endpoint.Host, err)
	}
	return nil
}

// read makes a repository of an answer, and refuses what no honest hub says.
func (l listing) read(ref Ref) (*Repository, error) {
	r := &Repository{Ref: ref, Commit: l.SHA}
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(l.SHA) {
		return nil, errors.New("the hub does not say which commit it is")
	}
	seen := map[string]bool{}
	for _, s := range l.Siblings {
		if err := checkName(s.Name); err != nil {
			return nil, err
		}
		if folded := strings.ToLower(s.Name); seen[folded] {
			return nil, fmt.Errorf("the hub names %s twice", s.Name)
		} else {
			seen[folded] = true
		}
		f := File{Name: s.Name, Sum: Sum{hex: s.BlobID, git: true}}
		size := s.Size
		if s.LFS != nil {
			f.Sum = Sum{hex: s.LFS.SHA256}
			if s.LFS.Size != nil {
				size = s.LFS.Size
			}
		}
		if size == nil || *size < 0 || *size > maxFileBytes || !f.Sum.valid() {
			return nil, fmt.Errorf("the hub does not say a size and a sum of %s that it could be checked by", s.Name)
		}
		f.Size = *size
		r.Files = append(r.Files, f)
	}
	return r, nil
}
