"""The lab's game on the ring, and the same networks and steps without anything around them: for `make bench`."""

import torch
from torch.nn.functional import softplus


def lab_loop(names, steps):
    """The loop as the lab has it, with its counts and frames; returns the steps that were taken."""
    names["play"](steps=steps)
    return steps


def bare_loop(names, steps):
    """The updates alone."""
    torch.manual_seed(0)
    mlp, ring, n = names["mlp"], names["ring"], names["batch_size"]
    netG, netD = mlp(2, 64, 64, 2), mlp(2, 64, 64, 1)
    look = {"lr": names["lr"], "betas": names["betas"]}
    optimizerG = torch.optim.Adam(netG.parameters(), **look)
    optimizerD = torch.optim.Adam(netD.parameters(), **look)
    for _ in range(steps):
        optimizerD.zero_grad()
        fake = netG(torch.randn(n, 2)).detach()
        (softplus(-netD(ring(n))).mean() + softplus(netD(fake)).mean()).backward()
        optimizerD.step()
        optimizerG.zero_grad()
        softplus(-netD(netG(torch.randn(n, 2)))).mean().backward()
        optimizerG.step()
    return steps
