"""What one choice of wave and half-width proves: a bound on weights times width, and one on the width alone."""

import math

import mpmath

from .. import _checks
from ..anti_concentration import min_features_to_capture
from .waves import WaveChoice


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
