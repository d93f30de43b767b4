"""Stored results of long computations: JSON that a reader can diff, with where each number came from.

A record is one file ``book/data/NAME.json`` with three parts: the results, their provenance (versions, device,
date, seconds, seed, command) and a checksum of each. It is written whole or not at all.
"""

import hashlib
import json
import math
import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from . import _checks

FORMAT = 1
_PARTS = {"checksum", "format", "provenance", "provenance_checksum", "results"}  # the fourth came later


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


def describe_device(device="cpu") -> dict:
    """Return a description of the machine that travels: processor model and cores, and the GPU; never a host's name.

    Parameters
        device : ``"cpu"``, ``"cuda"``, ``"cuda:1"``, a ``torch.device`` or any text.

    Returns
        dict with ``name``, ``cpu``, ``cores``, ``system`` and, for CUDA, ``gpu``.

    Source
        No formula.
    """
    name = str(device)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    out = {"name": name, "cpu": _cpu_model(), "cores": cores, "system": f"{platform.system()} {platform.machine()}"}
    if name.startswith("cuda"):
        import torch

        if torch.cuda.is_available():
            out["gpu"] = torch.cuda.get_device_name(name)
    return out


def versions() -> dict:
    """Return the versions that a result may depend on.

    Returns
        dict of texts; a library that is not installed is left out.

    Source
        No formula.
    """
    out = {"python": platform.python_version()}
    for name in ("rfcompanion", "numpy", "scipy", "torch", "piqp", "python-flint"):
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return out


def write_bytes(path, content: bytes) -> Path:
    """Write a file whole or not at all: a temporary file beside it, flushed to disk, then one rename.

    Parameters
        path : where to; the folder is made if it is missing.
        content : what the file is to hold.

    Returns
        Path of the file.

    Source
        No formula.
    """
    return write_file(path, lambda file: file.write(content))


def write_file(path, fill) -> Path:
    """Write a file whole or not at all, with ``fill(file)`` called on the open temporary file.

    Parameters
        path : where to; the folder is made if it is missing.
        fill : function of a binary file.

    Returns
        Path of the file.

    Source
        No formula.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)  # mkstemp's 0600 would keep the record from other readers
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _load(path) -> dict:
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(f"record {path.name} not found: {path}") from None
    except UnicodeDecodeError:
        raise ValueError(f"record {path.name} is damaged: not UTF-8 text ({path})") from None
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"record {path.name} is damaged: line {error.lineno} is not JSON ({path})") from None
    if not isinstance(record, dict) or not _PARTS - {"provenance_checksum"} <= record.keys() <= _PARTS:
        raise ValueError(f"record {path.name} is damaged: a part is missing or unknown ({path})")
    if record["format"] != FORMAT:
        raise ValueError(f"record {path.name} has format {record['format']}, this version reads format {FORMAT}")
    if record["checksum"] != "sha256:" + digest(record["results"]):
        raise ValueError(f"record {path.name} is damaged: the results do not match their checksum ({path})")
    source = "sha256:" + digest(record["provenance"])
    if record.get("provenance_checksum", source) != source:
        raise ValueError(f"record {path.name} is damaged: the provenance does not match its checksum ({path})")
    return record


def _as_text(source: dict, results: dict) -> str:
    record = {
        "checksum": "sha256:" + digest(results),
        "format": FORMAT,
        "provenance": source,
        "provenance_checksum": "sha256:" + digest(source),
        "results": results,
    }
    return _short_lists(json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)) + "\n"


def digest(value) -> str:
    """Return the SHA-256 of a plain value: what the checksum of a record holds.

    Parameters
        value : nested dictionaries and lists of JSON values.

    Returns
        str of 64 hexadecimal digits.

    Source
        No formula.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value, where: str = "value"):
    """Turn numpy and torch values into what JSON holds.

    Parameters
        value : nested dictionaries and lists of numbers, texts, truth values, None and arrays.
        where : its name, for messages.

    Returns
        The same of plain Python values.

    Error
        None: float64 numbers stay as they are.

    Raises
        TypeError or ValueError, naming the place of what cannot be turned.

    Source
        No formula.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        value = value.tolist()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{where} must be finite, got {value}")
        return float(value)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{where} must have texts as keys, got {key!r}")
        return {key: plain(item, f"{where}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{i}]") for i, item in enumerate(value)]
    raise TypeError(f"{where} must be numbers, texts, lists or dictionaries, got {type(value).__name__}")


def _short_lists(text: str) -> str:
    """Put each innermost list of numbers on one line, so that a change of one series is a change of one line."""
    lines, out, held = text.split("\n"), [], None
    for line in lines:
        stripped = line.strip()
        if stripped.endswith("["):
            if held is not None:
                out.extend(held)
            held = [line]
        elif held is not None:
            held.append(line)
            if stripped in ("]", "],"):
                out.append(held[0] + " ".join(part.strip() for part in held[1:-1]) + stripped)
                held = None
            elif not _is_number(stripped.rstrip(",")):
                out.extend(held)
                held = None
        else:
            out.append(line)
    return "\n".join(out if held is None else out + held)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
