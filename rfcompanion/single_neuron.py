"""One ReLU neuron learnt from Gaussian inputs: exact loss and gradient, and the gradient flow solved in closed form.

F(w) = ½ E(σ(⟨w,x⟩) − σ(⟨v,x⟩))²,  x ~ N(0, I_d).

The neuron with a bias is in :mod:`rfcompanion.biased_neuron`, the training of networks in :mod:`rfcompanion.training`.
"""

import math

import numpy as np

from . import _checks
from .gaussian import relu_mean, relu_norm2

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
    w, v = _pair(w, v)
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
    w, v = _pair(w, v)
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
    w, v = _pair(w, v)
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
        ValueError if v is zero or the shapes differ.

    Source
        Chapter "A single neuron".
    """
    w, v = np.asarray(w, float), np.asarray(v, float)
    size = np.linalg.norm(v)
    target = size**2 * relu_norm2(c / size)
    if not w.any():
        height = max(b, 0.0)
        mean = size * relu_mean(c / size)
        return float((height**2 - 2 * height * mean + target) / target)
    if b == 0 and c == 0:
        doubled = 2 * loss(w, v)
    else:
        from . import biased_neuron  # which imports this module

        doubled = 2 * biased_neuron.loss(w, b, v, c)
    return float(max(doubled, 0.0) / target)


# ------------------------------------------------------------------------------------- the flow without biases


def contraction(theta):
    """Rate of contraction towards the target at angle θ.

    λ(θ) = (π − θ − sin θ)/(2π): the smallest eigenvalue of E[x xᵀ 1{⟨w,x⟩>0} 1{⟨v,x⟩>0}], and
    ⟨∇F(w), w−v⟩ ≥ λ(θ) ‖w−v‖².

    Parameters
        theta : angle(s) in [0, π].

    Returns
        float or array in [0, 1/2]; λ(0) = 1/2, λ(π/2) = 0.0908, λ(π) = 0.

    Error
        Rounding; relative also near π.

    Source
        Chapter "A single neuron" (own; it replaces the constants of Theorem 4.2 of Yehudai & Shamir 2020).
    """
    rest = math.pi - np.asarray(theta, float)
    value = np.where(rest < 1e-2, rest**3 / 6 * (1 - rest**2 / 20 * (1 - rest**2 / 42)), rest - np.sin(rest)) / _TWO_PI
    return float(value) if value.ndim == 0 else value


def step_factor(theta, step: float):
    """Factor by which one step of gradient descent at angle θ multiplies ‖w−v‖², at most.

    1 − 2η(1 − η/4) λ(θ),  0 < η ≤ 2.

    Parameters
        theta : angle(s) in [0, π].
        step : η.

    Returns
        float or array in (0, 1].

    Error
        Rounding.

    Raises
        ValueError if the step is outside (0, 2].

    Source
        Chapter "A single neuron" (own).
    """
    step = _checks.real("step", step, above=0, at_most=2)
    return 1 - 2 * step * (1 - step / 4) * contraction(theta)


def gradient_flow(w, v, times) -> np.ndarray:
    """Solution of dw/dt = −∇F(w), in closed form.

    With ‖v‖ = 1, w_0 = a_0 v + β_0 e (β_0 > 0, e ⟂ v), s = e^{−t/2} π β_0/(π−θ_0) and C = (π(1−a_0) − θ_0)/β_0:
    θ = atan2(s, 1 − sC/π),  β = s (π−θ)/π,  a = 1 − (θ + Cβ)/π.

    Parameters
        w : start, shape (d,), not zero and not a negative multiple of v.
        v : target, shape (d,), not zero.
        times : t ≥ 0, number or array.

    Returns
        array of shape (*times.shape, d).

    Error
        Rounding, of order 1e-15 ‖v‖/(π−θ_0).

    Raises
        ValueError if a vector is zero, or if w points exactly away from v (the flow then dies at 0).

    Source
        Chapter "A single neuron" (own).
    """
    w, v = _pair(w, v)
    size, theta0 = np.linalg.norm(v), angle(w, v)
    if theta0 == math.pi:
        raise ValueError("w must not be a negative multiple of v: the flow from there runs into 0")
    unit = v / size
    along = float(w @ unit) / size
    rest = w / size - along * unit
    across = float(np.linalg.norm(rest))
    decay = np.exp(-np.asarray(times, float) / 2)
    # p = Cβ_0 stays finite as β_0 → 0: only products with it occur.
    p, ratio = math.pi * (1 - along) - theta0, math.pi / (math.pi - theta0)
    theta = np.arctan2(decay * ratio * across, 1 - decay * ratio * p / math.pi)
    shrink = decay * (math.pi - theta) / (math.pi - theta0)  # β/β_0
    return size * ((1 - (theta + p * shrink) / math.pi)[..., None] * unit + shrink[..., None] * rest)


def flow_constant(w, v) -> float:
    """K_0 with ‖w(t) − v‖ ≤ K_0 e^{−t/2} for all t ≥ 0 along the gradient flow.

    K_0 = (π/(π−θ_0)) √(5β_0² + 4(a_0 − 1 + θ_0/π)²) for ‖v‖ = 1; a_0, β_0 the components along and across v.

    Parameters
        w, v : start and target, shape (d,), not zero.

    Returns
        float; infinite at θ_0 = π.

    Error
        Rounding.

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron" (own).
    """
    w, v = _pair(w, v)
    size, theta0 = np.linalg.norm(v), angle(w, v)
    if theta0 == math.pi:
        return math.inf
    along = float(w @ v) / size**2
    across = float(np.linalg.norm(w / size - along * v / size))
    root = math.hypot(math.sqrt(5) * across, 2 * (along - 1 + theta0 / math.pi))
    return float(size * root * math.pi / (math.pi - theta0))


def gradient_descent(w, v, step: float, steps: int) -> np.ndarray:
    """Path of gradient descent on the population loss.

    w_{t+1} = w_t − η ∇F(w_t).

    Parameters
        w, v : start and target, shape (d,), not zero.
        step : η in (0, 2].
        steps : number of steps.

    Returns
        array of shape (steps+1, d).

    Error
        Rounding.

    Raises
        ValueError for a zero vector or a step outside (0, 2].

    Source
        Chapter "A single neuron".
    """
    w, v = _pair(w, v)
    step = _checks.real("step", step, above=0, at_most=2)
    steps = _checks.integer("steps", steps, 0)
    path = np.empty((steps + 1, w.size))
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - step * gradient(path[t], v)
    return path


def sufficient_samples(dim: int, relative_error: float, failure: float = 0.1) -> tuple[int, int]:
    """Samples that prove enough for one averaged step followed by one-sample steps.

    n = ⌈(2d+3)·2/δ⌉ for the first step, T = ⌈ln(1/ε)·(d+2)/λ(π/2)⌉ steps of size 1/(d+2): then
    P(relative error > ε) ≤ δ.

    Parameters
        dim : d ≥ 1.
        relative_error : ε in (0, 1].
        failure : δ in (0, 1), the probability of failure allowed.

    Returns
        (n, T), the two numbers of samples; n + T = O(d (1/δ + log(1/ε))).

    Error
        Exact (a sufficient number, not the smallest).

    Raises
        ValueError, TypeError for arguments outside these ranges.

    Source
        Chapter "A single neuron" (own).
    """
    dim = _checks.integer("dim", dim, 1)
    relative_error = _checks.real("relative_error", relative_error, above=0, at_most=1)
    failure = _checks.real("failure", failure, above=0, below=1)
    first = math.ceil((2 * dim + 3) * 2 / failure)
    later = math.ceil(math.log(1 / relative_error) * (dim + 2) / contraction(math.pi / 2))
    return first, later


# ----------------------------------------------------------------------------------------------------- helpers


def _pair(w, v) -> tuple[np.ndarray, np.ndarray]:
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
