"""Puts exported weights back into a work folder, so that training goes on from them.

    python3 restore.py [--work DIR] [FOLDER] [--judge FOLDER]

Without folders it takes the model and the judge that the program bundles. Run
dataset.py first: the tokenizer that it learns must be the model's. Optimisers
start anew; the autoencoder's encoder is frozen as it was exported, so that
encode_latents.py gives the latents that the denoiser knows.
"""
import json
import os
import sys

import onnx
import torch
from onnx import numpy_helper

import judge
import parallel
import train_autoencoder
import train_denoiser
from autoencoder import AutoencoderKL
from dataset import arguments

BUNDLED = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')


def weights(path):
    """Every parameter of an exported graph by its name in the network, as a tensor.

    Most initializers keep their names. The others have lost them to constant
    folding, and are named after the node that uses them: transposed matrices of
    linear layers, the factors and terms of group norms.
    """
    graph = onnx.load(path).graph
    tensors = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    out = {name: t for name, t in tensors.items() if not name.startswith('onnx::')}
    for node in graph.node:
        module = node.name.rpartition('/')[0].strip('/').replace('/', '.')
        folded = [i for i in node.input if i in tensors and i.startswith('onnx::')]
        if node.op_type == 'MatMul' and folded:
            out[module + '.weight'] = tensors[folded[0]].t().contiguous()
        elif node.op_type in ('Mul', 'Add') and folded:
            out[module + ('.weight' if node.op_type == 'Mul' else '.bias')] = tensors[folded[0]].flatten()
    return out


def fill(module, tensors):
    """Loads a network from tensors, which must have all of its parameters."""
    state = module.state_dict()
    missing = [name for name in state if name not in tensors]
    if missing:
        sys.exit(f'the exported graph lacks {len(missing)} of the parameters of {type(module).__name__}, such as {missing[0]}')
    module.load_state_dict({name: tensors[name].view_as(old) for name, old in state.items()})
    return module


def same_tokens(work, folder):
    with open(f'{work}/tokenizer/vocab.json') as ours, open(f'{folder}/tokenizer/vocab.json') as theirs:
        return json.load(ours) == json.load(theirs)


def restore_model(work, folder):
    if not same_tokens(work, folder):
        sys.exit(f'{work} has another tokenizer than {folder}: the captions have changed since it was trained')
    unet, text = train_denoiser.models(work)
    fill(unet, weights(f'{folder}/unet/model.onnx'))
    fill(text, weights(f'{folder}/text_encoder/model.onnx'))
    parallel.save({'unet': unet.state_dict(), 'text': text.state_dict(), 'averaged_unet': unet.state_dict(),
                   'averaged_text': text.state_dict(), 'optimiser': None, 'step': 0}, f'{work}/{train_denoiser.CHECKPOINT}')
    halves = {**weights(f'{folder}/vae_encoder/model.onnx'), **weights(f'{folder}/vae_decoder/model.onnx')}
    vae = fill(AutoencoderKL(), {name.removeprefix('model.'): t for name, t in halves.items()}).state_dict()
    train_autoencoder.save_frozen(work, vae)


def restore_judge(work, folder):
    """The judge's batch norms are folded into its convolutions: they come back as nothing but a bias."""
    path = f'{folder}/model.onnx'
    graph = onnx.load(path).graph
    tensors = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    known = {name.removeprefix('model.'): t for name, t in weights(path).items()}
    model = judge.Judge()
    for node in graph.node:
        if node.op_type != 'Conv' or not node.input[1].startswith('onnx::'):
            continue
        convolution = node.name.split('/')[-2]  # "at32.0.0", the first of three layers
        norm = convolution.rpartition('.')[0] + '.1'
        bias = tensors[node.input[2]]
        known[convolution + '.weight'], known[norm + '.bias'] = tensors[node.input[1]], bias
        known[norm + '.weight'], known[norm + '.running_mean'] = torch.ones_like(bias), torch.zeros_like(bias)
        known[norm + '.running_var'] = torch.full_like(bias, 1 - model.at32[0][1].eps)
        known[norm + '.num_batches_tracked'] = torch.tensor(0)
    parallel.save({'model': fill(model, known).state_dict()}, f'{work}/{judge.CHECKPOINT}')


def main():
    parser = arguments('go on from exported weights')
    parser.add_argument('folder', nargs='?', default=f'{BUNDLED}/model')
    parser.add_argument('--judge', default=f'{BUNDLED}/judge')
    options = parser.parse_args()
    for name in (train_denoiser.CHECKPOINT, train_autoencoder.CHECKPOINT, judge.CHECKPOINT):
        if os.path.exists(f'{options.work}/{name}'):
            sys.exit(f'{options.work}/{name} is there already; remove it to go on from exported weights instead')
    restore_model(options.work, options.folder)
    restore_judge(options.work, options.judge)
    print('restored; encode_latents.py is next, then train_denoiser.py')


if __name__ == '__main__':
    main()
