"""Writes fixtures/: recipes with the noise they begin with and the latents they must end with.

    /usr/bin/python3 tests/reference/make_fixtures.py [FOLDER]

Run it again whenever the bundled model's weights change: fixtures belong to the weights they name. The format
is in README.md.
"""
import copy
import hashlib
import json
import os
import sys

import torch

from model import Model
from p2p import Pipeline, noise

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = os.path.join(HERE, '../../models/pocket/model')
WEIGHTS = ['text_encoder/model.onnx', 'unet/model.onnx', 'tokenizer/vocab.json', 'tokenizer/merges.txt']
STEPS, GUIDANCE = 10, 4.5


# Recipes, written as package recipe's JSON. Words are named and turned into spans of the prompt.

def span(prompt, word):
    start = prompt.index(word)
    return {'start': start, 'end': start + len(word)}


def window(to, since=0):
    return {'from': since, 'to': to}


def turn(prompt, cross=0, self=0, value=0, mix=0, layers='', weights=None, words=None, blend=None):
    """cross, self and value are where the windows end, or (from, to); blend is (k, start, source turn, its words, words)"""
    pair = lambda w: window(w[1], w[0]) if isinstance(w, tuple) else window(w)
    out = {'prompt': prompt, 'windows': {'cross': pair(cross), 'self': pair(self), 'value': pair(value)}, 'blend': {}}
    if mix:
        out['windows']['value_mix'] = mix
    if layers:
        out['windows']['value_layers'] = layers
    if words:
        out['windows']['cross_words'] = [{**span(prompt, w), **pair(to)} for w, to in words.items()]
    if weights:
        out['weights'] = [{**span(prompt, w), 'factor': factor} for w, factor in weights.items()]
    if blend:
        k, start, source, source_words, target_words = blend
        out['blend'] = {'threshold': k, 'start': start, 'source': [span(source, w) for w in source_words],
                        'target': [span(prompt, w) for w in target_words]}
    return out


# Words that the bundled vocabulary has whole (blond, red) and words it has not (auburn, vermilion).
BLOND = "a woman's face with blond hair"
RED = "a woman's face with red hair"
AUBURN = "a woman's face with auburn hair and a hat"
GLASSES = "a woman's face with blond hair and glasses"
RIVER = 'a river in a forest'


