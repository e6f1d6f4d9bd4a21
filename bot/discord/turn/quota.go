package turn

import (
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/policy"
	"pentimento/bot/discord/state"
)

// A Quota counts what people draw in a day.
type Quota struct {
	// Policy says how much that may be.
	Policy policy.Policy
	State  *state.State
	Now    func() time.Time
}

// Today names the day (UTC).
func (q Quota) Today() string { return q.Now().UTC().Format(time.DateOnly) }

// allow refuses a prompt that the policy does not have drawn, or whose asker has
// had their pictures for today; if neither, it counts as one of them.
func (q Quota) allow(t *Turn, prompt string) error {
	if err := q.Policy.Allows(prompt); err != nil {
		return err
	}
	most := q.Policy.PicturesPerDay(t.Roles)
	if most == 0 || t.counted {
		return nil
	}
	ok, err := q.State.Spend(t.Speaker.ID, q.Today(), most)
	if err == nil && !ok {
		err = bot.Problemf(bot.Refused, "you have drawn %s today, which is as many as you may. The count starts again at midnight UTC", bot.Plural(most, "picture"))
	}
	t.counted = err == nil
	return err
}
