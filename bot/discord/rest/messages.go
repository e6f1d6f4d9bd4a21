package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot/discord/object"
)

// spoilerPrefix begins the name of a file that Discord hides until it is
// clicked.
const spoilerPrefix = "SPOILER_"

// parts are a content's rows and files as discordgo sends them.
func parts(m object.Content) (rows []discordgo.MessageComponent, files []*discordgo.File) {
	for _, f := range m.Files {
		kind := "image/png"
		switch {
		case strings.HasSuffix(f.Name(), ".jpg"):
			kind = "image/jpeg"
		case strings.HasSuffix(f.Name(), ".gif"):
			kind = "image/gif"
		case strings.HasSuffix(f.Name(), ".json"):
			kind = "application/json"
		}
		name := f.Name()
		if f.Hidden() {
			name = spoilerPrefix + name
		}
		files = append(files, &discordgo.File{Name: name, ContentType: kind, Reader: bytes.NewReader(f.Bytes())})
	}
	if rows = m.Rows; rows == nil {
		rows = []discordgo.MessageComponent{}
	}
	return rows, files
}

// noMentions makes a message notify nobody, whatever its text says.
func noMentions() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// post is the body of a new message.
type post struct {
	Content    string                            `json:"content"`
	Components []discordgo.MessageComponent      `json:"components"`
	Mentions   *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Reference  *discordgo.MessageReference       `json:"message_reference,omitempty"`
	Nonce      string                            `json:"nonce,omitempty"`
	// Once says that Discord makes no second message of the same nonce.
	Once bool `json:"enforce_nonce,omitempty"`
}

// maxNonce is how long Discord lets a nonce be.
const maxNonce = 25

// Post writes an ordinary message and returns it; replyTo is the message that
// it replies to, or empty. Under the same nonce Discord makes one message for some
// minutes, and what comes back is what was written first; an empty nonce is none.
func (c *Client) Post(ctx context.Context, channelID, replyTo, nonce string, m object.Content) (*object.Message, error) {
	cancel, option := within(ctx)
	defer cancel()
	rows, files := parts(m)
	body := post{Content: m.Text, Components: rows, Mentions: noMentions()}
	if replyTo != "" {
		softly := false
		body.Reference = &discordgo.MessageReference{MessageID: replyTo, ChannelID: channelID, FailIfNotExists: &softly}
	}
	if len(nonce) <= maxNonce {
		body.Nonce, body.Once = nonce, nonce != ""
	}
	url := discordgo.EndpointChannelMessages(channelID)
	answer, err := c.sendBody(http.MethodPost, url, url, body, files, option)
	if err != nil {
		return nil, explain("write a message", err)
	}
	sent := new(object.Message)
	if err := json.Unmarshal(answer, sent); err != nil {
		return nil, fmt.Errorf("read Discord's answer: %w", err)
	}
	return sent, nil
}

// Edit replaces a message of the bot.
func (c *Client) Edit(ctx context.Context, channelID, messageID string, m object.Content) error {
	bucket := discordgo.EndpointChannelMessage(channelID, "")
	_, err := c.patch(ctx, discordgo.EndpointChannelMessage(channelID, messageID), bucket, m)
	return explain("change a message", err)
}

// change is the body of an edit. It lists all attachments that the message is
// to have, the new ones too, as version 10 of the interface wants it; of
// discordgo's attachments it would send more than a request may hold.
type change struct {
	Content     string                            `json:"content"`
	Components  []discordgo.MessageComponent      `json:"components"`
	Attachments []listed                          `json:"attachments"`
	Mentions    *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
}

// listed is an attachment that comes with the request: its ID is the number of
// its file.
type listed struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
}

// patch replaces a message and returns its ID.
func (c *Client) patch(ctx context.Context, url, bucket string, m object.Content) (string, error) {
	cancel, option := within(ctx)
	defer cancel()
	rows, files := parts(m)
	body := change{Content: m.Text, Components: rows, Attachments: []listed{}, Mentions: noMentions()}
	for n, f := range files {
		body.Attachments = append(body.Attachments, listed{strconv.Itoa(n), f.Name})
	}
	answer, err := c.sendBody(http.MethodPatch, url, bucket, body, files, option)
	if err != nil {
		return "", err
	}
	var changed object.Message
	if err := json.Unmarshal(answer, &changed); err != nil {
		return "", fmt.Errorf("read Discord's answer: %w", err)
	}
	return changed.ID, nil
}

// sendBody sends a body with files, if there are any.
func (c *Client) sendBody(method, url, bucket string, body any, files []*discordgo.File, option discordgo.RequestOption) ([]byte, error) {
	if len(files) == 0 {
		return c.session().RequestWithBucketID(method, url, body, bucket, option)
	}
	kind, data, err := discordgo.MultipartBodyWithJSON(body, files)
	if err != nil {
		return nil, err
	}
	return c.session().RequestRaw(method, url, kind, data, bucket, 0, option)
}

// Remove deletes a message of the bot.
func (c *Client) Remove(ctx context.Context, channelID, messageID string) error {
	cancel, option := within(ctx)
	defer cancel()
	return explain("delete a message", c.session().ChannelMessageDelete(channelID, messageID, option))
}

// Message returns a message as it is now.
func (c *Client) Message(ctx context.Context, channelID, messageID string) (*object.Message, error) {
	m := new(object.Message)
	return m, c.get(ctx, discordgo.EndpointChannelMessage(channelID, messageID), m)
}

// Channel returns a channel.
func (c *Client) Channel(ctx context.Context, id string) (object.Channel, error) {
	var out object.Channel
	return out, c.get(ctx, discordgo.EndpointChannel(id), &out)
}

// OpenThread opens a thread at a message and returns its ID.
func (c *Client) OpenThread(ctx context.Context, channelID, messageID, name string) (string, error) {
	cancel, option := within(ctx)
	defer cancel()
	thread, err := c.session().MessageThreadStartComplex(channelID, messageID, &discordgo.ThreadStart{Name: name, AutoArchiveDuration: 1440}, option)
	if err != nil {
		return "", explain("open a thread", err)
	}
	return thread.ID, nil
}
