"""How far a network is from its linearisation along the path of SGD, and how much its tangent kernel changes."""

import math

from .. import _checks
from .linearisation import GAUSSIAN_DENSITY


def path_gap(
    width: float,
    travel: float,
    slope: float,
    curvature: float,
    third: float,
    *,
    seen: float | None = None,
    points: int = 1,
) -> float:
    """After SGD from random signs: E max over m points |N(W_t,x) − N_lin(W_t,x)| ≤ C/r.

        C = √(2 ln 2m) · L τ_x²/2 + (L²/S) τ_x min(τ_x τ, τ²/2) + M τ_x³/6   (for one point the root is replaced by 1),

    where τ = Σ η_s G S is the longest way that the steps can add up to, τ_x = Σ η_s G S |⟨x,x_s⟩| ≤ τ what x sees of
    it, and u_i = ±1/√r with independent random signs.

    Parameters
        width, travel : r, τ.
        slope, curvature, third : S, L, M.
        seen : τ_x, the largest of the m points; None for τ.
        points : m.

    Returns
        float.

    Error
        A bound, in expectation over the signs.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", gap along the path.
    """
    width, travel = _checks.real("width", width, above=0), _checks.real("travel", travel, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    third, seen = _checks.real("third", third, at_least=0), _seen(seen, travel)
    points = _checks.integer("points", points, 1)
    first = curvature * seen**2 / 2 * (1.0 if points == 1 else math.sqrt(2 * math.log(2 * points)))
    second = curvature**2 / slope * seen * min(seen * travel, travel**2 / 2)
    return (first + second + third * seen**3 / 6) / width


def relu_path_gap(width: float, travel: float, density: float = GAUSSIAN_DENSITY) -> float:
    """ReLU, any number of SGD steps, any signs: E|N(W_t,x) − N_lin(W_t,x)| ≤ p₀ τ²/(2√r), τ = Σ η_t G.

    Parameters
        width, travel, density : r, τ, p₀.

    Returns
        float.

    Error
        A bound, in expectation over the start.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", gap along the path.
    """
    width, travel = _checks.real("width", width, above=0), _checks.real("travel", travel, at_least=0)
    return _checks.real("density", density, above=0) * travel**2 / (2 * math.sqrt(width))


def relu_sign_gap(
    width: float, travel: float, coherence: float, *, seen: float | None = None, density: float = GAUSSIAN_DENSITY
) -> float:
    """ReLU, any number of SGD steps from random signs, no biases: E|N(W_t,x) − N_lin(W_t,x)| for a fixed unit x.

        √(2p₀) τ_x^{3/2} r^{−3/4} + p₀² τ_x (τ + τ_x/4) K / r,

    τ = Σ η_s G, τ_x = Σ η_s G |c_s|, K = Σ η_s G |c_s| / √(1 − c_s²),
    c_s = ⟨x, x_s⟩ with the unit sample of step s (a batch shares its step equally); w_i ~ N(0, I_d).

    Parameters
        width, travel : r, τ.
        coherence : K.
        seen : τ_x; None for τ.
        density : p₀.

    Returns
        float.

    Error
        A bound, in expectation over weights and signs, for every fixed sequence of samples.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", the ReLU along the path.
    """
    width, travel = _checks.real("width", width, above=0), _checks.real("travel", travel, at_least=0)
    coherence, density = _checks.real("coherence", coherence, at_least=0), _checks.real("density", density, above=0)
    seen = _seen(seen, travel)
    main = math.sqrt(2 * density) * seen**1.5 * width**-0.75
    return main + density**2 * seen * (travel + seen / 4) * coherence / width


def kernel_drift(width: float, radius: float, slope: float, curvature: float) -> float:
    """Bound on the change of the tangent kernel (1/r) Σ σ′(z_i) σ′(z′_i) ⟨x,x′⟩ over the ball: 2SLR/√r.

    Parameters
        width, radius, slope, curvature : r, R, S, L.

    Returns
        float.

    Error
        A bound.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", kernel drift.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    return 2 * slope * curvature * radius / math.sqrt(width)


def path_kernel_drift(width: float, travel: float, slope: float, curvature: float, third: float) -> float:
    """After SGD from random signs: bound on the expected change of the tangent kernel.

        E|K_t(x,x′) − K_0(x,x′)| ≤ (2LSτ + (2L² + MS)τ²)/r.

    Parameters
        width, travel, slope, curvature, third : r, τ = Σ η_t G S, S, L, M.

    Returns
        float.

    Error
        A bound, in expectation over the signs.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", kernel drift.
    """
    width, travel = _checks.real("width", width, above=0), _checks.real("travel", travel, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    third = _checks.real("third", third, at_least=0)
    return (2 * curvature * slope * travel + (2 * curvature**2 + third * slope) * travel**2) / width


def _seen(seen: float | None, travel: float) -> float:
    return travel if seen is None else _checks.real("seen", seen, at_least=0, at_most=travel)
