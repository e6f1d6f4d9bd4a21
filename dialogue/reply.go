package dialogue

// A QuestionKind tells why a question is asked.
type QuestionKind string

// The kinds of questions.
const (
	Clarify       QuestionKind = "clarify"        // which of several, or how
	NotUnderstood QuestionKind = "not-understood" // what can be said instead
	OutOfScope    QuestionKind = "out-of-scope"   // understood, and impossible
	NothingToDo   QuestionKind = "nothing-to-do"  // e.g. undo before the first edit
	UnknownWord   QuestionKind = "unknown-word"   // the model does not know what was asked for
	NoRoom        QuestionKind = "no-room"        // the model does not read so long a prompt
	Describe      QuestionKind = "describe"       // what a picture of somebody's own shows
	Pick          QuestionKind = "pick"           // which of several pictures is taken
)

// A Question is asked where no plan can be made.
type Question struct {
	Kind QuestionKind `json:"kind"`
	Text string       `json:"text"`
	// Choices are complete utterances, each an answer.
	Choices []string `json:"choices,omitempty"`
	// Plans are what the choices do, one for each; nil for a choice that is read
	// as any utterance. None means that all are.
	Plans []*Plan `json:"plans,omitempty"`
	// Of is the prompt of the picture that Plans are about, empty for none.
	// They do not outlive it.
	Of string `json:"of,omitempty"`
	// Picture names, in the session's store, what a question of the kind Describe is
	// about.
	Picture string `json:"picture,omitempty"`
	// Turn and Identity name the turn whose variations a question of the kind Pick
	// offers, whatever is the head by the time that it is answered.
	Turn     int    `json:"turn,omitempty"`
	Identity uint64 `json:"identity,omitempty"`
}

// A Reply is a plan, a question or an answer: exactly one of them is set.
type Reply struct {
	Plan     *Plan     `json:"plan,omitempty"`
	Question *Question `json:"question,omitempty"`
	// Answer is what is said where something was asked or told, and nothing is
	// to be drawn.
	Answer string `json:"answer,omitempty"`
}
