"""Features that a smooth neuron costs."""

import math

from .. import _checks
from ..concentration import plane_wave_eigenvalue
from ..harmonics import harmonic_dimension


def wave_min_features(dim: int, omega: float, relative_error: float) -> int:
    """Smallest number of features, of any kind, for a smooth neuron: sin(ω⟨θ,x⟩).

    min{r : Σ_{j≤r} λ_j↓ ≥ (1 − ε)‖sin‖²}, λ_ℓ from Weber's integral for odd ℓ, ‖sin‖² = (1 − e^{−2ω²})/2.

    Parameters
        dim : d ≥ 3.
        omega : ω > 0, the norm of the inner weight; at most 10.
        relative_error : ε in (0, 1), at least 1e-11.

    Returns
        int.

    Error
        Rounding: relative 1e-4 at the smallest ε (the tail is a difference of floats), 1e-9 at ε = 1e-4.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    omega = _checks.real("omega", omega, above=0, at_most=10)
    error = _checks.real("relative_error", relative_error, at_least=1e-11, below=1)
    norm2 = -math.expm1(-2 * omega**2) / 2
    left, features, degree = 1.0, 0, 1
    while True:  # the eigenvalues fall with the degree
        count = harmonic_dimension(dim, degree)
        share = math.exp(plane_wave_eigenvalue(dim, degree, omega, log=True) + math.log(count)) / norm2
        if left - share <= error:
            return features + max(1, math.ceil((left - error) / share * count * (1 - 1e-12)))
        left, features, degree = left - share, features + count, degree + 2
