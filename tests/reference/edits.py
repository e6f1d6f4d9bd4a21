"""Prompt-to-Prompt on SDXL: the equations of p2p.py in diffusers' UNet, by way of its attention processors: edits.json.

Recipes are as in make_fixtures.py, with the negative prompt named; latents begin with torch.randn of the seed.
"""
import json

import diffusers
import torch
from diffusers.models.attention_processor import Attention

import families
import p2p
import prompt as prompts
from fixture import Fixture
from make_fixtures import difference, turn
from networks import NEGATIVE, added
from schedulers import make

STEPS, GUIDANCE, SEED = 5, 7.5, 1
CAT, DOG = 'a photo of a cat on a red sofa', 'a photo of a dog on a red sofa'
HATTED = 'a photo of a cat with a hat on a red sofa'
HEDGEHOG = 'a photo of a porcupinefish on a red sofa'  # several tokens for one

# Name, turns, settings, and the least level (how often the sides are halved) whose self-attention is taken over.
CASES = [
    ('plain', [turn(CAT)], {}, 1),
    ('word_swap', [turn(CAT), turn(DOG, cross=.8, self=.4)], {}, 1),
    ('word_swap_coarse_self', [turn(CAT), turn(DOG, cross=.8, self=.8)], {}, 2),
    ('word_swap_cross_only', [turn(CAT), turn(DOG, cross=.8)], {}, 1),
    ('word_swap_several_tokens', [turn(CAT), turn(HEDGEHOG, cross=.8, self=.4)], {}, 2),
    ('refinement', [turn(CAT), turn(HATTED, cross=.8, self=.4)], {}, 1),
    ('removal', [turn(HATTED), turn(CAT, cross=.8, self=.4)], {}, 2),
    ('reweight', [turn(CAT), turn(CAT, cross=.8, self=.4, weights={'red': 4})], {}, 1),
    ('reweight_negative', [turn(CAT), turn(CAT, cross=.4, self=.8, weights={'sofa': -2})], {}, 2),
    ('values', [turn(CAT), turn(DOG, cross=.8, self=.4, value=.6, mix=.7)], {}, 1),
    ('chain', [turn(CAT), turn(DOG, cross=.8, self=.4), turn(DOG.replace('red', 'blue'), cross=.6, self=.6)], {}, 1),
    ('word_swap_euler', [turn(CAT), turn(DOG, cross=.8, self=.4)], {'scheduler': 'euler'}, 1),
    ('word_swap_few_steps', [turn(CAT), turn(HEDGEHOG, cross=.75, self=.5)],
     {'scheduler': 'euler', 'guidance': 1, 'steps': 4, 'timestep_spacing': 'trailing'}, 1),
]


class Tokenizer(prompts.Tokenizer):
    """the reference's own tokenizer with CLIP's vocabulary"""

    def __init__(self, clip):
        model = json.loads(clip.backend_tokenizer.to_str())['model']
        self.vocabulary, self.context = model['vocab'], 77
        pairs = [tuple(m.split()) if isinstance(m, str) else tuple(m) for m in model['merges']]
        self.rank = {pair: n for n, pair in enumerate(pairs)}
        self.start, self.end, self.pad = 49406, 49407, clip.pad_token_id


class Text:
    """what p2p.Turn wants of a model: the text is encoded by diffusers"""
    context = 77

    @staticmethod
    def text_encoder(ids):
        return torch.zeros(len(ids), 1, 1)


class Processor:
    """computes attention step by step, and hands its maps and values to a controller"""

    def __init__(self, controller, cross, edited):
        self.controller, self.cross, self.edited = controller, cross, edited

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        split = lambda x: x.unflatten(2, (attn.heads, -1)).transpose(1, 2)
        q, k, v = split(attn.to_q(hidden_states)), split(attn.to_k(context)), split(attn.to_v(context))
        probs = (q @ k.transpose(2, 3) * attn.scale).softmax(-1)
        if self.edited:
            probs = self.controller.maps(self, probs)
        v = self.controller.values(self, v)
        out = (probs @ v).transpose(1, 2).flatten(2)
        return attn.to_out[0](out)


