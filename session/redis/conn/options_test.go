package conn_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pentimento/session"
	"pentimento/session/redis/conn"
)

func TestParse(t *testing.T) {
	tests := []struct {
		address   string
		addresses []string
		user      string
		master    string
		database  int
		cluster   bool
		tls       bool
	}{
		{address: "redis://localhost", addresses: []string{"localhost:6379"}},
		{address: "redis://bot@10.0.0.1:7000/3", addresses: []string{"10.0.0.1:7000"}, user: "bot", database: 3},
		{address: "rediss://[::1]", addresses: []string{"[::1]:6379"}, tls: true},
		{address: "redis+sentinel://a,b:1/mymaster/2", addresses: []string{"a:26379", "b:1"}, master: "mymaster", database: 2},
		{address: "REDIS://localhost", addresses: []string{"localhost:6379"}},
		{address: "valkey://localhost/2", addresses: []string{"localhost:6379"}, database: 2},
		{address: "valkeys://bot@a", addresses: []string{"a:6379"}, user: "bot", tls: true},
		{address: "unix:///run/redis/redis.sock", addresses: []string{"/run/redis/redis.sock"}},
		{address: "unix://bot@/run/redis.sock?db=3", addresses: []string{"/run/redis.sock"}, user: "bot", database: 3},
		{address: "rediss+cluster://bot%40x@a,b", addresses: []string{"a:6379", "b:6379"}, user: "bot@x", cluster: true, tls: true},
	}
	for _, tt := range tests {
		o, err := conn.Parse(tt.address)
		if err != nil || !slices.Equal(o.Addresses, tt.addresses) || o.User != tt.user || o.Master != tt.master ||
			o.Database != tt.database || o.Cluster != tt.cluster || (o.TLS != nil) != tt.tls {
			t.Errorf("%s: %+v, %v", tt.address, o, err)
		}
	}
	for _, address := range []string{
		"", "localhost", "http://localhost", "redis://", "redis://a,b", "redis://user:secret@a", "redis://a/x", "redis://a/-1",
		"redis+sentinel://a", "redis+cluster://a/1", "redis+x://a", "redis://%zz@a",
		"localhost:6379", "unix:/run/redis.sock", "unix://run/redis.sock", "unix:///run/redis.sock?x=1", "unix://user:secret@/run/redis.sock",
	} {
		if _, err := conn.Parse(address); !errors.Is(err, session.ErrInvalid) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want ErrInvalid", address, err)
		}
	}
}

// What is meant for a server is never taken for the name of a file.
func TestTrust09PlacesOfStores(t *testing.T) {
	for place, want := range map[string]string{
		"sessions.db": "", "/var/lib/a:b/sessions.db": "", "C:sessions": "", "./localhost:6379": "", "a:b": "", "12:30 notes/": "",
		"redis://localhost": "redis", "REDIS://localhost": "redis", "valkey://localhost": "redis", "valkeys+cluster://a,b": "redis",
		"unix:///run/redis.sock": "redis", "rediss+Sentinel://a/m": "redis",
		"localhost:6379": "redis://localhost:6379, or ./localhost:6379", "localhost": "redis://localhost, or ./localhost", ":6379": "redis://localhost:6379, or ./:6379", ":6379/2": "redis://localhost:6379/2",
		"localhost.db": "", "./localhost": "", ":memory:": "", "[::1]:6379/2": "write redis://[::1]:6379/2",
		"10.0.0.1:7000": "redis://10.0.0.1:7000", "unix:/run/redis.sock": "write unix:///run/redis.sock", "redis:localhost": "write redis://localhost",
		"bot@localhost:6379": "write redis://bot@localhost:6379", "bot:secret@localhost:6379": "write redis://bot@localhost:6379,", ":secret@a:6379/2": "write redis://a:6379/2,", "bot:se@cr:et@[::1]:6379": "redis://bot@[::1]:6379,",
		"postgres://localhost": "postgres://", "http://localhost": "http://",
	} {
		err := conn.CheckPlace(place)
		switch on := conn.IsAddress(place); {
		case want == "redis" && (!on || err != nil), want == "" && (on || err != nil):
			t.Errorf("%s is taken for Redis: %v, %v", place, on, err)
		case want != "" && want != "redis" && (!errors.Is(err, session.ErrInvalid) || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v does not say %q", place, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "cr:et")) {
			t.Errorf("%s: %v says the password", place, err)
		}
	}
}
