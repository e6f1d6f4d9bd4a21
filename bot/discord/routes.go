package discord

import "pentimento/bot/discord/view"

// handlers are all that handle interactions.
type handlers struct {
	conversing conversing
	sharing    sharing
	settings   settings
	forgetting forgetting
	help       help
	operators  operators
}

// routes says who handles what comes from Discord. Commands that are not named
// here do what the table of commands says.
func (h *handlers) routes(m *router) {
	m.otherCommands(h.conversing.fromTable)
	m.command("imagine", h.conversing.imagine)
	m.command("settings", h.settings.set)
	m.command("share", h.sharing.share)
	m.command("export", h.sharing.export)
	m.command("import", h.sharing.importFile)
	m.command("open", h.conversing.imagine)
	m.freeCommand("forget", h.forgetting.ask)
	m.command("help", h.help.show)
	m.command(adminCommand, h.operators.act)

	m.command(editMessage, h.conversing.askRequest)
	m.command(recipeMessage, h.sharing.recipe)
	m.command(deleteMessage, h.sharing.remove)

	m.button(view.Undo, h.conversing.undo)
	m.button(view.Redo, h.conversing.redo)
	m.button(view.Weight, h.conversing.weigh)
	m.button(view.Choice, h.conversing.choose)
	m.button(view.Take, h.conversing.take)
	m.button(view.Redraw, h.conversing.askRedraw)
	m.button(view.RedrawYes, h.conversing.redraw)
	m.button(view.Cancel, h.conversing.cancel)
	m.button(view.Share, h.sharing.sharePressed)
	m.freeButton(view.Forget, h.forgetting.forget)
	m.freeButton(view.Keep, h.forgetting.keep)
	m.anyonesButton(view.Attention, h.conversing.askWord)
	m.anyonesButton(view.Heat, h.conversing.heat)

	m.modal(view.Edit, h.conversing.submit)

	m.autocomplete(h.conversing.complete)
}
