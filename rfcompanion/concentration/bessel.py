"""The logarithm of ₀F₁, that is of a scaled Bessel function I_ν, for orders and arguments of any size."""

import math

import numpy as np
from scipy.special import gammaln, ive


def log_hypergeometric(b, z):
    """log[e^{−z} ₀F₁(b; z²/4)] = log[Γ(b) (2/z)^{b−1} e^{−z} I_{b−1}(z)] for arrays b ≥ 1, z ≥ 0."""
    b, z = np.broadcast_arrays(np.asarray(b, dtype=np.float64), np.asarray(z, dtype=np.float64))
    result = np.empty(z.shape)
    large = z > 600
    series = ~large
    if series.any():  # all terms positive, the sum at most e^600
        bs, quarter = b[series], z[series] ** 2 / 4
        term = np.ones_like(quarter)
        total = np.ones_like(quarter)
        for n in range(1, 2000):
            term = term * quarter / (n * (bs + n - 1))
            total += term
            if (term <= 1e-18 * total).all():
                break
        result[series] = np.log(total) - z[series]
    if large.any():
        nu, zl = b[large] - 1, z[large]
        log_bessel = np.empty(zl.shape)
        debye, far = nu > 300, (nu <= 300) & (zl > 1e8)
        middle = ~debye & ~far
        log_bessel[middle] = np.log(ive(nu[middle], zl[middle]))
        # e^{−z}I_ν(z)√(2πz) = 1 − (4ν²−1)/(8z) + …: scipy gives up at about 1e9
        log_bessel[far] = -np.log(2 * math.pi * zl[far]) / 2 + np.log1p(-(4 * nu[far] ** 2 - 1) / (8 * zl[far]))
        log_bessel[debye] = _log_bessel_debye(nu[debye], zl[debye])
        result[large] = gammaln(nu + 1) + nu * np.log(2 / zl) + log_bessel
    return result


def _log_bessel_debye(nu, z):
    """log[e^{−z} I_ν(z)] by Debye's uniform expansion, five terms: relative error below ν^{−5}."""
    x = z / nu
    root = np.hypot(1, x)
    t = 1 / root
    eta_minus_x = 1 / (root + x) + np.log(x / (1 + root))  # √(1+x²) − x without cancellation
    u1 = t * (3 - 5 * t**2) / 24
    u2 = t**2 * (81 - 462 * t**2 + 385 * t**4) / 1152
    u3 = t**3 * (30375 - 369603 * t**2 + 765765 * t**4 - 425425 * t**6) / 414720
    u4 = t**4 * (4465125 - 94121676 * t**2 + 349922430 * t**4 - 446185740 * t**6 + 185910725 * t**8) / 39813120
    correction = 1 + u1 / nu + u2 / nu**2 + u3 / nu**3 + u4 / nu**4
    return nu * eta_minus_x - np.log(2 * math.pi * nu * root) / 2 + np.log(correction)
