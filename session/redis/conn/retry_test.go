package conn_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"pentimento/session/redis/conn"
	"pentimento/tests/redistest"
)

// refused is an error as the server words it.
type refused string

func (r refused) Error() string { return string(r) }
func (refused) RedisError()     {}

// What a server says that restarts, changes its role or moves its slots passes;
// what it says of a request does not.
func TestTrust09Transient(t *testing.T) {
	for message, want := range map[string]bool{
		"LOADING Redis is loading the dataset in memory":                                               true,
		"READONLY You can't write against a read only replica.":                                        true,
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.":             true,
		"CLUSTERDOWN The cluster is down":                                                              true,
		"TRYAGAIN Multiple keys request during rehashing of slot":                                      true,
		"MOVED 866 127.0.0.1:7001":                                                                     true,
		"ASK 866 127.0.0.1:7001":                                                                       true,
		"NOREPLICAS Not enough good replicas to write.":                                                true,
		"EXECABORT Transaction discarded because of previous errors.":                                  true,
		"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.":       true,
		"UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)": true,
		"ERR max number of clients reached":                                                            true,
		"OOM command not allowed when used memory > 'maxmemory'.":                                      false,
		"NOAUTH Authentication required.":                                                              false,
		"NOPERM this user has no permissions to run the 'info' command":                                false,
		"WRONGTYPE Operation against a key holding the wrong kind of value":                            false,
		"ERR unknown command":                                                                          false,
	} {
		if got := conn.IsTransient(refused(message)); got != want {
			t.Errorf("%s: %v", message, got)
		}
	}
	for message, want := range map[string]bool{
		`redis: can't parse "garbage"`: true, `redis: invalid reply: "x"`: true, "something else": false,
	} {
		if got := conn.IsTransient(errors.New(message)); got != want {
			t.Errorf("%s: %v", message, got)
		}
	}
}

// A transaction that is dropped is told by what dropped it.
func TestTrust09Transactions(t *testing.T) {
	server := redistest.Start(t)
	options, err := conn.Parse("redis://" + server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	client := options.ConnectOnce()
	set := func() error {
		return conn.Transact(t.Context(), client, func(p redis.Pipeliner) error {
			p.Del(t.Context(), "other")
			p.Set(t.Context(), "name", strings.Repeat("x", 100), 0)
			return nil
		})
	}
	if err := set(); err != nil {
		t.Fatal(err)
	}
	server.CLI("config", "set", "maxmemory", "1")
	if err := set(); !conn.IsFull(err) || conn.IsTransient(err) {
		t.Errorf("a full server: %v", err)
	}
	server.CLI("config", "set", "maxmemory", "0")
	server.CLI("acl", "setuser", "default", "-set")
	if err := set(); !redis.IsPermissionError(err) {
		t.Errorf("a command that is not allowed: %v", err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}
