package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot/discord/object"
)

// respond gives the first answer to an interaction.
func (c *Client) respond(ctx context.Context, i *object.Interaction, r *discordgo.InteractionResponse) error {
	cancel, option := within(ctx)
	defer cancel()
	err := c.session().InteractionRespond(&discordgo.Interaction{ID: i.ID, Token: i.Token}, r, option)
	if failed, ok := errors.AsType[*discordgo.RESTError](err); ok && failed.Message != nil && failed.Message.Code == alreadyAcknowledged {
		return nil
	}
	return explain("answer an interaction", err)
}

// Show answers an interaction with a message.
func (c *Client) Show(ctx context.Context, i *object.Interaction, m object.Content) error {
	rows, files := parts(m)
	data := &discordgo.InteractionResponseData{Content: m.Text, Components: rows, Files: files, AllowedMentions: noMentions()}
	if m.Private {
		data.Flags = discordgo.MessageFlagsEphemeral
	}
	return c.respond(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource, Data: data})
}

// Defer answers an interaction with a message that says that one is coming, for
// the user alone if it is private. [Client.EditOriginal] completes it.
func (c *Client) Defer(ctx context.Context, i *object.Interaction, private bool) error {
	r := &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}
	if private {
		r.Data = &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral}
	}
	return c.respond(ctx, i, r)
}

// Acknowledge answers a component or modal of a message without a word.
func (c *Client) Acknowledge(ctx context.Context, i *object.Interaction) error {
	return c.respond(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredMessageUpdate})
}

// Replace answers a component by putting a sentence in the place of its message.
func (c *Client) Replace(ctx context.Context, i *object.Interaction, text string) error {
	return c.respond(ctx, i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseUpdateMessage,
		Data: &discordgo.InteractionResponseData{Content: text, Components: []discordgo.MessageComponent{}, AllowedMentions: noMentions()},
	})
}

// Ask answers an interaction with a modal.
func (c *Client) Ask(ctx context.Context, i *object.Interaction, customID, title string, rows []discordgo.MessageComponent) error {
	return c.respond(ctx, i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseModal,
		Data: &discordgo.InteractionResponseData{CustomID: customID, Title: title, Components: rows},
	})
}

// Offer answers an autocompletion.
func (c *Client) Offer(ctx context.Context, i *object.Interaction, choices []*discordgo.ApplicationCommandOptionChoice) error {
	return c.respond(ctx, i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionApplicationCommandAutocompleteResult,
		Data: &discordgo.InteractionResponseData{Choices: choices},
	})
}

// Original returns the message that the first answer made.
func (c *Client) Original(ctx context.Context, i *object.Interaction) (*object.Message, error) {
	m := new(object.Message)
	return m, c.get(ctx, discordgo.EndpointWebhookMessage(i.ApplicationID, i.Token, "@original"), m)
}

// RemoveOriginal deletes the message that the first answer made.
func (c *Client) RemoveOriginal(ctx context.Context, i *object.Interaction) error {
	cancel, option := within(ctx)
	defer cancel()
	url := discordgo.EndpointWebhookMessage(i.ApplicationID, i.Token, "@original")
	_, err := c.session().RequestWithBucketID(http.MethodDelete, url, nil, discordgo.EndpointWebhookToken("", ""), option)
	return explain("delete an answer", err)
}

// FollowUp writes a message after the first answer to an interaction was given.
func (c *Client) FollowUp(ctx context.Context, i *object.Interaction, m object.Content) error {
	cancel, option := within(ctx)
	defer cancel()
	rows, files := parts(m)
	send := &discordgo.WebhookParams{Content: m.Text, Components: rows, Files: files, AllowedMentions: noMentions()}
	if m.Private {
		send.Flags = discordgo.MessageFlagsEphemeral
	}
	_, err := c.session().FollowupMessageCreate(&discordgo.Interaction{AppID: i.ApplicationID, Token: i.Token}, true, send, option)
	return explain("follow an answer up", err)
}

// EditOriginal replaces the message that the first answer made, and returns its
// ID.
func (c *Client) EditOriginal(ctx context.Context, i *object.Interaction, m object.Content) (string, error) {
	url := discordgo.EndpointWebhookMessage(i.ApplicationID, i.Token, "@original")
	id, err := c.patch(ctx, url, discordgo.EndpointWebhookToken("", ""), m)
	return id, explain("change an answer", err)
}
