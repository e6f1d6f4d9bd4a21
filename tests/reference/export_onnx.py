#!/usr/bin/env python3
"""Writes models/testdata/exports: tiny Stable Diffusion models as real exporters write them.

    PYTHONPATH=OVERLAY python3 tests/reference/export_onnx.py script saved optimum fused

Each zip holds a model folder and expected.json/.f32: what PyTorch computes with the same weights. `script` needs torch,
diffusers, transformers and onnx; `saved`, which has the weights of `script` and of Optimum's SDXL as diffusers saves them, and nothing that
is expected, needs the same; `optimum` needs optimum-onnx too, and the older transformers that it wants (an overlay folder of
`pip install --no-deps --target`); `fused` needs onnxruntime, whose optimiser makes it of what `script` made.
Weights are rounded to few digits so that the files stay small.
"""
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from diffusers import (AutoencoderKL, DDIMScheduler, LCMScheduler, LatentConsistencyModelPipeline,
                       StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from diffusers.models.attention_processor import AttnProcessor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "models/testdata/exports"
TOKENIZER = ROOT / "models/pocket/model/tokenizer"
PROMPT, TOKENS, SIDE = "a photo of a red cat", 32, 64  # pixels
HIGH, WIDE = SIDE // 8, SIDE * 3 // 2 // 8  # latents that are not square
torch.set_num_threads(1)


def rounded(model, seed):
    """Gives model weights of few digits, and lets every one of them matter."""
    g = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        scale = 1 / max(1, p[0].numel()) ** 0.5 if p.dim() > 1 else 0.2
        if "embedding" in name and p.dim() == 2 and "time" not in name and "add_" not in name:
            scale = 0.5
        noise = torch.randn(p.shape, generator=g) * scale
        base = 1.0 if p.dim() == 1 and "norm" in name and name.endswith("weight") else 0.0
        p.data = torch.round((noise + base) * 64) / 64
    return model.eval().requires_grad_(False)


def text_encoder(kind, width, seed, vocabulary=852, **more):
    config = CLIPTextConfig(vocab_size=vocabulary, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=3,
                            num_attention_heads=2, max_position_embeddings=TOKENS, bos_token_id=850, eos_token_id=851,
                            pad_token_id=851, **more)
    return rounded(kind(config), seed)


def unet(text, sample, **more):
    return rounded(UNet2DConditionModel(
        sample_size=sample, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        cross_attention_dim=text, norm_num_groups=4, **({
            "attention_head_dim": 2, "down_block_types": ("CrossAttnDownBlock2D",) * 2,
            "up_block_types": ("CrossAttnUpBlock2D",) * 2} | more)), 1)


def vae(sample, **more):
    return rounded(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, sample_size=sample, block_out_channels=(4,) * 4,
        norm_num_groups=2, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, **more), 2)


def scheduler(**more):
    return DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
                         set_alpha_to_one=False, steps_offset=1, **more)


