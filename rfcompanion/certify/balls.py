"""Balls and exact fractions: the one place where Arb is imported."""

from collections.abc import Callable
from fractions import Fraction

from .. import _checks

try:
    from flint import arb, ctx, fmpq
except ImportError as problem:  # pragma: no cover
    raise ImportError("certify needs python-flint: pip install 'rfcompanion[certify]'") from problem

Enclosure = tuple[Fraction, Fraction]


def to_floats(enclosure: Enclosure) -> tuple[float, float]:
    """The enclosure as floats, rounded outwards.

    (a, b) → (largest float ≤ a, smallest float ≥ b).

    Parameters
        enclosure : (lower, upper).

    Returns
        (float, float).

    Error
        Rigorous: rounded outwards by at most one unit in the last place.

    Source
        Page "Certified numbers".
    """
    from math import inf, nextafter

    lower, upper = enclosure
    low, high = lower.numerator / lower.denominator, upper.numerator / upper.denominator
    low = low if Fraction(low) <= lower else nextafter(low, -inf)
    return low, high if Fraction(high) >= upper else nextafter(high, inf)


def checked_bits(bits: int) -> int:
    return _checks.integer("bits", bits, minimum=16, maximum=100_000)


def fraction(x) -> Fraction:
    mantissa, exponent = x.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def enclose(value: Callable, bits: int, rounds: int = 7) -> Enclosure:
    """Evaluate a ball at rising precision until it is narrow enough."""
    saved = ctx.prec
    try:
        for attempt in range(rounds):
            ctx.prec = (bits + 64) * 2**attempt
            ball = value()
            if ball.is_finite() and ball.rel_accuracy_bits() >= bits + 2:
                return fraction(ball.lower()), fraction(ball.upper())
    finally:
        ctx.prec = saved
    raise ArithmeticError("the enclosure stays wider than asked for")


def gamma_half(twice: int):
    """Γ(n/2) as a ball."""
    return arb.gamma_fmpq(fmpq(twice, 2))


def density_constant(dim: int):
    """C = Γ(d/2)/(Γ((d−1)/2)√π), the constant in the density of μ_d."""
    return gamma_half(dim) / (gamma_half(dim - 1) * arb.pi().sqrt())
