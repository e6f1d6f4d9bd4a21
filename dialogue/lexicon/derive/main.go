// Command derive makes the lexicon's two tables from the WordNet 3.0 database.
//
// Usage:
//
//	go run ./dialogue/lexicon/derive /usr/share/wordnet dialogue/lexicon
//
// (Debian's package wordnet-base installs the database.) The tables are
// described in the lexicon package, which embeds them.
package main

import (
	"bufio"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// sensesKept bounds the senses of a noun that are recorded, most frequent
// first; rarer ones mislead more often than they help.
const sensesKept = 4

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: derive WORDNET-FOLDER OUTPUT-FOLDER")
	}
	if err := derive(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func derive(from, to string) error {
	counts, err := readCounts(filepath.Join(from, "cntlist.rev"))
	if err != nil {
		return err
	}
	nouns, err := readSynsets(filepath.Join(from, "data.noun"))
	if err != nil {
		return err
	}
	adjectives, err := readSynsets(filepath.Join(from, "data.adj"))
	if err != nil {
		return err
	}
	ranges := number(nouns)
	scales := scale(adjectives)
	entries := map[string][]string{}
	for _, part := range []struct{ letter, name string }{{"n", "noun"}, {"v", "verb"}, {"a", "adj"}, {"r", "adv"}} {
		index, err := readIndex(filepath.Join(from, "index."+part.name))
		if err != nil {
			return err
		}
		for lemma, offsets := range index {
			if !wanted(lemma) {
				continue
			}
			field := part.letter + strconv.Itoa(counts[part.letter+" "+lemma])
			switch part.letter {
			case "n":
				field += ":" + join(offsets, ranges)
			case "a":
				field += ":" + join(offsets, scales)
			}
			entries[lemma] = append(entries[lemma], field)
		}
	}
	if err := writeWords(filepath.Join(to, "words.txt"), entries); err != nil {
		return err
	}
	return writeForms(from, filepath.Join(to, "forms.txt"))
}

// wanted drops lemmas that no utterance has: chemistry, numbers, initials
// and terms of more than three words.
func wanted(lemma string) bool {
	if strings.Count(lemma, "_") > 2 {
		return false
	}
	for _, r := range lemma {
		if (r < 'a' || r > 'z') && r != '_' && r != '-' && r != '\'' {
			return false
		}
	}
	return true
}

type synset struct {
	words    []string
	pointers []pointer
}

type pointer struct{ symbol, target, pos string }

func lines(name string, each func(fields []string) error) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open table: %w", err)
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		if strings.HasPrefix(scanner.Text(), "  ") { // the licence
			continue
		}
		if err := each(strings.Fields(scanner.Text())); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	return scanner.Err()
}

// readCounts gives how often "n lemma" and so on was met in the tagged texts.
func readCounts(name string) (map[string]int, error) {
	letters := map[string]string{"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
	counts := map[string]int{}
	err := lines(name, func(f []string) error {
		lemma, key, ok := strings.Cut(f[0], "%")
		if !ok {
			return fmt.Errorf("no sense key in %q", f[0])
		}
		n, err := strconv.Atoi(f[2])
		counts[letters[key[:1]]+" "+lemma] += n
		return err
	})
	return counts, err
}

func readIndex(name string) (map[string][]string, error) {
	index := map[string][]string{}
	err := lines(name, func(f []string) error {
		n, err := strconv.Atoi(f[2])
		if err != nil {
			return err
		}
		index[f[0]] = f[len(f)-n:]
		return nil
	})
	return index, err
}

func readSynsets(name string) (map[string]synset, error) {
	all := map[string]synset{}
	err := lines(name, func(f []string) error {
		n, err := strconv.ParseInt(f[3], 16, 32)
		if err != nil {
			return err
		}
		var s synset
		for i := range int(n) {
			s.words = append(s.words, f[4+2*i])
		}
		f, offset := f[4+2*n:], f[0]
		p, err := strconv.Atoi(f[0])
		if err != nil {
			return err
		}
		for i := range p {
			s.pointers = append(s.pointers, pointer{f[1+4*i], f[2+4*i], f[3+4*i]})
		}
		all[offset] = s
		return nil
	})
	return all, err
}

// number walks the tree of hypernyms from the top and numbers the synsets in
// pre-order, so that "is a kind of" becomes "lies in the range of". The code of
// a synset is its number and, where it has hyponyms, "+" and how many.
func number(nouns map[string]synset) map[string]string {
	children := map[string][]string{}
	var roots []string
	for _, offset := range slices.Sorted(maps.Keys(nouns)) {
		if parent := hypernym(nouns[offset]); parent != "" {
			children[parent] = append(children[parent], offset)
		} else {
			roots = append(roots, offset)
		}
	}
	codes, next := map[string]string{}, 0
	var walk func(string)
	walk = func(offset string) {
		own := next
		next++
		for _, child := range children[offset] {
			walk(child)
		}
		codes[offset] = strconv.FormatInt(int64(own), 36)
		if next-own > 1 {
			codes[offset] += "+" + strconv.FormatInt(int64(next-own-1), 36)
		}
	}
	for _, root := range roots {
		walk(root)
	}
	return codes
}

func hypernym(s synset) string {
	for _, p := range s.pointers {
		if p.symbol == "@" || p.symbol == "@i" {
			return p.target
		}
	}
	return ""
}

// scale gives adjectives that exclude each other (long, short; red, green; young,
// old) the same number: a head and its antonyms, with what is similar to either.
func scale(adjectives map[string]synset) map[string]string {
	parent := map[string]string{}
	var find func(string) string
	find = func(x string) string {
		if parent[x] == "" || parent[x] == x {
			return x
		}
		parent[x] = find(parent[x])
		return parent[x]
	}
	for offset, s := range adjectives {
		for _, p := range s.pointers {
			if p.symbol == "!" && p.pos == "a" {
				a, b := find(offset), find(p.target)
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	heads := map[string]string{}
	for offset, s := range adjectives {
		heads[offset] = find(offset)
		for _, p := range s.pointers {
			if p.symbol == "&" && !antonym(s) {
				heads[offset] = find(p.target)
			}
		}
	}
	codes, numbers := map[string]string{}, map[string]string{}
	for _, offset := range slices.Sorted(maps.Keys(heads)) {
		head := heads[offset]
		if numbers[head] == "" {
			numbers[head] = strconv.FormatInt(int64(len(numbers)), 36)
		}
		codes[offset] = numbers[head]
	}
	return codes
}

func antonym(s synset) bool {
	return slices.ContainsFunc(s.pointers, func(p pointer) bool { return p.symbol == "!" })
}

func join(offsets []string, codes map[string]string) string {
	var out []string
	for _, offset := range offsets {
		if code := codes[offset]; len(out) < sensesKept && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return strings.Join(out, ",")
}

func writeWords(name string, entries map[string][]string) error {
	var b strings.Builder
	for _, lemma := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(&b, "%s %s\n", lemma, strings.Join(entries[lemma], " "))
	}
	return os.WriteFile(name, []byte(b.String()), 0o644)
}

// writeForms collects WordNet's lists of irregular forms.
func writeForms(from, name string) error {
	forms := map[string][]string{}
	for _, part := range []struct{ letter, name string }{{"n", "noun"}, {"v", "verb"}, {"a", "adj"}} {
		err := lines(filepath.Join(from, part.name+".exc"), func(f []string) error {
			if wanted(f[0]) && wanted(f[1]) {
				forms[f[0]] = append(forms[f[0]], part.letter+":"+f[1])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return writeWords(name, forms)
}
