package models

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pentimento/models/assembly"
	"pentimento/models/graph"
	"pentimento/models/tokenizer"
)

// A textPart is a text encoder of the folder, and the tokenizer that it reads
// with. SDXL has two.
type textPart struct {
	*part
	tokenizer *tokenizer.Tokenizer
	in, out   graph.Value
	// pooled is the output for the whole prompt, of SDXL's second encoder; it
	// has no name in others.
	pooled graph.Value

	width, pooledWidth int // of the embeddings
}

// encoders is how many text encoders the model has.
func (in *inspection) encoders() int {
	if in.index.two {
		return 2
	}
	return 1
}

func (in *inspection) readTokenizers() error {
	for i := range in.encoders() {
		t, err := in.folder.loadTokenizer(assembly.Numbered(tokenizerFolder, i))
		if err != nil {
			return err
		}
		in.tokenizers = append(in.tokenizers, t)
	}
	if in.index.two && !in.tokenizers[0].SameWords(in.tokenizers[1]) {
		return in.folder.failed(assembly.Numbered(tokenizerFolder, 1), fmt.Errorf("cuts prompts into other tokens than %s", in.folder.path(tokenizerFolder)))
	}
	return nil
}

func (in *inspection) readTexts() error {
	for i := range in.encoders() {
		p, _, err := in.folder.readPart(assembly.Numbered("text_encoder", i))
		if err != nil {
			return err
		}
		in.texts = append(in.texts, &textPart{part: p})
	}
	return nil
}

func (in *inspection) checkTexts() error {
	for i, t := range in.texts {
		t.tokenizer = in.tokenizers[i]
		if err := in.checkText(t); err != nil {
			return err
		}
	}
	pooled := in.info.Pooled.Name != ""
	switch {
	case pooled && !in.index.two:
		return in.folder.failed(in.unet.file(), fmt.Errorf("takes %s, which only a second text encoder gives, and the folder has none", in.info.Pooled))
	case !pooled && in.index.two:
		return in.folder.failed(in.unet.file(), errors.New("takes no text_embeds, which SDXL's UNet takes, but the folder has two text encoders"))
	case !pooled:
		return nil
	}
	last := in.texts[1]
	at := slices.IndexFunc(last.outputs, func(v graph.Value) bool { return v.Name == "text_embeds" })
	if at < 0 {
		return in.folder.failed(last.file(), fmt.Errorf("gives no text_embeds; its outputs are %s", list(last.outputs)))
	}
	last.pooled = last.outputs[at]
	return in.floats(last.part, 2, last.pooled)
}

func (in *inspection) checkText(t *textPart) error {
	inputs, err := in.feeds(t.part, "input_ids")
	if err != nil {
		return err
	}
	t.in = inputs[0]
	if !t.in.Type.Int() {
		return in.folder.failed(t.file(), fmt.Errorf("%s are no integers", t.in))
	}
	if err := in.rank(t.part, t.in, 2); err != nil {
		return err
	}
	if in.index.two {
		t.out, err = in.penultimate(t)
	} else {
		t.out, err = in.fetch(t.part, "last_hidden_state")
	}
	if err != nil {
		return err
	}
	return in.floats(t.part, 3, t.out)
}

// penultimate is the output of the last layer but one, which SDXL reads.
func (in *inspection) penultimate(t *textPart) (graph.Value, error) {
	byLayer := map[int]graph.Value{}
	last := -1
	for _, v := range t.outputs {
		digits, ok := strings.CutPrefix(v.Name, "hidden_states.")
		if n, err := strconv.Atoi(digits); ok && err == nil && n >= 0 {
			byLayer[n] = v
			last = max(last, n)
		}
	}
	if n := t.config.HiddenLayers; n > 0 {
		last = n
	}
	if v, ok := byLayer[last-1]; ok {
		return v, nil
	}
	if len(byLayer) == 1 && t.config.HiddenLayers == 0 {
		return byLayer[last], nil
	}
	return graph.Value{}, in.folder.failed(t.file(), fmt.Errorf("gives no hidden states of the last layer but one, which SDXL reads; its outputs are %s", list(t.outputs)))
}

