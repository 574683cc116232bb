"""The lab's training loop, and the same networks and steps without anything around them: for `make bench`."""

from itertools import chain, islice, repeat

import torch
from torch import nn

from autograder import load_images


def _game(names):
    loader = load_images("glyphs", size=64).loader(names["batch_size"])
    return loader, *names["new_game"]()


def lab_loop(names, steps):
    """The loop as the lab has it; returns the steps that were taken."""
    loader, netD, netG, optimizerD, optimizerG = _game(names)
    names["train"](netD, netG, optimizerD, optimizerG, names["SmoothedBCELoss"](), loader, steps)
    return steps


def bare_loop(names, steps):
    """The updates alone."""
    loader, netD, netG, optimizerD, optimizerG = _game(names)
    smoothed, plain = names["SmoothedBCELoss"](), nn.BCELoss()
    for real, _ in islice(chain.from_iterable(repeat(loader)), steps):
        ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
        fake = netG(torch.randn(len(real), names["nz"], 1, 1))
        optimizerD.zero_grad()
        smoothed(netD(real), ones).backward()
        smoothed(netD(fake.detach()), zeros).backward()
        optimizerD.step()
        optimizerG.zero_grad()
        plain(netD(fake), ones).backward()
        optimizerG.step()
    return steps
