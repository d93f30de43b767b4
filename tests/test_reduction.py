"""Reduction: every bound holds on experiments, is not loose where it is said to be tight, and breaks when halved."""

import itertools
import math

import numpy as np
import pytest
import torch

from rfcompanion import reduction, training

EXACT = {"dtype": torch.float64}
SMOOTH = ("softplus", "erf", "tanh", "sin", "sigmoid")


def _constants(name):
    activation = training.ACTIVATIONS[name]
    return activation.slope_bound, activation.curvature_bound, activation.third_bound


# Linearisation ------------------------------------------------------------------------------------------------


def _gap(activation, a, shift, signs):
    """N(V,x) − N_lin(V,x) from preactivations alone, r = len(a)."""
    value, slope = training.ACTIVATIONS[activation].value_and_slope(a)
    moved = training.ACTIVATIONS[activation].value_and_slope(a + shift)[0]
    return (signs * (moved - value - slope * shift)).sum(-1) / math.sqrt(a.shape[-1])


# checks: lem-reduction-gap
@pytest.mark.parametrize("name", SMOOTH)
def test_linearisation_gap_holds_and_an_adversary_reaches_it(name):
    _, curvature, _ = _constants(name)
    generator = torch.Generator().manual_seed(1)
    for width, radius in itertools.product((50, 1000), (0.3, 3.0)):
        a = torch.randn(200, width, generator=generator, **EXACT)
        signs = torch.sign(torch.randn(200, width, generator=generator, **EXACT))
        shift = torch.randn(200, width, generator=generator, **EXACT)
        shift *= radius / shift.norm(dim=-1, keepdim=True)
        assert (_gap(name, a, shift, signs).abs() <= reduction.linearisation_gap(width, radius, curvature)).all()
    # The adversary: every neuron sits where σ″ is largest, and the signs agree.
    z = torch.linspace(-4, 4, 80_001, **EXACT)
    bend = torch.diff(training.ACTIVATIONS[name].value_and_slope(z)[1]) / (z[1] - z[0])
    a = z[bend.abs().argmax()].expand(1, 10_000)
    shift = torch.full((1, 10_000), 1 / 100, **EXACT)
    gap = _gap(name, a, shift, torch.ones(10_000, **EXACT)).abs()
    assert 0.97 < gap / reduction.linearisation_gap(10_000, 1.0, curvature) <= 1  # so half the constant is refuted


def test_gap_of_both_layers_holds_and_is_reached_up_to_curvature():
    generator = torch.Generator().manual_seed(2)
    slope, curvature, _ = _constants("softplus")
    softplus = torch.nn.functional.softplus
    worst = 0.0
    for radius in (0.5, 2.0):
        width = 400
        a = torch.randn(300, width, generator=generator, **EXACT)
        signs = torch.sign(torch.randn(300, width, generator=generator, **EXACT))
        inner = torch.randn(300, width, generator=generator, **EXACT)
        outer = inner + 0.1 * torch.randn(300, width, generator=generator, **EXACT)  # aligned: the worst case
        size = (inner.square().sum(-1) + outer.square().sum(-1)).sqrt()[:, None]
        inner, outer = radius * inner / size, radius * outer / size
        exact = ((signs + outer) * softplus(a + inner)).sum(-1)
        linear = (signs * (softplus(a) + torch.sigmoid(a) * inner) + outer * softplus(a)).sum(-1)
        gap = (exact - linear).abs() / math.sqrt(width)
        bound = reduction.linearisation_gap_both(width, radius, slope, curvature)
        assert (gap <= bound).all()
        worst = max(worst, float((gap / bound).max()))
    assert worst > 0.4


