"""What is added to a model, and what diffusers makes of it: lora.json, embedding.json, tiny.json.

`files` of a fixture are the files themselves: for each, its tensors [name, shape] with the formula's weights under that
name, or [name, shape, number] for a scalar.
"""
import diffusers
import peft
import torch
import transformers
from diffusers import AutoencoderTiny

import families
from fixture import Fixture
from formula import normal, weight

RANK, ALPHA, SCALE = 4, 3., .8
ROWS = 8  # of a merged matrix that are kept

# Modules of SD 1.x and SDXL with a LoRA, by network: a kind of layer each. A text encoder has its out_proj among them:
# without, diffusers does not recognise kohya's names.
SD1 = {
    'unet': ['down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q', 'down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k',
             'mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0', 'up_blocks.3.attentions.0.transformer_blocks.0.ff.net.0.proj',
             'up_blocks.1.attentions.2.transformer_blocks.0.ff.net.2', 'down_blocks.0.attentions.1.proj_in', 'up_blocks.3.attentions.2.proj_out'],
    'text_encoder': ['encoder.layers.0.self_attn.q_proj', 'encoder.layers.1.self_attn.out_proj', 'encoder.layers.2.mlp.fc1'],
}
CONVOLUTIONS = ['down_blocks.0.resnets.0.conv1', 'up_blocks.2.resnets.1.conv2', 'down_blocks.0.downsamplers.0.conv']
SDXL = {
    'unet': ['down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_v', 'mid_block.attentions.0.transformer_blocks.1.attn2.to_k',
             'up_blocks.1.attentions.1.transformer_blocks.0.ff.net.0.proj', 'down_blocks.2.attentions.1.proj_in'],
    'text_encoder': ['encoder.layers.1.self_attn.v_proj', 'encoder.layers.1.self_attn.out_proj'],
    'text_encoder_2': ['encoder.layers.0.self_attn.k_proj', 'encoder.layers.2.self_attn.out_proj', 'encoder.layers.2.mlp.fc2'],
}
# The names that kohya's scripts give SDXL's blocks: those of the original layout.
SDXL_BLOCKS = {'down_blocks.1.attentions.0': 'input_blocks_4_1', 'mid_block.attentions.0': 'middle_block_1',
               'up_blocks.1.attentions.1': 'output_blocks_4_1', 'down_blocks.2.attentions.1': 'input_blocks_8_1'}


def in_module(network, name):
    """transformers 5 has "text_model." in the one encoder and not in the other"""
    return 'text_model.' + name if network == 'text_encoder_2' else name


def pairs(pipe, modules):
    """network, module, shapes of the LoRA's down and up matrix"""
    for network, names in modules.items():
        for name in names:
            layer = pipe.components[network].get_submodule(in_module(network, name))
            out, into, *size = layer.weight.shape
            yield network, name, [RANK, into, *size], [out, RANK, *(1 for _ in size)]


def kohya(pipe, modules, xl=False):
    texts = {'text_encoder': 'lora_te1' if xl else 'lora_te', 'text_encoder_2': 'lora_te2'}
    for network, name, down, up in pairs(pipe, modules):
        if network == 'unet':
            for block, original in SDXL_BLOCKS.items() if xl else ():
                name = name.replace(block, original)
            key = 'lora_unet_' + name.replace('.', '_')
        else:
            key = f'{texts[network]}_text_model_' + name.replace('.', '_')
        yield from [[f'{key}.alpha', [], ALPHA], [f'{key}.lora_down.weight', down], [f'{key}.lora_up.weight', up]]


def diffusers_keys(pipe, modules, a, b):
    """the names of peft's lora_A and lora_B, or of diffusers before it: lora.down and lora.up"""
    for network, name, down, up in pairs(pipe, modules):
        key = f'{network}.{name if network == "unet" else "text_model." + name}'
        yield from [[f'{key}.{a}.weight', down], [f'{key}.{b}.weight', up]]


def tensors(entries):
    return {name: torch.tensor(rest[0]) if rest else torch.from_numpy(weight(name, tuple(shape)))
            for name, shape, *rest in entries}


def merged(file, modules, family):
    """the weights of the modules with the file's LoRA at SCALE"""
    pipe = families.pipeline(family)
    before = {network: {n: t.clone() for n, t in pipe.components[network].state_dict().items()} for network in modules}
    pipe.load_lora_weights(tensors(file))
    pipe.fuse_lora(components=list(modules), lora_scale=SCALE)
    pipe.unload_lora_weights()
    for network, module in ((n, m) for n, names in modules.items() for m in names):
        name = in_module(network, module) + '.weight'
        after = pipe.components[network].state_dict()[name]
        apart = (after - before[network][name]).square().mean().sqrt() / after.square().mean().sqrt()
        assert apart > .01, f'{network}.{name} is not changed: {apart}'
        yield f'{network}.{families.file_name(network, name)}', after[:ROWS]


