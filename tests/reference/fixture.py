"""Writes a fixture: NAME.json, which says what is in NAME.f32. tests/parity/README.md describes both."""
import json
import os

import numpy as np
import torch


class Fixture:
    """Arrays by name, and whatever else a test wants to know, in `info`."""

    def __init__(self, name, **info):
        self.name, self.info = name, info
        self.places, self.arrays, self.length = {}, [], 0

    def add(self, name, array):
        if isinstance(array, torch.Tensor):
            array = array.detach().cpu().float().numpy()
        array = np.ascontiguousarray(array, '<f4')
        if not np.isfinite(array).all():
            raise ValueError(f'{self.name}: {name} is not finite')
        if name in self.places:
            raise ValueError(f'{self.name}: {name} is there twice')
        self.places[name] = {'shape': list(array.shape), 'at': self.length}
        self.arrays.append(array.ravel())
        self.length += array.size

    def write(self, folder):
        np.concatenate(self.arrays).tofile(os.path.join(folder, f'{self.name}.f32'))
        lines = [f' {json.dumps(key)}: {lay_out(value)}' for key, value in {**self.info, 'arrays': self.places}.items()]
        with open(os.path.join(folder, f'{self.name}.json'), 'w') as file:
            file.write('{\n' + ',\n'.join(lines) + '\n}\n')


def lay_out(value):
    """JSON with an entry a line, so that what changes shows"""
    if isinstance(value, dict) and len(value) > 1:
        return '{\n' + ',\n'.join(f'  {json.dumps(k)}: {json.dumps(v)}' for k, v in value.items()) + '\n }'
    if isinstance(value, list) and len(value) > 1 and isinstance(value[0], (dict, list)):
        return '[\n' + ',\n'.join(f'  {json.dumps(v)}' for v in value) + '\n ]'
    return json.dumps(value)
