"""Errors and numbers of features for a neuron with a bias, from the enclosed spectrum.

The sum of the r largest eigenvalues grows with each of them, so both ends may be summed by themselves, from their
largest on. A degree that is not listed shares what the listed ones leave, which bounds its eigenvalue.
"""

from fractions import Fraction
from functools import lru_cache
from math import ceil

from ..harmonics import harmonic_dimension, harmonic_dimension_up_to
from .balls import Enclosure, arb, enclose
from .neurons import relu_eigenvalue

_HIGHEST_DEGREE = 400
_MOST_BITS = 1024  # beyond the length of the count, before two ends that do not decide are given up


def biased_error(dim: int, features: int, bits: int, bias: float) -> Enclosure:
    """Enclosure of e_r."""
    top = 8
    while harmonic_dimension_up_to(dim, top) < 2 * features:
        top *= 2
    while top <= _HIGHEST_DEGREE:
        ends, norm2, unlisted = _spectrum(dim, bias, top, bits + 32)
        sums = []
        for levels in ends:
            rest, total, smallest = features, Fraction(0), None
            for value, count in levels:
                taken = min(rest, count)
                total, rest, smallest = total + taken * value, rest - taken, value
                if rest == 0:
                    break
            sums.append(total)
        if rest == 0 and smallest >= unlisted:
            return 1 - sums[1] / norm2[0], 1 - sums[0] / norm2[1]
        top *= 2
    raise ValueError(f"features must be fewer: degrees above {_HIGHEST_DEGREE} are needed for a neuron with bias")


def biased_count(dim: int, error: Fraction, bias: float) -> int:
    """The least r with e_r ≤ ε: the upper ends of the eigenvalues give one that is too small or right, the lower ends
    one that is right or too large; they meet."""
    top, bits = 8, 96
    while top <= _HIGHEST_DEGREE:
        (lower, upper), norm2, unlisted = _spectrum(dim, bias, top, bits)
        few = _count(upper, (1 - error) * norm2[0], unlisted)
        many = _count(lower, (1 - error) * norm2[1], unlisted)
        if few is None or many is None:
            top *= 2
        elif few == many:
            return many
        elif bits >= many.bit_length() + _MOST_BITS:
            raise ArithmeticError(f"the enclosures at dim={dim}, bias={bias!r} do not decide")
        else:
            bits = max(2 * bits, many.bit_length() + 64)
    raise ValueError(f"relative_error must be larger: degrees above {_HIGHEST_DEGREE} are needed (dim={dim})")


def _count(levels, wanted: Fraction, unlisted: Fraction) -> int | None:
    """How many of the largest values add up to what is wanted; None if a degree that is not listed may come first."""
    features = 0
    for value, count in levels:
        if value < unlisted:
            return None
        if count * value >= wanted:
            return features + ceil(wanted / value)
        wanted, features = wanted - count * value, features + count
    return None


@lru_cache(maxsize=64)
def _spectrum(dim: int, bias: float, top: int, bits: int):
    """Lower ends and upper ends with their multiplicities, each from the largest on; ‖neuron‖²; a bound beyond."""
    norm2 = enclose(lambda: _neuron_norm2(arb(bias)), bits)
    balls = [relu_eigenvalue(dim, ell, bias, bits) for ell in range(top + 1)]
    counts = [harmonic_dimension(dim, ell) for ell in range(top + 1)]
    unlisted = norm2[1] - sum(count * low for count, (low, _) in zip(counts, balls, strict=True))
    ends = [
        sorted(((ball[end], count) for ball, count in zip(balls, counts, strict=True)), reverse=True) for end in (0, 1)
    ]
    return ends, norm2, unlisted / harmonic_dimension(dim, top + 1)


def _neuron_norm2(b):
    below = (-b / arb(2).sqrt()).erfc() / 2
    density = (-b * b / 2).exp() / (2 * arb.pi()).sqrt()
    return (1 + b * b) * below + b * density
