package discord

import (
	"context"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// A handler finds out what a request asks for. It returns the turn that does it,
// or nil if it has answered the request itself. An error is told to the user
// alone.
type handler func(ctx context.Context, r *request) (*turn.Turn, error)

// A router has interactions handled by whom they are for, and carries out the
// turns that come of it.
type router struct {
	table        []bot.Command
	api          *rest.Client
	admission    *admission
	acknowledger *acknowledger
	runner       *turn.Runner

	commands map[string]handler // by their own names
	fallback handler            // of the commands of the table that have no handler
	buttons  map[view.Verb]button
	modals   map[view.Verb]handler
	typing   handler
	// What is answered whoever asks, wherever they are.
	free        map[string]bool
	freeButtons map[view.Verb]bool
}

// A button is handled for its owner alone, or for anyone.
type button struct {
	handle handler
	anyone bool
}

// newRouter returns a router without routes.
func newRouter(table []bot.Command, api *rest.Client, admission *admission, acknowledger *acknowledger, runner *turn.Runner) *router {
	return &router{
		table: table, api: api, admission: admission, acknowledger: acknowledger, runner: runner,
		commands: map[string]handler{}, buttons: map[view.Verb]button{}, modals: map[view.Verb]handler{},
		free: map[string]bool{}, freeButtons: map[view.Verb]bool{},
	}
}

// command has a slash command or a message command handled, under its own name.
func (m *router) command(name string, h handler) { m.commands[name] = h }

// freeCommand is command for one that is answered whoever asks, wherever they are.
func (m *router) freeCommand(name string, h handler) {
	m.command(name, h)
	m.free[name] = true
}

// freeButton is button for one that is answered whoever asks, wherever they are.
func (m *router) freeButton(v view.Verb, h handler) {
	m.button(v, h)
	m.freeButtons[v] = true
}

// otherCommands has the commands of the table handled that have no handler.
func (m *router) otherCommands(h handler) { m.fallback = h }

// button has a button or select handled that its owner uses.
func (m *router) button(v view.Verb, h handler) { m.buttons[v] = button{handle: h} }

// anyonesButton has a button or select handled, whoever uses it.
func (m *router) anyonesButton(v view.Verb, h handler) {
	m.buttons[v] = button{handle: h, anyone: true}
}

// modal has a modal handled that somebody has filled in.
func (m *router) modal(v view.Verb, h handler) { m.modals[v] = h }

// autocomplete has the arguments of commands completed while they are typed.
func (m *router) autocomplete(h handler) { m.typing = h }

// serve has an interaction handled, and carries out the turn that it asks for.
// Whatever that is, its first answer goes out before anything is drawn.
func (m *router) serve(ctx context.Context, i *object.Interaction, arrival *turn.Arrival) {
	defer arrival.Pass()
	r := &request{Interaction: i, api: m.api, delivery: turn.Delivery{Backoff: m.runner.Backoff}, log: m.runner.Log}
	if r.Type != object.AutocompleteInteraction {
		defer r.inTime(ctx)()
	}
	t, err := m.handle(ctx, r)
	switch {
	case err != nil:
		r.tell(ctx, m.runner.Report.Sentence(err))
	case t != nil && m.acknowledger.acknowledge(ctx, r, t):
		t.Arrival = arrival
		m.runner.Run(ctx, t)
	case t != nil:
		m.runner.Settle(t)
	}
}

// handle calls the handler of a request.
func (m *router) handle(ctx context.Context, r *request) (*turn.Turn, error) {
	var refused error
	if !m.isFree(r) {
		refused = m.admission.admit(r.By(), m.admission.placeOf(ctx, r.Interaction))
	}
	switch {
	case refused != nil && r.Type == object.AutocompleteInteraction:
		r.answered(ctx, r.api.Offer(ctx, r.Interaction, nil))
		return nil, nil
	case refused != nil:
		return nil, refused
	}
	switch r.Type {
	case object.AutocompleteInteraction:
		r.command, _ = bot.Named(m.table, m.runner.Style.Own(r.Data.Name))
		return m.typing(ctx, r)
	case object.CommandInteraction:
		return m.handleCommand(ctx, r)
	case object.ComponentInteraction:
		return m.handleButton(ctx, r)
	case object.ModalInteraction:
		return m.handleModal(ctx, r)
	}
	return nil, nil
}

// isFree reports whether a request is answered whoever asks, wherever they are:
// what is kept of people is theirs to delete, also when they are blocked.
func (m *router) isFree(r *request) bool {
	switch r.Type {
	case object.CommandInteraction:
		return m.free[m.runner.Style.Own(r.Data.Name)]
	case object.ComponentInteraction:
		h, err := m.runner.Style.Signer.Read(r.Data.CustomID)
		return err == nil && m.freeButtons[h.Verb]
	}
	return false
}

func (m *router) handleCommand(ctx context.Context, r *request) (*turn.Turn, error) {
	name := m.runner.Style.Own(r.Data.Name)
	command, known := bot.Named(m.table, name)
	r.command = command
	if handle, ok := m.commands[name]; ok {
		return handle(ctx, r)
	}
	if !known || command.Terminal {
		return nil, bot.Problemf(bot.Invalid, "I don't know that command any more; try /help")
	}
	return m.fallback(ctx, r)
}

func (m *router) handleButton(ctx context.Context, r *request) (*turn.Turn, error) {
	h, err := m.runner.Style.Signer.Read(r.Data.CustomID)
	if err != nil {
		m.runner.Report.Refused(r.By().ID, "a forged button")
		return nil, bot.Problemf(bot.Invalid, "I don't know that button. If the picture is old, reply to it instead")
	}
	r.handle = h
	button, ok := m.buttons[h.Verb]
	switch {
	case !h.OwnedBy(r.By().ID) && !button.anyone:
		return nil, bot.Problemf(bot.Invalid, "these buttons belong to somebody else. Reply to the picture to continue it in a session of your own")
	case !ok:
		return nil, bot.Problemf(bot.Invalid, "I don't know that button any more")
	}
	return button.handle(ctx, r)
}

func (m *router) handleModal(ctx context.Context, r *request) (*turn.Turn, error) {
	h, err := m.runner.Style.Signer.Read(r.Data.CustomID)
	handle, ok := m.modals[h.Verb]
	if err != nil || !ok {
		return nil, errUnreadable
	}
	r.handle = h
	return handle(ctx, r)
}

// errUnreadable is said of a modal that cannot be read.
var errUnreadable = bot.Problemf(bot.Invalid, "I can't read that; say it in a reply to the picture instead")
