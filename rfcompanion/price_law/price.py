"""What follows from the price law: how many features an error costs, and for which neurons that is exponential."""

import math
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from .. import _checks
from ..concentration import relu_tail
from ..harmonics import harmonic_dimension
from .arguments import even, plain
from .tail import UPPER_SHIFT, price_constant, tail_bounds

#: 2^{3/4}/(5√A) rounded up: ‖w*‖ = 1.16 d^{3/4} costs an exponential number of features at error 1/50, for every d ≥ 3.
HARD_NORM_CONSTANT = 1.16


def features_up_to(dim: int, degree: int) -> int:
    """Number of features that hold every degree up to L that the unbiased neuron has.

    r_L = 1 + d + Σ_{even 2≤ℓ≤L} N(d,ℓ) = d + C(L+d−1, d−1).

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 0, even.

    Returns
        int, of any size.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = int(even("degree", _checks.integer("degree", degree, minimum=0)))
    return dim + comb(degree + dim - 1, dim - 1)


@dataclass(frozen=True)
class Price:
    """What an error costs: more than ``too_few`` features are necessary, ``enough`` features suffice."""

    too_few_degree: int
    too_few: int
    enough_degree: int
    enough: int


def price_of_error(dim: int, relative_error: float) -> Price:
    """Features that a relative error costs, from the price law alone (no spectrum is computed).

    e_r ≤ ε needs r > r_L for the largest even L with B_d((L+1)(L+d−1))^{−3/2} ≥ ε, and r = r_L suffices for the
    smallest even L with B_d((L+0.3)(L+d−0.3))^{−3/2} ≤ ε.

    Parameters
        dim : d ≥ 3.
        relative_error : ε > 0, at most B_d(d−1)^{−3/2} (about 0.085), where the law starts at L = 0.

    Returns
        Price.

    Error
        Integers exact; the two degrees are decided in float64.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    start = price_constant(dim) * (dim - 1) ** -1.5
    error = _checks.real("relative_error", relative_error, above=0, at_most=start)
    # (L+s)(L+d−s) = (L+d/2)² − (d/2−s)² compared with (B_d/ε)^{2/3}
    level = (price_constant(dim) / error) ** (2 / 3)
    low = 2 * max(0, math.floor((math.sqrt(level + (dim / 2 - 1) ** 2) - dim / 2) / 2) + 1)
    while low > 0 and tail_bounds(dim, low)[0] < error:
        low -= 2
    high = 2 * max(0, math.ceil((math.sqrt(level + (dim / 2 - UPPER_SHIFT) ** 2) - dim / 2) / 2) - 1)
    while tail_bounds(dim, high)[1] > error:
        high += 2
    return Price(low, features_up_to(dim, low), high, features_up_to(dim, high))


def hard_norm(dim: int, degree: int, absolute_error: float = 0.02) -> float:
    """Norm ‖w*‖ at which the best r_L features leave exactly a given absolute squared error.

    ‖w*‖ = (2ε/τ_L)^{1/2}:  E(N − [⟨w*,x⟩]_+)² = ‖w*‖² τ_L/2.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2, even.
        absolute_error : ε > 0; the default is the 1/50 of Yehudai & Shamir (2019).

    Returns
        float.

    Error
        Rounding: relative 1e-11.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    error = _checks.real("absolute_error", absolute_error, above=0)
    return math.sqrt(2 * error / relu_tail(dim, int(even("degree", _checks.integer("degree", degree, minimum=2)))))


def rate(kappa):
    """Exponential rate of the number of features at degree L = κd.

    h(κ) = (1+κ) ln(1+κ) − κ ln κ,  e^{d h}/(L+d+1) ≤ C(L+d, d) ≤ e^{d h};  h(1) = ln 4.

    Parameters
        kappa : κ ≥ 0, a number or an array.

    Returns
        float or array.

    Error
        Rounding.

    Raises
        ValueError if a κ is negative.

    Source
        Chapter "General features"; standard.
    """
    kappa = np.asarray(kappa, dtype=np.float64)
    if not (np.isfinite(kappa).all() and (kappa >= 0).all()):
        raise ValueError("kappa must be finite and at least 0")
    log_kappa = np.log(np.where(kappa > 0, kappa, 1.0))
    return plain((1 + kappa) * np.log1p(kappa) - kappa * log_kappa)


def high_probability_features(dim: int, degree: int, failure: float, loss: float = 0.5, biased: bool = False) -> int:
    """Largest r for which the law holds with a stated probability, not only on average.

    r ≤ δη N(d,L+2) (L even, no bias) or r ≤ δη N(d,L+1) (any L, any bias) implies
    P(relative error of V < (1−η)τ_L) ≤ δ, over a random direction, or over rotation-invariant features of dimension r.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2 (even without bias).
        failure : δ in (0, 1).
        loss : η in (0, 1).
        biased : use the form that needs no parity.

    Returns
        int, possibly 0.

    Error
        Exact for the given floats δ, η.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.integer("degree", degree, minimum=2)
    failure = _checks.real("failure", failure, above=0, below=1)
    loss = _checks.real("loss", loss, above=0, below=1)
    if not biased:
        even("degree", degree)
    return math.floor(Fraction(failure) * Fraction(loss) * harmonic_dimension(dim, degree + (1 if biased else 2)))


def tangent_width(dim: int, features: int, biased: bool = False) -> int:
    """Smallest number of hidden neurons whose tangent features can span r dimensions.

    The r₁ neurons' gradients in (W, u) span at most r₁d dimensions without biases, r₁(d+1) with: r₁ ≥ r/d or r/(d+1).

    Parameters
        dim : d ≥ 1.
        features : r ≥ 1.
        biased : the hidden neurons have trained biases.

    Returns
        int.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=1)
    features = _checks.integer("features", features, minimum=1)
    return -(-features // (dim + bool(biased)))