func (in *inspection) sizeTexts() (err error) {
	unet := in.unet
	lengths := []claim{{tokenizerFolder + "/tokenizer_config.json", "model_max_length", in.tokenizers[0].ContextLength()}}
	for _, t := range in.texts {
		lengths = append(lengths,
			claim{t.configFile(), "max_position_embeddings", t.config.MaxPositionEmbeddings},
			claim{t.file(), "the length of input_ids", dim(t.in, 1)},
			claim{t.file(), "the length of " + t.out.Name, dim(t.out, 1)},
		)
	}
	lengths = append(lengths, claim{unet.file(), "the length of encoder_hidden_states", dim(in.info.Text, 1)})
	if in.spec.ContextLength, err = in.agree("context length", maxContextLength, lengths...); err != nil {
		return err
	}
	widths := []claim{
		{unet.configFile(), "cross_attention_dim", int(unet.config.CrossAttentionDim)},
		{unet.file(), "the width of encoder_hidden_states", dim(in.info.Text, 2)},
		{unet.file(), "the width of the text that its weights take", unet.meets(in.info.Text.Name).In},
	}
	for _, t := range in.texts {
		own := []claim{
			{t.file(), "the width of its table of tokens", t.meets(t.in.Name).Out},
			{t.configFile(), "hidden_size", t.config.HiddenSize},
			{t.file(), "the width of " + t.out.Name, dim(t.out, 2)},
		}
		if len(in.texts) == 1 {
			widths = append(widths, own...)
			continue
		}
		if t.width, err = in.agree("width of the text embeddings", maxTextWidth, own...); err != nil {
			return err
		}
	}
	if len(in.texts) == 2 {
		widths = append(widths, claim{in.texts[1].file(), "the width of both text encoders together", in.texts[0].width + in.texts[1].width})
	}
	if in.spec.TextWidth, err = in.agree("width of the text embeddings", maxTextWidth, widths...); err != nil {
		return err
	}
	if len(in.texts) == 1 {
		in.texts[0].width = in.spec.TextWidth
	}
	if err := in.sizeConditions(); err != nil {
		return err
	}
	for _, t := range in.texts {
		if err := in.checkVocabulary(t); err != nil {
			return err
		}
	}
	return nil
}

// sizeConditions sizes what only some UNets take.
func (in *inspection) sizeConditions() (err error) {
	unet := in.unet
	if in.info.Pooled.Name != "" {
		last := in.texts[1]
		in.spec.PooledWidth, err = in.agree("width of the pooled text", maxTextWidth,
			claim{last.configFile(), "projection_dim", last.config.ProjectionDim},
			claim{unet.file(), "the width of " + in.info.Pooled.Name, dim(in.info.Pooled, 1)},
		)
		if err != nil {
			return err
		}
		last.pooledWidth = in.spec.PooledWidth
		if n := dim(in.info.TimeIDs, 1); n != 0 && n != timeIDs {
			return in.folder.failed(unet.file(), fmt.Errorf("%s holds %d numbers, not the %d of SDXL's base model", in.info.TimeIDs, n, timeIDs))
		}
	}
	if in.info.TimestepCond.Name != "" {
		in.spec.TimestepCondWidth, err = in.agree("width of the guidance", maxTextWidth,
			claim{unet.configFile(), "time_cond_proj_dim", unet.config.TimeCondDim},
			claim{unet.file(), "the width of " + in.info.TimestepCond.Name, dim(in.info.TimestepCond, 1)},
			claim{unet.file(), "the width of the guidance that its weights take", unet.meets(in.info.TimestepCond.Name).In},
		)
	}
	return err
}

// checkVocabulary checks that the encoder has an embedding for every token. It
// may have more: tables are padded.
func (in *inspection) checkVocabulary(t *textPart) error {
	tokens := t.tokenizer.VocabularySize()
	n, err := in.agreeOr(tokens, "size of the vocabulary", maxSize,
		claim{t.file(), "the length of its table of tokens", t.meets(t.in.Name).In},
		claim{t.configFile(), "vocab_size", t.config.VocabSize},
	)
	if err != nil {
		return err
	}
	if n < tokens {
		return in.folder.failed(t.file(), fmt.Errorf("knows %d tokens, but the tokenizer gives %d", n, tokens))
	}
	return nil
}
