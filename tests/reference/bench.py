"""Times PyTorch on the edit that the Go engine is timed on, and prints one line of JSON.

    /usr/bin/python3 tests/reference/bench.py [FOLDER]

plain_seconds is one picture (two rows a step), edit_seconds one edit done the reference way (source and target
together, four rows a step): prompt to pixels, 20 steps. Each is the best of three runs with the best number of
threads, after a warm-up.
"""
import json
import os
import sys
import time

import torch

from make_fixtures import BLOND, DEFAULT, RED, turn
from model import Model
from p2p import Pipeline

STEPS, GUIDANCE, RUNS = 20, 4.5, 3


def best_seconds(pipeline, turns):
    recipe = {'settings': {'scheduler': 'ddim', 'seed': 1, 'steps': STEPS, 'guidance': GUIDANCE}, 'turns': turns}
    seconds = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        pipeline.decode(pipeline.draw(recipe)[-1:])
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def main(folder):
    pipeline = Pipeline(Model(folder))
    edit = turn(RED, cross=.8, self=.4, blend=(.3, .2, BLOND, ['blond', 'hair'], ['red', 'hair']))
    results = []
    for threads in range(1, (os.cpu_count() or 1) + 1):
        torch.set_num_threads(threads)
        results.append({'threads': threads, 'plain_seconds': best_seconds(pipeline, [turn(BLOND)]),
                        'edit_seconds': best_seconds(pipeline, [turn(BLOND), edit])})
    best = min(results, key=lambda r: r['edit_seconds'])
    print(json.dumps({'plain_seconds': round(min(r['plain_seconds'] for r in results), 3), 'edit_seconds': round(best['edit_seconds'], 3),
                      'threads': best['threads'], 'torch': torch.__version__}))


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)
