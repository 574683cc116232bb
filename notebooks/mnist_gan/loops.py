"""The lab's training loop, and the same networks and steps without anything around them: for `make bench`."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from autograder import load_images


def _game(names):
    loader = load_images("glyphs").loader(names["batch_size"])
    return loader, *names["new_game"]()


def lab_loop(names, steps):
    """The loop as the lab has it; returns the steps that were taken."""
    loader, netG, netD, optimizerG, optimizerD = _game(names)
    epochs = max(1, steps // len(loader))
    fixed_noise = names["get_noise"](64, names["nz"])
    names["graded"] = False  # with its progress bar
    names["train"](netG, netD, optimizerG, optimizerD, loader, epochs, fixed_noise)
    return epochs * len(loader)


def bare_loop(names, steps):
    """The updates alone."""
    loader, netG, netD, optimizerG, optimizerD = _game(names)
    epochs, nz = max(1, steps // len(loader)), names["nz"]
    for _ in range(epochs):
        for real, _ in loader:
            ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
            fake = netG(torch.randn(len(real), nz))
            optimizerD.zero_grad()
            (bce(netD(real), ones) + bce(netD(fake.detach()), zeros)).backward()
            optimizerD.step()
            optimizerG.zero_grad()
            bce(netD(fake), ones).backward()
            optimizerG.step()
    return epochs * len(loader)
