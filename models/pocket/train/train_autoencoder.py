"""Trains the autoencoder; resumes where it stopped.

    python3 train_autoencoder.py [--work DIR] [--steps N] [--anneal N] [--rate R] [--full-precision]

Runs until the checkpoint has made N steps in all. With --anneal the last so
many of them lower the learning rate to zero. Once encode_latents.py has frozen
the encoder, the same command trains the decoder alone, on latents with a
little noise: it learns to draw cleanly from latents that are not quite right,
which is what the denoiser gives it. Where redraw_latents.py has made
redrawn.npy, a quarter of each batch are such latents of the denoiser's own.

Loss: mean absolute and mean square error of the colours, absolute error of
their differences between neighbours (edges), and a light KL term. Small things
that words name (freckles, eyes, stars …) count for more than their pixels.
"""
import copy
import os
import time

import numpy as np
import torch

import parallel
from autoencoder import SCALING_FACTOR, AutoencoderKL
from canvas import REGIONS
from dataset import arguments

BATCH, CROP, RATE, KL = 4, 64, 8e-4, 5e-4    # BATCH is per worker
HELD_OUT_COUNT = 256                         # the last drawings are never trained on
SAVE_EVERY = 150                             # seconds
CHECKPOINT = 'autoencoder.pt'
WEIGHTS = {'freckles': 4., 'stars': 3., 'mouth': 3., 'earrings': 3., 'eyes': 2., 'glasses': 2., 'boat': 2.5, 'collar': 2., 'moon': 2.,
           'ball': 2., 'house': 1.5, 'castle': 1.5}  # of regions; 1 elsewhere


