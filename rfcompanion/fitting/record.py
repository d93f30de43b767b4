"""``Fit``: what a fit found, how well it is known, and what it cost."""

import io
import json
import math
import zipfile
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path

import numpy as np

from .. import records

_HEADER = "fit.json"


@dataclass(frozen=True, eq=False)
class Fit:
    """A frozen record of one least-squares fit Σ_i u_i f_i ≈ target, or of a whole path of them.

    Formula
        error = E(Σ_i u_i f_i − target)² = target_norm2 − 2 uᵀc + uᵀGu. Shapes: a path (of ridges or budgets) comes
        first and a set of targets last, so weights is (r,), (r, k), (m, r) or (m, r, k), and error is (), (k,), (m,)
        or (m, k); one number is a float, several are a numpy array.

    Parameters
        weights : output weights u, numpy or torch as the inputs were.
        error : absolute error: exact over the population, or on held-out samples (see ``measured_on``).
        relative_error : error divided by E target².
        measured_on : ``"population"``, ``"held-out samples"`` or ``"training samples"``.
        method : how it was solved, ``"cholesky"``, ``"eigendecomposition"``, ``"piqp"``, ``"admm"``, …
        ridge : the ridge, number or path; the fit minimises error + ridge·‖u‖².
        budget : B with max_i|u_i| ≤ B/r, number or path; None: no bound.
        training_error : error on the training samples (streamed fits), else None.
        standard_error : standard error of a held-out error, else None.
        residual : ‖(G + ridge)u − c‖/‖c‖, largest over the targets (no budget), else None.
        gap : duality gap, an upper bound on (error + ridge·‖u‖²) − its minimum (with a budget), else None.
        rounding : bound of first order on the rounding error in ``error``, else None.
        condition : estimate of the condition number of what was solved.
        cure : what was done about a singular or indefinite Gram matrix; ``"none"`` if nothing was.
        features, samples : r, and the number n of training samples (None for the population).
        dtype, device : precision of the weights and where they were computed.
        seconds, peak_memory : wall-clock seconds, and bytes by which memory grew at its peak (None: not known).
        seed : of the sample stream, else None.
        iterations : refinement steps (no budget) or solver iterations (with one).

    Source
        Used by every chapter that fits.
    """

    weights: object
    error: object
    relative_error: object
    measured_on: str
    method: str
    ridge: object = 0.0
    budget: object = None
    training_error: object = None
    standard_error: object = None
    residual: object = None
    gap: object = None
    rounding: object = None
    condition: object = None
    cure: str = "none"
    features: int = 0
    samples: int | None = None
    dtype: str = "float64"
    device: str = "cpu"
    seconds: float = 0.0
    peak_memory: int | None = None
    seed: int | None = None
    iterations: int = 0

    @property
    def captured(self):
        """The share of the target that is captured, 1 − relative error."""
        return 1.0 - self.relative_error

    def __str__(self) -> str:
        parts = [f"{self.features} features", f"relative error {_span(self.relative_error)} ({self.measured_on})"]
        if self.standard_error is not None:
            parts.append(f"standard error {_span(self.standard_error)}")
        if self.samples is not None:
            parts.append(f"{self.samples} samples")
        parts.append(f"ridge {_span(self.ridge)}")
        if self.budget is not None:
            parts += [f"budget {_span(self.budget)}", f"gap {_largest(self.gap)}"]
        if self.residual is not None:
            parts.append(f"residual {_largest(self.residual)}")
        if self.condition is not None:
            parts.append(f"condition {_largest(self.condition)}")
        parts += [self.method, f"{self.dtype} on {self.device}", f"{self.seconds:.3g} s"]
        if self.peak_memory is not None:
            parts.append(f"{self.peak_memory / 1e6:.0f} MB")
        if self.cure != "none":
            parts.append(f"cure: {self.cure}")
        return "Fit: " + ", ".join(parts)

    __repr__ = __str__

    def to_json(self) -> str:
        """Return the whole record as JSON text; :meth:`from_json` turns it back without loss."""
        values = {f.name: _pack(getattr(self, f.name)) for f in fields(self)}
        return json.dumps(values, sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Fit":
        """Return the Fit that :meth:`to_json` wrote; torch weights come back on the CPU.

        Raises
            ValueError, in one line, where the text is not that of a Fit.
        """
        try:
            values = json.loads(text)
        except ValueError as problem:
            raise ValueError(f"text must be the JSON of a Fit: {problem}") from None
        return cls._of(values, _unpack, "text must be the JSON of a Fit")

    def summary(self) -> dict:
        """Return everything but the weights, as plain values for :func:`rfcompanion.records.write`.

        A number that is not finite becomes None: the standard error of one held-out sample, for example.
        """
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "weights"}
        return {name: _finite(value.tolist() if hasattr(value, "tolist") else value) for name, value in plain.items()}

    def save(self, path) -> Path:
        """Write the record to one ``.npz`` file (arrays, and the rest as JSON inside it), whole or not at all.

        Parameters
            path : where to; ``numpy.load`` opens the arrays too.

        Returns
            Path of the file.
        """
        arrays, header = {}, {}
        for f in fields(self):
            value = getattr(self, f.name)
            if hasattr(value, "shape"):
                arrays[f.name] = value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
                header[f.name] = {"array": f.name, "torch": hasattr(value, "detach")}
            else:
                header[f.name] = _pack(value)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(_HEADER, json.dumps(header, sort_keys=True, allow_nan=False))
        return records.write_bytes(path, buffer.getvalue())

    @classmethod
    def load(cls, path) -> "Fit":
        """Return the Fit that :meth:`save` wrote.

        Raises
            FileNotFoundError or ValueError, in one line that names the file.
        """
        path = Path(path)
        damage = f"fit {path.name} is damaged"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(f"fit {path.name} not found: {path}") from None
        except OSError as problem:
            raise ValueError(f"fit {path.name} cannot be read: {problem.strerror}: {path}") from None
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if archive.testzip() is not None:  # the checksums come first: nothing below sees a changed byte
                    raise ValueError
                header = json.loads(archive.read(_HEADER))
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                values = {name: _from_file(value, arrays) for name, value in header.items()}
        except Exception:  # a damaged zip file raises what its broken part leads to, from RuntimeError to zlib.error
            raise ValueError(f"{damage}: {path}") from None
        return cls._of(values, lambda value: value, damage)

    @classmethod
    def _of(cls, values, turn, message: str) -> "Fit":
        """The Fit of stored fields, or one line that says which is wrong."""
        if not isinstance(values, dict):
            raise ValueError(f"{message}: it must hold an object")
        known, needed = {f.name for f in fields(cls)}, [f.name for f in fields(cls) if f.default is MISSING]
        if odd := [name for name in values if name not in known] or [name for name in needed if name not in values]:
            raise ValueError(f"{message}: field {odd[0]} is {'missing' if odd[0] in known else 'unknown'}")
        turned = {}
        for name, value in values.items():
            try:
                turned[name] = turn(value)
            except (KeyError, TypeError, ValueError):
                raise ValueError(f"{message}: field {name} is no value of a Fit") from None
        return cls(**turned)

    def with_cost(self, seconds: float, peak_memory: int | None) -> "Fit":
        """Return the same record with what it cost written in."""
        return replace(self, seconds=seconds, peak_memory=peak_memory)


