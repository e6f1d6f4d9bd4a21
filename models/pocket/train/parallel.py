"""Training in several processes of one thread each that average their gradients.

On two cores this is more than twice as fast as one process with two threads:
the networks are small, and one thread's matrices stay in its core's cache.
A SIGTERM or an interrupt lets the workers finish their step and save.
"""
import os
import signal
import sys

import torch
import torch.multiprocessing as mp

WORKERS = 2


class Team:
    """What the workers share: gradients, a wish to stop and a barrier."""

    def __init__(self, parameters):
        context = mp.get_context('spawn')
        self.barrier = context.Barrier(WORKERS)
        self.gradients = torch.zeros(2, WORKERS, parameters).share_memory_()
        self.asked_to_stop = torch.zeros(3).share_memory_()  # by the parent; as seen at even and at odd steps
        self.stopping = False
        self.parent = os.getpid()

    def average(self, parameters, step, clip=1.):
        """Replaces every parameter's gradient by the workers' mean, clipped; returns its norm.

        Two buffers taken in turn make one barrier a step enough.
        """
        buffer = self.gradients[step % 2]
        torch.cat([p.grad.reshape(-1) for p in parameters], out=buffer[self.rank])
        seen = self.asked_to_stop[1 + step % 2:2 + step % 2]
        if self.rank == 0:
            seen.copy_(self.asked_to_stop[:1])
        self.wait()
        self.stopping = bool(seen)
        mean = buffer.mean(0)
        norm = float(mean.norm())
        mean *= min(1., clip / (norm + 1e-6))
        at = 0
        for p in parameters:
            p.grad = mean[at:at + p.numel()].view_as(p)
            at += p.numel()
        return norm

    def wait(self):
        if os.getppid() != self.parent:
            self.barrier.abort()
            sys.exit('the parent process is gone')
        self.barrier.wait(timeout=900)


def _start(rank, work, team, args):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    torch.set_num_threads(1)
    team.rank = rank
    work(rank, team, *args)


def run(work, parameters, *args):
    """Runs work(rank, team, *args) in every worker; parameters is the number of trained scalars."""
    os.environ['OMP_NUM_THREADS'] = '1'
    team = Team(parameters)
    context = mp.get_context('spawn')
    workers = [context.Process(target=_start, args=(rank, work, team, args), daemon=True) for rank in range(WORKERS)]
    for w in workers:
        w.start()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: team.asked_to_stop[:1].fill_(1))
    for w in workers:
        w.join()
    if any(w.exitcode for w in workers):
        sys.exit('a worker failed')


def has_bfloat16():
    """Whether the processor multiplies bfloat16, which makes training 1.3 to 1.5 times as fast."""
    try:
        with open('/proc/cpuinfo') as f:
            return 'avx512_bf16' in f.read()
    except OSError:
        return False


def save(state, path):
    """Writes a checkpoint so that an interruption leaves the old one or the new one."""
    torch.save(state, path + '.part')
    os.replace(path + '.part', path)


def follow(averaged, parameters, decay):
    """Moves the exponential moving average towards the parameters."""
    with torch.no_grad():
        torch._foreach_mul_(averaged, decay)
        torch._foreach_add_(averaged, [p.detach() for p in parameters], alpha=1 - decay)
