"""The paper's lower bound with every constant explicit: weights times width, then width alone, then the exact value.

The chain: a random triangle wave tri(⟨w,·⟩), ‖w‖ = s, is invisible to each fixed feature (its largest eigenvalue is
below Λ); it is, up to a Gaussian tail, a sum of a + 1 ReLUs; so one of these ReLUs, scaled to ‖w*‖, is hard.
With n = ‖tri(⟨w,·⟩)‖ and the defect D = 2as√ε/‖w*‖ + 2 P(|Z| > a/s)^{1/2}:

    r·max|u_i| ≥ (‖w*‖/(2as)) n (n − D)/(F √Λ)   (weights times width),      r ≥ (n² − D²)/Λ   (width).
"""

from .bounds import weights_bound, width_bound
from .search import Chain, best_choice, chain
from .waves import WaveChoice, log_wave_eigenvalue, wave_choice

__all__ = [
    "Chain",
    "WaveChoice",
    "best_choice",
    "chain",
    "log_wave_eigenvalue",
    "wave_choice",
    "weights_bound",
    "width_bound",
]
