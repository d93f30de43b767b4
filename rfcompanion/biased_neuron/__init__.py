"""One ReLU neuron with a bias: exact loss, gradient and Hessian, and the starts from which it dies.

F(w, b) = ½ E(σ(⟨w,x⟩+b) − σ(⟨v,x⟩+c))²,  x ~ N(0, I_d).

Written with the standard normals U = ⟨ŵ,x⟩ and V = ⟨v̂,x⟩ of correlation cos θ, and the kinks h = −b/‖w‖, k = −c/‖v‖.
"""

from .fate import flow, never_recovers
from .landscape import gradient, hessian, loss

__all__ = ["flow", "gradient", "hessian", "loss", "never_recovers"]
