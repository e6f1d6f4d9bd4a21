// Package llm asks a language model for the edits that the grammar of package
// dialogue cannot read.
//
// The model is any server with OpenAI's chat completions (Ollama, llama.cpp,
// vLLM, …). It is asked for an edited prompt in a JSON schema and gets to see
// the prompt of the picture, the request and the last requests of the same
// conversation, nothing else. What it answers is never a command: it is
// checked, aligned with the old prompt like any other edit, and dropped for
// the grammar's own answer if anything about it is wrong or late.
package llm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pentimento/dialogue"
)

// A Config says which model to ask.
type Config struct {
	// URL is the base of the API, such as http://localhost:11434/v1.
	URL string
	// Model is the name that the server knows the model by.
	Model string
	// Key is sent as a bearer token; empty sends none.
	Key string
	// Timeout bounds one question; 0 means ten seconds.
	Timeout time.Duration
	// Client makes the requests; nil means one without cookies or proxies
	// of its own.
	Client *http.Client
	// Log is told what went wrong; nil means slog's default.
	Log *slog.Logger
}

// defaultTimeout is how long somebody waits for an answer in a conversation.
const defaultTimeout = 10 * time.Second

// A Planner understands utterances with the grammar first and the model second.
type Planner struct {
	grammar *dialogue.Planner
	config  Config
}

// New makes a planner. It fails if the configuration cannot work; it does not ask
// the server.
func New(grammar *dialogue.Planner, config Config) (*Planner, error) {
	base, err := url.Parse(config.URL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("language model's URL: %w", err)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("language model's URL %q: want http://host/v1 or https://host/v1", config.URL)
	case config.Model == "":
		return nil, errors.New("no language model is named")
	}
	config.URL = strings.TrimSuffix(config.URL, "/")
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	if config.Client == nil {
		config.Client = &http.Client{}
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	return &Planner{grammar, config}, nil
}

// Repertoire says what the model that draws knows, as the grammar does.
func (p *Planner) Repertoire(talk dialogue.Conversation, words int) string {
	return p.grammar.Repertoire(talk, words)
}

// Plan understands an utterance in a conversation. The model is asked only where
// the grammar understood nothing and there is a picture to edit.
func (p *Planner) Plan(ctx context.Context, utterance string, talk dialogue.Conversation) dialogue.Reply {
	reply := p.grammar.Plan(utterance, talk)
	if reply.Question == nil || reply.Question.Kind != dialogue.NotUnderstood || len(talk.Turns) == 0 {
		return reply
	}
	ctx, cancel := context.WithTimeout(ctx, p.config.Timeout)
	defer cancel()
	read, err := p.ask(ctx, utterance, talk)
	if err != nil {
		p.config.Log.InfoContext(ctx, "the language model was no help", "err", err)
		return reply
	}
	return read
}

// Picture plans a new picture of a prompt as it stands, see
// [dialogue.Planner.Picture].
func (p *Planner) Picture(prompt string, talk dialogue.Conversation) dialogue.Reply {
	return p.grammar.Picture(prompt, talk)
}

// ask makes a plan of the model's answer, or asks what to leave out for it.
func (p *Planner) ask(ctx context.Context, utterance string, talk dialogue.Conversation) (dialogue.Reply, error) {
	question, err := messages(utterance, talk)
	if err != nil {
		return dialogue.Reply{}, err
	}
	content, err := p.complete(ctx, question)
	if err != nil {
		return dialogue.Reply{}, err
	}
	answer, err := parseAnswer(content, talk.Turns[len(talk.Turns)-1].Prompt)
	if err != nil {
		return dialogue.Reply{}, err
	}
	reply, err := p.grammar.PlanTo(talk, answer.Prompt, answer.Kind, answer.weights())
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("align the model's prompt: %w", err)
	}
	for _, plan := range reply.Plans() {
		plan.Undone = append(plan.Undone, answer.Undone...)
		plan.Reason = "read by the language model " + p.config.Model
	}
	return reply, nil
}
