"""Prompt-to-Prompt from its equations, in PyTorch: what the Go engine is held against.

Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross-Attention Control", with the generalisations that
the project's design makes: windows with two ends, an equalizer that acts in and outside of the window, word
alignment for any two prompts, chains of edits, and V injection (Bieske and Lorente 2025).

All turns of a chain are denoised together, two rows a turn (unconditional and conditional), the reference way.
Turns are handled in order within every attention layer, so that what a turn takes over from its source is what
the source really used, its own injections included.
"""
import math

import torch
import torch.nn.functional as F

from prompt import INSERT, KEEP, Tokenizer, mapping

SELF_PIXELS = 16 * 16  # self-attention maps are taken over in layers of at most so many pixels
MAP_SIDE = 16          # local blend looks at cross-attention layers of this side


def step(fraction, n):
    """a fraction of n steps, to the nearest, halves up"""
    return math.floor(fraction * n + 0.5)


def inside(window, s, n):
    return step(window['from'], n) <= s < step(window['to'], n)


CLOSED = {'from': 0, 'to': 0}


class Turn:
    """One turn of a recipe, ready to be drawn: equations (3)-(5) of the paper as arrays over its tokens."""

    def __init__(self, model, tokenizer, turn, source, n):
        self.n, self.source = n, source
        self.prompt = tokenizer.encode(turn['prompt'])
        self.text = model.text_encoder(torch.tensor([self.prompt.ids]))[0]
        self.equalizer = torch.ones(model.context)
        for weight in turn.get('weights', []):
            self.equalizer[self.prompt.tokens(weight)] *= weight['factor']
        self.windows, self.blend = turn.get('windows', {}), turn.get('blend', {})
        if source is None:
            return
        self.mapper, self.kinds = mapping(source.prompt, self.prompt)
        # The maps that are taken carry the source's own re-weighting, which must not act twice: what was mapped
        # is divided by it, and a map that the source muted cannot be taken at all.
        share = self.mapper.sum(0)
        self.inherited = torch.where(share > 0, (self.mapper * source.equalizer[:, None]).sum(0) / share.clamp(min=1e-12), torch.ones(()))
        self.cross = [self.windows.get('cross', CLOSED)] * model.context
        for word in self.windows.get('cross_words', []):
            for j in self.prompt.tokens(word):
                self.cross[j] = word

    def alpha(self, s):
        """the paper's alpha of every token at step s: 1 where the source's map is taken [M]"""
        return torch.tensor([float(kind != INSERT and inherited != 0 and inside(window, s, self.n))
                             for kind, inherited, window in zip(self.kinds, self.inherited, self.cross)])

    def edit_cross(self, s, own, source):
        """Edit(M_t, M*_t, t) for cross-attention: word swap and refinement through the mapper, re-weighting by the
        equalizer c on both terms, in place of the source's. [heads, N, M]"""
        if self.source is None:
            return own * self.equalizer
        alpha = self.alpha(s)
        inherited = torch.where(alpha > 0, self.inherited, torch.ones(()))
        return (source @ self.mapper / inherited * alpha + own * (1 - alpha)) * self.equalizer

    def edit_self(self, s, own, source):
        """self-attention: the source's maps while the window lasts [heads, N, N]"""
        if self.source is None or own.shape[-1] > SELF_PIXELS or not inside(self.windows.get('self', CLOSED), s, self.n):
            return own
        return source

    def edit_values(self, s, cross, own, source):
        """V injection: (1 - beta) V + beta V_source, on the tokens of kept words in cross-attention and on every
        pixel in self-attention, in one kind of layers or in both [heads, M or N, d]"""
        beta, layers = self.windows.get('value_mix', 0), self.windows.get('value_layers', '')
        if self.source is None or not inside(self.windows.get('value', CLOSED), s, self.n):
            return own
        if layers and layers != ('cross' if cross else 'self'):
            return own
        if not cross:
            return (1 - beta) * own + beta * source
        mix = beta * torch.tensor([[float(kind == KEEP)] for kind in self.kinds])
        return (1 - mix) * own + mix * (self.mapper.t() @ source)


class Controller:
    """Stands in every attention layer. Rows are [uncond of every turn, cond of every turn]; only the latter are
    edited, in the order of the turns."""

    def __init__(self, turns):
        self.turns, self.s = turns, 0
        self.layers = []  # cross maps of this step [turns, pixels, M], one per layer of MAP_SIDE

    def maps(self, layer, probs):
        cond = list(probs[len(self.turns):])
        for k, turn in enumerate(self.turns):
            edit = turn.edit_cross if layer.cross else turn.edit_self
            cond[k] = edit(self.s, cond[k], cond[k - 1])
        cond = torch.stack(cond)
        if layer.cross and probs.shape[2] == MAP_SIDE ** 2:
            self.layers.append(cond.mean(1))
        return torch.cat([probs[:len(self.turns)], cond])

    def values(self, layer, v):
        cond = list(v[len(self.turns):])
        for k, turn in enumerate(self.turns):
            cond[k] = turn.edit_values(self.s, layer.cross, cond[k], cond[k - 1])
        return torch.cat([v[:len(self.turns)], torch.stack(cond)])

    def step_maps(self):
        """mean cross map of this step over heads and layers [turns, pixels, M]"""
        mean = torch.stack(self.layers).mean(0)
        self.layers = []
        return mean


