"""Arrays kept between runs: in $AUTOGRADER_CACHE, else in `autograder` in the system's folder for caches."""

from __future__ import annotations

import contextlib
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from autograder.files.atomic import written_whole

CACHE_VARIABLE = "AUTOGRADER_CACHE"


def cache_folder() -> Path | None:
    """The folder for what can be made or fetched again; None where there is no home to keep it in."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    try:
        folder = user_cache_path("autograder", appauthor=False)
    except RuntimeError:  # what newer versions of platformdirs raise; older ones say "~/.cache"
        return None
    return folder if folder.is_absolute() else None


def load_arrays(name: str) -> dict[str, np.ndarray] | None:
    """The arrays of the cache file `name`, or None if there is none, or none that can be read."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        with (folder / name).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error):
        return None


def store_arrays(name: str, arrays: dict[str, np.ndarray]) -> None:
    """Write the cache file `name` whole or not at all; a folder that can't be written costs only the cache."""
    folder = cache_folder()
    if folder is None:
        return
    with contextlib.suppress(OSError), written_whole(folder / name) as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stub fears a name "allow_pickle"
