"""Records as a whole: written with their provenance and checksums, and trusted only where these fit."""

import json
from datetime import UTC, datetime
from pathlib import Path

from .. import _checks
from .files import write_bytes
from .machine import describe_device, versions
from .values import digest, plain, short_lists

#: Version of the layout of a record; another one is refused.
FORMAT = 1
_PARTS = {"checksum", "format", "provenance", "provenance_checksum", "results"}


class Results(dict):
    """What a record holds: a dictionary that knows whether the computation had its full size.

    Parameters
        results : the values.
        notice : empty for a record of full size; else one line that says that the record is small.

    Source
        Page "Reproducing".
    """

    def __init__(self, results: dict, notice: str = ""):
        super().__init__(results)
        self.notice = notice

    @property
    def full(self) -> bool:
        """True unless the record was made by ``reproduce --fast``."""
        return not self.notice


def write(path, results: dict, *, seed, seconds: float, device="cpu", command: str, overrides=None) -> Path:
    """Store ``results`` with their provenance, atomically.

    Parameters
        path : where to, normally ``book/data/NAME.json``; the folder is made if it is missing.
        results : dictionary of numbers, texts, lists, numpy or torch arrays, nested as you like; keys are texts.
        seed : int, list of ints or None (None: nothing random in it).
        seconds : how long the computation took.
        device : ``"cpu"``, ``"cuda"`` or a text that says what did the work.
        command : the line that makes the record again, such as ``python book/experiments/NAME.py``.
        overrides : dictionary of further or other entries of the provenance, or None: for a record whose parts were
            computed elsewhere.

    Returns
        Path of the record.

    Error
        None: float64 numbers come back bit for bit; infinities and NaN are refused, None stands for "no value".

    Raises
        TypeError for what JSON cannot hold, ValueError for a number that is not finite.

    Source
        No formula.
    """
    if not isinstance(results, dict):
        raise TypeError(f"results must be a dictionary, got {type(results).__name__}")
    seconds = _checks.real("seconds", seconds, at_least=0.0)
    if not isinstance(command, str) or not command.strip():
        raise ValueError("command must be the line that makes the record again, got an empty text")
    plain_results = plain(results, "results")
    source = {
        "command": command,
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "device": describe_device(device),
        "seconds": round(seconds, 3),
        "seed": plain(seed, "seed"),
        "versions": versions(),
        **plain(overrides or {}, "overrides"),
    }
    return write_bytes(path, _as_text(source, plain_results).encode())


def read(path) -> Results:
    """Return the results of a record, after checking its checksum.

    Parameters
        path : the file that :func:`write` made.

    Returns
        Results, a dict of plain Python values; arrays are nested lists. Its ``full`` is False, and its ``notice`` a
        line to print, where the record holds the small version of its computation.

    Error
        None: float64 numbers come back bit for bit.

    Raises
        FileNotFoundError or ValueError, in one line that names the file.

    Source
        No formula.
    """
    record = _load(path)
    small = record["provenance"].get("fast", False)
    return Results(record["results"], f"Small record {Path(path).name}, made by reproduce --fast." if small else "")


def provenance(path) -> dict:
    """Return where a record came from: command, date, device, seconds, seed and versions.

    Parameters
        path : the file that :func:`write` made.

    Returns
        dict with the keys ``command``, ``date``, ``device``, ``seconds``, ``seed``, ``versions``.

    Raises
        FileNotFoundError or ValueError, in one line that names the file.

    Source
        No formula.
    """
    return _load(path)["provenance"]


def _load(path) -> dict:
    """The record, if its file is, byte for byte, what :func:`write` would make of it."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"record {path.name} not found: {path}") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"record {path.name} is damaged: not UTF-8 text ({path})") from None
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"record {path.name} is damaged: line {error.lineno} is not JSON ({path})") from None
    if not isinstance(record, dict) or record.keys() != _PARTS:
        raise ValueError(f"record {path.name} is damaged: a part is missing or unknown ({path})")
    if record["format"] != FORMAT:
        raise ValueError(f"record {path.name} has format {record['format']}, this version reads format {FORMAT}")
    try:
        if record["checksum"] != "sha256:" + digest(record["results"]):
            problem = "the results do not match their checksum"
        elif record["provenance_checksum"] != "sha256:" + digest(record["provenance"]):
            problem = "the provenance does not match its checksum"
        else:  # 1e-5 and 1E-5 are one number: equal results are not yet an unchanged file
            problem = "" if text == _as_text(record["provenance"], record["results"]) else "its layout was changed"
    except ValueError:  # NaN, or half of a surrogate pair
        problem = "it holds what no record can hold"
    if problem:
        raise ValueError(f"record {path.name} is damaged: {problem} ({path})")
    return record


def _as_text(source: dict, results: dict) -> str:
    record = {
        "checksum": "sha256:" + digest(results),
        "format": FORMAT,
        "provenance": source,
        "provenance_checksum": "sha256:" + digest(source),
        "results": results,
    }
    return short_lists(json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)) + "\n"
