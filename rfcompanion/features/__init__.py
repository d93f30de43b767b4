"""Random features x ↦ (f_1(x), …, f_r(x)) on any device, and reproducible streams of samples.

Every map is a :class:`Features`: call it on samples (n, d), numpy or torch, and get (n, r) of the same kind,
precision and device. Its weights are drawn once, on the host, from a seed, so that CPU and GPU see the same features.
"""

from .base import Features, from_callable, population_gram
from .maps import deep_features, fourier_features, kernel_sections, relu_features, tangent_features
from .samples import SampleStream

__all__ = [
    "Features",
    "SampleStream",
    "deep_features",
    "fourier_features",
    "from_callable",
    "kernel_sections",
    "population_gram",
    "relu_features",
    "tangent_features",
]
