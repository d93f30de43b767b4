"""Dimensions and degrees as numbers or arrays: whole, even, and back."""

import numpy as np

from .. import _checks


def integers(name: str, value, minimum: int) -> np.ndarray:
    """A float array of whole numbers ≥ minimum, from an integer or an integer array."""
    if not isinstance(value, np.ndarray):
        value = _checks.integer(name, value, minimum=minimum)
    array = np.asarray(value)
    if array.dtype.kind not in "iu" and not isinstance(value, int):
        raise TypeError(f"{name} must hold integers, got dtype {array.dtype}")
    if array.size and array.min() < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {array.min()}")
    return array.astype(np.float64)


def even(name: str, value) -> np.ndarray:
    degree = integers(name, value, 0)
    if (degree % 2).any():
        raise ValueError(f"{name} must be even, got {value if degree.ndim == 0 else 'an odd entry'}")
    return degree


def plain(value):
    return float(value) if np.ndim(value) == 0 else value