# checks: lem-reduction-tangents
def test_two_tangents_of_one_function_at_one_point():
    # The lemma behind the theorem: tangents at a and z, read off at v, differ by at most L(pq + q²/2).
    z = torch.linspace(-3, 3, 25, **EXACT)
    base, point, goal = torch.meshgrid(z, z, z, indexing="ij")
    for name in SMOOTH:
        _, curvature, _ = _constants(name)
        value, slope = training.ACTIVATIONS[name].value_and_slope(base)
        value2, slope2 = training.ACTIVATIONS[name].value_and_slope(point)
        difference = (value + slope * (goal - base) - value2 - slope2 * (goal - point)).abs()
        p, q = (goal - base).abs(), (point - base).abs()
        assert (difference <= curvature * (p * q + q * q / 2) + 1e-12).all()
    # Attained by a parabola (σ″ = 1), walking away from the goal.
    parabola = lambda s, v: s * s / 2 + s * (v - s)  # noqa: E731
    assert abs(parabola(0.0, 2.0) - parabola(-1.5, 2.0)) == pytest.approx(2.0 * 1.5 + 1.5**2 / 2)


def _relu_worst(a, radius):
    """sup over shifts of norm ≤ R of Σ(|y| − |a|)_+, by its Lagrangian: equal shifts c on |a| < c/2."""
    size = np.sort(np.abs(a))
    best = 0.0
    for k in range(1, len(size)):
        c = radius / math.sqrt(k)
        if c < size[k - 1]:
            break
        best = max(best, k * c - size[:k].sum())
    return best


# checks: prp-reduction-relu-gap
def test_relu_gap_is_the_worst_case():
    generator = np.random.default_rng(3)
    for radius in (0.5, 4.0):
        width = 20_000
        bound = reduction.relu_linearisation_gap(width, radius)
        both, adversary = [], []
        for _ in range(30):
            a, signs = generator.standard_normal(width), generator.choice([-1, 1], width)
            both.append(_relu_worst(a, radius) / math.sqrt(width))
            adversary.append(_relu_worst(a[signs > 0], radius) / math.sqrt(width))
        assert np.mean(both) <= bound * 1.01  # Monte Carlo error of 30 draws
        assert np.mean(both) > 0.97 * bound
        assert np.mean(adversary) / bound == pytest.approx(2 ** (-1 / 3), abs=0.03)


# checks: prp-reduction-relu-gap
def test_biases_tied_to_the_weights_need_the_density_at_every_scale():
    # b = −⟨w,e⟩/2: on unit inputs |⟨w,x⟩+b| has a density of at most 2p₀, but at x = e/2 every preactivation is zero.
    generator = np.random.default_rng(16)
    width, radius = 4000, 2.0
    w = generator.standard_normal((width, 5))
    b = -w[:, 0] / 2
    angles = np.linspace(0, np.pi, 7)
    spread = [np.std(w[:, 0] * np.cos(t) + w[:, 1] * np.sin(t) + b) for t in angles]
    assert min(spread) > 0.48  # so the density at s = 1 is at most 2φ(0)/0.48
    a = w[:, 0] / 2 + b
    assert abs(a).max() < 1e-12
    adversary = radius / 2  # all neurons move by R/√r against a zero preactivation: Σ|y_i|·‖x‖/√r
    assert adversary > 1.2 * reduction.relu_linearisation_gap(width, radius, 2 * reduction.GAUSSIAN_DENSITY)
    # Biases that do not look at the weights: the bound holds on short inputs too, with ‖x‖ to spare.
    free = generator.standard_normal((20, width))
    for length in (0.3, 1.0):
        shorter = length * w[:, 0] + free
        worst = np.mean([_relu_worst(row, radius * length) for row in shorter]) / math.sqrt(width)
        assert worst <= length * reduction.relu_linearisation_gap(width, radius)


def test_relu_gap_with_unit_weights_uses_their_density():
    generator = np.random.default_rng(4)
    dim, width, radius = 6, 5000, 0.7
    w = generator.standard_normal((20, width, dim))
    a = w[..., 0] / np.linalg.norm(w, axis=-1)
    density = reduction.unit_density(dim)
    measured = np.mean([_relu_worst(row, radius) for row in a]) / math.sqrt(width)
    assert 0.95 < measured / reduction.relu_linearisation_gap(width, radius, density) < 1.02
    share = (np.abs(a) < 0.01).mean() / 0.01
    assert share == pytest.approx(density, abs=5 * math.sqrt(density / 0.01 / a.size))


