"""One ReLU neuron learnt from Gaussian inputs: exact loss and gradient, and the gradient flow solved in closed form.

F(w) = ½ E(σ(⟨w,x⟩) − σ(⟨v,x⟩))²,  x ~ N(0, I_d).

The neuron with a bias is in :mod:`rfcompanion.biased_neuron`, the training of networks in :mod:`rfcompanion.training`.
"""

from .descent import gradient_descent, step_factor, sufficient_samples
from .flow import contraction, flow_constant, gradient_flow
from .landscape import angle, gradient, loss, relative_error

__all__ = [
    "angle",
    "contraction",
    "flow_constant",
    "gradient",
    "gradient_descent",
    "gradient_flow",
    "loss",
    "relative_error",
    "step_factor",
    "sufficient_samples",
]
