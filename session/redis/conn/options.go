// Package conn is what everything that keeps something on Redis shares: where
// the server is, how a request is repeated, and how keys are named. Start at
// [Parse].
package conn

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Options say where a Redis server is and who asks. Start from [Parse].
type Options struct {
	// Addresses are host:port: of one server; of Sentinels, if Master is set;
	// or of some nodes of a cluster. One server may have the path of its socket.
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
}

// Prefix begins the name of every key, unless the operator chose another.
const Prefix = "pentimento:"

// Parse reads an address:
//
//	redis://[user@]host[:port][/database]           one server
//	unix://[user@]/path/of/the/socket[?db=database] one server on this machine
//	redis+sentinel://[user@]host[:port],…/master[/database]   the server that Sentinels name
//	redis+cluster://[user@]host[:port],…            a cluster
//
// and the same with "rediss" for TLS, or with "valkey" and "valkeys". A password
// does not belong there, where it would be seen in lists of processes: set
// [Options.Password]. The error is session.ErrInvalid.
func Parse(address string) (Options, error) {
	o := Options{Prefix: Prefix}
	if !IsAddress(address) {
		return o, badAddress("the Redis address %q does not begin with redis:// or rediss://%s", address, meant(address))
	}
	scheme, rest, _ := strings.Cut(address, "://")
	security, kind, _ := strings.Cut(strings.ToLower(scheme), "+")
	if strings.HasSuffix(security, "s") && security != "redis" {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if security == "unix" {
		return parseSocket(o, kind, rest)
	}
	hosts, path, _ := strings.Cut(rest, "/")
	var err error
	if hosts, o.User, err = cutUser(hosts); err != nil {
		return o, err
	}
	port, database := "6379", path
	switch kind {
	case "":
	case "sentinel":
		port = "26379"
		if o.Master, database, _ = strings.Cut(path, "/"); o.Master == "" {
			return o, badAddress("a Sentinel address ends with the name of the master: %s/mymaster", address)
		}
	case "cluster":
		o.Cluster = true
	default:
		return o, badAddress("Redis is of the kind sentinel or cluster, not %q", kind)
	}
	for host := range strings.SplitSeq(hosts, ",") {
		o.Addresses = append(o.Addresses, withPort(host, port))
	}
	if err := o.setDatabase(database); err != nil {
		return o, err
	}
	return o, o.Validate()
}

// parseSocket reads what follows unix://.
func parseSocket(o Options, kind, rest string) (Options, error) {
	path, query, _ := strings.Cut(rest, "?")
	path, user, err := cutUser(path)
	if err != nil {
		return o, err
	}
	if kind != "" || !strings.HasPrefix(path, "/") {
		return o, badAddress("the address of a socket has its whole path: unix:///run/redis/redis.sock")
	}
	o.User, o.Addresses = user, []string{path}
	if database, ok := strings.CutPrefix(query, "db="); ok || query == "" {
		err = o.setDatabase(database)
	} else {
		err = badAddress("the address of a socket ends with ?db=1, not ?%s", query)
	}
	return o, errors.Join(err, o.Validate())
}

// setDatabase reads the number of a database; empty is 0.
func (o *Options) setDatabase(text string) (err error) {
	if text == "" {
		return nil
	}
	if o.Database, err = strconv.Atoi(text); err != nil {
		return badAddress("the Redis database %q is not a number", text)
	}
	return nil
}

// cutUser takes the user from what precedes "@".
func cutUser(text string) (rest, user string, err error) {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text, "", nil
	}
	user, err = parseUser(text[:at])
	return text[at+1:], user, err
}

// parseUser reads the part of an address before "@".
func parseUser(text string) (string, error) {
	if strings.Contains(text, ":") {
		return "", badAddress("a password does not belong into the Redis address: set PENTIMENTO_REDIS_PASSWORD")
	}
	user, err := url.PathUnescape(text)
	if err != nil {
		return "", badAddress("the Redis user: %w", err)
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

// Validate reports whether the options make sense; the error is
// session.ErrInvalid.
func (o Options) Validate() error {
	for _, address := range o.Addresses {
		if strings.HasPrefix(address, "/") { // a socket
			continue
		}
		if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
			return badAddress("the Redis address %q is not host:port", address)
		}
	}
	switch {
	case len(o.Addresses) == 0:
		return badAddress("there is no Redis address")
	case o.Master == "" && !o.Cluster && len(o.Addresses) > 1:
		return badAddress("%d Redis addresses: they are of redis+sentinel:// or redis+cluster://", len(o.Addresses))
	case o.Cluster && o.Master != "":
		return badAddress("Redis is behind Sentinels or a cluster, not both")
	case o.Database < 0 || o.Cluster && o.Database != 0:
		return badAddress("the Redis database cannot be %d", o.Database)
	case strings.Trim(strings.ToLower(o.Prefix), "abcdefghijklmnopqrstuvwxyz0123456789:-_") != "":
		return badAddress("the prefix %q of Redis keys has more than letters, digits, “:”, “-” and “_”", o.Prefix)
	}
	return nil
}

// Connect returns connections to the server, none of them made yet. Requests
// are repeated as go-redis does it.
func (o Options) Connect() redis.UniversalClient { return redis.NewUniversalClient(o.universal()) }

// ConnectOnce returns connections to the server, none of them made yet, for a
// caller that repeats requests with [Retry]: each is made once, and gives up
// after three seconds.
func (o Options) ConnectOnce() redis.UniversalClient {
	u := o.universal()
	u.MaxRetries, u.DialerRetries = -1, 1
	u.DialTimeout, u.ReadTimeout, u.WriteTimeout = 3*time.Second, 3*time.Second, 3*time.Second
	u.DisableIdentity = true
	return redis.NewUniversalClient(u)
}

// universal returns the options as go-redis takes them.
func (o Options) universal() *redis.UniversalOptions {
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
