"""The moments of a least-squares problem, checked, and the quadratic form that measures any weights."""

from dataclasses import dataclass

import numpy as np

from .. import _checks
from . import dense, devices


@dataclass(frozen=True, eq=False)
class Problem:
    """Checked moments, and whether there was one target."""

    gram: object  # (r, r)
    diagonal: object  # (r,), a copy: a factorisation in place writes over the matrix
    cross: object  # (r, k)
    target_norm2: np.ndarray  # (k,)
    single: bool

    @property
    def features(self) -> int:
        return self.gram.shape[0]

    def errors(self, weights, image):
        """Return errors and rounding bounds, each (k,), of ``weights`` (r, k) with ``image`` = G·weights."""
        quadratic = devices.as_numpy((weights * (image - 2.0 * self.cross)).sum(0)).astype(float)
        errors = self.target_norm2 + quadratic
        # Cauchy–Schwarz: |G_ij| ≤ √(G_ii G_jj) bounds every term of uᵀGu without a second matrix.
        sizes = (abs(self.diagonal)[:, None] ** 0.5 * abs(weights)).sum(0)
        terms = devices.as_numpy(sizes**2 + 2.0 * abs(weights * self.cross).sum(0)).astype(float)
        rounding = devices.epsilon(self.gram) * (self.target_norm2 + terms)
        if (errors < -np.maximum(10.0 * rounding, 1e-7 * self.target_norm2)).any():
            raise ValueError(
                f"gram, cross and target_norm2 do not belong together: the error would be {errors.min():.3g}"
            )
        return np.maximum(errors, 0.0), rounding

    def as_numpy(self) -> "Problem":
        """Return the same moments as numpy arrays; on the CPU they share memory."""
        arrays = (devices.as_numpy(a) for a in (self.gram, self.diagonal, self.cross))
        return Problem(*arrays, self.target_norm2, self.single)

    def pack(self, weights, path: bool):
        """Return the weights of a path, a list of (r, k), in the shape that the caller asked for."""
        columns = [w[:, 0] if self.single else w for w in weights]
        if not path:
            return columns[0]
        return _stack(columns) if devices.is_torch(columns[0]) else np.stack(columns)

    def pack_numbers(self, values, path: bool):
        """Return numbers of a path, (m, k), in the shape that the caller asked for; a single one as a float."""
        values = np.asarray(values, dtype=float)
        values = values[:, 0] if self.single else values
        values = values if path else values[0]
        return float(values) if values.ndim == 0 else values


def check(gram, cross, target_norm2) -> Problem:
    """Return the moments as a :class:`Problem`, or raise a one-line error that names the argument."""
    gram = _checks.array("gram", gram, 2)
    features = gram.shape[0]
    if features == 0 or gram.shape[1] != features:
        raise ValueError(f"gram must be square and not empty, got shape {tuple(gram.shape)}")
    if not hasattr(cross, "ndim"):
        cross = np.asarray(cross, dtype=float)
    if devices.is_torch(gram) != devices.is_torch(cross):
        cross = devices.like(gram, devices.as_numpy(cross))
    cross = _checks.array("cross", cross, 2 if cross.ndim == 2 else 1)
    if cross.shape[0] != features or 0 in cross.shape:
        raise ValueError(f"cross must have shape ({features},) or ({features}, k), got {tuple(cross.shape)}")
    if devices.name_of(cross) != devices.name_of(gram):
        raise ValueError(f"cross must be on the device of gram, {devices.name_of(gram)}, got {devices.name_of(cross)}")
    if cross.dtype != gram.dtype:
        raise TypeError(f"cross must have the dtype of gram, {gram.dtype}, got {cross.dtype}")
    single = cross.ndim == 1
    asymmetry = dense.asymmetry(gram)
    if asymmetry > 1e3 * devices.epsilon(gram):
        raise ValueError(f"gram must be symmetric, got max|G - G'| = {asymmetry:.1e} max|G|")
    norms = np.atleast_1d(devices.as_numpy(target_norm2).astype(float))
    count = 1 if single else cross.shape[1]
    if norms.shape not in ((1,), (count,)):
        raise ValueError(f"target_norm2 must be a number or have shape ({count},), got {norms.shape}")
    if not (np.isfinite(norms).all() and (norms > 0).all()):
        raise ValueError(f"target_norm2 must be finite and greater than 0, got {norms.min():g}")
    columns = cross[:, None] if single else cross
    return Problem(gram, gram.diagonal() * 1.0, columns, np.broadcast_to(norms, (count,)), single)


def numbers_of_path(name: str, values) -> np.ndarray:
    """Return a ridge or budget, (), or a path of them, (m,), as float64; refuse what is negative or not finite."""
    values = np.asarray(devices.as_numpy(values) if hasattr(values, "shape") else values, dtype=float)
    if values.ndim > 1 or values.size == 0:
        raise ValueError(f"{name} must be a number or a list of numbers, got shape {values.shape}")
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(f"{name} must be finite and at least 0, got {values.min():g}")
    return values


def _stack(columns):
    import torch

    return torch.stack(columns)
