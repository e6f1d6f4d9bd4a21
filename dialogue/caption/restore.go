package caption

import (
	"slices"

	"pentimento/recipe"
)

// Restore makes the caption say what another prompt says. Words that both have,
// by longest common subsequence, keep their memory. It returns false, and changes
// nothing, if either has more than [Limit] words.
func (c *Caption) Restore(prompt string, weights []recipe.Weight) bool {
	old := New(c.en, prompt, weights)
	if len(old.words) > Limit || len(c.words) > Limit {
		return false
	}
	pairs := common(len(old.words), len(c.words), func(i, j int) bool { return old.words[i].Lower == c.words[j].Lower })
	for i, w := range old.words {
		w.origin = -1
		if j, ok := pairs[i]; ok {
			w.origin = c.words[j].origin
		}
	}
	c.words, c.seen = old.words, nil
	return true
}

// common pairs the elements of two sequences by longest common subsequence.
func common(n, m int, same func(i, j int) bool) map[int]int {
	length := make([][]int, n+1)
	for i := range length {
		length[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(i, j) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	pairs := map[int]int{}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case same(i, j):
			pairs[i] = j
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// WordsOf are the indices of the words that the last of the operations put in or
// re-weighted, of those that are still there. The operations must have led to the
// source.
func (c *Caption) WordsOf(ops []Op) []int {
	p := c.Parse()
	for _, op := range slices.Backward(ops) {
		var found []int
		for i, w := range c.words {
			if w.origin < 0 || i >= len(p.Tags) || p.Tags[i].Functional() || op.Target.Start == op.Target.End {
				continue
			}
			if start := c.source[w.origin].Start; op.Target.Start <= start && start < op.Target.End {
				found = append(found, i)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
