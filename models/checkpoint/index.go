package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/files"
)

const (
	maxIndex  = 64 << 20
	maxShards = 1000
)

// isIndex reports whether a path names an index: NAME.index.json, or with the
// name of a variant, NAME.index.fp16.json.
func isIndex(path string) bool {
	name := filepath.Base(path)
	return strings.Contains(name, ".index.") && strings.HasSuffix(name, ".json")
}

// openIndex opens the files that an index spreads a model's tensors over.
func (f *File) openIndex() error {
	data, err := files.ReadFile(f.path, maxIndex)
	if err != nil {
		return failed(f.path, err)
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(data, &index); err != nil {
		return failed(f.path, fmt.Errorf("is no index of tensors: %w", err))
	}
	shards, err := shardNames(index.WeightMap)
	if err != nil {
		return failed(f.path, err)
	}
	folder := filepath.Dir(f.path)
	for _, name := range shards {
		if err := f.add(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("%s names %w", f.path, err)
		}
	}
	for _, tensor := range slices.Sorted(maps.Keys(index.WeightMap)) {
		if _, ok := f.tensors[tensor]; !ok {
			return failed(f.path, fmt.Errorf("tensor %q is not in %s", tensor, index.WeightMap[tensor]))
		}
	}
	return nil
}

// shardNames are the files of an index, sorted: names within its folder.
func shardNames(weights map[string]string) ([]string, error) {
	shards := slices.Compact(slices.Sorted(maps.Values(weights)))
	if len(shards) == 0 {
		return nil, errors.New("is no index of tensors: it names no file")
	}
	if len(shards) > maxShards {
		return nil, fmt.Errorf("names more than %d files", maxShards)
	}
	for _, name := range shards {
		if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || name == "." {
			return nil, fmt.Errorf("names %q, which is no file of its folder", name)
		}
	}
	return shards, nil
}
