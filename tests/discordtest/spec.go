package discordtest

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Spec is Discord's OpenAPI description of its REST interface.
type Spec struct {
	doc   *openapi3.T
	paths []pathTemplate
}

// pathTemplate is a path of the description, cut at its slashes.
type pathTemplate struct {
	parts []string
	item  *openapi3.PathItem
}

// LoadSpec reads the description, discord-openapi.json.
func LoadSpec(path string) (*Spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read Discord's description: %w", err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("read Discord's description: %w", err)
	}
	mend(raw)
	if data, err = json.Marshal(raw); err != nil {
		return nil, fmt.Errorf("mend Discord's description: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("load Discord's description: %w", err)
	}
	s := &Spec{doc: doc}
	for path, item := range doc.Paths.Map() {
		s.paths = append(s.paths, pathTemplate{strings.Split(strings.Trim(path, "/"), "/"), item})
	}
	return s, nil
}

// mend turns const into enum, which the validator reads, and allows
// default_member_permissions as the strings that Discord takes and gives.
func mend(v any) {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["const"]; ok {
			if _, schema := c.(map[string]any); !schema {
				v["enum"] = []any{c}
				delete(v, "const")
			}
		}
		if p, ok := v["default_member_permissions"].(map[string]any); ok {
			clear(p)
			p["type"] = []any{"string", "integer", "null"}
		}
		for _, x := range v {
			mend(x)
		}
	case []any:
		for _, x := range v {
			mend(x)
		}
	}
}

// operation finds what the description says about a request; path is without
// the version.
func (s *Spec) operation(method, path string) *openapi3.Operation {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	var best *openapi3.Operation
	fixed := -1
	for _, t := range s.paths {
		if n, ok := matches(t.parts, parts); ok && n > fixed {
			if op := t.item.GetOperation(method); op != nil {
				best, fixed = op, n
			}
		}
	}
	return best
}

// matches compares a template with a path and counts the parts that are equal.
func matches(template, path []string) (equal int, ok bool) {
	if len(template) != len(path) {
		return 0, false
	}
	for i, part := range template {
		switch {
		case part == path[i]:
			equal++
		case !strings.HasPrefix(part, "{"):
			return 0, false
		}
	}
	return equal, true
}

// request holds the JSON of a request against the description.
func (s *Spec) request(method, path string, body []byte) error {
	op := s.operation(method, path)
	if op == nil {
		return fmt.Errorf("%s %s: there is no such request", method, path)
	}
	if op.RequestBody == nil {
		return nil
	}
	content := op.RequestBody.Value.Content["application/json"]
	if content == nil {
		content = op.RequestBody.Value.Content["multipart/form-data"]
	}
	if content == nil || len(body) == 0 {
		return nil
	}
	return visit(content, method, path, "request", body)
}

// answer holds the JSON of an answer against the description.
func (s *Spec) answer(method, path string, status int, body []byte) error {
	op := s.operation(method, path)
	if op == nil || op.Responses == nil {
		return nil
	}
	response := op.Responses.Status(status)
	if response == nil && status >= 400 && status < 500 {
		response = op.Responses.Value("4XX")
	}
	if response == nil {
		return fmt.Errorf("%s %s: the answer %d is not described", method, path, status)
	}
	content := response.Value.Content["application/json"]
	if content == nil || len(body) == 0 {
		return nil
	}
	return visit(content, method, path, fmt.Sprintf("answer %d", status), body)
}

func visit(content *openapi3.MediaType, method, path, what string, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("%s %s: %s: %w", method, path, what, err)
	}
	if err := content.Schema.Value.VisitJSON(value); err != nil {
		text := err.Error()
		if i := strings.Index(text, "\n"); i > 0 {
			text = text[:i]
		}
		return fmt.Errorf("%s %s: %s: %s: %.300s", method, path, what, text, body)
	}
	return nil
}
