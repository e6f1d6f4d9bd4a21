"""The bundled model as PyTorch modules: text encoder, UNet and autoencoder's decoder.

Widths, depths and norms come from the weights, head counts from config.json. Only what no weight tells is
written down here: where a block up-samples, the activations, the sinusoidal embedding of the timestep.
`check_model.py` holds these modules against the ONNX graphs themselves.
"""
import json
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

import weights as onnx_weights


def linear(w):
    bias = w.get('bias')
    layer = nn.Linear(w['weight'].shape[1], w['weight'].shape[0], bias=bias is not None)
    return fill(layer, w)


def conv(w, stride=1):
    out, into, size, _ = w['weight'].shape
    return fill(nn.Conv2d(into, out, size, stride=stride, padding=size // 2), w)


def layer_norm(w):
    return fill(nn.LayerNorm(len(w['weight'])), w)


def group_norm(w, name):
    groups, epsilon = w.groups(name)
    return fill(nn.GroupNorm(groups, len(w.at(name)['weight']), eps=epsilon), w.at(name))


def fill(layer, w):
    layer.weight.data = w['weight'].contiguous()
    if layer.bias is not None:
        layer.bias.data = w['bias'].contiguous()
    return layer


# Text encoder: a causal transformer, pre-norm, with CLIP's quick GELU.

class TextAttention(nn.Module):
    def __init__(self, w, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (linear(w.at(n)) for n in ('q_proj', 'k_proj', 'v_proj', 'out_proj'))

    def forward(self, x):  # [B, M, D]
        q, k, v = (split_heads(f(x), self.heads) for f in (self.q, self.k, self.v))
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(2, 3) / math.sqrt(q.shape[3])).masked_fill(future, -math.inf)
        return self.out(join_heads(scores.softmax(-1) @ v))


class TextLayer(nn.Module):
    def __init__(self, w, heads):
        super().__init__()
        self.norm1, self.norm2 = layer_norm(w.at('layer_norm1')), layer_norm(w.at('layer_norm2'))
        self.attention = TextAttention(w.at('self_attn'), heads)
        self.fc1, self.fc2 = linear(w.at('mlp.fc1')), linear(w.at('mlp.fc2'))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        h = self.fc1(self.norm2(x))
        return x + self.fc2(h * torch.sigmoid(1.702 * h))


class TextEncoder(nn.Module):
    def __init__(self, w, heads):
        super().__init__()
        w = w.at('text_model')
        self.tokens = nn.Parameter(w['embeddings.token_embedding.weight'])
        self.positions = nn.Parameter(w['embeddings.position_embedding.weight'])
        self.layers = nn.ModuleList(TextLayer(w.at(f'encoder.layers.{i}'), heads) for i in range(w.count('encoder.layers')))
        self.norm = layer_norm(w.at('final_layer_norm'))

    def forward(self, ids):  # [B, M] -> [B, M, D]
        x = self.tokens[ids] + self.positions[:ids.shape[1]]
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


# UNet

def split_heads(x, heads):  # [B, N, heads*d] -> [B, heads, N, d]
    return x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)


def join_heads(x):  # [B, heads, N, d] -> [B, N, heads*d]
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)


class Attention(nn.Module):
    """Self- or cross-attention. A controller, when there is one, may replace maps and values:

    controller.maps(layer, probs [B, heads, N, M]) and controller.values(layer, v [B, heads, M, d]).
    """

    def __init__(self, w, heads, cross):
        super().__init__()
        self.heads, self.cross, self.controller = heads, cross, None
        self.q, self.k, self.v, self.out = (linear(w.at(n)) for n in ('to_q', 'to_k', 'to_v', 'to_out.0'))

    def forward(self, x, text):
        source = text if self.cross else x
        q, k, v = split_heads(self.q(x), self.heads), split_heads(self.k(source), self.heads), split_heads(self.v(source), self.heads)
        probs = (q @ k.transpose(2, 3) / math.sqrt(q.shape[3])).softmax(-1)
        if self.controller is not None:
            probs, v = self.controller.maps(self, probs), self.controller.values(self, v)
        return self.out(join_heads(probs @ v))


