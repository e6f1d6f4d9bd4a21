package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord"
	"pentimento/bot/discord/rest"
	"pentimento/bot/terminal"
	"pentimento/jobs"
	redisjobs "pentimento/jobs/redis"
	"pentimento/models"
	"pentimento/models/runtime"
)

// doctorCommand is `pentimento doctor`.
type doctorCommand struct {
	offerFlags
	storeFlags
	engineFlags
	Store            string `help:"File that keeps the conversations." default:"${state}/discord.db" placeholder:"FILE"`
	NoMessageContent bool   `help:"The bot does without the Message Content intent."`
	DiscordAPI       string `help:"Address of Discord's REST interface." hidden:"" name:"discord-api"`
}

// errUnwell makes the command fail after its report.
var errUnwell = errors.New("something needs to be fixed")

// doctorDeadline bounds what is asked of Discord, and of the queue. A model may
// take longer.
const doctorDeadline = 30 * time.Second

// Run looks at everything that the bot needs and prints a line for each.
func (c *doctorCommand) Run(ctx context.Context, p *Process) error {
	well := true
	// A finding that cannot be printed is of no use to anybody.
	report := func(what, found string, err error) {
		if err != nil {
			well = false
			_, _ = fmt.Fprintf(p.Out, "✗ %-8s %s\n", what, strings.Join(strings.Fields(err.Error()), " "))
			return
		}
		_, _ = fmt.Fprintf(p.Out, "✓ %-8s %s\n", what, found)
	}
	if c.Engine == "queue" {
		c.examineQueue(ctx, p, c.examineWords(ctx, report), report)
	} else if lib, err := runtime.Load(c.Onnxruntime); err != nil {
		report("runtime", "", err)
	} else {
		report("runtime", describeRuntime(lib), nil)
		c.examineModel(ctx, p, report)
	}
	c.examineStore(ctx, p, report)
	c.examineDiscord(ctx, p, report)
	if !well {
		return errUnwell
	}
	return nil
}

// describeRuntime names the library, and the one that it should be if it is
// another: that may draw a little differently.
func describeRuntime(lib *runtime.Runtime) string {
	found := fmt.Sprintf("ONNX Runtime %s, %s", lib.Version(), lib.Path())
	if lib.Version() != runtime.PinnedVersion {
		found += fmt.Sprintf("; tested with %s, which `make runtime` fetches", runtime.PinnedVersion)
	}
	return found
}

// finding prints what was found, or what has to be done.
type finding func(what, found string, err error)

// examineModel opens the model, on its device.
func (c *doctorCommand) examineModel(ctx context.Context, p *Process, report finding) {
	offer, network, err := c.openOffer(ctx, p)
	if device, ok := errors.AsType[*runtime.DeviceError](err); ok {
		report("device", "", fmt.Errorf("%w; --device cpu works everywhere", device))
		c.examineCUDA(p, device.Device, report)
		return
	}
	if err != nil {
		report("model", "", err)
		return
	}
	report("device", offer[0].model.Device(), nil)
	for _, one := range offer {
		report("model", one.described(), nil)
	}
	if err := errors.Join(offer.Close(), network.Close()); err != nil {
		report("model", "", err)
	}
}

// examineCUDA names what a device that does not start lacks.
func (c *doctorCommand) examineCUDA(p *Process, d runtime.Device, report finding) {
	if goruntime.GOOS != "linux" || d.Provider != runtime.CUDA && d.Provider != runtime.TensorRT {
		return
	}
	lib, err := runtime.Load(c.Onnxruntime)
	if err != nil {
		return // said as the runtime's
	}
	host := runtime.Host{Root: "/", Library: lib.Path(), Paths: filepath.SplitList(p.Getenv("LD_LIBRARY_PATH"))}
	for _, lack := range host.LacksCUDA() {
		report("device", "", errors.New(lack.String()))
	}
}

func (o offered) described() string {
	name := o.name
	if p := o.model.Precision(); p != models.FP32 {
		name += " at " + string(p)
	}
	return fmt.Sprintf("%s, %.12s", name, o.model.Digest())
}

// examineWords reads the models that workers draw with, and returns them closed.
func (c *doctorCommand) examineWords(ctx context.Context, report finding) offer {
	offer, err := c.readOffer(ctx)
	if err != nil {
		report("model", "", err)
		return nil
	}
	for _, one := range offer {
		report("model", one.described()+"; workers need the same", nil)
	}
	if err := offer.Close(); err != nil {
		report("model", "", err)
	}
	return offer
}

