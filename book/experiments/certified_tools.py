"""Tools of ``certified_constants``: exact numbers as balls, zeros by halving, sums of series, counts of features."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil

from flint import arb, fmpq

from rfcompanion import certify
from rfcompanion.certify.balls import Enclosure, ctx, enclose
from rfcompanion.certify.waves import plane_wave
from rfcompanion.harmonics import harmonic_dimension

BITS = 76


def q(numerator: int, denominator: int = 1):
    """An exact fraction as a ball."""
    return arb(fmpq(numerator, denominator))


def q_of(x: Fraction):
    return q(x.numerator, x.denominator)


def hull(ends: Enclosure):
    """The smallest ball around an enclosure."""
    return q_of(ends[0]).union(q_of(ends[1]))


def cube_root(x):
    return (x.log() / 3).exp()


def theta(logarithm):
    """2 Σ_{n≥1} q^{n²}, q = e^{logarithm} < 1; what is left out is at most twice its first term."""
    total, n = arb(0), 1
    while True:
        term = (logarithm * n * n).exp()
        if term < arb(2) ** -(ctx.prec + 20):
            return 2 * total + 4 * term * arb(0, 1)
        total += term
        n += 1


def root(function: Callable, low: Fraction, high: Fraction) -> Enclosure:
    """The zero of a function that is positive at ``low``, negative at ``high`` and strictly decreasing, by halving."""

    def sign(x: Fraction) -> int:
        value = function(q_of(x))
        if not (value > 0 or value < 0):
            raise ArithmeticError("the sign could not be decided")
        return 1 if value > 0 else -1

    saved = ctx.prec
    try:
        ctx.prec = 4 * BITS
        if sign(low) < 0 or sign(high) > 0:
            raise ArithmeticError("no change of sign")
        while high - low > low / 2 ** (BITS + 2):
            middle = (low + high) / 2
            low, high = (middle, high) if sign(middle) > 0 else (low, middle)
    finally:
        ctx.prec = saved
    return low, high


def wave_size(s2):
    """‖tri(⟨w,·⟩)‖² for ‖w‖² = s2, the alternating series cut where its terms no longer count."""
    total, m, factor = arb(0), 1, -(arb.pi() ** 2) * s2 / 2
    while True:
        term = (factor * m * m).exp() / (m * m)
        if term < arb(2) ** -(ctx.prec + 20):
            return q(1, 3) + 4 / arb.pi() ** 2 * (total + term * arb(0, 1))
        total += (-1) ** m * term
        m += 1


def features_to_capture(dim: int, norm2: float, wanted: Enclosure, bits: int, top: int) -> int:
    """The least r whose largest eigenvalues of the triangle wave add up to what is wanted; proved to be the least.

    Both ends are summed from their largest on: the sum of the r largest eigenvalues grows with each of them. Degrees
    above ``top`` share what the listed ones leave, so none of them can be among the largest.
    """
    degrees = range(1, top + 1, 2)
    balls = [certify.triangle_wave_eigenvalue(dim, ell, norm2, bits) for ell in degrees]
    counts = [harmonic_dimension(dim, ell) for ell in degrees]
    size = enclose(lambda: wave_size(arb(norm2)), bits)
    unlisted = (size[1] - sum(n * low for n, (low, _) in zip(counts, balls, strict=True))) / harmonic_dimension(
        dim, top + 2
    )
    found = []
    for end in (1, 0):  # the upper ends reach the lower end of the aim first
        left, features = wanted[1 - end], 0
        for value, count in sorted(((one[end], n) for one, n in zip(balls, counts, strict=True)), reverse=True):
            if value <= unlisted:
                raise ArithmeticError("more degrees are needed")
            if count * value >= left:
                found.append(features + ceil(left / value))
                break
            left, features = left - count * value, features + count
    if len(found) != 2 or found[0] != found[1]:
        raise ArithmeticError("the enclosures do not decide")
    return found[0]


def features_for(dim: int, error: Fraction) -> int:
    """The least r with e_r ≤ ε for an exact fraction ε, by halving; both sides of the answer are enclosed."""
    guess = certify.min_features(dim, float(error))
    bits = guess.bit_length() + 64

    def enough(r: int) -> bool:
        low, high = certify.best_relative_error(dim, r, bits)
        if low <= error < high:
            raise ArithmeticError("the enclosures do not decide")
        return high <= error

    low, high = guess - guess // 10**9 - 1, guess + guess // 10**9 + 1  # floats are far closer than that
    if enough(low) or not enough(high):
        raise ArithmeticError("the least number is not where the float code puts it")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def degree_shares(omega: int, dim: int, top: int) -> list:
    """N(d,ℓ)λ_ℓ(ω,ω) up to the degree ``top``: a part of a law whose sum is one."""
    return [harmonic_dimension(dim, ell) * plane_wave(dim, ell, q(omega), q(omega)) for ell in range(top + 1)]
