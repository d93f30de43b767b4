"""Least squares from exact moments: Gram matrix, cross moments and the target's size in, weights and error out."""

from dataclasses import dataclass, replace

import numpy as np

from .. import _checks
from . import dense, devices
from .problem import Problem, check, numbers_of_path
from .record import Fit
from .spectral import pseudo_inverses

#: Up to this many ridges one Cholesky factorisation each is cheaper than one eigendecomposition.
CHOLESKY_PATH = 12


def fit_population(
    gram,
    cross,
    target_norm2,
    ridge=0.0,
    budget=None,
    *,
    tolerance: float = 1e-8,
    overwrite_gram: bool = False,
    method: str = "auto",
) -> Fit:
    """Fit features to targets from their exact moments, with a ridge or under a weight budget.

    Formula
        minimise E(Σ_i u_i f_i − target)² + ridge·‖u‖², where E(…)² = target_norm2 − 2 uᵀc + uᵀGu, over all u, or over
        max_i|u_i| ≤ B/r.

    Parameters
        gram : G_ij = E f_i f_j, (r, r), numpy or torch on any device; what comes out is of the same kind.
        cross : c_i = E f_i·target, (r,), or (r, k) for k targets at once.
        target_norm2 : E target² > 0, a number or (k,).
        ridge : a number ≥ 0, or an increasing or decreasing list of them (a path from one factorisation).
        budget : B = r·max|u_i|, None (no bound), a number ≥ 0 or a list of them (a path).
        tolerance : largest duality gap allowed with a budget, relative to target_norm2.
        overwrite_gram : factor in place, half the memory; afterwards the lower triangle is a copy of the upper one.
        method : ``"auto"``, or ``"cholesky"`` or ``"eigendecomposition"`` without a budget, ``"pivoting"``,
            ``"piqp"`` or ``"admm"`` with one.

    Returns
        Fit, measured on the population. A path comes first in its shapes, targets last.

    Error
        ``Fit.residual`` without a budget, ``Fit.gap`` with one, ``Fit.rounding`` for the error's own rounding. A
        singular or indefinite Gram matrix is cured by setting aside the eigenvalues that are rounding (at or below
        r·eps·λ_max, or |λ_min| where that is negative); ``Fit.cure`` says so.

    Raises
        ValueError or TypeError in one line that names the argument; RuntimeError if the gap is not reached.

    Source
        Chapters "Lower bound", "General features" and "Trade-offs".
    """
    problem = check(gram, cross, target_norm2)
    ridges = numbers_of_path("ridge", ridge)
    _checks.choice("method", method, ("auto", *(_RIDGE_METHODS if budget is None else _BUDGET_METHODS)))
    tolerance = _checks.real("tolerance", tolerance, above=0.0)
    with devices.Meter(devices.name_of(problem.gram)) as meter:
        if budget is None:
            fit = _fit_ridges(problem, ridges, overwrite_gram, method)
        else:
            from . import budget as limited

            budgets = numbers_of_path("budget", budget)
            if ridges.ndim:
                raise ValueError("ridge must be one number when budget is given, got a path")
            on_host = devices.is_torch(problem.gram) and devices.name_of(problem.gram) == "cpu"
            host = problem.as_numpy() if on_host else problem  # the same memory, and small steps start faster
            fit = limited.fit_budgets(host, float(ridges), budgets, tolerance, method)
            fit = replace(fit, weights=devices.like(problem.gram, fit.weights)) if on_host else fit
    return fit.with_cost(meter.seconds, meter.peak_memory)


_RIDGE_METHODS = ("cholesky", "eigendecomposition")
_BUDGET_METHODS = ("piqp", "pivoting", "admm")


