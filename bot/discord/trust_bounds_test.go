package discord

import (
	"testing"

	"pentimento/tests/discordtest"
)

// Whatever a word weighs, its picture is shown with a menu that Discord takes, and
// the conversation goes on.
func TestTrust07WeightsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, "", "blond")
	for _, factor := range []float64{0, -1, -32, 32, 31.99, 1e-30, 1} {
		i := ann.Slash(direct, "weight", map[string]any{"word": "hair", "factor": factor})
		m := w.picture(direct, i.ID, "hair ×")
		ann.Select(direct, m, m.Components[1].Components[0].Options[0].Value.(string))
		m = w.picture(direct, m.ID, "")
		i = ann.Press(direct, m, "Undo")
		w.picture(direct, i.ID, "turn ")
	}
}
