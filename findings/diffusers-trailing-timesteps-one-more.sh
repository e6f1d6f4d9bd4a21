#!/usr/bin/env bash
# What one would guess: set_timesteps(n) of a diffusers scheduler gives n
# timesteps, each of them one that the model was trained with, 0 to 999.
#
# What happens: with timestep_spacing "trailing", which distilled models and those
# of zero terminal SNR ask for, 62 values of n from 1 to 1000 give n + 1 of them,
# 61 as the first, and the last is -1. The spacing goes down from 1000 by 1000/n in
# floating point until it reaches 0, and where n steps end a hair above 0 there is
# one more. DDIM and Euler still say n as num_inference_steps, DPM-Solver++ n + 1.
# Nothing is raised: -1 is an index like others, so that DDIM's last step takes the
# alpha of timestep 999, as if the finished picture were nothing but noise, and
# divides by its root: with Stable Diffusion's betas and a prediction of 0 it makes
# the latents 14.65 times as large.
#
# Versions: diffusers 0.42.1 with PyTorch 2.15.0, Python 3.11, Linux on amd64. Seen
# on 2026-12-01, with DDIM, Euler and DPM-Solver++ alike:
#
#     DDIMScheduler                62 of 1000, first 61: 62 timesteps, 32 15 -1
#     EulerDiscreteScheduler       62 of 1000, first 61: 62 timesteps, 32 15 -1
#     DPMSolverMultistepScheduler  62 of 1000, first 61: 62 timesteps, 32 15 -1
#     DDIM's step takes 1 to {15: 1.01, -1: 14.65}
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > trailing.py <<'PY'
import sys

import diffusers
import torch

STABLE_DIFFUSION = dict(beta_start=.00085, beta_end=.012, beta_schedule="scaled_linear")


def spaced(kind, n):
    scheduler = kind(timestep_spacing="trailing", **STABLE_DIFFUSION)
    scheduler.set_timesteps(n)
    return scheduler


print("diffusers", diffusers.__version__, "torch", torch.__version__)
right = True
for kind in (diffusers.DDIMScheduler, diffusers.EulerDiscreteScheduler, diffusers.DPMSolverMultistepScheduler):
    more = [n for n in range(1, 1001) if len(spaced(kind, n).timesteps) == n + 1]
    first = spaced(kind, more[0])
    last = [int(t) for t in first.timesteps[-3:]]
    print(f"  {kind.__name__}: {len(more)} of 1000, first {more[0]}: {len(first.timesteps)} timesteps,", *last)
    says = first.num_inference_steps - (kind is diffusers.DPMSolverMultistepScheduler)
    right = right and says == 61 and len(more) == 62 and more[0] == 61 and last == [32, 15, -1]

ddim = diffusers.DDIMScheduler(timestep_spacing="trailing", clip_sample=False, **STABLE_DIFFUSION)
ddim.set_timesteps(61)
one, nothing = torch.ones(1), torch.zeros(1)
at = {t: float(ddim.step(nothing, t, one).prev_sample) for t in (15, -1)}
print("  DDIM's step takes 1 to", {t: round(v, 2) for t, v in at.items()})
right = right and .9 < at[15] < 1.1 and 14 < at[-1] < 15
sys.exit(not right)
PY
python3 -m venv peer
peer/bin/pip install --quiet --disable-pip-version-check diffusers==0.42.1 torch==2.15.0
peer/bin/python trailing.py
