"""Gradient training of one-hidden-layer networks, many runs as one tensor.

Runs differ in seed and in width. The neurons of all widths stand side by side on one axis, so that one matrix product
serves every run: with S seeds and widths (r_1, …, r_K), R = r_1 + … + r_K,

    N_{s,k}(x) = α_{s,k} Σ_{i in block k} u_{s,i} σ(⟨w_{s,i}, x⟩ + b_{s,i}).

Gradients are written out by hand. Beside the network its linearisation at the start can be trained in lock-step, on the
same samples. For ReLU networks and Gaussian inputs the loss and its gradient are also available in closed form.
"""

from .activations import ACTIVATIONS, LOSSES, Activation, Loss
from .activations import Pair as Pair  # a name for annotations
from .descent import Training, train
from .network import Network, random_network
from .population import relu_population_gradient, relu_population_loss, train_population
from .prediction import movement, predict, predict_linearised
from .samples import sample_stream

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "Activation",
    "Loss",
    "Network",
    "Training",
    "movement",
    "predict",
    "predict_linearised",
    "random_network",
    "relu_population_gradient",
    "relu_population_loss",
    "sample_stream",
    "train",
    "train_population",
]
