package hub

import (
	"fmt"
	"regexp"
	"strings"
)

// A Ref names a repository in one of its revisions.
type Ref struct {
	Owner, Name string
	// Revision is a branch, tag or commit.
	Revision string
}

// mainRevision is what a repository has unless somebody asks for another.
const mainRevision = "main"

// ParseRef reads OWNER/NAME or OWNER/NAME@REVISION, also as the address of the
// page that shows the repository.
func ParseRef(text string) (Ref, error) {
	short := strings.TrimSuffix(text, "/")
	for _, page := range []string{Endpoint + "/", "huggingface.co/", "https://hf.co/", "hf.co/"} {
		short = strings.TrimPrefix(short, page)
	}
	name, revision, asked := strings.Cut(short, "@")
	owner, name, both := strings.Cut(name, "/")
	ref := Ref{owner, name, revision}
	if !asked {
		ref.Revision = mainRevision
	}
	nameable := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$`)
	revisable := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$`)
	if !both || !nameable.MatchString(ref.Owner) || !nameable.MatchString(ref.Name) ||
		!revisable.MatchString(ref.Revision) || strings.Contains(ref.Revision, "..") {
		return Ref{}, fmt.Errorf("%q is no model of a hub: write OWNER/NAME or OWNER/NAME@REVISION", text)
	}
	return ref, nil
}

// String is the reference as [ParseRef] reads it.
func (r Ref) String() string {
	if r.Revision == mainRevision {
		return r.repository()
	}
	return r.repository() + "@" + r.Revision
}

func (r Ref) repository() string { return r.Owner + "/" + r.Name }

// Folder is a name for a folder that holds the repository: OWNER--NAME, and
// after it the revision if that is not the main one.
func (r Ref) Folder() string {
	return strings.NewReplacer("/", "--", "@", "--").Replace(r.String())
}
