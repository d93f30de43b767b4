"""Closed-form Gaussian moments of ReLU features: x ~ N(0, I_d), no sampling.

These are the Gram matrices of the population least-squares fits: with G = relu_gram(W) and c = relu_gram(W, V=v)
the best weights solve G u = c, and the error needs no data at all.
"""

from .gram import relu_gram
from .moments import relu_mean, relu_norm2
from .tangent import relu_tangent_gram

__all__ = ["relu_gram", "relu_mean", "relu_norm2", "relu_tangent_gram"]