def pattern(*shape):
    """Numbers between -1 and 1 that the tests compute too."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return torch.from_numpy(((i * 7919 + 31) % 2003 / 1001 - 1).astype(np.float32).reshape(shape))


@torch.no_grad()
def expected(pipe, folder, wide=WIDE, high=HIGH):
    """Writes what the parts compute for PROMPT and pattern latents of high × wide, as 2 rows."""
    arrays, index = [], {"prompt": PROMPT, "height": 8 * high, "width": 8 * wide, "timestep": 481}

    def keep(name, tensor):
        index[name] = [sum(a.size for a in arrays), *tensor.shape]
        arrays.append(tensor.detach().float().numpy().ravel())

    def ids(tokenizer):
        return tokenizer(PROMPT, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt").input_ids

    conditions = {}
    if getattr(pipe, "text_encoder_2", None) is not None:
        first = pipe.text_encoder(ids(pipe.tokenizer), output_hidden_states=True).hidden_states[-2]
        second = pipe.text_encoder_2(ids(pipe.tokenizer_2), output_hidden_states=True)
        text = torch.cat([first, second.hidden_states[-2]], -1)
        keep("pooled", second.text_embeds)
        times = torch.tensor([[8 * high, 8 * wide, 0, 0, 8 * high, 8 * wide]], dtype=torch.float32)
        conditions = {"added_cond_kwargs": {"text_embeds": second.text_embeds.repeat(2, 1), "time_ids": times.repeat(2, 1)}}
    else:
        text = pipe.text_encoder(ids(pipe.tokenizer))[0]
    keep("text", text)
    if pipe.unet.config.time_cond_proj_dim:
        w = pattern(2, pipe.unet.config.time_cond_proj_dim)
        conditions["timestep_cond"] = w
    latents = pattern(2, 4, high, wide)
    noise = pipe.unet(latents, torch.tensor([481, 481]), text.repeat(2, 1, 1), **conditions)[0]
    keep("noise", noise)
    keep("picture", pipe.vae.decode(pattern(1, 4, high, wide) / pipe.vae.config.scaling_factor)[0])
    keep("encoded", pipe.vae.encode(pattern(1, 3, 8 * high, 8 * wide))[0].mean * pipe.vae.config.scaling_factor)
    (folder / "expected.json").write_text(json.dumps(index))
    np.concatenate(arrays).astype("<f4").tofile(folder / "expected.f32")


def pack(folder, name):
    """Puts a folder into a zip that is the same every time."""
    OUT.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(OUT / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for f in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(f.relative_to(folder)), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(entry, f.read_bytes())
    print(name, (OUT / f"{name}.zip").stat().st_size)


def export(model, args, path, inputs, outputs, axes, opset):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(model, args, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes,
                      do_constant_folding=True, opset_version=opset, dynamo=False)


def stable_diffusion(**more):
    return StableDiffusionPipeline(
        vae=vae(SIDE), text_encoder=text_encoder(CLIPTextModel, 16, 0), tokenizer=CLIPTokenizer.from_pretrained(TOKENIZER),
        unet=unet(16, HIGH, **more), scheduler=scheduler(), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False)


def script(opset, folder):
    """What diffusers' convert_stable_diffusion_checkpoint_to_onnx.py does, with its inputs, outputs and axes."""
    pipe = stable_diffusion()
    expected(pipe, folder)
    if opset < 14:  # before scaled_dot_product_attention, of which these operators know nothing
        pipe.unet.set_attn_processor(AttnProcessor())
        pipe.vae.set_attn_processor(AttnProcessor())
        pipe.text_encoder.config._attn_implementation = "eager"
    spatial = {0: "batch", 1: "channels", 2: "height", 3: "width"}
    ids = torch.zeros(1, TOKENS, dtype=torch.int32)
    export(pipe.text_encoder, (ids,), folder / "text_encoder/model.onnx", ["input_ids"],
           ["last_hidden_state", "pooler_output"], {"input_ids": {0: "batch", 1: "sequence"}}, opset)
    export(pipe.unet, (torch.randn(2, 4, HIGH, HIGH), torch.LongTensor([0, 1]), torch.randn(2, TOKENS, 16), False),
           folder / "unet/model.onnx", ["sample", "timestep", "encoder_hidden_states", "return_dict"], ["out_sample"],
           {"sample": spatial, "timestep": {0: "batch"}, "encoder_hidden_states": {0: "batch", 1: "sequence"}}, opset)
    model = onnx.load(folder / "unet/model.onnx")
    onnx.save_model(model, folder / "unet/model.onnx", save_as_external_data=True, all_tensors_to_one_file=True,
                    location="weights.pb", convert_attribute=False)
    coder = pipe.vae
    decode = coder.decode
    coder.forward = lambda sample, return_dict: coder.encode(sample, return_dict)[0].sample()
    export(coder, (torch.randn(1, 3, SIDE, SIDE), False), folder / "vae_encoder/model.onnx", ["sample", "return_dict"],
           ["latent_sample"], {"sample": spatial}, opset)
    coder.forward = decode
    export(coder, (torch.randn(1, 4, HIGH, HIGH), False), folder / "vae_decoder/model.onnx",
           ["latent_sample", "return_dict"], ["sample"], {"latent_sample": spatial}, opset)
    pipe.tokenizer.save_pretrained(folder / "tokenizer")
    pipe.scheduler.save_pretrained(folder / "scheduler")
    runtime = ["diffusers", "OnnxRuntimeModel"]
    (folder / "model_index.json").write_text(json.dumps({
        "_class_name": "OnnxStableDiffusionPipeline", "_diffusers_version": "0.42.1", "feature_extractor": [None, None],
        "requires_safety_checker": False, "safety_checker": [None, None], "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": runtime, "tokenizer": ["transformers", "CLIPTokenizer"], "unet": runtime,
        "vae_decoder": runtime, "vae_encoder": runtime}, indent=2))


def stable_diffusion_xl():
    second = CLIPTokenizer.from_pretrained(TOKENIZER, pad_token="!")
    return StableDiffusionXLPipeline(
        vae=vae(SIDE, scaling_factor=0.13025), text_encoder=text_encoder(CLIPTextModel, 16, 0),
        text_encoder_2=text_encoder(CLIPTextModelWithProjection, 24, 3, projection_dim=12, hidden_act="gelu"),
        tokenizer=CLIPTokenizer.from_pretrained(TOKENIZER), tokenizer_2=second,
        unet=unet(40, HIGH, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                  up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
                  addition_time_embed_dim=4, projection_class_embeddings_input_dim=12 + 24,
                  transformer_layers_per_block=(1, 2)),
        scheduler=scheduler())


