"""Plays the six games whose histories the lab asks to diagnose: python notebooks/gan_pitfalls/histories.py

The order of the cases is the order in which the lab names them, A to F; one of them is healthy.
"""

import json
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.histories import CASES as CASES_FILE

STEPS, EVERY, SHOWN, BATCH, SEED = 1000, 8, 100, 128, 5

CASES = {
    "A": {"lr_D": 2e-4, "lr_G": 1e-3},
    "B": {"lead": 600, "saturating": True, "plain_G": True, "lr_G": 1e-2},
    "C": {},
    "D": {"lr_D": 0.0},
    "E": {"lr_D": 8e-2, "lr_G": 8e-2},
    "F": {"label_G": 0.0},
}


def ring(n: int) -> Tensor:
    """n points (n, 2) of eight clusters on a ring with radius 2."""
    angle = 2 * math.pi * torch.randint(8, (n,)) / 8
    return 2 * torch.stack((angle.cos(), angle.sin()), dim=1) + 0.05 * torch.randn(n, 2)


def network(outputs: int) -> nn.Sequential:
    """Two hidden layers of 64 units, (N, 2) -> (N, outputs)."""
    layers = [
        nn.Linear(2, 64),
        nn.LeakyReLU(0.2),
        nn.Linear(64, 64),
        nn.LeakyReLU(0.2),
        nn.Linear(64, outputs),
    ]
    return nn.Sequential(*layers)


def play(
    lr_D: float = 1e-3,
    lr_G: float = 1e-3,
    lead: int = 0,
    saturating: bool = False,
    plain_G: bool = False,
    label_G: float = 1.0,
) -> dict:
    """One game; `lead` steps of D alone come first. Returns rounded lists, and four snapshots of the samples."""
    torch.manual_seed(SEED)
    netG, netD = network(2), network(1)
    optimizerD = torch.optim.Adam(netD.parameters(), lr=lr_D, betas=(0.5, 0.999))
    adam = torch.optim.Adam(netG.parameters(), lr=lr_G, betas=(0.5, 0.999))
    optimizerG = torch.optim.SGD(netG.parameters(), lr=lr_G) if plain_G else adam
    fixed_noise = torch.randn(SHOWN, 2)
    history = {"every": EVERY, "errD": [], "errG": [], "D_x": [], "D_G_z": [], "snapshots": []}
    for step in range(-lead, STEPS + 1):
        logits_real, logits_fake = netD(ring(BATCH)), netD(netG(torch.randn(BATCH, 2)).detach())
        errD = F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()
        descend(optimizerD, errD)
        if step < 0:
            continue
        if step in (0, STEPS // 4, STEPS // 2, STEPS):
            history["snapshots"].append([step, rounded(netG(fixed_noise))])
        logits = netD(netG(torch.randn(BATCH, 2)))
        errG = F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label_G))
        errG = -F.softplus(logits).mean() if saturating else errG
        descend(optimizerG, errG)
        if step % EVERY == 0:
            means = {"D_x": torch.sigmoid(logits_real).mean(), "D_G_z": torch.sigmoid(logits_fake).mean()}
            for name, value in {"errD": errD, "errG": errG, **means}.items():
                history[name].append(round(value.item(), 3))
    return history


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """One step down the slope of `loss`, a scalar with its gradient."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def rounded(samples: Tensor) -> list[list[float]]:
    """Samples (N, 2) as N pairs with two decimals."""
    return [[round(x, 2) for x in sample] for sample in samples.tolist()]


def main() -> None:
    """Write the file that `load_histories` reads."""
    torch.set_num_threads(1)
    cases = {letter: play(**settings) for letter, settings in CASES.items()}
    text = json.dumps(cases, separators=(",", ":"))
    CASES_FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
