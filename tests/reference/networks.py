"""What diffusers computes with the small models of families.py: sd1.json, sd2.json, sdxl.json.

Prompts are encoded, the UNet predicts once, pictures are decoded and encoded, and diffusers' own pipelines draw
with every scheduler. README.md of tests/parity names the arrays.
"""
import os
import tempfile
from unittest import mock

import diffusers
import torch
import transformers
from diffusers.schedulers import scheduling_euler_ancestral_discrete, scheduling_lcm
from safetensors.torch import save_file

import families
from fixture import Fixture
from formula import normal
from schedulers import ZERO_SNR, make, noise

PROMPT, NEGATIVE = 'a photo of an astronaut riding a horse', 'blurry, low quality'
TIMESTEP, STEPS, GUIDANCE = 481, 5, 7.5
TYPES = {'F32': torch.float32, 'F16': torch.float16, 'BF16': torch.bfloat16}
HEIGHT, WIDTH = (8 * side for side in families.SIZE)


def tensor(name, *shape):
    return torch.from_numpy(normal(name, shape))


def encode(pipe, prompt, negative):
    """rows [negative, prompt] of the embeddings, and of the pooled text where there is one"""
    text, uncond, *pooled = pipe.encode_prompt(prompt, device='cpu', num_images_per_prompt=1,
                                               do_classifier_free_guidance=True, negative_prompt=negative)
    return torch.cat([uncond, text]), torch.cat(pooled[::-1]) if pooled else None


def added(pooled):
    """SDXL's further conditions: original size, crop and target size, heights before widths"""
    if pooled is None:
        return None
    return {'text_embeds': pooled, 'time_ids': torch.tensor([[HEIGHT, WIDTH, 0, 0, HEIGHT, WIDTH]] * len(pooled)).float()}


def draw(pipe, scheduler, prompt=PROMPT, negative=NEGATIVE, guidance=GUIDANCE, steps=STEPS, **config):
    """latents after each step of diffusers' pipeline, [steps, 4, h, w]"""
    pipe.scheduler = make(scheduler, **{**pipe.config_of_scheduler, **config})
    path = []

    def after(_, i, t, values):
        path.append(values['latents'][0])
        return values

    step = [0]

    def draw_noise(shape, **_):
        step[0] += 1
        return noise(step[0] - 1)(shape)

    with mock.patch.multiple(scheduling_euler_ancestral_discrete, randn_tensor=draw_noise), \
            mock.patch.multiple(scheduling_lcm, randn_tensor=draw_noise):
        pipe(prompt, negative_prompt=negative, height=HEIGHT, width=WIDTH, guidance_scale=guidance,
             num_inference_steps=steps, latents=tensor('latents', 1, 4, *families.SIZE), output_type='latent',
             callback_on_step_end=after)
    return torch.stack(path)


def runs(family):
    """name of the run, scheduler, what differs from the usual"""
    for scheduler in ['ddim', 'dpmpp_2m', 'euler', 'euler_a']:
        yield scheduler, scheduler, {}
    yield 'lcm', 'lcm', {'guidance': 1, 'steps': 4}
    yield 'euler_trailing_guidance_1', 'euler', {'guidance': 1, 'steps': 4, 'timestep_spacing': 'trailing'}
    yield 'ddim_no_negative', 'ddim', {'negative': None}  # SDXL: embeddings of zeros, and not those of ''
    if family == 'sd2':
        yield 'ddim_zero_snr', 'ddim', ZERO_SNR


