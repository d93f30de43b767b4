"""What one triangle wave and one sum of ReLUs give in the proof: the eigenvalue's bound and the defect."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import _checks
from ..anti_concentration import elementary_bound
from ..concentration.waves import log_plane_wave
from ..targets import triangle_wave_fourier, triangle_wave_norm2

_SPECTRA = ("exact", "elementary")


@dataclass(frozen=True)
class WaveChoice:
    """The free parameters of the proof and what they give."""

    wave_norm: float  # s = ‖w‖ of the triangle wave
    half_width: int  # a, odd: the wave is a sum of a + 1 ReLUs on [−a, a]
    norm: float  # n = ‖tri(⟨w,·⟩)‖
    defect: float  # D; the proof says nothing once D ≥ n
    log_eigenvalue: float  # log Λ


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
