// Package kept holds what is kept of users to its form: the names and values
// in Redis, in files and in folders stay as they were, byte for byte, and
// forgetting a user finds all of them.
package kept

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	bbolt "go.etcd.io/bbolt"

	boltrecords "pentimento/bot/discord/records/bolt"
	redisrecords "pentimento/bot/discord/records/redis"
	"pentimento/editor/attention"
	"pentimento/jobs"
	"pentimento/jobs/attentionstore"
	redisjobs "pentimento/jobs/redis"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/bolt"
	"pentimento/session/redis"
	"pentimento/session/redis/conn"
	"pentimento/tests/redistest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// start is when the conversation is held.
var start = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

// picture is a blob of more than one chunk.
func picture(of string) []byte { return append([]byte(of), make([]byte, 1<<20)...) }

// talk holds the same short conversation in any store, and shares its second
// turn.
func talk(t *testing.T, store session.Store, user string) (code string) {
	t.Helper()
	key := session.Key{User: user, Place: "a place"}
	digest, err := store.PutBlob(t.Context(), key, picture("a cat"))
	must(t, err)
	_, err = store.Update(t.Context(), key, func(s *session.Session) error {
		for i, turn := range []session.Turn{
			{Utterance: "a cat", Picture: digest, Plan: json.RawMessage(`{"a":[1]}`), Settings: recipe.Settings{Seed: 7, Steps: 20}, Recipe: recipe.Turn{Prompt: "a cat"}},
			{Parent: 1, Utterance: "a <dog>", Edit: "cat → dog", Recipe: recipe.Turn{Prompt: "a dog", Weights: []recipe.Weight{{Factor: 2}}}},
			{Parent: 1, Utterance: "a bird", Event: "message 3", Recipe: recipe.Turn{Prompt: "a bird"}},
		} {
			turn.Author, turn.Time = user, start.Add(time.Duration(i)*time.Minute)
			if _, err := s.Add(turn); err != nil {
				return err
			}
		}
		return s.Revert(1)
	})
	must(t, err)
	code, err = store.Share(t.Context(), key, 2, 24*time.Hour)
	must(t, err)
	return code
}

// draw computes attention maps of a picture.
func draw(t *testing.T, store *attentionstore.Store, user string) {
	t.Helper()
	owner := attention.Owner{User: user, Place: "a place"}
	must(t, store.Put(t.Context(), owner, attention.Key{1, 2, 3}, [][]byte{[]byte("map 1"), []byte("map 2")}))
}

// ask has a user's jobs wait, run, be done, given up and settled.
func ask(t *testing.T, queue *redisjobs.Queue, user string) {
	t.Helper()
	submit := func(name string) jobs.Ticket {
		ticket, err := queue.Submit(t.Context(), jobs.Job{
			Key: user + "'s " + name, User: user, Place: "a place", Memo: json.RawMessage(`"` + name + `"`),
			Recipe: recipe.Recipe{Version: recipe.Version, Turns: []recipe.Turn{{Prompt: name}}},
		})
		must(t, err)
		return ticket
	}
	take := func(slot string) *jobs.Lease {
		lease, err := queue.Take(t.Context(), slot, nil)
		must(t, err)
		return lease
	}
	settled := submit("settled")
	must(t, queue.Finish(t.Context(), take("worker/0"), jobs.Result{PNG: []byte("settled")}, nil))
	_, err := queue.Settle(t.Context(), settled)
	must(t, err)
	submit("done")
	must(t, queue.Finish(t.Context(), take("worker/0"), jobs.Result{PNG: []byte("done"), Rows: 3}, nil))
	submit("given up")
	failure := &jobs.Failure{Kind: jobs.EngineFailed, Sentence: "It failed.", Detail: "because"}
	must(t, queue.Finish(t.Context(), take("worker/0"), jobs.Result{}, failure))
	submit("running")
	must(t, queue.Beat(t.Context(), take("worker/0"), &jobs.Progress{Step: 2, Steps: 20}))
	submit("waiting")
}