def cases():
    """name, turns, settings other than the usual ones"""
    yield 'plain', [turn(BLOND)], {}
    yield 'plain_seven_steps', [turn(BLOND)], {'steps': 7}  # 1000 is no multiple of 7
    yield 'plain_without_guidance', [turn(BLOND)], {'guidance': 1}
    yield 'plain_with_dpm_solver', [turn(BLOND)], {'scheduler': 'dpmpp_2m'}
    yield 'chain_with_dpm_solver', [
        turn(BLOND), turn(RED, cross=.8, self=.4, blend=(.3, .2, BLOND, ['blond', 'hair'], ['red', 'hair'])),
        turn(GLASSES.replace('blond', 'red'), cross=.5, self=.6),
    ], {'scheduler': 'dpmpp_2m', 'steps': 7}
    yield 'word_swap', [turn(BLOND), turn(RED, cross=.8, self=.4)], {}
    yield 'word_swap_rounded_windows', [turn(BLOND), turn(RED, cross=(.25, .74), self=(.15, .45))], {}
    yield 'word_swap_one_token_for_several', [turn(BLOND + ' and a hat'), turn(AUBURN, cross=.8, self=.4)], {}
    yield 'word_swap_several_tokens_for_one', [turn(AUBURN), turn(RED + ' and a hat', cross=.8, self=.4)], {}
    yield 'word_swap_several_tokens_for_more', [turn(AUBURN), turn(AUBURN.replace('auburn', 'vermilion'), cross=.8, self=.4)], {}
    yield 'word_swap_one_word_for_three', [turn(RIVER), turn('a snowy old street in a forest', cross=.4, self=.4)], {'seed': 42}
    yield 'refinement', [turn(BLOND), turn(GLASSES, cross=.8, self=.4)], {}
    yield 'refinement_in_the_middle', [turn(BLOND), turn("a young woman's smiling face with blond hair", cross=1, self=.4)], {}
    yield 'removal', [turn(GLASSES), turn(BLOND, cross=.8, self=.4)], {}
    yield 'reweight_up', [turn(BLOND), turn(BLOND, cross=.8, self=.4, weights={'blond': 3})], {}
    yield 'reweight_to_zero', [turn(BLOND), turn(BLOND, cross=.8, self=.4, weights={'blond': 0})], {}
    yield 'reweight_negative', [turn(BLOND), turn(BLOND, cross=.2, self=.8, weights={'blond': -2})], {}
    yield 'reweight_outside_of_the_window', [turn(BLOND), turn(BLOND, weights={'hair': 2})], {}
    yield 'reweight_of_the_root', [turn(BLOND, weights={'hair': 2, 'blond': -1})], {}
    yield 'local_blend', [turn(BLOND), turn(RED, cross=.8, self=.4, blend=(.3, .2, BLOND, ['blond', 'hair'], ['red', 'hair']))], {}
    yield 'local_blend_of_reweighted_words', [
        turn(BLOND, weights={'hair': 2}),
        turn(RED, cross=.8, self=.4, weights={'red': -2, 'hair': 0}, blend=(.4, .45, BLOND, ['hair'], ['red', 'hair'])),
    ], {}
    yield 'per_word_windows', [turn(BLOND), turn(RED, cross=.8, self=.4, words={'red': .2, 'hair': (.3, 1)})], {}
    yield 'value_injection', [turn(BLOND), turn(RED, cross=.8, self=.4, value=.5, mix=.7)], {}
    yield 'value_injection_of_everything', [turn(BLOND), turn(AUBURN, cross=1, self=1, value=1, mix=1)], {}
    for layers in ('cross', 'self'):
        yield f'value_injection_in_{layers}_attention', [turn(BLOND), turn(RED, cross=.8, self=.4, value=.8, mix=1, layers=layers)], {}
    yield 'chain_there_and_back', [turn(BLOND), turn(RED, cross=.8, self=.4), turn(BLOND, cross=.8, self=.4)], {}
    yield 'chain_of_three_edits', [
        turn(BLOND),
        turn(GLASSES, cross=.8, self=.6, blend=(.3, .2, BLOND, [], ['glasses'])),
        turn(GLASSES.replace('blond', 'auburn'), cross=.6, self=.8, blend=(.3, .2, GLASSES, ['blond', 'hair'], ['auburn', 'hair'])),
        turn("a woman's face with auburn hair", cross=(.1, 1), self=(.2, .9)),
    ], {'seed': 7}
    yield 'chain_of_values', [turn(BLOND), turn(RED, cross=.8, self=.4, value=.6, mix=.5), turn(RED + ' and glasses', cross=.5, value=1, mix=1)], {}
    yield 'chain_after_reweighting', [
        turn(BLOND), turn(BLOND, cross=.8, self=.4, weights={'blond': 2}), turn(GLASSES, cross=.8, self=.4, weights={'blond': 2}),
    ], {}
    yield 'composition', [
        turn(BLOND),
        turn("a woman's face with curly red hair and glasses", cross=.7, self=.5, weights={'curly': 2, 'face': .5}, words={'face': 1},
             value=.3, mix=.5, blend=(.25, .3, BLOND, ['blond', 'hair'], ['curly', 'red', 'hair', 'glasses'])),
    ], {'seed': 2**63 + 5}


NOISE_SEEDS = [0, 1, 7, 42, 2**31, 2**63 + 5]
NOISE_SIZES = [1, 2, 7, 15, 16, 17, 31, 100, 1023]


class Arrays:
    """little-endian float32 numbers, one array after the other"""

    def __init__(self):
        self.parts, self.length = [], 0

    def add(self, tensor):
        """the place of the tensor's first number"""
        at = self.length
        self.parts.append(tensor.detach().float().contiguous().numpy().astype('<f4').tobytes())
        self.length += tensor.numel()
        return at

    def write(self, path):
        with open(path, 'wb') as file:
            file.write(b''.join(self.parts))


