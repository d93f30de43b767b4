"""Training: hand-written gradients against autograd, closed forms against quadrature, streams, projection, errors."""

import itertools
import math

import numpy as np
import pytest
import torch

from rfcompanion import training
from rfcompanion.training import descent

EXACT = {"dtype": torch.float64}


def _problem(activation, seeds=2, batch=5, dim=3):
    scale = torch.tensor([[1.0, 2.0], [0.5, 1.0]], **EXACT)
    network = training.random_network(dim, [4, 6], range(seeds), activation=activation, bias=0.5, scale=scale)
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(seeds, batch, dim, generator=generator, **EXACT)
    y = torch.sign(torch.randn(seeds, batch, generator=generator, **EXACT))
    return network, x, y


def _autograd(network, x, y, loss):
    """Gradient of the sum of all runs' losses, by autograd and one run at a time."""
    leaves = [t.clone().requires_grad_() for t in (network.hidden, network.output, network.bias)]
    hidden, output, bias = leaves
    total = 0.0
    for k, block in enumerate(network.blocks):
        z = torch.einsum("snd,srd->snr", x, hidden[:, block]) + bias[:, None, block]
        prediction = network.scale[:, k, None] * (_value(network, z) * output[:, None, block]).sum(-1)
        total = total + _loss(loss, prediction, y).mean(-1).sum()
    return torch.autograd.grad(total, leaves)


def _value(network, z):
    name = network.activation.name
    return {"relu": torch.relu, "softplus": torch.nn.functional.softplus}.get(name, getattr(torch, name, None))(z)


def _loss(name, p, y):
    return {
        "squared": lambda: (p - y) ** 2 / 2,
        "absolute": lambda: (p - y).abs(),
        "huber": lambda: torch.where((p - y).abs() < 1, (p - y) ** 2 / 2, (p - y).abs() - 0.5),
        "logistic": lambda: torch.log1p(torch.exp(-p * y)),
        "hinge": lambda: torch.relu(1 - p * y),
    }[name]()


