"""Eigenvalues of plane waves and of the triangle wave, enclosed."""

from fractions import Fraction
from math import ceil

from .. import _checks
from .balls import Enclosure, arb, checked_bits, ctx, enclose, fmpq, gamma_half

_MOST_TERMS = 30_000  # of the Fourier series of the triangle wave


def plane_wave_eigenvalue(
    dim: int, degree: int, omega: float, omega2: float | None = None, bits: int = 128
) -> Enclosure:
    """Enclosure of the plane-wave eigenvalue λ_ℓ(ω,ω′); see ``concentration.plane_wave_eigenvalue``.

    λ_ℓ = e^{−(ω²+ω′²)/2} (ωω′/2)^ℓ Γ(d/2)/Γ(ℓ+d/2) ₀F₁(ℓ+d/2; (ωω′)²/4).

    Parameters
        dim : d ≥ 2.
        degree : ℓ ≥ 0.
        omega, omega2 : ω, ω′ > 0, taken as the exact values of the floats; ω′ = ω if None.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    omega = _checks.real("omega", omega, above=0)
    omega2 = omega if omega2 is None else _checks.real("omega2", omega2, above=0)
    return enclose(lambda: plane_wave(dim, degree, arb(omega), arb(omega2)), checked_bits(bits))


def triangle_wave_eigenvalue(dim: int, degree: int, norm2: float, bits: int = 96) -> Enclosure:
    """Enclosure of an eigenvalue of the triangle wave tri(⟨w,x⟩) with ‖w‖² = norm2.

    λ_ℓ = Σ_{j,k odd} a_j a_k λ_ℓ(jω,kω) for odd ℓ, ω = π‖w‖/2, the tail of the double series bounded by
    λ_ℓ(jω,kω) ≤ Γ(d/2) (2/(jkω²))^{d/2−1} (2πjkω²)^{−1/2} e^{−(j−k)²ω²/2}, because e^{−z}I_ν(z) ≤ (2πz)^{−1/2} for
    ν ≥ ½: I_ν falls in ν, and I_{1/2}(z) = (2/(πz))^{1/2} sinh z.

    Parameters
        dim : d ≥ 2; the series falls like its number of terms to the power −(d+2), so small d cost the most.
        degree : ℓ ≥ 0.
        norm2 : ‖w‖² ≥ 1, taken as the exact value of the float (d itself for the wave of norm √d).
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions; (0, 0) for even ℓ.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range, or if more than 30,000 terms would be needed.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    norm2 = _checks.real("norm2", norm2, at_least=1)
    if degree % 2 == 0:
        return Fraction(0), Fraction(0)
    bits = checked_bits(bits)
    terms = _enough_terms(dim, degree, norm2, bits)
    while terms <= _MOST_TERMS:
        try:
            return enclose(lambda n=terms: _triangle_wave(dim, degree, norm2, n), bits, rounds=3)
        except ArithmeticError:
            terms *= 2
    raise ValueError(f"bits must be smaller here: more than {_MOST_TERMS} Fourier terms would be needed")


def plane_wave(dim: int, degree: int, omega, omega2):
    z, order = omega * omega2, arb(fmpq(2 * degree + dim, 2))
    ratio = gamma_half(dim) / gamma_half(2 * degree + dim)
    return (-(omega**2 + omega2**2) / 2).exp() * (z / 2) ** degree * ratio * (z * z / 4).hypgeom_0f1(order)


def _enough_terms(dim: int, degree: int, norm2: float, bits: int) -> int:
    """A number of terms whose tail is probably small enough; nothing is proved here."""

    def first():
        omega = arb.pi() * arb(norm2).sqrt() / 2
        return plane_wave(dim, degree, omega, omega)

    size, _ = enclose(first, 16)
    wanted = arb(fmpq(size.numerator, size.denominator)) / 4 * arb(2) ** -(bits + 4)
    omega = arb.pi() * arb(norm2).sqrt() / 2
    terms = 8
    while terms <= _MOST_TERMS and not _left_out(dim, omega, terms, 4) < wanted:
        terms = ceil(1.2 * terms)
    return terms


def _left_out(dim: int, omega, terms: int, band: int):
    """Bound on the pairs with |j − k| < 2·band whose larger index is beyond the last term.

    Both indices are then (2i+1) with i ≥ m. With x_i = |a_{2i+1}| (2i+1)^{−(d−1)/2} the sum over pairs is at most
    (2·band − 1) Σ_{i≥m} x_i², and Σ_{i≥m} (2i+1)^{−p} ≤ (2m)^{1−p}/(2(p−1)), the integral from m − ½ on (convexity).
    """
    m = terms - band + 1
    tail = arb(2 * m) ** -(dim + 2) / (2 * (dim + 2))
    return _scale(dim, omega) * (2 * band - 1) * (8 / arb.pi() ** 2) ** 2 * tail


def _scale(dim: int, omega):
    """S in λ_ℓ(jω,kω) ≤ S (jk)^{−(d−1)/2} e^{−(j−k)²ω²/2}, for d ≥ 2 and ℓ ≥ 1."""
    return gamma_half(dim) * (2 / omega**2) ** arb(fmpq(dim - 2, 2)) / ((2 * arb.pi()).sqrt() * omega)


def _triangle_wave(dim: int, degree: int, norm2: float, terms: int):
    pi = arb.pi()
    omega = pi * arb(norm2).sqrt() / 2
    # |j − k|/2 below the band is summed; the factor e^{−(j−k)²ω²/2} decides how much is needed.
    band = min(terms, ceil(((0.7 * ctx.prec + 60) / 2) ** 0.5 / float(omega)) + 1)
    odd = [2 * i + 1 for i in range(terms)]
    a = [8 * (-1) ** i / (pi * k) ** 2 for i, k in enumerate(odd)]
    order, power = arb(fmpq(2 * degree + dim - 2, 2)), arb(fmpq(dim - 2, 2))
    near = [(-2 * (o * omega) ** 2).exp() * (1 if o == 0 else 2) for o in range(band)]
    total = arb(0)
    for i, k in enumerate(odd):
        for j in range(i, min(terms, i + band)):
            z = k * odd[j] * omega**2
            total += near[j - i] * a[i] * a[j] * z**-power * z.bessel_i(order, scaled=True)
    total *= gamma_half(dim) * arb(2) ** power
    # Left out: pairs with |j−k| ≥ 2·band (Σ|a_k| = 1), and closer ones with an index beyond the last.
    apart = _scale(dim, omega) * (-2 * (band * omega) ** 2).exp()
    return total + (apart + _left_out(dim, omega, terms, band)) * arb(0, 1)
