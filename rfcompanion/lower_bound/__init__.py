"""The smallest error that any r features can reach for one ReLU neuron, and the number of features an error costs.

For every subspace V of dimension at most r, fixed in advance or random and independent of the target,
E_θ dist²(φ_θ, V) ≥ ‖φ‖² e_r,  e_r = 1 − (sum of the r largest eigenvalues of 𝒯)/‖φ‖²,
with equality for the span of the top eigenfunctions. The eigenvalues are those of ``concentration``.
"""

from ..paper_bound import best_choice as best_choice  # the paper's route is asked for here as well
from ..paper_bound import chain as chain
from ..paper_bound import weights_bound as weights_bound
from ..paper_bound import width_bound as width_bound
from .errors import best_relative_error, min_features

__all__ = ["best_relative_error", "min_features"]
