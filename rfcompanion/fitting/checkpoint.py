"""Checkpoints of a long fit: written whole or not at all, so that a kill at any moment loses only a little work.

Two files: ``PATH`` holds the small state and names ``PATH.gram-N``, which holds the Gram matrix. The big file is
written first, so the state never names a file that is not complete.
"""

import hashlib
import io
import json
import time
import zipfile
from pathlib import Path

import numpy as np

from .. import records

#: What reading a damaged file may raise.
_DAMAGE = (OSError, ValueError, KeyError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile)


def checksum(array: np.ndarray) -> str:
    """Return the SHA-256 checksum of an array's numbers."""
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()


class Checkpoint:
    """Saves a state every so many seconds, but spends no more than a tenth of the time on it.

    Parameters
        path : of the state file, or None: then nothing is saved.
        seconds : shortest time between two saves.
        fingerprint : dictionary that says which fit this is; a checkpoint of another fit is refused.
    """

    def __init__(self, path, seconds: float, fingerprint: dict):
        self.path = None if path is None else Path(path)
        self.seconds, self.fingerprint = seconds, fingerprint
        self._last, self._cost, self._gram_file, self._checksum = time.monotonic(), 0.0, None, ""

    def load(self):
        """Return ``(state, gram)`` of an earlier run, or None if there is none.

        Raises
            ValueError if the checkpoint belongs to another fit or is damaged.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as file:
                state = {key: file[key] for key in file.files}
            header = json.loads(str(state.pop("header")))
            gram_file = self.path.with_name(header["gram"])
            if header["fingerprint"] == self.fingerprint:
                gram = np.load(gram_file, allow_pickle=False)
                if checksum(gram) != header["checksum"]:
                    raise ValueError("the checksum differs")
        except _DAMAGE as error:
            raise ValueError(f"checkpoint {self.path.name} is damaged ({type(error).__name__}): {self.path}") from None
        if header["fingerprint"] != self.fingerprint:
            wrong = [k for k in self.fingerprint if header["fingerprint"].get(k) != self.fingerprint[k]]
            raise ValueError(f"checkpoint {self.path.name} belongs to another fit: {', '.join(wrong)} differ")
        self._gram_file, self._checksum = gram_file.name, header["checksum"]
        return state | header["numbers"], gram

    def due(self) -> bool:
        """Say whether it is time to save."""
        return self.path is not None and time.monotonic() - self._last >= max(self.seconds, 9.0 * self._cost)

    def save(self, numbers: dict, arrays: dict, gram, gram_version: str) -> None:
        """Save the state: plain ``numbers``, small numpy ``arrays``, and ``gram()`` if its version is new."""
        if self.path is None:
            return
        start = time.monotonic()
        gram_file = f"{self.path.name}.gram-{gram_version}"
        if gram_file != self._gram_file:
            array = gram()
            self._checksum = checksum(array)
            records.write_file(self.path.with_name(gram_file), lambda file: np.save(file, array))
        state = {"fingerprint": self.fingerprint, "numbers": numbers, "gram": gram_file, "checksum": self._checksum}
        header = json.dumps(state)
        buffer = io.BytesIO()
        np.savez(buffer, header=np.array(header), **arrays)
        records.write_bytes(self.path, buffer.getvalue())
        self._gram_file = gram_file
        self._remove_grams(keep=gram_file)
        self._last = time.monotonic()
        self._cost = self._last - start

    def remove(self) -> None:
        """Delete the files of a fit that has finished."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            self._remove_grams(keep=None)

    def _remove_grams(self, keep) -> None:
        for pattern in (f"{self.path.name}.gram-*", f".{self.path.name}.*.part", f".{self.path.name}.gram-*.part"):
            for file in self.path.parent.glob(pattern):
                if file.name != keep:
                    file.unlink(missing_ok=True)
