"""Eigenvalues of plane waves and of the triangle wave, enclosed."""

from fractions import Fraction

from .. import _checks
from .balls import Enclosure, arb, checked_bits, ctx, enclose, fmpq, gamma_half

_MOST_TERMS = 4000  # of the Fourier series of the triangle wave


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
    λ_ℓ(jω,kω) ≤ Γ(d/2) (2/(jkω²))^{d/2−1} e^{−(j−k)²ω²/2}, because e^{−z}I_ν(z) ≤ 1.

    Parameters
        dim : d ≥ 8.
        degree : ℓ ≥ 0.
        norm2 : ‖w‖² ≥ 1, taken as the exact value of the float (d itself for the wave of norm √d).
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions; (0, 0) for even ℓ.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range, or if more than 4000 terms would be needed.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=8)
    degree = _checks.integer("degree", degree, minimum=0)
    norm2 = _checks.real("norm2", norm2, at_least=1)
    if degree % 2 == 0:
        return Fraction(0), Fraction(0)
    bits = checked_bits(bits)
    terms = 8
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


def _triangle_wave(dim: int, degree: int, norm2: float, terms: int):
    pi = arb.pi()
    omega = pi * arb(norm2).sqrt() / 2
    nu = arb(fmpq(dim - 2, 2))
    band = terms  # |j − k|/2 below it is summed; the factor e^{−(j−k)²ω²/2} decides how much is needed
    while band > 1 and float(omega * band) ** 2 * 2 > 0.7 * ctx.prec + 60:
        band -= 1
    odd = [2 * i + 1 for i in range(terms)]
    a = [8 * (-1) ** i / (pi * k) ** 2 for i, k in enumerate(odd)]
    total = arb(0)
    for i, k in enumerate(odd):
        for j in range(i, min(terms, i + band)):
            total += (1 if i == j else 2) * a[i] * a[j] * plane_wave(dim, degree, k * omega, odd[j] * omega)
    # Left out: pairs with |j−k| ≥ 2·band, and closer ones with an index beyond the last. Σ|a_k| = 1, and
    # Σ_{i≥m} |a_{2i+1}| ≤ 2/(π²m), since Σ_{i≥m} (2i+1)^{−2} ≤ 1/(4m).
    scale = gamma_half(dim) * (2 / omega**2) ** nu
    apart = scale * (-2 * (band * omega) ** 2).exp()
    if band < terms:
        m = terms - band
        close = (2 / (pi**2 * m)) ** 2 * scale * arb(2 * m + 1) ** (-2 * nu)
    else:
        close = 2 * (2 / (pi**2 * terms)) * scale * arb(2 * terms + 1) ** (-nu)
    return total + (apart + close) * arb(0, 1)
