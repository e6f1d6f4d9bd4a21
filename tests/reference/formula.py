"""Numbers that Python and Go compute to the same bit from a name and a count: weights, latents and noise.

Number i of a name comes from splitmix64, seeded with FNV-1a of the name. What is made of its bits is exact in float32;
weights are exact in float16 and bfloat16 too, so that a file means the same in all three. Package `parity` (in
tests/parity) has the same in Go.
"""
import numpy as np

MASK = (1 << 64) - 1


def fnv1a(name):
    h = 0xcbf29ce484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001b3 & MASK
    return h


def bits(name, count):
    """count random words of 64 bits"""
    with np.errstate(over='ignore'):
        z = np.uint64(fnv1a(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9e3779b97f4a7c15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94d049bb133111eb)
        return z ^ z >> np.uint64(31)


def normal(name, shape):
    """nearly normal numbers of variance 1.04: the sum of eight random bytes, less its mean, times 5/1024"""
    z = bits(name, int(np.prod(shape)))
    total = np.zeros(len(z), np.int64)
    for shift in range(0, 64, 8):
        total += (z >> np.uint64(shift) & np.uint64(0xff)).astype(np.int64)
    return ((total - 1020) * 5 / 1024).astype(np.float32).reshape(shape)


def weight(name, shape):
    """The weights of a tensor of a network, by the kind of tensor that its name and shape tell.

    With k of -128 … 127: a norm has 1 + (k>>1)/128, a bias (2k+1)/4096, an embedding (2k+1)/256, and a matrix
    (2k+1)/256 · 2^-e, where e is the least whose 3·4^e is not below the number of inputs.
    """
    k = (bits(name, int(np.prod(shape))) >> np.uint64(56)).astype(np.int64) - 128
    if name.endswith('bias'):
        values = (2 * k + 1) / 4096
    elif len(shape) == 1:
        values = 1 + (k >> 1) / 128
    elif 'embedding.weight' in name:
        values = (2 * k + 1) / 256
    else:
        inputs, e = int(np.prod(shape[1:])), 0
        while 3 * 4**e < inputs:
            e += 1
        values = (2 * k + 1) / 256 / 2**e
    return values.astype(np.float32).reshape(shape)


def write(folder):
    from fixture import Fixture
    shapes = {'unet.norm.weight': (8,), 'unet.conv.weight': (2, 3, 1, 2), 'vae.conv.bias': (8,),
              'text_encoder.token_embedding.weight': (2, 4), 'unet.to_q.weight': (2, 130), 'unet.narrow.weight': (4, 3)}
    fixture = Fixture('formula', weights=shapes)
    fixture.add('normal', normal('a name', (8,)))
    for name, shape in shapes.items():
        fixture.add(name, weight(name, shape))
    fixture.write(folder)
