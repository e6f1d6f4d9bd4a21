"""Draws pictures from captions with the trained weights: DDIM with guidance.

    python3 sampler.py sheet.png [--work DIR] [--seeds 4] ["caption" ...]

Without captions it draws a sheet of everyday ones. It is the plain sampler,
for looking and for evaluation; editing is the Go engine's.
"""
import numpy as np
import torch

import train_autoencoder
import train_denoiser
from autoencoder import CHANNELS, SCALING_FACTOR
from dataset import arguments
from drawings import sheet
from tokenizer import Tokenizer
from unet import alphas_cumprod

STEPS, GUIDANCE = 25, 4.5
CAPTIONS = [
    "a woman's face with blond hair", "a woman's face with long wavy blond hair", "a man's face with curly black hair and a beard",
    "a woman's face with curly red hair and glasses", "a girl's face with short brown hair wearing a red hat",
    "a boy's face with blond hair and freckles smiling", 'a river between mountains', 'a street between mountains at sunset',
    'a river between mountains in winter', 'a forest between mountains at night', 'a lake between hills with a boat',
    'a desert between mountains with a house', 'a cat on a sofa', 'a white dog on the grass', 'a red bird on the beach',
    'a gray rabbit in the snow wearing a blue hat',
]


def timesteps(steps):
    """Stable Diffusion's "leading" spacing with offset 1, from noisy to clean."""
    return [i * (1000 // steps) + 1 for i in range(steps)][::-1]


def noise(seeds):
    shape = (CHANNELS, 16, 16)
    return torch.stack([torch.from_numpy(np.random.default_rng(s).standard_normal(shape).astype(np.float32)) for s in seeds])


class Sampler:
    def __init__(self, work):
        self.tokenizer = Tokenizer(f'{work}/tokenizer')
        self.unet, self.text, self.step = train_denoiser.load(work)
        self.autoencoder = train_autoencoder.load(work)
        self.alphas = alphas_cumprod()
        self.watch = None  # called with (step, steps) after each UNet call

    def context(self, captions):
        return self.text(torch.tensor([self.tokenizer.encode(c) for c in captions]))

    @torch.no_grad()
    def latents(self, captions, seeds, steps=STEPS, guidance=GUIDANCE):
        """One latent per caption and seed, [B, C, 16, 16]."""
        context = torch.cat([self.context([''] * len(captions)), self.context(captions)])
        return self.denoise(noise(seeds), context, timesteps(steps), guidance)

    def denoise(self, x, context, schedule, guidance):
        """DDIM from x at the first timestep of schedule; context is that of no caption, then that of the captions."""
        steps = len(schedule)
        for k, t in enumerate(schedule):
            a = self.alphas[t]
            after = self.alphas[schedule[k + 1]] if k + 1 < steps else self.alphas[0]
            v = self.unet(torch.cat([x, x]), torch.full((2 * len(x),), t), context)
            if self.watch:
                self.watch(k, steps)
            without, with_ = v.chunk(2)
            v = without + guidance * (with_ - without)
            clean, noisy = a.sqrt() * x - (1 - a).sqrt() * v, a.sqrt() * v + (1 - a).sqrt() * x
            x = after.sqrt() * clean + (1 - after).sqrt() * noisy
        return x

    @torch.no_grad()
    def pictures(self, captions, seeds, chunk=16, **options):
        """uint8 [B, 128, 128, 3], one per caption and seed."""
        out = []
        for i in range(0, len(captions), chunk):
            x = self.latents(captions[i:i + chunk], seeds[i:i + chunk], **options)
            y = self.autoencoder.decode(x / SCALING_FACTOR).clamp(-1, 1)
            out.append(((y + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy())
        return np.concatenate(out)


def main():
    parser = arguments('draw pictures from captions')
    parser.add_argument('path')
    parser.add_argument('captions', nargs='*')
    parser.add_argument('--seeds', type=int, default=4)
    options = parser.parse_args()
    torch.set_num_threads(1)
    sampler = Sampler(options.work)
    captions = options.captions or CAPTIONS
    wanted = [(c, 1000 + s) for s in range(options.seeds) for c in captions]
    pictures = sampler.pictures([c for c, _ in wanted], [s for _, s in wanted])
    sheet(list(pictures), len(captions), options.path, scale=1)
    print('step', sampler.step)


if __name__ == '__main__':
    main()