// remember has a bot keep something.
func remember(t *testing.T, m interface {
	Change(ctx context.Context, table, name string, change func([]byte) ([]byte, error)) error
}) {
	t.Helper()
	must(t, m.Change(t.Context(), "threads", "1234", func([]byte) ([]byte, error) { return []byte("ann"), nil }))
}

// onRedis opens everything that keeps something on a server, and closes it
// when the test ends.
func onRedis(t *testing.T) (store session.Store, maps *attentionstore.Store, queue *redisjobs.Queue, client *goredis.Client) {
	t.Helper()
	server := redistest.Start(t)
	options, err := conn.Parse("redis://" + server.Addr)
	must(t, err)
	store, err = redis.Open(t.Context(), redis.Options{Options: options, TTL: 30 * 24 * time.Hour})
	must(t, err)
	client = goredis.NewClient(&goredis.Options{Addr: server.Addr})
	queue, err = redisjobs.New(t.Context(), client, redisjobs.Options{Options: jobs.Options{PerUser: 10}})
	must(t, err)
	t.Cleanup(func() { must(t, queue.Close()); must(t, store.Close()); must(t, client.Close()) })
	return store, attentionstore.New(client, attentionstore.Options{}), queue, client
}

// What is kept on Redis has the names and values that it had.
func TestRedis(t *testing.T) {
	store, maps, queue, client := onRedis(t)
	code := talk(t, store, "ann")
	draw(t, maps, "ann")
	ask(t, queue, "ann")
	remember(t, redisrecords.New(client, "pentimento:"))
	compare(t, "redis.txt", code, dumpRedis(t, client))
}

// What is kept in files has the names and values that it had.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sessions.db")
	store, err := bolt.Open(path, bolt.Options{Expiry: session.Expiry{After: 30 * 24 * time.Hour, Clock: func() time.Time { return start }}})
	must(t, err)
	code := talk(t, store, "ann")
	must(t, store.Close())
	records, err := boltrecords.Open(path+".bot", slog.New(slog.DiscardHandler))
	must(t, err)
	remember(t, records)
	must(t, records.Close())
	lines := append(dumpBolt(t, path), dumpBolt(t, path+".bot")...)
	compare(t, "files.txt", code, append(lines, dumpFolder(t, path+".blobs")...))
}

