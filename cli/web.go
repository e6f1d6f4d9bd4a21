package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"pentimento/bot"
	"pentimento/bot/blocklist"
	"pentimento/bot/gate"
	"pentimento/bot/web"
	"pentimento/files"
	"pentimento/metrics"
	"pentimento/models"
	"pentimento/session"
)

// webToken holds the token by which people enter. It is neither a flag nor a setting:
// command lines and files are read by others.
const webToken = "PENTIMENTO_WEB_TOKEN"

// webCommand is `pentimento web`.
type webCommand struct {
	hostFlags
	plannerFlags
	storeFlags
	quotaFlags
	checkerFlags
	operationFlags
	Store  string `help:"What keeps the conversations: a file, or Redis at redis://… as for chat." default:"${state}/sessions.db" placeholder:"FILE|URL"`
	Listen string `help:"Where pages are served. An address that other machines reach needs PENTIMENTO_WEB_TOKEN or --users." default:"127.0.0.1:8422" placeholder:"HOST:PORT"`
	Origin string `help:"The address of a proxy in front by which people reach the pages, such as https://pictures.example." placeholder:"URL"`
	Users  string `help:"File of those who may enter, with conversations of their own: a name and a token a line." placeholder:"FILE" type:"home"`
}

// Run serves pages until the process is told to stop.
func (c *webCommand) Run(ctx context.Context, p *Process) (err error) {
	if _, err := c.options(models.Usual{}); err != nil {
		return err // before anything is opened
	}
	person, err := p.person()
	if err != nil {
		return err
	}
	access, err := c.access(p, person)
	if err != nil {
		return err
	}
	listener, err := c.listen()
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // it is closed already, but where nothing was served
	store, note, err := c.openConversations(ctx, p, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, store)
	operations := metrics.New()
	studio, err := c.openStudio(ctx, p, "web-"+session.HashName(person), c.Store, max(1, c.PerUser), operations)
	if err != nil {
		return err
	}
	defer closeInto(&err, studio)
	operations.Queue(studio.queue.Stats)
	checker, err := c.openChecker(c.modelRunFlags)
	if err != nil {
		return err
	}
	defer closeInto(&err, checker)
	pattern, err := c.pattern(p, store, studio, checker)
	if err != nil {
		return err
	}
	secret := sha256.Sum256([]byte("pentimento web addresses\n" + person))
	server := web.New(web.Options{
		Pattern: pattern, Commands: bot.Commands(studio.offer.names()...), Access: access, Secret: secret[:],
		PerUser: c.PerUser, PerDay: c.PerDay, Blocked: blocklist.New(c.BlockedWords), Shared: studio.shared, Observer: operations, Log: p.log,
	})
	ctx, stop := p.until(ctx, os.Interrupt)
	defer stop()
	stopTelling, err := c.serve(ctx, p, operations, storeCheck(store), queueCheck(studio.queue))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTelling()) }()
	if note != "" {
		p.log.Warn(note)
	}
	if _, err := fmt.Fprintf(p.Out, "Pentimento · %s model\nOpen %s\n", strings.Join(studio.offer.names(), ", "), c.address(listener)); err != nil {
		return err
	}
	return server.Serve(ctx, listener)
}

// pattern is what all conversations have in common.
func (c *webCommand) pattern(p *Process, store session.Store, studio *studio, checker checker) (bot.Conversation, error) {
	planner, err := c.planner(p)
	if err != nil {
		return bot.Conversation{}, err
	}
	known, options, err := studio.offer.known(c.options)
	if err != nil {
		return bot.Conversation{}, err
	}
	return bot.Conversation{
		Store: session.AlsoForget(store, studio.queue, studio.cache), Planner: planner,
		Model: known[0], Others: known[1:], Queue: studio.queue, Clock: systemClock(), Options: options,
		Gate: gate.New(gate.Options{Checker: checker.Checker, HideAll: c.Spoiler, HideUnsafe: c.HideUnsafe, Log: p.log}),
	}, nil
}

// access says who may enter: whoever reaches this machine alone, or those with a token.
func (c *webCommand) access(p *Process, person string) (web.Access, error) {
	a := web.Access{Owner: person}
	if c.Origin != "" {
		at, err := url.Parse(c.Origin)
		if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || strings.Trim(at.Path, "/") != "" {
			return a, fmt.Errorf("--origin is %q: give the address of the pages, such as https://pictures.example", c.Origin)
		}
		a.Public = at
	}
	if token := strings.TrimSpace(p.Getenv(webToken)); token != "" {
		a.Users = append(a.Users, web.User{Name: person, Token: token})
	}
	if c.Users != "" {
		users, err := readUsers(c.Users)
		if err != nil {
			return a, err
		}
		a.Users = append(a.Users, users...)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return a, fmt.Errorf("--listen is %q: give an address and a port, such as 127.0.0.1:8422", c.Listen)
	}
	if !a.Closed(host) {
		return a, fmt.Errorf("--listen %s: other machines reach that, so people have to show that they may enter: put a secret of 16 characters or more into %s, such as openssl rand -hex 24 makes, or name people with --users FILE", c.Listen, webToken)
	}
	return a, a.CheckTokens()
}

// readUsers reads who may enter: a name and a token a line.
func readUsers(path string) ([]web.User, error) {
	data, err := files.ReadFile(path, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("--users: %w", err)
	}
	var users []web.User
	named := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 2 || len(fields[0]) > 60 || named[fields[0]] {
			return nil, fmt.Errorf("%s, line %d: write a name that no other line has, and a token", path, n)
		}
		named[fields[0]] = true
		users = append(users, web.User{Name: "web/" + fields[0], Token: fields[1]})
	}
	if len(users) == 0 {
		return nil, fmt.Errorf("%s names nobody: write a name and a token a line", path)
	}
	return users, lines.Err()
}

// listen opens the port.
func (c *webCommand) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("serve pages: %w; --listen 127.0.0.1:0 takes a port that is free", err)
	}
	return l, nil
}

// address is what people open.
func (c *webCommand) address(l net.Listener) string {
	if c.Origin != "" {
		return c.Origin
	}
	return "http://" + l.Addr().String() + "/"
}
