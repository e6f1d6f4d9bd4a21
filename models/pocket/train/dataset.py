"""Renders the training drawings and learns the tokenizer from their captions.

    python3 dataset.py [--work DIR] [--count 80000] [drawings] [captions]

"drawings" writes images.npy, labels.npy (region maps) and attributes.json to
DIR; "captions" writes tokenizer/, vocabulary.json and, for CAPTIONS phrasings
of each drawing, tokens.npy and token_regions.npy (for each token one bit per
region that it is about). Without a name both are made.
"""
import argparse
import json
import os
import time
from multiprocessing import Pool

import numpy as np

import captions
from canvas import LABEL_SIZE, REGION, SIZE
from drawings import caption_of, drawing
from tokenizer import CONTEXT, Tokenizer, learn

WORK = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'work')
HELD_OUT = 1 << 30  # seeds from here on are for evaluation alone
CHUNK = 500           # drawings rendered at a time
CAPTIONS = 4          # phrasings of each drawing


def arguments(description):
    """The options every stage shares."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--work', default=WORK, help='folder for everything that is computed')
    return parser


def _render(first):
    return first, [drawing(seed) for seed in range(first, first + CHUNK)]


def render(work, count):
    os.makedirs(work, exist_ok=True)
    images = np.lib.format.open_memmap(f'{work}/images.part.npy', 'w+', np.uint8, (count, SIZE, SIZE, 3))
    labels = np.lib.format.open_memmap(f'{work}/labels.part.npy', 'w+', np.uint8, (count, LABEL_SIZE, LABEL_SIZE))
    attributes = [None] * count
    with Pool(2) as pool:
        for first, drawn in pool.imap_unordered(_render, range(0, count, CHUNK)):
            for i, (image, label, _, about) in enumerate(drawn):
                images[first + i], labels[first + i], attributes[first + i] = image, label, about
    images.flush()
    labels.flush()
    for name in ('images', 'labels'):
        os.replace(f'{work}/{name}.part.npy', f'{work}/{name}.npy')
    with open(f'{work}/attributes.json', 'w') as f:
        json.dump(attributes, f)


def vocabulary(phrasings):
    """The words that captions use, sorted; possessives also without their 's."""
    words = {w.strip(',').lower() for words in phrasings for w, _ in words}
    return sorted(words | {w[:-2] for w in words if w.endswith("'s")})


def tokenize(work):
    with open(f'{work}/attributes.json') as f:
        attributes = json.load(f)
    phrasings = [caption_of(seed, a, k) for seed, a in enumerate(attributes) for k in range(CAPTIONS)]
    size = learn([captions.text(words) for words in phrasings], f'{work}/tokenizer')
    tokenizer = Tokenizer(f'{work}/tokenizer')
    tokens = np.zeros((len(phrasings), CONTEXT), np.int32)
    regions = np.zeros((len(phrasings), CONTEXT), np.uint32)
    longest = 0
    for i, words in enumerate(phrasings):
        tokens[i], regions[i], length = encode(tokenizer, words)
        longest = max(longest, length)
    np.save(f'{work}/tokens.npy', tokens.reshape(-1, CAPTIONS, CONTEXT))
    np.save(f'{work}/token_regions.npy', regions.reshape(-1, CAPTIONS, CONTEXT))
    with open(f'{work}/vocabulary.json', 'w') as f:
        json.dump(vocabulary(phrasings), f, indent=1)
    print(f'{size} tokens in the vocabulary, the longest caption has {longest}')


def encode(tokenizer, words):
    """Token numbers [32] of a caption, their region bits [32], and its length in tokens."""
    regions, at = np.zeros(CONTEXT, np.uint32), 1
    for word, names in words:
        n = len(tokenizer.pieces(word))
        regions[at:min(at + n, CONTEXT - 1)] = sum(1 << REGION[name] for name in set(names))
        at += n
    return tokenizer.encode(captions.text(words)), regions, at + 1


def main():
    parser = arguments('render the training drawings and their captions')
    parser.add_argument('--count', type=int, default=80000)
    parser.add_argument('parts', nargs='*', help='drawings, captions; both without a name')
    options = parser.parse_args()
    parts = options.parts or ['drawings', 'captions']
    if 'drawings' in parts:
        start = time.time()
        render(options.work, options.count)
        print(f'rendered {options.count} drawings in {time.time() - start:.0f} s', flush=True)
    if 'captions' in parts:
        tokenize(options.work)


if __name__ == '__main__':
    main()
