"""Measures the trained model on captions and seeds that training never used.

    python3 evaluate.py [--work DIR] [--count 192] [--sheet FILE.png]

Prints: reconstruction by the autoencoder; how often an attribute that the
caption names is seen by the judge (with the judge's own accuracy on drawings
beside it, and the rate on the decoded drawings), also per skin tone;
diversity; and where the attention of words lies.
"""
import random

import numpy as np
import torch

import captions
import judge
import train_autoencoder
import train_denoiser
from autoencoder import SCALING_FACTOR
from canvas import REGION
from dataset import HELD_OUT, arguments, encode
from drawings import caption_of, choose, drawing, sheet
from sampler import Sampler, timesteps
from train_denoiser import region_shares

FUR_AND_HAIR = {'blonde': 'blond', 'grey': 'gray'}
MOODS = {'smile': 'smile', 'smiling': 'smile', 'happy': 'smile', 'laughing': 'smile', 'sad': 'sad'}
HOURS = {'sunset': 'sunset', 'dusk': 'sunset', 'evening': 'sunset', 'sunrise': 'sunrise', 'dawn': 'sunrise', 'morning': 'sunrise',
         'night': 'night'}
SEASONS = {'winter': 'winter', 'snowy': 'winter', 'autumn': 'autumn', 'fall': 'autumn', 'spring': 'spring', 'summer': 'summer'}
WEATHERS = {'rain': 'rain', 'rainy': 'rain', 'fog': 'fog', 'foggy': 'fog', 'snowfall': 'snowfall', 'falling': 'snowfall',
            'cloudy': 'cloudy'}


def named(words, attributes):
    """The judged attributes that a caption names, as {name: value}."""
    truth, out = judge.truth(attributes), {}
    domain = attributes['domain']
    spoken = {}
    for word, regions in words:
        word = word.strip(',').lower()
        for region in regions or ['']:
            spoken.setdefault(region, set()).add(FUR_AND_HAIR.get(word, word))
    everything = set().union(*spoken.values())

    def ask(key, happens):
        name = f'{domain}.{key}'
        if happens and name in truth:
            out[name] = truth[name]

    if domain == 'people':
        hair = spoken.get('hair', set()) - {'a'}
        ask('hair', attributes['hair'] in hair or attributes['hair'] == 'red' and 'ginger' in hair)
        ask('length', attributes['length'] in hair)
        ask('texture', attributes['texture'] in hair)
        for key in ('glasses', 'beard', 'earrings', 'freckles', 'hat'):
            ask(key, {'glasses': {'glasses', 'sunglasses'}, 'beard': {'beard', 'bearded'}}.get(key, {key}) & everything)
        ask('hat_colour', attributes['hat'] in spoken.get('hat', ()))
        ask('shirt', 'shirt' in spoken)
        ask('backdrop', 'background' in spoken)
        ask('eyes', {'eyes'} & everything)
        ask('mood', MOODS.keys() & everything)
        ask('who', 'person' not in everything)
    elif domain == 'landscapes':
        ask('feature', True)
        ask('range', {'mountains', 'hills'} & everything)
        ask('place', {'between', 'before', 'front'} & everything)
        ask('hour', HOURS.keys() & everything)
        ask('season', SEASONS.keys() & everything)
        ask('weather', WEATHERS.keys() & everything)
        ask('thing', {'house', 'castle', 'tree'} & everything)
        for key in ('boat', 'moon', 'sun'):
            ask(key, key in everything)
    else:
        ask('animal', True)
        ask('place', True)
        ask('colour', attributes['colour'] in spoken.get('animal', ()) or 'ginger' in everything)
        ask('place_colour', attributes['place_colour'] in spoken.get('seat', ()))
        ask('wall', 'wall' in everything)
        for key in ('hat', 'collar', 'ball'):
            ask(key, key in everything)
            ask(key + '_colour', attributes[key] in spoken.get(key, ()))
    return out


def held_out_captions(count):
    """(caption words, attributes) of drawings that were never rendered for training, the domains in turn."""
    out = []
    for i in range(count):
        attributes = choose(random.Random(HELD_OUT + i), ('people', 'people', 'landscapes', 'animals')[i % 4])
        out.append((caption_of(HELD_OUT + i, attributes), attributes))
    return out


def tally(seen, wanted, into):
    for about, asked in zip(seen, wanted):
        for name, value in asked.items():
            into.setdefault(name, []).append(about[name] == value)


def accuracy(sampler, critic, cases):
    """Shares of named attributes that the judge sees; in all and per seen skin tone."""
    texts = [captions.text(words) for words, _ in cases]
    pictures = sampler.pictures(texts, [20000 + i for i in range(len(texts))])
    wanted = [named(words, attributes) for words, attributes in cases]
    rates, by_skin, seen = {}, {}, []
    for i in range(0, len(pictures), 32):
        seen += judge.see(critic, pictures[i:i + 32])[0]
    tally(seen, wanted, rates)
    for about, asked in zip(seen, wanted):
        if any(name.startswith('people.') for name in asked):
            tally([about], [asked], by_skin.setdefault(about['people.skin'], {}))
    return pictures, rates, by_skin


