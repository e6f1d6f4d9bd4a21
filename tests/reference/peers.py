"""Times and weighs other programs on a file of the real size: make bench-real runs it, a process a figure.

    python tests/reference/peers.py PEER FILE --family sd1 --side 512 --work FOLDER

prints one line of JSON. PEER is diffusers (a picture), diffusers-edit (Prompt-to-Prompt of two turns in one batch of
four rows), openvino, openvino-int8, or stable-diffusion-cpp. Seconds a step are the difference of runs of one and of
three steps; processor seconds stand beside them, for a machine that has other work. Packages of PyPI: torch, diffusers,
transformers, accelerate, open_clip_torch (--no-deps); openvino, nncf; stable-diffusion-cpp-python.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import time

THREADS = 2
PROMPTS = 'a cat on a sofa', 'a dog on a sofa'
GUIDANCE = 7.5


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    """seconds by the clock and of the processor"""

    def __enter__(self):
        self.began = time.monotonic(), time.process_time()
        return self

    def __exit__(self, *_):
        self.seconds, self.cpu = time.monotonic() - self.began[0], time.process_time() - self.began[1]


def timed(draw):
    """seconds of the first picture, of one step and three, and what a step more takes"""
    watches = []
    for steps in (1, 1, 3):
        with Watch() as w:
            draw(steps)
        watches.append(w)
    first, one, three = watches
    return {'first_picture_seconds': first.seconds, 'step_seconds': (three.seconds - one.seconds) / 2,
            'step_cpu_seconds': (three.cpu - one.cpu) / 2}


def describe(folder, family):
    """writes the configs and tokenizers that a file does not have, as the families publish them"""
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
    from transformers import CLIPTextConfig

    import families
    from schedulers import SD
    if os.path.exists(os.path.join(folder, 'model_index.json')):
        return
    wide = {'sd1': {'block_out_channels': (320, 640, 1280, 1280), 'cross_attention_dim': 768, 'sample_size': 64},
            'sdxl': {'block_out_channels': (320, 640, 1280), 'attention_head_dim': (5, 10, 20), 'sample_size': 128,
                     'cross_attention_dim': 2048, 'transformer_layers_per_block': (1, 2, 10),
                     'projection_class_embeddings_input_dim': 1280 + 6 * 256}}[family]
    parts = {
        'unet': UNet2DConditionModel, 'vae': AutoencoderKL, 'scheduler': DDIMScheduler,
    }
    configs = {
        'unet': {**families.UNETS[family], **wide, 'layers_per_block': 2, 'norm_num_groups': 32},
        'vae': {**families.VAE, 'block_out_channels': (128, 256, 512, 512), 'sample_size': 8 * wide['sample_size'],
                'scaling_factor': .13025 if family == 'sdxl' else .18215},
        'scheduler': SD,
    }
    index = {'_class_name': 'StableDiffusionXLPipeline' if family == 'sdxl' else 'StableDiffusionPipeline'}
    for name, kind in parts.items():
        save(folder, name, 'scheduler_config.json' if name == 'scheduler' else 'config.json',
             {'_class_name': kind.__name__, **configs[name]})
        index[name] = ['diffusers', kind.__name__]
    large = CLIPTextConfig(**{**families.text_config(768, 12, 'quick_gelu').to_dict()})
    texts = {'': (large, 'CLIPTextModel')}
    if family == 'sdxl':
        bigger = families.text_config(1280, 32, 'gelu')
        texts['_2'] = bigger, 'CLIPTextModelWithProjection'
    for suffix, (config, kind) in texts.items():
        config.save_pretrained(os.path.join(folder, 'text_encoder' + suffix))
        families.tokenizer('!' if suffix else '<|endoftext|>').save_pretrained(os.path.join(folder, 'tokenizer' + suffix))
        index['text_encoder' + suffix] = ['transformers', kind]
        index['tokenizer' + suffix] = ['transformers', 'CLIPTokenizer']
    with open(os.path.join(folder, 'model_index.json'), 'w') as file:
        json.dump(index, file)


def save(folder, part, name, config):
    os.makedirs(os.path.join(folder, part), exist_ok=True)
    with open(os.path.join(folder, part, name), 'w') as file:
        json.dump(config, file)


def pipeline(o):
    import diffusers
    import torch
    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(False)
    describe(o.work, o.family)
    kind = diffusers.StableDiffusionXLPipeline if o.family == 'sdxl' else diffusers.StableDiffusionPipeline
    more = {'add_watermarker': False} if o.family == 'sdxl' else {'safety_checker': None, 'requires_safety_checker': False}
    pipe = kind.from_single_file(o.file, config=o.work, local_files_only=True, torch_dtype=torch.float32, **more)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def version():
    import diffusers
    import torch
    return f'diffusers {diffusers.__version__} on PyTorch {torch.__version__}'


def with_diffusers(o):
    with Watch() as opened:
        pipe = pipeline(o)
    draw = lambda steps: pipe(PROMPTS[0], num_inference_steps=steps, guidance_scale=GUIDANCE, height=o.side, width=o.side)
    return {'peer': version(), 'open_seconds': opened.seconds, **timed(draw), 'peak_mb': peak_mb()}


def edit_with_diffusers(o):
    """Both turns are denoised together, as in the papers' code. Only the layers whose maps
    may be taken over compute them: those over the text, and self-attention of at most 16 x 16 pixels (SDXL: 32 x 32). The
    others stay diffusers' own, which favours it."""
    import torch
    from diffusers.models.attention_processor import Attention

    import edits
    from make_fixtures import turn
    import p2p
    pipe = pipeline(o)
    tokens = edits.Tokenizer(pipe.tokenizer)

    def draw(steps):
        turns = []
        for t in (turn(PROMPTS[0]), turn(PROMPTS[1], cross=.8, self=.4)):
            turns.append(p2p.Turn(edits.Text, tokens, t, turns[-1] if turns else None, steps))
        controller = edits.Controller(turns, len(turns))
        for name, module in pipe.unet.named_modules():
            if isinstance(module, Attention):
                cross = name.endswith('attn2')
                side = o.side // 8 >> edits.level(name, len(pipe.unet.config.block_out_channels) - 1)
                if cross or side <= (32 if o.family == 'sdxl' else 16):
                    module.set_processor(edits.Processor(controller, cross, True))
        noise = torch.randn((1, 4, o.side // 8, o.side // 8), generator=torch.Generator().manual_seed(1)).repeat(2, 1, 1, 1)

        def next_step(pipe, step, timestep, kept):
            controller.s, controller.layers = step + 1, []
            return kept
        pipe(list(PROMPTS), latents=noise, num_inference_steps=steps, guidance_scale=GUIDANCE, height=o.side, width=o.side,
             callback_on_step_end=next_step)
    return {'peer': version(), **timed(draw), 'peak_mb': peak_mb()}


def converted(o, kind):
    """the UNet as OpenVINO keeps it, made once by a process of its own, whose memory does not count"""
    path = os.path.join(o.work, f'openvino-{o.side}-{kind}', 'unet.xml')
    if not os.path.exists(path):
        subprocess.run([sys.executable, __file__, 'convert', o.file, '--family', o.family, '--side', str(o.side),
                        '--work', o.work, '--kind', kind], check=True, stdout=sys.stderr)
    return path


def inputs(o):
    import numpy as np
    random = np.random.default_rng(1)
    unit = lambda *shape: random.standard_normal(shape).astype(np.float32)
    width = 2048 if o.family == 'sdxl' else 768
    return unit(2, 4, o.side // 8, o.side // 8), np.array(501, np.int64), unit(2, 77, width)


def convert(o):
    import openvino
    import torch
    if o.family != 'sd1':
        raise SystemExit('only for sd1')
    path = os.path.join(o.work, f'openvino-{o.side}-{o.kind}', 'unet.xml')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if o.kind == 'fp32':
        unet = pipeline(o).unet.eval()
        model = openvino.convert_model(unet, example_input=tuple(torch.from_numpy(x) for x in inputs(o)))
        model.reshape({0: [2, 4, o.side // 8, o.side // 8], 1: [], 2: [2, 77, 768]})
        openvino.save_model(model, path, compress_to_fp16=False)
        return {}
    import nncf
    model = openvino.Core().read_model(converted(o, 'fp32'))
    sample = inputs(o)
    quantized = nncf.quantize(model, nncf.Dataset([sample], lambda x: dict(enumerate(x))), subset_size=1,
                              model_type=nncf.ModelType.TRANSFORMER, fast_bias_correction=True)
    openvino.save_model(quantized, path, compress_to_fp16=False)
    return {}


def with_openvino(o, kind):
    """the UNet alone: a step is almost all of a picture"""
    import openvino
    path = converted(o, kind)
    core = openvino.Core()
    core.set_property('CPU', {'INFERENCE_NUM_THREADS': THREADS})
    with Watch() as opened:
        # OpenVINO computes in bfloat16 where the processor can, unless it is told not to.
        unet = core.compile_model(path, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
    sample = dict(enumerate(inputs(o)))
    draw = lambda steps: [unet(sample) for _ in range(steps)]
    return {'peer': f'OpenVINO {openvino.__version__.split("-")[0]}', 'open_seconds': opened.seconds, **timed(draw), 'peak_mb': peak_mb()}


def with_stable_diffusion_cpp(o):
    import stable_diffusion_cpp
    with Watch() as opened:
        sd = stable_diffusion_cpp.StableDiffusion(model_path=o.file, n_threads=THREADS, wtype='f16', verbose=False)
    draw = lambda steps: sd.generate_image(prompt=PROMPTS[0], width=o.side, height=o.side, sample_steps=steps,
                                           cfg_scale=GUIDANCE, sample_method='ddim_trailing', seed=1)
    return {'peer': f'stable-diffusion-cpp-python {stable_diffusion_cpp.__version__}', 'open_seconds': opened.seconds,
            **timed(draw), 'peak_mb': peak_mb()}


PEERS = {
    'convert': convert,
    'diffusers': with_diffusers,
    'diffusers-edit': edit_with_diffusers,
    'openvino': lambda o: with_openvino(o, 'fp32'),
    'openvino-int8': lambda o: with_openvino(o, 'int8'),
    'stable-diffusion-cpp': with_stable_diffusion_cpp,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('peer', choices=PEERS)
    parser.add_argument('file')
    parser.add_argument('--family', choices=['sd1', 'sdxl'], default='sd1')
    parser.add_argument('--side', type=int, default=512)
    parser.add_argument('--work', required=True)
    parser.add_argument('--kind', choices=['fp32', 'int8'])
    o = parser.parse_args()
    os.makedirs(o.work, exist_ok=True)
    print(json.dumps(PEERS[o.peer](o)))


if __name__ == '__main__':
    main()
