// Package memory tells how much memory a process can have.
package memory

import (
	"bufio"
	"bytes"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// Available is how many bytes of memory the machine has, or less where a control
// group, as of a container, has a limit. root is the root of the file system. ok is
// false where neither is told: on another system than Linux.
func Available(root fs.FS) (n int64, ok bool) {
	least := int64(math.MaxInt64)
	if total, ok := machine(root); ok {
		least = total
	}
	for _, file := range limits(root) {
		if limit, ok := number(root, file); ok {
			least = min(least, limit)
		}
	}
	return least, least < unlimited
}

// unlimited is what no limit is below: version 1 of control groups writes the
// largest number of pages for none.
const unlimited = math.MaxInt64 >> 12 << 11

// machine is the memory of the machine.
func machine(root fs.FS) (int64, bool) {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "MemTotal:" {
			continue
		}
		kib, err := strconv.ParseInt(fields[1], 10, 44)
		return kib << 10, err == nil
	}
	return 0, false
}

// limits are the files that may hold a limit of the process's control group or of
// one that it is in, of both versions.
func limits(root fs.FS) []string {
	const mounted = "sys/fs/cgroup"
	// A container sees its own group as the root of the mount.
	files := []string{path.Join(mounted, "memory.max"), path.Join(mounted, "memory/memory.limit_in_bytes")}
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return files
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		fields := strings.SplitN(lines.Text(), ":", 3) // number:controllers:group
		if len(fields) != 3 {
			continue
		}
		at, file := mounted, "memory.max"
		switch {
		case fields[1] == "": // version 2
		case strings.Contains(","+fields[1]+",", ",memory,"):
			at, file = path.Join(mounted, "memory"), "memory.limit_in_bytes"
		default:
			continue
		}
		for group := path.Clean("/" + fields[2]); group != "/"; group = path.Dir(group) {
			files = append(files, path.Join(at, group, file))
		}
	}
	return files
}

// number reads a limit in bytes. "max" is none.
func number(root fs.FS, file string) (int64, bool) {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil && n > 0
}
