package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"pentimento/dialogue"
)

const (
	// maxResponse bounds what is read of a response, in bytes.
	maxResponse = 64 << 10
	// maxAsked bounds what is sent of an utterance or prompt, in bytes.
	maxAsked = 2000
	// remembered is how many earlier requests are sent along.
	remembered = 4
	// maxTokens bounds the model's answer.
	maxTokens = 400
)

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// messages is the question: what to do, then the picture and the request as JSON, so
// that no text of the user's can pass for anything else.
func messages(utterance string, talk dialogue.Conversation) ([]message, error) {
	turns := talk.Turns
	question := struct {
		Prompt  string   `json:"prompt"`
		Earlier []string `json:"earlier_requests,omitempty"`
		Request string   `json:"request"`
	}{Prompt: bounded(turns[len(turns)-1].Prompt), Request: bounded(utterance)}
	for _, t := range turns[max(0, len(turns)-remembered):] {
		if t.Utterance != "" {
			question.Earlier = append(question.Earlier, bounded(t.Utterance))
		}
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(question); err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	return []message{{"system", instructions}, {"user", content.String()}}, nil
}

func bounded(s string) string {
	if len(s) > maxAsked {
		return s[:maxAsked]
	}
	return s
}

// complete asks the server and gives the content of its first choice.
func (p *Planner) complete(ctx context.Context, messages []message) (string, error) {
	body, err := json.Marshal(map[string]any{
		"model":       p.config.Model,
		"messages":    messages,
		"temperature": 0,
		"max_tokens":  maxTokens,
		"stream":      false,
		"response_format": map[string]any{
			"type":        "json_schema",
			"json_schema": map[string]any{"name": "edit", "strict": true, "schema": json.RawMessage(schema)},
		},
	})
	if err != nil {
		return "", fmt.Errorf("encode the question: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.config.URL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("ask the language model: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if p.config.Key != "" {
		request.Header.Set("Authorization", "Bearer "+p.config.Key)
	}
	response, err := p.config.Client.Do(request)
	if err != nil {
		return "", fmt.Errorf("ask the language model: %w", err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxResponse))
	if err != nil {
		return "", fmt.Errorf("read the language model's response: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the language model's server says %s", response.Status)
	}
	return firstChoice(data)
}

func firstChoice(data []byte) (string, error) {
	var completion struct {
		Choices []struct {
			Message message `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(data, &completion); err != nil {
		return "", fmt.Errorf("read the language model's response: %w", err)
	}
	if len(completion.Choices) == 0 {
		return "", errors.New("the language model's response has no choice")
	}
	return completion.Choices[0].Message.Content, nil
}
