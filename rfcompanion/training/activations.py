"""Activations and losses: each with its derivative, and the constants that theorems ask for."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from .. import _checks

Pair = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Activation:
    """σ together with σ′, and the constants that theorems ask for (infinity where there is none)."""

    name: str
    value_and_slope: Callable[[torch.Tensor], Pair]
    value_bound: float  # sup |σ|
    slope_bound: float  # sup |σ′|
    curvature_bound: float  # sup |σ″|
    third_bound: float = math.inf  # sup |σ‴|


@dataclass(frozen=True)
class Loss:
    """ℓ(p, y), convex in the prediction p, together with ∂ℓ/∂p and its bound."""

    name: str
    value_and_slope: Callable[[torch.Tensor, torch.Tensor], Pair]
    lipschitz: float  # sup |∂ℓ/∂p|


def _relu(z: torch.Tensor) -> Pair:
    value = z.clamp_min(0)
    return value, value.sign()  # the derivative at 0 is taken as 0


def _tanh(z: torch.Tensor) -> Pair:
    value = torch.tanh(z)
    return value, 1 - value * value


def _sigmoid(z: torch.Tensor) -> Pair:
    value = torch.sigmoid(z)
    return value, value * (1 - value)


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("relu", _relu, math.inf, 1.0, math.inf),
        Activation(
            "softplus",
            lambda z: (torch.nn.functional.softplus(z), torch.sigmoid(z)),
            math.inf,
            1.0,
            0.25,
            1 / (6 * math.sqrt(3)),
        ),
        Activation("tanh", _tanh, 1.0, 1.0, 4 / (3 * math.sqrt(3)), 2.0),
        Activation(
            "erf",
            lambda z: (torch.erf(z), torch.exp(-z * z) * (2 / math.sqrt(math.pi))),
            1.0,
            2 / math.sqrt(math.pi),
            math.sqrt(8 / (math.pi * math.e)),
            4 / math.sqrt(math.pi),
        ),
        Activation("sigmoid", _sigmoid, 1.0, 0.25, 1 / (6 * math.sqrt(3)), 0.125),
        Activation("sin", lambda z: (torch.sin(z), torch.cos(z)), 1.0, 1.0, 1.0, 1.0),
    )
}


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("squared", lambda p, y: (0.5 * (p - y).square(), p - y), math.inf),
        Loss("absolute", lambda p, y: ((p - y).abs(), torch.sign(p - y)), 1.0),
        Loss(
            "huber",
            lambda p, y: (torch.nn.functional.huber_loss(p, y.expand_as(p), reduction="none"), (p - y).clamp(-1, 1)),
            1.0,
        ),
        Loss("logistic", lambda p, y: (torch.nn.functional.softplus(-p * y), -y * torch.sigmoid(-p * y)), 1.0),
        Loss("hinge", lambda p, y: ((1 - p * y).clamp_min(0), -y * (p * y < 1).to(p.dtype)), 1.0),
    )
}


def named(name: str, value, table: dict, kind: type):
    return value if isinstance(value, kind) else table[_checks.choice(name, value, tuple(table))]
