"""Has the denoiser draw over some of the training drawings, for the decoder to learn from.

    python3 redraw_latents.py [--work DIR] [--count N]

What the denoiser makes is not quite what the encoder gives: its latents are
blotchy where a drawing is smooth. A latent that is noised a little and
denoised again, with guidance, as in use, shows the same drawing with such
faults. Writes redrawn.npy, float16 [N, C, 16, 16], of the first N drawings;
train_autoencoder.py then trains the decoder on them as well, once the encoder
is frozen: it learns to draw what was meant. It saves as it goes and goes on
where it stopped; remove redrawn.npy when the denoiser has changed.
"""
import os
import time

import numpy as np
import torch
import torch.multiprocessing as mp

import parallel
from dataset import arguments
from sampler import GUIDANCE, STEPS, Sampler, timesteps

BATCH, CHUNK = 25, 250
LAST = (2, 7)  # how many of a run's last steps are drawn again, from and to


@torch.no_grad()
def redraw(sampler, z, tokens, last, generator):
    """Noises latents z [B, C, 16, 16] up to the last so many steps of a run, and takes those steps."""
    schedule = timesteps(STEPS)[-last:]
    a = sampler.alphas[schedule[0]]
    x = a.sqrt() * z + (1 - a).sqrt() * torch.randn(z.shape, generator=generator)
    empty = torch.tensor([sampler.tokenizer.encode('')] * len(z))
    context = sampler.text(torch.cat([empty, tokens]))
    return sampler.denoise(x, context, schedule, GUIDANCE)


def _redraw(task):
    work, first, count = task
    torch.set_num_threads(1)
    latents, tokens = np.load(f'{work}/latents.npy', mmap_mode='r'), np.load(f'{work}/tokens.npy', mmap_mode='r')
    sampler, generator = Sampler(work), torch.Generator().manual_seed(first)
    rng, out = np.random.default_rng(first), []
    for i in range(first, first + count, BATCH):
        end = min(i + BATCH, first + count)
        z, caption = (torch.from_numpy(a[i:end].astype(t)) for a, t in ((latents, np.float32), (tokens[:, 0], np.int64)))
        drawn = redraw(sampler, z, caption, int(rng.integers(LAST[0], LAST[1] + 1)), generator)
        out.append(drawn.half().numpy())
    return np.concatenate(out)


def main():
    parser = arguments('have the denoiser draw over training drawings')
    parser.add_argument('--count', type=int, default=5000)
    options = parser.parse_args()
    begun, path = time.time(), f'{options.work}/redrawn.npy'
    parts = [np.load(path)] if os.path.exists(path) else []
    done = sum(map(len, parts))
    with mp.get_context('spawn').Pool(parallel.WORKERS) as pool:
        tasks = [(options.work, first, min(CHUNK, options.count - first)) for first in range(done, options.count, CHUNK)]
        for part in pool.imap(_redraw, tasks):
            parts.append(part)
            np.save(path + '.part.npy', np.concatenate(parts))
            os.replace(path + '.part.npy', path)
            print(f'{sum(map(len, parts))} drawings redrawn, {time.time() - begun:.0f} s', flush=True)


if __name__ == '__main__':
    main()