def reconstruction(autoencoder, critic, count=192):
    """PSNR on held-out drawings, and the judge's view of the decoded drawings."""
    drawn = [drawing(HELD_OUT + 100000 + i) for i in range(count)]
    images, decoded, rates = np.stack([d[0] for d in drawn]), [], {}
    with torch.no_grad():
        for i in range(0, count, 32):
            x = train_autoencoder.to_tensor(images[i:i + 32])
            y = autoencoder.decode(autoencoder.encode(x)[0]).clamp(-1, 1)
            decoded.append(((y + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy())
            tally(judge.see(critic, decoded[-1])[0], [judge.truth(d[3]) for d in drawn[i:i + 32]], rates)
    error = ((np.concatenate(decoded).astype(float) - images) ** 2).mean((1, 2, 3)) / 255 ** 2
    return -10 * np.log10(error), rates


@torch.no_grad()
def attention(work, count=96):
    """Per word, [share, covered, precise]: the share of its 16x16 cross-attention inside its true region; and of the
    mask that the local blend would make of this word alone (over .3 of the peak) how much of the
    region it covers and how much of it lies in the region. Averaged over a run's timesteps on held-out drawings with
    noise."""
    unet, text, _ = train_denoiser.load(work)
    sampler, autoencoder = Sampler(work), train_autoencoder.load(work)
    layers = unet.cross_attention_16()
    for layer in layers:
        layer.keep = True
    found = {}
    generator = torch.Generator().manual_seed(3)
    for i in range(count):
        image, label, words, _ = drawing(HELD_OUT + 200000 + i)
        tokens, bits, _ = encode(sampler.tokenizer, words)
        z = autoencoder.encode(train_autoencoder.to_tensor(image[None]))[0] * SCALING_FACTOR
        steps = torch.tensor(timesteps(10))
        a = sampler.alphas[steps].view(-1, 1, 1, 1)
        x = a.sqrt() * z + (1 - a).sqrt() * torch.randn(len(steps), *z.shape[1:], generator=generator)
        unet(x, steps, text(torch.tensor([tokens])).expand(len(steps), -1, -1))
        maps = torch.stack([layer.probabilities.mean(1) for layer in layers]).mean((0, 1))  # [256, 32]
        region = torch.from_numpy(region_shares(label))
        at = 1
        for word, names in words:
            n = len(sampler.tokenizer.pieces(word))
            if names and at + n < 32:
                mask = sum(region[REGION[name]] for name in set(names))
                if mask.sum() > 1:
                    column = maps[:, at:at + n].sum(1)
                    word = word.strip(',')
                    blend, region_mask = column / column.max() > .3, mask > .5
                    both = int((blend & region_mask).sum())
                    found.setdefault(word, []).append((float((column * (mask * 2).clamp(max=1)).sum() / column.sum()),
                                                       both / max(1, int(region_mask.sum())), both / int(blend.sum())))
            at += n
    return found


def diversity(sampler, critic, count=32):
    """How pictures of one caption differ between seeds: pixels (mean absolute, 0 .. 255) and judged attributes."""
    out = []
    for caption, names in (("a woman's face with blond hair", ('people.skin', 'people.backdrop', 'people.shirt', 'people.length')),
                           ('a river between mountains', ('landscapes.thing', 'landscapes.boat')),
                           ('a cat on a sofa', ('animals.colour', 'animals.place_colour', 'animals.wall'))):
        pictures = sampler.pictures([caption] * count, list(range(30000, 30000 + count)))
        pairs = np.abs(pictures[::2].astype(float) - pictures[1::2]).mean()
        seen, _ = judge.see(critic, pictures)
        values = {name: len({about[name] for about in seen}) for name in names}
        out.append(f'{caption}: {pairs:.1f}, different values in {count}: {values}')
    return out


def main():
    parser = arguments('measure the trained model')
    parser.add_argument('--count', type=int, default=192)
    parser.add_argument('--sheet')
    options = parser.parse_args()
    torch.set_num_threads(1)
    sampler, critic = Sampler(options.work), judge.load(options.work)
    print('step', sampler.step)
    decibels, decoded = reconstruction(sampler.autoencoder, critic)
    print(f'reconstruction: {decibels.mean():.2f} dB, worst {decibels.min():.2f}')
    own = judge.validate(critic)
    pictures, rates, by_skin = accuracy(sampler, critic, held_out_captions(options.count))
    print(f'\n{"attribute":24s} generated      n   decoded  drawing (the judge itself)')
    for name in sorted(rates):
        print(f'{name:24s} {np.mean(rates[name]):9.3f} {len(rates[name]):6d} {np.mean(decoded.get(name, [np.nan])):9.3f} {own.get(name, np.nan):8.3f}')
    print('\nskin tone, all attributes of people together')
    for tone in sorted(by_skin):
        hits = [h for r in by_skin[tone].values() for h in r]
        print(f'{tone}: {np.mean(hits):.3f} of {len(hits)}')
    print('\ndiversity between seeds')
    print('\n'.join(diversity(sampler, critic)))
    print('\nword: attention inside its region; of a local blend on it alone, region covered and mask inside')
    words = attention(options.work)
    for word in sorted(words, key=lambda w: -len(words[w])):
        if len(words[word]) > 2:
            print('%-14s %.3f %.3f %.3f (n %d)' % (word, *np.mean(words[word], 0), len(words[word])))
    print('all words: %.3f %.3f %.3f' % tuple(np.mean([row for rows in words.values() for row in rows], 0)))
    if options.sheet:
        sheet(list(pictures[:64]), 8, options.sheet)


if __name__ == '__main__':
    main()
