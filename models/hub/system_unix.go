//go:build linux || darwin

package hub

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps other processes from fetching into the folder until unlock is
// called, or until this process ends.
func lock(root *os.Root) (unlock func(), err error) {
	folder, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(ErrBusy, folder.Close())
	}
	// Some file systems have no locks; there one takes care of oneself.
	return func() { _ = folder.Close() }, nil
}

// free is how many bytes a user may still write to the folder's disk.
func free(root *os.Root) (uint64, error) {
	folder, err := root.Open(".")
	if err != nil {
		return 0, err
	}
	var disk syscall.Statfs_t
	if err := syscall.Fstatfs(int(folder.Fd()), &disk); err != nil {
		return 0, errors.Join(fmt.Errorf("statfs: %w", err), folder.Close())
	}
	return disk.Bavail * uint64(disk.Bsize), folder.Close()
}