def saved(pipe, folder):
    """The weights of what is exported, as diffusers saves them."""
    pipe.save_pretrained(folder)


def optimum(name, folder):
    from optimum.exporters.onnx import main_export
    if name == "sd":
        pipe = stable_diffusion()
        # A vocabulary that is padded to a multiple of eight, as checkpoints have it.
        pipe.text_encoder = text_encoder(CLIPTextModel, 16, 0, vocabulary=856)
    elif name == "lcm":
        pipe = LatentConsistencyModelPipeline(
            vae=vae(SIDE), text_encoder=text_encoder(CLIPTextModel, 16, 0),
            tokenizer=CLIPTokenizer.from_pretrained(TOKENIZER), unet=unet(16, HIGH, time_cond_proj_dim=16),
            scheduler=LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    else:
        pipe = stable_diffusion_xl()
    expected(pipe, folder)
    with tempfile.TemporaryDirectory() as source:
        pipe.save_pretrained(source)
        main_export(source, output=folder, task="text-to-image", do_validation=False, opset=17)


def fused(name, folder, half=False, packed=False):
    """What onnxruntime's optimiser makes of the UNet: attention, normalisation and convolutions in one node each."""
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model
    import fusion_attention_unet  # onnxruntime's own, which its optimiser puts on the path
    # onnxruntime 1.32 makes numbers of arrays of one element, which NumPy 2.4 no longer does.
    class Whole(type):
        def __instancecheck__(cls, v):
            return isinstance(v, int)

    class Int(int, metaclass=Whole):
        def __new__(cls, v):
            return int(np.asarray(v).item())

    fusion_attention_unet.int = Int
    with zipfile.ZipFile(OUT / f"{name}.zip") as z:
        z.extractall(folder)
    with tempfile.TemporaryDirectory() as inside:
        # The optimiser reads its models from one file.
        plain = Path(inside) / "model.onnx"
        onnx.save_model(onnx.load(folder / "unet/model.onnx"), plain)
        options = FusionOptions("unet")
        options.enable_packed_kv = options.enable_packed_qkv = half or packed
        if not half:  # these have no kernel on a CPU
            options.enable_group_norm = options.enable_nhwc_conv = options.enable_bias_splitgelu = False
            options.enable_skip_group_norm = options.enable_bias_add = False
        m = optimize_model(str(plain), model_type="unet", num_heads=0, hidden_size=0, opt_level=0,
                           optimization_options=options, use_gpu=half)
        if half:
            m.convert_float_to_float16(keep_io_types=True)
    for f in (folder / "unet").iterdir():
        if f.name != "config.json":
            f.unlink()
    m.save_model_to_file(str(folder / "unet/model.onnx"), use_external_data_format=False)


def extended(name, folder):
    """What onnxruntime itself saves of a UNet that it opened at its level "extended"."""
    import onnxruntime
    with zipfile.ZipFile(OUT / f"{name}.zip") as z:
        z.extractall(folder)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    saved = folder / "unet/saved.onnx"  # beside the weights, which it goes on to name
    options.optimized_model_filepath = str(saved)
    onnxruntime.InferenceSession(str(folder / "unet/model.onnx"), options, providers=["CPUExecutionProvider"])
    model = onnx.load(saved)
    for f in (folder / "unet").iterdir():
        f.unlink()
    onnx.save_model(model, folder / "unet/model.onnx")


def make(name, fill, *args):
    with tempfile.TemporaryDirectory() as d:
        fill(*args, Path(d))
        pack(Path(d), name)


if __name__ == "__main__":
    for what in sys.argv[1:]:
        kind, _, one = what.partition(":")
        if kind == "script":
            for opset in [int(one)] if one else (11, 12, 14, 17, 18):
                make(f"script_{opset}", script, opset)
        elif kind == "saved":
            for name, pipe in {"": stable_diffusion, "_sdxl": stable_diffusion_xl}.items():
                if not one or name == one:
                    make(f"saved{name}", saved, pipe())
        elif kind == "optimum":
            for name in [one] if one else ("sd", "lcm", "sdxl"):
                make(f"optimum_{name}", optimum, name)
        elif kind == "fused":
            make("extended", lambda d: extended("script_12", d))
            make("fused", lambda d: fused("script_17", d))
            make("fused_packed", lambda d: fused("script_17", d, packed=True))
            make("fused_gpu", lambda d: fused("script_17", d, half=True))
