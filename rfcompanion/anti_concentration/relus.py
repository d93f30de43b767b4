"""The triangle wave as a finite sum of ReLUs of one variable."""

from dataclasses import dataclass

import numpy as np

from .. import _checks


@dataclass(frozen=True)
class ReluSum:
    """A function z ↦ constant + Σ_i coefficients[i]·[z + biases[i]]_+ of one variable."""

    constant: float
    coefficients: np.ndarray  # shape: (r,)
    biases: np.ndarray  # shape: (r,)

    def __call__(self, z) -> np.ndarray:
        z = np.asarray(z, dtype=np.float64)
        return self.constant + np.maximum(z[..., None] + self.biases, 0.0) @ self.coefficients


def triangle_wave_as_relus(half_width: int) -> ReluSum:
    """The a + 1 ReLUs whose sum is the triangle wave on [−a, a].

    ψ_a(z) = −1 + [z+a]_+ + Σ_{i=1}^{a−1} 2(−1)^i [z+a−2i]_+ − [z−a]_+.

    Parameters
        half_width : a, an odd integer ≥ 1.

    Returns
        ReluSum with a + 1 terms, |coefficients| ≤ 2, |biases| ≤ a.

    Error
        Exact (all numbers are integers).

    Raises
        ValueError, TypeError if half_width is not an odd integer ≥ 1.

    Source
        Chapter "Anti-concentration"; form restated by Kamath, Montasser & Srebro (2020), App. E.
    """
    a = _checks.odd("half_width", half_width, minimum=1)
    i = np.arange(a + 1)
    coefficients = 2.0 * (-1.0) ** i
    coefficients[0], coefficients[-1] = 1.0, -1.0
    return ReluSum(-1.0, coefficients, (a - 2 * i).astype(np.float64))
