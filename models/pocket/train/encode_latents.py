"""Freezes the encoder and encodes the training drawings.

    python3 encode_latents.py [--work DIR] [--count N]

The first time it folds the latents' mean and scale into the autoencoder, so
that latents times Stable Diffusion's 0.18215 have zero mean and unit variance,
and marks the encoder as frozen. Writes latents.npy, float16 [N, C, 16, 16]
(scaled). What is encoded already is kept: run it again with a larger N to add
drawings, and start the denoiser's training again to use them.
"""
import os
import time

import numpy as np
import torch

import parallel
from autoencoder import SCALING_FACTOR, AutoencoderKL
from dataset import arguments
from train_autoencoder import CHECKPOINT, to_tensor

BATCH = 50
SCALE_SAMPLE = 1500  # drawings that the mean and the scale are taken from


def freeze(work, images):
    """Folds the scale of the averaged model, once; returns the model."""
    path = f'{work}/{CHECKPOINT}'
    state = torch.load(path, map_location='cpu')
    model = AutoencoderKL()
    model.load_state_dict(state['averaged'])
    if not state['frozen']:
        z = torch.cat([means(model, images[i:i + BATCH]) for i in range(0, SCALE_SAMPLE, BATCH)]).transpose(0, 1).flatten(1)
        model.fold_scale(z.mean(1), z.std(1))
        print('correlation of the channels:\n', np.corrcoef(z[:, ::7].numpy()).round(2))
        folded = model.state_dict()
        parallel.save({'model': folded, 'averaged': folded, 'optimiser': None, 'step': state['step'], 'frozen': True}, path)
    return model.eval()


@torch.no_grad()
def means(model, images):
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=parallel.has_bfloat16()):
        return model.encode(to_tensor(images))[0].float()


def main():
    parser = arguments('freeze the encoder and encode the drawings')
    parser.add_argument('--count', type=int, default=None)
    options = parser.parse_args()
    torch.set_num_threads(2)
    start, path = time.time(), f'{options.work}/latents.npy'
    images = np.load(f'{options.work}/images.npy', mmap_mode='r')
    count = options.count or len(images)
    was_frozen = torch.load(f'{options.work}/{CHECKPOINT}', map_location='cpu')['frozen']
    model = freeze(options.work, images)
    latents, done = np.empty((count, model.channels, 16, 16), np.float16), 0
    if was_frozen and os.path.exists(path):
        old = np.load(path)[:count]
        latents[:len(old)], done = old, len(old)
    for i in range(done, count, BATCH):
        latents[i:i + BATCH] = (means(model, images[i:i + BATCH]) * SCALING_FACTOR).half().numpy()
    np.save(path + '.part.npy', latents)
    os.replace(path + '.part.npy', path)
    sample = latents[:2000].astype(np.float32)
    print('encoded %d drawings in %.0f s; mean %s, deviation %s' % (
        count - done, time.time() - start, sample.mean((0, 2, 3)).round(3), sample.std((0, 2, 3)).round(3)))


if __name__ == '__main__':
    main()