// After everybody has forgotten a user, nothing of theirs is left on the
// server, and what another has is as it was.
func TestForgetFindsAll(t *testing.T) {
	store, maps, queue, client := onRedis(t)
	talk(t, store, "bernadette")
	draw(t, maps, "bernadette")
	before := names(t, client)
	talk(t, store, "anastasia")
	draw(t, maps, "anastasia")
	ask(t, queue, "anastasia")
	if during := names(t, client); len(during) < len(before)+25 {
		t.Fatalf("two users have %d keys, one has %d", len(during), len(before))
	}
	must(t, session.AlsoForget(store, queue, maps).Forget(t.Context(), "anastasia"))
	after := slices.DeleteFunc(names(t, client), func(key string) bool { return slices.Contains(ofNobody, key) })
	if !slices.Equal(after, before) {
		t.Errorf("the keys are\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
	hash := sha256.Sum256([]byte("anastasia"))
	for _, line := range dumpRedis(t, client) {
		if strings.Contains(line, "anastasia") || strings.Contains(line, hex.EncodeToString(hash[:16])) {
			t.Errorf("left: %s", line)
		}
	}
}

// ofNobody are the queue's keys that tell of no user: counts, workers, and the
// hashed names of events that were answered.
var ofNobody = []string{
	"pentimento:{jobs}:alive", "pentimento:{jobs}:round", "pentimento:{jobs}:sequence",
	"pentimento:{jobs}:settled", "pentimento:{jobs}:settledorder",
}

// names are the names of all keys.
func names(t *testing.T, client *goredis.Client) []string {
	t.Helper()
	keys, err := client.Keys(t.Context(), "*").Result()
	must(t, err)
	slices.Sort(keys)
	return keys
}

// dumpRedis lists every key with its value.
func dumpRedis(t *testing.T, client *goredis.Client) (lines []string) {
	t.Helper()
	for _, key := range names(t, client) {
		kind, err := client.Type(t.Context(), key).Result()
		must(t, err)
		var values []string
		switch kind {
		case "string":
			var value string
			value, err = client.Get(t.Context(), key).Result()
			values = []string{value}
		case "hash":
			var fields map[string]string
			fields, err = client.HGetAll(t.Context(), key).Result()
			for name, value := range fields {
				values = append(values, shown(name)+" → "+shown(value))
			}
		case "set":
			values, err = client.SMembers(t.Context(), key).Result()
		case "zset":
			values, err = client.ZRange(t.Context(), key, 0, -1).Result()
		case "list":
			values, err = client.LRange(t.Context(), key, 0, -1).Result()
		}
		must(t, err)
		if kind != "list" {
			slices.Sort(values)
		}
		expires, err := client.PTTL(t.Context(), key).Result()
		must(t, err)
		lines = append(lines, fmt.Sprintf("%s (%s, expires %v)", key, kind, expires.Round(time.Hour)))
		for _, value := range values {
			lines = append(lines, "    "+shown(value))
		}
	}
	return lines
}

// dumpBolt lists every bucket of a file with its values.
func dumpBolt(t *testing.T, path string) (lines []string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	var walk func(b *bbolt.Bucket, indent string) error
	walk = func(b *bbolt.Bucket, indent string) error {
		return b.ForEach(func(name, value []byte) error {
			if value == nil {
				lines = append(lines, indent+shown(string(name)))
				return walk(b.Bucket(name), indent+"    ")
			}
			lines = append(lines, indent+shown(string(name))+" → "+shown(string(value)))
			return nil
		})
	}
	lines = append(lines, filepath.Base(path))
	must(t, db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			lines = append(lines, "    "+string(name))
			return walk(b, "        ")
		})
	}))
	return lines
}

// dumpFolder lists every file in a folder.
func dumpFolder(t *testing.T, folder string) (lines []string) {
	t.Helper()
	must(t, fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(folder, path))
		lines = append(lines, path+" → "+shown(string(data)))
		return err
	}))
	return lines
}

// shown is text in one line; of what is long its digest.
func shown(text string) string {
	if len(text) > 10_000 {
		return fmt.Sprintf("%d bytes, SHA-256 %x", len(text), sha256.Sum256([]byte(text)))
	}
	quoted := fmt.Sprintf("%q", text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// What differs each time: random names, and the server's clock.
var random = []struct {
	pattern *regexp.Regexp
	as      string
}{
	{regexp.MustCompile(`[A-Z2-7]{26}`), "RANDOM"},
	{regexp.MustCompile(`(\b0{15}[0-9a-f])-[0-9a-f]{16}`), "$1-NONCE"},
	{regexp.MustCompile(`([0-9a-f]{32} → )[0-9a-f]{16}$`), "${1}TOKEN"},
	{regexp.MustCompile(`(since|at) → [0-9]+$`), "$1 → NOW"},
}

// compare holds lines to a golden file.
func compare(t *testing.T, name, code string, lines []string) {
	t.Helper()
	hashed := sha256.Sum256([]byte(code))
	for i, line := range lines {
		line = strings.ReplaceAll(line, hex.EncodeToString(hashed[:16]), "CODE")
		for _, r := range random {
			line = r.pattern.ReplaceAllString(line, r.as)
		}
		lines[i] = line
	}
	sortKeys(lines)
	got := strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if got != string(want) {
		t.Errorf("what is kept has changed; it is now\n%s\nwant\n%s", got, want)
	}
}

// sortKeys sorts the lines that are not indented, each with those below it.
func sortKeys(lines []string) {
	var blocks []string
	for _, line := range lines {
		if strings.HasPrefix(line, " ") && len(blocks) > 0 {
			blocks[len(blocks)-1] += "\n" + line
			continue
		}
		blocks = append(blocks, line)
	}
	slices.Sort(blocks)
	copy(lines, strings.Split(strings.Join(blocks, "\n"), "\n"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