class Controller(p2p.Controller):
    """With guidance 1 there are no unconditional rows; `uncond` is how many there are."""

    def __init__(self, turns, uncond):
        super().__init__(turns)
        self.uncond = uncond

    def split(self, edit, rows):
        cond = list(rows[self.uncond:])
        for k, t in enumerate(self.turns):
            cond[k] = edit(t)(cond[k], cond[k - 1])
        return torch.cat([rows[:self.uncond], torch.stack(cond)])

    def maps(self, layer, probs):
        return self.split(lambda t: lambda own, source: (t.edit_cross if layer.cross else t.edit_self)(self.s, own, source), probs)

    def values(self, layer, v):
        return self.split(lambda t: lambda own, source: t.edit_values(self.s, layer.cross, own, source), v)


def level(name, coarsest=2):
    """how often the latents' sides are halved before the layer of that name; coarsest in the middle"""
    part, n, *_ = name.split('.')
    return coarsest if part == 'mid_block' else int(n) if part == 'down_blocks' else coarsest - int(n)


def install(unet, controller, self_level):
    for name, module in unet.named_modules():
        if isinstance(module, Attention):
            cross = name.endswith('attn2')
            module.set_processor(Processor(controller, cross, cross or level(name) >= self_level))


def draw(pipe, turns, settings, self_level):
    """the final latents of every turn [turns, 4, h, w]"""
    settings = {'scheduler': 'ddim', 'steps': STEPS, 'guidance': GUIDANCE, 'seed': SEED, **settings}
    n, guidance, tokenizer, made = settings['steps'], settings['guidance'], Tokenizer(pipe.tokenizer), []
    for t in turns:
        made.append(p2p.Turn(Text, tokenizer, t, made[-1] if made else None, n))
        assert made[-1].prompt.ids == pipe.tokenizer(t['prompt'], padding='max_length').input_ids
    rows = [NEGATIVE] * len(turns) * (guidance != 1) + [t['prompt'] for t in turns]
    encoded = [pipe.encode_prompt(r, device='cpu', do_classifier_free_guidance=False) for r in rows]
    text, pooled = torch.cat([e[0] for e in encoded]), torch.cat([e[2] for e in encoded])
    controller = Controller(made, len(rows) - len(turns))
    install(pipe.unet, controller, self_level)
    config = {k: v for k, v in settings.items() if k == 'timestep_spacing'}
    scheduler = make(settings['scheduler'], **{**pipe.scheduler.config, **config})
    scheduler.set_timesteps(n)
    x = p2p.noise(settings['seed'], (4, *families.SIZE)).repeat(len(turns), 1, 1, 1) * scheduler.init_noise_sigma
    for controller.s, t in enumerate(scheduler.timesteps):
        scaled = scheduler.scale_model_input(torch.cat([x] * (len(rows) // len(turns))), t)
        predicted = pipe.unet(scaled, t, text, added_cond_kwargs=added(pooled)).sample
        if guidance != 1:
            uncond, cond = predicted.chunk(2)
            predicted = uncond + guidance * (cond - uncond)
        x = scheduler.step(predicted, t, x, return_dict=False)[0]
    return x


def check(pipe, name, turns, settings, self_level, latents):
    """as in make_fixtures.py: no turn ends where its source or its prompt alone would"""
    for k in range(1, len(turns)):
        alone = draw(pipe, [{**turns[k], 'weights': []}], settings, self_level)[0]
        apart = difference(latents[k], latents[k - 1]), difference(latents[k], alone)
        print(f'{name}, turn {k + 1}: {apart[0]:.3f} from its source, {apart[1]:.3f} from its prompt alone')
        assert min(apart) > .003, f'{name}: turn {k + 1} is not edited'


def write(folder):
    pipe = families.pipeline('sdxl')
    fixture = Fixture('edits', diffusers=diffusers.__version__, negative=NEGATIVE, cases=[])
    for name, turns, settings, self_level in CASES:
        latents = draw(pipe, turns, settings, self_level)
        check(pipe, name, turns, settings, self_level, latents)
        fixture.add(name, latents)
        fixture.info['cases'].append({'name': name, 'self_level': self_level, 'turns': turns, 'settings': {
            'seed': SEED, 'scheduler': 'ddim', 'steps': STEPS, 'guidance': GUIDANCE, **settings}})
    fixture.write(folder)