@pytest.mark.parametrize("loss", training.LOSSES)
@pytest.mark.parametrize("activation", training.ACTIVATIONS)
@pytest.mark.parametrize("layers", ["weights", "hidden", "output", "both"])
def test_one_step_is_the_autograd_step(activation, layers, loss):
    network, x, y = _problem(activation)
    grads = _autograd(network, x, y, loss)
    trained = {"weights": (1, 0, 0), "hidden": (1, 0, 1), "output": (0, 1, 0), "both": (1, 0.25, 1)}[layers]
    run = training.train(
        network, [(x, y)], steps=1, step_size=0.1, loss=loss, layers=layers, output_rate=0.25 if layers == "both" else 1
    )
    before = (network.hidden, network.output, network.bias)
    after = (run.network.hidden, run.network.output, run.network.bias)
    for old, new, grad, rate in zip(before, after, grads, trained, strict=True):
        torch.testing.assert_close(new, old - 0.1 * rate * grad, rtol=0, atol=1e-14)
    expected = _loss(loss, training.predict(network, x), y[:, None]).mean(-1)
    torch.testing.assert_close(run.online_loss[0], expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("layers", ["weights", "both"])
def test_twin_starts_with_the_same_step_and_follows_its_own_gradient(layers):
    network, x, y = _problem("softplus")
    run = training.train(
        network, itertools.repeat((x, y)), steps=2, step_size=0.3, layers=layers, linearised=True, snapshots=[1]
    )
    torch.testing.assert_close(run.twin_snapshots[1].hidden, run.snapshots[1].hidden, rtol=0, atol=1e-14)
    # The second step of the twin: autograd through the first-order expansion, written here by jvp.
    twin = run.twin_snapshots[1]
    hidden, output = twin.hidden.clone().requires_grad_(), twin.output.clone().requires_grad_()
    bias = twin.bias.clone()
    total = 0.0
    for k, block in enumerate(network.blocks):

        def function(w, u, b, k=k):
            value = torch.nn.functional.softplus(torch.einsum("snd,srd->snr", x, w) + b[:, None])
            return network.scale[:, k, None] * (value * u[:, None]).sum(-1)

        point = (network.hidden[:, block], network.output[:, block], network.bias[:, block])
        change = (hidden[:, block] - point[0], output[:, block] - point[1], bias[:, block] - point[2])
        value, slope = torch.autograd.functional.jvp(function, point, change, create_graph=True)
        total = total + ((value + slope - y) ** 2 / 2).mean(-1).sum()
    gradient = torch.autograd.grad(total, (hidden, output))
    torch.testing.assert_close(run.twin.hidden, twin.hidden - 0.3 * gradient[0], rtol=0, atol=1e-13)
    if layers == "both":
        torch.testing.assert_close(run.twin.output, twin.output - 0.3 * gradient[1], rtol=0, atol=1e-13)


def test_all_runs_are_independent_of_their_neighbours():
    stream = lambda seeds: training.sample_stream(4, 3, seeds, lambda x: x[..., 0], law="sphere")  # noqa: E731
    options = {"steps": 60, "step_size": 0.2, "linearised": True, "radius": 0.3, "snapshots": [17, 60]}
    together = training.train(training.random_network(4, [8, 16], range(3)), stream(range(3)), **options)
    alone = training.train(training.random_network(4, 16, [2]), stream([2]), **options)
    torch.testing.assert_close(together.network.hidden[2:, 8:], alone.network.hidden, rtol=0, atol=1e-13)
    torch.testing.assert_close(together.snapshots[17].hidden[2:, 8:], alone.snapshots[17].hidden, rtol=0, atol=1e-13)
    torch.testing.assert_close(together.online_loss[:, 2:, 1:], alone.online_loss, rtol=0, atol=1e-13)


@pytest.mark.parametrize("group", [1, 1 << 8, 1 << 30])
def test_grouping_for_the_cache_changes_nothing(monkeypatch, group):
    network, x, y = _problem("relu")
    run = lambda: training.train(network, itertools.repeat((x, y)), steps=40, step_size=0.1, layers="both")  # noqa: E731
    expected = run().network.hidden
    monkeypatch.setattr(descent, "_CACHE_ENTRIES", group)
    monkeypatch.setattr(descent, "_STEPS_AHEAD", 7)
    torch.testing.assert_close(run().network.hidden, expected, rtol=0, atol=1e-13)


def test_projection_keeps_every_run_in_its_ball():
    network, x, y = _problem("tanh")
    radius = torch.tensor([[0.1, 0.2], [0.3, 5.0]], **EXACT)
    run = training.train(
        network, itertools.repeat((x, 3 * y)), steps=50, step_size=0.5, radius=radius, layers="both", output_rate=0.5
    )
    square = training.movement(network, run.network) ** 2
    outer = (run.network.output - network.output) ** 2
    square += torch.stack([outer[:, block].sum(-1) for block in network.blocks], -1) / 0.5
    assert (square.sqrt() <= radius * (1 + 1e-12)).all()
    assert (square.sqrt()[0] > 0.99 * radius[0]).all()


def test_projection_of_each_neuron():
    network, x, y = _problem("sin")
    caps = torch.tensor([[0.1, 0.2], [0.3, 5.0]], **EXACT)
    run = training.train(network, itertools.repeat((x, 3 * y)), steps=30, step_size=0.5, neuron_radius=caps)
    moved = (run.network.hidden - network.hidden).norm(dim=-1)
    for k, block in enumerate(network.blocks):
        assert (moved[:, block].amax(-1) <= caps[:, k] * (1 + 1e-12)).all()
    assert moved[0, :4].amax() > 0.0999


def test_centred_networks_start_at_zero_and_are_a_shift_of_the_labels():
    network, x, y = _problem("erf")
    network = training.random_network(3, 6, [0, 1], activation="erf")
    options = {"steps": 5, "step_size": 0.3, "linearised": True}
    centred = training.train(network, itertools.repeat((x, y)), centred=True, **options)
    shifted = training.train(network, itertools.repeat((x, y + training.predict(network, x)[:, 0])), **options)
    torch.testing.assert_close(centred.network.hidden, shifted.network.hidden, rtol=0, atol=1e-14)
    torch.testing.assert_close(centred.twin.hidden, shifted.twin.hidden, rtol=0, atol=1e-14)
    torch.testing.assert_close(centred.online_loss[0, :, 0], (y * y / 2).mean(-1))


def test_schedules_and_snapshots():
    network, x, y = _problem("erf")
    schedule = lambda t: 0.1 / math.sqrt(t + 1)  # noqa: E731
    run = training.train(network, itertools.repeat((x, y)), steps=3, step_size=schedule, snapshots=[0, 2])
    by_hand = network
    for t in range(3):
        if t == 2:
            torch.testing.assert_close(run.snapshots[2].hidden, by_hand.hidden, rtol=0, atol=1e-15)
        by_hand = training.train(by_hand, [(x, y)], steps=1, step_size=schedule(t)).network
    torch.testing.assert_close(run.network.hidden, by_hand.hidden, rtol=0, atol=1e-15)
    assert sorted(run.snapshots) == [0, 2]
    torch.testing.assert_close(run.snapshots[0].hidden, network.hidden, rtol=0, atol=0)


@pytest.mark.parametrize("law", ["gaussian", "sphere", "ball"])
def test_streams_repeat_and_follow_their_law(law):
    draw = lambda: training.sample_stream(3, 1500, [5, 6], lambda x: 2 * x[..., 1], law=law, noise=0.1)  # noqa: E731
    first, second = list(itertools.islice(draw(), 5)), list(itertools.islice(draw(), 5))
    x, y = torch.cat([b[0] for b in first], 1), torch.cat([b[1] for b in first], 1)
    assert all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(first, second, strict=True))
    assert not torch.equal(x[0], x[1])
    count = x.shape[0] * x.shape[1]
    second_moment = {"gaussian": 3.0, "sphere": 1.0, "ball": 3 / 5}[law]
    squares = x.square().sum(-1)
    assert abs(squares.mean() - second_moment) <= 5 * squares.std() / math.sqrt(count) + 1e-12
    assert abs((y - 2 * x[..., 1]).std() - 0.1) < 0.1 * 5 / math.sqrt(2 * count)


