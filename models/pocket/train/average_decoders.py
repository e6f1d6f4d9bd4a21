"""Takes the mean of two states of the decoder's training.

    python3 average_decoders.py [--work DIR] OTHER.pt [--share S]

autoencoder.pt becomes S parts of itself and 1 - S of OTHER.pt, an earlier copy
of it with the same encoder. The mean of two states keeps what both are good at:
one that is exact on the encoder's latents, and one that redraw_latents.py has
taught to draw smoothly from the denoiser's. Prints how well each reconstructs.
"""
import numpy as np
import torch

from autoencoder import AutoencoderKL
from dataset import HELD_OUT, arguments
from drawings import drawing
from train_autoencoder import CHECKPOINT, psnr, save_frozen


def main():
    parser = arguments('take the mean of two decoders')
    parser.add_argument('other')
    parser.add_argument('--share', type=float, default=.8)
    options = parser.parse_args()
    torch.set_num_threads(1)
    path = f'{options.work}/{CHECKPOINT}'
    own, other = (torch.load(p, map_location='cpu')['averaged'] for p in (path, options.other))
    if any(not torch.equal(own[k], other[k]) for k in own if k.startswith(('encoder.', 'quant_conv.'))):
        raise SystemExit(f'{options.other} has another encoder than {path}')
    mean = {k: options.share * own[k] + (1 - options.share) * other[k] if k.startswith(('decoder.', 'post_quant_conv.')) else own[k]
            for k in own}
    images, model = np.stack([drawing(HELD_OUT + 100000 + i)[0] for i in range(192)]), AutoencoderKL()
    for name, state in ((CHECKPOINT, own), (options.other, other), ('their mean', mean)):
        model.load_state_dict(state)
        decibels = psnr(model.eval(), images)
        print(f'{name}: {decibels.mean():.2f} dB, worst {decibels.min():.2f}', flush=True)
    save_frozen(options.work, mean)


if __name__ == '__main__':
    main()
