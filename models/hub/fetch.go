package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Why nothing is fetched into a folder.
var (
	ErrNoSpace = errors.New("there is too little space")
	ErrBusy    = errors.New("another process fetches into the folder")
)

// Progress is how far [Client.Fetch] is.
type Progress struct {
	// File is the one that is being fetched or checked.
	File string
	// Done and Total are bytes of all files. Done falls where a hub begins a
	// file anew.
	Done, Total int64
}

// Fetch brings files of a repository into the folder dir, which it makes. Each is
// there whole and with the right sum, or not at all; what is there already is
// kept, and replaced if it is another file. What was begun lies beside it under a
// name that ends in .part, and a later Fetch goes on from there. model_index.json
// comes last, so that a folder is one of diffusers' only when it is complete. show
// is called often.
func (c *Client) Fetch(ctx context.Context, r *Repository, files []File, dir string, show func(Progress)) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of the model: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder of the model: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	unlock, err := lock(root)
	if err != nil {
		return fmt.Errorf("fetch into %s: %w", dir, err)
	}
	defer unlock()
	f := &fetching{client: c, repository: r, root: root, show: show}
	return f.all(ctx, files)
}

// fetching is one call of [Client.Fetch].
type fetching struct {
	client     *Client
	repository *Repository
	root       *os.Root
	show       func(Progress)
	progress   Progress
}

func (f *fetching) all(ctx context.Context, files []File) error {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(last(a), last(b)) })
	for _, file := range files {
		f.progress.Total += file.Size
	}
	var missing []File
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		there, err := f.find(file)
		switch {
		case err != nil:
			return fmt.Errorf("look at %s: %w", file.Name, err)
		case there:
			f.tell(file, file.Size)
		default:
			missing = append(missing, file)
		}
	}
	if err := f.checkSpace(missing); err != nil {
		return err
	}
	for _, file := range missing {
		if err := f.one(ctx, file); err != nil {
			return fmt.Errorf("fetch %s: %w", file.Name, err)
		}
	}
	return nil
}

// last orders the index behind everything else.
func last(f File) int {
	if f.Name == modelIndex {
		return 1
	}
	return 0
}

// tell adds bytes of a file to what is done.
func (f *fetching) tell(file File, more int64) {
	f.progress.File = file.Name
	f.progress.Done += more
	f.show(f.progress)
}

// find reports whether the file is in the folder, and puts it there if the hub's
// own tools have it.
func (f *fetching) find(file File) (bool, error) {
	f.tell(file, 0)
	if info, err := f.root.Stat(file.Name); err == nil && info.Mode().IsRegular() {
		if there, err := verify(func() (*os.File, error) { return f.root.Open(file.Name) }, file); there || err != nil {
			return there, err
		}
	}
	blob := f.client.blob(f.repository.Ref, file)
	if blob == "" {
		return false, nil
	}
	if err := f.root.MkdirAll(path.Dir(file.Name), 0o755); err != nil {
		return false, err
	}
	link := partName(file) + ".link"
	_ = f.root.Remove(link) // that of a killed process
	if os.Link(blob, filepath.Join(f.root.Name(), filepath.FromSlash(link))) != nil {
		return false, nil // on another disk: one copies what is there
	}
	return true, f.root.Rename(link, file.Name)
}

// verify opens a file and reports whether it is the one.
func verify(open func() (*os.File, error), file File) (_ bool, err error) {
	opened, err := open()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return file.holds(opened)
}

// blob is the path of the file in the cache of the hub's own tools; "" if it is
// not there, or not whole.
func (c *Client) blob(ref Ref, file File) string {
	if c.cache == "" {
		return ""
	}
	blob := filepath.Join(c.cache, "models--"+ref.Owner+"--"+ref.Name, "blobs", file.Sum.hex)
	if info, err := os.Lstat(blob); err != nil || !info.Mode().IsRegular() || info.Size() != file.Size {
		return ""
	}
	if whole, err := verify(func() (*os.File, error) { return os.Open(blob) }, file); err != nil || !whole {
		return ""
	}
	return blob
}

// spare is what a disk keeps free.
const spare = 64 << 20

// checkSpace refuses to begin what the disk has no room for.
func (f *fetching) checkSpace(missing []File) error {
	var need uint64
	for _, file := range missing {
		need += uint64(file.Size)
		if info, err := f.root.Lstat(partName(file)); err == nil {
			need -= uint64(min(info.Size(), file.Size))
		}
	}
	has, err := free(f.root)
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if need > 0 && need+spare > has {
		return fmt.Errorf("%w: %s are to be fetched into %s, where %s are free; another folder may be given with --to",
			ErrNoSpace, Bytes(int64(need)), f.root.Name(), Bytes(int64(has)))
	}
	return nil
}

// one fetches a file that is not there.
func (f *fetching) one(ctx context.Context, file File) (err error) {
	p, err := openPartial(f.root, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	f.tell(file, p.have)
	if blob := f.client.blob(f.repository.Ref, file); blob != "" {
		err = f.copy(ctx, p, blob)
	} else {
		err = f.client.insist(ctx, func(ctx context.Context) error { return f.more(ctx, p) })
	}
	if err != nil {
		return err
	}
	return p.finish()
}

// copy takes a file from the cache of the hub's own tools.
func (f *fetching) copy(ctx context.Context, p *partial, blob string) (err error) {
	from, err := os.Open(blob)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if _, err := from.Seek(p.have, io.SeekStart); err != nil {
		return err
	}
	return f.fill(ctx, p, from)
}

// more fetches as much of a file as one answer gives.
func (f *fetching) more(ctx context.Context, p *partial) error {
	if p.have == p.file.Size {
		return nil
	}
	ctx, w := newWatch(ctx, f.client.patience.Stall)
	defer w.stop()
	where := "/" + f.repository.Ref.repository() + "/resolve/" + f.repository.Commit + "/" + escaped(p.file.Name)
	farthest := p.farthest
	answer, err := f.client.get(ctx, w, question{ref: f.repository.Ref, path: where, from: p.have, file: &p.file})
	if errors.Is(err, errRange) {
		return f.anew(p, &passing{err: err})
	}
	if err != nil {
		return err
	}
	defer answer.close()
	ranged, err := covers(answer.Response, p)
	if err != nil {
		return err
	}
	if !ranged && p.have > 0 {
		if err := f.anew(p, nil); err != nil {
			return err
		}
	}
	err = f.fill(ctx, p, answer)
	if fault, ok := errors.AsType[*passing](err); ok {
		fault.moved = p.farthest > farthest
	}
	return err
}

// anew drops what was fetched of a file, and returns why unless that fails.
func (f *fetching) anew(p *partial, why error) error {
	f.tell(p.file, -p.have)
	if err := p.begin(); err != nil {
		return err
	}
	return why
}

// fill adds what comes to what there is.
func (f *fetching) fill(ctx context.Context, p *partial, from io.Reader) error {
	buffer := make([]byte, 256<<10)
	for ctx.Err() == nil {
		n, err := from.Read(buffer)
		if int64(n) > p.file.Size-p.have {
			return ErrChanged
		}
		if n > 0 {
			if err := p.add(buffer[:n]); err != nil {
				return err
			}
			f.tell(p.file, int64(n))
		}
		switch {
		case err == io.EOF && p.have < p.file.Size:
			return &passing{err: errCut}
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
	return &passing{err: errStalled} // or the caller's context has ended, which insist sees
}
