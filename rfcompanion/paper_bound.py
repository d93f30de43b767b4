"""The paper's lower bound with every constant explicit: weights times width, then width alone, then the exact value.

The chain: a random triangle wave tri(⟨w,·⟩), ‖w‖ = s, is invisible to each fixed feature (its largest eigenvalue is
below Λ); it is, up to a Gaussian tail, a sum of a + 1 ReLUs; so one of these ReLUs, scaled to ‖w*‖, is hard.
With n = ‖tri(⟨w,·⟩)‖ and the defect D = 2as√ε/‖w*‖ + 2 P(|Z| > a/s)^{1/2}:

    r·max|u_i| ≥ (‖w*‖/(2as)) n (n − D)/(F √Λ)   (weights times width),      r ≥ (n² − D²)/Λ   (width).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import mpmath
import numpy as np

from . import _checks
from .anti_concentration import elementary_bound, min_features_to_capture
from .concentration.waves import log_plane_wave
from .targets import triangle_wave_fourier, triangle_wave_norm2

_SPECTRA = ("exact", "elementary")


@dataclass(frozen=True)
class WaveChoice:
    """The free parameters of the proof and what they give."""

    wave_norm: float  # s = ‖w‖ of the triangle wave
    half_width: int  # a, odd: the wave is a sum of a + 1 ReLUs on [−a, a]
    norm: float  # n = ‖tri(⟨w,·⟩)‖
    defect: float  # D; the proof says nothing once D ≥ n
    log_eigenvalue: float  # log Λ


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


def log_wave_eigenvalue(dim: int, wave_norm: float, spectrum: str = "exact") -> float:
    """Logarithm of a proved upper bound of the largest eigenvalue of the triangle wave's averaging operator.

    λ_max ≤ Λ = (Σ_{k odd} |a_k| √λ_1(kω,kω))²,  ω = πs/2,  |a_k| = 8/(π²k²)  ("exact": up to cross terms of relative
    size e^{−ω²}), or the elementary bound (½e^{−π²s²/8} + (√2/3)(3/4)^{d/4})/√d at its best threshold.

    Parameters
        dim : d ≥ 3.
        wave_norm : s ≥ 1.
        spectrum : ``"exact"`` or ``"elementary"``.

    Returns
        float, log Λ.

    Error
        Rounding, absolute 1e-11; the series is closed by λ_1(kω,kω), which falls in k.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound"; Minkowski's inequality and Weber's integral.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    wave_norm = _checks.real("wave_norm", wave_norm, at_least=1)
    _checks.choice("spectrum", spectrum, _SPECTRA)
    if spectrum == "elementary":
        return min(math.log(max(elementary_bound(dim, wave_norm, t), 1e-300)) for t in np.linspace(0.02, 0.98, 49))
    return _log_wave_eigenvalue(dim, wave_norm)


@lru_cache(maxsize=100_000)
def _log_wave_eigenvalue(dim: int, wave_norm: float) -> float:
    k, a = triangle_wave_fourier(40)
    within = (k == 1) | (k * wave_norm < 2000)  # frequencies that the Bessel routines reach
    k, a = k[within], a[within]
    omega = math.pi * wave_norm / 2 * k
    logs = np.log(np.abs(a)) + log_plane_wave(dim, 1.0, omega, omega) / 2
    # Σ_{k > K, odd} 1/k² ≤ 1/(2K), and the eigenvalue falls with the frequency once ω² > d/(d−1)
    rest = math.log(4 / (math.pi**2 * k[-1])) + logs[-1] - math.log(abs(a[-1]))
    return 2 * float(np.logaddexp.reduce(np.append(logs, rest)))