def test_relu_flips():
    generator = np.random.default_rng(5)
    width, radius = 20_000, 3.0
    squares = np.sort(generator.standard_normal((30, width)) ** 2, axis=1)
    flips = (np.cumsum(squares, axis=1) <= radius**2).sum(1).mean()
    assert 0.97 < flips / reduction.relu_flips(width, radius) < 1.01


# Along the path of SGD ----------------------------------------------------------------------------------------


def _paths(name, widths, seeds, steps=10, step_size=0.3, dim=5, batch=1):
    start = training.random_network(dim, widths, range(seeds), activation=name)
    stream = training.sample_stream(dim, batch, range(seeds), lambda x: 3 * torch.sign(x[..., 0]), law="sphere")
    run = training.train(start, stream, steps=steps, step_size=step_size, loss="absolute", layers="weights")
    x = next(training.sample_stream(dim, 50, [99], lambda x: x[..., 0], law="sphere"))[0][0]
    gap = training.predict(run.network, x) - training.predict_linearised(start, run.network, x)
    return gap.abs(), start, run, x


# checks: thm-reduction-path
@pytest.mark.parametrize("name", ["softplus", "tanh", "sigmoid"])
def test_gap_along_the_path_is_of_order_one_over_r(name):
    slope, curvature, third = _constants(name)
    widths = (64, 256, 1024)
    gap, start, run, x = _paths(name, widths, 40)
    travel = 10 * 0.3 * slope
    for k, width in enumerate(widths):
        assert gap[:, k].mean() <= reduction.path_gap(width, travel, slope, curvature, third)
        assert gap[:, k].amax(-1).mean() <= reduction.path_gap(width, travel, slope, curvature, third, points=50)
    exponent = reduction.power_law(np.array(widths, float), gap.mean(-1).numpy())
    assert exponent.value == pytest.approx(-1, abs=0.1)
    assert (training.movement(start, run.network) <= travel * (1 + 1e-12)).all()
    few = x[:10]
    z = lambda net: torch.einsum("nd,srd->snr", few, net.hidden)  # noqa: E731
    slopes = [training.ACTIVATIONS[name].value_and_slope(z(net))[1] for net in (start, run.network)]
    for block, width in zip(start.blocks, widths, strict=True):
        grams = [s[..., block] @ s[..., block].mT / width * (few @ few.T) for s in slopes]
        drift = (grams[1] - grams[0]).abs().amax((-1, -2))
        moved = training.movement(start, run.network)[:, widths.index(width)]
        assert (drift <= 2 * slope * curvature * moved / math.sqrt(width)).all()
        assert drift.max() <= reduction.kernel_drift(width, travel, slope, curvature)
        mean = (grams[1] - grams[0]).abs().mean((0,)).max()
        assert mean <= reduction.path_kernel_drift(width, travel, slope, curvature, third)


# checks: thm-reduction-relu-path
def test_relu_gap_along_the_path():
    widths = (64, 256, 1024, 4096)
    gap, *_ = _paths("relu", widths, 20)
    for k, width in enumerate(widths):
        assert gap[:, k].mean() <= reduction.relu_path_gap(width, 3.0)
    assert reduction.power_law(np.array(widths, float), gap.mean(-1).numpy()).value == pytest.approx(-0.75, abs=0.1)


def test_relu_path_bound_is_tight_for_aligned_signs():
    # Every neuron moves by τ/√r against its sign and u_i > 0: the bound, up to Monte Carlo error.
    generator = np.random.default_rng(6)
    width, travel = 10_000, 3.0
    a = generator.standard_normal((200, width))
    gap = np.clip(travel / math.sqrt(width) - np.abs(a), 0, None).sum(1) / math.sqrt(width)
    assert gap.mean() / reduction.relu_path_gap(width, travel) == pytest.approx(1, abs=0.02)


