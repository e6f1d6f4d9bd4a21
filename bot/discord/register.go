package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
)

// The commands that only Discord has.
const (
	adminCommand  = "admin"
	editMessage   = "Edit this picture"
	recipeMessage = "Recipe"
	deleteMessage = "Delete this picture"
)

// mostChoices is how many choices Discord takes for an option.
const mostChoices = 25

// register registers the commands of the application with Discord if they differ
// from those that were registered last.
func register(ctx context.Context, api *rest.Client, st *state.State, app string, list []*discordgo.ApplicationCommand, log *slog.Logger) error {
	sum, err := digest(list)
	if err != nil {
		return err
	}
	sum = app + " " + sum
	if st.Registered() == sum {
		return nil
	}
	if err := api.Register(ctx, app, list); err != nil {
		return err
	}
	log.Info("registered the commands", "commands", len(list))
	return st.SetRegistered(sum)
}

// digest names a list of commands.
func digest(list []*discordgo.ApplicationCommand) (string, error) {
	data, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("describe the commands: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// registered are the commands of the table as Discord describes them, and those
// that only Discord has; an operator may have renamed some.
func registered(table []bot.Command, rename map[string]string) []*discordgo.ApplicationCommand {
	var list []*discordgo.ApplicationCommand
	for _, c := range table {
		if !c.Terminal {
			list = append(list, describe(c))
		}
	}
	list = append(list, admin(), onMessage(editMessage), onMessage(recipeMessage), onMessage(deleteMessage))
	for _, c := range list {
		if to, ok := rename[c.Name]; ok {
			c.Name, c.NameLocalizations = to, nil
		}
	}
	return list
}

// describe is a command of the table as Discord knows it.
func describe(c bot.Command) *discordgo.ApplicationCommand {
	var options []*discordgo.ApplicationCommandOption
	for _, a := range c.Arguments {
		if !a.Terminal {
			options = append(options, describeArgument(a))
		}
	}
	return slash(c.Name, c.Help, options...)
}

// describeArgument is an argument of a command as Discord knows it.
func describeArgument(a bot.Argument) *discordgo.ApplicationCommandOption {
	one := 1.0
	o := option(discordgo.ApplicationCommandOptionString, a.Name, a.Help, a.Required)
	o.MaxLength = a.Longest
	choices := a.Choices
	switch a.Kind {
	case bot.Word:
		o.Autocomplete = true
	case bot.ModelName:
		o.Autocomplete = len(choices) > mostChoices
	case bot.Number:
		o.Type = discordgo.ApplicationCommandOptionNumber
	case bot.Count:
		o.Type, o.MinValue = discordgo.ApplicationCommandOptionInteger, &one
	case bot.TurnID:
		o.Type, o.MinValue, o.Autocomplete = discordgo.ApplicationCommandOptionInteger, &one, true
	case bot.Setting:
		choices = bot.SettingNames()
	case bot.Path:
		o.Type = discordgo.ApplicationCommandOptionAttachment
	}
	if len(choices) > mostChoices {
		choices = nil // some of them are offered while somebody types
	}
	for _, name := range choices {
		o.Choices = append(o.Choices, &discordgo.ApplicationCommandOptionChoice{Name: name, Value: name})
	}
	return o
}

// slash is a slash command that works in servers, direct messages and, for a
// user who installed the app, everywhere. The help is its description where the
// locales have none.
func slash(name, help string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommand {
	english, others := described(name, help)
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

func option(kind discordgo.ApplicationCommandOptionType, name, help string, required bool) *discordgo.ApplicationCommandOption {
	english, others := described("option:"+name, help)
	return &discordgo.ApplicationCommandOption{
		Type: kind, Name: name, Description: english, DescriptionLocalizations: others, NameLocalizations: named("option:" + name), Required: required,
	}
}

// admin is the command of those who run the bot. Discord shows it to people
// who may manage the server; the bot answers those it knows.
func admin() *discordgo.ApplicationCommand {
	manage := int64(discordgo.PermissionManageGuild)
	who := option(discordgo.ApplicationCommandOptionUser, "user", "", true)
	sub := func(name string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
		o := option(discordgo.ApplicationCommandOptionSubCommand, name, "", false)
		o.Options = options
		return o
	}
	c := slash(adminCommand, "", sub("block", who), sub("unblock", who), sub("reset", who), sub("stats"), sub("drain"))
	c.DefaultMemberPermissions = &manage
	return c
}

// commandName is what Discord takes for a slash command.
var commandName = regexp.MustCompile(`^[-_\p{Ll}\p{Lo}\p{N}]{1,32}$`)

// checkRenames reports whether the operator's names for commands of the table can
// be registered.
func checkRenames(table []bot.Command, rename map[string]string) error {
	known := map[string]bool{}
	for _, c := range registered(table, nil) {
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
