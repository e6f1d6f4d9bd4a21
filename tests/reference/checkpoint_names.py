"""Writes which tensor of an original checkpoint is which of diffusers' models.

    python3 tests/reference/checkpoint_names.py [FOLDER]

FOLDER is models/checkpoint/testdata by default. It takes diffusers 0.42,
transformers, torch and accelerate; no weights are needed or made.

The names and shapes of the original tensors follow the original code's
constructors (ldm.modules.diffusionmodules.openaimodel.UNetModel and
model.Encoder/Decoder, open_clip's text transformer). diffusers' own converters
then say what each becomes, and the result must have exactly the tensors of
diffusers' models. Every tensor holds a number of its own, so that the
converters' slices and transposes are seen.
"""

import gzip
import pathlib
import sys
import types

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils as oracle
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

FAMILIES = {
    "sd1": dict(depths=[1, 1, 1, 0], middle=1, cross=768, linear=False, heads=8, add=0, text=["clip"]),
    "sd2": dict(depths=[1, 1, 1, 0], middle=1, cross=1024, linear=True, heads=[5, 10, 20, 20], add=0, text=["vit_h"]),
    "sdxl": dict(depths=[0, 2, 10], middle=10, cross=2048, linear=True, heads=[5, 10, 20], add=2816, text=["clip", "bigg"]),
}
WIDTHS = [320, 640, 1280, 1280]


class Names(dict):
    """The shapes of an original checkpoint, by name."""

    def layer(self, name, *shape, bias=True):
        self[name + ".weight"] = shape
        if bias:
            self[name + ".bias"] = shape[:1]

    def norm(self, name, width):
        self.layer(name, width)


def unet(names, family):
    p, widths = "model.diffusion_model.", WIDTHS[: len(family["depths"])]
    time = widths[0] * 4
    names.layer(p + "time_embed.0", time, widths[0])
    names.layer(p + "time_embed.2", time, time)
    if family["add"]:
        names.layer(p + "label_emb.0.0", time, family["add"])
        names.layer(p + "label_emb.0.2", time, time)

    def resnet(name, wide, out):
        names.norm(name + ".in_layers.0", wide)
        names.layer(name + ".in_layers.2", out, wide, 3, 3)
        names.layer(name + ".emb_layers.1", out, time)
        names.norm(name + ".out_layers.0", out)
        names.layer(name + ".out_layers.3", out, out, 3, 3)
        if wide != out:
            names.layer(name + ".skip_connection", out, wide, 1, 1)

    def attention(name, w, depth):
        side = [] if family["linear"] else [1, 1]
        names.norm(name + ".norm", w)
        names.layer(name + ".proj_in", w, w, *side)
        for i in range(depth):
            b = f"{name}.transformer_blocks.{i}"
            for attn, context in [("attn1", w), ("attn2", family["cross"])]:
                names.layer(f"{b}.{attn}.to_q", w, w, bias=False)
                names.layer(f"{b}.{attn}.to_k", w, context, bias=False)
                names.layer(f"{b}.{attn}.to_v", w, context, bias=False)
                names.layer(f"{b}.{attn}.to_out.0", w, w)
            names.layer(b + ".ff.net.0.proj", w * 8, w)
            names.layer(b + ".ff.net.2", w, w * 4)
            for n in (1, 2, 3):
                names.norm(f"{b}.norm{n}", w)
        names.layer(name + ".proj_out", w, w, *side)

    names.layer(p + "input_blocks.0.0", widths[0], 4, 3, 3)
    skips, width, n = [widths[0]], widths[0], 1
    for level, out in enumerate(widths):
        for _ in range(2):
            resnet(f"{p}input_blocks.{n}.0", width, out)
            width = out
            if family["depths"][level]:
                attention(f"{p}input_blocks.{n}.1", width, family["depths"][level])
            skips.append(width)
            n += 1
        if level < len(widths) - 1:
            names.layer(f"{p}input_blocks.{n}.0.op", width, width, 3, 3)
            skips.append(width)
            n += 1
    resnet(p + "middle_block.0", width, width)
    attention(p + "middle_block.1", width, family["middle"])
    resnet(p + "middle_block.2", width, width)
    n = 0
    for level in reversed(range(len(widths))):
        for i in range(3):
            resnet(f"{p}output_blocks.{n}.0", width + skips.pop(), widths[level])
            width, module = widths[level], 1
            if family["depths"][level]:
                attention(f"{p}output_blocks.{n}.1", width, family["depths"][level])
                module = 2
            if level and i == 2:
                names.layer(f"{p}output_blocks.{n}.{module}.conv", width, width, 3, 3)
            n += 1
    names.norm(p + "out.0", width)
    names.layer(p + "out.2", 4, width, 3, 3)