def test_gap_along_the_path_by_what_the_input_sees():
    # One sample orthogonal to x: x sees nothing of the way. Parallel: everything. Same constants as the general form.
    assert reduction.path_gap(100, 3.0, 1.0, 0.25, 0.1, seen=0.0) == 0
    assert reduction.path_gap(100, 3.0, 1.0, 0.25, 0.1, seen=3.0) == reduction.path_gap(100, 3.0, 1.0, 0.25, 0.1)
    by_hand = (0.25 * 1.2**2 / 2 + 0.25**2 * 1.2 * 1.2 * 3.0 + 0.1 * 1.2**3 / 6) / 100
    assert reduction.path_gap(100, 3.0, 1.0, 0.25, 0.1, seen=1.2) == pytest.approx(by_hand)
    with pytest.raises(ValueError, match="seen must be at most 3"):
        reduction.relu_sign_gap(100, 3.0, 1.0, seen=4.0)


@pytest.mark.parametrize("steps", [1, 12])
def test_relu_gap_with_random_signs(steps):
    dim, batch, eta = 6, 2, 4.0 / steps
    stream = training.sample_stream(dim, batch, [7], lambda x: 9 * torch.sign(x[..., 0]), law="sphere")
    batches = list(itertools.islice(stream, steps))
    x = next(training.sample_stream(dim, 1, [8], lambda x: x[..., 0], law="sphere"))[0][0]
    c = torch.stack([inputs[0] @ x[0] for inputs, _ in batches]).abs()
    coherence, seen = float((eta / batch * c / (1 - c * c).sqrt()).sum()), float((eta / batch * c).sum())
    measured, widths = [], (256, 4096)
    for width in widths:
        start = training.random_network(dim, width, range(200))
        shared = [(inputs.expand(200, -1, -1), labels.expand(200, -1)) for inputs, labels in batches]
        run = training.train(start, shared, steps=steps, step_size=eta, loss="absolute", layers="weights")
        gap = training.predict(run.network, x) - training.predict_linearised(start, run.network, x)
        measured.append(float(gap.abs().mean()))
        assert measured[-1] <= reduction.relu_sign_gap(width, eta * steps, coherence, seen=seen)
    assert math.log(measured[1] / measured[0]) / math.log(16) == pytest.approx(-0.75, abs=0.07)
    assert reduction.relu_sign_gap(4096, eta * steps, coherence, seen=seen) < 120 * measured[-1]


def test_steps_of_the_proof_of_the_relu_sign_gap():
    # φ(ε) = ε(s ε h − |a|)_+ splits into a part without ε and ε times a part without ε.
    generator = np.random.default_rng(15)
    h, a, sign = generator.standard_normal((3, 1000))
    s, eps = np.sign(a), np.sign(sign)
    soft = np.clip(np.abs(h) - np.abs(a), 0, None)
    whole = eps * np.clip(s * eps * h - np.abs(a), 0, None)
    np.testing.assert_allclose(whole, s * np.sign(h) * soft / 2 + eps * soft / 2, atol=1e-15)
    # Two small preactivations at once: probability at most p0² t² / √(1 − c²), and close to it.
    c, t = 0.6, 0.05
    first, second = generator.standard_normal((2, 4_000_000))
    both = ((np.abs(first) < t) & (np.abs(c * first + math.sqrt(1 - c * c) * second) < t)).mean()
    bound = reduction.GAUSSIAN_DENSITY**2 * t * t / math.sqrt(1 - c * c)
    assert 0.9 < both / bound < 1.02


def test_the_largest_gap_of_many_inputs_by_convexity():
    # X_j = Σ c|M| with the same total weight in different places: E max_j X_j ≤ √(2 ln 2m) · (total) · √r.
    generator = np.random.default_rng(17)
    width, inputs, pairs, draws = 200, 30, 12, 400
    share = generator.dirichlet(np.full(pairs, 0.3), inputs)
    signs = generator.choice([-1.0, 1.0], (draws, width))
    pattern = generator.choice([-1.0, 1.0], (width, inputs, pairs))  # coefficients of largest size
    sums = np.abs(np.einsum("nw,wip->nip", signs, pattern))
    largest = (share * sums).sum(-1).max(-1).mean() / math.sqrt(width)
    root = math.sqrt(2 * math.log(2 * inputs))
    assert root / 2 < largest <= root
    assert (share.max(0)).sum() > 2  # the weights of different inputs do not share a total: pairs alone are no proof