def _fit_ridges(problem: Problem, ridges: np.ndarray, overwrite: bool, method: str) -> Fit:
    values = np.atleast_1d(ridges)
    array = problem.gram if overwrite else _copy(problem.gram)
    solved = {}
    if method == "cholesky" or (method == "auto" and len(values) <= CHOLESKY_PATH):
        for index, value in enumerate(values):
            outcome = _by_cholesky(problem, array, float(value))
            if outcome is None:
                break
            solved[index] = outcome
    used = "cholesky"
    if len(solved) < len(values):
        rest = [i for i in range(len(values)) if i not in solved]
        solved |= dict(zip(rest, _by_eigenvalues(problem, array, values[rest]), strict=True))
        used = "eigendecomposition"
    outcomes = [solved[i] for i in range(len(values))]
    path = ridges.ndim == 1
    errors = np.array([o.error for o in outcomes])
    conditions = np.array([o.condition for o in outcomes])
    return Fit(
        weights=problem.pack([o.weights for o in outcomes], path),
        error=problem.pack_numbers(errors, path),
        relative_error=problem.pack_numbers(errors / problem.target_norm2, path),
        measured_on="population",
        method=used,
        ridge=ridges.copy() if path else float(ridges),
        residual=np.array([o.residual for o in outcomes]) if path else outcomes[0].residual,
        rounding=problem.pack_numbers([o.rounding for o in outcomes], path),
        condition=conditions if path else float(conditions[0]),
        cure=next((o.cure for o in outcomes if o.cure != "none"), "none"),
        features=problem.features,
        dtype=devices.dtype_of(problem.gram),
        device=devices.name_of(problem.gram),
        iterations=max(o.steps for o in outcomes),
    )


@dataclass(frozen=True, eq=False)
class _Outcome:
    weights: object  # (r, k)
    error: np.ndarray
    rounding: np.ndarray
    residual: float
    condition: float
    cure: str
    steps: int


def _by_cholesky(problem: Problem, array, ridge: float) -> _Outcome | None:
    """Solve with one factorisation and refine; None, and the matrix given back, where it is singular."""
    factor = dense.cholesky_in_place(array, ridge)
    if factor is None:
        return None
    condition = dense.condition_estimate(factor)
    if not condition < 1.0 / (problem.features * devices.epsilon(array)):
        dense.restore(array, problem.diagonal)
        return None
    weights = factor.solve(problem.cross)
    residual = problem.cross - factor.product(weights)
    steps = 0
    for steps in (1, 2):  # noqa: B007  one step makes the solution backward stable, a second seldom helps
        better = weights + factor.solve(residual)
        remains = problem.cross - factor.product(better)
        if not _size(remains) < 0.5 * _size(residual):
            break
        weights, residual = better, remains
    errors, rounding = problem.errors(weights, problem.cross - residual - ridge * weights)
    dense.restore(array, problem.diagonal)
    share = _relative(residual, problem.cross)
    return _Outcome(weights, errors, rounding, share, condition, "none", steps)


def _by_eigenvalues(problem: Problem, array, ridges) -> list[_Outcome]:
    """Solve for all ridges by eigenvalues, setting aside those that are rounding."""
    out = []
    for ridge, inverse in zip(map(float, ridges), pseudo_inverses(array, ridges), strict=True):
        weights = inverse.apply(problem.cross)
        weights = weights + inverse.apply(problem.cross - array @ weights - ridge * weights)
        image = array @ weights
        residual = problem.cross - image - ridge * weights
        errors, rounding = problem.errors(weights, image)
        share = _relative(residual, problem.cross)
        out.append(_Outcome(weights, errors, rounding, share, inverse.condition, inverse.cure, 1))
    return out


def _size(columns) -> float:
    return float((columns * columns).sum()) ** 0.5


def _relative(residual, cross) -> float:
    sizes = devices.as_numpy((cross * cross).sum(0)) ** 0.5
    left = devices.as_numpy((residual * residual).sum(0)) ** 0.5
    return float((left / np.where(sizes > 0, sizes, 1.0)).max())


def _copy(array):
    return array.contiguous().clone() if devices.is_torch(array) else np.array(array, order="C")
