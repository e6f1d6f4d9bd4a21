"""Held-out drawings, each with the same drawing after a true edit.

    python3 true_edits.py FOLDER [count] [first]

FOLDER gets pairs of PNGs and about.json: what the drawing shows, what somebody says
to change one thing of it, and what is true of it then. `go run ./tests/bench -only
photo` takes the drawings for photographs and compares its edits with the truth.

Every part of a drawing has dice of its own here, so that one attribute can change and
all else stays as it was. first moves on to drawings that the benchmark does not use,
to try settings on.
"""
import json
import os
import random
import sys
from contextlib import contextmanager

import numpy as np
from PIL import Image

import people
from captions import text
from drawings import caption_of, choose, paint

FIRST = (1 << 30) + 900_000  # seeds that no training and no other measurement used
SCALE = 2  # photographs are larger than what the model draws


class PartDice:
    """Dice that depend on who throws them: every function of the renderer has its own."""

    def __init__(self, seed):
        self._seed, self._of = seed, {}

    def _dice(self):
        frame, names = sys._getframe(2), []
        while frame and frame.f_code.co_name != 'paint':
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        return self._of.setdefault(tuple(names), random.Random(f'{self._seed} {names}'))

    def random(self):
        return self._dice().random()

    def uniform(self, a, b):
        return self._dice().uniform(a, b)

    def choice(self, options):
        return self._dice().choice(options)


@contextmanager
def bareheaded():
    """People are drawn as with a hat, which needs room, but without it."""
    hat, people._hat = people._hat, lambda canvas, person: None
    yield
    people._hat = hat


# What a kind of edit makes of a drawing: what is said, the attributes that change, and
# what the judge must see then. None if it does not suit the drawing.

def _whose(a):
    return 'her' if a['who'] in ('woman', 'girl') else 'his'


def _him(a):
    return 'her' if a['who'] in ('woman', 'girl') else 'him'


def hair(rng, a):
    if a['domain'] != 'people':
        return None
    to = rng.choice([c for c in ('blond', 'brown', 'red', 'black') if c != a['hair']])
    return f'make {_whose(a)} hair {to}', {'hair': to}, {'people.hair': to}


def glasses(rng, a):
    if a['domain'] != 'people' or a['glasses']:
        return None
    return f'give {_him(a)} glasses', {'glasses': 'glasses'}, {'people.glasses': 'glasses'}


def hat(rng, a):
    if a['domain'] != 'people' or a['hat']:
        return None
    to = rng.choice(['red', 'blue', 'green', 'yellow', 'black', 'purple'])
    return f'give {_him(a)} a {to} hat', {'hat': to}, {'people.hat': 'yes', 'people.hat_colour': to}


def background(rng, a):
    if a['domain'] != 'people':
        return None
    to = rng.choice([c for c in ('blue', 'green', 'yellow', 'pink', 'orange', 'purple') if c != a['backdrop']])
    return f'make the background {to}', {'backdrop': to}, {'people.backdrop': to}


def smile(rng, a):
    if a['domain'] != 'people' or a['mood'] == 'smile':
        return None
    return f'make {_him(a)} smile', {'mood': 'smile'}, {'people.mood': 'smile'}


def coat(rng, a):
    if a['domain'] != 'animals' or a['animal'] == 'bird':
        return None
    to = rng.choice([c for c in ('black', 'white', 'gray', 'brown', 'orange') if c not in (a['colour'], a['collar'])])
    return f'make the {a["animal"]} {to}', {'colour': to}, {'animals.colour': to}


def season(rng, a):
    if a['domain'] != 'landscapes' or a['feature'] in ('desert', 'snow') or a['weather'] in ('rain', 'snowfall'):
        return None
    to = rng.choice([s for s in ('winter', 'autumn', 'summer') if s != a['season']])
    return f'make it {to}', {'season': to}, {'landscapes.season': to}


def hour(rng, a):
    if a['domain'] != 'landscapes' or a['hour'] != 'day':
        return None
    to, clear = rng.choice(['night', 'sunset']), a['weather'] == 'clear'
    lights = {'hour': to, 'stars': clear and to == 'night', 'sun': clear and to == 'sunset', 'moon': clear and to == 'night'}
    return f'make it {to}', lights, {'landscapes.hour': to}


def feature(rng, a):
    if a['domain'] != 'landscapes' or a['feature'] not in ('river', 'street', 'lake', 'field') or a['boat'] or a['thing']:
        return None
    to = rng.choice([f for f in ('river', 'street', 'lake', 'forest') if f != a['feature']])
    return f'change the {a["feature"]} to a {to}', {'feature': to}, {'landscapes.feature': to}


# How many of 64 are of each kind.
KINDS = {hair: 10, glasses: 8, hat: 6, background: 8, smile: 6, coat: 8, season: 6, hour: 6, feature: 6}


def pair(seed, kind):
    """The drawing, the drawing after the edit, and what is said of them; None if the edit does not suit the drawing."""
    attributes = choose(random.Random(seed))
    edit = kind(random.Random(f'edit {seed}'), attributes)
    if edit is None:
        return None
    said, changed, wanted = edit
    caption = text(caption_of(seed, attributes))
    if not _speaks(caption, kind, attributes):
        return None
    after = attributes | changed
    if kind is hat:
        with bareheaded():
            before, _ = paint(PartDice(seed), after, SCALE)
    else:
        before, _ = paint(PartDice(seed), attributes, SCALE)
    truth, _ = paint(PartDice(seed), after, SCALE)
    return before, truth, {'kind': kind.__name__, 'caption': caption, 'said': said, 'wanted': wanted}


def _speaks(caption, kind, a):
    """Somebody who says what a picture shows speaks of what is to change: hair, the river."""
    if kind is hair:
        return 'hair' in caption
    if kind is feature:
        return a['feature'] in caption
    if kind is coat:
        return a['animal'] in caption
    return True


def kinds(count):
    """The kinds of so many edits, in their shares and mixed."""
    mixed = sorted((i / n, name.__name__, name) for name, n in KINDS.items() for i in range(n))
    return [mixed[i % len(mixed)][2] for i in range(count)]


def pairs(count, first):
    """So many pairs of the drawings from first on, each drawing in one at most."""
    seed = FIRST + first
    for kind in kinds(count):
        while (made := pair(seed, kind)) is None:
            seed += 1
        seed += 1
        yield made


def main(folder, count=64, first=0):
    os.makedirs(folder, exist_ok=True)
    about = []
    for i, (before, truth, said) in enumerate(pairs(count, first)):
        names = {'picture': f'{i:02}.png', 'truth': f'{i:02}-true.png'}
        for name, drawn in zip(names.values(), (before, truth)):
            Image.fromarray(np.asarray(drawn)).save(f'{folder}/{name}', optimize=True)
        about.append(names | said)
    with open(f'{folder}/about.json', 'w') as f:
        json.dump(about, f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main(sys.argv[1], *map(int, sys.argv[2:4]))
