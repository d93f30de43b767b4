"""Least squares under a weight budget, max_i|u_i| ≤ B/r, each answer with a certificate.

Formula
    F(u) = target_norm2 − 2 uᵀc + uᵀ(G + ridge)u over the box |u_i| ≤ t = B/r. With g = ∇F(u) = 2((G + ridge)u − c)
    convexity gives F(u) − min F ≤ gᵀu + t‖g‖₁ for every u of the box (the maximum of gᵀ(u − v) over the box), and
    F(u) − min F ≤ ¼ gᵀ(G + ridge)⁻¹g, which is sharper where no bound is active. The gap is the smaller of the two. For
    a singular matrix the eigenvalues that are rounding count as zero, and so do the cross moments in their directions.
"""

from dataclasses import dataclass

import numpy as np

from . import admm, dense, devices, pivoting
from .record import Fit
from .spectral import pseudo_inverses


@dataclass(frozen=True, eq=False)
class Box:
    """A strictly convex problem over boxes: matrix = gram + ridge + jitter, and its inverse."""

    gram: object  # (r, r), as given or with its negative eigenvalues set to zero
    matrix: object  # (r, r), positive definite: what is solved
    inverse: object  # (r, r)
    cross: object  # (r, k)
    optimum: object  # (r, k), inverse·cross
    free: object  # (r, k), the optimum without a bound: of the matrix as given where it is singular
    ridge: float
    pseudo: object = None  # (r, n), eigenvectors/√eigenvalue of the n that are kept, where the matrix is singular

    def gaps(self, weights, limit: float) -> np.ndarray:
        """Return the duality gap of each target, (k,), for ``weights`` (r, k) in the box |u_i| ≤ limit."""
        gradient = 2.0 * (self.gram @ weights + self.ridge * weights - self.cross)
        box = (gradient * weights).sum(0) + limit * abs(gradient).sum(0)
        root = self.inverse @ gradient if self.pseudo is None else self.pseudo @ (self.pseudo.T @ gradient)
        free = 0.25 * (gradient * root).sum(0)
        gap = np.minimum(devices.as_numpy(box), devices.as_numpy(free)).astype(float)
        return np.maximum(gap, 0.0)


def fit_budgets(problem, ridge: float, budgets: np.ndarray, tolerance: float, method: str) -> Fit:
    """Fit under one budget or a path of them; see :func:`rfcompanion.fitting.fit_population`.

    Parameters
        problem : checked moments.
        ridge : ridge ≥ 0.
        budgets : () or (m,).
        tolerance : largest gap allowed, relative to target_norm2.
        method : ``"pivoting"``, ``"piqp"``, ``"admm"``, or ``"auto"``: pivoting, then PIQP (CUDA: ADMM) where it stops.

    Returns
        Fit with ``gap`` in the unit of the error.

    Raises
        RuntimeError if a gap is not below the tolerance.

    Source
        Chapters "Lower bound" and "Trade-offs".
    """
    if devices.dtype_of(problem.gram) != "float64":
        raise TypeError(f"gram must be float64 when a budget is given, got {devices.dtype_of(problem.gram)}")
    values = np.atleast_1d(budgets)
    limits = values / problem.features
    allowed = tolerance * problem.target_norm2
    box, condition, cure = _box(problem, ridge, values.max(), allowed.min())
    weights, used, steps = _solve(box, limits, allowed, method)
    errors, roundings, gaps = [], [], []
    for u, limit in zip(weights, limits, strict=True):
        error, rounding = problem.errors(u, problem.gram @ u)
        errors.append(error)
        roundings.append(rounding)
        gaps.append(box.gaps(u, limit))
    errors, gaps = np.array(errors), np.array(gaps)
    if (gaps > allowed).any():
        worst = int(np.argmax((gaps / allowed).max(1)))
        raise RuntimeError(
            f"budget {values[worst]:g} not solved by {used}: gap {gaps[worst].max():.1e} above "
            f"{allowed.min():.1e}; raise tolerance, add a ridge or choose another method"
        )
    path = budgets.ndim == 1
    return Fit(
        weights=problem.pack(weights, path),
        error=problem.pack_numbers(errors, path),
        relative_error=problem.pack_numbers(errors / problem.target_norm2, path),
        measured_on="population",
        method=used,
        ridge=ridge,
        budget=budgets.copy() if path else float(budgets),
        gap=problem.pack_numbers(gaps, path),
        rounding=problem.pack_numbers(roundings, path),
        condition=condition,
        cure=cure,
        features=problem.features,
        dtype=devices.dtype_of(problem.gram),
        device=devices.name_of(problem.gram),
        iterations=steps,
    )


def _solve(box: Box, limits, allowed, method: str):
    """Return weights, one (r, k) for each limit, the method's name and its iterations."""
    reach = devices.as_numpy(abs(box.free).max(0) if not devices.is_torch(box.free) else abs(box.free).amax(0))
    bound = np.flatnonzero(limits < reach.max())
    weights = [box.free * 1.0 for _ in limits]
    solved, used, steps = _solve_bound(box, limits[bound], allowed, method)
    for index, u in zip(bound, solved, strict=True):
        inside = np.flatnonzero(reach <= limits[index])
        u[:, inside] = box.free[:, inside]
        weights[index] = u
    return weights, used, steps


