"""Fetches a file over the network, checked by its digest; never waits long for a server that is silent."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.request import urlopen

from tqdm.auto import tqdm

SILENCE = 5.0  # seconds without a byte after which a server is given up
PATIENCE = 60.0  # seconds for a small file, at most
CHUNK = 1 << 16


class FetchError(OSError):
    """A file that did not come; the message says why."""


def fetch(
    addresses: Sequence[str],
    file: BinaryIO,
    digest: str,
    algorithm: str,
    patience: float | None = None,
    title: str | None = None,
) -> None:
    """Write what the first address that answers in time holds into `file`.

    `digest` is what the `algorithm` of hashlib makes of the right file, in hex, or the beginning of it. `title` is
    put in front of a progress bar; without one nothing is shown. Raises FetchError.
    """
    patience = PATIENCE if patience is None else patience
    attempt = _Attempt(list(addresses), file, digest, algorithm, time.monotonic() + patience, title)
    worker = threading.Thread(
        target=attempt.run, daemon=True
    )  # looking up a name can hang beyond any time-out
    worker.start()
    try:
        worker.join(patience)
    finally:
        attempt.until = 0.0  # also where the student interrupts it
    if not attempt.done:
        why = str(attempt.errors[-1]) if attempt.errors else f"no answer in {patience:.0f} seconds"
        raise FetchError(
            f"{addresses[0]} could not be fetched ({why}). Is there a connection to the internet?"
        )


@dataclass
class _Attempt:
    """One file, tried at one address after the other."""

    addresses: list[str]
    file: BinaryIO
    digest: str
    algorithm: str
    until: float
    title: str | None
    done: bool = False
    errors: list[Exception] = field(default_factory=list)

    def run(self) -> None:
        for address in self.addresses:
            try:
                self._stream(address)
                self.done = True
                return
            except Exception as error:  # each mirror may fail in its own way: try the next
                self.errors.append(error)

    def _stream(self, address: str) -> None:
        """Raises OSError when a server is silent or sends the wrong file, TimeoutError when time is up."""
        found = hashlib.new(self.algorithm, usedforsecurity=False)
        self.file.seek(0)
        self.file.truncate()
        with urlopen(address, timeout=SILENCE) as response, self._bar(response) as bar:  # noqa: S310  # our addresses
            while part := response.read(CHUNK):
                if time.monotonic() > self.until:
                    raise TimeoutError("it took too long")
                self.file.write(part)
                found.update(part)
                bar.update(len(part))
        if not found.hexdigest().startswith(self.digest):
            raise OSError("the file that came is not the right one")

    def _bar(self, response: object) -> tqdm:
        length = getattr(response, "length", None)
        return tqdm(
            total=length, desc=self.title, unit="B", unit_scale=True, disable=self.title is None, leave=False
        )
