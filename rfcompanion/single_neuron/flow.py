"""The gradient flow without biases: how fast it contracts, its solution, and the constant of its convergence."""

import math

import numpy as np

from .landscape import angle, checked_pair


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

    Raises
        ValueError if an angle is outside [0, π].

    Source
        Chapter "A single neuron" (own; it replaces the constants of Theorem 4.2 of Yehudai & Shamir 2020).
    """
    theta = np.asarray(theta, dtype=np.float64)
    if not ((theta >= 0) & (theta <= math.pi)).all():
        raise ValueError("theta must lie between 0 and pi")
    rest = math.pi - theta
    value = np.where(rest < 1e-2, rest**3 / 6 * (1 - rest**2 / 20 * (1 - rest**2 / 42)), rest - np.sin(rest))
    value = value / (2 * math.pi)
    return float(value) if value.ndim == 0 else value


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
        ValueError if a vector is zero, a time negative or not finite, or if w points exactly away from v (the flow
        then dies at 0).

    Source
        Chapter "A single neuron" (own).
    """
    w, v = checked_pair(w, v)
    size, theta0 = np.linalg.norm(v), angle(w, v)
    if theta0 == math.pi:
        raise ValueError("w must not be a negative multiple of v: the flow from there runs into 0")
    times = np.asarray(times, dtype=np.float64)
    if not (np.isfinite(times) & (times >= 0)).all():
        raise ValueError("times must be finite and at least 0")
    unit = v / size
    along = float(w @ unit) / size
    rest = w / size - along * unit
    across = float(np.linalg.norm(rest))
    decay = np.exp(-times / 2)
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
    w, v = checked_pair(w, v)
    size, theta0 = np.linalg.norm(v), angle(w, v)
    if theta0 == math.pi:
        return math.inf
    along = float(w @ v) / size**2
    across = float(np.linalg.norm(w / size - along * v / size))
    root = math.hypot(math.sqrt(5) * across, 2 * (along - 1 + theta0 / math.pi))
    return float(size * root * math.pi / (math.pi - theta0))
