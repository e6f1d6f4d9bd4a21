//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

// suspend stops the program, as Ctrl-Z does in any other, until the shell has it go
// on. The shell gets the terminal as it was.
func (c *Console) suspend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.past == nil {
		return
	}
	if err := term.Restore(c.fd, c.past); err != nil {
		return
	}
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	// The whole process group, as the terminal would. Without a shell that could
	// wake it up, the system does not stop it, and nobody says go on.
	if err := syscall.Kill(0, syscall.SIGTSTP); err == nil {
		select {
		case <-resumed:
		case <-time.After(time.Second / 2):
		}
	}
	if _, err := term.MakeRaw(c.fd); err != nil {
		c.past = nil
	}
	_, _ = c.editor.Write(nil) // shows the line again
}
