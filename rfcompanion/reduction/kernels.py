"""The two kernels, infinite width, w ~ N(0, I_d), no bias."""

import math

import numpy as np

from .. import _checks


def conjugate_kernel(x, y, activation: str = "relu") -> np.ndarray:
    """E σ(⟨w,x⟩) σ(⟨w,y⟩) for w ~ N(0, I_d): the kernel of the output layer.

        ReLU  ‖x‖‖y‖ (sin θ + (π − θ) cos θ)/(2π);   erf  (2/π) arcsin(2⟨x,y⟩ / √((1 + 2‖x‖²)(1 + 2‖y‖²))).

    Parameters
        x, y : (n, d) and (m, d) arrays.
        activation : "relu" or "erf".

    Returns
        array (n, m).

    Error
        Rounding.

    Raises
        ValueError, TypeError if an array has the wrong shape or the activation is unknown.

    Source
        Chapter "Reduction"; arc-cosine kernel of degree 1, Cho & Saul (2009).
    """
    x, y, inner, xx, yy = _inner_products(x, y)
    if _checks.choice("activation", activation, ("relu", "erf")) == "relu":
        size, theta = np.sqrt(xx * yy), _angles(x, y)
        return size * (np.sin(theta) + (math.pi - theta) * np.cos(theta)) / (2 * math.pi)
    return 2 / math.pi * np.arcsin(2 * inner / np.sqrt((1 + 2 * xx) * (1 + 2 * yy)))


def tangent_kernel(x, y, activation: str = "relu") -> np.ndarray:
    """⟨x,y⟩ E σ′(⟨w,x⟩) σ′(⟨w,y⟩) for w ~ N(0, I_d): the kernel of the hidden layer (NTK of the weights w).

        ReLU  ⟨x,y⟩ (π − θ)/(2π);   erf  (4/π) ⟨x,y⟩ / √((1 + 2‖x‖²)(1 + 2‖y‖²) − 4⟨x,y⟩²).

    Parameters
        x, y : (n, d) and (m, d) arrays.
        activation : "relu" or "erf".

    Returns
        array (n, m).

    Error
        Rounding.

    Raises
        ValueError, TypeError if an array has the wrong shape or the activation is unknown.

    Source
        Chapter "Reduction"; arc-cosine kernel of degree 0, Cho & Saul (2009).
    """
    x, y, inner, xx, yy = _inner_products(x, y)
    if _checks.choice("activation", activation, ("relu", "erf")) == "relu":
        return inner * (math.pi - _angles(x, y)) / (2 * math.pi)
    return 4 / math.pi * inner / np.sqrt((1 + 2 * xx) * (1 + 2 * yy) - 4 * inner**2)


def _inner_products(x, y):
    x = _checks.array("x", x, 2)
    y = _checks.array("y", y, 2, (None, x.shape[1]))
    return x, y, x @ y.T, np.square(x).sum(1)[:, None], np.square(y).sum(1)[None]


def _angles(x, y):
    """Angles between rows, accurate near 0 and π; 0/0 counts as a right angle."""
    x, y = (z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), np.finfo(float).tiny) for z in (x, y))
    apart = np.linalg.norm(x[:, None] - y[None], axis=-1)
    return 2 * np.arctan2(apart, np.linalg.norm(x[:, None] + y[None], axis=-1))
