"""Reads a network's weights out of its ONNX graph, under the names of the PyTorch modules it was exported from.

The exporter gives constants other names: it folds some, shares equal ones, puts a wrapper's name before all. The
names of the nodes that use them tell where they belong:

    /a/b/Conv, /a/b/Gemm                     a.b.weight and a.b.bias
    /a/b/LayerNormalization                  likewise
    /a/b/MatMul with a constant right side   a.b.weight, transposed
    /a/b/Add with a constant vector          a.b.bias
    /a/norm/InstanceNormalization            the groups and epsilon of a GroupNorm,
    /a/norm/Mul, /a/norm/Add                 and its weight and bias [C, 1, 1]

What no such node uses (embeddings, tables) keeps the exporter's name.
"""
import numpy as np
import onnx
import torch
from onnx import numpy_helper


class Weights:
    """Tensors by dotted module path; `at('a.b')` is the same seen from inside module a.b."""

    def __init__(self, tensors, norms, prefix=''):
        self.tensors, self.norms, self.prefix = tensors, norms, prefix

    def at(self, path):
        return Weights(self.tensors, self.norms, f'{self.prefix}{path}.')

    def __getitem__(self, name):
        return self.tensors[self.prefix + name]

    def get(self, name):
        return self.tensors.get(self.prefix + name)

    def has(self, path):
        """whether a module (or tensor) of that name has weights"""
        full = self.prefix + path
        return any(name == full or name.startswith(full + '.') for name in self.tensors)

    def count(self, path):
        """the length of the module list path"""
        n = 0
        while self.has(f'{path}.{n}'):
            n += 1
        return n

    def tables(self, length):
        """one-dimensional tensors of that length: with an entry for every training step, say"""
        return [t for t in self.tensors.values() if t.shape == (length,)]

    def groups(self, path):
        """groups and epsilon of the GroupNorm at path"""
        return self.norms[self.prefix + path]


def per_channel(constant):
    """whether a constant is a number for each feature [D] or channel [C, 1, 1]"""
    return constant.dtype == np.float32 and constant.ndim in (1, 3) and constant.shape[1:] in ((), (1, 1))


def load(path):
    """Weights of the graph in a file."""
    graph = onnx.load(path).graph
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for node in graph.node:
        if node.op_type == 'Constant':
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    produced = {output: node for node in graph.node for output in node.output}

    norms = {}
    tensors = {i.name: constants[i.name] for i in graph.initializer if '::' not in i.name}
    for node in graph.node:
        module, _, op = node.name.lstrip('/').replace('/', '.').rpartition('.')
        known = [constants[name] for name in node.input if name in constants]
        if op in ('Conv', 'Gemm', 'LayerNormalization'):
            tensors.update(zip((module + '.weight', module + '.bias'), known))
        elif op == 'MatMul' and known:
            tensors[module + '.weight'] = known[0].T
        elif op == 'InstanceNormalization':
            epsilon = next((a.f for a in node.attribute if a.name == 'epsilon'), 1e-5)
            grouped = constants[produced[node.input[0]].input[1]]  # the Reshape to [batch, groups, -1]
            norms[module] = int(grouped[1]), epsilon
        elif op in ('Mul', 'Add') and known and per_channel(known[0]):
            tensors[module + ('.weight' if op == 'Mul' else '.bias')] = known[0].reshape(-1)
    return Weights({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()}, norms)
