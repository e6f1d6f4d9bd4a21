"""One drawing and its caption from a seed.

    python3 drawings.py sheet.png [first seed]   paints a sheet to look at
"""
import random
import sys

import animals
import captions
import landscapes
import people
from canvas import Canvas

DOMAINS = {'people': (people, .45), 'landscapes': (landscapes, .33), 'animals': (animals, .22)}


def choose(rng, domain=None):
    """Attributes of a drawing; the domain at random unless given."""
    if domain is None:
        domain = rng.choices(list(DOMAINS), [share for _, share in DOMAINS.values()])[0]
    return DOMAINS[domain][0].choose(rng)


def paint(rng, attributes, scale=1):
    """The picture, uint8 [128, 128, 3] times the scale, and its region map, uint8 [64, 64]."""
    canvas = Canvas(scale)
    DOMAINS[attributes['domain']][0].draw(canvas, rng, attributes)
    return canvas.pixels()


def drawing(seed):
    """Picture, region map, caption words and attributes; the same for the same seed."""
    rng = random.Random(seed)
    attributes = choose(rng)
    return *paint(rng, attributes), caption_of(seed, attributes), attributes


def caption_of(seed, attributes, phrasing=0):
    """One of the many captions of a drawing. Its dice are its own: new phrasings leave the picture as it is."""
    return captions.caption(random.Random(f'caption {seed} {phrasing}'), attributes)


def sheet(pictures, columns, path, scale=2):
    """Saves pictures, each uint8 [h, w, 3], side by side."""
    import numpy as np
    from PIL import Image
    rows = [np.concatenate(pictures[i:i + columns], 1) for i in range(0, len(pictures) // columns * columns, columns)]
    image = Image.fromarray(np.concatenate(rows, 0))
    image.resize((image.width * scale, image.height * scale), Image.LANCZOS).save(path)


if __name__ == '__main__':
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    drawn = [drawing(first + i) for i in range(48)]
    sheet([d[0] for d in drawn], 8, sys.argv[1])
    for d in drawn:
        print(captions.text(d[2]))
