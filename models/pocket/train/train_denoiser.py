"""Trains the UNet and the text encoder on the latents; resumes where it stopped.

    python3 train_denoiser.py [--work DIR] [--steps N] [--anneal N] [--rate R] [--full-precision]

Runs until the checkpoint denoiser.pt has made N steps in all; stop it at any
moment and start it again. The learning rate is constant, and the averaged
weights (EMA) are the ones to use. With --anneal the last so many steps lower
the rate to zero: do so once, for the weights that ship, on a copy of the work
folder's checkpoint, and go on from the original afterwards.

The loss has two parts.

Denoising: mean square error of v, faded out where the signal-to-noise ratio
exceeds 5 by drawing such timesteps less often (min-SNR by importance sampling).

Grounding: the 16x16 cross-attention of a word that names a part of the picture
should lie inside that part (share) and cover it (dice on the map divided by
its maximum, which is what the local blend thresholds). It counts less the
noisier the latents are, where nobody can know yet where things will be.
"""
import copy
import json
import os
import time

import numpy as np
import torch

import parallel
from canvas import REGION, REGIONS
from dataset import arguments
from text_encoder import CLIPTextModel
from tokenizer import Tokenizer
from unet import UNet, alphas_cumprod

BATCH, RATE, DECAY = 8, 1e-3, .9995      # BATCH is per worker
NO_CAPTION, SHARE, COVER = .1, .03, .03  # share of rows without caption; weights of the grounding losses
# How often a person of each skin tone is shown, from the lightest. Drawings have all tones alike; guidance does
# not keep that: with equal shares three quarters of what it made were of the lighter half. evaluate.py prints it.
TONES = (.9, .55, .6, 1.1, 1.2, 1., 1.3, 3.)
# How much more an error counts in parts of every face that are small and that everybody looks at.
SMALL = {'mouth': 4., 'eyes': 1.5}
SAVE_EVERY = 150                         # seconds
CHECKPOINT = 'denoiser.pt'


class Timesteps:
    """Draws timesteps by importance, and weighs them so that the expected loss is the intended one."""

    def __init__(self):
        self.alphas = alphas_cumprod()
        snr = self.alphas / (1 - self.alphas)
        wanted = (snr + 1).clamp(max=6) / (snr + 1)
        drawn = wanted + .05 * wanted.mean()
        drawn = drawn / drawn.sum()
        self.weight = wanted / drawn
        self.weight = self.weight / (self.weight * drawn).sum()
        self.cumulative = drawn.cumsum(0)

    def draw(self, batch):
        """Stratified: one timestep from each of batch equal parts."""
        q = (torch.arange(batch) + torch.rand(1)) / batch
        return torch.searchsorted(self.cumulative, q * .999999).clamp(0, 999)


class Batches:
    """Endless batches of one worker's share of the data, in an order that a seed gives."""

    def __init__(self, work, rank, step):
        self.latents = np.load(f'{work}/latents.npy', mmap_mode='r')
        self.labels = np.load(f'{work}/labels.npy', mmap_mode='r')
        self.tokens, self.token_regions = np.load(f'{work}/tokens.npy'), np.load(f'{work}/token_regions.npy')
        self.rank, self.rng, self.order = rank, np.random.default_rng((11, rank, step)), []
        self.repeats = repeats(work)[rank:len(self.latents):parallel.WORKERS]
        self.empty = torch.tensor(Tokenizer(f'{work}/tokenizer').encode(''))

    def next(self):
        """Latents [B, C, 16, 16], tokens [B, 32], each token's region mask [B, 32, 256] in 0 .. 1, and what an error
        counts where it is, [B, 1, 16, 16]."""
        if len(self.order) < BATCH:
            times = (self.repeats + self.rng.random(len(self.repeats))).astype(int)
            own = np.repeat(np.arange(len(self.repeats)), times)
            self.order = list(self.rng.permutation(own) * parallel.WORKERS + self.rank)
        chosen = [self.order.pop() for _ in range(BATCH)]
        phrasing = self.rng.integers(0, self.tokens.shape[1], BATCH)
        latents = torch.from_numpy(np.stack([self.latents[i] for i in chosen]).astype(np.float32))
        tokens = torch.from_numpy(self.tokens[chosen, phrasing]).long()
        bits = torch.from_numpy(self.token_regions[chosen, phrasing].astype(np.int64))
        dropped = torch.rand(BATCH) < NO_CAPTION
        tokens[dropped], bits[dropped] = self.empty, 0
        named = ((bits[:, :, None] >> torch.arange(len(REGIONS))) & 1).float()
        regions = torch.from_numpy(np.stack([region_shares(self.labels[i]) for i in chosen]))
        weight = 1 + sum(more * regions[:, REGION[name]] for name, more in SMALL.items())
        return latents, tokens, torch.bmm(named, regions), (weight / weight.mean()).view(BATCH, 1, 16, 16)


def repeats(work):
    """How often an epoch shows each drawing, float [drawings]."""
    with open(f'{work}/attributes.json') as f:
        return np.array([TONES[a['skin']] if a['domain'] == 'people' else 1. for a in json.load(f)])


def region_shares(label):
    """Which part of each latent pixel belongs to each region: uint8 [64, 64] to float [regions, 256]."""
    cells = np.arange(64) // 4
    index = label.astype(np.int64) * 256 + cells[:, None] * 16 + cells[None]
    return np.bincount(index.ravel(), minlength=len(REGIONS) * 256).reshape(len(REGIONS), 256).astype(np.float32) / 16


