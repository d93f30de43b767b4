"""Shares of the degrees in a neuron with a bias: a recursion for the polynomials, a radial quadrature for the mean."""

import math

import numpy as np
from scipy.special import betainc

from ..gaussian import relu_norm2


def biased_masses(dim: int, max_degree: int, bias: float) -> np.ndarray:
    """m_ℓ(b) = N(d,ℓ) E_ρ c_ℓ(ρ)²/‖neuron‖² by the trapezoidal rule in log τ, τ² = ρ² − b².

    The substitution makes the integrand analytic (the factor e^{−b²/2} comes out), so the rule converges
    exponentially. The polynomials are carried in orthonormal form and rescaled on the way: no overflow.
    """
    a = abs(bias)
    log_tau, step = _radial_grid(dim, a, max_degree)
    tau = np.exp(log_tau)
    rho = np.hypot(tau, a)
    sine2 = (tau / rho) ** 2  # 1 − b²/ρ²
    log_sine2 = 2 * (log_tau - np.log(rho))
    # chi density of ρ times dρ/d(log τ) = τ²/ρ, without its factor e^{−b²/2}
    log_density = (
        (1 - dim / 2) * math.log(2) - math.lgamma(dim / 2) + (dim - 2) * np.log(rho) + 2 * log_tau - tau**2 / 2
        + math.log(step)
    )  # fmt: skip
    # relative masses: e^{−b²/2} over the norm, joined so that neither underflows
    scale = math.exp(-(a**2) / 2) / relu_norm2(bias)

    masses = np.zeros(max_degree + 1)
    masses[:2] = _two_lowest_masses(dim, bias, rho, sine2, np.exp(log_density), scale)[: max_degree + 1]
    if max_degree < 2:
        return masses

    big = dim + 4
    log_constant = 2 * (math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) - math.log(math.pi)
    log_constant -= 2 * math.log(dim**2 - 1)
    log_weight = log_density + log_constant + 2 * np.log(rho) + (dim + 1) * log_sine2
    t = -bias / rho
    previous, current, shift = np.zeros_like(t), np.ones_like(t), np.zeros_like(t)
    a_previous = 0.0
    log_dims = math.log(dim + 2) + math.log(dim + 1) + math.log(dim) + math.log(dim - 1)
    for ell in range(2, max_degree + 1):
        # N(d,ℓ)/N(d+4,ℓ−2): the orthonormal polynomial carries √N(d+4,ℓ−2)
        log_ratio = log_dims - math.log(ell) - math.log(ell - 1) - math.log(ell + dim - 1)
        log_ratio -= math.log(ell + dim - 2)
        with np.errstate(divide="ignore"):
            masses[ell] = scale * np.exp(log_weight + log_ratio + 2 * (np.log(np.abs(current)) + shift)).sum()
        n = ell - 1  # index of the next orthonormal polynomial in dimension d + 4
        a_next = math.sqrt(n * (n + big - 3) / ((2 * n + big - 2) * (2 * n + big - 4)))
        previous, current = current, (t * current - a_previous * previous) / a_next
        a_previous = a_next
        size = np.abs(current) + np.abs(previous)
        if (size > 1e100).any():
            large = size > 1e100
            previous[large] /= size[large]
            current[large] /= size[large]
            shift[large] += np.log(size[large])
    return masses


def _radial_grid(dim: int, a: float, max_degree: int) -> tuple[np.ndarray, float]:
    """Equidistant grid in log τ that covers every integrand of the biased spectrum to e^{−80} of its peak."""
    wide = np.linspace(-60.0, math.log(math.sqrt(2 * dim) + 60), 40_001)
    tau = np.exp(wide)
    log_rho = np.log(np.hypot(tau, a))
    envelope = (dim - 2) * log_rho + 2 * wide - tau**2 / 2 + dim * (wide - log_rho)
    inside = wide[envelope > envelope.max() - 80]
    low, high = inside[0], inside[-1]
    nodes = 400 + 8 * max_degree
    step = (high - low) / nodes
    return np.linspace(low, high, nodes + 1), step


def _two_lowest_masses(dim, bias, rho, sine2, density, scale):
    """Degrees 0 and 1, from c_0, c_1 of [z−|b|]_+ on ρ > |b|; for b > 0 through [z+b]_+ = z + b + [−z−b]_+."""
    a = abs(bias)
    cosine = a / rho
    half_tail = betainc((dim - 1) / 2, 0.5, sine2) / 2
    surface = math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)
    c0 = rho * (surface / (dim - 1) * sine2 ** ((dim - 1) / 2) - cosine * half_tail)
    c1 = rho / (2 * dim) * betainc((dim + 1) / 2, 0.5, sine2)
    mean0, mean00, mean11, mean_r1 = ((density * f).sum() for f in (c0, c0**2, c1**2, rho * c1))
    if bias < 0:
        return scale * mean00, scale * dim * mean11
    norm2, weight = relu_norm2(bias), math.exp(-(a**2) / 2)
    m0 = (bias**2 + weight * (2 * bias * mean0 + mean00)) / norm2
    m1 = (1 - weight * (2 * mean_r1 - dim * mean11)) / norm2
    return m0, m1
