"""Small models of the families SD 1.x, SD 2.x (v-prediction) and SDXL base: real architectures, narrow networks.

What the shapes of a checkpoint do not tell is as in the real ones: 32 groups a norm, 8 heads (SD 1.x) or heads of 64
channels, 77 tokens of a vocabulary of 49,408.
"""
import gzip
import hashlib
import json
import os

import torch
from diffusers import (AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline,
                       UNet2DConditionModel)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

import original
from formula import weight
from schedulers import SD

SIZE = (16, 8)  # of latents, height and width: a picture of 128 by 64 pixels, which is taller than wide
FAMILIES = ['sd1', 'sd2', 'sdxl']
VAE = {'block_out_channels': (32, 32, 64, 64), 'down_block_types': ('DownEncoderBlock2D',) * 4,
       'up_block_types': ('UpDecoderBlock2D',) * 4, 'layers_per_block': 2, 'norm_num_groups': 32, 'latent_channels': 4,
       'sample_size': 128}
CROSS_DOWN, CROSS_UP = ('CrossAttnDownBlock2D',) * 3 + ('DownBlock2D',), ('UpBlock2D',) + ('CrossAttnUpBlock2D',) * 3
UNETS = {
    'sd1': {'block_out_channels': (32, 32, 64, 64), 'attention_head_dim': 8, 'cross_attention_dim': 64,
            'down_block_types': CROSS_DOWN, 'up_block_types': CROSS_UP, 'sample_size': 16},
    'sd2': {'block_out_channels': (32, 64, 64, 128), 'attention_head_dim': (1, 1, 1, 2), 'cross_attention_dim': 64,
            'down_block_types': CROSS_DOWN, 'up_block_types': CROSS_UP, 'sample_size': 16,
            'use_linear_projection': True},
    'sdxl': {'block_out_channels': (32, 64, 128), 'attention_head_dim': (1, 1, 2), 'cross_attention_dim': 192,
             'down_block_types': ('DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'),
             'up_block_types': ('CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'),
             'transformer_layers_per_block': (1, 1, 2), 'use_linear_projection': True, 'sample_size': 16,
             'addition_embed_type': 'text_time', 'addition_time_embed_dim': 256,
             'projection_class_embeddings_input_dim': 128 + 6 * 256},
}


def text_config(width, layers, act):
    # The ids are those of the published configs: 2 stands for "the highest id of the prompt ends it".
    return CLIPTextConfig(hidden_size=width, intermediate_size=4 * width, num_attention_heads=width // 64,
                          num_hidden_layers=layers, hidden_act=act, projection_dim=width, bos_token_id=0,
                          eos_token_id=2, pad_token_id=1)


def tokenizer(pad):
    """CLIP's tokenizer, of the vocabulary that open_clip_torch ships"""
    import importlib.util  # the package itself needs more than we install
    folder = os.path.dirname(importlib.util.find_spec('open_clip').origin)
    with gzip.open(os.path.join(folder, 'bpe_simple_vocab_16e6.txt.gz')) as file:
        merges = [tuple(line.split()) for line in file.read().decode().split('\n')[1:49152 - 256 - 2 + 1]]
    printable = [*range(ord('!'), ord('~') + 1), *range(0xa1, 0xac + 1), *range(0xae, 0xff + 1)]
    letters = [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]
    words = letters + [c + '</w>' for c in letters] + [''.join(m) for m in merges] + ['<|startoftext|>', '<|endoftext|>']
    return CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=merges, model_max_length=77,
                         unk_token='<|endoftext|>', pad_token=pad)