def wave_choice(dim: int, norm: float, error: float, wave_norm: float, half_width: int, spectrum="exact") -> WaveChoice:
    """What one choice of s and a gives in the proof.

    D = 2as√ε/‖w*‖ + 2 P(|Z| > a/s)^{1/2}.

    Parameters
        dim : d ≥ 3.
        norm : ‖w*‖ > 0.
        error : ε > 0, absolute squared error of each neuron.
        wave_norm : s ≥ 1.
        half_width : a, odd, at least 1.
        spectrum : see :func:`log_wave_eigenvalue`.

    Returns
        WaveChoice.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound".
    """
    norm = _checks.real("norm", norm, above=0)
    error = _checks.real("error", error, above=0)
    log_eigenvalue = log_wave_eigenvalue(dim, wave_norm, spectrum)
    a = _checks.odd("half_width", half_width, minimum=1)
    wave_norm = float(wave_norm)
    defect = 2 * a * wave_norm * math.sqrt(error) / norm + 2 * math.sqrt(math.erfc(a / wave_norm / math.sqrt(2)))
    return WaveChoice(wave_norm, a, math.sqrt(triangle_wave_norm2(wave_norm)), defect, log_eigenvalue)


def weights_bound(choice: WaveChoice, norm: float, feature_norm: float = 1.0, failure: float = 1.0) -> float:
    """Logarithm of the least r·max|u_i| that a choice of s and a proves.

    log[√δ (‖w*‖/(2as)) n (n − D)/(F √Λ)].

    Parameters
        choice : from :func:`wave_choice`, for the same ``norm``.
        norm : ‖w*‖ > 0.
        feature_norm : F ≥ (E‖f_i‖²)^{1/2}, for every feature.
        failure : δ in (0, 1]; with probability above 1 − δ over the features no weights below the bound reach ε.
            δ = 1 is the bound in expectation.

    Returns
        float, −inf where D ≥ n.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound", theorem on weights times width.
    """
    norm = _checks.real("norm", norm, above=0)
    feature_norm = _checks.real("feature_norm", feature_norm, above=0)
    failure = _checks.real("failure", failure, above=0, at_most=1)
    if choice.defect >= choice.norm:
        return -math.inf
    log_bound = math.log(norm / (2 * choice.half_width * choice.wave_norm))
    log_bound += math.log(choice.norm * (choice.norm - choice.defect)) - choice.log_eigenvalue / 2
    return log_bound - math.log(feature_norm) + math.log(failure) / 2


def width_bound(choice: WaveChoice, dim: int) -> int:
    """The least r that a choice of s and a proves, with any weights.

    r ≥ min{r : Σ_{j≤r} λ_j↓ ≥ n² − D²} ≥ (n² − D²)/Λ.

    Parameters
        choice : from :func:`wave_choice`, with the exact spectrum.
        dim : d ≥ 3, the same.

    Returns
        int, 0 where D ≥ n.

    Error
        Rounding: relative 1e-10; up to dimension 60 with all eigenvalues, beyond with the largest one only.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound", theorem on width.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    share = 1 - (choice.defect / choice.norm) ** 2
    if share <= 0:
        return 0
    with mpmath.workdps(max(30, int(-choice.log_eigenvalue / 2) + 30)):
        simple = mpmath.ceil(share * choice.norm**2 * mpmath.exp(-mpmath.mpf(choice.log_eigenvalue)) * (1 - 1e-10))
        width = int(simple)
    return max(width, min_features_to_capture(dim, choice.wave_norm, share)) if dim <= 60 else width


def best_choice(
    dim: int, norm: float, error: float, goal: str = "weights", spectrum: str = "exact"
) -> WaveChoice | None:
    """The choice of s and a that proves most, over a grid.

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
    from .lower_bound import min_features

    norm = _checks.real("norm", norm, above=0)
    error = _checks.real("error", error, above=0, below=norm**2 / 2)
    for_weights = best_choice(dim, norm, error, "weights")
    for_width = best_choice(dim, norm, error, "width")
    log_weights = -math.inf if for_weights is None else weights_bound(for_weights, norm, feature_norm)
    width = 0 if for_width is None else width_bound(for_width, dim)
    relative = 2 * error / norm**2
    return Chain(dim, norm, error, log_weights, width, min_features(dim, relative) if relative >= 1e-12 else None)
