// Package session keeps conversations: who said what, which picture came of
// it, and the way back.
//
// A [Session] is a tree of turns with a head. An edit adds a child to the turn
// that it edits, revert and goto move the head, and nothing is lost: an edit
// made after a revert starts a branch. Its methods are pure functions on the
// value; they draw nothing and store nothing.
//
// A [Store] keeps sessions by [Key], who is talking and where: [NewMemory] for
// the life of the process, package session/bolt in one file on disk, package
// session/redis on a server. Stores keep [Records], which a [Codec] makes and
// reads. Start reading at [Session.Add] and [Store].
package session

import (
	"encoding/json"
	"time"

	"pentimento/recipe"
)

// A Key says whose session it is and where it is held.
type Key struct {
	// User is the one who owns the session and may forget it.
	User string `json:"user"`
	// Place is where the conversation is held: a channel, a thread, a terminal.
	Place string `json:"place"`
}

// A Session is a tree of turns with a head. The zero value is a conversation
// in which nothing has been said.
type Session struct {
	// Key is whose session this is; the store fills it in.
	Key
	// Version counts the changes that the store has kept: 0 means that the
	// session has never been stored.
	Version int
	// Turns are all turns in the order of making: Turns[i] has ID i+1.
	Turns []Turn
	// Head is the turn that the next edit edits; 0 before the first turn.
	Head int
	// Left maps a turn to the child that revert or goto last left for it: the
	// way that Redo takes.
	Left map[int]int
}

// A Turn is one thing said and the picture that it made.
type Turn struct {
	// ID is 1, 2, 3 … in the order of making.
	ID int `json:"id"`
	// Identity is a number that no other turn has, whatever was deleted: ID begins
	// again in a session that is made anew. It is of [NewIdentity]; 0 for turns from
	// before there were any.
	Identity uint64 `json:"identity,omitempty"`
	// Withdrawn says that its user deleted what showed the picture: the turn is still
	// theirs, and no longer for others.
	Withdrawn bool `json:"withdrawn,omitempty"`
	// Parent is the turn that this one edits; 0 for a root, a picture made
	// from nothing.
	Parent int `json:"parent,omitempty"`
	// Author is who said it; in a shared place not always the session's user.
	Author string `json:"author,omitempty"`
	// Time is when, in UTC.
	Time time.Time `json:"time"`
	// Utterance is what was said, as it was said.
	Utterance string `json:"utterance"`
	// Edit is the edit in the fewest words, "blond → red"; empty for a root.
	Edit string `json:"edit,omitempty"`
	// Plan is what the dialogue made of the utterance, as JSON. The session
	// only keeps it.
	Plan json.RawMessage `json:"plan,omitempty"`
	// Settings are the root's; every edit has those of its parent.
	Settings recipe.Settings `json:"settings"`
	// Recipe is this turn's link of the chain that RecipeFor returns.
	Recipe recipe.Turn `json:"recipe"`
	// Picture names the PNG: a digest or a path. It may be set later, and the
	// picture may be gone: RecipeFor says how to draw it again.
	Picture string `json:"picture,omitempty"`
	// Seen is what the picture may show, by attribute, if somebody could tell; see
	// package models/judge. The session only keeps it.
	Seen map[string][]string `json:"seen,omitempty"`
	// Event is the identity of the message that asked for the turn. A second
	// turn with the same event is not added. Empty means none is known.
	Event string `json:"event,omitempty"`
}

// Opened reports whether the turn is the root that a picture of somebody's own is:
// its Picture is that one, and not drawn.
func (t Turn) Opened() bool { return t.Parent == 0 && t.Settings.Picture != "" }
