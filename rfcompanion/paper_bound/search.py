"""The choice that proves most, and the chain from weights times width over the width to the exact value."""

import math
from dataclasses import dataclass

import numpy as np

from .. import _checks
from .bounds import weights_bound, width_bound
from .waves import WaveChoice, wave_choice


@dataclass(frozen=True)
class Chain:
    """Three lower bounds for one neuron of norm ‖w*‖ and absolute error ε, from the weakest to the exact one."""

    dim: int
    norm: float
    error: float
    log_weights: float  # log of the least r·max|u_i| (−inf: nothing is said)
    width: int  # the least r by the dimension argument, any weights (0: nothing is said)
    exact: int | None  # min_features for the unbiased neuron; None below its range (relative error 1e-12)

    @property
    def weights(self) -> float:
        """The least r·max|u_i|; inf where it exceeds the largest float."""
        return math.exp(self.log_weights) if self.log_weights < 709 else math.inf


def best_choice(
    dim: int, norm: float, error: float, goal: str = "weights", spectrum: str = "exact"
) -> WaveChoice | None:
    """The choice of s and a that proves most, over a grid.

    argmax over s, a of n (n − D)/(2as √Λ) for the weights, of (n² − D²)/Λ for the width.

    Parameters
        dim : d ≥ 3.
        norm : ‖w*‖ > 0.
        error : ε > 0.
        goal : ``"weights"`` or ``"width"``.
        spectrum : see :func:`log_wave_eigenvalue`.

    Returns
        WaveChoice, or None if D ≥ n for every choice (the neuron is too small for this route).

    Error
        The grid (ratio 1.03 in s, every odd a up to 7s or 41 of them): any choice is a valid bound.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    norm = _checks.real("norm", norm, above=0)
    error = _checks.real("error", error, above=0)
    _checks.choice("goal", goal, ("weights", "width"))
    # D < n ≤ 1/√3 forces 2as√ε/‖w*‖ < 0.578, and a tail P(|Z| > a/s) below 1/12 forces a > 1.7s
    largest = min(0.578 * norm / (2 * math.sqrt(error)) / 1.7, 400.0 * dim**2, 1e6)
    if largest < 1:
        return None
    best, best_value = None, -math.inf
    for wave_norm in np.geomspace(1, math.sqrt(largest), max(2, int(math.log(max(largest, 1)) / 0.06) + 1)):
        for t in np.linspace(1.7, 7, 41):
            a = 2 * math.ceil((t * wave_norm - 1) / 2) + 1
            choice = wave_choice(dim, norm, error, float(wave_norm), max(a, 1), spectrum)
            if choice.defect >= choice.norm:
                continue
            if goal == "weights":
                value = weights_bound(choice, norm)
            else:
                value = math.log(choice.norm**2 - choice.defect**2) - choice.log_eigenvalue
            if value > best_value:
                best, best_value = choice, value
    return best


def chain(dim: int, norm: float, error: float, feature_norm: float = 1.0) -> Chain:
    """The chain of lower bounds for one neuron: r·max|u_i|, then r by dimension, then the exact minimal r.

    (F/‖w*‖)·(r·max|u_i|) ≤ r_width always (proved); r_width ≤ r_exact (checked on a grid).

    Parameters
        dim : d ≥ 3.
        norm : ‖w*‖ > 0.
        error : ε > 0, absolute squared error, below ‖w*‖²/2.
        feature_norm : F.

    Returns
        Chain.

    Error
        See :func:`weights_bound`, :func:`width_bound` and ``lower_bound.min_features``.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound".
    """
    from ..lower_bound import min_features  # which offers this function too

    norm = _checks.real("norm", norm, above=0)
    error = _checks.real("error", error, above=0, below=norm**2 / 2)
    for_weights = best_choice(dim, norm, error, "weights")
    for_width = best_choice(dim, norm, error, "width")
    log_weights = -math.inf if for_weights is None else weights_bound(for_weights, norm, feature_norm)
    width = 0 if for_width is None else width_bound(for_width, dim)
    relative = 2 * error / norm**2
    return Chain(dim, norm, error, log_weights, width, min_features(dim, relative) if relative >= 1e-12 else None)
