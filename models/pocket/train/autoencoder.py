"""The autoencoder: pictures [B, 3, 128, 128] in -1 .. 1 to latents [B, channels, 16, 16] and back.

Sub-modules are named as in diffusers' AutoencoderKL. Two things differ, both
for the sake of few and fast steps: residual blocks have no normalisation and
begin as the identity, so that flat colours pass untouched; and resolution
changes by moving pixels into channels (pixel shuffle), which keeps edges sharp.
Nothing looks further than its convolutions do, so the training may use crops.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

CHANNELS = 6                  # of the latents
ENCODER_WIDTHS = (32, 48, 96)   # at 64x64, 32x32 and 16x16
DECODER_WIDTHS = (40, 72, 112)  # likewise
SCALING_FACTOR = .18215       # Stable Diffusion's: latents times this have unit variance


class ResnetBlock2D(nn.Module):
    """Residual block without normalisation; the identity at first."""

    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        if channels_in != channels_out:
            self.conv_shortcut = nn.Conv2d(channels_in, channels_out, 1)

    def forward(self, x):
        h = self.conv2(F.silu(self.conv1(F.silu(x))))
        return (self.conv_shortcut(x) if hasattr(self, 'conv_shortcut') else x) + h


class Downsample2D(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x)


class Upsample2D(nn.Module):
    """Doubles the resolution: a 1x1 convolution makes four channels a pixel, which become 2x2 pixels."""

    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, 4 * channels_out, 1)

    def forward(self, x):
        return F.pixel_shuffle(self.conv(x), 2)


class Level(nn.Module):
    """Residual blocks at one resolution, then down to or up from the next."""

    def __init__(self, channels_in, channels_out, blocks, down=False, up_to=None):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock2D(channels_in if i == 0 else channels_out, channels_out) for i in range(blocks)])
        if down:
            self.downsamplers = nn.ModuleList([Downsample2D(channels_out)])
        if up_to:
            self.upsamplers = nn.ModuleList([Upsample2D(channels_out, up_to)])

    def forward(self, x):
        for block in self.resnets:
            x = block(x)
        if hasattr(self, 'downsamplers'):
            x = self.downsamplers[0](x)
        if hasattr(self, 'upsamplers'):
            x = self.upsamplers[0](x)
        return x


class MidBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock2D(channels, channels) for _ in range(2)])

    def forward(self, x):
        return self.resnets[1](self.resnets[0](x))


class Encoder(nn.Module):
    def __init__(self, channels, widths):
        super().__init__()
        a, b, c = widths
        self.conv_in = nn.Conv2d(12, a, 3, padding=1)
        self.down_blocks = nn.ModuleList([Level(a, a, 1, down=True), Level(a, b, 1, down=True), Level(b, c, 1)])
        self.mid_block = MidBlock(c)
        self.conv_out = nn.Conv2d(c, 2 * channels, 3, padding=1)

    def forward(self, x):
        x = self.conv_in(F.pixel_unshuffle(x, 2))
        for block in self.down_blocks:
            x = block(x)
        return self.conv_out(self.mid_block(x))


class Decoder(nn.Module):
    def __init__(self, channels, widths):
        super().__init__()
        a, b, c = widths
        self.conv_in = nn.Conv2d(channels, c, 3, padding=1)
        self.mid_block = MidBlock(c)
        self.up_blocks = nn.ModuleList([Level(c, c, 1, up_to=b), Level(b, b, 2, up_to=a), Level(a, a, 1)])
        self.conv_out = nn.Conv2d(a, 12, 3, padding=1)

    def forward(self, z):
        x = self.mid_block(self.conv_in(z))
        for block in self.up_blocks:
            x = block(x)
        return F.pixel_shuffle(self.conv_out(x), 2)


class AutoencoderKL(nn.Module):
    def __init__(self, channels=CHANNELS, encoder=ENCODER_WIDTHS, decoder=DECODER_WIDTHS):
        super().__init__()
        self.channels = channels
        self.encoder, self.decoder = Encoder(channels, encoder), Decoder(channels, decoder)
        self.quant_conv = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.post_quant_conv = nn.Conv2d(channels, channels, 1)
        self._initialise()

    def _initialise(self):
        for name, module in self.named_modules():
            if not isinstance(module, nn.Conv2d):
                continue
            if name.endswith('conv2'):
                nn.init.zeros_(module.weight)
                nn.init.zeros_(module.bias)
            else:  # unit gain along the straight path
                module.weight.data.mul_(3 ** .5)
        # A small posterior variance at first: nothing is learnt through noise.
        self.quant_conv.weight.data[self.channels:] *= .1
        self.quant_conv.bias.data[self.channels:] = -5.

    def encode(self, x):
        """Mean and log variance of the latents' posterior, [B, channels, H/8, W/8] each."""
        mean, log_variance = self.quant_conv(self.encoder(x)).chunk(2, 1)
        return mean, log_variance.clamp(-20, 10)

    def decode(self, z):
        return self.decoder(self.post_quant_conv(z))

    @torch.no_grad()
    def fold_scale(self, mean, std):
        """Makes the latents times SCALING_FACTOR have zero mean and unit variance per channel.

        mean and std, [channels], are those of the latents as they are.
        """
        n, scale = self.channels, std * SCALING_FACTOR
        quant, post = self.quant_conv, self.post_quant_conv
        quant.bias[:n] = (quant.bias[:n] - mean) / scale
        quant.weight[:n] /= scale[:, None, None, None]
        quant.bias[n:] -= 2 * scale.log()
        post.bias += post.weight[:, :, 0, 0] @ mean
        post.weight *= scale[None, :, None, None]
