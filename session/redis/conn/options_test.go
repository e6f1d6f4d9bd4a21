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
	} {
		if _, err := conn.Parse(address); !errors.Is(err, session.ErrInvalid) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want ErrInvalid", address, err)
		}
	}
}
