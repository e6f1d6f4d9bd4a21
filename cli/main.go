// Package cli is the command line: it reads flags and wires the packages
// together, and does nothing else. bot holds the conversation, editor draws,
// models runs the network, session remembers.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"

	"pentimento/config"
)

// program is the command line.
type program struct {
	Config   kong.ConfigFlag  `help:"Read settings from this YAML file." placeholder:"FILE"`
	LogLevel slog.Level       `help:"What to log: debug, info, warn or error." default:"warn"`
	Version  kong.VersionFlag `help:"Print the version and leave."`

	Chat   chatCommand   `cmd:"" help:"Talk about pictures in this terminal."`
	Worker workerCommand `cmd:"" help:"Draw pictures for bots, taking jobs from Redis."`
	Serve  serveCommand  `cmd:"" help:"Be a bot on Discord; DISCORD_TOKEN holds its token."`
	Doctor doctorCommand `cmd:"" help:"Look at everything that the bot needs and say what to fix."`
	Models modelsCommand `cmd:"" help:"Look at model folders and prepare them."`
	Study  studyCommand  `cmd:"" help:"Draw edits under many hyper-parameters, measure them, and report."`
	Plan   planCommand   `cmd:"" help:"Read requests as JSON lines, print edit plans as JSON lines."`
}

// world is what commands use of the process.
type world struct {
	ctx    context.Context
	in     *os.File
	out    *os.File
	errors io.Writer
	log    *slog.Logger
	getenv func(string) string
}

// Main runs the command that the arguments name and returns the exit status.
func Main(args []string) int {
	if err := run(args); err != nil {
		fmt.Fprintln(os.Stderr, "pentimento:", err)
		return 1
	}
	return 0
}

func run(args []string) error {
	var p program
	parser, err := kong.New(&p,
		kong.Name("pentimento"),
		kong.Description("A picture you can talk to: say what you would like to see, then what to change."),
		kong.DefaultEnvars("PENTIMENTO"),
		kong.Configuration(config.Resolver),
		kong.UsageOnError(),
		kong.Vars{"version": version(), "state": stateDir(os.Getenv), "cache": cacheDir(os.Getenv)},
	)
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	w := &world{
		ctx: ctx, in: os.Stdin, out: os.Stdout, errors: os.Stderr, getenv: os.Getenv,
		log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: p.LogLevel})),
	}
	err = command.Run(w)
	if errors.Is(err, syscall.EPIPE) {
		return nil // the reader of a pipe has seen enough
	}
	return err
}

// stateDir is where sessions are kept.
func stateDir(getenv func(string) string) string {
	return userDir(getenv, "XDG_STATE_HOME", ".local/state")
}

// cacheDir is where prepared graphs are kept.
func cacheDir(getenv func(string) string) string {
	return userDir(getenv, "XDG_CACHE_HOME", ".cache")
}

func userDir(getenv func(string) string, variable, below string) string {
	if dir := getenv(variable); dir != "" {
		return filepath.Join(dir, "pentimento")
	}
	return filepath.Join(getenv("HOME"), below, "pentimento")
}