class TransformerBlock(nn.Module):
    def __init__(self, w, heads):
        super().__init__()
        self.norm1, self.norm2, self.norm3 = (layer_norm(w.at(f'norm{i}')) for i in (1, 2, 3))
        self.attention1, self.attention2 = Attention(w.at('attn1'), heads, False), Attention(w.at('attn2'), heads, True)
        self.into, self.back = linear(w.at('ff.net.0.proj')), linear(w.at('ff.net.2'))

    def forward(self, x, text):
        x = x + self.attention1(self.norm1(x), text)
        x = x + self.attention2(self.norm2(x), text)
        value, gate = self.into(self.norm3(x)).chunk(2, -1)
        return x + self.back(value * F.gelu(gate))


class Transformer(nn.Module):
    def __init__(self, w, heads):
        super().__init__()
        self.norm = group_norm(w, 'norm')
        self.into, self.back = conv(w.at('proj_in')), conv(w.at('proj_out'))
        self.blocks = nn.ModuleList(TransformerBlock(w.at(f'transformer_blocks.{i}'), heads) for i in range(w.count('transformer_blocks')))

    def forward(self, x, text):
        h = self.into(self.norm(x)).flatten(2).transpose(1, 2)
        for block in self.blocks:
            h = block(h, text)
        return x + self.back(h.transpose(1, 2).reshape(x.shape))


class ResidualBlock(nn.Module):
    """norm (where there is one), SiLU, convolution, twice, with the timestep added between"""

    def __init__(self, w):
        super().__init__()
        self.norm1 = group_norm(w, 'norm1') if w.has('norm1') else nn.Identity()
        self.norm2 = group_norm(w, 'norm2') if w.has('norm2') else nn.Identity()
        self.conv1, self.conv2 = conv(w.at('conv1')), conv(w.at('conv2'))
        self.time = linear(w.at('time_emb_proj')) if w.has('time_emb_proj') else None
        self.shortcut = conv(w.at('conv_shortcut')) if w.has('conv_shortcut') else nn.Identity()

    def forward(self, x, time=None):
        h = self.conv1(F.silu(self.norm1(x)))
        if self.time is not None:
            h = h + self.time(F.silu(time))[:, :, None, None]
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(h)))


class UNetBlock(nn.Module):
    def __init__(self, w, heads, upsample=False):
        super().__init__()
        self.residuals = nn.ModuleList(ResidualBlock(w.at(f'resnets.{i}')) for i in range(w.count('resnets')))
        self.transformers = nn.ModuleList(Transformer(w.at(f'attentions.{i}'), heads) for i in range(w.count('attentions')))
        self.down = conv(w.at('downsamplers.0.conv'), stride=2) if w.has('downsamplers') else None
        self.upsample = upsample
        self.up = conv(w.at('upsamplers.0.conv')) if w.has('upsamplers') else nn.Identity()

    def descend(self, x, time, text, skips):
        for i, residual in enumerate(self.residuals):
            x = residual(x, time)
            if self.transformers:
                x = self.transformers[i](x, text)
            skips.append(x)
        if self.down is not None:
            x = self.down(x)
            skips.append(x)
        return x

    def bottom(self, x, time, text):
        x = self.residuals[0](x, time)
        for transformer, residual in zip(self.transformers, self.residuals[1:]):
            x = residual(transformer(x, text), time)
        return x

    def ascend(self, x, time, text, skips):
        for i, residual in enumerate(self.residuals):
            x = residual(torch.cat([x, skips.pop()], 1), time)
            if self.transformers:
                x = self.transformers[i](x, text)
        if self.upsample:
            x = self.up(F.interpolate(x, scale_factor=2.0, mode='nearest'))
        return x


