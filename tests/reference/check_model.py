"""Asserts that the modules of model.py compute what the ONNX graphs of a model folder do.

    python3 tests/reference/check_model.py [FOLDER]
"""
import os
import sys

import onnx
import torch

import interpret
from model import Model

DEFAULT = os.path.join(os.path.dirname(__file__), '../../models/pocket/model')
TOLERANCE = 1e-5  # root mean square, relative


def check(name, got, want):
    difference = ((got - want).square().mean() / want.square().mean()).sqrt().item()
    print(f'{name}: relative difference {difference:.1e}')
    assert got.shape == want.shape and difference <= TOLERANCE, f'{name} differs from its graph'


def timesteps(folder, rows, t):
    """t as the graph wants it: one number, or one for each row"""
    graph = onnx.load(os.path.join(folder, 'unet', 'model.onnx')).graph
    shape = next(i for i in graph.input if i.name == 'timestep').type.tensor_type.shape.dim
    per_row = len(shape) == 1 and shape[0].dim_value != 1
    return torch.tensor([t] * rows if per_row else [t] * len(shape) or t)


@torch.no_grad()
def main(folder):
    torch.manual_seed(0)
    model = Model(folder)
    graph = lambda part, **inputs: interpret.run(os.path.join(folder, part, 'model.onnx'), **inputs)
    for rows in (1, 3):
        ids = torch.randint(0, len(model.text_encoder.tokens), (rows, model.context))
        text = model.text_encoder(ids)
        check(f'text_encoder, {rows} rows', text, graph('text_encoder', input_ids=ids))
        x = torch.randn(rows, *model.latents)
        for t in (1, 321, 981):
            check(f'unet, {rows} rows, timestep {t}', model.unet(x, t, text),
                  graph('unet', sample=x, timestep=timesteps(folder, rows, t), encoder_hidden_states=text))
        check(f'vae_decoder, {rows} rows', model.decoder(x), graph('vae_decoder', latent_sample=x))


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)
