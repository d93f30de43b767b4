"""Bounds by hand: two random directions are rarely close, so the wave's largest eigenvalue is small."""

import math

from .. import _checks


def elementary_bound(dim: int, norm: float, threshold: float = 0.5) -> float:
    """Bound by hand on the largest eigenvalue of the triangle wave's averaging operator.

    λ_max ≤ d^{−1/2} (½ exp(−(π²s²/4)(1−t)) + ⅓ √cap(t)), where cap(t) = min(2(1−t²)^{d/2} if t ≤ 1/√2,
    √(2/(π(d−1)))·(1−t²)^{(d−1)/2}/t) bounds P(|⟨θ,θ'⟩| > t). At t = ½ the first form reads
    d^{−1/2} (½ e^{−π²s²/8} + (√2/3)(3/4)^{d/4}).

    Parameters
        dim : d ≥ 3.
        norm : s = ‖w‖ > 0.
        threshold : t in (0, 1), where near and far directions are told apart.

    Returns
        float.

    Error
        Rounding; the bound itself is proved.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration".
    """
    d = _checks.integer("dim", dim, minimum=3)
    s = _checks.real("norm", norm, above=0)
    t = _checks.real("threshold", threshold, above=0, below=1)
    far = math.exp(-((math.pi * s) ** 2) / 4 * (1 - t)) / 2
    return (far + math.sqrt(cap_bound(d, t)) / 3) / math.sqrt(d)


def cap_bound(dim: int, threshold: float) -> float:
    """Bound on the probability that two random directions have an inner product above a threshold.

    P(|⟨θ,θ'⟩| > t) ≤ min(2(1−t²)^{d/2} if t ≤ 1/√2, √(2/(π(d−1)))·(1−t²)^{(d−1)/2}/t).

    Parameters
        dim : d ≥ 3.
        threshold : t in (0, 1).

    Returns
        float.

    Error
        Rounding; the bound itself is proved.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration".
    """
    d = _checks.integer("dim", dim, minimum=3)
    t = _checks.real("threshold", threshold, above=0, below=1)
    density = math.sqrt(2 / (math.pi * (d - 1))) * (1 - t * t) ** ((d - 1) / 2) / t
    ball = 2 * (1 - t * t) ** (d / 2) if t * t <= 0.5 else math.inf
    return min(density, ball)
