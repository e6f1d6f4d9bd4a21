"""Held-out drawings with their captions and what they show, to calibrate what is said of pictures.

    python3 held_out.py FOLDER [count]

FOLDER gets PNGs and about.json, which `go run ./tests/bench -only calibrate -drawings FOLDER` reads.
"""
import json
import os
import sys

from PIL import Image

from captions import text
from drawings import drawing

FIRST = (1 << 30) + 800_000  # seeds that no training used


def plain(value):
    """An attribute's value as text."""
    if value is None:
        return 'none'
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    return str(value)


if __name__ == '__main__':
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    about = []
    for i in range(int(sys.argv[2]) if len(sys.argv) > 2 else 1200):
        picture, _, caption, attributes = drawing(FIRST + i)
        Image.fromarray(picture).save(f'{folder}/{i}.png')
        about.append({'picture': f'{i}.png', 'caption': text(caption), 'truth': {k: plain(v) for k, v in attributes.items()}})
    with open(f'{folder}/about.json', 'w') as f:
        json.dump(about, f)
