"""The best bounded density of output weights, enclosed, and the frontier of width and weights."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from .. import _checks
from ..concentration import relu_masses, relu_tail
from ..harmonics import harmonic_dimension
from .caps import cell_moments, neuron_degrees
from .dual import polish

_CELLS = 1200  # on which the density is constant: relative width of the enclosure about 1e-5


@dataclass(frozen=True, eq=False)
class WeightLimited:
    """The best density of output weights in [−B, B], with both ends of an enclosure of its relative error."""

    dim: int
    budget: float
    lower: float  # from a polynomial p of the dual problem
    upper: float  # attained by ``density``
    edges: np.ndarray  # 1 = t_0 > t_1 > … > t_n = −1, shape (n+1,)
    density: np.ndarray  # u on the cells (t_{j+1}, t_j), shape (n,)
    polynomial: np.ndarray  # a_ℓ of the dual polynomial p behind ``lower``, for ℓ = 0, 1, 2, 4, …, L

    @property
    def error(self) -> float:
        """Middle of the enclosure."""
        return (self.lower + self.upper) / 2


def weight_limited_error(dim: int, budget: float) -> float:
    """Smallest relative error of weight-limited ReLU features at infinite width.

    E_B = min_{|u| ≤ B} Σ_ℓ m_ℓ (1 − û_ℓ)²,  û_ℓ = ∫ u P_ℓ dμ_d.

    Parameters
        dim : d ≥ 3.
        budget : B = r·max|u_i| > 0, for unit features and a unit target.

    Returns
        float: the middle of the enclosure that :func:`weight_limited_optimum` computes.

    Error
        Half the width of that enclosure: relative 1e-4 at most, or RuntimeError.

    Raises
        ValueError, TypeError if an argument is out of range; RuntimeError if the enclosure is wider than 1e-4.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    optimum = weight_limited_optimum(dim, budget)
    if optimum.upper - optimum.lower > 1e-4 * optimum.upper:
        raise RuntimeError(
            f"budget {budget:g} in dimension {dim}: enclosed in [{optimum.lower:.6g}, {optimum.upper:.6g}] only; "
            "ask weight_limited_optimum for more cells and degrees"
        )
    return optimum.error


def weight_limited_optimum(
    dim: int, budget: float, cells: int = _CELLS, max_degree: int | None = None
) -> WeightLimited:
    """Best bounded density of output weights, with an enclosure of its error from the primal and the dual problem.

    max_a 2(p(1) − B∫|p|dμ_d) − Σ_ℓ a_ℓ²/m_ℓ ≤ E_B ≤ Σ_ℓ m_ℓ (1 − û_ℓ)²,  p = Σ_ℓ a_ℓ P_ℓ.

    Parameters
        dim : d ≥ 3.
        budget : B > 0.
        cells : number of intervals, equal in angle, on which u is constant.
        max_degree : even degree L up to which the moments are kept exactly; None: 400 for d < 10, else 160.

    Returns
        WeightLimited.

    Error
        ``lower`` ≤ E_B ≤ ``upper`` up to rounding of order 1e-13; degrees beyond L are inside, by |û_ℓ| ≤ B/√N(d,ℓ).

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    budget = _checks.real("budget", budget, above=0)
    cells = _checks.integer("cells", cells, minimum=10)
    if max_degree is None:
        max_degree = 400 if dim < 10 else 160
    max_degree = _checks.even("max_degree", max_degree, minimum=4)

    degrees = neuron_degrees(max_degree)
    masses = relu_masses(dim, max_degree)[degrees]
    root = np.sqrt(masses)
    edges, moments = cell_moments(dim, max_degree, cells)
    moments = moments[degrees]
    measure = moments[0]
    weighted = root[:, None] * moments

    y = np.zeros(len(degrees))
    y[0] = 1.0
    epsilon, upper, density = 1.0, math.inf, None
    while epsilon > 1e-19:  # an interior method: |p| becomes √(p² + ε²), ε → 0
        epsilon /= 4
        y = _minimise(weighted, root, measure, budget, epsilon, y)
        slope = weighted.T @ y
        trial = budget * slope / np.hypot(slope, epsilon * measure + 1e-300)
        error = float((masses * (1 - moments @ trial) ** 2).sum())
        if error < upper:
            upper, density = error, trial
        if 2 * (budget * np.abs(slope).sum() - slope @ trial) < 1e-6 * upper:
            break

    lower, polished, zeros, sign, proof = polish(dim, max_degree, degrees, masses, budget, y)
    if polished < upper:  # u = B sign(p) with its switches placed exactly
        upper, edges = polished, np.concatenate([[1.0], zeros, [-1.0]])
        density = sign * budget * (-1.0) ** np.arange(len(zeros) + 1)
    tail = relu_tail(dim, max_degree)
    ratio = math.exp(min(math.log(budget) - math.log(harmonic_dimension(dim, max_degree + 2)) / 2, 300.0))
    lower += tail * max(0.0, 1 - ratio) ** 2
    upper += tail * (1 + ratio) ** 2
    return WeightLimited(dim, budget, lower, upper, edges, density, root * proof)


def frontier(dim: int, features: int, budget: float) -> float:
    """Proved lower bound of the relative error in the plane of width and weight budget.

    E error ≥ max(e_r, E_B), for r unit ReLU features with rotation-invariant law and r·max|u_i| ≤ B.

    Parameters
        dim : d ≥ 3.
        features : r ≥ 0.
        budget : B > 0.

    Returns
        float.

    Error
        Relative 1e-4 (see :func:`weight_limited_optimum`); never above the true maximum by more than rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    from ..lower_bound import best_relative_error

    return max(best_relative_error(dim, features), weight_limited_optimum(dim, budget).lower)


def _minimise(weighted, root, measure, budget, epsilon, y):
    """Newton's method for |y|² − 2⟨root, y⟩ + 2B Σ_j √(s_j² + (ε μ_j)²), s = weightedᵀ y: smooth and convex."""
    offset = epsilon * measure + 1e-300

    def value(y):
        return y @ y - 2 * root @ y + 2 * budget * np.hypot(weighted.T @ y, offset).sum()

    current = value(y)
    for _ in range(60):
        slope = weighted.T @ y
        size = np.hypot(slope, offset)
        gradient = 2 * y - 2 * root + 2 * budget * (weighted @ (slope / size))
        # Newton's equations (I + B·K diag(c) Kᵀ) step = −gradient/2 through a QR factorisation: B·c reaches 1e15
        scaled = weighted * np.sqrt(budget * (offset / size) ** 2 / size)
        triangle = np.linalg.qr(np.vstack([scaled.T, np.eye(len(y))]), mode="r")
        step = -solve_triangular(triangle, solve_triangular(triangle, gradient / 2, trans="T"))
        decrement = -gradient @ step
        if decrement < 1e-13 * abs(current):
            break
        length = 1.0
        while length > 1e-9:
            trial = value(y + length * step)
            if trial <= current - 1e-4 * length * decrement:
                break
            length /= 2
        else:
            break
        y, current = y + length * step, trial
    return y
