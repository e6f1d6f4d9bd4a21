// Package cli is the command line: it reads flags and wires the packages
// together, and does nothing else. [Main] runs it, in any process: main.go runs
// it in its own, and the tests in theirs.
//
// Every command is a file of its name. The flags that several commands have
// are in a file each, with what they open: model.go, store.go, redis.go,
// cache.go, studio.go, drawing.go, planner.go, operate.go.
package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"pentimento/bot/terminal"
	"pentimento/config"
	"pentimento/recipe"
)

// program is the command line.
type program struct {
	Config   config.Flag      `help:"Read settings from this YAML file." placeholder:"FILE"`
	LogLevel slog.Level       `help:"What to log: debug, info, warn or error." default:"warn"`
	Version  kong.VersionFlag `help:"Print the version and leave."`

	Chat     chatCommand     `cmd:"" help:"Talk about pictures in this terminal."`
	Web      webCommand      `cmd:"" help:"Talk about pictures in a browser, and draw for other programs."`
	Worker   workerCommand   `cmd:"" help:"Draw pictures for bots, taking jobs from Redis."`
	Serve    serveCommand    `cmd:"" help:"Be a bot on Discord; DISCORD_TOKEN holds its token."`
	Doctor   doctorCommand   `cmd:"" help:"Look at everything that the bot needs and say what to fix."`
	Models   modelsCommand   `cmd:"" help:"Fetch models, look at them and prepare them."`
	Study    studyCommand    `cmd:"" help:"Draw edits under many hyper-parameters, measure them, and report."`
	Sessions sessionsCommand `cmd:"" help:"Look after files of conversations."`
	Plan     planCommand     `cmd:"" help:"Read requests as JSON lines, print edit plans as JSON lines."`
}

// welcome is said to those who name no command, before the list of commands.
const welcome = `To talk about pictures here, type

    pentimento chat

and say what you would like to see, such as "%s",
then what to change about it.

`

// Main runs the command that the arguments name and returns the exit status: 0,
// or 1 after an error, which it prints.
func Main(args []string, p Process) int {
	err := run(args, &p)
	if err == nil || errors.Is(err, syscall.EPIPE) { // the reader of a pipe has seen enough
		return 0
	}
	_, _ = fmt.Fprintln(p.Errors, "pentimento:", err)
	return 1
}

// run reads the command line and runs the command until it ends, or until the
// process is told to.
func run(args []string, p *Process) error {
	if len(args) == 0 {
		if _, err := fmt.Fprintf(p.Out, welcome, terminal.FirstWords); err != nil {
			return err
		}
		args = []string{"--help"}
	}
	var line program
	answered := false // by the parser: a question for help, or for the version
	parser, err := kong.New(&line,
		kong.Name("pentimento"),
		kong.Description("A picture you can talk to: say what you would like to see, then what to change."),
		kong.DefaultEnvars("PENTIMENTO"),
		kong.Configuration(config.Reader(p.Getenv)),
		kong.Writers(p.Out, p.Errors),
		kong.NamedMapper("home", inHome(p.Getenv("HOME"))),
		kong.Exit(func(int) { answered = true }),
		kong.Vars{
			"version": version(), "presets": presets(),
			"state": p.stateDir(), "cache": p.userDir("XDG_CACHE_HOME", ".cache"), "models": p.modelsDir(),
		},
	)
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if answered {
		return nil
	}
	if err != nil {
		return err
	}
	if err := checkNumbers(command.Flags()); err != nil {
		return err
	}
	p.log = slog.New(slog.NewTextHandler(errorsOf{p}, &slog.HandlerOptions{Level: line.LogLevel}))
	ctx, stop := p.until(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(p)
}

// inHome reads a path of which a leading ~ stands for the home folder: shells leave
// it there in --model=~/…, and so do variables and configuration files.
func inHome(home string) kong.MapperFunc {
	return func(line *kong.DecodeContext, target reflect.Value) error {
		var path string
		if err := line.Scan.PopValueInto("path", &path); err != nil {
			return err
		}
		target.SetString(terminal.InHome(path, home))
		return nil
	}
}

// presets names the presets for help.
func presets() string {
	names := recipe.PresetNames()
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// userDir is the program's folder of a kind that the user may have moved by a
// variable; by default it lies below the home folder. Sessions are kept in that
// of states, prepared graphs in that of caches.
func (p *Process) userDir(variable, below string) string {
	if dir := p.Getenv(variable); dir != "" {
		return filepath.Join(dir, "pentimento")
	}
	return filepath.Join(p.Getenv("HOME"), below, "pentimento")
}

// closeInto closes what a command opened; the error counts if there is no
// other.
func closeInto(err *error, c interface{ Close() error }) {
	if closing := c.Close(); *err == nil {
		*err = closing
	}
}
