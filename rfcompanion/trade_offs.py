"""Width against weights: the best error under a weight budget, exactly, and the law of the budget.

Features σ(⟨θ,x⟩) with unit θ, target the unit unbiased neuron σ(⟨w,x⟩). At infinite width a fit is a density u of
output weights; averaged over the rotations that fix w it depends on t = ⟨θ,w⟩ only, and its relative error is
Σ_ℓ m_ℓ (1 − û_ℓ)², û_ℓ = ∫ u P_ℓ dμ_d. The budget B bounds |u|: a least-squares problem of one variable in a box.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import betainc

from . import _checks
from .concentration import relu_masses, relu_tail
from .harmonics import harmonic_dimension, legendre

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

    @property
    def error(self) -> float:
        """Middle of the enclosure."""
        return (self.lower + self.upper) / 2


def cap_moments(dim: int, max_degree: int, t) -> np.ndarray:
    """Integrals of Legendre polynomials over caps.

    ∫_t^1 P_ℓ dμ_d = C (1−t²)^{(d−1)/2} P_{ℓ−1}^{(d+2)}(t)/(d−1) for ℓ ≥ 1,  C = Γ(d/2)/(√π Γ((d−1)/2)).

    Parameters
        dim : d ≥ 3.
        max_degree : L ≥ 1.
        t : points in [−1, 1], any shape.

    Returns
        array of shape (L+1, *shape of t); ℓ = 0 is the measure of the cap.

    Error
        Rounding, of order ℓ·1e-16.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs": one integration of the differential equation of P_ℓ.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    max_degree = _checks.integer("max_degree", max_degree, minimum=1)
    t = np.asarray(t, dtype=np.float64)
    moments = np.empty((max_degree + 1, *t.shape))
    moments[1:] = legendre(dim + 2, max_degree - 1, t)
    sine2 = (1 - t) * (1 + t)
    moments[1:] *= _surface(dim) / (dim - 1) * sine2 ** ((dim - 1) / 2)
    half = betainc((dim - 1) / 2, 0.5, sine2) / 2
    moments[0] = np.where(t >= 0, half, 1 - half)
    return moments


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


def weight_limited_optimum(dim: int, budget: float, cells: int = _CELLS, max_degree: int | None = None):
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
    max_degree = _checks.integer("max_degree", max_degree, minimum=4)
    if max_degree % 2:
        raise ValueError(f"max_degree must be even, got {max_degree}")

    degrees = _degrees(max_degree)
    masses = relu_masses(dim, max_degree)[degrees]
    root = np.sqrt(masses)
    edges, moments = _cell_moments(dim, max_degree, cells)
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

    lower, polished, zeros, sign = _polish(dim, max_degree, degrees, masses, budget, y)
    if polished < upper:  # u = B sign(p) with its switches placed exactly
        upper, edges = polished, np.concatenate([[1.0], zeros, [-1.0]])
        density = sign * budget * (-1.0) ** np.arange(len(zeros) + 1)
    tail = relu_tail(dim, max_degree)
    ratio = math.exp(min(math.log(budget) - math.log(harmonic_dimension(dim, max_degree + 2)) / 2, 300.0))
    lower += tail * max(0.0, 1 - ratio) ** 2
    upper += tail * (1 + ratio) ** 2
    return WeightLimited(dim, budget, lower, upper, edges, density)


