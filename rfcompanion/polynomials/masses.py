"""How the norm of a polynomial is spread over the degrees of its harmonic parts."""

import math
from collections.abc import Mapping

import numpy as np

from .. import _checks
from .eigenvalues import power_eigenvalues


def harmonic_masses(polynomial: Mapping[tuple[int, ...], float], dim: int | None = None) -> np.ndarray:
    """Squared norms of the harmonic parts of a polynomial on the unit sphere, without quadrature.

    p = Σ_ℓ p_ℓ on S^{d−1}; returns ‖p_ℓ‖², from ‖Δ^j p‖² in the norm [p]² = Σ_m a_m² m!/|m|! for every j.

    Parameters
        polynomial : {exponents: coefficient}, exponents a tuple of d integers; {(1, 1, 0): 2.0} is 2 x_1 x_2 in R³.
        dim : d; by default the length of the exponents. Shorter exponents are filled with zeros.

    Returns
        array of ‖p_ℓ‖², ℓ = 0 … degree; its sum is E p(x)².

    Error
        Rounding; the triangular system loses about one digit a degree.

    Raises
        ValueError, TypeError if the polynomial is empty or an exponent is not a non-negative integer.

    Source
        Chapter "Polynomials", own derivation.
    """
    if not polynomial:
        raise ValueError("polynomial must have at least one term, got none")
    longest = max(len(m) for m in polynomial)
    dim = _checks.integer("dim", longest if dim is None else dim, minimum=max(2, longest))
    terms: dict = {}
    for exponents, coefficient in polynomial.items():
        m = tuple(_checks.integer("exponents", e, minimum=0) for e in exponents)
        terms[m + (0,) * (dim - len(m))] = _checks.real("coefficient", coefficient)
    degree = max(sum(m) for m in terms)
    masses = np.zeros(degree + 1)
    for parity in (0, 1):
        part = {m: a for m, a in terms.items() if sum(m) % 2 == parity}
        if not part:
            continue
        top = max(sum(m) for m in part)
        for low in range(parity, top, 2):  # |x|² = 1 on the sphere: lift every term to the same degree
            part = _lift(part, low)
        laplacians = [part]
        for _ in range(top // 2):
            laplacians.append(_laplacian(laplacians[-1]))
        for j in range(top // 2, -1, -1):
            ell, eigenvalues = top - 2 * j, power_eigenvalues(dim, top - 2 * j)
            rest = _tensor_norm2(laplacians[j])
            for higher in range(j + 1, top // 2 + 1):
                m = top - 2 * higher
                rest -= _laplacian_factor(dim, m, higher, j) ** 2 * masses[m] / eigenvalues[m]
            factor = _laplacian_factor(dim, ell, j, j) ** 2
            masses[ell] = max(rest, 0.0) * eigenvalues[ell] / factor
    return masses


def _tensor_norm2(polynomial: Mapping) -> float:
    """[p]² = Σ_m a_m² m!/|m|!: the squared norm of the symmetric coefficient tensor."""
    factorial = math.factorial
    return sum(a * a * math.prod(map(factorial, m)) / factorial(sum(m)) for m, a in polynomial.items())


def _laplacian(polynomial: Mapping) -> dict:
    result: dict = {}
    for m, a in polynomial.items():
        for i, e in enumerate(m):
            if e >= 2:
                key = (*m[:i], e - 2, *m[i + 1 :])
                result[key] = result.get(key, 0.0) + a * e * (e - 1)
    return result


def _lift(polynomial: Mapping, degree: int) -> dict:
    """Multiply the part of one degree by |x|²."""
    result = {m: a for m, a in polynomial.items() if sum(m) != degree}
    for m, a in polynomial.items():
        if sum(m) == degree:
            for i in range(len(m)):
                key = (*m[:i], m[i] + 2, *m[i + 1 :])
                result[key] = result.get(key, 0.0) + a
    return result


def _laplacian_factor(dim: int, ell: int, power: int, times: int) -> float:
    """Δ^j(|x|^{2s} Y_ℓ) = factor · |x|^{2(s−j)} Y_ℓ."""
    return math.prod(2 * s * (2 * s + 2 * ell + dim - 2) for s in range(power - times + 1, power + 1))
