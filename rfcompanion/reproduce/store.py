"""The store of finished tasks: one small file each, written whole or not at all, named by what it depends on."""

import hashlib
import json
from pathlib import Path

from .. import records
from .experiment import Task


def task_key(experiment: str, task: Task, code: str, device: str) -> str:
    """Name of a task's file: a hash of experiment, parameters, code version and kind of device.

    Parameters
        experiment : name of the experiment.
        task : the task; its place does not count, its parameters do.
        code : from ``code_version``.
        device : ``"cpu"``, ``"cuda"`` or ``"cuda:1"``.

    Returns
        str of 24 hexadecimal digits.

    Source
        No formula.
    """
    parts = [experiment, task.parameters, code, device.partition(":")[0]]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Store:
    """Finished tasks of one experiment, in one folder.

    Source
        No formula.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def path(self, key: str) -> Path:
        """File of a task."""
        return self.folder / f"{key}.json"

    def put(self, key: str, task: Task, outcome: dict) -> None:
        """Store what ``perform`` returned, atomically; an intact result is never replaced."""
        if self.get(key) is not None:
            return
        part = {
            "checksum": _checksum(outcome),
            "outcome": outcome,
            "parameters": task.parameters,
            "place": list(task.place),
        }
        text = json.dumps(part, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        records.write_bytes(self.path(key), (text + "\n").encode())

    def get(self, key: str) -> dict | None:
        """The stored outcome; None if there is none or the file is damaged."""
        try:
            part = json.loads(self.path(key).read_bytes())
            outcome = part["outcome"]
            return outcome if part["checksum"] == _checksum(outcome) else None
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):  # a flipped byte can break the text, the keys or the nesting
            return None

    def is_damaged(self, key: str) -> bool:
        """Whether there is a file and it cannot be trusted."""
        return self.path(key).exists() and self.get(key) is None

    def remove(self, key: str) -> None:
        """Forget a task."""
        self.path(key).unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove the temporary files of processes that were killed; only for who holds the lock."""
        for path in self.folder.glob(".*.part"):
            path.unlink(missing_ok=True)


def _checksum(outcome: dict) -> str:
    return "sha256:" + records.digest(outcome)
