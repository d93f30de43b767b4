"""The exact population loss of ReLU networks under Gaussian inputs, its gradient, and descent on it."""

import math
from collections.abc import Callable, Sequence

import torch

from .. import _checks
from .activations import Pair
from .descent import Training
from .network import Network


@torch.no_grad()
def relu_population_loss(hidden, output, teacher_hidden, teacher_output) -> torch.Tensor:
    """Exact loss of a ReLU student against a ReLU teacher, x ~ N(0, I_d), no biases.

        F = ½ E(Σ_i u_i [⟨w_i,x⟩]_+ − Σ_j a_j [⟨v_j,x⟩]_+)² = ¼‖Σ c z‖² + (1/4π) Σ c c′ ‖z‖‖z′‖ (sin θ − θ cos θ),

    the sums over all neurons z of student (c = u) and teacher (c = −a), θ the angle between z and z′. Written so, the
    loss keeps its relative accuracy near a perfect fit by a single neuron.

    Parameters
        hidden, output : w (…, r, d), u (…, r).
        teacher_hidden, teacher_output : v (…, m, d), a (…, m); leading axes broadcast.

    Returns
        Tensor (…).

    Error
        Rounding.

    Source
        Chapter "A single neuron"; arc-cosine kernel, Cho & Saul (2009).
    """
    z, c, _, sizes, theta = _population(hidden, output, teacher_hidden, teacher_output)
    kernel = sizes[..., :, None] * sizes[..., None, :] * _sin_minus_theta_cos(theta)
    total = (c[..., None] * z).sum(-2)
    pairs = (c[..., :, None] * c[..., None, :] * kernel).sum((-2, -1))
    return total.square().sum(-1) / 4 + pairs / (4 * math.pi)


@torch.no_grad()
def relu_population_gradient(hidden, output, teacher_hidden, teacher_output) -> Pair:
    """Exact gradient of :func:`relu_population_loss` in the student's weights.

        ∂F/∂w_i = u_i [½ Σ c z + (1/2π)(ŵ_i Σ c ‖z‖ sin θ_i − Σ c θ_i z)],   ∂F/∂u_i = Σ c E[⟨w_i,x⟩]_+[⟨z,x⟩]_+,

    sums over all neurons z of student and teacher, θ_i the angle between w_i and z.

    Parameters
        hidden, output : w (…, r, d), u (…, r).
        teacher_hidden, teacher_output : v (…, m, d), a (…, m); leading axes broadcast.

    Returns
        (∂F/∂w (…, r, d), ∂F/∂u (…, r)).

    Error
        Rounding. At w_i = 0, where F has a kink, the direction ŵ_i is taken as zero.

    Source
        Chapter "A single neuron".
    """
    z, c, unit, sizes, theta = _population(hidden, output, teacher_hidden, teacher_output)
    students = hidden.shape[-2]
    angle = theta[..., :students, :]
    total = (c[..., None] * z).sum(-2, keepdim=True)
    along = (c * sizes)[..., None, :] * torch.sin(angle)
    across = torch.matmul(c[..., None, :] * angle, z)
    inner = total / 2 + (unit[..., :students, :] * along.sum(-1, keepdim=True) - across) / (2 * math.pi)
    products = sizes[..., :students, None] * sizes[..., None, :] * _sin_minus_theta_cos(angle)
    moments = torch.matmul(z[..., :students, :], total.mT)[..., 0] / 2
    moments = moments + (products * c[..., None, :]).sum(-1) / (2 * math.pi)
    return output[..., None] * inner, moments


@torch.no_grad()
def train_population(
    network: Network,
    teacher_hidden: torch.Tensor,
    teacher_output: torch.Tensor,
    *,
    steps: int,
    step_size: float | Callable[[int], float],
    layers: str = "hidden",
    snapshots: Sequence[int] = (),
) -> Training:
    """Gradient descent on the exact population loss of a ReLU student, x ~ N(0, I_d): no samples at all.

    θ_{t+1} = θ_t − η_t ∇F(θ_t), F as in :func:`relu_population_loss`.

    Parameters
        network : S × K unbiased ReLU networks at the start; it is not changed.
        teacher_hidden, teacher_output : v (S, m, d) or (m, d), a (S, m) or (m,).
        steps, step_size, layers, snapshots : as in :func:`train`.

    Returns
        Training; ``online_loss`` (T, S, K) is the exact loss F before each step.

    Error
        Rounding, in the dtype of the network.

    Raises
        ValueError, TypeError for bad arguments, biases or another activation; FloatingPointError if a run diverges.

    Source
        Chapter "A single neuron".
    """
    if network.activation.name != "relu" or network.bias is not None:
        raise ValueError("network must be an unbiased ReLU network")
    steps = _checks.integer("steps", steps, 0)
    _checks.choice("layers", layers, ("hidden", "output", "both"))
    keep = {_checks.integer("snapshots", step, 0, steps) for step in snapshots}
    current = network.copy()
    online = network.hidden.new_empty(steps, *network.scale.shape)
    kept = {0: current.copy()} if 0 in keep else {}
    for step in range(steps):
        eta = step_size(step) if callable(step_size) else step_size
        for index, block in enumerate(network.blocks):
            scale = network.scale[:, index : index + 1]
            hidden, output = current.hidden[:, block], current.output[:, block]
            outer = output * scale
            online[step, :, index] = relu_population_loss(hidden, outer, teacher_hidden, teacher_output)
            slope, moments = relu_population_gradient(hidden, outer, teacher_hidden, teacher_output)
            if layers != "output":
                hidden.sub_(eta * slope)
            if layers != "hidden":
                output.sub_(eta * scale * moments)
        if step + 1 in keep:
            kept[step + 1] = current.copy()
    if not all(bool(part.isfinite().all()) for part in (current.hidden, current.output, online)):
        raise FloatingPointError("training diverged: a weight is no longer finite; take a smaller step_size")
    return Training(network.copy(), current, kept, online, None, {}, online[:0])


def _population(hidden, output, teacher_hidden, teacher_output):
    """All neurons with their coefficients, unit vectors, norms and mutual angles (accurate at 0 and π)."""
    lead = torch.broadcast_shapes(hidden.shape[:-2], teacher_hidden.shape[:-2])
    z = torch.cat([t.expand(*lead, *t.shape[-2:]) for t in (hidden, teacher_hidden)], dim=-2)
    c = torch.cat([t.expand(*lead, t.shape[-1]) for t in (output, -teacher_output)], dim=-1)
    sizes = torch.linalg.vector_norm(z, dim=-1)
    unit = z / sizes.clamp_min(torch.finfo(z.dtype).tiny)[..., None]
    exact = {"compute_mode": "donot_use_mm_for_euclid_dist"}
    theta = 2 * torch.atan2(torch.cdist(unit, unit, **exact), torch.cdist(unit, -unit, **exact))
    return z, c, unit, sizes, theta


def _sin_minus_theta_cos(theta: torch.Tensor) -> torch.Tensor:
    """sin θ − θ cos θ without cancellation at small angles."""
    series = theta**3 * (1 / 3 - theta**2 * (1 / 30 - theta**2 / 840))
    return torch.where(theta < 1e-2, series, torch.sin(theta) - theta * torch.cos(theta))