def _from_file(value, arrays):
    if not (isinstance(value, dict) and "array" in value):
        return _unpack(value)
    return _to_torch(arrays[value["array"]]) if value["torch"] else arrays[value["array"]]


def _pack(value):
    """As JSON, which has no infinities: ``{"number": "inf"}``, and texts in place of numbers in an array."""
    if hasattr(value, "shape"):
        is_torch = hasattr(value, "detach")
        array = value.detach().cpu().numpy() if is_torch else np.asarray(value)
        finite = np.isfinite(array)
        plain = array if finite.all() else np.where(finite, array, array.astype(str).astype(object))
        return {"array": plain.tolist(), "dtype": str(array.dtype), "shape": list(array.shape), "torch": is_torch}
    return {"number": repr(value)} if isinstance(value, float) and not math.isfinite(value) else value


def _unpack(value):
    if isinstance(value, dict) and value.keys() == {"number"}:
        return float(value["number"])
    if not (isinstance(value, dict) and "array" in value):
        return value
    array = np.array(value["array"], dtype=value["dtype"]).reshape(value["shape"])
    return _to_torch(array) if value["torch"] else array


def _finite(value):
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _to_torch(array):
    import torch

    return torch.from_numpy(np.ascontiguousarray(array))


def _span(value) -> str:
    values = np.atleast_1d(np.asarray(value, dtype=float))
    low, high = values.min(), values.max()
    return f"{low:.4g}" if values.size == 1 else f"{low:.4g} to {high:.4g}"


def _largest(value) -> str:
    return f"{np.max(np.asarray(value, dtype=float)):.1e}"
