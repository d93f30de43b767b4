"""One streamed fit in progress: a cheap Gram matrix once, then float64 residuals until the weights stand still."""

from dataclasses import dataclass

import numpy as np

from . import columns, dense, devices, passes
from .data import zeros
from .problem import Problem
from .solver import Solver, prepare

#: A float32 Gram matrix is a good preconditioner up to this condition number.
_FLOAT32_CONDITION = 3e6
_MOST_PASSES = 12
#: Refinement stands still at steps of order r·eps·condition; beyond this multiple it is not rounding.
_ROUNDING = 10.0


@dataclass(frozen=True, eq=False)
class Outcome:
    """Weights in columns (r, m·k), targets fastest, of the m points of a path, and what is known of them."""

    columns: object
    points: int
    path: bool
    training: np.ndarray  # mean squared error of each column
    method: str
    residual: object = None
    gap: object = None
    condition: object = None
    cure: str = "none"
    steps: int = 0


class Run:
    """The state of a fit, and the passes that advance it.

    Parameters
        data : training data, :class:`rfcompanion.fitting.data.Data`.
        rows : rows of a block.
        precision : ``"float32"`` or ``"float64"``, of the Gram products.
        store : :class:`rfcompanion.fitting.checkpoint.Checkpoint`.
        progress : show a bar.
    """

    def __init__(self, data, rows: int, precision: str, store, progress: bool):
        self.data, self.rows, self.store, self.progress = data, rows, store, progress
        self.blocks = -(-data.count // rows)
        self.small = passes.residual_rows(data.features.count)
        self.numbers = {"stage": "gram", "next": 0, "steps": [1.0], "precision": precision, "note": ""}
        self.arrays, self.gram = {}, None
        saved = store.load()
        if saved is not None:
            state, gram = saved
            self.numbers = {key: state.pop(key) for key in self.numbers}
            self.arrays = {k: v if k in ("norms", "squares") else self._here(v) for k, v in state.items()}
            self.gram = self._here(gram)

    @property
    def norms(self) -> np.ndarray:
        """Mean squares of the targets, (k,)."""
        return self.arrays["norms"] / self.data.count

    def ridge(self, ridges: np.ndarray, tolerance: float, verify: bool) -> Outcome:
        """Fit with a ridge or a path of them."""
        values = np.atleast_1d(ridges)
        while True:
            coarse = self.numbers["precision"] == "float32"
            try:
                solver = self._prepare(values)
            except passes.NotFinite:
                if not coarse:
                    raise
                self._start_again("overflowed")
                continue
            worst = float(np.max(solver.condition))
            outcome = None
            if not (coarse and (solver.cure != "none" or worst > _FLOAT32_CONDITION)):
                outcome = self._refine(solver, tolerance, verify, coarse, ridges.ndim == 1)
            if outcome is not None:
                return outcome
            self._start_again(f"too coarse (condition {worst:.1e})")

    def _start_again(self, reason: str) -> None:
        note = f"float32 Gram matrix {reason}, done again in float64"
        self.numbers = {"stage": "gram", "next": 0, "steps": [1.0], "precision": "float64", "note": note}
        self.arrays, self.gram = {}, None

    def budget(self, ridge: float, budgets: np.ndarray, gap: float) -> Outcome:
        """Fit under a budget or a path of them, from the sample moments in float64."""
        from .budget import fit_budgets

        gram, cross = self._moments()
        problem = Problem(gram, gram.diagonal() * 1.0, cross, self.norms, False)
        fit = fit_budgets(problem, ridge, np.atleast_1d(budgets), gap, "auto")
        pieces = [fit.weights[index] for index in range(fit.weights.shape[0])]
        single = self.data.single
        gaps = fit.gap[:, 0] if single else fit.gap
        return Outcome(
            columns=columns.beside(pieces),
            points=len(pieces),
            path=budgets.ndim == 1,
            training=np.asarray(fit.error).ravel(),
            method=fit.method,
            gap=gaps if budgets.ndim else (float(gaps[0]) if single else gaps[0]),
            condition=fit.condition,
            cure=fit.cure,
            steps=fit.iterations,
        )

    def _moments(self):
        """Return the mean Gram matrix, whole, and the mean cross moments, after the Gram pass."""
        data, precision, size = self.data, self.numbers["precision"], self.data.features.count
        if self.gram is None:
            self.gram = zeros(data, size, size)
        if self.numbers["stage"] == "gram":
            sums = self.gram if precision == "float64" else zeros(data, size, size, dtype=precision)

            def update(start, stop):
                cross, squares = passes.add_gram(data, self.gram, sums, start, stop)
                self.arrays["cross"] = self.arrays.get("cross", 0.0) + cross
                self.arrays["norms"] = self.arrays.get("norms", 0.0) + squares

            self._pass("Gram matrix", update)
            self.numbers["stage"] = "refine"
            self._save(force=True)
        elif not data.keep_features:
            first = next(passes.parts(0, min(self.rows, data.count)))
            data.targets(*first, data.inputs(*first))  # one target or several
        dense.mirror(self.gram)
        self.gram /= data.count
        return self.gram, self.arrays["cross"] / data.count

    def _prepare(self, ridges: np.ndarray) -> Solver:
        gram, cross = self._moments()
        solver = prepare(gram, ridges)
        self.cross = columns.repeat(cross, len(ridges))
        if "weights" not in self.arrays:
            self.arrays["weights"] = solver.apply(self.cross)
            self._clear()
        return solver

    def _refine(self, solver, tolerance: float, verify: bool, coarse: bool, path: bool) -> Outcome | None:
        """Refine until the next step is predicted to be below the tolerance; None where float32 is too coarse."""
        count, cure = self.data.count, solver.cure
        while True:
            weights = self.arrays["weights"]

            def update(start, stop, weights=weights):
                image = self.arrays["image"]
                self.arrays["squares"] += passes.add_residual(self.data, weights, image, start, stop, self.small)

            self._pass("residuals", update)
            moments = self.arrays["image"] / count
            gradient = moments - columns.scaled(weights, solver.ridges)
            step = solver.apply(gradient)
            better = weights + step
            training = self._training(moments, step, solver)
            before, size = self.numbers["steps"][-1], float(columns.shares(step, better).max())
            ratio = size / before
            residual = columns.shares(gradient, self.cross)
            if solver.cure == "none":  # the next one shrinks like the step; below rounding there is nothing to predict
                residual = np.maximum(residual * min(ratio, 1.0), devices.epsilon(step))
            self.numbers["steps"].append(size)
            passes_done = len(self.numbers["steps"]) - 1
            finished = size <= tolerance if verify else size * ratio <= tolerance
            stuck = passes_done > 1 and (ratio > 0.3 or passes_done >= _MOST_PASSES)
            if not finished and (stuck or not np.isfinite(size)):
                if coarse:
                    return None
                limit = _ROUNDING * self.data.features.count * np.finfo(float).eps * float(np.max(solver.condition))
                if not size <= limit:
                    raise RuntimeError(
                        f"refinement did not converge: relative steps of {size:.1e} after {passes_done} passes where "
                        f"float64 allows {limit:.1e}; are features and target the same each time they are called?"
                    )
                cure = f"refinement stopped at relative steps of {size:.1e}, the limit of float64; " + cure
                cure = cure.removesuffix("; none")
                better, finished = weights, True
                residual = columns.shares(gradient, self.cross)
                training = self.arrays["squares"] / count
            self.arrays["weights"] = better
            self._clear()
            if finished:
                break
            self._save(force=False)
        if self.numbers["note"]:
            cure = self.numbers["note"] + ("" if cure == "none" else "; " + cure)
        points, targets = len(solver.ridges), better.shape[1] // len(solver.ridges)
        residual = residual.reshape(points, targets).max(1)
        return Outcome(
            columns=better,
            points=points,
            path=path,
            training=np.maximum(training, 0.0),
            method=f"{self.numbers['precision']} Gram matrix, {solver.method}, refined",
            residual=residual if path else float(residual[0]),
            condition=solver.condition,
            cure=cure,
            steps=passes_done,
        )

    def _training(self, moments, step, solver) -> np.ndarray:
        """Mean squared errors after a step, from those before it: exact up to the tiny step's square."""
        squares = self.arrays["squares"] / self.data.count
        change = (step * (solver.product(step) - 2.0 * moments)).sum(0)
        return squares + devices.as_numpy(change)

    def _clear(self) -> None:
        weights = self.arrays["weights"]
        self.arrays["image"] = weights * 0.0
        self.arrays["squares"] = np.zeros(weights.shape[1])

    def _pass(self, label: str, update) -> None:
        with passes.Bar(self.blocks, label, self.numbers["next"], self.progress) as bar:
            for index in range(self.numbers["next"], self.blocks):
                start = index * self.rows
                update(start, min(start + self.rows, self.data.count))
                self.numbers["next"] = index + 1
                self._save(force=False)
                bar.step()
        self.numbers["next"] = 0

    def _save(self, force: bool) -> None:
        if self.store.path is None or not (force or self.store.due()):
            return
        stage, precision = self.numbers["stage"], self.numbers["precision"]
        version = f"{precision}-{self.numbers['next'] if stage == 'gram' else 'whole'}"
        arrays = {key: devices.as_numpy(value) for key, value in self.arrays.items()}
        # After the Gram pass the file of that pass stays: the matrix in memory is factored in place.
        self.store.save(self.numbers, arrays, lambda: devices.as_numpy(self.gram), version)

    def _here(self, array):
        if self.data.backend == "numpy":
            return array
        import torch

        return torch.as_tensor(array, device=self.data.device)
