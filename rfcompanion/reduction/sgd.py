"""SGD on the hidden layer does as well as the best nearby random-feature model."""

import math
from dataclasses import dataclass

from .. import _checks
from .linearisation import GAUSSIAN_DENSITY


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
        """The bound on the average loss."""
        return self.comparator + self.regret + self.gap


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
        Chapter "Reduction", main theorem.
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
        Chapter "Reduction", main theorem for the ReLU.
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
