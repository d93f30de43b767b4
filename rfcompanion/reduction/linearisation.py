"""How far a network is from its linearisation: everywhere in a ball of weights around the start."""

import math

from .. import _checks

#: p₀ for w ~ N(0, I_d), with or without biases: twice the Gaussian density at 0.
GAUSSIAN_DENSITY = math.sqrt(2 / math.pi)


def unit_density(dim: int) -> float:
    """p₀ for weights uniform on the unit sphere, no bias: density at 0 of |⟨w, x̂⟩|, 2Γ(d/2)/(√π Γ((d−1)/2)).

    Parameters
        dim : d ≥ 3 (below, the density is not largest at 0).

    Returns
        float.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction".
    """
    dim = _checks.integer("dim", dim, 3)
    return 2 / math.sqrt(math.pi) * math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2))


def linearisation_gap(width: float, radius: float, curvature: float, second_moment: float = 1.0) -> float:
    """Bound on |N(V,x) − N_lin(V,x)| for all ‖V − W‖_F ≤ R: L R²/(2√r), and λ times that on average over x.

    Parameters
        width : r (or α²r).
        radius : R.
        curvature : L = sup |σ″|.
        second_moment : 1 for the supremum over ‖x‖ ≤ 1; λ for the mean over x.

    Returns
        float.

    Error
        A bound; attained up to 1 + o(1) by an adversarial V.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", linearisation lemma.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    curvature = _checks.real("curvature", curvature, at_least=0)
    second_moment = _checks.real("second_moment", second_moment, above=0, at_most=1)
    return second_moment * curvature * radius**2 / (2 * math.sqrt(width))


def linearisation_gap_both(width: float, radius: float, slope: float, curvature: float) -> float:
    """The same when both layers of (1/√r) Σ a_i σ(⟨w_i, x⟩), a_i = ±1, move by ‖δW‖² + ‖δa‖² ≤ R² in all.

        |N − N_lin| ≤ (L + √(L² + 4S²)) R² / (4√r).

    Parameters
        width, radius, slope, curvature : r, R, S, L.

    Returns
        float.

    Error
        A bound.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", both layers.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    return (curvature + math.hypot(curvature, 2 * slope)) * radius**2 / (4 * math.sqrt(width))


def relu_linearisation_gap(width: float, radius: float, density: float = GAUSSIAN_DENSITY) -> float:
    """ReLU: bound on E sup_{‖V − W‖_F ≤ R} |N(V,x) − N_lin(V,x)|, expectation over W, any ‖x‖ ≤ 1.

        (3/2)(p₀/16)^{1/3} R^{4/3} r^{−1/6}   (about 0.552 R^{4/3} r^{−1/6} for Gaussian weights).

    Parameters
        width, radius : r, R.
        density : p₀.

    Returns
        float.

    Error
        A bound; an adversarial V reaches 2^{−1/3} of it as r → ∞.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", ReLU linearisation.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    density = _checks.real("density", density, above=0)
    return 1.5 * (density / 16) ** (1 / 3) * radius ** (4 / 3) * width ** (-1 / 6)


def relu_flips(width: float, radius: float, density: float = GAUSSIAN_DENSITY) -> float:
    """ReLU: bound on E sup_{‖V − W‖_F ≤ R} #{i : ⟨w_i,x⟩ and ⟨v_i,x⟩ differ in sign} = 3^{1/3} (r p₀ R)^{2/3}.

    Parameters
        width, radius, density : r, R, p₀.

    Returns
        float.

    Error
        A bound, attained as r → ∞.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", ReLU linearisation.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    density = _checks.real("density", density, above=0)
    return 3 ** (1 / 3) * (width * density * radius) ** (2 / 3)
