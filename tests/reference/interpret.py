"""Runs an ONNX graph operator by operator with PyTorch: a second way from the same file to the same numbers."""
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

DTYPES = {1: torch.float32, 6: torch.int32, 7: torch.int64, 9: torch.bool, 11: torch.float64}


def tensor(proto):
    return torch.from_numpy(np.array(numpy_helper.to_array(proto)))


def ints(t):
    return [int(v) for v in t.reshape(-1).tolist()]


def run(path, **inputs):
    """the first output of the graph at path"""
    graph = onnx.load(path).graph
    values = {'': None, **{i.name: tensor(i) for i in graph.initializer}, **inputs}
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = operator(node.op_type, [values[name] for name in node.input], attributes)
    return values[graph.output[0].name]


def operator(op, x, a):
    if op in SIMPLE:
        return SIMPLE[op](*x)
    if op in OPERATORS:
        return OPERATORS[op](x, a)
    raise NotImplementedError(op)


def divide(a, b):
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode='trunc')


SIMPLE = {
    'Add': torch.add, 'Sub': torch.sub, 'Mul': torch.mul, 'Div': divide, 'Pow': torch.pow, 'MatMul': torch.matmul,
    'Equal': torch.eq, 'Where': torch.where, 'Identity': lambda x: x, 'Sigmoid': torch.sigmoid, 'Erf': torch.erf,
    'Sin': torch.sin, 'Cos': torch.cos, 'Sqrt': torch.sqrt, 'Shape': lambda x: torch.tensor(x.shape),
    'Expand': lambda x, shape: x * torch.ones(ints(shape), dtype=x.dtype),
}


def constant_of_shape(x, a):
    value = tensor(a['value']) if 'value' in a else torch.zeros(1)
    return torch.full(ints(x[0]), value.item(), dtype=value.dtype)


def convolution(x, a):
    pads = a.get('pads', [0, 0, 0, 0])
    assert pads[:2] == pads[2:] and a.get('dilations', [1, 1]) == [1, 1]
    return F.conv2d(x[0], x[1], x[2] if len(x) > 2 else None, a.get('strides', [1, 1]), pads[:2], 1, a.get('group', 1))


def gather(x, a):
    axis = a.get('axis', 0)
    index = torch.where(x[1] < 0, x[1] + x[0].shape[axis], x[1])
    shape = (*x[0].shape[:axis], *index.shape, *x[0].shape[axis + 1:])
    return x[0].index_select(axis, index.reshape(-1)).reshape(shape)


def gemm(x, a):
    left, right = x[0].t() if a.get('transA') else x[0], x[1].t() if a.get('transB') else x[1]
    product = a.get('alpha', 1.0) * (left @ right)
    return product if len(x) < 3 else product + a.get('beta', 1.0) * x[2]


def reshape(x, a):
    return x[0].reshape([x[0].shape[i] if d == 0 else d for i, d in enumerate(ints(x[1]))])


def resize(x, a):
    assert a.get('mode', b'nearest') == b'nearest'
    scales = x[2].tolist() if len(x) > 2 and x[2] is not None and x[2].numel() else [d / s for d, s in zip(ints(x[3]), x[0].shape)]
    return F.interpolate(x[0], scale_factor=tuple(scales[2:]), mode='nearest')


def pixel_shuffle(x, a):
    assert a.get('mode') == b'CRD'
    return F.pixel_shuffle(x[0], a['blocksize'])


def cut(x, a):
    axes = ints(x[3]) if len(x) > 3 else range(len(x[1]))
    steps = ints(x[4]) if len(x) > 4 else [1] * len(x[1])
    out = x[0]
    for start, end, axis, step in zip(ints(x[1]), ints(x[2]), axes, steps):
        out = out[(slice(None),) * (axis % out.dim()) + (slice(start, end, step),)]
    return out


def unsqueeze(x, a):
    out = x[0]
    for axis in sorted(ints(x[1])):
        out = out.unsqueeze(axis)
    return out


OPERATORS = {
    'Cast': lambda x, a: x[0].to(DTYPES[a['to']]),
    'Concat': lambda x, a: torch.cat(x, a['axis']),
    'Constant': lambda x, a: tensor(a['value']),
    'ConstantOfShape': constant_of_shape,
    'Conv': convolution,
    'DepthToSpace': pixel_shuffle,
    'Gather': gather,
    'Gemm': gemm,
    'InstanceNormalization': lambda x, a: F.instance_norm(x[0], weight=x[1], bias=x[2], eps=a.get('epsilon', 1e-5)),
    'LayerNormalization': lambda x, a: F.layer_norm(x[0], x[0].shape[a.get('axis', -1):], x[1], x[2], a.get('epsilon', 1e-5)),
    'Reshape': reshape,
    'Resize': resize,
    'Slice': cut,
    'Softmax': lambda x, a: x[0].softmax(a.get('axis', -1)),
    'Transpose': lambda x, a: x[0].permute(a['perm']),
    'Unsqueeze': unsqueeze,
}