def _solve_bound(box: Box, limits, allowed, method: str):
    """The same for limits under which some weight is at its bound."""
    if method == "admm":
        return admm.solve_boxes(box, limits, allowed)
    if method == "piqp":
        solved = [_piqp(box, limit, allowed) for limit in limits]
        return [u for u, _ in solved], "piqp", sum(steps for _, steps in solved)
    weights, steps, left = pivoting.solve_boxes(box, limits, allowed)
    if not left:
        return weights, "pivoting", steps
    if method == "pivoting":
        raise RuntimeError(f"budget {limits[left[0]] * box.gram.shape[0]:g} not solved by pivoting; use method='auto'")
    second = "piqp" if devices.name_of(box.gram) == "cpu" else "admm"
    rest, _, more = _solve_bound(box, limits[left], allowed, second)
    for index, u in zip(left, rest, strict=True):
        weights[index] = u
    return weights, f"pivoting, {second}", steps + more


def _box(problem, ridge: float, largest: float, allowed: float) -> tuple[Box, float, str]:
    """Factor the problem's matrix, curing a singular or indefinite one in a stated way."""
    size, gram, cross = problem.features, problem.gram, problem.cross
    factor = dense.cholesky_in_place(gram * 1.0, ridge)
    condition = np.inf if factor is None else dense.condition_estimate(factor)
    if condition < 1e10:
        matrix = _shifted(gram, ridge)
        optimum = _refined(factor, matrix, cross)
        return Box(gram, matrix, factor.inverse(), cross, optimum, optimum, ridge), condition, "none"
    inverse = pseudo_inverses(gram, [ridge])[0]
    cure = "" if inverse.cure == "none" else inverse.cure.replace("set aside", "count as 0") + "; "
    if inverse.negative:
        gram = inverse.nearest(gram, ridge)
        cure = f"indefinite Gram matrix, negative eigenvalues from {inverse.negative:.1e} set to 0; "
    # u of the box with δ_i on the diagonal has gap ≤ t²Σδ_i/2 for the matrix without: δ is chosen from the tolerance.
    sizes = gram.diagonal() * 0.0 + 1.0 if inverse.scale is None else inverse.scale**-2.0
    limit, weight = largest / size, float(sizes.sum())
    jitter = 0.5 * allowed / (limit**2 * weight) if limit > 0 else np.inf
    top = float(abs(inverse.values).max())
    jitter = max(min(jitter, 1e-10 * top), 4.0 * size * devices.epsilon(gram) * top)
    matrix = _shifted(gram, ridge + jitter * sizes)
    factor = dense.cholesky_in_place(matrix * 1.0)
    if factor is None:
        raise ValueError("gram must be a Gram matrix up to rounding, got one that no cure made positive definite")
    cure += f"{jitter:.1e} added to the diagonal while solving, not in the gap"
    if inverse.scale is not None:
        cure += ", in units of the features' squares"
    cross, pseudo = inverse.project(cross), inverse.root()
    free = inverse.apply(cross)
    free = free + inverse.apply(cross - gram @ free - ridge * free)
    optimum = _refined(factor, matrix, cross)
    box = Box(gram, matrix, factor.inverse(), cross, optimum, free, ridge, pseudo)
    return box, dense.condition_estimate(factor), cure


def _shifted(gram, shift):
    """G plus a number, or a vector, on the diagonal; G itself for zero."""
    if isinstance(shift, float) and shift == 0.0:
        return gram
    matrix = gram * 1.0
    devices.add_to_diagonal(matrix, shift)
    return matrix


def _refined(factor, matrix, cross):
    solution = factor.solve(cross)
    return solution + factor.solve(cross - matrix @ solution)


def _piqp(box: Box, limit: float, allowed):
    """Solve one budget with PIQP's dense interior-point method, one target after the other."""
    import piqp

    matrix, cross = devices.as_numpy(box.matrix), devices.as_numpy(box.cross)
    size, targets = cross.shape
    out, steps = np.zeros((size, targets)), 0
    if limit == 0.0:
        return devices.like(box.cross, out), 0
    bound = np.ones(size)
    for target in range(targets):
        # In units of the limit: minimise ½ vᵀPv − qᵀv over |v_i| ≤ 1, whose objective is F/(2 limit²).
        goal = allowed[target] / (2.0 * limit**2)
        solver = piqp.DenseSolver()
        solver.settings.eps_abs = solver.settings.eps_duality_gap_abs = 0.05 * goal / size
        solver.settings.eps_rel = solver.settings.eps_duality_gap_rel = 1e-12
        solver.settings.check_duality_gap = True
        solver.setup(matrix, -cross[:, target] / limit, x_l=-bound, x_u=bound)
        solver.solve()
        out[:, target] = np.clip(solver.result.x, -1.0, 1.0) * limit
        steps += solver.result.info.iter
    return devices.like(box.cross, out), steps
