"""Columns of numbers, numpy or torch: the targets of all points of a path side by side, (r, m·k), targets fastest."""

import numpy as np

from . import devices


def repeat(columns, times: int):
    """Return the columns (n, k) repeated for each of ``times`` ridges: (n, times·k), targets fastest."""
    if times == 1:
        return columns
    return columns.repeat(1, times) if devices.is_torch(columns) else np.tile(columns, (1, times))


def scaled(columns, ridges: np.ndarray):
    """Return ridge·columns with each ridge over its own columns."""
    if len(ridges) == 1:
        return float(ridges[0]) * columns
    return columns * devices.like(columns, np.repeat(ridges, columns.shape[1] // len(ridges)))


def shares(part, whole) -> np.ndarray:
    """Return the sizes of the columns of ``part`` relative to those of ``whole``."""
    sizes = devices.as_numpy((whole * whole).sum(0)) ** 0.5
    return devices.as_numpy((part * part).sum(0)) ** 0.5 / np.where(sizes > 0, sizes, 1.0)


def beside(pieces: list):
    """Return blocks of columns side by side."""
    return _joined(pieces, 1)


def below(pieces: list):
    """Return arrays of one kind below each other."""
    return _joined(pieces, 0)


def _joined(pieces: list, axis: int):
    if not devices.is_torch(pieces[0]):
        return np.concatenate(pieces, axis=axis)
    import torch

    return torch.cat(pieces, dim=axis)
