"""Rigorous enclosures of the constants that the theorems print: the price law's, and those of the paper's bound."""

from fractions import Fraction
from math import floor, log10

from . import _checks
from .certify.balls import Enclosure, arb, checked_bits, ctx, enclose, gamma_half
from .certify.waves import plane_wave


def price_constant(dim: int, bits: int = 128) -> Enclosure:
    """Enclosure of the constant of the price law.

    B_d = 2dΓ(d/2)/(3π^{3/2}Γ((d−1)/2)).

    Parameters
        dim : d ≥ 2.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features", the price of one neuron; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)

    def value():
        return 2 * dim * gamma_half(dim) / (3 * arb.pi() ** arb("1.5") * gamma_half(dim - 1))

    return enclose(value, checked_bits(bits))


def wave_eigenvalue_bound(dim: int, wave_norm: float, terms: int = 40, bits: int = 64) -> Enclosure:
    """Enclosure of the bound Λ on the largest eigenvalue of the triangle wave, in the form that is stored as a float.

    Λ = (Σ_{k ≤ K odd} |a_k| √λ_1(kω,kω) + (4/(π²K)) √λ_1(Kω,Kω))²,  ω = πs/2,  K = 2·terms − 1.

    Parameters
        dim : d ≥ 3.
        wave_norm : s ≥ 1, taken as the exact value of the float; s·K < 2000.
        terms : number of terms of the series; the second summand closes it.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Lower bound"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    wave_norm = _checks.real("wave_norm", wave_norm, at_least=1)
    terms = _checks.integer("terms", terms, minimum=1)
    _checks.real("wave_norm times the largest frequency", wave_norm * (2 * terms - 1), below=2000)

    def value():
        omega, total = arb.pi() * arb(wave_norm) / 2, arb(0)
        for k in range(1, 2 * terms, 2):
            root = plane_wave(dim, 1, k * omega, k * omega).sqrt()
            total += 8 / (arb.pi() * k) ** 2 * root
        total += 4 / (arb.pi() ** 2 * (2 * terms - 1)) * root
        return total**2

    return enclose(value, checked_bits(bits))


def triangle_wave_norm2(norm: float, bits: int = 96) -> Enclosure:
    """Enclosure of ‖tri(⟨w,·⟩)‖² for ‖w‖ = s.

    E tri(sZ)² = 1/3 + (4/π²) Σ_{m ≥ 1} (−1)^m m^{−2} e^{−π²m²s²/2}.

    Parameters
        norm : s ≥ 0.05, taken as the exact value of the float.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between; the series alternates with falling terms.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Anti-concentration"; page "Certified numbers".
    """
    norm = _checks.real("norm", norm, at_least=0.05)

    def value():
        pi, s2, total, m = arb.pi(), arb(norm) ** 2, arb(0), 1
        while True:
            term = (-(pi**2) * m * m * s2 / 2).exp() / (m * m)
            if term < arb(2) ** -(ctx.prec + 20):
                break
            total += (-1) ** m * term
            m += 1
        total += term * arb(0, 1)  # alternating, falling: at most the first term that is left out
        return arb(1) / 3 + 4 / pi**2 * total

    return enclose(value, checked_bits(bits))


def to_decimals(enclosure: Enclosure, digits: int = 25) -> tuple[str, str]:
    """The enclosure as two decimal numbers, rounded outwards.

    (a, b) → (10^k ⌊a/10^k⌋, 10^k ⌈b/10^k⌉), each with its own k that leaves the digits asked for.

    Parameters
        enclosure : (lower, upper), not negative.
        digits : significant digits.

    Returns
        (str, str), such as ``("8.0914…e-3", "8.0914…e-3")``; ``("0", "0")`` for an exact zero.

    Error
        Rigorous: rounded outwards by at most one unit of the last digit.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Page "Certified numbers".
    """
    digits = _checks.integer("digits", digits, minimum=2)
    if enclosure[0] < 0:
        raise ValueError("enclosure must not be negative")
    return _decimal(enclosure[0], digits, False), _decimal(enclosure[1], digits, True)


def _decimal(value: Fraction, digits: int, up: bool) -> str:
    if value == 0:
        return "0"
    exponent = floor(log10(value.numerator) - log10(value.denominator))
    exponent += (value >= Fraction(10) ** (exponent + 1)) - (value < Fraction(10) ** exponent)
    scaled = value / Fraction(10) ** (exponent - digits + 1)
    whole = -((-scaled.numerator) // scaled.denominator) if up else scaled.numerator // scaled.denominator
    if whole == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    text = str(whole)
    return f"{text[0]}.{text[1:]}e{exponent}"
