package cli

import (
	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/dialogue/llm"
)

// plannerFlags choose what understands people.
type plannerFlags struct {
	LLMURL   string `name:"llm-url" help:"OpenAI-compatible endpoint to ask what the grammar cannot read, such as http://localhost:11434/v1; the key comes from PENTIMENTO_LLM_KEY." placeholder:"URL"`
	LLMModel string `name:"llm-model" help:"Model to ask there." placeholder:"NAME"`
}

// planner returns the grammar, with a language model behind it if one is named.
func (f *plannerFlags) planner(p *Process) (bot.Planner, error) {
	grammar := dialogue.New()
	if f.LLMURL == "" {
		return bot.Grammar{Planner: grammar}, nil
	}
	return llm.New(grammar, llm.Config{URL: f.LLMURL, Model: f.LLMModel, Key: p.Getenv("PENTIMENTO_LLM_KEY"), Log: p.log})
}