def write_lora(folder):
    sd1, sdxl = families.pipeline('sd1'), families.pipeline('sdxl')
    conv = {'unet': CONVOLUTIONS, **{n: [] for n in SD1 if n != 'unet'}}
    files = {
        'sd1_kohya': ('sd1', SD1, [*kohya(sd1, SD1)]),
        'sd1_kohya_conv': ('sd1', {'unet': CONVOLUTIONS}, [*kohya(sd1, conv)]),
        'sd1_peft': ('sd1', SD1, [*diffusers_keys(sd1, SD1, 'lora_A', 'lora_B')]),
        'sd1_peft_conv': ('sd1', {'unet': CONVOLUTIONS}, [*diffusers_keys(sd1, conv, 'lora_A', 'lora_B')]),
        'sdxl_kohya': ('sdxl', SDXL, [*kohya(sdxl, SDXL, True)]),
        'sdxl_peft': ('sdxl', SDXL, [*diffusers_keys(sdxl, SDXL, 'lora_A', 'lora_B')]),
        'sdxl_diffusers': ('sdxl', {'unet': SDXL['unet']}, [*diffusers_keys(sdxl, {'unet': SDXL['unet']}, 'lora.down', 'lora.up')]),
    }
    fixture = Fixture('lora', diffusers=diffusers.__version__, peft=peft.__version__, scale=SCALE,
                      models={name: family for name, (family, _, _) in files.items()},
                      files={name: entries for name, (_, _, entries) in files.items()})
    for name, (family, modules, entries) in files.items():
        for key, rows in merged(entries, modules, family):
            fixture.add(f'{name}.{key}', rows)
    fixture.write(folder)


def write_embedding(folder):
    """textual inversion: one vector and three, and SDXL's, which has two for each of its encoders"""
    files = {
        'one': [['<thing>', [1, 64]]],
        'several': [['emb_params', [3, 64]]],
        'sdxl': [['clip_g', [2, 128]], ['clip_l', [2, 64]]],
    }
    prompt, word = 'a photo of <thing> riding a horse', '<thing>'
    fixture = Fixture('embedding', diffusers=diffusers.__version__, transformers=transformers.__version__,
                      prompt=prompt, word=word, files=files)
    for name in ['one', 'several']:
        pipe = families.pipeline('sd1')
        pipe.load_textual_inversion(tensors(files[name]), token=word)
        ids = pipe.tokenizer(pipe.maybe_convert_prompt(prompt, pipe.tokenizer), padding='max_length').input_ids
        fixture.info[f'ids_{name}'] = ids
        fixture.add(f'{name}.text', pipe.encode_prompt(prompt, 'cpu', 1, False)[0][0])
    pipe, learned = families.pipeline('sdxl'), tensors(files['sdxl'])
    pipe.load_textual_inversion(learned['clip_l'], token=word, text_encoder=pipe.text_encoder, tokenizer=pipe.tokenizer)
    pipe.load_textual_inversion(learned['clip_g'], token=word, text_encoder=pipe.text_encoder_2, tokenizer=pipe.tokenizer_2)
    text, _, pooled, _ = pipe.encode_prompt(prompt, device='cpu', do_classifier_free_guidance=False)
    fixture.add('sdxl.text', text[0])
    # The published configs say eos_token_id 2, for which transformers takes the highest id as the prompt's end: that
    # of a learned token, when there is one.
    fixture.add('sdxl.pooled_as_diffusers', pooled[0])
    for module in pipe.text_encoder_2.modules():
        if hasattr(module, 'eos_token_id'):
            module.eos_token_id = 49407
    pipe.text_encoder_2.config.eos_token_id = 49407
    fixture.add('sdxl.pooled', pipe.encode_prompt(prompt, device='cpu', do_classifier_free_guidance=False)[2][0])
    fixture.write(folder)


def write_tiny(folder):
    """TAESD: diffusers' file, and the decoder's own, whose layers count from 1"""
    vae = AutoencoderTiny().eval()
    shapes = {name: list(t.shape) for name, t in vae.state_dict().items()}
    vae.load_state_dict({name: torch.from_numpy(weight(name, tuple(shape))) for name, shape in shapes.items()})
    decoder = []
    for name, shape in shapes.items():
        if name.startswith('decoder.layers.'):
            n, rest = name.removeprefix('decoder.layers.').split('.', 1)
            decoder.append([f'{int(n) + 1}.{rest}', shape, name])
    fixture = Fixture('tiny', diffusers=diffusers.__version__, files={
        'taesd': [[name, shape] for name, shape in shapes.items()], 'taesd_decoder': decoder})
    latents = torch.from_numpy(normal('latents', (1, 4, *families.SIZE)))
    fixture.add('decoder', vae.decode(latents).sample[0])
    height, width = families.SIZE
    picture = torch.from_numpy(normal('picture', (1, 3, 8 * height, 8 * width))) / 4
    fixture.add('encoder', vae.encode(picture).latents[0])
    fixture.write(folder)


def write(folder):
    write_lora(folder)
    write_embedding(folder)
    write_tiny(folder)
