"""The denoiser: a small UNet2DConditionModel, its parts named as in diffusers.

Two resolutions, 16x16 and 8x8, one residual block and one transformer block
(self- and cross-attention) at each, down, in the middle and up. It predicts v
(Salimans and Ho 2022); EpsilonUNet turns that into the noise, so that from
outside it is a Stable Diffusion 1.x UNet.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

import autoencoder
import text_encoder

WIDTHS, HEADS = (80, 128), (2, 4)  # at 16x16 and at 8x8
TIME_WIDTH, GROUPS, FEED_FORWARD = 256, 8, 2
TRAIN_STEPS = 1000


def alphas_cumprod():
    """Stable Diffusion's noise schedule, [1000]."""
    betas = torch.linspace(.00085 ** .5, .012 ** .5, TRAIN_STEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


def full(x):
    """x in full precision; nothing at all, also in an exported graph, where it is."""
    return x if x.dtype == torch.float32 else x.float()


class GroupNorm(nn.GroupNorm):
    """Normalises in full precision, also where the training multiplies in bfloat16."""

    def forward(self, x):
        return F.group_norm(full(x), self.num_groups, self.weight, self.bias, self.eps)


class LayerNorm(nn.LayerNorm):
    def forward(self, x):
        return F.layer_norm(full(x), self.normalized_shape, self.weight, self.bias, self.eps)


class ResnetBlock2D(nn.Module):
    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.norm1, self.conv1 = GroupNorm(GROUPS, channels_in, eps=1e-6), nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.time_emb_proj = nn.Linear(TIME_WIDTH, channels_out)
        self.norm2, self.conv2 = GroupNorm(GROUPS, channels_out, eps=1e-6), nn.Conv2d(channels_out, channels_out, 3, padding=1)
        if channels_in != channels_out:
            self.conv_shortcut = nn.Conv2d(channels_in, channels_out, 1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time_emb_proj(F.silu(time))[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.conv_shortcut(x) if hasattr(self, 'conv_shortcut') else x) + h


class Attention(nn.Module):
    """Multi-head attention whose probabilities stay three-dimensional: [B * heads, pixels, tokens]."""

    def __init__(self, width, context, heads):
        super().__init__()
        self.heads, self.head, self.width = heads, width // heads, width
        self.keep = False  # keep the probabilities of the last call, for the grounding loss
        self.probabilities = None
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context or width, width, bias=False)
        self.to_v = nn.Linear(context or width, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x, context=None):
        batch, head = x.shape[0], self.head
        context = x if context is None else context

        def heads_to_batch(y):
            return y.reshape(batch, -1, self.heads, head).transpose(1, 2).reshape(batch * self.heads, -1, head)

        scores = torch.bmm(heads_to_batch(self.to_q(x)) * head ** -.5, heads_to_batch(self.to_k(context)).transpose(1, 2))
        probabilities = scores.softmax(-1)
        if self.keep:
            self.probabilities = probabilities.view(batch, self.heads, *probabilities.shape[1:])
        mixed = torch.bmm(probabilities, heads_to_batch(self.to_v(context)))
        return self.to_out[0](mixed.reshape(batch, self.heads, -1, head).transpose(1, 2).reshape(batch, -1, self.width))


class GEGLU(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, -1)
        return value * F.gelu(full(gate))  # its gradient in bfloat16 is slow


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        inner = width * FEED_FORWARD
        self.net = nn.ModuleList([GEGLU(width, inner), nn.Identity(), nn.Linear(inner, width)])

    def forward(self, x):
        return self.net[2](self.net[0](x))


class BasicTransformerBlock(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.attn1, self.attn2, self.ff = Attention(width, None, heads), Attention(width, context, heads), FeedForward(width)
        self.norm1, self.norm2, self.norm3 = LayerNorm(width), LayerNorm(width), LayerNorm(width)

    def forward(self, x, context):
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class Transformer2DModel(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.norm, self.proj_in = GroupNorm(GROUPS, width, eps=1e-6), nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([BasicTransformerBlock(width, context, heads)])
        self.proj_out = nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(self, x, context):
        h = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        h = self.transformer_blocks[0](h, context)
        return x + self.proj_out(h.transpose(1, 2).reshape(x.shape))


class Downsample2D(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x)


class Upsample2D(nn.Module):
    """Nearest neighbour, without diffusers' convolution: it would be a tenth of all the work."""

    def forward(self, x):
        return F.interpolate(x, scale_factor=2., mode='nearest')


class CrossAttnBlock2D(nn.Module):
    """Residual and transformer blocks at one resolution, on the way down or up."""

    def __init__(self, channels_in, channels_out, context, heads, down=False, up=False):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock2D(c, channels_out) for c in channels_in])
        self.attentions = nn.ModuleList([Transformer2DModel(channels_out, context, heads) for _ in channels_in])
        if down:
            self.downsamplers = nn.ModuleList([Downsample2D(channels_out)])
        if up:
            self.upsamplers = nn.ModuleList([Upsample2D()])

    def go_down(self, h, time, context, skips):
        for resnet, attention in zip(self.resnets, self.attentions):
            h = attention(resnet(h, time), context)
            skips.append(h)
        if hasattr(self, 'downsamplers'):
            h = self.downsamplers[0](h)
            skips.append(h)
        return h

    def go_up(self, h, time, context, skips):
        for resnet, attention in zip(self.resnets, self.attentions):
            h = attention(resnet(torch.cat([h, skips.pop()], 1), time), context)
        return self.upsamplers[0](h) if hasattr(self, 'upsamplers') else h

    def forward(self, h, time, context, skips, up):
        return (self.go_up if up else self.go_down)(h, time, context, skips)


class MidBlock2D(nn.Module):
    def __init__(self, channels, context, heads):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock2D(channels, channels) for _ in range(2)])
        self.attentions = nn.ModuleList([Transformer2DModel(channels, context, heads)])

    def forward(self, h, time, context):
        return self.resnets[1](self.attentions[0](self.resnets[0](h, time), context), time)


