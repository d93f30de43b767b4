"""Inverses by eigenvalues, for singular matrices and for paths of ridges; features of very different sizes are scaled.

What counts as rounding must not depend on the units of the features. Where some eigenvalue looks like rounding, the
matrix is scaled by powers of two, which is exact, to a diagonal near one, and only then is it decided.
"""

from dataclasses import dataclass

import numpy as np

from . import dense, devices

#: Eigenvalues this many times above rounding are inexact: worth a decomposition of their own where the sizes of the
#: features are 2^_SPREAD times apart.
_DOUBTFUL, _SPREAD = 1e6, 5


@dataclass(frozen=True, eq=False)
class PseudoInverse:
    """A⁺ = S Q Λ⁺ Qᵀ S for A = G + ridge with S A S = Q Λ Qᵀ; eigenvalues at or below ``cut`` count as zero."""

    values: object  # (r,), of S A S
    vectors: object  # (r, r)
    scale: object  # (r,), the diagonal of S, or None where S = 1
    cut: float
    negative: float = 0.0  # the smallest eigenvalue of what was decomposed, if negative beyond rounding

    @property
    def kept(self):
        """Mask of the eigenvalues that are not rounding, (r,)."""
        return self.values > self.cut

    @property
    def condition(self) -> float:
        """Condition number of S A S on what is kept."""
        kept = devices.as_numpy(self.values[self.kept])
        return float(kept[-1] / kept[0]) if len(kept) else 1.0

    @property
    def cure(self) -> str:
        """What was done to the matrix, ``"none"`` if nothing."""
        size, kept = len(self.values), int(self.kept.sum())
        if kept == size:
            return "none"
        text = f"{size - kept} of {size} eigenvalues at or below {self.cut:.1e} set aside"
        if self.scale is not None:
            text += " after scaling the features to similar sizes"
        if self.negative:
            text += f", Gram matrix indefinite with smallest eigenvalue {self.negative:.1e}"
        return text

    def apply(self, columns):
        """Return A⁺·columns, (r, k)."""
        inverse = 1.0 / _where(self.values, self.kept)
        image = self.vectors.T @ _times(self.scale, columns)
        return _times(self.scale, self.vectors @ (inverse[:, None] * image))

    def product(self, columns):
        """Return A·columns, (r, k)."""
        image = self.values[:, None] * (self.vectors.T @ _over(self.scale, columns))
        return _over(self.scale, self.vectors @ image)

    def project(self, columns):
        """Return A A⁺·columns: what is left of cross moments in the directions that are kept."""
        basis = self.vectors[:, devices.as_numpy(self.kept).nonzero()[0]]
        return _over(self.scale, basis @ (basis.T @ _times(self.scale, columns)))

    def nearest(self, gram, ridge: float):
        """Return G with the negative eigenvalues of S (G + ridge) S set to zero."""
        index = (devices.as_numpy(self.values) < 0).nonzero()[0]
        columns = _over(self.scale, self.vectors[:, index] * abs(self.values[index]) ** 0.5)
        return gram + columns @ columns.T

    def root(self):
        """Return R of shape (r, kept) with A⁺ = R Rᵀ."""
        index = devices.as_numpy(self.kept).nonzero()[0]
        return _times(self.scale, self.vectors[:, index] / self.values[index] ** 0.5)


def pseudo_inverses(gram, ridges) -> list[PseudoInverse]:
    """Return the inverse of G + ridge for each ridge, from one decomposition wherever nothing looks like rounding.

    Parameters
        gram : symmetric matrix G, (r, r); left as it is.
        ridges : (m,).

    Returns
        list of m PseudoInverse.

    Error
        Backward error of order r·eps·λ_max, of the scaled matrix where it was scaled.

    Source
        Scaling to a unit diagonal is within a factor r of the best diagonal scaling (van der Sluis).
    """
    values, vectors, *limits = _decomposed(gram)
    found = []
    for ridge in map(float, ridges):
        plain = PseudoInverse(values + ridge, vectors, None, *limits)
        smallest = float(plain.values[0])
        scale = None
        if smallest <= _DOUBTFUL * limits[0]:
            scale = powers_of_two(gram, ridge, least=0 if smallest <= limits[0] else _SPREAD)
        if scale is None:
            found.append(plain)
            continue
        matrix = gram * 1.0
        devices.add_to_diagonal(matrix, ridge)
        matrix *= scale
        matrix *= scale[:, None]
        scaled, basis, *limits_of_scaled = _decomposed(matrix)
        found.append(PseudoInverse(scaled, basis, scale, *limits_of_scaled))
    return found


def _decomposed(matrix):
    """Eigenvalues, eigenvectors, the level of rounding, and a smallest eigenvalue that is negative beyond it."""
    values, vectors = dense.eigendecomposition(matrix)
    noise = len(values) * devices.epsilon(values) * float(abs(values).max())
    smallest = float(values[0])
    return values, vectors, max(noise, -smallest), smallest if smallest < -noise else 0.0


def powers_of_two(gram, ridge: float = 0.0, least: int = 0):
    """Return s, (r,), powers of two that bring every s_i²(G_ii + ridge) into [1/2, 2]; None if max s ≤ 2^least min s.

    A feature that breaks the Cauchy–Schwarz inequality with a larger one is rounding itself; it gets the smallest s.
    """
    diagonal = devices.as_numpy(gram.diagonal()).astype(float) + ridge
    exponents = np.full(len(diagonal), np.iinfo(np.int64).max)
    positive = diagonal > 0
    exponents[positive] = np.rint(-0.5 * np.log2(diagonal[positive])).astype(np.int64)
    if not positive.any():
        return None
    smallest = exponents.min()
    exponents[~positive] = smallest
    if exponents.max() - smallest <= least:
        return None
    exponents[_breaks_inequality(gram, diagonal)] = smallest
    return devices.like(gram, np.ldexp(1.0, exponents - smallest) * 2.0 ** float(smallest))


def _breaks_inequality(gram, diagonal) -> np.ndarray:
    """Mask of the features i with G_ij² > G_ii G_jj for a feature j that is at least as large."""
    sizes = devices.like(gram, np.maximum(diagonal, 0.0) ** 0.5)
    broken = np.zeros(len(diagonal), dtype=bool)
    for start in range(0, len(diagonal), 2048):
        rows = slice(start, start + 2048)
        wrong = (abs(gram[rows]) > (1.0 + 1e-6) * sizes[rows, None] * sizes) & (sizes[rows, None] <= sizes)
        wrong = devices.as_numpy(wrong)
        own = np.arange(len(wrong))
        wrong[own, start + own] = False
        broken[rows] = wrong.any(1)
    return broken


def _where(values, kept):
    out = values * 1.0
    out[~kept] = np.inf
    return out


def _times(scale, columns):
    return columns if scale is None else scale[:, None] * columns


def _over(scale, columns):
    return columns if scale is None else columns / scale[:, None]
