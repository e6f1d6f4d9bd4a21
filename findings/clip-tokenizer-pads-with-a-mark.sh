#!/usr/bin/env bash
# What one would guess: the pad token of a tokenizer says what fills a text up,
# and does not change how the text itself is read.
#
# What happens: transformers makes every special token a word of its own, which
# is looked for before CLIP's splitting and byte-pair encoding. Stable Diffusion
# 2 and the second text encoder of SDXL have tokenizers that pad with "!", whose
# id is 0; the mark at a word's end is another token, "!</w>", 256 in CLIP's
# vocabulary. With such a tokenizer a "!" in a prompt becomes id 0, that is
# padding, and is gone when the ids are decoded without special tokens. SDXL's
# two encoders therefore read one prompt as different tokens, at the same places.
# OpenCLIP, with which these models were trained, has no pad token and reads
# "!</w>".
#
# Versions: transformers 4.57.3 and 5.24.0, Python 3.11, Linux on amd64. Seen on
# 2026-12-01, both alike, with a vocabulary of twelve tokens in which "!" is 0
# and "!</w>" is 4:
#
#     pads with the end token   cat! cat   10 9 4 9 11   "cat ! cat"
#     pads with "!"             cat! cat   10 9 0 9 11   "cat cat"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > mark.py <<'PY'
import json
import sys

import transformers
from transformers import CLIPTokenizer

TOKENS = ["!", "c", "a", "t", "!</w>", "c</w>", "a</w>", "t</w>", "ca", "cat</w>", "<|startoftext|>", "<|endoftext|>"]


def write(name, value):
    with open(name, "w") as file:
        file.write(value if isinstance(value, str) else json.dumps(value))


write("vocab.json", {token: i for i, token in enumerate(TOKENS)})
write("merges.txt", "#version: 0.2\nc a\nca t</w>\n")
end = "<|endoftext|>"
write("tokenizer_config.json", {
    "tokenizer_class": "CLIPTokenizer", "model_max_length": 8,
    "bos_token": "<|startoftext|>", "eos_token": end, "unk_token": end, "pad_token": end,
})
print("transformers", transformers.__version__)
right = True
for pad, ids, text in ((end, [10, 9, 4, 9, 11], "cat ! cat"), ("!", [10, 9, 0, 9, 11], "cat cat")):
    tokenizer = CLIPTokenizer.from_pretrained(".", pad_token=pad)
    got = tokenizer("cat! cat").input_ids
    back = tokenizer.decode(got, skip_special_tokens=True)
    print("  pads with", pad, got, repr(back))
    right = right and got == ids and back.split() == text.split()
sys.exit(not right)
PY
for version in 4.57.3 5.24.0; do
  python3 -m venv "$version"
  "$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version"
  TRANSFORMERS_VERBOSITY=error "$version/bin/python" mark.py
done
