"""Eigenvalues of ReLU neurons, with and without a bias, enclosed."""

from fractions import Fraction
from functools import lru_cache

from flint import acb

from .. import _checks
from ..concentration.neurons import checked_bias
from .balls import Enclosure, arb, checked_bits, ctx, density_constant, enclose, fmpq, gamma_half


def relu_eigenvalue(dim: int, degree: int, bias: float = 0.0, bits: int = 128) -> Enclosure:
    """Enclosure of an eigenvalue λ_ℓ of the ReLU neuron [⟨θ,x⟩+b]_+, ‖θ‖ = 1.

    b = 0: λ_ℓ = d c_ℓ². b ≠ 0, ℓ ≥ 2: the square of the Legendre polynomial in λ_ℓ = E_ρ c_ℓ(ρ)² is expanded in
    powers of b²/ρ², and each moment is a confluent function U. ℓ ≤ 1: rigorous quadrature over the correlation.

    Parameters
        dim : d ≥ 2.
        degree : ℓ ≥ 0.
        bias : b, at most 30 in absolute value.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions; (0, 0) for b = 0 and odd ℓ ≥ 3.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    bias = checked_bias(bias)
    if bias == 0:
        if degree % 2 and degree > 1:
            return Fraction(0), Fraction(0)
        return enclose(lambda: _unbiased_eigenvalue(dim, degree), checked_bits(bits))
    return enclose(lambda: _biased_eigenvalue(dim, degree, bias), checked_bits(bits))


def _unbiased_eigenvalue(dim: int, degree: int):
    if degree == 1:
        return arb(fmpq(1, 4 * dim))
    c = gamma_half(dim) * gamma_half(degree - 1) / (4 * arb.pi() * gamma_half(degree + dim + 1))
    return dim * c * c


@lru_cache(maxsize=512)
def _squared_legendre(dim: int, degree: int) -> tuple:
    """Coefficients (exact) of P_n² in powers of t², P_n the Legendre polynomial in dimension d."""
    previous, current = [fmpq(1)], [fmpq(0), fmpq(1)]
    if degree == 0:
        current = previous
    for ell in range(1, degree):
        scaled = [fmpq(0), *(fmpq(2 * ell + dim - 2, ell + dim - 2) * c for c in current)]
        for i, c in enumerate(previous):
            scaled[i] -= fmpq(ell, ell + dim - 2) * c
        previous, current = current, scaled
    even = current[degree % 2 :: 2]
    square = [fmpq(0)] * (2 * len(even) - 1)
    for i, p in enumerate(even):
        for j, q in enumerate(even):
            square[i + j] += p * q
    return (fmpq(0),) * (degree % 2) + tuple(square)


def _biased_eigenvalue(dim: int, degree: int, bias: float):
    b2 = arb(bias) ** 2
    if degree < 2:
        return _lowest_eigenvalue(dim, degree, bias)
    total = arb(0)
    for j, coefficient in enumerate(_squared_legendre(dim + 4, degree - 2)):
        if coefficient != 0:
            second = arb(fmpq(dim + 4 - 2 * j, 2))
            total += arb(coefficient) * (b2 / 2).hypgeom_u(arb(dim + 2), second)
    # ∫ w^{d+1} (b²+w)^{−(d+2)/2−j} e^{−w/2} dw = Γ(d+2) |b|^{d+2−2j} U(d+2, d/2+2−j, b²/2),
    # and the factor b^{2j} of t^{2j} joins it
    moment = arb(dim + 2).gamma() * abs(arb(bias)) ** (dim + 2)
    chi = arb(2) ** arb(fmpq(2 - dim, 2)) / gamma_half(dim) * (-b2 / 2).exp()
    return (density_constant(dim) / (dim**2 - 1)) ** 2 * chi * moment * total / 2


def _lowest_eigenvalue(dim: int, degree: int, bias: float):
    """λ_ℓ = ∫ K P_ℓ dμ_d for ℓ = 0, 1, K(t) = E[Z+b]_+[Z′+b]_+ at correlation t, integrated by parts twice.

    K″(t) = e^{−b²/(1+t)}/(2π√(1−t²)), so with t = cos φ: λ_ℓ = boundary + (1/2π) ∫_0^π e^{−b²/(1+cos φ)} D_ℓ(φ) dφ,
    D_ℓ(φ) = ∫_t^1 (s−t) s^ℓ dμ_d(s), which is elementary: J_m = ∫_0^φ sin^m has a two-step recursion.
    """
    b2, surface = arb(bias) ** 2, acb(density_constant(dim))

    def power_integral(m, sine, cosine, angle):
        value = angle if m % 2 == 0 else 1 - cosine
        for n in range(2 if m % 2 == 0 else 3, m + 1, 2):
            value = ((n - 1) * value - sine ** (n - 1) * cosine) / n
        return value

    def integrand(angle, analytic):
        sine, cosine = angle.sin(), angle.cos()
        if degree == 1:
            distance = power_integral(dim, sine, cosine, angle) / (dim - 1)
        else:
            distance = sine ** (dim - 1) / (dim - 1) - cosine * power_integral(dim - 2, sine, cosine, angle)
        return (-acb(b2) / (1 + cosine)).exp() * surface * distance

    # Near φ = π the exponential is below e^{−b²/(2 sin²(gap/2))} and |D| ≤ 2: leave a gap, and bound it.
    gap = arb(abs(bias) / (2 * ctx.prec) ** 0.5).min(arb("0.5"))
    goal = arb(2) ** (-2 * ctx.prec // 3)
    value = acb.integral(integrand, 0, acb(arb.pi() - gap), rel_tol=goal).real
    value += arb(0, 1) * 2 * gap * (-b2 / (2 * (gap / 2).sin() ** 2)).exp()
    value = value / (2 * arb.pi())
    if bias < 0:
        return value
    between = (arb(bias) / arb(2).sqrt()).erf()  # P(|Z| < b) = K′(−1)
    if degree == 1:
        return value + between / dim
    density = (-b2 / 2).exp() / (2 * arb.pi()).sqrt()
    return value + (b2 - 1) * between + 2 * arb(bias) * density + between
