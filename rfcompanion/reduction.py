"""From networks to random features: what the chapter *reduction* proves, with its constants, and the two kernels.

Throughout N(W, x) = Σ_i u_i σ(⟨w_i, x⟩ + b_i) with |u_i| ≤ 1/√r and inputs ‖x‖ ≤ 1; λ = ‖E x xᵀ‖ is the largest second
moment of the inputs in a direction (1/d on the sphere, never more than 1), S = sup |σ′|, L = sup |σ″|, M = sup |σ‴|;
the loss is convex and G-Lipschitz in the prediction; p₀ bounds the density of |⟨w_i, x̂⟩ + b_i| for unit x̂. A network
α·N obeys every bound below with ``width`` α²r and distances multiplied by α.
"""

import math
from dataclasses import dataclass

import numpy as np

from . import _checks

#: p₀ for w ~ N(0, I_d), with or without biases: twice the Gaussian density at 0.
GAUSSIAN_DENSITY = math.sqrt(2 / math.pi)


@dataclass(frozen=True)
class SGDBound:
    """(1/T) Σ_t E L(W_t) ≤ ``total`` = ``comparator`` + ``regret`` + ``gap``, if SGD takes steps ``step_size``.

    ``comparator`` is the loss of the linear model (inflated in the self-bounding form), ``regret`` what online learning
    costs, ``gap`` what the network's curvature costs.
    """

    comparator: float
    regret: float
    gap: float
    step_size: float

    @property
    def total(self) -> float:
        return self.comparator + self.regret + self.gap


@dataclass(frozen=True)
class Slope:
    """Exponent of a power law: mean over the seeds and half-width of its 95 % confidence interval."""

    value: float
    half_width: float

    def agrees(self, exponent: float) -> bool:
        """Whether the exponent lies in the interval."""
        return abs(self.value - exponent) <= self.half_width

    def __str__(self) -> str:
        value = round(self.value, 2) + 0.0  # no negative zero
        return f"{value:+.2f} ± {self.half_width:.2f}"


def unit_density(dim: int) -> float:
    """p₀ for weights uniform on the unit sphere, no bias: density at 0 of |⟨w, x̂⟩|, 2Γ(d/2)/(√π Γ((d−1)/2)).

    Parameters
        dim : d ≥ 3 (below, the density is not largest at 0).

    Returns
        float.

    Error
        Rounding.

    Source
        Chapter reduction.
    """
    dim = _checks.integer("dim", dim, 3)
    return 2 / math.sqrt(math.pi) * math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2))


# --------------------------------------------------------------------------------------------------------------
# How far a network is from its linearisation


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

    Source
        Chapter reduction, linearisation lemma.
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

    Source
        Chapter reduction, both layers.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    return (curvature + math.hypot(curvature, 2 * slope)) * radius**2 / (4 * math.sqrt(width))