# SGD against the best nearby linear model ---------------------------------------------------------------------


def test_constants_of_the_smooth_theorem_against_the_sums_they_bound():
    given = {"radius": 2.0, "lipschitz": 1.5, "slope": 1.2, "curvature": 0.7, "second_moment": 0.3}
    width, steps = 500, 900
    unit = 0.3 * 1.5 * 0.7 / math.sqrt(width)
    plain = reduction.sgd_bound("plain", width=width, steps=steps, comparator=0.1, **given)
    t = np.arange(steps)
    rho = plain.step_size * t * 1.5 * 1.2
    exact = unit * np.mean(2.0 * rho + rho**2 / 2)
    assert 0.97 < exact / plain.gap <= 1
    assert plain.regret == pytest.approx(4 / (2 * plain.step_size * steps) + plain.step_size * (1.5 * 1.2) ** 2 / 2)
    assert reduction.sgd_bound("projected", width=width, steps=steps, comparator=0.1, **given).gap == pytest.approx(
        unit * (2.0 * 2.0 + 2.0**2 / 2)
    )
    # Self-bounding: the worst case of the recursion itself, run step by step.
    bound = reduction.sgd_bound("self-bounding", width=width, steps=steps, comparator=0.1, **given)
    c, kappa, total = 8.0, bound.step_size * unit, 0.0
    for _ in range(steps):
        total += c
        c = (1 + kappa) * c + 2 * bound.step_size * 0.1 + 4 / steps
    exact = 0.1 + plain.regret + unit / 2 * total / steps
    assert 0.8 < (exact - 0.1) / (bound.total - 0.1) <= 1


def test_constants_of_the_relu_theorem_against_the_sums_they_bound():
    width, steps, radius, spread, p0 = 10**8, 900, 2.0, 3.0, reduction.GAUSSIAN_DENSITY
    given = {
        "width": width,
        "steps": steps,
        "radius": radius,
        "lipschitz": 1.0,
        "comparator": 0.0,
        "second_moment": 0.3,
    }
    tau = radius * np.arange(steps) / math.sqrt(steps)
    plain = np.mean(p0 * tau**2 / 2 + math.sqrt(0.3) * radius * np.sqrt(p0 * tau) * width**0.25) / math.sqrt(width)
    assert 0.98 < plain / reduction.relu_sgd_bound("plain", **given).gap <= 1
    near = np.mean(p0 * (tau**2 / 2 + spread * tau)) / math.sqrt(width)
    assert 0.98 < near / reduction.relu_sgd_bound("spread", spread=spread, **given).gap <= 1
    # A neuron at a, moved by −c against its sign while the goal is a + c: the capped form, integrated over a ~ N(0, 1).
    c = spread / math.sqrt(width)
    a = (np.arange(10_000) + 0.5) * (c / 10_000)
    capped = width * 2 * np.exp(-a * a / 2).mean() / math.sqrt(2 * math.pi) * c * (a + c).mean() / math.sqrt(width)
    assert capped / reduction.relu_sgd_bound("capped", spread=spread, **given).gap == pytest.approx(1, abs=1e-3)
    # Projected: the largest Σ(|a| + |p|) over flipped neurons, at the flips that the radius √λ R can pay for.
    reach = math.sqrt(0.3) * radius
    s = (3 * reach**2 / (width * p0)) ** (1 / 3)
    flipped = width * p0 * s
    worst = (flipped * s / 2 + math.sqrt(flipped) * reach) / math.sqrt(width)
    assert worst / reduction.relu_sgd_bound("projected", **given).gap == pytest.approx(1, abs=1e-9)