def test_random_networks_have_the_stated_law():
    network = training.random_network(7, [400, 600], [3], weights="unit", output="signs", antisymmetric=True, bias=1.0)
    torch.testing.assert_close(network.hidden.norm(dim=-1), torch.ones(1, 1000, **EXACT))
    torch.testing.assert_close(network.output[0, :400].abs(), torch.full((400,), 0.05, **EXACT))
    x = torch.randn(9, 7, **EXACT)
    assert training.predict(network, x).abs().max() < 1e-14


@pytest.mark.parametrize("name", training.ACTIVATIONS)
def test_bounds_on_the_derivatives_are_attained_not_passed(name):
    activation = training.ACTIVATIONS[name]
    z = torch.linspace(-8, 8, 400_001, **EXACT)
    value, slope = activation.value_and_slope(z)
    step = z[1] - z[0]
    curvature = torch.diff(slope) / step
    third = torch.diff(curvature) / step
    measured = (value, slope, curvature, third)
    bounds = (activation.value_bound, activation.slope_bound, activation.curvature_bound, activation.third_bound)
    for sizes, bound in zip(measured, bounds, strict=True):
        if math.isfinite(bound):
            assert 0.99 * bound < sizes.abs().max() < bound * (1 + 1e-4)
    error = (torch.diff(value) / step - (slope[1:] + slope[:-1]) / 2).abs()
    assert (error < 1e-4).sum() >= len(error) - (2 if name == "relu" else 0)  # the kink costs two cells


def test_population_loss_and_gradient_against_autograd_and_quadrature():
    generator = torch.Generator().manual_seed(0)
    w = torch.randn(3, 4, 2, generator=generator, **EXACT).requires_grad_()
    u = torch.randn(3, 4, generator=generator, **EXACT).requires_grad_()
    v, a = torch.randn(2, 2, generator=generator, **EXACT), torch.tensor([1.0, -0.5], **EXACT)
    # In the plane the loss is an integral over the angle: E ρ² = 2 and the trapezium rule on the circle.
    angles = torch.arange(200_000, **EXACT) * (2 * math.pi / 200_000)
    x = torch.stack([angles.cos(), angles.sin()], -1)
    student = (torch.relu(torch.einsum("nd,srd->snr", x, w)) * u[:, None]).sum(-1)
    loss = (student - torch.relu(x @ v.T) @ a).square().mean(-1)  # ½ E ρ² = 1
    torch.testing.assert_close(
        training.relu_population_loss(w.detach(), u.detach(), v, a), loss.detach(), rtol=1e-8, atol=0
    )
    expected = torch.autograd.grad(loss.sum(), (w, u))
    for ours, other in zip(training.relu_population_gradient(w.detach(), u.detach(), v, a), expected, strict=True):
        torch.testing.assert_close(ours, other, rtol=0, atol=2e-5)
    assert (
        2 * training.relu_population_loss(w.detach(), u.detach(), v, a) - loss
    ).abs().min() > 1e-3  # factor 2 is seen


def test_population_loss_keeps_its_relative_accuracy_near_the_teacher():
    v = torch.tensor([[3.0, 4.0]], **EXACT)
    for turn in (1e-3, 1e-6):
        c, s = math.cos(turn), math.sin(turn)
        w = v @ torch.tensor([[c, s], [-s, c]], **EXACT)
        loss = training.relu_population_loss(w[None], torch.ones(1, 1, **EXACT), v, torch.ones(1, **EXACT))
        exact = 25 * (math.sin(turn / 2) ** 2 - (turn**3 / 3) / (2 * math.pi))
        assert abs(loss.item() / exact - 1) < 1e-6