def vae(names):
    p, widths = "first_stage_model.", [128, 256, 512, 512]

    def resnet(name, wide, out):
        names.norm(name + ".norm1", wide)
        names.layer(name + ".conv1", out, wide, 3, 3)
        names.norm(name + ".norm2", out)
        names.layer(name + ".conv2", out, out, 3, 3)
        if wide != out:
            names.layer(name + ".nin_shortcut", out, wide, 1, 1)

    def middle(name, w):
        resnet(name + ".block_1", w, w)
        names.norm(name + ".attn_1.norm", w)
        for n in ("q", "k", "v", "proj_out"):
            names.layer(f"{name}.attn_1.{n}", w, w, 1, 1)
        resnet(name + ".block_2", w, w)

    width = widths[0]
    names.layer(p + "encoder.conv_in", width, 3, 3, 3)
    for level, out in enumerate(widths):
        for i in range(2):
            resnet(f"{p}encoder.down.{level}.block.{i}", width, out)
            width = out
        if level < 3:
            names.layer(f"{p}encoder.down.{level}.downsample.conv", width, width, 3, 3)
    middle(p + "encoder.mid", width)
    names.norm(p + "encoder.norm_out", width)
    names.layer(p + "encoder.conv_out", 8, width, 3, 3)
    names.layer(p + "decoder.conv_in", width, 4, 3, 3)
    middle(p + "decoder.mid", width)
    for level in reversed(range(4)):
        for i in range(3):
            resnet(f"{p}decoder.up.{level}.block.{i}", width, widths[level])
            width = widths[level]
        if level:
            names.layer(f"{p}decoder.up.{level}.upsample.conv", width, width, 3, 3)
    names.norm(p + "decoder.norm_out", width)
    names.layer(p + "decoder.conv_out", 3, width, 3, 3)
    names.layer(p + "quant_conv", 8, 8, 1, 1)
    names.layer(p + "post_quant_conv", 4, 4, 1, 1)


def clip(names, p):
    p += "text_model."
    names[p + "embeddings.position_ids"] = (1, 77)
    names[p + "embeddings.token_embedding.weight"] = (49408, 768)
    names[p + "embeddings.position_embedding.weight"] = (77, 768)
    for i in range(12):
        l = f"{p}encoder.layers.{i}"
        for n in ("q", "k", "v", "out"):
            names.layer(f"{l}.self_attn.{n}_proj", 768, 768)
        names.norm(l + ".layer_norm1", 768)
        names.layer(l + ".mlp.fc1", 3072, 768)
        names.layer(l + ".mlp.fc2", 768, 3072)
        names.norm(l + ".layer_norm2", 768)
    names.norm(p + "final_layer_norm", 768)


def open_clip(names, p, width, layers):
    names[p + "positional_embedding"] = (77, width)
    names[p + "text_projection"] = (width, width)
    names[p + "logit_scale"] = ()
    names[p + "token_embedding.weight"] = (49408, width)
    for i in range(layers):
        l = f"{p}transformer.resblocks.{i}"
        names.norm(l + ".ln_1", width)
        names[l + ".attn.in_proj_weight"] = (3 * width, width)
        names[l + ".attn.in_proj_bias"] = (3 * width,)
        names.layer(l + ".attn.out_proj", width, width)
        names.norm(l + ".ln_2", width)
        names.layer(l + ".mlp.c_fc", 4 * width, width)
        names.layer(l + ".mlp.c_proj", width, 4 * width)
    names.norm(p + "ln_final", width)


def numbered(names):
    """A tensor for each name: 4 times its number, plus the third of rows for
    queries, keys and values, plus 3 in the first row of what is transposed."""
    tensors = {}
    for n, (name, shape) in enumerate(names.items()):
        value = torch.full((1,) * len(shape), 4 * n, dtype=torch.int16)
        if "in_proj" in name:
            rows = 4 * n + torch.arange(shape[0]) // (shape[0] // 3)
            value = rows.to(torch.int16).reshape(-1, *(1,) * (len(shape) - 1))
        if name.endswith("text_projection"):
            value = value.repeat(shape[0], 1)
            value[0] += 3
        tensors[name] = value.expand(shape)
    return tensors