def matching_budget(dim: int, degree: int) -> float:
    """Smallest budget that matches every degree up to L of the unbiased neuron exactly.

    β_L = min{sup|u| : û_ℓ = 1 for ℓ = 0, 1, 2, 4, …, L} = max{p(1) : ∫|p|dμ_d ≤ 1},  p in the span of those P_ℓ.

    Parameters
        dim : d ≥ 3.
        degree : L, even and at least 2.

    Returns
        float.

    Error
        Rounding and the last Newton step: relative 1e-8 (below: the value is p(1)/∫|p|dμ_d of a computed p).

    Raises
        ValueError, TypeError if an argument is out of range; RuntimeError if Newton's method does not settle.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim, degree = _dim_and_degree(dim, degree)
    # ∫|p|dμ_d and (∫p²dμ_D)^{1/2}, D = 2d−2, differ by powers of L and d only: the orthonormal zonal functions of
    # dimension D are the well-conditioned basis, and their reproducing kernel is where Newton's method starts.
    zonal = _ZonalAbove(dim, degree)
    p = zonal.at_pole / (zonal.at_pole @ zonal.at_pole)
    zeros, signed = zonal.signed_moments(p)
    norm1 = p @ signed
    for _ in range(100):
        # The Hessian kills p itself (p vanishes at its zeros): a row p makes it regular, and changes nothing for a
        # right-hand side orthogonal to p.
        rows = zonal.hessian_rows(p, zeros)
        own = p / np.linalg.norm(p) * np.median(np.linalg.norm(rows, axis=1))
        triangle = np.linalg.qr(np.vstack([rows, own]), mode="r")
        right = norm1 * zonal.at_pole - signed
        step = solve_triangular(triangle, solve_triangular(triangle, right, trans="T"))
        step -= p * (zonal.at_pole @ step)
        decrement, length = right @ step, 1.0
        while length > 1e-8:
            trial = p + length * step
            trial_zeros, trial_signed = zonal.signed_moments(trial)
            if trial @ trial_signed < norm1:
                break
            length /= 2
        else:
            break
        p, zeros, signed = trial, trial_zeros, trial_signed
        norm1 = p @ signed
        if decrement < 1e-9 * norm1:
            break
    if decrement > 1e-8 * norm1:
        raise RuntimeError(f"Newton's method stalled at degree {degree} in dimension {dim}")
    return float(1 / norm1)


def matching_budget_bounds(dim: int, degree: int) -> tuple[int, float]:
    """Proved bounds of the matching budget.

    C(L/2+d−1, d−1) ≤ β_L ≤ [(2L+2d−3) C_D (C(L+D−1, D−1) + D)/(π C_d²)]^{1/2},  D = 2d−2,
    C_d = Γ(d/2)/(√π Γ((d−1)/2)).

    Parameters
        dim : d ≥ 3.
        degree : L, even and at least 2.

    Returns
        (lower, upper): int and float.

    Error
        Lower: exact. Upper: rounding, relative 1e-11.

    Raises
        ValueError, TypeError if an argument is out of range; OverflowError if the upper bound exceeds 1e308.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim, degree = _dim_and_degree(dim, degree)
    twice = 2 * dim - 2
    log_square = math.log(2 * degree + 2 * dim - 3) + math.log(_surface(twice)) - math.log(math.pi)
    log_square += math.log(math.comb(degree + twice - 1, twice - 1) + twice) - 2 * math.log(_surface(dim))
    return math.comb(degree // 2 + dim - 1, dim - 1), math.exp(log_square / 2)


def weight_limited_floor(dim: int, budget: float, max_degree: int = 400) -> float:
    """Proved lower bound of E_B in closed form, the best over the degree.

    E_B ≥ (1 − B/C(n+d−1, d−1))_+² · W m_{2k}/(A (2k+d/2−1)),  W = Σ_{j=n}^k (j+d/2),  A = (d−1)²/((d−2)(d−3)).

    Parameters
        dim : d ≥ 4.
        budget : B > 0.
        max_degree : largest degree 2k that is tried.

    Returns
        float ≤ E_B.

    Error
        Rounding, relative 1e-11.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=4)
    budget = _checks.real("budget", budget, above=0)
    max_degree = _checks.integer("max_degree", max_degree, minimum=2)
    masses = relu_masses(dim, max_degree)
    constant = (dim - 1) ** 2 / ((dim - 2) * (dim - 3))
    top = np.arange(max_degree // 2 + 1)
    per_weight = masses[2 * top] / (constant * (2 * top + dim / 2 - 1))
    cumulative = np.cumsum(top + dim / 2)
    best = 0.0
    for n in range(max_degree // 2 + 1):
        log_size = math.log(math.comb(n + dim - 1, dim - 1))
        if log_size <= math.log(budget):
            continue
        weight = cumulative[n:] - (cumulative[n - 1] if n else 0.0)
        share = (1 - budget * math.exp(-log_size)) ** 2
        best = max(best, share * float((weight * per_weight[n:]).max()))
    return best


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
    from .lower_bound import best_relative_error

    return max(best_relative_error(dim, features), weight_limited_optimum(dim, budget).lower)


def _surface(dim: int) -> float:
    """C_d = Γ(d/2)/(√π Γ((d−1)/2)): the density of μ_d in the angle is C_d sin^{d−2}."""
    return math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)


def _density(dim: int, t: np.ndarray) -> np.ndarray:
    return _surface(dim) * ((1 - t) * (1 + t)) ** ((dim - 3) / 2)


def _degrees(max_degree: int) -> np.ndarray:
    """The degrees that the unbiased neuron has: 0, 1, 2, 4, …, L."""
    return np.array([0, 1, *range(2, max_degree + 1, 2)])


def _dim_and_degree(dim: int, degree: int) -> tuple[int, int]:
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.integer("degree", degree, minimum=2)
    if degree % 2:
        raise ValueError(f"degree must be even, got {degree}")
    return dim, degree


def _cell_moments(dim: int, max_degree: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    edges = np.cos(np.linspace(0, np.pi, cells + 1))
    edges = (edges - edges[::-1]) / 2  # exactly antisymmetric
    caps = cap_moments(dim, max_degree, edges)
    moments = np.diff(caps, axis=1)
    lower_half = betainc((dim - 1) / 2, 0.5, (1 - edges) * (1 + edges)) / 2
    measure = np.abs(np.diff(lower_half))  # no cancellation near t = −1
    middle = cells // 2
    if cells % 2:
        measure[middle] = 1 - 2 * lower_half[middle]
    moments[0] = measure
    return edges, moments


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


def _angles(max_degree: int) -> np.ndarray:
    """Sixteen points for each zero that a polynomial of this degree may have."""
    n = 16 * (max_degree + 1)
    return (np.arange(n) + 0.5) * np.pi / n


def _zeros(basis, a, angles, grid):
    """Angles where p = Σ_k a_k basis_k changes sign, by the Illinois method, and its sign at t = 1."""
    p = a @ grid
    before = np.nonzero(p[:-1] * p[1:] < 0)[0]
    low, high, p_low, p_high = angles[before], angles[before + 1], p[before], p[before + 1]
    middle = low
    for _ in range(9):
        middle = high - p_high * (high - low) / (p_high - p_low)
        value = a @ basis(middle)
        right = p_low * value > 0
        low, high = np.where(right, middle, low), np.where(right, high, middle)
        p_low, p_high = np.where(right, value, p_low / 2), np.where(right, p_high / 2, value)
    return middle, (1.0 if p[0] > 0 else -1.0)


def _signed_moments(dim, max_degree, degrees, zeros, sign):
    """∫ sign(p) P_ℓ dμ_d from the sign changes of p."""
    alternate = (-1.0) ** np.arange(len(zeros))
    moments = 2 * cap_moments(dim, max_degree, zeros)[degrees] @ alternate
    moments[0] += (-1.0) ** len(zeros)
    return sign * moments


def _derivatives(dim, max_degree, degrees, t):
    """P_ℓ′ = ℓ(ℓ+d−2)/(d−1) · P_{ℓ−1}^{(d+2)}."""
    values = np.zeros((len(degrees), len(t)))
    lower = legendre(dim + 2, max_degree - 1, t)
    values[1:] = (degrees * (degrees + dim - 2) / (dim - 1))[1:, None] * lower[degrees[1:] - 1]
    return values


def _polish(dim, max_degree, degrees, masses, budget, y, steps=12):
    """Newton's method on the dual problem with exact ∫|p|: (best dual value, best primal value of B sign p, its p)."""
    root, angles = np.sqrt(masses), _angles(max_degree)

    def basis(angles):
        return legendre(dim, max_degree, np.cos(angles))[degrees]

    grid = basis(angles)

    def evaluate(y):
        zeros, sign = _zeros(basis, root * y, angles, grid)
        zeros = np.cos(zeros)
        moments = budget * _signed_moments(dim, max_degree, degrees, zeros, sign)
        return 2 * (root * y) @ (1 - moments) - y @ y, moments, zeros, sign

    dual, moments, zeros, sign = evaluate(y)
    lower, upper, best = 0.0, math.inf, (zeros, sign)
    for _ in range(steps):
        gain = (root * y) @ (1 - moments)
        lower = max(lower, max(gain, 0.0) ** 2 / (y @ y))  # the best multiple of p
        primal = float((masses * (1 - moments) ** 2).sum())
        if primal < upper:
            upper, best = primal, (zeros, sign)
        if upper - lower < 1e-11 * upper:
            break
        slope = np.abs((root * y) @ _derivatives(dim, max_degree, degrees, zeros))
        curvature = 2 * budget * _density(dim, zeros) / np.maximum(slope, 1e-300)
        scaled = root[:, None] * legendre(dim, max_degree, zeros)[degrees] * np.sqrt(curvature)
        triangle = np.linalg.qr(np.vstack([scaled.T, np.eye(len(y))]), mode="r")
        gradient = root * (1 - moments) - y
        step = solve_triangular(triangle, solve_triangular(triangle, gradient, trans="T"))
        length = 1.0
        while length > 1e-6:
            trial = evaluate(y + length * step)
            if trial[0] > dual:
                break
            length /= 4
        else:
            break
        y, (dual, moments, zeros, sign) = y + length * step, trial
    return float(lower), upper, *best


class _ZonalAbove:
    """The functions √N(D,k) P_k^{(D)}, D = 2d−2, k = 0, 1, 2, 4, …, L, against the measure μ_d."""

    def __init__(self, dim: int, degree: int):
        self.dim, self.above, self.degree, self.degrees = dim, 2 * dim - 2, degree, _degrees(degree)
        self.at_pole = np.array([math.sqrt(harmonic_dimension(self.above, int(k))) for k in self.degrees])
        self.angles = _angles(degree)
        self.grid = self(self.angles)
        self.nodes, self.weights = np.polynomial.legendre.leggauss(32)

    def __call__(self, angles):
        """Values, shape (degrees, *angles.shape)."""
        values = legendre(self.above, self.degree, np.cos(angles))[self.degrees]
        return values * self.at_pole.reshape(-1, *[1] * np.ndim(angles))

    def signed_moments(self, p):
        """Angles where p changes sign, and ∫ sign(p) Q_k dμ_d by Gauss–Legendre between them."""
        zeros, sign = _zeros(self, p, self.angles, self.grid)
        ends = np.concatenate([[0.0], zeros, [np.pi]])
        half = np.diff(ends)[:, None] / 2
        angles = ends[:-1, None] + half * (1 + self.nodes)
        weights = half * self.weights * _surface(self.dim) * np.sin(angles) ** (self.dim - 2)
        weights *= sign * (-1.0) ** np.arange(len(half))[:, None]
        return zeros, self(angles.ravel()) @ weights.ravel()

    def hessian_rows(self, p, zeros):
        """R with RᵀR = 2 Σ_zeros density/|p′| QQᵀ, the second derivative of ∫|p|dμ_d."""
        t = np.cos(zeros)
        derivative = self.degrees[1:] * (self.degrees[1:] + self.above - 2) / (self.above - 1) * self.at_pole[1:]
        slope = (p[1:] * derivative) @ legendre(self.above + 2, self.degree - 1, t)[self.degrees[1:] - 1]
        return (self(zeros) * np.sqrt(2 * _density(self.dim, t) / np.abs(slope))).T
