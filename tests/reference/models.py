"""Writes tests/parity/fixtures: what diffusers makes of models whose weights a formula gives.

    python tests/reference/models.py OUT [NAME ...]

NAME is a module of this folder that has write(OUT). README.md has the versions that the fixtures were made with.
"""
import importlib
import os
import sys

import torch
import transformers

NAMES = ['formula', 'schedulers', 'networks', 'additions', 'edits']


def main(out, *names):
    os.makedirs(out, exist_ok=True)
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    for name in names or NAMES:
        importlib.import_module(name).write(out)


if __name__ == '__main__':
    main(*sys.argv[1:])