def expected(model):
    return {name: tuple(t.shape) for name, t in model.state_dict().items()}


def text_config(width, layers, act="gelu"):
    return CLIPTextConfig(hidden_size=width, num_hidden_layers=layers, num_attention_heads=width // 64,
                          intermediate_size=width * 4, projection_dim=width, hidden_act=act)


def convert(family, tensors):
    """The tensors of each of diffusers' models, checked against the model."""
    cross = ["CrossAttnDownBlock2D" if d else "DownBlock2D" for d in family["depths"]]
    config = dict(
        block_out_channels=WIDTHS[: len(cross)], down_block_types=cross,
        up_block_types=[c.replace("Down", "Up") for c in reversed(cross)], layers_per_block=2,
        cross_attention_dim=family["cross"], attention_head_dim=family["heads"],
        use_linear_projection=family["linear"], transformer_layers_per_block=[max(d, 1) for d in family["depths"]],
    )
    if family["add"]:
        config |= dict(addition_embed_type="text_time", addition_time_embed_dim=256,
                       projection_class_embeddings_input_dim=family["add"])
    four = dict(down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4)
    parts = {}
    with init_empty_weights():
        parts["unet"] = (oracle.convert_ldm_unet_checkpoint(dict(tensors), config), UNet2DConditionModel(**config))
        parts["vae"] = (oracle.convert_ldm_vae_checkpoint(dict(tensors), four),
                        AutoencoderKL(block_out_channels=[128, 256, 512, 512], **four, layers_per_block=2))
    for i, kind in enumerate(family["text"]):
        width, layers = {"clip": (768, 12), "vit_h": (1024, 23), "bigg": (1280, 32)}[kind]
        with init_empty_weights():
            model = CLIPTextModelWithProjection(text_config(width, layers))
        if kind == "clip":
            got = oracle.convert_ldm_clip_checkpoint(dict(tensors))
            got.pop("text_model.embeddings.position_ids", None)
        else:
            prefix = "cond_stage_model.model." if kind == "vit_h" else "conditioner.embedders.1.model."
            got = oracle.convert_open_clip_checkpoint(types.SimpleNamespace(config=model.config), dict(tensors), prefix)
            # What the converter leaves of the names that it does not know.
            got = {k: v for k, v in got.items() if k.startswith("text_")}
        want = expected(model)
        if kind != "bigg":
            del want["text_projection.weight"]
        parts["text_encoder" + ("_2" if i else "")] = (got, want)
    result = {}
    for part, (got, want) in parts.items():
        want = want if isinstance(want, dict) else expected(want)
        shapes = {k: tuple(v.shape) for k, v in got.items()}
        assert shapes == want, (part, set(shapes.items()) ^ set(want.items()))
        result[part] = got
    return result


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "models/checkpoint/testdata")
    folder.mkdir(parents=True, exist_ok=True)
    for name, family in FAMILIES.items():
        names = Names()
        unet(names, family)
        vae(names)
        prefix = "conditioner.embedders.0." if family["add"] else "cond_stage_model."
        for kind in family["text"]:
            if kind == "clip":
                clip(names, prefix + "transformer.")
            elif kind == "vit_h":
                open_clip(names, "cond_stage_model.model.", 1024, 24)
            else:
                open_clip(names, "conditioner.embedders.1.model.", 1280, 32)
        becomes = {}
        for part, tensors in convert(family, numbered(names)).items():
            for key, t in tensors.items():
                first, last = int(t.flatten()[0]), int(t.flatten()[-1])
                mark = "/" + str(first % 4) if "_proj" in key and "self_attn" in key and "out_proj" not in key else ""
                if key == "text_projection.weight":
                    mark = "^" if int(t[0, 0]) != int(t[0, 1]) else ""
                becomes.setdefault(last // 4, []).append(f"{part}:{key}:{'x'.join(map(str, t.shape))}{mark}")
        lines = [f"{key} {'x'.join(map(str, shape)) or '-'} {' '.join(becomes.get(n, ['-']))}\n"
                 for n, (key, shape) in enumerate(names.items())]
        with open(folder / f"{name}.txt.gz", "wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as out:
            out.write("".join(lines).encode())
        print(name, len(lines), "tensors,", sum(n in becomes for n in range(len(lines))), "of them used")


if __name__ == "__main__":
    main()
