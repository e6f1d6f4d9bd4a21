"""Exports the trained weights as a diffusers ONNX folder.

    python3 export.py [--work DIR] FOLDER

The UNet predicts epsilon and takes one timestep a row, so that rows at
different steps can share a batch; scheduler_config.json is Stable Diffusion
1.x's. Tokens, vocabulary.json (the words the captions of the training used) and
the scheduler's settings go along.

    python3 export.py [--work DIR] --judge FOLDER

exports the judge instead, for the Go program's studies.
"""
import json
import os
import shutil

import onnx
import torch
import torch.nn as nn

import autoencoder
import judge
import text_encoder
import train_autoencoder
import train_denoiser
import unet
from canvas import REGIONS, SIZE
from dataset import arguments
from tokenizer import CONTEXT, END, START

OPSET = 17


class Encoder(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, sample):
        return self.model.encode(sample)[0]


class Decoder(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, latent_sample):
        return self.model.decode(latent_sample)


class Judge(nn.Module):
    """The judge with its attributes in one tensor, in the order of judge.VALUES."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, sample):
        regions, values = self.model(sample)
        return regions, torch.cat([values[name] for name in judge.VALUES], 1)


def write_graph(folder, name, module, inputs, outputs):
    """Exports one network; inputs maps names to examples, every first dimension is the batch."""
    path = os.path.join(folder, name, 'model.onnx')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    names = [*inputs, *outputs]
    torch.onnx.export(module.eval(), tuple(inputs.values()), path, input_names=list(inputs), output_names=outputs,
                      dynamic_axes={n: {0: 'batch'} for n in names}, opset_version=OPSET, do_constant_folding=True)
    graph = onnx.load(path)
    onnx.checker.check_model(graph, full_check=True)
    print(f'{path}: {os.path.getsize(path) / 1e6:.1f} MB, {len(graph.graph.node)} nodes')


def write_json(folder, name, content):
    path = f'{folder}/{name}'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        json.dump(content, f, indent=2)
        f.write('\n')


def write_configs(folder, vocabulary_size):
    latent = autoencoder.CHANNELS
    vae = {'_class_name': 'AutoencoderKL', 'latent_channels': latent, 'in_channels': 3, 'out_channels': 3, 'sample_size': 128,
           'scaling_factor': autoencoder.SCALING_FACTOR}
    # The first width is that of the full resolution: the three channels of the picture itself.
    write_json(folder, 'vae_encoder/config.json', {**vae, 'block_out_channels': [3, *autoencoder.ENCODER_WIDTHS]})
    write_json(folder, 'vae_decoder/config.json', {**vae, 'block_out_channels': [3, *autoencoder.DECODER_WIDTHS]})
    write_json(folder, 'unet/config.json', {
        '_class_name': 'UNet2DConditionModel', 'sample_size': 16, 'in_channels': latent, 'out_channels': latent,
        'block_out_channels': list(unet.WIDTHS), 'layers_per_block': 1, 'cross_attention_dim': text_encoder.WIDTH,
        'attention_head_dim': list(unet.HEADS), 'norm_num_groups': unet.GROUPS,
        'down_block_types': ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
        'up_block_types': ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D']})
    write_json(folder, 'text_encoder/config.json', {
        '_class_name': 'CLIPTextModel', 'hidden_size': text_encoder.WIDTH, 'num_hidden_layers': text_encoder.LAYERS,
        'num_attention_heads': text_encoder.HEADS, 'intermediate_size': 4 * text_encoder.WIDTH,
        'max_position_embeddings': CONTEXT, 'vocab_size': vocabulary_size, 'hidden_act': 'quick_gelu'})
    special = {'bos_token': START, 'eos_token': END, 'pad_token': END, 'unk_token': END}
    write_json(folder, 'tokenizer/special_tokens_map.json', special)
    write_json(folder, 'tokenizer/tokenizer_config.json', {
        'tokenizer_class': 'CLIPTokenizer', 'model_max_length': CONTEXT, 'do_lower_case': True, 'add_prefix_space': False, **special})
    write_json(folder, 'scheduler/scheduler_config.json', {
        '_class_name': 'DDIMScheduler', 'beta_schedule': 'scaled_linear', 'beta_start': .00085, 'beta_end': .012,
        'num_train_timesteps': 1000, 'prediction_type': 'epsilon', 'clip_sample': False, 'set_alpha_to_one': False,
        'steps_offset': 1, 'trained_betas': None})
    onnx_model = ['diffusers', 'OnnxRuntimeModel']
    write_json(folder, 'model_index.json', {
        '_class_name': 'OnnxStableDiffusionPipeline', '_diffusers_version': '0.21.0', 'text_encoder': onnx_model, 'unet': onnx_model,
        'vae_decoder': onnx_model, 'vae_encoder': onnx_model, 'tokenizer': ['transformers', 'CLIPTokenizer'],
        'scheduler': ['diffusers', 'DDIMScheduler'], 'safety_checker': [None, None], 'feature_extractor': [None, None],
        'requires_safety_checker': False})


def export_judge(work, folder):
    write_graph(folder, '', Judge(judge.load(work)), {'sample': torch.randn(2, 3, SIZE, SIZE)}, ['regions', 'values'])
    write_json(folder, 'judge.json', {
        'size': SIZE, 'map_size': judge.MAP, 'regions': REGIONS,
        'values': [{'name': name, 'values': [judge.plain(v) for v in values]} for name, values in judge.VALUES.items()],
        'colours': [{'name': name, 'region': region, 'palette': palette} for name, (region, palette) in judge.COLOURS.items()]})


def export_model(work, folder):
    denoiser, text, step = train_denoiser.load(work)
    vae = train_autoencoder.load(work)
    channels = autoencoder.CHANNELS
    write_graph(folder, 'text_encoder', text, {'input_ids': torch.zeros(2, CONTEXT).long()}, ['last_hidden_state'])
    write_graph(folder, 'unet', unet.EpsilonUNet(denoiser), {
        'sample': torch.randn(2, channels, 16, 16), 'timestep': torch.tensor([500, 3]),
        'encoder_hidden_states': torch.randn(2, CONTEXT, text_encoder.WIDTH)}, ['out_sample'])
    write_graph(folder, 'vae_decoder', Decoder(vae), {'latent_sample': torch.randn(2, channels, 16, 16)}, ['sample'])
    write_graph(folder, 'vae_encoder', Encoder(vae), {'sample': torch.randn(2, 3, 128, 128)}, ['latent_sample'])
    write_configs(folder, len(text.text_model.embeddings.token_embedding.weight))
    for name in ('vocab.json', 'merges.txt'):
        shutil.copy(f'{work}/tokenizer/{name}', f'{folder}/tokenizer/{name}')
    with open(f'{work}/vocabulary.json') as f:
        write_json(folder, 'vocabulary.json', json.load(f))
    print('exported step', step)


def main():
    parser = arguments('export the trained weights as ONNX')
    parser.add_argument('folder')
    parser.add_argument('--judge', action='store_true', help='export the judge instead of the model')
    options = parser.parse_args()
    torch.set_num_threads(1)
    (export_judge if options.judge else export_model)(options.work, options.folder)


if __name__ == '__main__':
    main()