@pytest.fixture(scope="module", params=["softplus", "relu"])
def contest(request):
    """Networks, a comparator that knows nothing of the samples to come, and its loss."""
    dim, widths, seeds, radius = 5, (64, 512), 3, 2.0
    start = training.random_network(dim, widths, range(seeds), activation=request.param)
    other = training.train(
        start, _stream(100), steps=200, step_size=0.3, radius=radius, linearised=True, **OPTIONS
    ).twin
    x = next(training.sample_stream(dim, 4000, [50], _target, law="sphere"))[0][0]
    linear = training.predict_linearised(start, other, x) - training.predict(start, x)
    comparator = training.LOSSES["huber"].value_and_slope(linear, _target(x))[0].mean(-1)
    change = (other.hidden - start.hidden).norm(dim=-1)
    spread = torch.stack([change[:, b].amax(-1) * math.sqrt(w) for b, w in zip(start.blocks, widths, strict=True)], -1)
    return start, comparator, spread


OPTIONS = {"loss": "huber", "layers": "weights", "centred": True}


def _target(x):
    return 1.5 * x[..., 0]


def _stream(first):
    return training.sample_stream(5, 1, range(first, first + 3), _target, law="sphere")


@pytest.mark.parametrize("form", ["plain", "projected", "self-bounding", "spread", "capped"])
def test_sgd_keeps_the_bound_and_respects_its_comparator(contest, form):
    start, comparator, spread = contest
    relu = start.activation.name == "relu"
    if form in ({"self-bounding"} if relu else {"spread", "capped"}):
        return  # a form of the other theorem
    given = {"steps": 150, "radius": 2.0, "lipschitz": 1.0, "second_moment": 1 / 5}

    def bound(seed, k):
        known = {"width": start.widths[k], "comparator": float(comparator[seed, k]), **given}
        if relu:
            return reduction.relu_sgd_bound(form, spread=float(spread[seed, k]), **known)
        return reduction.sgd_bound(form, slope=1.0, curvature=0.25, **known)

    run = training.train(
        start,
        _stream(0),
        steps=150,
        step_size=bound(0, 0).step_size,
        radius=2.0 if form == "projected" else None,
        neuron_radius=spread / torch.tensor(start.widths, **EXACT).sqrt() if form == "capped" else None,
        **OPTIONS,
    )
    measured = run.online_loss.mean(0)
    bounds = torch.tensor([[bound(s, k).total for k in range(2)] for s in range(3)], **EXACT)
    assert (measured <= bounds).all()
    assert (measured >= 0.1 * comparator).all()
    assert bounds[:, 1].mean() < bounds[:, 0].mean()


# checks: cor-reduction-scale
@pytest.mark.parametrize("alpha", [0.2, 3.0])
def test_scale_is_width_without_random_signs_only(alpha):
    # Each bound again from its proof, for output weights α/√r and distances divided by α.
    r, radius, travel, p0, curvature, steps, lam = 700, 2.0, 1.5, reduction.GAUSSIAN_DENSITY, 0.25, 400, 0.3
    wide, size, near = alpha**2 * r, alpha / math.sqrt(r), radius / alpha
    assert reduction.linearisation_gap(wide, radius, curvature) == pytest.approx(size * curvature / 2 * near**2)
    mu = np.geomspace(1e-3, 1e4, 200_001)
    relu = size * (mu * near**2 + r * p0 / (32 * mu**2)).min()
    assert reduction.relu_linearisation_gap(wide, radius) == pytest.approx(relu, rel=1e-6)
    step = travel / (alpha * math.sqrt(r))  # how far one neuron gets: u_i · η/α² · G per step
    assert reduction.relu_path_gap(wide, travel) == pytest.approx(size * r * p0 * step**2 / 2)
    given = {"radius": radius, "lipschitz": 1.0, "slope": 1.0, "curvature": curvature, "second_moment": lam}
    bound = reduction.sgd_bound("projected", width=wide, steps=steps, comparator=0.0, **given)
    assert bound.gap == pytest.approx(size * lam * curvature * 1.5 * near**2)
    eta = bound.step_size / alpha**2
    assert bound.regret == pytest.approx(near**2 / (2 * eta * steps) + eta * alpha**2 / 2)
    capped = reduction.relu_sgd_bound(
        "capped", width=wide, steps=steps, radius=radius, lipschitz=1.0, comparator=0.0, spread=radius
    )
    assert capped.gap == pytest.approx(size * r * p0 * 1.5 * (near / math.sqrt(r)) ** 2)
    # With random signs the sum of r terms is √r, whatever α is: the first term is divided by α, not by α².
    first = size * math.sqrt(r) * curvature / 2 * step**2
    assert first == pytest.approx(curvature * travel**2 / (2 * r) / alpha)
    assert abs(first / (curvature * travel**2 / (2 * wide)) - 1) > 0.5  # α²r in the place of r would be wrong


