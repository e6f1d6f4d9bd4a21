package discord

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/bwmarrin/discordgo"
)

// The names of the commands, as the code knows them; an operator may have
// renamed them.
const (
	imagineCommand   = "imagine"
	editCommand      = "edit"
	swapCommand      = "swap"
	refineCommand    = "refine"
	weightCommand    = "weight"
	revertCommand    = "revert"
	redoCommand      = "redo"
	gotoCommand      = "goto"
	historyCommand   = "history"
	attentionCommand = "attention"
	animateCommand   = "animate"
	settingsCommand  = "settings"
	shareCommand     = "share"
	forkCommand      = "fork"
	exportCommand    = "export"
	importCommand    = "import"
	forgetCommand    = "forget"
	helpCommand      = "help"
	adminCommand     = "admin"
	editMessage      = "Edit this picture"
	recipeMessage    = "Recipe"
	deleteMessage    = "Delete this picture"
)

// maxPrompt is how long a prompt or request may be.
const maxPrompt = 1000

// commands are what is registered with Discord.
func commands(rename map[string]string) []*discordgo.ApplicationCommand {
	one := 1.0
	text := func(name string, required bool) *discordgo.ApplicationCommandOption {
		return option(discordgo.ApplicationCommandOptionString, name, required)
	}
	prompt, request, code := text("prompt", true), text("request", true), text("code", true)
	for _, o := range []*discordgo.ApplicationCommandOption{prompt, request, code} {
		o.MaxLength = maxPrompt
	}
	word, from := text("word", true), text("from", true)
	word.Autocomplete, from.Autocomplete = true, true
	turns := option(discordgo.ApplicationCommandOptionInteger, "turns", false)
	turns.MinValue = &one
	turn := option(discordgo.ApplicationCommandOptionInteger, "turn", true)
	turn.MinValue, turn.Autocomplete = &one, true
	factor := option(discordgo.ApplicationCommandOptionNumber, "factor", true)
	list := []*discordgo.ApplicationCommand{
		slash(imagineCommand, prompt),
		slash(editCommand, request),
		slash(swapCommand, from, text("to", true)),
		slash(refineCommand, request),
		slash(weightCommand, word, factor),
		slash(revertCommand, turns),
		slash(redoCommand, turns),
		slash(gotoCommand, turn),
		slash(historyCommand),
		slash(attentionCommand, word),
		slash(animateCommand),
		slash(settingsCommand, setting(), text("value", false)),
		slash(shareCommand),
		slash(forkCommand, code),
		slash(exportCommand),
		slash(importCommand, option(discordgo.ApplicationCommandOptionAttachment, "file", true)),
		slash(forgetCommand),
		slash(helpCommand),
		admin(),
		onMessage(editMessage), onMessage(recipeMessage), onMessage(deleteMessage),
	}
	for _, c := range list {
		if to, ok := rename[c.Name]; ok {
			c.Name, c.NameLocalizations = to, nil
		}
	}
	return list
}

// slash is a slash command that works in servers, direct messages and, for a
// user who installed the app, everywhere.
func slash(name string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommand {
	english, others := described(name)
	names := named(name)
	c := &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: name, Description: english,
		DescriptionLocalizations: &others, Options: options,
	}
	if len(names) > 0 {
		c.NameLocalizations = &names
	}
	return everywhere(c)
}

func onMessage(name string) *discordgo.ApplicationCommand {
	names := named(name)
	return everywhere(&discordgo.ApplicationCommand{Type: discordgo.MessageApplicationCommand, Name: name, NameLocalizations: &names})
}

func everywhere(c *discordgo.ApplicationCommand) *discordgo.ApplicationCommand {
	c.Contexts = &[]discordgo.InteractionContextType{
		discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel,
	}
	c.IntegrationTypes = &[]discordgo.ApplicationIntegrationType{
		discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall,
	}
	return c
}

func option(kind discordgo.ApplicationCommandOptionType, name string, required bool) *discordgo.ApplicationCommandOption {
	english, others := described("option:" + name)
	return &discordgo.ApplicationCommandOption{
		Type: kind, Name: name, Description: english, DescriptionLocalizations: others, NameLocalizations: named("option:" + name), Required: required,
	}
}

// setting is the choice of what /settings changes.
func setting() *discordgo.ApplicationCommandOption {
	o := option(discordgo.ApplicationCommandOptionString, "name", false)
	for _, name := range []string{"seed", "steps", "guidance", "preset", "cross", "self", "value", "k"} {
		o.Choices = append(o.Choices, &discordgo.ApplicationCommandOptionChoice{Name: name, Value: name})
	}
	return o
}

// admin is the command of those who run the bot. Discord shows it to people
// who may manage the server; the bot answers those it knows.
func admin() *discordgo.ApplicationCommand {
	manage := int64(discordgo.PermissionManageGuild)
	who := option(discordgo.ApplicationCommandOptionUser, "user", true)
	sub := func(name string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
		o := option(discordgo.ApplicationCommandOptionSubCommand, name, false)
		o.Options = options
		return o
	}
	c := slash(adminCommand, sub("block", who), sub("unblock", who), sub("reset", who), sub("stats"), sub("drain"))
	c.DefaultMemberPermissions = &manage
	return c
}

// digest names a list of commands: what is registered already need not be
// again.
func digest(list []*discordgo.ApplicationCommand) (string, error) {
	data, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("describe the commands: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// commandName is what Discord takes for a slash command.
var commandName = regexp.MustCompile(`^[-_\p{Ll}\p{Lo}\p{N}]{1,32}$`)

// checkRenames reports whether the operator's names can be registered.
func checkRenames(rename map[string]string) error {
	known := map[string]bool{}
	for _, c := range commands(nil) {
		known[c.Name] = true
	}
	taken := map[string]string{}
	for from, to := range rename {
		if !known[from] {
			return fmt.Errorf("there is no command /%s to rename", from)
		}
		if !commandName.MatchString(to) {
			return fmt.Errorf("/%s cannot be named %q: a name has 1 to 32 small letters, digits, - or _", from, to)
		}
		if other, ok := taken[to]; ok || known[to] && rename[to] == "" {
			return fmt.Errorf("/%s cannot be named %q: %s", from, to, "/"+other+" is")
		}
		taken[to] = from
	}
	return nil
}
