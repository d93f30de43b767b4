"""Width against weights: the best error under a weight budget, exactly, and the frontier it makes with the width.

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
from .concentration import plane_wave_eigenvalue, relu_masses, relu_tail
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
    polynomial: np.ndarray  # a_ℓ of the dual polynomial p behind ``lower``, for ℓ = 0, 1, 2, 4, …, L

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

    lower, polished, zeros, sign, proof = _polish(dim, max_degree, degrees, masses, budget, y)
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
    from .lower_bound import best_relative_error

    return max(best_relative_error(dim, features), weight_limited_optimum(dim, budget).lower)


def wave_min_features(dim: int, omega: float, relative_error: float) -> int:
    """Smallest number of features, of any kind, for a smooth neuron: sin(ω⟨θ,x⟩).

    min{r : Σ_{j≤r} λ_j↓ ≥ (1 − ε)‖sin‖²}, λ_ℓ from Weber's integral for odd ℓ, ‖sin‖² = (1 − e^{−2ω²})/2.

    Parameters
        dim : d ≥ 3.
        omega : ω > 0, the norm of the inner weight; at most 10.
        relative_error : ε in (0, 1), at least 1e-11.

    Returns
        int.

    Error
        Rounding: relative 1e-4 at the smallest ε (the tail is a difference of floats), 1e-9 at ε = 1e-4.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    omega = _checks.real("omega", omega, above=0, at_most=10)
    error = _checks.real("relative_error", relative_error, at_least=1e-11, below=1)
    norm2 = -math.expm1(-2 * omega**2) / 2
    left, features, degree = 1.0, 0, 1
    while True:  # the eigenvalues fall with the degree
        count = harmonic_dimension(dim, degree)
        share = math.exp(plane_wave_eigenvalue(dim, degree, omega, log=True) + math.log(count)) / norm2
        if left - share <= error:
            return features + max(1, math.ceil((left - error) / share * count * (1 - 1e-12)))
        left, features, degree = left - share, features + count, degree + 2


def _surface(dim: int) -> float:
    """C_d = Γ(d/2)/(√π Γ((d−1)/2)): the density of μ_d in the angle is C_d sin^{d−2}."""
    return math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)


def _density(dim: int, t: np.ndarray) -> np.ndarray:
    return _surface(dim) * ((1 - t) * (1 + t)) ** ((dim - 3) / 2)


def _degrees(max_degree: int) -> np.ndarray:
    """The degrees that the unbiased neuron has: 0, 1, 2, 4, …, L."""
    return np.array([0, 1, *range(2, max_degree + 1, 2)])


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
    """Newton's method on the dual with exact ∫|p|: best dual value, best primal value of B sign p, its p, dual y."""
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
    lower, upper, best, proof = 0.0, math.inf, (zeros, sign), y
    for _ in range(steps):
        gain = (root * y) @ (1 - moments)
        if (value := max(gain, 0.0) ** 2 / (y @ y)) > lower:  # the best multiple of p
            lower, proof = value, y
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
    return float(lower), upper, *best, proof