def pipeline(family):
    """a pipeline of diffusers with the formula's weights, and DDIM"""
    scheduler = DDIMScheduler(**{**SD, 'prediction_type': 'v_prediction' if family == 'sd2' else 'epsilon'})
    parts = {
        'unet': UNet2DConditionModel(layers_per_block=2, norm_num_groups=32, **UNETS[family]),
        'vae': AutoencoderKL(scaling_factor=.13025 if family == 'sdxl' else .18215, **VAE),
        'tokenizer': tokenizer('!' if family == 'sd2' else '<|endoftext|>'),
    }
    if family == 'sdxl':
        pipe = StableDiffusionXLPipeline(
            **parts, scheduler=scheduler, text_encoder=CLIPTextModel(text_config(64, 3, 'quick_gelu')),
            text_encoder_2=CLIPTextModelWithProjection(text_config(128, 3, 'gelu')), tokenizer_2=tokenizer('!'),
            add_watermarker=False)
    else:
        config = text_config(64, 2, 'gelu') if family == 'sd2' else text_config(64, 3, 'quick_gelu')
        pipe = StableDiffusionPipeline(**parts, scheduler=scheduler, text_encoder=CLIPTextModel(config),
                                       safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    for component, module in networks(pipe).items():
        load(module, component)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def networks(pipe):
    return {name: module.eval() for name, module in pipe.components.items() if isinstance(module, torch.nn.Module)}


def file_name(component, name):
    """transformers 5 dropped "text_model." from the names of a text encoder without projection, the files have it"""
    if component.startswith('text_encoder') and not name.startswith('text_'):
        return 'text_model.' + name
    return name


def shapes(component, module):
    return {file_name(component, name): list(tensor.shape) for name, tensor in module.state_dict().items()
            if not name.endswith('position_ids')}


def load(module, component):
    module.load_state_dict({name: torch.from_numpy(weight(f'{component}.{file_name(component, name)}', tuple(t.shape)))
                            for name, t in module.state_dict().items()})


def checkpoint(family, parts):
    """how a single file stores the model: [its name, its shape, the tensors it is made of(, 'transposed')]"""
    entries = [*original.unet(parts['unet']), *original.vae(parts['vae'])]
    if family == 'sd1':
        entries += original.clip(parts['text_encoder'], 'cond_stage_model.transformer.', 'text_encoder')
    elif family == 'sd2':
        entries += original.open_clip(one_layer_more(parts['text_encoder']), 'cond_stage_model.model.', 'text_encoder')
    else:
        entries += original.clip(parts['text_encoder'], 'conditioner.embedders.0.transformer.', 'text_encoder')
        entries += original.open_clip(parts['text_encoder_2'], 'conditioner.embedders.1.model.', 'text_encoder_2')
    return entries


def one_layer_more(shapes):
    """Files of SD 2.x have the last layer of the text encoder, which the model does not use."""
    last = max(int(n.split('.')[3]) for n in shapes if '.layers.' in n)
    prefix = f'text_model.encoder.layers.{last}.'
    more = {n.replace(prefix, f'text_model.encoder.layers.{last + 1}.'): s for n, s in shapes.items() if n.startswith(prefix)}
    return {**shapes, **more}


def checkpoint_tensors(entries, sources):
    """the tensors of the file; sources is the shape of each tensor by its full name"""
    tensors = {}
    for name, shape, parts, *transposed in entries:
        made = torch.cat([torch.from_numpy(weight(p, tuple(sources[p]))) for p in parts])
        tensors[name] = (made.T if transposed else made).reshape(shape).contiguous()
    return tensors


def digest(tensors, dtype):
    """SHA-256 of the names and the bytes of all tensors, in the order of their names"""
    h = hashlib.sha256()
    for name in sorted(tensors):
        h.update(name.encode())
        h.update(tensors[name].to(dtype).view(torch.uint8).numpy().tobytes())
    return h.hexdigest()


def full_shapes(family, parts):
    """shapes by full names, those of a checkpoint included"""
    found = {f'{component}.{name}': shape for component, tensors in parts.items() for name, shape in tensors.items()}
    if family == 'sd2':
        found |= {f'text_encoder.{n}': s for n, s in one_layer_more(parts['text_encoder']).items()}
    return found


def config_of(component):
    if hasattr(component, 'to_json_string'):
        return json.loads(component.to_json_string())
    return json.loads(component.config.to_json_string())
