"""CLIP's byte-pair tokenizer: vocab.json and merges.txt, lower-cased.

Every byte is in the vocabulary, so any text can be encoded. learn() finds the
merges from the training captions.
"""
import json
import os
import re
from collections import Counter

START, END = '<|startoftext|>', '<|endoftext|>'
CONTEXT = 32  # tokens of an encoded prompt, start and end included
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+", re.I | re.U)


def _byte_alphabet():
    """CLIP's printable character for each of the 256 bytes."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    characters, spare = {b: chr(b) for b in printable}, 256
    for b in range(256):
        if b not in characters:
            characters[b] = chr(spare)
            spare += 1
    return characters


ALPHABET = _byte_alphabet()


def _split(text):
    """The words of a text, each spelled in the byte alphabet."""
    found = PIECES.findall(re.sub(r'\s+', ' ', text).strip().lower())
    return [''.join(ALPHABET[b] for b in word.encode('utf-8')) for word in found]


def _symbols(word):
    return list(word[:-1]) + [word[-1] + '</w>']


def _merge(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


class Tokenizer:
    def __init__(self, folder):
        with open(os.path.join(folder, 'vocab.json'), encoding='utf-8') as f:
            self.vocabulary = json.load(f)
        with open(os.path.join(folder, 'merges.txt'), encoding='utf-8') as f:
            merges = [tuple(line.split()) for line in f.read().split('\n')[1:] if line]
        self.rank = {pair: i for i, pair in enumerate(merges)}
        self.start, self.end = self.vocabulary[START], self.vocabulary[END]
        self._cache = {}

    def pieces(self, text):
        """Token numbers of a text, without start and end."""
        return [self.vocabulary[s] for word in _split(text) for s in self._word(word)]

    def encode(self, text):
        """Exactly CONTEXT token numbers: start, the text, end, and end again as padding."""
        tokens = [self.start] + self.pieces(text)[:CONTEXT - 2] + [self.end]
        return tokens + [self.end] * (CONTEXT - len(tokens))

    def _word(self, word):
        if word not in self._cache:
            symbols = _symbols(word)
            while len(symbols) > 1:
                best = min(zip(symbols, symbols[1:]), key=lambda p: self.rank.get(p, len(self.rank)))
                if best not in self.rank:
                    break
                symbols = _merge(symbols, best)
            self._cache[word] = symbols
        return self._cache[word]


def learn(texts, folder, merges=900):
    """Writes vocab.json and merges.txt; returns the size of the vocabulary."""
    counts = Counter(word for text in texts for word in _split(text))
    spelled = {word: _symbols(word) for word in counts}
    rules = []
    while len(rules) < merges:
        pairs = Counter()
        for word, symbols in spelled.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        rules.append(best)
        spelled = {word: _merge(symbols, best) for word, symbols in spelled.items()}
    characters = list(ALPHABET.values())
    vocabulary = characters + [c + '</w>' for c in characters] + [a + b for a, b in rules] + [START, END]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'vocab.json'), 'w', encoding='utf-8') as f:
        json.dump({token: i for i, token in enumerate(vocabulary)}, f, ensure_ascii=False)
    with open(os.path.join(folder, 'merges.txt'), 'w', encoding='utf-8') as f:
        f.write('#version: 0.2\n' + '\n'.join(' '.join(rule) for rule in rules) + '\n')
    return len(vocabulary)