# Output layer and both ----------------------------------------------------------------------------------------


# checks: prp-reduction-both
@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_both_layers_keep_the_regret_and_the_movement(name):
    dim, widths, seeds, steps, budget = 5, (64, 256, 1024), 5, 400, 3.0
    start = training.random_network(dim, widths, range(seeds), activation=name, weights="unit", output="zero")
    generator = torch.Generator().manual_seed(11)
    target = lambda x: 2 * x[..., 0]  # noqa: E731
    stream = lambda: training.sample_stream(dim, 1, range(seeds), target, law="sphere")  # noqa: E731
    step = torch.tensor([reduction.output_layer_bound(w, steps, budget, 1.0).step_size for w in widths], **EXACT)
    drawn = list(itertools.islice(stream(), steps))
    x, y = torch.cat([batch[0] for batch in drawn], 1), torch.cat([batch[1] for batch in drawn], 1)
    sizes = torch.tensor(widths, **EXACT).repeat_interleave(torch.tensor(widths))
    for layers in ("output", "both"):
        run = training.train(
            start, stream(), steps=steps, step_size=step.expand(seeds, -1), loss="huber", layers=layers
        )
        # The best of many comparators with |u_i| ≤ C/r: the sign pattern of the target among them.
        guesses = [torch.sign(torch.randn(sizes.shape, generator=generator, **EXACT)) for _ in range(5)]
        guesses = [g.expand(seeds, -1) for g in guesses] + [torch.sign(start.hidden[..., 0])]
        for guess in guesses:
            fixed = training.Network(start.hidden, budget * guess / sizes, None, start.scale, widths, start.activation)
            loss = training.LOSSES["huber"].value_and_slope(training.predict(fixed, x), y[:, None])[0].mean(-1)
            regret = run.online_loss.mean(0) - loss
            for k, width in enumerate(widths):
                bound = reduction.both_layers_bound(width, steps, budget, 1.0, relu=name == "relu")
                if layers == "output":
                    bound = reduction.output_layer_bound(width, steps, budget, 1.0)
                assert (regret[:, k] <= bound.total).all()
        change = (run.network.hidden - start.hidden).norm(dim=-1)
        moved = torch.stack([change[:, block].amax(-1) for block in start.blocks], -1)
        if layers == "output":
            assert moved.max() == 0
            continue
        for k, width in enumerate(widths):
            assert (
                moved[:, k] <= reduction.both_layers_bound(width, steps, budget, 1.0, relu=name == "relu").movement
            ).all()
        assert reduction.power_law(np.array(widths, float), moved.numpy()).value == pytest.approx(-2, abs=0.15)


# checks: prp-reduction-output, prp-reduction-both
def test_bounds_of_both_layers_are_the_sums_they_come_from():
    width, steps, budget, lipschitz, slope = 300, 200, 2.0, 1.3, 1.1
    bound = reduction.both_layers_bound(width, steps, budget, lipschitz, slope)
    eta, moved, drift = bound.step_size, 0.0, 0.0
    for t in range(steps):
        drift += lipschitz * budget * slope * moved / steps
        moved += eta * lipschitz * slope * (eta * lipschitz * t)
    assert 0.98 < moved / bound.movement <= 1
    assert 0.98 < drift / bound.drift <= 1
    assert bound.regret == pytest.approx(budget**2 / width / (2 * eta * steps) + eta * width * lipschitz**2 / 2)
    # The ReLU: features as large as the movement lets them become, 1 + m with m = q/(1 − q).
    bound = reduction.both_layers_bound(width, steps, budget, lipschitz, relu=True)
    size, moved, drift = 1 + bound.movement, 0.0, 0.0
    for t in range(steps):
        drift += lipschitz * budget * moved / steps
        moved += eta * lipschitz * (eta * lipschitz * t * size)
    assert 0.98 < moved / bound.movement <= 1
    assert 0.98 < drift / bound.drift <= 1
    faster = budget**2 / width / (2 * eta * steps) + eta * width * (lipschitz * size) ** 2 / 2
    assert bound.regret == pytest.approx(faster)


