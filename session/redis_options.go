package session

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"pentimento/session/blobs"
)

// RedisOptions say where a Redis server is and how to use it. Start from
// [ParseRedis].
type RedisOptions struct {
	// Addresses are host:port: of one server; of Sentinels, if Master is set;
	// or of some nodes of a cluster.
	Addresses []string
	// Master is the name that the Sentinels know the server by.
	Master string
	// Cluster says that Addresses are nodes of a cluster.
	Cluster bool
	// Database is the number of the database; 0 in a cluster.
	Database int
	// User and Password of the server; an empty User is Redis's "default".
	User, Password string
	// SentinelUser and SentinelPassword of the Sentinels.
	SentinelUser, SentinelPassword string
	// TLS makes connections with it; nil makes them without.
	TLS *tls.Config
	// Prefix begins the name of every key: letters, digits, ":", "-" and "_".
	Prefix string
	// TTL is how long a session is kept that nobody touches; 0 is for ever.
	TTL time.Duration
	// Blobs keeps the blobs, and is closed with the store; nil keeps them on
	// the server too.
	Blobs *blobs.Store
	// Patience is how long a request goes on when the server does not answer.
	Patience time.Duration
}

// Defaults of [ParseRedis].
const (
	defaultPrefix   = "pentimento:"
	defaultPatience = 15 * time.Second
	maxPatience     = 5 * time.Minute
)

// ParseRedis reads an address:
//
//	redis://[user@]host[:port][/database]           one server
//	redis+sentinel://[user@]host[:port],…/master[/database]   the server that Sentinels name
//	redis+cluster://[user@]host[:port],…            a cluster
//
// and the same with "rediss" for TLS. A password does not belong there, where
// it would be seen in lists of processes: set [RedisOptions.Password].
func ParseRedis(address string) (RedisOptions, error) {
	o := RedisOptions{Prefix: defaultPrefix, Patience: defaultPatience}
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return o, fmt.Errorf("%w: the Redis address %q does not begin with redis:// or rediss://", ErrInvalid, address)
	}
	security, kind, _ := strings.Cut(scheme, "+")
	switch security {
	case "redis":
	case "rediss":
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	default:
		return o, fmt.Errorf("%w: a Redis address begins with redis:// or rediss://, not %s://", ErrInvalid, scheme)
	}
	hosts, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(hosts, '@'); at >= 0 {
		var err error
		if o.User, err = parseUser(hosts[:at]); err != nil {
			return o, err
		}
		hosts = hosts[at+1:]
	}
	port, database := "6379", path
	switch kind {
	case "":
	case "sentinel":
		port = "26379"
		if o.Master, database, _ = strings.Cut(path, "/"); o.Master == "" {
			return o, fmt.Errorf("%w: a Sentinel address ends with the name of the master: %s/mymaster", ErrInvalid, address)
		}
	case "cluster":
		o.Cluster = true
	default:
		return o, fmt.Errorf("%w: Redis is of the kind sentinel or cluster, not %q", ErrInvalid, kind)
	}
	for host := range strings.SplitSeq(hosts, ",") {
		o.Addresses = append(o.Addresses, withPort(host, port))
	}
	if database != "" {
		var err error
		if o.Database, err = strconv.Atoi(database); err != nil {
			return o, fmt.Errorf("%w: the Redis database %q is not a number", ErrInvalid, database)
		}
	}
	return o, o.validate()
}

// parseUser reads the part of an address before "@".
func parseUser(text string) (string, error) {
	if strings.Contains(text, ":") {
		return "", fmt.Errorf("%w: a password does not belong into the Redis address: set PENTIMENTO_REDIS_PASSWORD", ErrInvalid)
	}
	user, err := url.PathUnescape(text)
	if err != nil {
		return "", fmt.Errorf("%w: the Redis user: %w", ErrInvalid, err)
	}
	return user, nil
}

// withPort returns host with the port if it names none.
func withPort(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// validate reports whether the options make sense.
func (o RedisOptions) validate() error {
	for _, address := range o.Addresses {
		if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
			return fmt.Errorf("%w: the Redis address %q is not host:port", ErrInvalid, address)
		}
	}
	switch {
	case len(o.Addresses) == 0:
		return fmt.Errorf("%w: there is no Redis address", ErrInvalid)
	case o.Master == "" && !o.Cluster && len(o.Addresses) > 1:
		return fmt.Errorf("%w: %d Redis addresses: they are of redis+sentinel:// or redis+cluster://", ErrInvalid, len(o.Addresses))
	case o.Cluster && o.Master != "":
		return fmt.Errorf("%w: Redis is behind Sentinels or a cluster, not both", ErrInvalid)
	case o.Database < 0 || o.Cluster && o.Database != 0:
		return fmt.Errorf("%w: the Redis database cannot be %d", ErrInvalid, o.Database)
	case strings.Trim(strings.ToLower(o.Prefix), "abcdefghijklmnopqrstuvwxyz0123456789:-_") != "":
		return fmt.Errorf("%w: the prefix %q of Redis keys has more than letters, digits, “:”, “-” and “_”", ErrInvalid, o.Prefix)
	case o.TTL < 0 || o.TTL > 0 && o.TTL < time.Second:
		return fmt.Errorf("%w: sessions cannot expire after %v", ErrInvalid, o.TTL)
	case o.Patience <= 0 || o.Patience > maxPatience:
		return fmt.Errorf("%w: patience with Redis is %v, up to %v is allowed", ErrInvalid, o.Patience, maxPatience)
	}
	return nil
}

// Universal says where the server is, and who asks, to anybody who keeps
// something else there over connections of their own.
func (o RedisOptions) Universal() *redis.UniversalOptions {
	return &redis.UniversalOptions{
		Addrs: o.Addresses, MasterName: o.Master, IsClusterMode: o.Cluster, DB: o.Database,
		Username: o.User, Password: o.Password,
		SentinelUsername: o.SentinelUser, SentinelPassword: o.SentinelPassword,
		TLSConfig: o.TLS,
		// The deadlines of requests hold for their connections too.
		ContextTimeoutEnabled: true,
		// What a hosted service announces about its maintenance is not needed.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// client returns connections to the server, none of them made yet.
func (o RedisOptions) client() redis.UniversalClient {
	u := o.Universal()
	// Requests are repeated in one place, redis_retry.go.
	u.MaxRetries, u.DialerRetries = -1, 1
	u.DialTimeout, u.ReadTimeout, u.WriteTimeout = 3*time.Second, 3*time.Second, 3*time.Second
	u.DisableIdentity = true
	return redis.NewUniversalClient(u)
}