def noise_fixtures(arrays, shape):
    """samples of torch's generator: all of a small picture's, the first and last of Stable Diffusion's, odd sizes"""
    for seed in NOISE_SEEDS:
        whole = noise(seed, shape).flatten()
        yield {'seed': seed, 'size': len(whole), 'parts': [{'from': 0, 'count': len(whole), 'at': arrays.add(whole)}]}
        x = noise(seed, (4, 64, 64)).flatten()
        yield {'seed': seed, 'size': len(x), 'parts': [
            {'from': 0, 'count': 64, 'at': arrays.add(x[:64])}, {'from': len(x) - 64, 'count': 64, 'at': arrays.add(x[-64:])}]}
    for size in NOISE_SIZES:
        x = torch.randn(size, generator=torch.Generator('cpu').manual_seed(42))
        yield {'seed': 42, 'size': size, 'parts': [{'from': 0, 'count': size, 'at': arrays.add(x)}]}


def case_fixture(pipeline, arrays, name, turns, settings):
    settings = {'model': '', 'seed': 1, 'scheduler': 'ddim', 'steps': STEPS, 'guidance': GUIDANCE, **settings}
    recipe = {'version': 1, 'settings': settings, 'turns': turns}
    latents = pipeline.draw(recipe)
    check(pipeline, name, recipe, latents)
    return {'name': name, 'recipe': recipe, 'noise': arrays.add(noise(settings['seed'], pipeline.model.latents)),
            'latents': [arrays.add(x) for x in latents]}


def difference(a, b):
    return ((a - b).square().mean() / b.square().mean()).sqrt().item()


def check(pipeline, name, recipe, latents):
    """A fixture is worth something when its controls act: no turn may end where its source or its prompt alone would,
    nor, where values are injected in some layers, where they would be in others. The one exception is a chain there
    and back, which must end where it began."""
    if name == 'chain_there_and_back':
        assert difference(latents[2], latents[0]) < 1e-4, 'the way back does not lead back'
        latents = latents[:2]
    for k in range(1, len(latents)):
        alone = pipeline.draw({**recipe, 'turns': [{**recipe['turns'][k], 'weights': []}]})[0]
        apart = difference(latents[k], latents[k - 1]), difference(latents[k], alone)
        print(f'{name}, turn {k + 1}: {apart[0]:.3f} from its source, {apart[1]:.3f} from its prompt alone')
        assert min(apart) > 0.01, f'{name}: turn {k + 1} is not edited'
        for layers in {'', 'cross', 'self'} - {recipe['turns'][k]['windows'].get('value_layers', '')}:
            if recipe['turns'][k]['windows'].get('value_layers'):
                other = copy.deepcopy(recipe)
                other['turns'][k]['windows']['value_layers'] = layers
                apart = difference(latents[k], pipeline.draw(other)[k])
                print(f'{name}, turn {k + 1}: {apart:.3f} from values in {layers or "all"} layers')
                assert apart > 0.01, f'{name}: turn {k + 1} does not tell the layers apart'


def main(folder):
    torch.set_num_threads(1)
    pipeline, arrays = Pipeline(Model(folder)), Arrays()
    tokens = {word: len(pipeline.tokenizer.bpe(word)) for word in ('blond', 'red', 'auburn', 'vermilion')}
    assert tokens['blond'] == tokens['red'] == 1 < tokens['auburn'] < tokens['vermilion'], f'choose other words: {tokens}'
    digest = lambda part: hashlib.sha256(open(os.path.join(folder, part), 'rb').read()).hexdigest()
    index = {
        'weights': {part: digest(part) for part in WEIGHTS},
        'arrays': 'arrays.f32',
        'shape': pipeline.model.latents,
        'noise': list(noise_fixtures(arrays, pipeline.model.latents)),
        'cases': [case_fixture(pipeline, arrays, *case) for case in cases()],
    }
    os.makedirs(os.path.join(HERE, 'fixtures'), exist_ok=True)
    arrays.write(os.path.join(HERE, 'fixtures', index['arrays']))
    with open(os.path.join(HERE, 'fixtures', 'index.json'), 'w') as file:
        json.dump(index, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)
