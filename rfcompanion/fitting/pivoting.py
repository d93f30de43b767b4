"""Block principal pivoting with continuation: the whole path of weight budgets, exact up to rounding.

The minimiser of a strictly convex quadratic over the box |u_i| ≤ t is a piecewise linear function of t, and it is
fixed by its pattern: which u_i sit at −t, which at t, which are free. For a guessed pattern one linear system
gives u and the gradient; every index whose sign is wrong changes sides, all at once. If that stops helping, the
step in t is halved (on a logarithmic scale): small enough steps change one index at a time, and then the exchange
is right. With f free and a bound indices the system has min(f, a) unknowns: through G itself, or through G⁻¹.
"""

from dataclasses import dataclass

import numpy as np

from . import devices

#: A step in t is halved after so many exchanges without improvement, or so many in all.
_PATIENCE, _EXCHANGES = 3, 15
_SMALLEST_STEP = 1.0 + 1e-7


def solve_boxes(box, limits, allowed):
    """Minimise over |u_i| ≤ t for every t in ``limits``, from the largest to the smallest.

    Parameters
        box : the problem, :class:`rfcompanion.fitting.budget.Box`.
        limits : (m,) values of t ≥ 0.
        allowed : (k,) gap that is good enough for each target.

    Returns
        list of m weights (r, k), exchanges used, list of the positions in ``limits`` that were not solved.

    Error
        Rounding, of order eps·condition; the caller certifies it.

    Source
        Own combination; block principal pivoting is the method of Júdice and Pires for such problems.
    """
    weights = [box.cross * 0.0 for _ in limits]
    steps, left = 0, set()
    for target in range(box.cross.shape[1]):
        walk = _Walk(box, target, float(allowed[target]))
        for index in np.argsort(limits)[::-1]:
            column = walk.to(float(limits[index]))
            if column is None:
                left |= {int(i) for i in np.flatnonzero(limits <= limits[index])}
                break
            weights[index][:, target] = column
        steps += walk.exchanges
    return weights, steps, sorted(left)


@dataclass(frozen=True, eq=False)
class _Trial:
    weights: object  # (r,)
    pattern: object  # (r,), −1 and 1 at the bounds, 0 free
    solved: bool


class _Walk:
    """The walk of one target down the path of t."""

    def __init__(self, box, target: int, allowed: float):
        self.box, self.target, self.allowed = box, target, allowed
        self.cross, self.optimum = box.cross[:, target], box.optimum[:, target]
        self.now = max(float(abs(self.optimum).max()), 1e-300)
        self.pattern = self.cross * 0.0
        # What counts as a wrong sign of the gradient, in the unit of each feature.
        sizes = box.matrix.diagonal() ** 0.5
        self.slack = 1e-12 * sizes * float((abs(self.cross) / sizes).max())
        self.exchanges = 0
        self.last = None  # the answer at ``now``

    def to(self, goal: float):
        """Return the minimiser at ``goal`` (r,), or None where rounding stops the walk."""
        if self.last is not None and goal == self.now:
            return self.last
        if goal >= self.now:
            return self.optimum.clip(-goal, goal)
        if goal == 0.0:
            return self.cross * 0.0
        step = goal
        while True:
            trial = self._exchange(step)
            if trial.solved or (step == goal and self._good_enough(trial.weights, goal)):
                ratio, self.now, self.pattern = self.now / step, step, trial.pattern
                if step == goal:
                    self.last = self._refine(trial.weights, goal)
                    return self.last
                step = max(goal, step / ratio**2)
            elif self.now / step < _SMALLEST_STEP:
                return None
            else:
                step = float(np.sqrt(self.now * step))

    def _exchange(self, limit: float) -> _Trial:
        pattern, fewest, patience = self.pattern, np.inf, _PATIENCE
        weights = None
        for _ in range(_EXCHANGES):
            solution = self._at(pattern, limit)
            self.exchanges += 1
            if solution is None:
                break
            weights, gradient = solution
            wrong = ((pattern == 0) & (abs(weights) > limit * (1 + 1e-12))) | (pattern * gradient > self.slack)
            count = int(wrong.sum())
            if count == 0:
                return _Trial(weights.clip(-limit, limit), pattern, True)
            patience = _PATIENCE if count < fewest else patience - 1
            fewest = min(fewest, count)
            if patience == 0:
                break
            pattern = pattern * ~wrong + _sign(weights) * (wrong & (pattern == 0))
        weights = self.optimum if weights is None else weights
        return _Trial(weights.clip(-limit, limit), pattern, False)

    def _at(self, pattern, limit: float):
        """Return weights and half gradient for a pattern, from the smaller of the two systems."""
        free, bound = _where(pattern == 0), _where(pattern != 0)
        weights = limit * pattern
        if len(bound) == 0:
            return self.optimum, self.cross * 0.0
        if len(bound) <= len(free):
            block = _submatrix(self.box.inverse, bound, bound)
            multipliers = _solve(block, weights[bound] - self.optimum[bound])
            if multipliers is None:
                return None
            gradient = self.cross * 0.0
            gradient[bound] = multipliers
            weights[free] = self.optimum[free] + _submatrix(self.box.inverse, free, bound) @ multipliers
            return weights, gradient
        if len(free):
            rows = self.box.matrix[free]
            values = _solve(rows[:, free], self.cross[free] - rows @ weights)
            if values is None:
                return None
            weights[free] = values
        gradient = self.box.matrix @ weights - self.cross
        gradient[free] = 0.0
        return weights, gradient

    def _good_enough(self, weights, limit: float) -> bool:
        # Half the allowance: what is left covers rounding.
        return self._gap(weights, limit) <= 0.5 * self.allowed

    def _gap(self, weights, limit: float) -> float:
        gradient = 2.0 * (self.box.matrix @ weights - self.cross)
        return float((gradient * weights).sum() + limit * abs(gradient).sum())

    def _refine(self, weights, limit: float):
        """Correct the free weights once through the inverse where the gap shows rounding."""
        gap = self._gap(weights, limit)
        if gap <= 1e-3 * self.allowed:
            return weights
        free, bound = _where(self.pattern == 0), _where(self.pattern != 0)
        residual = (self.cross - self.box.matrix @ weights) * (self.pattern == 0)
        change = self.box.inverse @ residual
        if len(bound):
            multipliers = _solve(_submatrix(self.box.inverse, bound, bound), change[bound])
            if multipliers is None:
                return weights
            change = change - _columns(self.box.inverse, bound) @ multipliers
        better = weights * 1.0
        better[free] = (weights[free] + change[free]).clip(-limit, limit)
        return better if self._gap(better, limit) < gap else weights


def _where(mask):
    return mask.nonzero()[:, 0] if devices.is_torch(mask) else np.flatnonzero(mask)


def _sign(values):
    return values.sign() if devices.is_torch(values) else np.sign(values)


def _submatrix(array, rows, columns):
    return array[rows[:, None], columns]


def _columns(array, columns):
    return array[:, columns]


def _solve(block, right):
    """Solve a positive definite system; None if it is not one."""
    if devices.is_torch(block):
        import torch

        factor, info = torch.linalg.cholesky_ex(block)
        return None if int(info) else torch.cholesky_solve(right[:, None], factor)[:, 0]
    from scipy.linalg.lapack import dpotrf, dpotrs

    factor, info = dpotrf(block.T, lower=0, overwrite_a=1, clean=0)
    return None if info else dpotrs(factor, right, lower=0)[0]
