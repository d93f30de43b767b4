"""What random features can learn: polynomials on the unit sphere, their exact price, and what SGD does with it.

Inputs lie on the unit sphere S^{d−1}. One neuron with weight w is the feature f_w(x) = σ(⟨w,x⟩+b) (conjugate) or the
vector of features x σ'(⟨w,x⟩+b) (tangent), and the family has the kernel K(x,x') = E_w f_w(x) f_w(x').
"""

from .eigenvalues import feature_eigenvalues, power_eigenvalues
from .learning import LearningBound, learning_bound, sgd_guarantee
from .masses import harmonic_masses
from .neurons import balanced_bias, neuron_coefficients, neuron_norm2, relu_hermite_coefficients
from .price import coefficient_price, radial_floor, representer_error, rkhs_price
from .shares import degree_shares, predicted_shares, sphere_gram

__all__ = [
    "LearningBound",
    "balanced_bias",
    "coefficient_price",
    "degree_shares",
    "feature_eigenvalues",
    "harmonic_masses",
    "learning_bound",
    "neuron_coefficients",
    "neuron_norm2",
    "power_eigenvalues",
    "predicted_shares",
    "radial_floor",
    "relu_hermite_coefficients",
    "representer_error",
    "rkhs_price",
    "sgd_guarantee",
    "sphere_gram",
]
