//go:build !unix

package terminal

// suspend does nothing: the system has no such thing.
func (c *Console) suspend() {}
