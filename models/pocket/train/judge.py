"""The judge of generated pictures: what is where, and which attributes are seen.

    python3 judge.py [--work DIR] [--steps N]
    python3 judge.py --drawings FOLDER    writes drawings and their truth, for tests of the exported judge

A small network that learns, from drawings alone, the region map [28, 32, 32]
of a picture and the value of every attribute. Colours are then read by the
palette: the nearest named colour to the median of the region's pixels. The
network never sees generated pictures; blur and noise in its training make it
lenient with brush strokes, not with content. It stops and goes on like the
other stages; the rate falls to zero over N steps, so N is fixed at the start. validate() measures it on held-out
drawings, whose truth is known; evaluate.py prints that next to its results.
"""
import json
import os
import random
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

import parallel
from canvas import REGION, REGIONS
from dataset import HELD_OUT, arguments
from drawings import DOMAINS, choose, drawing, paint
from palette import BACKDROP, CLOTH, FEATHER, FUR, HAIR, SOFA

BATCH, RATE, MAP = 32, 2e-3, 32
CHECKPOINT = 'judge.pt'

VALUES = {
    'domain': ['people', 'landscapes', 'animals'],
    'people.who': ['woman', 'man', 'girl', 'boy'],
    'people.length': ['long', 'short'], 'people.texture': ['straight', 'wavy', 'curly'],
    'people.mood': ['smile', 'sad', 'neutral'], 'people.glasses': [None, 'glasses', 'sunglasses'],
    'people.beard': [False, True], 'people.earrings': [False, True], 'people.freckles': [False, True],
    'people.hat': [False, True], 'people.skin': list(range(8)), 'people.eyes': ['brown', 'blue', 'green'],
    'landscapes.feature': ['river', 'street', 'forest', 'desert', 'lake', 'field', 'snow'],
    'landscapes.hour': ['day', 'sunset', 'sunrise', 'night'],
    'landscapes.weather': ['clear', 'cloudy', 'rain', 'fog', 'snowfall'],
    'landscapes.season': ['summer', 'autumn', 'winter', 'spring'],
    'landscapes.range': ['mountains', 'hills'], 'landscapes.place': ['between', 'before'],
    'landscapes.thing': [None, 'house', 'castle', 'tree'], 'landscapes.boat': [False, True],
    'landscapes.sun': [False, True], 'landscapes.moon': [False, True],
    'animals.animal': ['cat', 'dog', 'rabbit', 'bird'], 'animals.place': ['sofa', 'grass', 'beach', 'snow', 'bed', 'carpet'],
    'animals.hat': [False, True], 'animals.collar': [False, True], 'animals.ball': [False, True],
}
# Colours are read from a region with a palette. (A collar is too thin for that.)
COLOURS = {
    'people.hair': ('hair', HAIR), 'people.hat_colour': ('hat', CLOTH), 'people.shirt': ('shirt', CLOTH),
    'people.backdrop': ('background', BACKDROP), 'animals.hat_colour': ('hat', CLOTH),
    'animals.ball_colour': ('ball', CLOTH), 'animals.place_colour': ('seat', SOFA), 'animals.wall': ('background', BACKDROP), 'animals.colour': ('animal', {**FEATHER, **FUR}),
}


