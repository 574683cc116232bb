"""The lab's training loop, and the same networks and steps without anything around them: for `make bench`."""

import torch
from torch import nn
from torch.utils.data import DataLoader


def _game(names):
    torch.manual_seed(0)
    loader = DataLoader(names["make_train_set"](names["make_train_data"]()), batch_size=32, shuffle=True)
    discriminator, generator = names["Discriminator"](), names["Generator"]()
    optimizers = [torch.optim.Adam(net.parameters(), lr=0.001) for net in (discriminator, generator)]
    return loader, discriminator, generator, *optimizers


def lab_loop(names, steps):
    """The loop as the lab has it; returns the steps that were taken."""
    loader, discriminator, generator, *optimizers = _game(names)
    epochs = max(1, steps // len(loader))
    names["train"](discriminator, generator, loader, nn.BCELoss(), *optimizers, epochs, torch.randn(1000, 2))
    return epochs * len(loader)


def bare_loop(names, steps):
    """The updates alone."""
    loader, discriminator, generator, optimizer_discriminator, optimizer_generator = _game(names)
    loss_function, epochs = nn.BCELoss(), max(1, steps // len(loader))
    for _ in range(epochs):
        for real, _ in loader:
            ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
            optimizer_discriminator.zero_grad()
            fake = generator(torch.randn(len(real), 2)).detach()
            loss_function(discriminator(torch.cat((real, fake))), torch.cat((ones, zeros))).backward()
            optimizer_discriminator.step()
            optimizer_generator.zero_grad()
            loss_function(discriminator(generator(torch.randn(len(real), 2))), ones).backward()
            optimizer_generator.step()
    return epochs * len(loader)