def grounding(layers, masks, weight):
    """Share of attention outside the region and lack of coverage, averaged over words; weight is [B]."""
    named = (masks.sum(2) > .6).float() * weight[:, None]
    total = named.sum().clamp(min=1e-3)
    soft = (masks * 1.5).clamp(max=1)  # a latent pixel that is mostly the thing counts fully
    outside = lack = 0.
    for layer in layers:
        maps = layer.probabilities.float().mean(1).transpose(1, 2)  # [B, 32, 256]
        layer.probabilities = None
        inside = (maps * soft).sum(2) / (maps.sum(2) + 1e-6)
        outside = outside + ((1 - inside) * named).sum() / total
        peak = maps / (maps.amax(2, keepdim=True) + 1e-6)
        dice = 2 * (peak * soft).sum(2) / (peak.square().sum(2) + soft.square().sum(2) + 1e-6)
        lack = lack + ((1 - dice) * named).sum() / total
    return outside / len(layers), lack / len(layers)


def models(work):
    return UNet(), CLIPTextModel(len(Tokenizer(f'{work}/tokenizer').vocabulary))


def load(work, checkpoint=CHECKPOINT):
    """The averaged UNet and text encoder, and the step they are from."""
    unet, text = models(work)
    state = torch.load(f'{work}/{checkpoint}', map_location='cpu')
    unet.load_state_dict(state['averaged_unet'])
    text.load_state_dict(state['averaged_text'])
    return unet.eval(), text.eval(), state['step']


def train(rank, team, work, steps, anneal, rate, bfloat16):
    torch.manual_seed(1)
    unet, text = models(work)
    averaged_unet, averaged_text = copy.deepcopy(unet), copy.deepcopy(text)
    parameters = [p for m in (unet, text) for p in m.parameters()]
    averaged = [p for m in (averaged_unet, averaged_text) for p in m.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=rate, betas=(.9, .99), weight_decay=.01, foreach=True)
    path, step = f'{work}/{CHECKPOINT}', 0
    if os.path.exists(path):
        state = torch.load(path, map_location='cpu')
        for module, name in ((unet, 'unet'), (text, 'text'), (averaged_unet, 'averaged_unet'), (averaged_text, 'averaged_text'),
                             (optimiser, 'optimiser')):
            if state[name] is not None:  # an optimiser starts anew on restored weights
                module.load_state_dict(state[name])
        step = state['step']

    def save():
        parallel.save({'unet': unet.state_dict(), 'text': text.state_dict(), 'averaged_unet': averaged_unet.state_dict(),
                       'averaged_text': averaged_text.state_dict(), 'optimiser': optimiser.state_dict(), 'step': step}, path)

    layers = unet.cross_attention_16()
    for layer in layers:
        layer.keep = True
    timesteps, batches = Timesteps(), Batches(work, rank, step)
    torch.manual_seed(1000 * step + rank)
    seen, saved, begun, first = [], time.time(), time.time(), step
    while step < steps and not team.stopping:
        z, tokens, masks, weight = batches.next()
        t = timesteps.draw(BATCH)
        a = timesteps.alphas[t].view(-1, 1, 1, 1)
        noise = torch.randn_like(z)
        v = predict(unet, a.sqrt() * z + (1 - a).sqrt() * noise, t, text(tokens), bfloat16)
        error = (weight * (v - (a.sqrt() * noise - (1 - a).sqrt() * z)) ** 2).mean((1, 2, 3))
        outside, lack = grounding(layers, masks, a.flatten().sqrt())
        loss = (error * timesteps.weight[t]).mean()
        optimiser.zero_grad(set_to_none=True)
        (loss + SHARE * outside + COVER * lack).backward()
        norm = team.average(parameters, step)
        for group in optimiser.param_groups:
            group['lr'] = rate * min(1., (step + 1) / 300) * (min(1., (steps - step) / anneal) if anneal else 1.)
        optimiser.step()
        step += 1
        if rank:
            continue
        parallel.follow(averaged, parameters, min(DECAY, step / (step + 10)))
        seen.append((loss.item(), float(outside), float(lack), norm))
        if step % 100 == 0:
            speed = (step - first) * BATCH * parallel.WORKERS / (time.time() - begun)
            print('step %d loss %.4f outside %.3f lack %.3f norm %.2f, %.1f samples/s' % (step, *np.mean(seen, 0), speed), flush=True)
            seen = []
        if time.time() - saved > SAVE_EVERY or step == steps or team.stopping:
            save()
            saved = time.time()


def predict(unet, x, t, context, bfloat16):
    """v; in bfloat16 everything but the first and the last convolution and the timestep's embedding."""
    if not bfloat16:
        return unet(x, t, context)
    angles = t.float()[:, None] * unet.frequencies[None]
    time_embedding = unet.time_embedding(torch.cat([angles.cos(), angles.sin()], 1))
    h = unet.conv_in(x)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        h = unet.trunk(h, time_embedding, context)
    return unet.conv_out(h.float())


def main():
    parser = arguments('train the denoiser')
    parser.add_argument('--steps', type=int, default=200000)
    parser.add_argument('--anneal', type=int, default=0)
    parser.add_argument('--rate', type=float, default=RATE)
    parser.add_argument('--full-precision', action='store_true')
    options = parser.parse_args()
    size = sum(p.numel() for m in models(options.work) for p in m.parameters())
    parallel.run(train, size, options.work, options.steps, options.anneal, options.rate,
                 parallel.has_bfloat16() and not options.full_precision)


if __name__ == '__main__':
    main()