class TimestepEmbedding(nn.Module):
    def __init__(self, width_in):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(width_in, TIME_WIDTH), nn.Linear(TIME_WIDTH, TIME_WIDTH)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class UNet(nn.Module):
    """forward(latents [B, C, 16, 16], timesteps [B], hidden states [B, 32, context]) gives v, [B, C, 16, 16]."""

    def __init__(self, widths=WIDTHS, heads=HEADS, context=text_encoder.WIDTH, channels=autoencoder.CHANNELS):
        super().__init__()
        a, b = widths
        self.time_embedding = TimestepEmbedding(a)
        self.conv_in = nn.Conv2d(channels, a, 3, padding=1)
        self.down_blocks = nn.ModuleList([CrossAttnBlock2D([a], a, context, heads[0], down=True),
                                          CrossAttnBlock2D([a], b, context, heads[1])])
        self.mid_block = MidBlock2D(b, context, heads[1])
        # What goes up meets, last first: conv_in (a, 16x16), block 0 (a, 16x16), its half (a, 8x8), block 1 (b, 8x8).
        self.up_blocks = nn.ModuleList([CrossAttnBlock2D([b + b, b + a], b, context, heads[1], up=True),
                                        CrossAttnBlock2D([b + a, a + a], a, context, heads[0])])
        self.conv_norm_out, self.conv_out = GroupNorm(GROUPS, a), nn.Conv2d(a, channels, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)
        frequencies = torch.exp(-math.log(10000) * torch.arange(a // 2).float() / (a // 2))
        self.register_buffer('frequencies', frequencies, persistent=False)

    def forward(self, x, timesteps, context):
        angles = timesteps.float()[:, None] * self.frequencies[None]
        time = self.time_embedding(torch.cat([angles.cos(), angles.sin()], 1))
        return self.conv_out(self.trunk(self.conv_in(x), time, context))

    def trunk(self, h, time, context):
        """Everything between the first and the last convolution; the training runs it in bfloat16."""
        skips = [h]
        for block in self.down_blocks:
            h = block(h, time, context, skips, up=False)
        h = self.mid_block(h, time, context)
        for block in self.up_blocks:
            h = block(h, time, context, skips, up=True)
        return F.silu(self.conv_norm_out(h))

    def cross_attention_16(self):
        """The cross-attentions at 16x16, whose maps say where a word acts."""
        return [m for name, m in self.named_modules()
                if name.endswith('attn2') and (name.startswith('down_blocks.0') or name.startswith('up_blocks.1'))]


class EpsilonUNet(UNet):
    """The same network, giving the noise instead of v: epsilon = sqrt(a) v + sqrt(1 - a) x.

    A subclass, so that exported nodes keep diffusers' names (/down_blocks.0/attentions.0/…).
    """

    def __init__(self, unet):
        super().__init__()
        self.load_state_dict(unet.state_dict())
        a = alphas_cumprod()
        self.register_buffer('signal', a.sqrt())
        self.register_buffer('noise', (1 - a).sqrt())

    def forward(self, sample, timestep, encoder_hidden_states):
        v = super().forward(sample, timestep, encoder_hidden_states)
        return self.signal[timestep].view(-1, 1, 1, 1) * v + self.noise[timestep].view(-1, 1, 1, 1) * sample


def row_flops(widths=WIDTHS):
    """Multiplications and additions, as two operations, of one row's forward pass."""
    total = 0
    model = UNet(widths).eval()

    def count(module, inputs, output):
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += 2 * output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += 2 * output[0].numel() * module.in_features
        elif isinstance(module, Attention):
            tokens = inputs[1].shape[1] if len(inputs) > 1 else inputs[0].shape[1]
            total += 4 * inputs[0].shape[1] * tokens * inputs[0].shape[2]

    for m in model.modules():
        m.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(1, autoencoder.CHANNELS, 16, 16), torch.zeros(1).long(), torch.zeros(1, 32, text_encoder.WIDTH))
    return total


if __name__ == '__main__':
    print('%.3f GFLOP a row, %.2f million parameters' % (row_flops() / 1e9, sum(p.numel() for p in UNet().parameters()) / 1e6))
