"""Weight budgets from exact Gram matrices: a whole path and a single budget against PIQP and scipy's lsq_linear."""

import statistics
import time

import numpy as np

from benchmarks import _measure
from rfcompanion import gaussian
from rfcompanion.fitting import fit_population

BUDGETS = 20


def problem(dim: int, count: int, seed: int):
    """Random unit ReLU features and one unit neuron, with budgets from nearly nothing to beyond what is needed."""
    rng = np.random.default_rng(seed)
    w, v = rng.standard_normal((count, dim)), rng.standard_normal((1, dim))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    v /= np.linalg.norm(v)
    gram, cross = gaussian.relu_gram(w), gaussian.relu_gram(w, V=v)[:, 0]
    largest = count * np.abs(np.linalg.solve(gram, cross)).max()
    return gram, cross, np.geomspace(0.02, 1.05, BUDGETS) * largest


def piqp_alone(gram, cross, limit: float, tolerance: float):
    """PIQP as its users call it: F(u)/2 over the box, absolute tolerances on residuals and gap."""
    import piqp

    size = len(cross)
    solver = piqp.DenseSolver()
    solver.settings.eps_abs = solver.settings.eps_duality_gap_abs = tolerance
    solver.settings.eps_rel = solver.settings.eps_duality_gap_rel = 0.0
    solver.settings.check_duality_gap = True
    solver.setup(gram, -cross, x_l=np.full(size, -limit), x_u=np.full(size, limit))
    solver.solve()
    return np.clip(solver.result.x, -limit, limit)


def gap(gram, cross, u, limit: float) -> float:
    """Duality gap of a feasible point, as ``fit_population`` states it: an upper bound on F(u) − min F."""
    gradient = 2 * (gram @ u - cross)
    return float(gradient @ u + limit * np.abs(gradient).sum())


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Paths in both dimensions, one seed a repetition, then single budgets."""
    count = 200 if quick else 1000
    table = [row for dim in (10, 50) for row in path(dim, count, 1, repeats, quick)]
    return [*table, single(count, repeats, quick)]


def path(dim: int, count: int, every: int, repeats: int, quick: bool) -> list[dict]:
    times = {"ours": [], "admm": [], "piqp": [], "lsq": []}
    worst = theirs = 0.0
    for seed in range(repeats):
        gram, cross, budgets = problem(dim, count, seed)

        def clock(name, function, share=1.0):
            begin = time.process_time()
            result = function()
            times[name].append((time.process_time() - begin) / share)
            return result

        fit = clock("ours", lambda: fit_population(gram, cross, 0.5, budget=budgets, tolerance=1e-6))  # noqa: B023
        worst = max(worst, float(fit.gap.max()) / 0.5)
        if count <= 1000:
            products = clock(
                "admm",
                lambda: fit_population(gram, cross, 0.5, budget=budgets, tolerance=1e-6, method="admm"),  # noqa: B023
            )
            assert np.abs(products.error - fit.error).max() < 1e-6
        chosen = budgets[::every]
        found = clock(
            "piqp",
            lambda: [piqp_alone(gram, cross, b / count, 1e-7) for b in chosen],  # noqa: B023
            len(chosen) / BUDGETS,
        )
        reached = [gap(gram, cross, u, b / count) for u, b in zip(found, chosen, strict=True)]
        theirs = max(theirs, max(reached) / 0.5)
        if not quick or count <= 1000:
            factor = np.linalg.cholesky(gram)
            right = np.linalg.solve(factor, cross)
            clock("lsq", lambda: _lsq_linear(factor.T, right, budgets[10] / count), 1 / BUDGETS)  # noqa: B023
    assert worst <= 1e-6, f"gap {worst:.1e}"
    assert theirs <= 1e-6, f"gap of PIQP {theirs:.1e}: the comparison would not be fair"
    seconds = {name: statistics.median(values) for name, values in times.items() if values}
    what = f"path of {BUDGETS} budgets, r={count}, d={dim}"
    timed = "PIQP one by one" if every == 1 else f"PIQP, every {every}th budget timed"
    table = [_measure.row(what, timed, seconds["ours"], seconds["piqp"], "s", None if quick else 2.5, runs=repeats)]
    table.append(_measure.row(what + ": PIQP's gap", "asked of both", theirs, 1e-6, "relative", 1, runs=0))
    if "admm" in seconds:
        title = what + ", matrix products"
        table.append(_measure.row(title, "PIQP one by one", seconds["admm"], seconds["piqp"], "s", runs=repeats))
    if "lsq" in seconds:
        peer = "lsq_linear, one budget timed"
        table.append(_measure.row(what, peer, seconds["ours"], seconds["lsq"], "s", runs=repeats))
    return table


def _lsq_linear(factor, right, limit: float):
    from scipy.optimize import lsq_linear

    return lsq_linear(factor, right, (-limit, limit), tol=1e-10, max_iter=60)


def single(count: int, repeats: int, quick: bool) -> dict:
    """The middle budget of the path, gap 1e-9."""
    mine, theirs = [], []
    for seed in range(repeats):
        gram, cross, budgets = problem(10 if seed % 2 else 50, count, seed)
        middle = budgets[10]
        begin = time.process_time()
        fit = fit_population(gram, cross, 0.5, budget=middle, tolerance=1e-9)
        then = time.process_time()
        other = piqp_alone(gram, cross, middle / count, 1e-10)
        mine.append(then - begin)
        theirs.append(time.process_time() - then)
        assert fit.gap <= 0.5e-9
        assert gap(gram, cross, other, middle / count) <= 0.5e-9
    aim = None if quick else 1 / 1.3
    ours, peer = statistics.median(mine), statistics.median(theirs)
    return _measure.row(f"single budget, gap 1e-9, r={count}", "PIQP", ours, peer, "s", aim, runs=repeats)
