package memory_test

import (
	"testing"
	"testing/fstest"

	"pentimento/models/memory"
)

func TestAvailable(t *testing.T) {
	const machine = "MemTotal:       24000000 kB\nMemFree: 1 kB\n"
	for name, test := range map[string]struct {
		files map[string]string
		bytes int64 // 0: not told
	}{
		"nothing is told":              {map[string]string{}, 0},
		"the machine alone":            {map[string]string{"proc/meminfo": machine}, 24000000 << 10},
		"a machine that says no sense": {map[string]string{"proc/meminfo": "MemTotal: much\n"}, 0},
		"version 2":                    {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "5000000\n"}, 5000000},
		"version 2, the group around":  {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "7000000\n"}, 7000000},
		"version 2, no limit":          {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 24000000 << 10},
		"version 2 in a container":     {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "4000000\n"}, 4000000},
		"version 1":                    {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "5:cpu:/x\n4:cpu,memory:/a\n0::/\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "6000000\n"}, 6000000},
		"version 1, no limit":          {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "4:memory:/a\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n"}, 24000000 << 10},
		"version 1 in a container":     {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "4:memory:/docker/1234\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "3000000\n"}, 3000000},
		"a limit above the machine":    {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "99000000000000\n"}, 24000000 << 10},
		"another controller's group":   {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "3:cpuset:/a\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1000\n"}, 24000000 << 10},
		"a group that leads out":       {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/../../etc\n"}, 24000000 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			root := fstest.MapFS{}
			for file, text := range test.files {
				root[file] = &fstest.MapFile{Data: []byte(text)}
			}
			n, ok := memory.Available(root)
			if ok != (test.bytes > 0) || ok && n != test.bytes {
				t.Errorf("%d, %v; want %d", n, ok, test.bytes)
			}
		})
	}
}
