"""The functions to be learnt: the ReLU, the triangle wave, and the wave written as a finite sum of ReLUs."""

import numpy as np

from . import _checks


def relu(z):
    """The ReLU, σ(z) = max(z, 0), on numbers, numpy arrays or torch tensors.

    Parameters
        z : any shape.

    Returns
        same type and shape as z.

    Error
        Exact.

    Source
        Chapter "Setting".
    """
    return np.maximum(z, 0.0) if isinstance(z, np.ndarray | np.generic | float | int) else z.clip(min=0)


def triangle_wave(z):
    """The triangle wave: odd, of period 4, equal to z on [−1, 1] and to 2 − z on [1, 3].

    tri(z) = |((z − 1) mod 4) − 2| − 1.

    Parameters
        z : number or numpy array.

    Returns
        values in [−1, 1], shape of z.

    Error
        Rounding, of order 1e-16·(1 + |z|).

    Source
        Chapter "Anti-concentration"; the periodic function behind the paper's lower bound.
    """
    return np.abs(np.mod(np.asarray(z, dtype=np.float64) - 1.0, 4.0) - 2.0) - 1.0


def triangle_wave_fourier(terms: int) -> tuple[np.ndarray, np.ndarray]:
    """Sine coefficients of the triangle wave.

    tri(z) = Σ_{k odd} a_k sin(kπz/2),  a_k = 8(−1)^{(k−1)/2}/(π²k²).

    Parameters
        terms : number of (odd) frequencies kept, at least 1.

    Returns
        (k, a_k), each of shape (terms,).

    Error
        Exact coefficients, up to rounding.

    Raises
        ValueError, TypeError if terms is not an integer ≥ 1.

    Source
        Chapter "Anti-concentration"; standard.
    """
    terms = _checks.integer("terms", terms, minimum=1)
    k = 2.0 * np.arange(terms) + 1
    signs = 1.0 - 2.0 * (np.arange(terms) % 2)
    return k, signs * 8 / (np.pi * k) ** 2


def triangle_wave_relu_sum(z, half_width: int):
    """The triangle wave on [−a, a] as a sum of a + 1 ReLUs and a constant.

    ψ_a(z) = −1 + [z+a]_+ + Σ_{i=1}^{a−1} 2(−1)^i [z+a−2i]_+ − [z−a]_+.
    On [−a, a] it equals (−1)^{(a−1)/2} tri(z); to the left it is −1, to the right +1.

    Parameters
        z : number or numpy array.
        half_width : a, an odd integer ≥ 1.

    Returns
        values in [−1, 1], shape of z.

    Error
        Rounding, of order a·1e-16·(|z| + a).

    Raises
        ValueError, TypeError if half_width is not an odd integer ≥ 1.

    Source
        Chapter "Anti-concentration"; form restated by Kamath, Montasser & Srebro (2020), App. E.
    """
    a = _checks.odd("half_width", half_width, minimum=1)
    z = np.asarray(z, dtype=np.float64)
    total = relu(z + a) - relu(z - a) - 1.0
    for i in range(1, a):
        total = total + 2 * (-1) ** i * relu(z + a - 2 * i)
    return total


def triangle_wave_norm2(norm: float) -> float:
    """Squared L²(γ_d) norm of the triangle wave of a direction, ‖tri(⟨w,·⟩)‖².

    E tri(⟨w,x⟩)² = 1/3 − (4/π²) Σ_{n≥1} (−1)^{n+1} n^{−2} exp(−n²π²s²/2),  s = ‖w‖.

    Parameters
        norm : s = ‖w‖ ≥ 0.

    Returns
        float in [0, 1/3].

    Error
        Rounding, of order 1e-16 absolute; for s < 0.3 the integral of s²z² outside the tails is used instead of
        the slowly convergent series, so small norms keep their relative accuracy too.

    Raises
        ValueError, TypeError if norm is not a finite number ≥ 0.

    Source
        Chapter "Anti-concentration".
    """
    s = _checks.real("norm", norm, at_least=0)
    if s == 0:
        return 0.0
    if s < 0.3:
        # tri(z) = z but for |z| > 1, which is more than 3.3 standard deviations away: integrate the difference.
        z, w = np.polynomial.legendre.leggauss(200)
        upper = 1 + 12 * s
        z = 1 + (z + 1) * (upper - 1) / 2
        density = np.exp(-((z / s) ** 2) / 2) / (s * np.sqrt(2 * np.pi))
        difference = (triangle_wave(z) ** 2 - z**2) * density
        return float(s**2 + 2 * (w @ difference) * (upper - 1) / 2)
    n = np.arange(1, 40)
    series = (-1.0) ** (n + 1) / n**2 * np.exp(-((n * np.pi * s) ** 2) / 2)
    return float(1 / 3 - 4 / np.pi**2 * series.sum())
