package dialogue

import (
	"strconv"

	"pentimento/dialogue/english"
)

// number is the number that people know a turn on the way to the head by.
func (c Conversation) number(i int) int {
	if id := c.Turns[i].ID; id > 0 {
		return id
	}
	return i + 1
}

// index is the place among the turns on the way to the head of the one with a
// number; -1 where it is none of them.
func (c Conversation) index(number int) int {
	for i := range c.Turns {
		if c.number(i) == number {
			return i
		}
	}
	return -1
}

// turn is the turn with a number, wherever it is.
func (c Conversation) turn(number int) (Turn, bool) {
	if i := c.index(number); i >= 0 {
		return c.Turns[i], true
	}
	for _, t := range c.Others {
		if t.ID > 0 && t.ID == number {
			return t, true
		}
	}
	return Turn{}, false
}

// before is the number of the turn that was drawn last before the picture that the
// turns begin with, where that was a new one in mid conversation.
func (c Conversation) before() (number int, ok bool) {
	if len(c.Turns) == 0 {
		return 0, false
	}
	for _, t := range c.Others {
		if t.ID > number && t.ID < c.Turns[0].ID {
			number = t.ID
		}
	}
	return number, number > 0
}

// offTheWay asks to go first, and edit then, where a request goes back to a picture
// that did not lead to the one shown, and goes on from there.
func (p *Planner) offTheWay(clauses []english.Words, talk Conversation) *Question {
	for _, clause := range clauses {
		reply, ok := p.move(clause, talk)
		if !ok || reply.Plan == nil || reply.Plan.Action != Goto || talk.index(reply.Plan.Steps) >= 0 {
			continue
		}
		return &Question{Kind: Clarify, Text: "That picture did not lead to the one shown. Go to it first, then say what should change.", Choices: []string{"go to turn " + strconv.Itoa(reply.Plan.Steps)}}
	}
	return nil
}