# Kernels and slopes -------------------------------------------------------------------------------------------


# checks: prp-reduction-kernels
@pytest.mark.parametrize("name", ["relu", "erf"])
def test_kernels_against_monte_carlo(name):
    generator = torch.Generator().manual_seed(12)
    x, y = torch.randn(4, 3, generator=generator, **EXACT), torch.randn(5, 3, generator=generator, **EXACT)
    w = torch.randn(400_000, 3, generator=generator, **EXACT)
    (fx, gx), (fy, gy) = (training.ACTIVATIONS[name].value_and_slope(z @ w.T) for z in (x, y))
    pairs = ((fx, fy, reduction.conjugate_kernel, 1.0), (gx, gy, reduction.tangent_kernel, x @ y.T))
    for left, right, kernel, factor in pairs:
        product = left[:, None] * right[None]
        mean, error = product.mean(-1) * factor, product.std(-1) / math.sqrt(w.shape[0]) * torch.as_tensor(factor).abs()
        z = (torch.as_tensor(kernel(x.numpy(), y.numpy(), name)) - mean) / error
        assert z.abs().max() < 4.5
        assert 0.4 < z.square().mean().sqrt() < 1.8
        assert ((2 * torch.as_tensor(kernel(x.numpy(), y.numpy(), name)) - mean) / error).abs().max() > 50


def test_relu_kernels_on_the_diagonal():
    x = np.random.default_rng(13).standard_normal((6, 4))
    np.testing.assert_allclose(np.diag(reduction.conjugate_kernel(x, x)), (x**2).sum(1) / 2, rtol=1e-14)
    np.testing.assert_allclose(np.diag(reduction.tangent_kernel(x, x)), (x**2).sum(1) / 2, rtol=1e-14)
    np.testing.assert_allclose(reduction.conjugate_kernel(x, -x).diagonal(), 0, atol=1e-15)


def test_power_law_interval_covers():
    generator = np.random.default_rng(14)
    widths = 2.0 ** np.arange(5, 12)
    hits = [
        reduction.power_law(widths, widths**-0.75 * np.exp(0.3 * generator.standard_normal((6, 7)))).agrees(-0.75)
        for _ in range(400)
    ]
    assert 0.91 < np.mean(hits) < 0.99
    assert str(reduction.power_law(widths, np.stack([widths, 2 * widths]))) == "+1.00 ± 0.00"


def test_errors_name_the_argument():
    given = {"width": 10, "steps": 5, "radius": 1.0, "lipschitz": 1.0, "slope": 1.0, "curvature": 1.0}
    with pytest.raises(ValueError, match="form must be one of"):
        reduction.sgd_bound("best", comparator=0.0, **given)
    with pytest.raises(ValueError, match="comparator must be at least 0"):
        reduction.sgd_bound("self-bounding", comparator=-1.0, **given)
    with pytest.raises(ValueError, match="curvature must be finite"):
        reduction.linearisation_gap(10, 1.0, training.ACTIVATIONS["relu"].curvature_bound)
    with pytest.raises(ValueError, match="second_moment must be at most 1"):
        reduction.linearisation_gap(10, 1.0, 1.0, second_moment=2.0)
    with pytest.raises(ValueError, match="spread must be given"):
        reduction.relu_sgd_bound("spread", width=9, steps=4, radius=1.0, lipschitz=1.0, comparator=0.0)
    with pytest.raises(ValueError, match="width must be greater than budget"):
        reduction.both_layers_bound(10, 1000, 5.0, 1.0, relu=True)
    with pytest.raises(ValueError, match="dim must be at least 3"):
        reduction.unit_density(2)
    with pytest.raises(ValueError, match="values must be positive"):
        reduction.power_law([1.0, 2.0], [[1.0, 0.0], [1.0, 1.0]])
