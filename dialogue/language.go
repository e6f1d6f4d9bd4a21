package dialogue

import (
	"strconv"

	"pentimento/dialogue/english"
	"pentimento/dialogue/foreign"
)

// inOtherWords answers what was said in another language: it is read as English,
// and what is said to it is put into that language.
func (p *Planner) inOtherWords(said foreign.Reading, utterance string, talk Conversation) Reply {
	if said.English == "" {
		return Reply{Question: notTranslated(said, utterance)}
	}
	reply := p.planEnglish(said.English, talk)
	if reply.Plan != nil && reply.Plan.Reason != "" {
		reply.Plan.Reason = said.Language.Name() + " for \"" + said.English + "\"; " + reply.Plan.Reason
	}
	return inLanguage(reply, said.Language, utterance)
}

// notTranslated asks about a word that was not understood: in its language, where
// that is certain.
func notTranslated(said foreign.Reading, utterance string) *Question {
	q := &Question{Kind: NotUnderstood, Choices: examples(nil)}
	switch {
	case said.Language == nil:
		q.Text = "I read English, and German, French and Spanish about simple pictures, but not " + strconv.Quote(shortText(english.Tokenise(utterance))) + ". Please say it in English."
	case said.Unknown == "":
		q.Text = said.Language.NotUnderstood(shortText(english.Tokenise(utterance)))
	default:
		q.Text = said.Language.UnknownWord(said.Unknown)
	}
	return q
}

// inLanguage puts what a reply says into a language. The choices stay English:
// they are utterances, and show how one is understood best.
func inLanguage(reply Reply, l *foreign.Language, utterance string) Reply {
	switch {
	case reply.Question != nil && reply.Question.Kind == NotUnderstood:
		reply.Question.Text = l.NotUnderstood(shortText(english.Tokenise(utterance)))
	case reply.Question != nil:
		reply.Question.Text = l.Say(reply.Question.Text)
	case reply.Answer != "":
		reply.Answer = l.Say(reply.Answer)
	}
	for _, plan := range reply.Plans() {
		for i, left := range plan.Undone {
			plan.Undone[i] = l.Say(left)
		}
	}
	return reply
}

// lastSaid is the utterance that the conversation's head came from.
func lastSaid(talk Conversation) string {
	if n := len(talk.Turns); n > 0 {
		return talk.Turns[n-1].Utterance
	}
	return ""
}
