"""The names that a single-file checkpoint has for the tensors of diffusers' networks.

A checkpoint in the original layout (CompVis' and Stability's `.ckpt` and `.safetensors`) holds the same numbers: some
under another name, some joined, some transposed, some with two dimensions of 1 more.
"""

UNET = [('time_embedding.linear_1', 'time_embed.0'), ('time_embedding.linear_2', 'time_embed.2'),
        ('add_embedding.linear_1', 'label_emb.0.0'), ('add_embedding.linear_2', 'label_emb.0.2'),
        ('conv_in', 'input_blocks.0.0'), ('conv_norm_out', 'out.0'), ('conv_out', 'out.2')]
UNET_RESNET = {'norm1': 'in_layers.0', 'conv1': 'in_layers.2', 'norm2': 'out_layers.0', 'conv2': 'out_layers.3',
               'time_emb_proj': 'emb_layers.1', 'conv_shortcut': 'skip_connection'}
VAE_ATTENTION = {'group_norm': 'norm', 'to_q': 'q', 'to_k': 'k', 'to_v': 'v', 'to_out.0': 'proj_out'}
OPEN_CLIP = {'layer_norm1': 'ln_1', 'layer_norm2': 'ln_2', 'mlp.fc1': 'mlp.c_fc', 'mlp.fc2': 'mlp.c_proj',
             'self_attn.out_proj': 'attn.out_proj'}


def unet_name(name, attended):
    """attended: the up blocks with attention, after which the upsampler is third of its block and not second"""
    for diffusers, original in UNET:
        if name.startswith(diffusers + '.'):
            return name.replace(diffusers, original, 1)
    kind, *rest = name.split('.')
    if kind == 'mid_block':
        part, n, *rest = rest
        at = f'middle_block.{2 * int(n) if part == "resnets" else 1}'
    else:
        level, part, n, *rest = rest
        level, n = int(level), int(n)
        if part == 'downsamplers':
            return '.'.join([f'input_blocks.{3 * (level + 1)}.0.op', *rest[1:]])
        if part == 'upsamplers':
            return '.'.join([f'output_blocks.{3 * level + 2}.{2 if level in attended else 1}', *rest])
        block = f'input_blocks.{3 * level + n + 1}' if kind == 'down_blocks' else f'output_blocks.{3 * level + n}'
        at = f'{block}.{0 if part == "resnets" else 1}'
    if part == 'resnets':
        rest[0] = UNET_RESNET[rest[0]]
    return '.'.join([at, *rest])


def vae_name(name, levels):
    side, kind, *rest = name.split('.')
    if kind == 'conv_norm_out':
        return '.'.join([side, 'norm_out', *rest])
    if kind == 'mid_block':
        part, n, *rest = rest
        if part == 'attentions':
            tail = '.'.join(rest)
            for diffusers, original in VAE_ATTENTION.items():
                if tail.startswith(diffusers + '.'):
                    return f'{side}.mid.attn_1.{tail.replace(diffusers, original, 1)}'
        at = f'{side}.mid.block_{int(n) + 1}'
    elif kind in ('down_blocks', 'up_blocks'):
        level, part, n, *rest = rest
        at = f'{side}.down.{level}' if kind == 'down_blocks' else f'{side}.up.{levels - 1 - int(level)}'
        if part != 'resnets':
            return '.'.join([at, part.removesuffix('rs'), *rest])
        at = f'{at}.block.{n}'
    else:
        return name
    return '.'.join([at, *rest]).replace('conv_shortcut', 'nin_shortcut')


def entry(name, shape, parts, transposed=False):
    return [name, list(shape), parts] + (['transposed'] if transposed else [])


def unet(shapes):
    attended = {int(n.split('.')[1]) for n in shapes if n.startswith('up_blocks.') and '.attentions.' in n}
    for name, shape in shapes.items():
        yield entry('model.diffusion_model.' + unet_name(name, attended), shape, ['unet.' + name])


def vae(shapes):
    levels = len({n.split('.')[2] for n in shapes if n.startswith('encoder.down_blocks.')})
    for name, shape in shapes.items():
        matrix = '.attentions.' in name and len(shape) == 2
        yield entry('first_stage_model.' + vae_name(name, levels), [*shape, 1, 1] if matrix else shape, ['vae.' + name])


def clip(shapes, prefix, component):
    for name, shape in shapes.items():
        yield entry(prefix + name, shape, [f'{component}.{name}'])


def open_clip(shapes, prefix, component):
    for name, shape in shapes.items():
        full, tail = f'{component}.{name}', name.removeprefix('text_model.')
        kind = tail.rsplit('.', 1)[1]
        if tail == 'text_projection.weight':
            yield entry(prefix + 'text_projection', shape[::-1], [full], True)
        elif tail.startswith('embeddings.position'):
            yield entry(prefix + 'positional_embedding', shape, [full])
        elif tail.startswith('embeddings.token'):
            yield entry(prefix + 'token_embedding.weight', shape, [full])
        elif tail.startswith('final_layer_norm'):
            yield entry(prefix + tail.replace('final_layer_norm', 'ln_final'), shape, [full])
        elif '.q_proj.' in tail:
            at = tail.split('.')[2]
            parts = [full.replace('q_proj', p) for p in ('q_proj', 'k_proj', 'v_proj')]
            yield entry(f'{prefix}transformer.resblocks.{at}.attn.in_proj_{kind}', [3 * shape[0], *shape[1:]], parts)
        elif '.k_proj.' not in tail and '.v_proj.' not in tail:
            at, part = tail.removeprefix('encoder.layers.').split('.', 1)
            part = OPEN_CLIP[part.rsplit('.', 1)[0]]
            yield entry(f'{prefix}transformer.resblocks.{at}.{part}.{kind}', shape, [full])