class UNet(nn.Module):
    """eps(x_t, t, text). The bundled network was trained to predict v; its graph ends with the conversion
    eps = sqrt(alpha_t) v + sqrt(1 - alpha_t) x_t, from two tables that are loaded when they are there."""

    def __init__(self, w, heads, train_steps):
        super().__init__()
        downs, ups = w.count('down_blocks'), w.count('up_blocks')
        heads = [heads] * downs if isinstance(heads, int) else heads
        self.time1, self.time2 = linear(w.at('time_embedding.linear_1')), linear(w.at('time_embedding.linear_2'))
        self.conv_in, self.conv_out = conv(w.at('conv_in')), conv(w.at('conv_out'))
        self.norm_out = group_norm(w, 'conv_norm_out')
        self.downs = nn.ModuleList(UNetBlock(w.at(f'down_blocks.{i}'), heads[i]) for i in range(downs))
        self.mid = UNetBlock(w.at('mid_block'), heads[-1])
        self.ups = nn.ModuleList(UNetBlock(w.at(f'up_blocks.{i}'), heads[-1 - i], upsample=i + 1 < ups) for i in range(ups))
        self.v_tables = sorted(w.tables(train_steps), key=lambda table: -table[0])  # sqrt(alpha) begins at almost 1
        assert len(self.v_tables) in (0, 2)
        half = self.time1.in_features // 2
        self.register_buffer('frequencies', torch.exp(-math.log(10000) * torch.arange(half) / half))

    def forward(self, x, timestep, text):  # [B, C, H, W], a number, [B, M, D]
        angles = torch.full((len(x), 1), float(timestep)) * self.frequencies
        time = self.time2(F.silu(self.time1(torch.cat([angles.cos(), angles.sin()], 1))))
        h = self.conv_in(x)
        skips = [h]
        for block in self.downs:
            h = block.descend(h, time, text, skips)
        h = self.mid.bottom(h, time, text)
        for block in self.ups:
            h = block.ascend(h, time, text, skips)
        h = self.conv_out(F.silu(self.norm_out(h)))
        if self.v_tables:
            h = self.v_tables[0][timestep] * h + self.v_tables[1][timestep] * x
        return h

    def attentions(self):
        return [m for m in self.modules() if isinstance(m, Attention)]


# Decoder: residual blocks, up-sampling by 1x1 convolutions and pixel shuffle.

class DecoderBlock(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.residuals = nn.ModuleList(ResidualBlock(w.at(f'resnets.{i}')) for i in range(w.count('resnets')))
        self.up = conv(w.at('upsamplers.0.conv')) if w.has('upsamplers') else None

    def forward(self, x):
        for residual in self.residuals:
            x = residual(x)
        return x if self.up is None else F.pixel_shuffle(self.up(x), 2)


class Decoder(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.post_quant = conv(w.at('post_quant_conv'))
        w = w.at('decoder')
        self.conv_in, self.conv_out = conv(w.at('conv_in')), conv(w.at('conv_out'))
        self.blocks = nn.ModuleList([DecoderBlock(w.at('mid_block'))] + [DecoderBlock(w.at(f'up_blocks.{i}')) for i in range(w.count('up_blocks'))])

    def forward(self, latents):  # [B, C, H, W] -> [B, 3, 8H, 8W] in -1..1
        x = self.conv_in(self.post_quant(latents))
        for block in self.blocks:
            x = block(x)
        return F.pixel_shuffle(self.conv_out(x), 2)


class Model:
    """A model folder: the three networks, the schedule and the sizes."""

    def __init__(self, folder):
        self.folder = folder
        config = lambda part: json.load(open(os.path.join(folder, part)))
        graph = lambda part: onnx_weights.load(os.path.join(folder, part, 'model.onnx'))
        text, unet = config('text_encoder/config.json'), config('unet/config.json')
        self.text_encoder = TextEncoder(graph('text_encoder'), text['num_attention_heads']).eval()
        self.scheduler = config('scheduler/scheduler_config.json')
        self.unet = UNet(graph('unet'), unet['attention_head_dim'], self.scheduler['num_train_timesteps']).eval()
        self.decoder = Decoder(graph('vae_decoder')).eval()
        self.scaling_factor = config('vae_decoder/config.json')['scaling_factor']
        self.context = config('tokenizer/tokenizer_config.json')['model_max_length']
        self.latents = (unet['in_channels'], unet['sample_size'], unet['sample_size'])