// examineQueue looks at the queue and at those who draw what is in it, with the models
// of the offer.
func (c *doctorCommand) examineQueue(ctx context.Context, p *Process, offer offer, report finding) {
	ctx, cancel := context.WithTimeout(ctx, doctorDeadline)
	defer cancel()
	queue, err := c.openQueue(ctx, p, redisjobs.Options{Asker: "doctor"})
	if err != nil {
		report("queue", "", fmt.Errorf("%w; is Redis running there?", err))
		return
	}
	asked := time.Now()
	err = queue.Check(ctx)
	took := time.Since(asked)
	stats, counting := queue.Stats(ctx)
	letters, reading := queue.DeadLetters(ctx, shownDead)
	if err = errors.Join(err, counting, reading, queue.Close()); err != nil {
		report("queue", "", err)
		return
	}
	report("queue", fmt.Sprintf("%s answers in %.1f ms; %d waiting, %d being drawn, %d given up",
		c.Redis, float64(took.Microseconds())/1000, stats.Waiting, stats.Running, stats.DeadLetters), nil)
	reportDead(letters, stats.DeadLetters, report)
	if stats.Workers == 0 {
		report("workers", "", fmt.Errorf("nobody draws: run pentimento worker --redis %s", c.Redis))
		return
	}
	report("workers", fmt.Sprintf("%d, heard of in the last 10 s", stats.Workers), nil)
	for _, one := range offer {
		switch n := stats.Serving[one.model.Digest()]; {
		case !stats.Serves(one.model.Digest()):
			report("workers", "", fmt.Errorf("none has the model %s: run pentimento worker --redis %s with its --model", one.name, c.Redis))
		case len(offer) > 1 && n > 0:
			report("workers", fmt.Sprintf("%s with the model %s", bot.Plural(n, "worker"), one.name), nil)
		}
	}
}

// shownDead is how many pictures that were given up the doctor shows, and
// shownWhy how much of the reason of each.
const (
	shownDead = 5
	shownWhy  = 200
)

// reportDead shows the latest of all pictures that were given up: nothing that
// needs to be fixed, since those who asked were told. It quotes no prompt.
func reportDead(letters []jobs.DeadLetter, all int, report finding) {
	for _, d := range letters {
		key, place, at := d.Job.Key, d.Job.Place, "at an unknown time"
		if key == "" {
			key, place = "that cannot be read", "unknown"
		}
		if !d.At.IsZero() {
			at = d.At.UTC().Format("2006-01-02 15:04:05 MST")
		}
		line := fmt.Sprintf("turn %s, place %s, %s, after %s: %.*s", key, place, at, bot.Plural(d.Attempts, "attempt"), shownWhy, d.Why())
		report("given up", terminal.OneLine(line), nil)
	}
	if more := all - len(letters); more > 0 {
		report("given up", fmt.Sprintf("and %d more", more), nil)
	}
	if all > 0 {
		report("given up", "pentimento worker --retry-dead draws them again", nil)
	}
}

// examineStore opens the conversations and closes them again.
func (c *doctorCommand) examineStore(ctx context.Context, p *Process, report finding) {
	store, err := c.openStore(ctx, p, c.Store)
	if err == nil {
		err = store.Close()
	}
	report("store", c.Store, err)
}

// examineDiscord asks Discord about the token and what goes with it.
func (c *doctorCommand) examineDiscord(ctx context.Context, p *Process, report finding) {
	ctx, cancel := context.WithTimeout(ctx, doctorDeadline)
	defer cancel()
	secret, err := token(p)
	if err != nil {
		report("token", "", err)
		return
	}
	account, err := rest.Examine(ctx, secret, c.DiscordAPI)
	if err != nil {
		report("token", "", err)
		return
	}
	report("token", fmt.Sprintf("%s; it may connect %d times more today", account.Name, account.Starts), nil)
	switch {
	case account.MessageContent:
		report("intents", "Message Content is switched on", nil)
	case c.NoMessageContent:
		report("intents", "Message Content is off, as you say: people mention the bot, reply to it or use commands", nil)
	default:
		report("intents", "", errors.New("the Message Content intent is off: switch it on on the Bot page of the developer portal, or run with --no-message-content"))
	}
	examinePermissions(account.Servers, report)
	report("invite", discord.Invite(account.ID), nil)
}

// examinePermissions looks at what the bot may do in the servers that it was
// added to.
func examinePermissions(servers []rest.Server, report finding) {
	var lacking []string
	for _, s := range servers {
		if len(s.Missing) > 0 {
			lacking = append(lacking, fmt.Sprintf("in %q %s", s.Name, strings.Join(s.Missing, ", ")))
		}
	}
	const most = 5
	if more := len(lacking) - most; more > 0 {
		lacking = append(lacking[:most], fmt.Sprintf("and in %d more servers", more))
	}
	if len(lacking) > 0 {
		report("servers", "", fmt.Errorf("the bot lacks %s: give its role these permissions, or add it again with the link below", strings.Join(lacking, "; ")))
		return
	}
	report("servers", fmt.Sprintf("%d; the bot has the permissions that it needs", len(servers)), nil)
}