def write_family(folder, family):
    pipe = families.pipeline(family)
    pipe.config_of_scheduler = dict(pipe.scheduler.config)
    parts = {name: families.shapes(name, module) for name, module in families.networks(pipe).items()}
    entries = families.checkpoint(family, parts)
    tensors = families.checkpoint_tensors(entries, families.full_shapes(family, parts))
    check_checkpoint(pipe, family, tensors)
    fixture = Fixture(family, diffusers=diffusers.__version__, torch=torch.__version__,
                      transformers=transformers.__version__, prompt=PROMPT, negative=NEGATIVE, timestep=TIMESTEP,
                      guidance=GUIDANCE, runs=[])
    fixture.info |= {'configs': configs(pipe), 'tensors': parts, 'checkpoint': entries,
                     'digests': {name: families.digest(tensors, dtype) for name, dtype in TYPES.items()}}
    for i, name in enumerate(n for n in ['tokenizer', 'tokenizer_2'] if n in pipe.components):
        make_ids = pipe.components[name]
        ids = [make_ids(p, padding='max_length').input_ids for p in (NEGATIVE, PROMPT)]
        fixture.info['ids' if i == 0 else 'ids_2'] = ids
    text, pooled = encode(pipe, PROMPT, NEGATIVE)
    fixture.add('text', text)
    if pooled is not None:
        fixture.add('pooled', pooled)
    latents = tensor('latents', 1, 4, *families.SIZE)
    predicted = pipe.unet(torch.cat([latents] * 2), TIMESTEP, text, added_cond_kwargs=added(pooled)).sample
    fixture.add('unet', predicted)
    fixture.add('decoder', pipe.vae.decode(latents).sample[0])
    picture = tensor('picture', 1, 3, HEIGHT, WIDTH) / 4
    encoded = pipe.vae.encode(picture).latent_dist
    fixture.add('encoder.mean', encoded.mean[0])
    fixture.add('encoder.logvar', encoded.logvar[0])
    for name, scheduler, changes in runs(family):
        fixture.add(f'run.{name}', draw(pipe, scheduler, **changes))
        fixture.info['runs'].append({'name': name, 'scheduler': scheduler, 'steps': STEPS, 'guidance': GUIDANCE,
                                     'negative': NEGATIVE, **changes})
    fixture.write(folder)


def write_lcm(folder):
    """an LCM: SD 1.x with a UNet that is told the guidance, and the scheduler of its kind"""
    pipe = families.pipeline('sd1')
    unet = type(pipe.unet)(layers_per_block=2, norm_num_groups=32, time_cond_proj_dim=256, **families.UNETS['sd1'])
    more = {n: s for n, s in families.shapes('unet', unet).items() if n not in pipe.unet.state_dict()}
    families.load(unet, 'unet')
    pipe.register_modules(unet=unet.eval(), scheduler=make('lcm', **pipe.scheduler.config))
    pipe.config_of_scheduler = dict(pipe.scheduler.config)
    text, _ = encode(pipe, PROMPT, NEGATIVE)
    condition = pipe.get_guidance_scale_embedding(torch.tensor([GUIDANCE - 1]), embedding_dim=256)
    fixture = Fixture('lcm', diffusers=diffusers.__version__, prompt=PROMPT, timestep=TIMESTEP, guidance=GUIDANCE, steps=4,
                      configs={name: config for name, config in configs(pipe).items() if name.split('/')[0] in
                               ('unet', 'scheduler', 'model_index.json')}, tensors={'unet': more})
    fixture.add('timestep_cond', condition)
    fixture.add('unet', pipe.unet(tensor('latents', 1, 4, *families.SIZE), TIMESTEP, text[1:], timestep_cond=condition).sample)
    fixture.add('run.lcm', draw(pipe, 'lcm', negative=None, steps=4))
    fixture.write(folder)


def configs(pipe):
    found = {f'{name}/config.json': families.config_of(module) for name, module in families.networks(pipe).items()}
    found['scheduler/scheduler_config.json'] = families.config_of(pipe.scheduler)
    found['model_index.json'] = families.config_of(pipe)
    return found


def check_checkpoint(pipe, family, tensors):
    """asserts that diffusers finds the same weights in the file that original.py describes"""
    with tempfile.TemporaryDirectory() as folder:
        pipe.save_pretrained(os.path.join(folder, 'model'))
        path = os.path.join(folder, 'model.safetensors')
        save_file(tensors, path)
        opened = type(pipe).from_single_file(path, config=os.path.join(folder, 'model'), local_files_only=True)
    for name, module in families.networks(pipe).items():
        found = opened.components[name].state_dict()
        for key, want in module.state_dict().items():
            assert torch.equal(found[key], want), f'{family}: {name}.{key} is another in the checkpoint'


def write(folder):
    for family in families.FAMILIES:
        write_family(folder, family)
    write_lcm(folder)