def truth(attributes):
    """The judged attributes of a drawing, by their names in VALUES and COLOURS."""
    domain = attributes['domain']
    out = {'domain': domain}
    for key, value in attributes.items():
        name = f'{domain}.{key}'
        if key in ('hat', 'collar', 'ball'):
            out[name] = bool(value)
            if value and name + '_colour' in COLOURS:
                out[name + '_colour'] = value
        elif name in VALUES or name in COLOURS:
            out[name] = value
    if domain == 'animals' and attributes['place'] not in ('sofa', 'bed', 'carpet'):
        del out['animals.place_colour'], out['animals.wall']
    return out


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        def layer(i, o, stride=1):
            return nn.Sequential(nn.Conv2d(i, o, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
        self.at32 = nn.Sequential(layer(48, 32), layer(32, 32))
        self.at16 = nn.Sequential(layer(32, 64, 2), layer(64, 64))
        self.at8 = nn.Sequential(layer(64, 96, 2), layer(96, 96))
        self.up16, self.up32 = layer(96 + 64, 48), layer(48 + 32, 32)
        self.map = nn.Conv2d(32, len(REGIONS), 1)
        self.squeeze = layer(96, 32)
        self.hidden = nn.Linear(32 * 64, 128)
        self.values = nn.ModuleDict({k.replace('.', '_'): nn.Linear(128, len(v)) for k, v in VALUES.items()})

    def forward(self, x):
        """x [B, 3, 128, 128] in -1 .. 1; gives region logits [B, 28, 32, 32] and attribute logits."""
        a = self.at32(F.pixel_unshuffle(x, 4))
        b = self.at16(a)
        c = self.at8(b)
        up = self.up16(torch.cat([F.interpolate(c, scale_factor=2.), b], 1))
        up = self.up32(torch.cat([F.interpolate(up, scale_factor=2.), a], 1))
        h = F.relu(self.hidden(self.squeeze(c).flatten(1)))
        return self.map(up), {k: self.values[k.replace('.', '_')](h) for k in VALUES}


def to_tensor(images):
    """uint8 [B, 128, 128, 3] to float [B, 3, 128, 128] in -1 .. 1."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 127.5 - 1


def roughen(x, rng):
    """Blur, noise and a small shift of colour, at random."""
    if rng.random() < .5:
        x = F.interpolate(F.interpolate(x, size=int(rng.integers(48, 120)), mode='area'), size=128, mode='bilinear', align_corners=False)
    return x + .1 * rng.random() * torch.randn_like(x) + .06 * torch.randn(len(x), 3, 1, 1)


def read_colour(image, mask, palette):
    """The palette's name for the median colour of a region, or None where there is too little of it."""
    pixels = image[mask]
    if len(pixels) < 4:
        return None
    colour = np.median(pixels, 0) / 255
    return min(palette, key=lambda name: sum((a - b) ** 2 for a, b in zip(palette[name], colour)))


@torch.no_grad()
def see(model, images):
    """For each picture its attributes by name, and its region map, [B, 32, 32]."""
    maps, values = model(to_tensor(images))
    regions = maps.argmax(1).numpy()
    small = F.avg_pool2d(torch.from_numpy(images).permute(0, 3, 1, 2).float(), 4).permute(0, 2, 3, 1).numpy()
    seen = []
    for i in range(len(images)):
        about = {k: VALUES[k][int(v[i].argmax())] for k, v in values.items()}
        for name, (region, palette) in COLOURS.items():
            about[name] = read_colour(small[i], regions[i] == REGION[region], palette)
        seen.append(about)
    return seen, regions


def load(work):
    model = Judge()
    model.load_state_dict(torch.load(f'{work}/{CHECKPOINT}', map_location='cpu')['model'])
    return model.eval()


def validate(model, count=600):
    """The judge's accuracy per attribute on held-out drawings."""
    right = {}
    for first in range(0, count, 50):
        drawn = [drawing(HELD_OUT + 500000 + i) for i in range(first, first + 50)]
        seen, regions = see(model, np.stack([d[0] for d in drawn]))
        for about, region, (_, label, _, attributes) in zip(seen, regions, drawn):
            for name, value in truth(attributes).items():
                right.setdefault(name, []).append(about[name] == value)
            right.setdefault('region map', []).append((region == label[::2, ::2]).mean())
    return {name: float(np.mean(r)) for name, r in right.items()}


def loss_of(model, x, labels, truths):
    """Cross-entropy of the region map and, where an attribute applies, of its value."""
    maps, values = model(x)
    loss = F.cross_entropy(maps, labels)
    for name, logits in values.items():
        wanted = torch.tensor([VALUES[name].index(t[name]) if name in t else -1 for t in truths])
        if (wanted >= 0).any():
            loss = loss + .3 * F.cross_entropy(logits, wanted, ignore_index=-1)
    return loss


def train(work, steps):
    with open(f'{work}/attributes.json') as f:
        truths = [truth(a) for a in json.load(f)]
    images, labels = (np.load(f'{work}/{n}.npy', mmap_mode='r') for n in ('images', 'labels'))
    torch.manual_seed(5)
    model, step, path = Judge(), 0, f'{work}/{CHECKPOINT}'
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=.01)
    if os.path.exists(path):
        state = torch.load(path, map_location='cpu')
        model.load_state_dict(state['model'])
        optimiser.load_state_dict(state['optimiser'])
        step = state['step']
    rng, begun = np.random.default_rng((5, step)), time.time()
    while step < steps:
        for group in optimiser.param_groups:
            group['lr'] = RATE * min(1, (step + 1) / 50) * (1 - step / steps)
        chosen = rng.integers(0, len(images), BATCH)
        x = roughen(to_tensor(np.stack([images[i] for i in chosen])), rng)
        loss = loss_of(model, x, torch.from_numpy(np.stack([labels[i][::2, ::2] for i in chosen])).long(), [truths[i] for i in chosen])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        if step % 100 == 0 or step == steps:
            print(f'step {step} loss {loss.item():.3f} {time.time() - begun:.0f} s', flush=True)
            parallel.save({'model': model.state_dict(), 'optimiser': optimiser.state_dict(), 'step': step}, path)
    return model.eval()


def write_drawings(folder, count=9):
    """Held-out drawings, the hair, mountains or animal of each as a mask, and all attributes as text."""
    os.makedirs(folder, exist_ok=True)
    about = []
    for i in range(count):
        rng = random.Random(HELD_OUT + 700000 + i)
        attributes = choose(rng, list(DOMAINS)[i % len(DOMAINS)])
        picture, label = paint(rng, attributes)
        Image.fromarray(picture).save(f'{folder}/drawing-{i}.png')
        region = {'people': 'hair', 'landscapes': 'mountains', 'animals': 'animal'}[attributes['domain']]
        Image.fromarray((label == REGION[region]).astype(np.uint8) * 255).save(f'{folder}/drawing-{i}-{region}.png')
        about.append({'drawing': f'drawing-{i}.png', 'region': region, 'mask': f'drawing-{i}-{region}.png',
                      'values': {name: plain(value) for name, value in truth(attributes).items()}})
    with open(f'{folder}/drawings.json', 'w') as f:
        json.dump(about, f, indent=1)
        f.write('\n')


def plain(value):
    """An attribute's value as text."""
    if value is None:
        return 'none'
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    return str(value)


def main():
    parser = arguments('train the judge')
    parser.add_argument('--steps', type=int, default=2400)
    parser.add_argument('--drawings')
    options = parser.parse_args()
    if options.drawings:
        write_drawings(options.drawings)
        return
    torch.set_num_threads(1)
    for name, share in validate(train(options.work, options.steps)).items():
        print(f'{name:24s} {share:.3f}')


if __name__ == '__main__':
    main()
