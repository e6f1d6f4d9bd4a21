//go:build linux || darwin

package files

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockPause is how often a lock is tried that another process has.
const lockPause = 50 * time.Millisecond

// Lock keeps other processes, and other goroutines, from locking the file at that
// path until unlock is called or this process ends. It makes the file, and waits
// until it is free or ctx ends. Where a file system has no locks everybody gets
// one.
func Lock(ctx context.Context, name string) (unlock func() error, err error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return file.Close, nil
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), file.Close())
		}
	}
}
