"""What networks compute, what their linearisation computes, and how far the weights have moved."""

from dataclasses import replace

import torch

from .network import Network


@torch.no_grad()
def predict(network: Network, x: torch.Tensor) -> torch.Tensor:
    """Outputs of the networks.

        N_{s,k}(x) = α_{s,k} Σ_{i in block k} u_{s,i} σ(⟨w_{s,i}, x⟩ + b_{s,i}).

    Parameters
        network : S × K networks.
        x : (n, d), shared by all, or (S, n, d).

    Returns
        Tensor (S, K, n).

    Error
        Rounding, in the dtype of the network.

    Source
        Chapter "Reduction".
    """
    function = network.activation.value_and_slope
    parts = (
        block_sums(network, function(preactivation(network, part))[0], network.output) for part in _split(network, x)
    )
    return torch.cat(list(parts), dim=-1)


@torch.no_grad()
def predict_linearised(start: Network, twin: Network, x: torch.Tensor) -> torch.Tensor:
    """First-order expansion at ``start``, evaluated at the parameters of ``twin``.

        N_lin(x) = N(x) + α Σ_i [u_i σ′(z_i)(⟨v_i − w_i, x⟩ + δb_i) + (u′_i − u_i) σ(z_i)],  z_i = ⟨w_i, x⟩ + b_i.

    Parameters
        start, twin : networks of the same shape.
        x : (n, d) or (S, n, d).

    Returns
        Tensor (S, K, n).

    Error
        Rounding, in the dtype of the network.

    Source
        Chapter "Reduction".
    """
    change = replace(twin, hidden=twin.hidden - start.hidden, bias=_difference(twin.bias, start.bias))
    outputs = []
    for part in _split(start, x):
        value, slope = start.activation.value_and_slope(preactivation(start, part))
        slope = slope * preactivation(change, part)
        outputs.append(block_sums(start, slope, start.output) + block_sums(start, value, twin.output))
    return torch.cat(outputs, dim=-1)


@torch.no_grad()
def movement(start: Network, network: Network) -> torch.Tensor:
    """How far the hidden layer has moved.

        (Σ_{i in block k} ‖w_{s,i} − w⁰_{s,i}‖² + (b_{s,i} − b⁰_{s,i})²)^{1/2}.

    Parameters
        start, network : networks of the same shape.

    Returns
        Tensor (S, K).

    Error
        Rounding, in the dtype of the network.

    Source
        Chapter "Reduction".
    """
    change = (network.hidden - start.hidden).square().sum(-1)
    if network.bias is not None:
        change = change + (network.bias - start.bias).square()
    return torch.stack([change[:, block].sum(-1) for block in network.blocks], dim=-1).sqrt()


def _split(net: Network, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Blocks of points whose activations take at most 32 MB or so."""
    return x.split(max(1, (1 << 22) // net.output.numel()), dim=-2)


def preactivation(net: Network, x: torch.Tensor) -> torch.Tensor:
    """⟨w_i, x⟩ + b_i, (S, n, R)."""
    if x.ndim == 2:
        x = x.expand(net.hidden.shape[0], -1, -1)
    if net.bias is None:
        return torch.bmm(x, net.hidden.mT)
    return torch.baddbmm(net.bias[:, None], x, net.hidden.mT)


def block_sums(net: Network, features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """α Σ_{i in block} weights_i features_i, (S, K, n)."""
    sums = [torch.bmm(weights[:, None, block], features[..., block].mT)[:, 0] for block in net.blocks]
    return torch.stack(sums, dim=1) * net.scale[..., None]


def _difference(a, b):
    return None if a is None else a - b
