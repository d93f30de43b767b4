"""One step of gradient descent, in place: of a network, of its linearised twin, and the projections after it."""

import torch

from .activations import Loss
from .network import Network
from .prediction import block_sums, movement, preactivation


def network_step(net: Network, x, y, zero, eta, rate, loss: Loss, layers: str) -> torch.Tensor:
    """One step of the network, in place; returns the loss before it, (S, K)."""
    value, slope = net.activation.value_and_slope(preactivation(net, x))
    prediction = block_sums(net, value, net.output)
    losses, residual = loss.value_and_slope(prediction - zero, y[:, None])
    _descend(net, value, slope, net.output, residual * (net.scale * eta / x.shape[1])[..., None], rate, x, layers)
    return losses.mean(-1)


def twin_step(start: Network, twin: Network, x, y, zero, eta, rate, loss: Loss, layers: str) -> torch.Tensor:
    """One step of the linearised twin, in place: the features are those of the start."""
    z = preactivation(start, x)
    value, slope = start.activation.value_and_slope(z)
    z_change = preactivation(twin, x) - z
    prediction = block_sums(start, slope * z_change, start.output) + block_sums(start, value, twin.output)
    losses, residual = loss.value_and_slope(prediction - zero, y[:, None])
    _descend(twin, value, slope, start.output, residual * (start.scale * eta / x.shape[1])[..., None], rate, x, layers)
    return losses.mean(-1)


def _descend(net: Network, value, slope, output, factor, rate, x, layers: str) -> None:
    """Subtract factor-weighted gradients: ``factor`` (S, K, n) holds η α ℓ′/n, ``output`` the u_i that multiply σ′."""
    weighted = None if layers == "output" else slope * output[:, None]
    for k, block in enumerate(net.blocks):
        if layers in ("output", "both"):
            net.output[:, block].sub_(torch.bmm((rate[:, k, None] * factor[:, k])[:, None], value[..., block])[:, 0])
        if layers != "output":
            net.hidden.mT[..., block].baddbmm_((factor[:, k, :, None] * x).mT, weighted[..., block], alpha=-1)
            if net.bias is not None and layers != "weights":
                net.bias[:, block].sub_(torch.bmm(factor[:, k, None], weighted[..., block])[:, 0])


def project(start: Network, net: Network, radius, rate, layers: str) -> None:
    """Pull the trained parameters back onto the ball around the start, in place."""
    square = movement(start, net).square()  # zero for the layers that are not trained
    if layers in ("output", "both"):
        change = (net.output - start.output).square()
        square = square + torch.stack([change[:, block].sum(-1) for block in net.blocks], dim=-1) / rate
    shrink = torch.where(square > radius**2, radius / square.sqrt(), 1.0)
    if bool((shrink == 1).all()):
        return
    pairs = ((net.hidden, start.hidden), (net.output, start.output), (net.bias, start.bias))
    for k, block in enumerate(net.blocks):
        for now, old in pairs:
            if now is not None:
                factor = shrink[:, k].reshape(-1, *[1] * (now.ndim - 1))
                now[:, block] = old[:, block] + factor * (now[:, block] - old[:, block])


def project_neurons(start: Network, net: Network, radius) -> None:
    """Pull every hidden neuron back onto the ball around its own start, in place."""
    change = net.hidden - start.hidden
    widths = torch.tensor(net.widths, device=radius.device)
    shrink = (radius.repeat_interleave(widths, dim=1) / change.norm(dim=-1).clamp_min(1e-300)).clamp_max(1.0)
    net.hidden.copy_(start.hidden + shrink[..., None] * change)
