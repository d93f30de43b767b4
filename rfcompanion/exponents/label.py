"""What a label f(Z) reveals of Z: energies of the Hermite polynomials given the label, and the generative exponent.

Given the label y, a standard normal Z sits at the roots z_b of f(z) = y with weights φ(z_b)/|f′(z_b)|.
"""

import itertools
import math

import numpy as np
from scipy.special import expit, ndtr

from .. import _checks
from ..harmonics import hermite


def _density(z):
    """Standard normal density."""
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _border(f, left, middle, right, before, after) -> float:
    """Where a piece of kind before (1 rises, 0 constant, −1 falls) ends and another begins, near a node of the scan."""
    if before and after:  # a turning point, by thirds
        for _ in range(100):
            low, high = left + (right - left) / 3, right - (right - left) / 3
            left, right = (left, high) if after * f(low) < after * f(high) else (low, right)
        return (left + right) / 2
    level, flat, moving = f(middle), middle, left if before else right
    for _ in range(60):
        half = (flat + moving) / 2
        flat, moving = (half, moving) if abs(f(half) - level) <= 1e-15 * abs(level) else (flat, half)
    return flat


def _pieces(f) -> list[tuple[float, float, float]]:
    """Kind, left and right end of the intervals of [−12, 12] on which f is strictly monotone or constant."""
    z = np.arange(-1200, 1201) / 100
    values = f(z)
    change = np.diff(values)
    kinds = np.sign(np.where(abs(change) > 1e-15 * np.maximum(abs(values[1:]), abs(values[:-1])), change, 0))
    cuts = np.flatnonzero(np.diff(kinds)) + 1
    borders = [_border(f, *z[i - 1 : i + 2], *kinds[i - 1 : i + 1]) for i in cuts]
    ends = [z[0], *borders, z[-1]]
    return list(zip(kinds[np.concatenate([[0], cuts])], ends[:-1], ends[1:], strict=True))


def _roots(f, piece, labels) -> np.ndarray:
    """The points of a strictly monotone piece where f takes the labels, by bisection."""
    kind, left, right = piece
    low, high = np.full(labels.shape, left), np.full(labels.shape, right)
    for _ in range(55):
        half = (low + high) / 2
        below = kind * f(half) < kind * labels
        low, high = np.where(below, half, low), np.where(below, high, half)
    return (low + high) / 2


def _constant(f, pieces, max_degree: int) -> np.ndarray:
    """Energies of the labels that have a positive probability, one class for each value of f on its constant pieces."""
    classes, degrees = {}, np.sqrt(np.arange(1, max_degree + 1))
    for _, *ends in pieces:
        ends, level = np.array(ends), float(f(np.mean(ends)))
        # E[he_k(Z); a < Z < b] is a difference of −he_{k−1}·φ/√k
        higher = -np.diff(hermite(max_degree, ends)[:-1] * _density(ends))[:, 0] / degrees
        classes[level] = classes.get(level, 0) + np.concatenate([np.diff(ndtr(ends)), higher])
    return sum((m * m / m[0] for m in classes.values() if m[0] > 0), np.zeros(max_degree + 1))


def _quadrature(f, pieces, levels, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights on the strictly monotone pieces, cut where f takes the levels.

    The double exponential rule: at a cut the integrand may have the root or the logarithm of another piece.
    """
    t = np.linspace(-3.4, 3.4, points)
    near, far = expit(math.pi * np.sinh(t)), expit(-math.pi * np.sinh(t))
    weights = (t[1] - t[0]) * math.pi * np.cosh(t) * near * far
    marks = (-8, -4, 0, 4, 8)
    cuts = [np.unique([*piece[1:], *_roots(f, piece, levels), *np.clip(marks, *piece[1:])]) for piece in pieces]
    spans = np.array([span for row in cuts for span in itertools.pairwise(row)])
    left, right = spans[np.diff(spans)[:, 0] > 1e-7].T[..., None]  # thinner ones: equal levels, but for rounding
    return (left * far + right * near).ravel(), ((right - left) * weights).ravel()


def label_energies(function, max_degree: int, points: int = 150) -> np.ndarray:
    """How much of each Hermite polynomial the label reveals.

    ζ_k = E(E[he_k(Z) | f(Z)])², the largest squared correlation of he_k(Z) with a transformed label T(f(Z)), ‖T‖ = 1.

    Parameters
        function : f, vectorised.
        max_degree : largest k.
        points : quadrature points between two neighbouring preimages of the critical values of f.

    Returns
        array of shape (max_degree+1,) with entries in [0, 1]; entry 0 is 1.

    Error
        Quadrature and rounding: below 1e-6 up to degree 4, 1e-4 up to degree 8, where f is smooth between its turning
        points and constant pieces and these are 1/50 or more apart; of order 1e-3 with corners elsewhere.

    Raises
        ValueError, TypeError for arguments out of range.

    Source
        Chapter "After 2019"; Damian, Pillaud-Vivien, Lee & Bruna (2024).
    """
    max_degree, points = _checks.integer("max_degree", max_degree, 0), _checks.integer("points", points, 2)
    f = lambda z: np.asarray(function(z), float) + np.zeros_like(z)  # noqa: E731
    pieces = _pieces(f)
    energies = _constant(f, [piece for piece in pieces if piece[0] == 0], max_degree)
    if moving := [piece for piece in pieces if piece[0]]:
        z, mass = _quadrature(f, moving, f(np.unique([piece[1:] for piece in pieces])), points)
        labels, total, sums = f(z), 0, 0
        for kind, left, right in moving:
            root = _roots(f, (kind, left, right), labels)
            step = np.maximum(np.minimum(1e-5, np.minimum(root - left, right - root) / 2), 1e-12)
            slope = abs(f(root + step) - f(root - step)) / (2 * step)
            low, high = sorted(f(np.array([left, right])))
            weight = np.where((low <= labels) & (labels <= high), _density(root) / np.maximum(slope, 1e-200), 0)
            total, sums = total + weight, sums + weight * hermite(max_degree, root)
        means = np.divide(sums, total, where=total > 0, out=np.zeros_like(sums))
        energies += means**2 @ (_density(z) * mass)
    return energies


def generative_exponent(function, max_degree: int = 8, tolerance: float = 1e-5) -> int | None:
    """Smallest information exponent that a transformation of the label can reach.

    min {k ≥ 1 : E[he_k(Z) | f(Z)] is not identically zero}.

    Parameters
        function : f, vectorised.
        max_degree : where to stop.
        tolerance : an energy of :func:`label_energies` counts as zero below this.

    Returns
        int, or None if all energies up to max_degree vanish.

    Error
        A numerical decision: an energy below the tolerance is not seen.

    Raises
        ValueError, TypeError for arguments out of range.

    Source
        Chapter "After 2019"; Damian, Pillaud-Vivien, Lee & Bruna (2024).
    """
    tolerance = _checks.real("tolerance", tolerance, above=0)
    energies = label_energies(function, _checks.integer("max_degree", max_degree, 1))
    seen = np.flatnonzero(energies[1:] > tolerance)
    return int(seen[0]) + 1 if seen.size else None
