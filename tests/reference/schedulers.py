"""Trajectories of diffusers' schedulers around a function that stands in for the UNet: schedulers.json.

The stand-in is m(x, t) = x·(1/4 + t/2000) + p/2, where x is what the scheduler hands to the UNet (scale_model_input), t
the timestep, and p `normal('scheduler.pattern')`. It begins with `normal('scheduler.latents')` · init_noise_sigma, and
step i of a stochastic scheduler adds `normal('scheduler.noise.i')`.
"""
from unittest import mock

import diffusers
import torch
from diffusers.schedulers import scheduling_euler_ancestral_discrete, scheduling_lcm

from fixture import Fixture
from formula import normal

SHAPE = (1, 4, 4, 4)
CLASSES = {
    'ddim': diffusers.DDIMScheduler, 'dpmpp_2m': diffusers.DPMSolverMultistepScheduler,
    'euler': diffusers.EulerDiscreteScheduler, 'euler_a': diffusers.EulerAncestralDiscreteScheduler,
    'lcm': diffusers.LCMScheduler,
}
# The scheduler_config.json of Stable Diffusion 1.5 and of SDXL base, but for the class.
SD = {'beta_schedule': 'scaled_linear', 'beta_start': .00085, 'beta_end': .012, 'num_train_timesteps': 1000,
      'clip_sample': False, 'set_alpha_to_one': False, 'steps_offset': 1, 'prediction_type': 'epsilon',
      'timestep_spacing': 'leading'}
ZERO_SNR = {'prediction_type': 'v_prediction', 'timestep_spacing': 'trailing', 'rescale_betas_zero_snr': True}


def make(name, **config):
    """the scheduler as a pipeline makes it of a model's config: what the class does not know it leaves alone"""
    # A config that a scheduler was made with lists what it did not say; diffusers leaves those keys out, changed or not.
    return CLASSES[name].from_config({key: value for key, value in config.items() if key != '_use_default_values'})


def cases():
    """name, scheduler, steps, config"""
    for scheduler in CLASSES:
        def case(name, steps=5, base=SD, **config):
            return f'{scheduler}_{name}', scheduler, steps, {**base, **config}

        yield case('usual')
        yield case('one_step', 1)
        yield case('seven_steps', 7)  # 1000 is no multiple of 7
        yield case('twenty_steps', 20)
        yield case('offset_0', steps_offset=0)
        yield case('v', prediction_type='v_prediction')
        if scheduler != 'euler_a':  # diffusers has not written that one
            yield case('sample', prediction_type='sample')
        yield case('linear_betas', beta_schedule='linear', beta_start=.0001, beta_end=.02)
        if scheduler == 'lcm':  # its timesteps are 50 of the training's, thinned out, whatever the spacing
            yield case('alpha_to_one', set_alpha_to_one=True)
            yield case('zero_snr', **ZERO_SNR)
            yield case('eight_steps', 8)
            yield case('four_steps', 4)
            yield case('distilled_on_25', original_inference_steps=25, timestep_scaling=5.)
            continue
        for spacing in ['trailing', 'linspace']:
            yield case(spacing, timestep_spacing=spacing)
            yield case(f'{spacing}_seven_steps', 7, timestep_spacing=spacing)
            yield case(f'{spacing}_v', timestep_spacing=spacing, prediction_type='v_prediction')
            yield case(f'{spacing}_one_step', 1, timestep_spacing=spacing)
        yield case('zero_snr', **ZERO_SNR)
        yield case('zero_snr_leading', **{**ZERO_SNR, 'timestep_spacing': 'leading'})
        if scheduler == 'ddim':
            yield case('alpha_to_one', set_alpha_to_one=True)
            yield case('alpha_to_one_offset_0', set_alpha_to_one=True, steps_offset=0)
            yield case('cosine_betas', beta_schedule='squaredcos_cap_v2')
        if scheduler != 'dpmpp_2m':  # half of the steps lie in the middle between two training steps
            yield case('trailing_sixteen_steps', 16, timestep_spacing='trailing')
        if scheduler in ['dpmpp_2m', 'euler']:  # the others know no other levels of noise
            yield case('karras', 7, use_karras_sigmas=True)
        if scheduler == 'euler':
            yield case('exponential', 7, use_exponential_sigmas=True)
            yield case('karras_between', 7, use_karras_sigmas=True, sigma_min=.05, sigma_max=10., timestep_spacing='linspace')
            yield case('sigma_min', final_sigmas_type='sigma_min')
        if scheduler.startswith('euler'):  # config that the class has when a model says nothing
            yield case('class_defaults', base={}, beta_schedule='scaled_linear', beta_start=.00085, beta_end=.012)


def stand_in(x, t):
    return x * (.25 + float(t) / 2000) + torch.from_numpy(normal('scheduler.pattern', SHAPE)) / 2


def noise(i):
    """what a scheduler's randn_tensor gives in step i"""
    return lambda shape, **_: torch.from_numpy(normal(f'scheduler.noise.{i}', tuple(shape)))


def step(scheduler, i, t, x, model):
    """x after step i, in which model(scaled x, t) predicts, with the noise of the formula"""
    with mock.patch.multiple(scheduling_euler_ancestral_discrete, randn_tensor=noise(i)), \
            mock.patch.multiple(scheduling_lcm, randn_tensor=noise(i)):
        return scheduler.step(model(scheduler.scale_model_input(x, t), t), t, x, return_dict=False)[0]


def run(scheduler, steps, x, model):
    """the latents before the first step and after each, where x has variance 1"""
    scheduler.set_timesteps(steps)
    x = x * scheduler.init_noise_sigma
    out = [x]
    for i, t in enumerate(scheduler.timesteps):
        x = step(scheduler, i, t, x, model)
        out.append(x)
    return torch.stack(out)


def write(folder):
    fixture = Fixture('schedulers', diffusers=diffusers.__version__, torch=torch.__version__, cases=[])
    for name, scheduler, steps, config in cases():
        made = make(scheduler, **config)
        path = run(made, steps, torch.from_numpy(normal('scheduler.latents', SHAPE)), stand_in)
        fixture.info['cases'].append({
            'name': name, 'scheduler': scheduler, 'steps': steps, 'config': config,
            'init_noise_sigma': float(made.init_noise_sigma)})
        fixture.add(f'{name}.timesteps', made.timesteps)
        if hasattr(made, 'sigmas'):
            fixture.add(f'{name}.sigmas', made.sigmas)
        fixture.add(f'{name}.latents', path[:, 0])
    fixture.write(folder)