def relu_linearisation_gap(width: float, radius: float, density: float = GAUSSIAN_DENSITY) -> float:
    """ReLU: bound on E sup_{‖V − W‖_F ≤ R} |N(V,x) − N_lin(V,x)|, expectation over W, any ‖x‖ ≤ 1.

        (3/2)(p₀/16)^{1/3} R^{4/3} r^{−1/6}   (0.552 R^{4/3} r^{−1/6} for Gaussian weights).

    Parameters
        width, radius : r, R.
        density : p₀.

    Returns
        float.

    Error
        A bound; an adversarial V reaches 2^{−1/3} of it as r → ∞.

    Source
        Chapter reduction, ReLU linearisation.
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

    Source
        Chapter reduction, ReLU linearisation.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    density = _checks.real("density", density, above=0)
    return 3 ** (1 / 3) * (width * density * radius) ** (2 / 3)


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

    Source
        Chapter reduction, gap along the path.
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

    Source
        Chapter reduction, gap along the path.
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

    Source
        Chapter reduction, the ReLU along the path.
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

    Source
        Chapter reduction, kernel drift.
    """
    width, radius = _checks.real("width", width, above=0), _checks.real("radius", radius, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    return 2 * slope * curvature * radius / math.sqrt(width)


def path_kernel_drift(width: float, travel: float, slope: float, curvature: float, third: float) -> float:
    """After SGD from random signs: bound on the expected change of the tangent kernel, (2LSτ + (2L² + MS)τ²)/r.

    Parameters
        width, travel, slope, curvature, third : r, τ = Σ η_t G S, S, L, M.

    Returns
        float.

    Error
        A bound, in expectation over the signs.

    Source
        Chapter reduction, kernel drift.
    """
    width, travel = _checks.real("width", width, above=0), _checks.real("travel", travel, at_least=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    third = _checks.real("third", third, at_least=0)
    return (2 * curvature * slope * travel + (2 * curvature**2 + third * slope) * travel**2) / width


# --------------------------------------------------------------------------------------------------------------
# SGD does as well as the best nearby random-feature model


def sgd_bound(
    form: str,
    *,
    width: float,
    steps: int,
    radius: float,
    lipschitz: float,
    slope: float,
    curvature: float,
    comparator: float,
    second_moment: float = 1.0,
) -> SGDBound:
    """Online SGD on the hidden layer against the best linear model within R, smooth activations.

    Step η = R/(GS√T), T steps, and for every V with ‖V − W_0‖_F ≤ R, Λ = loss of the linear model N_lin(V, ·):

    * ``plain``: Λ + RGS/√T + (λGLR²/√r)(√T/2 + T/6);
    * ``projected`` onto the R-ball after each step: Λ + RGS/√T + (3/2) λGLR²/√r;
    * ``self-bounding``, no projection, loss ≥ 0, θ = λRL√T/(S√r): Λ(1 + θe^θ/2) + RGS/√T + (5/4) e^θ λGLR²/√r.

    Parameters
        form : "plain", "projected" or "self-bounding".
        width, steps, radius : r (or α²r), T, R (or α‖V − W_0‖).
        lipschitz, slope, curvature : G, S, L.
        comparator : Λ.
        second_moment : λ.

    Returns
        SGDBound.

    Error
        A bound, in expectation over the samples.

    Raises
        ValueError for an unknown form or numbers out of range.

    Source
        Chapter reduction, main theorem.
    """
    _checks.choice("form", form, ("plain", "projected", "self-bounding"))
    width, steps = _checks.real("width", width, above=0), _checks.integer("steps", steps, 1)
    radius, lipschitz = _checks.real("radius", radius, above=0), _checks.real("lipschitz", lipschitz, above=0)
    slope, curvature = _checks.real("slope", slope, above=0), _checks.real("curvature", curvature, at_least=0)
    second_moment = _checks.real("second_moment", second_moment, above=0, at_most=1)
    comparator = _checks.real("comparator", comparator, at_least=0 if form == "self-bounding" else None)
    root = math.sqrt(steps)
    unit = second_moment * lipschitz * curvature * radius**2 / math.sqrt(width)
    regret, step_size = radius * lipschitz * slope / root, radius / (lipschitz * slope * root)
    if form == "plain":
        return SGDBound(comparator, regret, unit * (root / 2 + steps / 6), step_size)
    if form == "projected":
        return SGDBound(comparator, regret, 1.5 * unit, step_size)
    theta = second_moment * radius * curvature * root / (slope * math.sqrt(width))
    growth = math.exp(theta) if theta < 700 else math.inf
    return SGDBound(comparator * (1 + theta * growth / 2), regret, 1.25 * growth * unit, step_size)


def relu_sgd_bound(
    form: str,
    *,
    width: float,
    steps: int,
    radius: float,
    lipschitz: float,
    comparator: float,
    second_moment: float = 1.0,
    density: float = GAUSSIAN_DENSITY,
    spread: float | None = None,
) -> SGDBound:
    """The same for the ReLU; expectation over the start W_0 as well, Λ = E over W_0 of the linear model's loss.

    Step η = R/(G√T), T steps, ‖V − W_0‖_F ≤ R:

    * ``plain``: Λ + RG/√T + G[p₀R²T/(6√r) + (2/3) √(λp₀) R^{3/2} T^{1/4} r^{−1/4}];
    * ``spread``, if also ‖v_i − w_i‖ ≤ C/√r for every i: Λ + RG/√T + (Gp₀/√r)(CR√T/2 + R²T/6);
    * ``projected`` onto the R-ball, for ‖x‖ = 1: Λ + RG/√T + (3^{2/3}/2 + 3^{1/6}) G p₀^{1/3} (√λ R)^{4/3} r^{−1/6};
    * ``capped``, each neuron projected onto ‖w_i − w_{0,i}‖ ≤ C/√r, V likewise: Λ + RG/√T + (3/2) G p₀ C²/√r.

    Parameters
        form : "plain", "spread", "projected" or "capped".
        width, steps, radius, lipschitz, comparator, second_moment : as in :func:`sgd_bound`.
        density : p₀.
        spread : C, for the forms "spread" and "capped".

    Returns
        SGDBound.

    Error
        A bound, in expectation over start and samples.

    Raises
        ValueError for an unknown form or numbers out of range.

    Source
        Chapter reduction, main theorem for the ReLU.
    """
    _checks.choice("form", form, ("plain", "spread", "projected", "capped"))
    width, steps = _checks.real("width", width, above=0), _checks.integer("steps", steps, 1)
    radius, lipschitz = _checks.real("radius", radius, above=0), _checks.real("lipschitz", lipschitz, above=0)
    second_moment = _checks.real("second_moment", second_moment, above=0, at_most=1)
    density, comparator = _checks.real("density", density, above=0), _checks.real("comparator", comparator)
    root = math.sqrt(steps)
    regret, step_size = radius * lipschitz / root, radius / (lipschitz * root)
    if form in ("spread", "capped"):
        if spread is None:
            raise ValueError(f"spread must be given for the form {form!r}")
        spread = _checks.real("spread", spread, at_least=0)
    moved = density * radius**2 * steps / 6
    if form == "plain":
        far = 2 / 3 * math.sqrt(second_moment * density) * radius**1.5 * steps**0.25 * width**0.25
        gap = (moved + far) / math.sqrt(width)
    elif form == "spread":
        gap = (moved + density * spread * radius * root / 2) / math.sqrt(width)
    elif form == "capped":
        gap = 1.5 * density * spread**2 / math.sqrt(width)
    else:
        far = (math.sqrt(second_moment) * radius) ** (4 / 3) * width ** (-1 / 6)
        gap = (3 ** (2 / 3) / 2 + 3 ** (1 / 6)) * density ** (1 / 3) * far
    return SGDBound(comparator, regret, lipschitz * gap, step_size)


# --------------------------------------------------------------------------------------------------------------
# The output layer, and both


@dataclass(frozen=True)
class OutputBound:
    """Average regret ≤ ``regret`` + ``drift`` with steps ``step_size``; no w_i moves further than ``movement``."""

    regret: float
    drift: float
    movement: float
    step_size: float

    @property
    def total(self) -> float:
        return self.regret + self.drift


def output_layer_bound(width: int, steps: int, budget: float, lipschitz: float) -> OutputBound:
    """SGD on the output weights from u = 0, features |f_i| ≤ 1 frozen, against all |u*_i| ≤ C/r: regret CG/√T.

    Parameters
        width, steps : r, T.
        budget : C = r·max|u*_i|.
        lipschitz : G.

    Returns
        OutputBound with η = C/(rG√T).

    Error
        A bound, for every sequence of samples. It does not depend on r.

    Source
        Chapter reduction, output layer.
    """
    width, steps = _checks.integer("width", width, 1), _checks.integer("steps", steps, 1)
    budget, lipschitz = _checks.real("budget", budget, above=0), _checks.real("lipschitz", lipschitz, above=0)
    root = math.sqrt(steps)
    return OutputBound(budget * lipschitz / root, 0.0, 0.0, budget / (width * lipschitz * root))


def both_layers_bound(
    width: int, steps: int, budget: float, lipschitz: float, slope: float = 1.0, *, relu: bool = False
) -> OutputBound:
    """SGD on both layers from u = 0 against the *frozen* features with |u*_i| ≤ C/r.

    |σ| ≤ 1: regret CG/√T + GS²C³T/(6r²), no w_i moves more than SC²T/(2r²). ReLU with unit w_i and q = C²T/(2r²) < 1:
    regret (CG/(2√T))(1 + (1−q)^{−2}) + GC³T/(6r²(1−q)), movement q/(1−q).

    Parameters
        width, steps : r, T.
        budget : C.
        lipschitz, slope : G, S.
        relu : the second form.

    Returns
        OutputBound with η = C/(rG√T).

    Error
        A bound, for every sequence of samples.

    Raises
        ValueError if the ReLU form does not apply (q ≥ 1).

    Source
        Chapter reduction, both layers.
    """
    frozen = output_layer_bound(width, steps, budget, lipschitz)
    slope = _checks.real("slope", slope, above=0)
    if not relu:
        drift = lipschitz * slope**2 * budget**3 * steps / (6 * width**2)
        return OutputBound(frozen.regret, drift, slope * budget**2 * steps / (2 * width**2), frozen.step_size)
    q = budget**2 * steps / (2 * width**2)
    if q >= 1:
        raise ValueError(
            f"width must be greater than budget·√(steps/2) = {budget * math.sqrt(steps / 2):g}, got {width}"
        )
    regret = frozen.regret / 2 * (1 + (1 - q) ** -2)
    drift = lipschitz * budget**3 * steps / (6 * width**2 * (1 - q))
    return OutputBound(regret, drift, q / (1 - q), frozen.step_size)


# --------------------------------------------------------------------------------------------------------------
# The two kernels, infinite width, w ~ N(0, I_d), no bias


def conjugate_kernel(x, y, activation: str = "relu"):
    """E σ(⟨w,x⟩) σ(⟨w,y⟩) for w ~ N(0, I_d): the kernel of the output layer.

        ReLU  ‖x‖‖y‖ (sin θ + (π − θ) cos θ)/(2π);   erf  (2/π) arcsin(2⟨x,y⟩ / √((1 + 2‖x‖²)(1 + 2‖y‖²))).

    Parameters
        x, y : (n, d) and (m, d) arrays.
        activation : "relu" or "erf".

    Returns
        array (n, m).

    Error
        Rounding.

    Source
        Chapter reduction; arc-cosine kernel of degree 1, Cho & Saul (2009).
    """
    x, y, inner, xx, yy = _inner_products(x, y)
    if _checks.choice("activation", activation, ("relu", "erf")) == "relu":
        size, theta = np.sqrt(xx * yy), _angles(x, y)
        return size * (np.sin(theta) + (math.pi - theta) * np.cos(theta)) / (2 * math.pi)
    return 2 / math.pi * np.arcsin(2 * inner / np.sqrt((1 + 2 * xx) * (1 + 2 * yy)))


def tangent_kernel(x, y, activation: str = "relu"):
    """⟨x,y⟩ E σ′(⟨w,x⟩) σ′(⟨w,y⟩) for w ~ N(0, I_d): the kernel of the hidden layer (NTK of the weights w).

        ReLU  ⟨x,y⟩ (π − θ)/(2π);   erf  (4/π) ⟨x,y⟩ / √((1 + 2‖x‖²)(1 + 2‖y‖²) − 4⟨x,y⟩²).

    Parameters
        x, y : (n, d) and (m, d) arrays.
        activation : "relu" or "erf".

    Returns
        array (n, m).

    Error
        Rounding.

    Source
        Chapter reduction; arc-cosine kernel of degree 0, Cho & Saul (2009).
    """
    x, y, inner, xx, yy = _inner_products(x, y)
    if _checks.choice("activation", activation, ("relu", "erf")) == "relu":
        return inner * (math.pi - _angles(x, y)) / (2 * math.pi)
    return 4 / math.pi * inner / np.sqrt((1 + 2 * xx) * (1 + 2 * yy) - 4 * inner**2)


def power_law(widths, values) -> Slope:
    """Exponent of values ∝ r^β: least squares on log-log axes for each seed, then mean and 95 % t-interval.

    Parameters
        widths : (K,), K ≥ 2.
        values : (S, K), positive, S ≥ 2 seeds.

    Returns
        Slope.

    Error
        Sampling error of the seeds, which the interval measures; curvature of the law is not in it.

    Source
        Chapter reduction.
    """
    from scipy.special import stdtrit

    widths = _checks.array("widths", widths, 1)
    values = _checks.array("values", values, 2, (None, len(widths)))
    if len(widths) < 2 or len(values) < 2 or np.min(values) <= 0 or np.min(widths) <= 0:
        raise ValueError("values must be positive, for at least two widths and two seeds")
    logs = np.log(widths) - np.log(widths).mean()
    slopes = np.log(values) @ logs / (logs @ logs)
    deviation = slopes.std(ddof=1) / math.sqrt(len(slopes))
    return Slope(float(slopes.mean()), float(stdtrit(len(slopes) - 1, 0.975) * deviation))


def _seen(seen: float | None, travel: float) -> float:
    return travel if seen is None else _checks.real("seen", seen, at_least=0, at_most=travel)


def _inner_products(x, y):
    x = _checks.array("x", x, 2)
    y = _checks.array("y", y, 2, (None, x.shape[1]))
    return x, y, x @ y.T, np.square(x).sum(1)[:, None], np.square(y).sum(1)[None]


def _angles(x, y):
    """Angles between rows, accurate near 0 and π; 0/0 counts as a right angle."""
    x, y = (z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), np.finfo(float).tiny) for z in (x, y))
    apart = np.linalg.norm(x[:, None] - y[None], axis=-1)
    return 2 * np.arctan2(apart, np.linalg.norm(x[:, None] + y[None], axis=-1))