def region(turn, maps, spans, threshold, shape):
    """where the words of the spans attend: local blend's mask of one prompt [H, W]"""
    total = torch.zeros(MAP_SIDE ** 2)
    for span in spans:
        for j in turn.prompt.tokens(span):
            if turn.equalizer[j] != 0:  # a muted word has no map to undo the muting of
                total += maps[:, j] / turn.equalizer[j]
    pooled = total.view(1, 1, MAP_SIDE, MAP_SIDE)
    if shape[0] > MAP_SIDE:  # the paper's widening is for maps that are coarser than the latents
        pooled = F.max_pool2d(pooled, 3, stride=1, padding=1)
    pooled = F.interpolate(pooled, size=shape, mode='nearest')[0, 0]
    return pooled / pooled.max() > threshold if pooled.max() > 0 else torch.zeros(shape, dtype=torch.bool)


def local_blend(turns, s, x, maps):
    """x = x_source where neither prompt's words attend. x [turns, C, H, W], maps [turns, pixels, M] summed so far"""
    x = x.clone()
    for k, turn in enumerate(turns):
        blend = turn.blend
        words = blend.get('source', []) + blend.get('target', [])
        if turn.source is None or not blend.get('threshold') or not words or s < step(blend.get('start', 0), turn.n):
            continue
        mask = region(turn.source, maps[k - 1], blend.get('source', []), blend['threshold'], x.shape[2:])
        mask |= region(turn, maps[k], blend.get('target', []), blend['threshold'], x.shape[2:])
        x[k] = torch.where(mask, x[k], x[k - 1])
    return x


class DDIM:
    """Song et al. 2021, eta = 0, with Stable Diffusion 1.x's choice of timesteps"""

    def __init__(self, config, n):
        assert config['beta_schedule'] == 'scaled_linear' and config['prediction_type'] == 'epsilon'
        train = config['num_train_timesteps']
        betas = torch.linspace(config['beta_start'] ** 0.5, config['beta_end'] ** 0.5, train, dtype=torch.float64) ** 2
        self.alphas = torch.cumprod(1 - betas, 0)
        self.final = torch.tensor(1.0, dtype=torch.float64) if config['set_alpha_to_one'] else self.alphas[0]
        self.ratio = train // n
        self.timesteps = [i * self.ratio + config['steps_offset'] for i in reversed(range(n))]

    def signal(self, t, x, eps):
        """the x_0 that the noise prediction means"""
        return (x - (1 - self.alphas[t]).sqrt() * eps) / self.alphas[t].sqrt()

    def step(self, i, x, eps):
        t = self.timesteps[i]
        before = self.alphas[t - self.ratio] if t >= self.ratio else self.final
        return before.sqrt() * self.signal(t, x, eps) + (1 - before).sqrt() * eps


class DPMSolver(DDIM):
    """DPM-Solver++(2M), Lu et al. 2022, algorithm 2, on the same timesteps; the first and the last step of first order"""

    def step(self, i, x, eps):
        noise_level = lambda k: self.alphas[self.timesteps[k]] if k < len(self.timesteps) else self.final
        half_log_snr = lambda k: 0.5 * torch.log(noise_level(k) / (1 - noise_level(k)))
        x0 = self.signal(self.timesteps[i], x, eps)
        h, mean = half_log_snr(i + 1) - half_log_snr(i), x0
        if 0 < i < len(self.timesteps) - 1:
            r = (half_log_snr(i) - half_log_snr(i - 1)) / h
            mean = (1 + 1 / (2 * r)) * x0 - 1 / (2 * r) * self.before
        self.before = x0
        now, then = noise_level(i), noise_level(i + 1)
        return ((1 - then) / (1 - now)).sqrt() * x - then.sqrt() * torch.expm1(-h) * mean


SCHEDULERS = {'ddim': DDIM, 'dpmpp_2m': DPMSolver}


def noise(seed, shape):
    return torch.randn((1, *shape), generator=torch.Generator('cpu').manual_seed(seed))


class Pipeline:
    def __init__(self, model):
        self.model, self.tokenizer = model, Tokenizer(model.folder + '/tokenizer')

    @torch.no_grad()
    def draw(self, recipe):
        """the final latents of every turn of a recipe [turns, C, H, W]"""
        settings, model = recipe['settings'], self.model
        n, guidance = settings['steps'], settings['guidance']
        turns = []
        for turn in recipe['turns']:
            turns.append(Turn(model, self.tokenizer, turn, turns[-1] if turns else None, n))
        empty = model.text_encoder(torch.tensor([self.tokenizer.encode('').ids]))[0]
        text = torch.stack([empty] * len(turns) + [turn.text for turn in turns])
        x = noise(settings['seed'], model.latents).repeat(len(turns), 1, 1, 1)
        sampler = SCHEDULERS[settings['scheduler']](model.scheduler, n)
        controller, maps = Controller(turns), 0
        for layer in model.unet.attentions():
            layer.controller = controller
        for s, t in enumerate(sampler.timesteps):
            controller.s = s
            uncond, cond = model.unet(torch.cat([x, x]), t, text).chunk(2)
            x = sampler.step(s, x, uncond + guidance * (cond - uncond))
            maps = maps + controller.step_maps()
            x = local_blend(turns, s, x, maps)
        for layer in model.unet.attentions():
            layer.controller = None
        return x

    @torch.no_grad()
    def decode(self, latents):
        """pictures [B, 3, H, W] in 0..1"""
        return (self.model.decoder(latents / self.model.scaling_factor).clamp(-1, 1) + 1) / 2