def to_tensor(images):
    """uint8 [B, H, W, 3] to float [B, 3, H, W] in -1 .. 1."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 127.5 - 1


def busy_crop(rng, image, label, tries=3):
    """The busiest of a few random crops, so that little time goes into flat sky, its weights, and where it begins."""
    weights = np.array([WEIGHTS.get(name, 1.) for name in REGIONS], np.float32)
    best, best_weight, at, most = None, None, None, -1.
    for _ in range(tries):
        y, x = 8 * rng.integers(0, (image.shape[0] - CROP) // 8 + 1, 2)
        crop = image[y:y + CROP, x:x + CROP]
        weight = weights[label[y // 2:(y + CROP) // 2, x // 2:(x + CROP) // 2]]
        green = crop[::2, ::2, 1].astype(np.int16)
        busy = (np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean()) * weight.mean()
        if busy > most:
            best, best_weight, at, most = crop, weight, (y, x), busy
    return best, best_weight.repeat(2, 0).repeat(2, 1), at


def loss_of(y, x, weight):
    """Weighted loss, and its edge part; weight is [B, 1, H, W]."""
    difference = y.float() - x
    edges = (difference.diff(dim=2).abs() * weight[:, :, 1:]).mean() + (difference.diff(dim=3).abs() * weight[:, :, :, 1:]).mean()
    return ((difference.abs() + 2 * difference.square()) * weight).mean() + edges, edges


@torch.no_grad()
def psnr(model, images):
    """Reconstruction PSNR in dB of each picture."""
    out = []
    for i in range(0, len(images), 16):
        x = to_tensor(images[i:i + 16])
        error = ((model.decode(model.encode(x)[0]).clamp(-1, 1) - x) ** 2).mean((1, 2, 3)) / 4
        out += (-10 * torch.log10(error)).tolist()
    return np.array(out)


def load(work):
    """The averaged model of the checkpoint."""
    model = AutoencoderKL()
    model.load_state_dict(torch.load(f'{work}/{CHECKPOINT}', map_location='cpu')['averaged'])
    return model.eval()


def save_frozen(work, weights, step=0):
    """Makes weights the checkpoint whose encoder is trained no more; the optimiser starts anew."""
    parallel.save({'model': weights, 'averaged': weights, 'optimiser': None, 'step': step, 'frozen': True}, f'{work}/{CHECKPOINT}')


def trained(model, frozen):
    """The parameters that are trained: all, or once the encoder is frozen those behind it."""
    return [p for m in ([model.decoder, model.post_quant_conv] if frozen else [model]) for p in m.parameters()]


def rate_at(rate, step, steps, anneal):
    warm = min(1., (step + 1) / 100)
    left = min(1., max(0., (steps - step) / anneal)) if anneal else 1.
    return rate * warm * left


def train(rank, team, work, steps, anneal, rate, bfloat16):
    images = np.load(f'{work}/images.npy', mmap_mode='r')
    labels = np.load(f'{work}/labels.npy', mmap_mode='r')
    count = len(images) - HELD_OUT_COUNT
    held_out = np.array(images[count:count + 48])
    torch.manual_seed(0)
    model = AutoencoderKL()
    averaged = copy.deepcopy(model)
    path, step, frozen = f'{work}/{CHECKPOINT}', 0, False
    state = torch.load(path, map_location='cpu') if os.path.exists(path) else None
    if state:
        model.load_state_dict(state['model'])
        averaged.load_state_dict(state['averaged'])
        step, frozen = state['step'], state['frozen']
    redrawn = np.load(f'{work}/redrawn.npy') if frozen and os.path.exists(f'{work}/redrawn.npy') else ()
    parameters, followers = trained(model, frozen), trained(averaged, frozen)
    optimiser = torch.optim.AdamW(parameters, lr=rate, betas=(.9, .99), weight_decay=1e-4, foreach=True)
    if state and state.get('optimiser'):
        optimiser.load_state_dict(state['optimiser'])

    def save():
        parallel.save({'model': model.state_dict(), 'averaged': averaged.state_dict(), 'optimiser': optimiser.state_dict(),
                       'step': step, 'frozen': frozen}, path)

    rng = np.random.default_rng((7, rank, step))
    torch.manual_seed(1000 * step + rank)
    seen, saved, begun, first = [], time.time(), time.time(), step
    while step < steps and not team.stopping:
        known = BATCH // 4 if len(redrawn) else 0  # how many have latents of the denoiser's
        chosen = [rng.integers(0, len(redrawn) if k < known else count) for k in range(BATCH)]
        crops, weights, places = zip(*[busy_crop(rng, images[i], labels[i]) for i in chosen])
        x, weight = to_tensor(np.stack(crops)), torch.from_numpy(np.stack(weights))[:, None]
        given = [redrawn[i][:, y // 8:(y + CROP) // 8, x // 8:(x + CROP) // 8] for i, (y, x) in zip(chosen[:known], places)]
        if rng.random() < .5 and not known:
            x, weight = x.flip(3), weight.flip(3)
        with torch.autocast('cpu', dtype=torch.bfloat16, enabled=bfloat16):
            loss, edges, kl = _forward(model, x, weight, frozen, given)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for p in parameters:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        team.average(parameters, step)
        for group in optimiser.param_groups:
            group['lr'] = rate_at(rate, step, steps, anneal)
        optimiser.step()
        step += 1
        if rank:
            continue
        parallel.follow(followers, parameters, min(.998, step / (step + 10)))
        seen.append((loss.item(), edges.item(), kl))
        if step % 100 == 0:
            speed = (step - first) * BATCH * parallel.WORKERS / (time.time() - begun)
            print('step %d loss %.4f edges %.4f kl %.2f, %.1f crops/s' % (step, *np.mean(seen, 0), speed), flush=True)
            seen = []
        if step % 1000 == 0:
            decibels = psnr(averaged, held_out)
            print('  held out: %.2f dB, worst %.2f' % (decibels.mean(), decibels.min()), flush=True)
        if time.time() - saved > SAVE_EVERY or step == steps or team.stopping:
            save()
            saved = time.time()


def _forward(model, x, weight, frozen, given):
    """Loss, its edge part and the KL divergence of one batch; given are the latents of its first pictures, if any."""
    if not frozen:
        mean, log_variance = (y.float() for y in model.encode(x))
        z = mean + torch.exp(.5 * log_variance) * torch.randn_like(mean)
        loss, edges = loss_of(model.decode(z), x, weight)
        kl = .5 * (mean ** 2 + log_variance.exp() - 1 - log_variance).mean()
        return loss + KL * kl, edges, kl.item()
    with torch.no_grad():
        z = model.encode(x[len(given):])[0].float()
        noise = .05 * torch.rand(len(z), 1, 1, 1) * (torch.rand(len(z), 1, 1, 1) < .5) / SCALING_FACTOR
        z = z + noise * torch.randn_like(z)
        if given:
            z = torch.cat([torch.from_numpy(np.stack(given)).float() / SCALING_FACTOR, z])
    loss, edges = loss_of(model.decode(z), x, weight)
    return loss, edges, 0.


def main():
    parser = arguments('train the autoencoder')
    parser.add_argument('--steps', type=int, default=40000)
    parser.add_argument('--anneal', type=int, default=0)
    parser.add_argument('--rate', type=float, default=RATE)
    parser.add_argument('--full-precision', action='store_true')
    options = parser.parse_args()
    model = AutoencoderKL()
    size = sum(p.numel() for p in model.parameters())
    path = f'{options.work}/{CHECKPOINT}'
    if os.path.exists(path) and torch.load(path, map_location='cpu')['frozen']:
        size = sum(p.numel() for p in trained(model, frozen=True))
    parallel.run(train, size, options.work, options.steps, options.anneal, options.rate,
                 parallel.has_bfloat16() and not options.full_precision)


if __name__ == '__main__':
    main()
