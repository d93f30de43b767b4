"""The population loss of a neuron without bias and its gradient: functions of two norms and one angle."""

import math

import numpy as np

from .. import _checks
from ..gaussian import relu_mean, relu_norm2

_TWO_PI = 2 * math.pi


def angle(w, v) -> float:
    """Angle between two vectors, accurate near 0 and π.

    θ = 2 atan2(‖ŵ − v̂‖, ‖ŵ + v̂‖).

    Parameters
        w, v : non-zero vectors, shape (d,).

    Returns
        float in [0, π].

    Error
        Rounding, of order 1e-16.

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron"; no formula of the paper.
    """
    w, v = checked_pair(w, v)
    w, v = w / np.linalg.norm(w), v / np.linalg.norm(v)
    return float(2 * np.arctan2(np.linalg.norm(w - v), np.linalg.norm(w + v)))


def loss(w, v) -> float:
    """Population loss of an unbiased neuron.

    F(w) = ½ E(σ(⟨w,x⟩) − σ(⟨v,x⟩))² = ¼ ‖w−v‖² − (‖w‖‖v‖/2π)(sin θ − θ cos θ).

    Parameters
        w : student, shape (d,), not zero.
        v : target, shape (d,), not zero.

    Returns
        float ≥ 0.

    Error
        Rounding, relative near w = v too (no cancellation of constants).

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron"; arc-cosine kernel of degree 1 (Cho & Saul 2009).
    """
    w, v = checked_pair(w, v)
    theta, gap = angle(w, v), w - v
    return float(gap @ gap / 4 - np.linalg.norm(w) * np.linalg.norm(v) * _sine_gap(theta) / _TWO_PI)


def gradient(w, v) -> np.ndarray:
    """Gradient of :func:`loss` in the student.

    ∇F(w) = ½ (w−v) + (1/2π)(θ v − ‖v‖ sin θ ŵ).

    Parameters
        w, v : student and target, shape (d,), not zero.

    Returns
        array of shape (d,).

    Error
        Rounding, of order 1e-16 (‖w‖+‖v‖).

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron"; mathematics of Yehudai & Shamir (2020).
    """
    w, v = checked_pair(w, v)
    theta = angle(w, v)
    along = np.linalg.norm(v) * math.sin(theta) / np.linalg.norm(w)
    return (w - v) / 2 + (theta * v - along * w) / _TWO_PI


def relative_error(w, v, b: float = 0.0, c: float = 0.0) -> float:
    """Relative error of the student σ(⟨w,·⟩+b) against the target σ(⟨v,·⟩+c).

    ‖σ(⟨w,·⟩+b) − σ(⟨v,·⟩+c)‖² / ‖σ(⟨v,·⟩+c)‖².

    Parameters
        w, v : student and target, shape (d,); w = 0 is allowed.
        b, c : their biases.

    Returns
        float ≥ 0; 1 for a dead student.

    Error
        Rounding, absolute 1e-15; relative as well without biases.

    Raises
        ValueError if v is zero, a number not finite or the shapes differ.

    Source
        Chapter "A single neuron".
    """
    w = np.asarray(_checks.array("w", w, 1), dtype=np.float64)
    v = np.asarray(_checks.array("v", v, 1, w.shape), dtype=np.float64)
    if not v.any():
        raise ValueError("v must not be the zero vector: the target would vanish or be constant")
    b, c = _checks.real("b", b), _checks.real("c", c)
    size = np.linalg.norm(v)
    target = size**2 * relu_norm2(c / size)
    if not w.any():
        height = max(b, 0.0)
        mean = size * relu_mean(c / size)
        return float((height**2 - 2 * height * mean + target) / target)
    if b == 0 and c == 0:
        doubled = 2 * loss(w, v)
    else:
        from .. import biased_neuron  # which imports this module

        doubled = 2 * biased_neuron.loss(w, b, v, c)
    return float(max(doubled, 0.0) / target)


def checked_pair(w, v) -> tuple[np.ndarray, np.ndarray]:
    """Two non-zero vectors of one shape, as float64."""
    w = np.asarray(_checks.array("w", w, 1), dtype=np.float64)
    v = np.asarray(_checks.array("v", v, 1, w.shape), dtype=np.float64)
    for name, vector in (("w", w), ("v", v)):
        if not vector.any():
            raise ValueError(f"{name} must not be the zero vector: the angle is undefined there")
    return w, v


def _sine_gap(theta: float) -> float:
    """sin θ − θ cos θ without cancellation at small angles."""
    if theta < 1e-2:
        return theta**3 * (1 / 3 - theta**2 * (1 / 30 - theta**2 / 840))
    return math.sin(theta) - theta * math.cos(theta)