def test_population_descent_learns_one_neuron_and_agrees_with_sampled_descent():
    v, a = torch.eye(5, **EXACT)[:1], torch.ones(1, **EXACT)
    network = training.random_network(5, 1, range(3), weights="scaled")
    network.output.fill_(1.0)
    exact = training.train_population(network, v, a, steps=150, step_size=0.5, snapshots=[1, 150])
    assert (training.relu_population_loss(exact.network.hidden, network.output, v, a) < 1e-28).all()
    stream = training.sample_stream(5, 200_000, range(3), lambda x: x[..., 0].clamp_min(0))
    sampled = training.train(network, stream, steps=1, step_size=0.5).network.hidden
    assert (sampled - exact.snapshots[1].hidden).abs().max() < 0.5 * 5 * 2 / math.sqrt(200_000)


def test_float32_runs_in_float32():
    network = training.random_network(3, 4, [0], dtype=torch.float32)
    stream = training.sample_stream(3, 2, [0], lambda x: x[..., 0], dtype=torch.float32)
    run = training.train(network, stream, steps=3, step_size=0.1, linearised=True)
    assert run.network.hidden.dtype == run.online_loss.dtype == torch.float32


def test_errors_name_the_argument():
    network, x, y = _problem("relu")
    with pytest.raises(ValueError, match="loss must be one of"):
        training.train(network, [(x, y)], steps=1, step_size=0.1, loss="cubic")
    with pytest.raises(ValueError, match="samples must yield a batch a step, ended after 1 of 2"):
        training.train(network, [(x, y)], steps=2, step_size=0.1)
    with pytest.raises(FloatingPointError, match="smaller step_size"):
        training.train(network, itertools.repeat((x, y)), steps=400, step_size=1e6, layers="both")
    with pytest.raises(ValueError, match="widths must be even"):
        training.random_network(3, 5, antisymmetric=True)
    with pytest.raises(ValueError, match="widths must be at least 1"):
        training.random_network(3, 0)
    with pytest.raises(ValueError, match="unbiased ReLU"):
        training.train_population(network, torch.eye(3, **EXACT), torch.ones(3, **EXACT), steps=1, step_size=0.1)
    with pytest.raises(ValueError, match="snapshots must be at most 3"):
        training.train(network, [(x, y)], steps=3, step_size=0.1, snapshots=[4])
    with pytest.raises(ValueError, match="widths must be positive with sum"):
        training.Network(network.hidden, network.output, None, network.scale, (3,), network.activation)


def test_seed_streams_of_numpy_are_the_documented_ones():
    x, _ = next(training.sample_stream(2, 3, [11], lambda x: x[..., 0]))
    np.testing.assert_array_equal(x[0].numpy(), np.random.default_rng([11, 1]).standard_normal((3, 2)))


def test_a_twin_that_diverges_is_not_returned():
    net = training.random_network(3, 8, activation="tanh")
    stream = training.sample_stream(3, 4, [0], lambda x: x[..., 0])
    with pytest.raises(FloatingPointError, match="linearised twin diverged"):
        training.train(net, stream, steps=600, step_size=1e3, layers="hidden", linearised=True)


def test_population_descent_of_several_widths_is_that_of_each():
    teacher = torch.eye(4, dtype=torch.float64)[:1], torch.ones(1, dtype=torch.float64)
    both = training.random_network(4, (3, 6), seeds=(0, 1))
    run = training.train_population(both, *teacher, steps=5, step_size=0.1, layers="both")
    assert run.online_loss.shape == (5, 2, 2)
    for index, width in enumerate((3, 6)):
        alone = training.random_network(4, width, seeds=(0, 1))
        one = training.train_population(alone, *teacher, steps=5, step_size=0.1, layers="both")
        assert torch.equal(run.online_loss[:, :, index], one.online_loss[:, :, 0])
        assert torch.equal(run.network.hidden[:, both.blocks[index]], one.network.hidden)


def test_population_descent_that_diverges_in_the_output_is_refused():
    teacher = torch.eye(4, dtype=torch.float64)[:1], torch.ones(1, dtype=torch.float64)
    with pytest.raises(FloatingPointError, match="diverged"):
        training.train_population(training.random_network(4, 6), *teacher, steps=2000, step_size=1e3, layers="output")
