package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pentimento/bot"
	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/bolt"
)

// A file of conversations belongs to one process at a time. Where the store is the
// default one, a second chat therefore keeps its conversations in a file of its own
// beside the first one's, with the same pictures. The next chat that gets the first
// file takes the conversations of the others over.

// mostWindows is how many chats may be open at once on the default store.
const mostWindows = 9

// windows are the files of the default store, the first one's first.
type windows []string

// windowsOf returns the files of the default store at path.
func windowsOf(path string) windows {
	files := windows{path}
	ending := filepath.Ext(path)
	for n := 2; n <= mostWindows; n++ {
		files = append(files, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ending), n, ending))
	}
	return files
}

// openConversations opens a store that is this person's, unless another of theirs has
// it. The note says so if it is not the one that is named.
func (f storeFlags) openConversations(ctx context.Context, p *Process, place string) (store session.Store, note string, err error) {
	if place == filepath.Join(p.stateDir(), "sessions.db") {
		return f.openWindow(ctx, p, windowsOf(place))
	}
	store, err = f.openStore(ctx, p, place)
	return store, "", err
}

// openWindow opens the first file of the default store that no other chat has, and
// says in a line if that is not the first of all.
func (f storeFlags) openWindow(ctx context.Context, p *Process, files windows) (store session.Store, note string, err error) {
	for i, path := range files {
		own, err := f.openFile(ctx, p, path, files[0])
		if errors.Is(err, session.ErrInUse) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if i > 0 {
			note = fmt.Sprintf("Another window has %s open: this one keeps its conversations in %s, and they join the rest when a chat begins after both.", files[0], path)
		} else if err := files.adopt(own); err != nil {
			p.log.Warn("the conversations of another window stay in their file", "error", err)
		}
		return session.AlsoForget(own, otherWindows{f, p, files, path}), note, nil
	}
	return nil, "", fmt.Errorf("open %s: %w", files[0], session.ErrInUse)
}

// openFile opens a file of conversations whose pictures are with those of the first.
func (f storeFlags) openFile(ctx context.Context, p *Process, path, first string) (*bolt.Store, error) {
	if err := makeStoreFolder(path); err != nil {
		return nil, err
	}
	pictures, err := f.openPictures(ctx, p)
	if err == nil && pictures == nil && path != first {
		pictures, err = f.picturesBeside(ctx, first)
	}
	if err != nil {
		return nil, err
	}
	store, err := bolt.Open(path, bolt.Options{Expiry: session.Expiry{After: f.Keep}, Blobs: pictures, Log: p.log})
	if err != nil && pictures != nil {
		err = errors.Join(err, pictures.Close())
	}
	return store, err
}

// picturesBeside opens the pictures beside another file of conversations.
func (f storeFlags) picturesBeside(ctx context.Context, path string) (*blobs.Store, error) {
	folder, err := blobs.OpenFolder(bolt.PicturesOf(path))
	if err != nil {
		return nil, err
	}
	store, err := blobs.Open(ctx, folder, blobs.Options{Limit: bolt.DefaultBlobLimit, TTL: f.Keep})
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return store, nil
}

// adopt has the first file take over what is in the others that are not in use.
func (w windows) adopt(first *bolt.Store) error {
	var failed []error
	for _, path := range w[1:] {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if err := first.Adopt(path); err != nil && !errors.Is(err, session.ErrInUse) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// otherWindows forgets users in the files that this process has not open.
type otherWindows struct {
	flags   storeFlags
	process *Process
	files   windows
	own     string
}

// Forget implements [session.Forgetter]. What another window has open stays, and is
// said to.
func (o otherWindows) Forget(ctx context.Context, user string) error {
	for _, path := range o.files {
		if _, err := os.Stat(path); err != nil || path == o.own {
			continue
		}
		store, err := o.flags.openFile(ctx, o.process, path, o.files[0])
		if errors.Is(err, session.ErrInUse) {
			return bot.Problemf(bot.Unavailable, "what this window has is forgotten, but another window is open: close it, and say /forget everything again for what it keeps")
		}
		if err != nil {
			return err
		}
		if err := errors.Join(store.Forget(ctx, user), store.Close()); err != nil {
			return err
		}
	}
	return nil
}
