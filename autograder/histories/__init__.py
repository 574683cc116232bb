"""Six recorded runs of a GAN on a ring of eight clusters, for the lab `gan_pitfalls`."""

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).with_name("cases.json")


def load_histories() -> dict[str, dict[str, Any]]:
    """The runs "A" to "F".

    Each is a dict: `every`, the number of steps between two values; `errD`, `errG`, `D_x` and `D_G_z`, lists of
    floats; `snapshots`, four pairs of a step and 100 samples [x1, x2]. They were played by
    `notebooks/gan_pitfalls/histories.py`.
    """
    runs: dict[str, dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))
    return runs
