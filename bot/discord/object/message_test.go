package object

import (
	"encoding/json"
	"testing"
)

func TestUnknownComponentsAreTolerated(t *testing.T) {
	var m Message
	data := `{"id":"5","content":"hello","components":[{"type":99,"components":"odd"},{"type":1,"components":[{"type":2,"custom_id":"x"}]}],"referenced_message":{"id":"4","components":{"no":"list"},"author":{"id":"1"}}}`
	if err := json.Unmarshal([]byte(data), &m); err != nil {
		t.Fatal(err)
	}
	if m.Content != "hello" || len(m.Components) == 0 || m.Referenced == nil || m.Referenced.ID != "4" {
		t.Errorf("read as %+v", m)
	}
}
