"""Freezes the encoder and encodes the training drawings.

    python3 encode_latents.py [--work DIR] [--count N]

The first time it folds the latents' mean and scale into the autoencoder, so
that latents times Stable Diffusion's 0.18215 have zero mean and unit variance,
and marks the encoder as frozen. Writes latents.npy, float16 [N, C, 16, 16]
(scaled). It saves as it goes and goes on where it stopped; the denoiser's
training uses what is there when it starts.
"""
import os
import time

import numpy as np
import torch
import torch.multiprocessing as mp

import parallel
from autoencoder import SCALING_FACTOR, AutoencoderKL
from dataset import arguments
from train_autoencoder import CHECKPOINT, load, save_frozen, to_tensor

BATCH, CHUNK = 50, 500
SCALE_SAMPLE = 1500  # drawings that the mean and the scale are taken from


def freeze(work, images):
    """Folds the scale of the averaged model, once; returns the model."""
    path = f'{work}/{CHECKPOINT}'
    state = torch.load(path, map_location='cpu')
    model = AutoencoderKL()
    model.load_state_dict(state['averaged'])
    if not state['frozen']:
        parallel.save(state, f'{work}/autoencoder-joint.pt')  # to go on from, should the drawings change
        z = torch.cat([means(model, images[i:i + BATCH]) for i in range(0, SCALE_SAMPLE, BATCH)]).transpose(0, 1).flatten(1)
        model.fold_scale(z.mean(1), z.std(1))
        print('correlation of the channels:\n', np.corrcoef(z[:, ::7].numpy()).round(2))
        save_frozen(work, model.state_dict(), state['step'])
    return model.eval()


@torch.no_grad()
def means(model, images):
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=parallel.has_bfloat16()):
        return model.encode(to_tensor(images))[0].float()


def _encode(task):
    work, first = task
    torch.set_num_threads(1)
    images = np.load(f'{work}/images.npy', mmap_mode='r')
    model = load(work)
    return np.concatenate([(means(model, images[i:i + BATCH]) * SCALING_FACTOR).half().numpy()
                           for i in range(first, min(first + CHUNK, len(images)), BATCH)])


def encoded(work):
    """What is encoded already, or None."""
    path = f'{work}/latents.npy'
    return np.load(path) if os.path.exists(path) else None


def main():
    parser = arguments('freeze the encoder and encode the drawings')
    parser.add_argument('--count', type=int, default=None)
    options = parser.parse_args()
    torch.set_num_threads(1)
    start, work = time.time(), options.work
    images = np.load(f'{work}/images.npy', mmap_mode='r')
    was_frozen = torch.load(f'{work}/{CHECKPOINT}', map_location='cpu')['frozen']
    freeze(work, images)
    latents = encoded(work) if was_frozen else None
    parts = [] if latents is None else [latents[:len(latents) // CHUNK * CHUNK]]
    done, count = sum(map(len, parts)), options.count or len(images)
    with mp.get_context('spawn').Pool(parallel.WORKERS) as pool:
        tasks = [(work, first) for first in range(done, count, CHUNK)]
        for i, part in enumerate(pool.imap(_encode, tasks), 1):
            parts.append(part)
            if i % 8 == 0 or i == len(tasks):
                parts = [np.concatenate(parts)]
                np.save(f'{work}/latents.part.npy', parts[0])
                os.replace(f'{work}/latents.part.npy', f'{work}/latents.npy')
                print(f'{len(parts[0])} drawings encoded, {time.time() - start:.0f} s', flush=True)
    sample = parts[0][:2000].astype(np.float32)
    print('mean', sample.mean((0, 2, 3)).round(3), 'deviation', sample.std((0, 2, 3)).round(3))


if __name__ == '__main__':
    main()
