"""Prompts as words and tokens, and the alignment of two of them.

The tokenizer is CLIP's: lower case, words by its regular expression, byte-pair encoding. Python's re has no
\\p{L}, so the expression below is exact for ASCII prompts, which is all that the fixtures use.
"""
import json
import os
import re
from typing import NamedTuple

import torch

WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


class Word(NamedTuple):
    text: str
    start: int  # bytes of the prompt
    end: int
    first: int  # token positions [first, last)
    last: int


class Prompt(NamedTuple):
    ids: list  # padded to the context
    length: int  # with start and end token, without padding
    words: list

    def tokens(self, span):
        """positions of the tokens of every word that the span {'start', 'end'} touches"""
        return [j for w in self.words if w.start < span['end'] and span['start'] < w.end for j in range(w.first, w.last)]


class Tokenizer:
    def __init__(self, folder):
        read = lambda name: open(os.path.join(folder, name), encoding='utf-8')
        config = json.load(read('tokenizer_config.json'))
        self.vocabulary = json.load(read('vocab.json'))
        lines = [line.split() for line in read('merges.txt').read().split('\n')]
        self.rank = {tuple(pair): n for n, pair in enumerate(lines) if len(pair) == 2 and pair[0] != '#version:'}
        self.context = config['model_max_length']
        self.start, self.end, self.pad = (self.vocabulary[config[n]] for n in ('bos_token', 'eos_token', 'pad_token'))

    def bpe(self, word):
        parts = list(word[:-1]) + [word[-1] + '</w>']
        while len(parts) > 1:
            pairs = list(zip(parts, parts[1:]))
            best = min(pairs, key=lambda pair: self.rank.get(pair, len(self.rank)))
            if best not in self.rank:
                break
            at = pairs.index(best)
            parts[at:at + 2] = [''.join(best)]
        return [self.vocabulary[part] for part in parts]

    def encode(self, prompt):
        assert prompt.isascii(), 'the reference tokenizer reads ASCII only'
        ids, words = [self.start], []
        for match in WORD.finditer(prompt.lower()):
            tokens = self.bpe(match.group())
            words.append(Word(match.group(), *match.span(), len(ids), len(ids) + len(tokens)))
            ids += tokens
        ids.append(self.end)
        assert len(ids) <= self.context, 'the reference tokenizer truncates nothing'
        return Prompt(ids + [self.pad] * (self.context - len(ids)), len(ids), words)


KEEP, SWAP, INSERT = 'keep', 'swap', 'insert'


def align(source, target):
    """Pairs of word ranges (kind, i, i_end, j, j_end), by Needleman-Wunsch over words with match 1, gap 0 and no
    mismatches. Between kept words, removed words followed by added ones are a swap; a removal maps to nothing."""
    n, m = len(source), len(target)
    same = lambda i, j: source[i].text == target[j].text
    best = [[0] * (m + 1) for _ in range(n + 1)]  # kept words of source[:i] and target[:j]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + 1 if same(i - 1, j - 1) else 0)
    kept, i, j = [], n, m
    while i and j:
        if same(i - 1, j - 1) and best[i][j] == best[i - 1][j - 1] + 1:
            i, j = i - 1, j - 1
            kept.insert(0, (i, j))
        elif best[i - 1][j] >= best[i][j - 1]:
            i -= 1
        else:
            j -= 1
    spans, i, j = [], 0, 0
    for next_i, next_j in kept + [(n, m)]:
        if j < next_j:
            spans.append((SWAP if i < next_i else INSERT, i, next_i, j, next_j))
        if next_i < n and next_j < m:
            spans.append((KEEP, next_i, next_i + 1, next_j, next_j + 1))
        i, j = next_i + 1, next_j + 1
    return spans


def mapping(source, target):
    """Where the attention of the target's tokens comes from.

    -> mapper [M, M]: source token i gives mapper[i, j] of its map to target token j. A word that is kept, and a
       swap of equal token counts, map one to one; m tokens swapped for n give 1/n each, so rows sum to 1.
       Start, end and padding map to start, end and padding, in order.
    -> kinds [M]: KEEP, SWAP or INSERT of every target token; an inserted token has no source."""
    context = len(target.ids)
    mapper, kinds = torch.zeros(context, context), [INSERT] * context

    def join(kind, i, i_end, j, j_end):
        for b in range(j, j_end):
            kinds[b] = kind
            for a in range(i, i_end):
                if i_end - i != j_end - j:
                    mapper[a, b] = 1 / (j_end - j)
                elif a - i == b - j:
                    mapper[a, b] = 1

    join(KEEP, 0, 1, 0, 1)
    for kind, i, i_end, j, j_end in align(source.words, target.words):
        if kind != INSERT:
            join(kind, source.words[i].first, source.words[i_end - 1].last, target.words[j].first, target.words[j_end - 1].last)
    tail = min(context - source.length, context - target.length) + 1
    join(KEEP, source.length - 1, source.length - 1 + tail, target.length - 1, target.length - 1 + tail)
    return mapper, kinds
