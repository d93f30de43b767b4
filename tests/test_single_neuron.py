"""One neuron: the closed forms against mpmath, autograd and Monte Carlo; the theorems along many runs."""

import math

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rfcompanion import biased_neuron as bn
from rfcompanion import single_neuron as sn
from rfcompanion.biased_neuron.normals import density, mean_above, upper_tail
from rfcompanion.gaussian import relu_norm2

#: (b, c, θ): centred and shifted, weak and strong correlation, kinks that meet, zeros, near 0 and near π.
CASES = [
    (-0.3, 1.2, 1.0),
    (0.0, 0.0, 0.2),
    (0.0, -1.0, 0.3),
    (0.0, 1.0, 0.3),
    (-1.0, 0.0, 0.3),
    (0.5, 0.0, 2.9),
    (0.0, -0.7, 3.0),
    (-2.0, -2.5, 0.1),
    (2.0, -1.0, 2.8),
    (1.5, 1.6, 0.05),
    (-2.0, 2.5, 3.0),
    (-1.0, -1.0, 0.45),
]


def pair(theta, dim=3, rho=1.3, size=0.7):
    w, v = np.zeros(dim), np.zeros(dim)
    v[0] = size
    w[:2] = rho * math.cos(theta), rho * math.sin(theta)
    return w, v


def random_pair(generator, dim):
    return generator.standard_normal((2, dim)) * generator.uniform(0.3, 3, (2, 1))


def reference(w, b, v, c):
    """Loss, ⟨∂F/∂w, ·⟩ in the basis (e_1, e_2) and ∂F/∂b by mpmath: the integral over U, the inner one by hand."""
    mp = mpmath.mp
    mp.dps = 20
    b, c = mp.mpf(b), mp.mpf(c)
    w1, w2, size = mp.mpf(float(w[0])), mp.mpf(float(w[1])), mp.mpf(float(v[0]))
    # Integrate over x_1: the target is σ(size x_1 + c), the student σ(m + w2 Z), m = w1 x_1 + b.
    phi, cdf = mp.npdf, mp.ncdf

    def moments(m):  # E over Z of S = σ(m + w2 Z): P(S>0), E S, E S², E Z 1, E Z S
        t = m / w2
        p, q = cdf(t), phi(t)
        mean = w2 * (q + t * p)
        return p, mean, w2**2 * ((1 + t * t) * p + t * q), q, w2 * p

    def integrand(x):
        p, mean, square, z_on, z_mean = moments(w1 * x + b)
        y = max(size * x + c, 0)
        weight = phi(x)
        return weight, (square - 2 * y * mean + y * y) / 2, x * (mean - y * p), z_mean - y * z_on, mean - y * p

    kinks = sorted([-14, float(-c / size), float(-b / w1), -6, -3, -1, 0, 1, 3, 6, 14])
    kinks = [mp.mpf(k) for k in sorted(set(kinks)) if -14 <= k <= 14]
    return [mp.quad(lambda x, j=j: integrand(x)[0] * integrand(x)[j], kinks) for j in (1, 2, 3, 4)]


# checks: prp-biased-gradient
@pytest.mark.parametrize(("b", "c", "theta"), CASES)
def test_biased_loss_and_gradient_agree_with_mpmath(b, c, theta):
    w, v = pair(theta)
    value, g1, g2, gb = reference(w, b, v, c)
    slope, slope_b = bn.gradient(w, b, v, c)
    assert abs(bn.loss(w, b, v, c) - value) < 1e-12
    assert abs(slope[0] - g1) < 1e-12
    assert abs(slope[1] - g2) < 1e-12
    assert abs(slope[2]) < 1e-15
    assert abs(slope_b - gb) < 1e-12


# checks: prp-neuron-loss
@pytest.mark.parametrize("theta", [0.01, 0.5, 1.6, 2.7, 3.1])
def test_unbiased_forms_agree_with_mpmath(theta):
    w, v = pair(theta)
    value, g1, g2, _ = reference(w, 0.0, v, 0.0)
    assert abs(sn.loss(w, v) - value) < 1e-12
    assert abs(sn.gradient(w, v) - np.array([float(g1), float(g2), 0])).max() < 1e-12
    assert abs(sn.relative_error(w, v) - 4 * float(value) / 0.49) < 1e-11


def test_loss_is_exact_next_to_the_target():
    v = np.array([1.0, 0.0])
    for gap in (1e-4, 1e-7, 1e-9):
        w = np.array([1.0, gap])
        assert sn.loss(w, v) == pytest.approx(gap**2 / 4, rel=1e-3)
        assert sn.loss(v * (1 + gap), v) == pytest.approx(gap**2 / 4, rel=1e-6)


@pytest.mark.parametrize(("b", "c"), [(0.0, 0.0), (-0.4, 0.8)])
def test_gradient_agrees_with_autograd_on_a_million_samples(b, c):
    import torch

    generator = torch.Generator().manual_seed(5)
    w, v = random_pair(np.random.default_rng(1), 4)
    blocks = []
    for _ in range(100):
        x = torch.randn(10_000, 4, generator=generator, dtype=torch.float64)
        student = torch.tensor([*w, b], requires_grad=True)
        out = torch.relu(x @ student[:4] + student[4]) - torch.relu(x @ torch.tensor(v) + c)
        loss = 0.5 * (out**2).mean()
        loss.backward()
        blocks.append([loss.item(), *student.grad.tolist()])
    blocks = np.array(blocks)
    exact = np.concatenate([[bn.loss(w, b, v, c)], *map(np.atleast_1d, bn.gradient(w, b, v, c))])
    error = blocks.std(0, ddof=1) / 10
    assert (abs(blocks.mean(0) - exact) < 5 * error).all()
    # The check has teeth: twice the cross term, or a flipped sign, would be seen at once.
    assert (abs(blocks.mean(0) - 1.05 * exact) > 5 * error).any()
    if b == c == 0:
        assert abs(sn.gradient(w, v) - exact[1:5]).max() < 1e-14


@pytest.mark.parametrize("dim", [2, 5])
def test_hessian_is_the_derivative_of_the_gradient(dim):
    generator = np.random.default_rng(dim)
    for _ in range(8):
        w, v = random_pair(generator, dim)
        b, c = generator.normal(size=2)
        hessian = bn.hessian(w, b, v, c)

        def slope(z, v=v, c=c):
            return np.append(*bn.gradient(z[:dim], z[dim], v, c))

        z, step = np.append(w, b), 1e-5
        numeric = np.array([(slope(z + step * e) - slope(z - step * e)) / (2 * step) for e in np.eye(dim + 1)])
        assert abs(hessian - numeric).max() < 2e-7 * (1 + abs(hessian).max()) / min(1, np.linalg.norm(w)) ** 3


def test_hessian_at_the_target_is_the_second_moment_of_the_active_inputs():
    v = np.array([0.6, -0.8, 0.0])
    hessian = bn.hessian(v, 0.0, v, 0.0)
    expected = np.eye(4) / 2
    expected[:3, 3] = expected[3, :3] = v / math.sqrt(2 * math.pi)
    assert abs(hessian - expected).max() < 1e-14


# checks: lem-neuron-wedge
def test_contraction_is_the_smallest_eigenvalue_of_the_wedge():
    for theta in (0.0, 0.3, 1.5, 3.0):
        # E x xᵀ over the wedge where both are active: angles from θ − π/2 to π/2 of the plane, E r² = 2.
        a = np.linspace(theta - math.pi / 2, math.pi / 2, 20_001)
        direction = np.stack([np.cos(a), np.sin(a)])
        values = direction[:, None] * direction[None] / math.pi
        matrix = np.trapezoid(values, a, axis=-1)
        assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(sn.contraction(theta), abs=1e-8)
    assert sn.contraction(math.pi - 1e-3) == pytest.approx(1e-9 / (12 * math.pi), rel=1e-6)


# checks: lem-neuron-wedge
def test_inner_product_with_the_error_is_bounded_below():
    generator = np.random.default_rng(3)
    worst = math.inf
    for _ in range(500):
        w, v = random_pair(generator, 3)
        gap, slope = w - v, sn.gradient(w, v)
        quotient = slope @ gap / (sn.contraction(sn.angle(w, v)) * (gap @ gap))
        worst = min(worst, quotient)
        assert slope @ gap >= 2 * (slope @ slope) - 1e-14  # co-coercivity towards the target
    assert 1 <= worst < 2  # a constant twice as large would be wrong


# checks: thm-neuron-flow
def test_flow_solves_the_differential_equation():
    generator = np.random.default_rng(7)
    times = np.linspace(0, 12, 13)
    for dim in (2, 6):
        w, v = random_pair(generator, dim)
        numeric = solve_ivp(
            lambda t, y, v=v: -sn.gradient(y, v), (0, 12), w, t_eval=times, rtol=1e-11, atol=1e-13, method="DOP853"
        ).y.T
        assert abs(sn.gradient_flow(w, v, times) - numeric).max() < 1e-8
    v = np.array([2.0, 0.0])
    assert abs(sn.gradient_flow([5.0, 0.0], v, [0.0, 2.0])[1] - v - np.array([3 / math.e, 0])).max() < 1e-14
    with pytest.raises(ValueError, match="w must not be a negative multiple of v"):
        sn.gradient_flow([-1.0, 0.0], v, 1.0)


# checks: thm-neuron-rate, thm-neuron-descent
def test_bounds_hold_along_two_hundred_runs():
    generator = np.random.default_rng(11)
    times = np.linspace(0, 40, 161)
    closest = 0.0
    for run in range(200):
        dim = (2, 3, 10, 50)[run % 4]
        w, v = random_pair(generator, dim)
        distance = np.linalg.norm(sn.gradient_flow(w, v, times) - v, axis=1)
        ratio = distance / (sn.flow_constant(w, v) * np.exp(-times / 2))
        first = np.linalg.norm(w - v) * np.exp(-sn.contraction(sn.angle(w, v)) * times)
        assert (ratio <= 1).all()
        assert (distance <= first * (1 + 1e-12)).all()
        closest = max(closest, ratio.max())
        step = generator.uniform(0.05, 2)
        path = np.sum((sn.gradient_descent(w, v, step, 40) - v) ** 2, axis=1)
        bound = path[0] * sn.step_factor(sn.angle(w, v), step) ** np.arange(41)
        assert (path <= bound * (1 + 1e-12) + 1e-30).all()
    assert closest > 0.5  # half of the constant would fail at some run


# checks: thm-neuron-rate
def test_the_rate_one_half_is_exact():
    w, v = np.array([-0.4, 0.7]), np.array([1.0, 0.0])
    theta, t = sn.angle(w, v), 60.0
    q, C = w[1] / (math.pi - theta), (math.pi * (1 - w[0]) - theta) / w[1]
    limit = math.pi * q * math.sqrt(1 + (1 + C) ** 2 / math.pi**2)
    distance = np.linalg.norm(sn.gradient_flow(w, v, t) - v) * math.exp(t / 2)
    assert distance == pytest.approx(limit, rel=1e-3)


# checks: prp-neuron-start
@pytest.mark.parametrize("dim", [2, 3, 10, 50])
def test_caps_are_smaller_than_the_bound(dim):
    angles = np.linspace(0, math.pi, 200_001)
    density = np.sin(angles) ** (dim - 2)
    share = np.cumsum(density) / density.sum()
    delta = np.linspace(0.05, math.pi / 2, 12)
    cap = np.interp(delta, angles, share)
    bound = 0.5 * np.sin(delta) ** (dim - 1)
    assert (cap <= bound * (1 + 1e-3) + 1e-4).all()
    assert cap[-1] == pytest.approx(bound[-1], abs=1e-4)  # equality at π/2: half the bound would be wrong


# checks: thm-biased-critical
@pytest.mark.parametrize("c", [-1.0, 0.0, 0.8])
def test_the_only_critical_point_with_weights_is_the_target(c):
    v, least = np.array([1.0, 0.0]), math.inf
    for theta in (0.0, 0.7, 1.6, 2.6, math.pi):
        for rho in (0.4, 1.0, 2.5):
            for b in (-1.5, -1.0, 0.0, 0.8, 2.0):
                w = rho * np.array([math.cos(theta), math.sin(theta) if theta < math.pi else 0.0])
                slope, slope_b = bn.gradient(w, b, v, c)
                size = math.hypot(np.linalg.norm(slope), slope_b)
                if theta == 0.0 and rho == 1.0 and b == c:
                    assert size < 1e-15
                else:
                    least = min(least, size)
    assert least > 1e-5
    # Dead students: gradient and Hessian vanish to every order as the weight does.
    w = np.array([0.05, 0.02])
    assert np.linalg.norm(bn.gradient(w, -1.0, v, c)[0]) < 1e-60
    assert abs(bn.hessian(w, -1.0, v, c)).max() < 1e-60


def test_step_two_is_newtons_method():
    w, v = np.array([-0.3, 0.9]), np.array([1.0, 0.0])
    path = sn.gradient_descent(w, v, 2.0, 12)
    theta = [sn.angle(p, v) for p in path]
    gap = np.linalg.norm(path - v, axis=1)
    small = np.array(theta) < 0.3
    k = np.flatnonzero(small)[0]
    assert gap[k + 1] == pytest.approx(theta[k] ** 2 / math.pi, rel=0.05)


def test_stochastic_gradient_identity():
    generator = np.random.default_rng(13)
    w, v = random_pair(generator, 5)
    x = generator.standard_normal((400_000, 5))
    u = np.where(x @ w > 0, x @ w - np.maximum(x @ v, 0), 0.0)
    difference = u**2 * ((x**2).sum(1) - 7)  # d + 2 = 7
    assert abs(difference.mean()) < 5 * difference.std() / math.sqrt(len(x))
    off = u**2 * ((x**2).sum(1) - 6)
    assert abs(off.mean()) > 5 * off.std() / math.sqrt(len(x))


# checks: thm-neuron-samples
def test_second_moment_of_the_averaged_start():
    """E‖w_0 − v‖² = (2d+3)/n_0."""
    generator, dim, n = np.random.default_rng(29), 4, 25
    x = generator.standard_normal((20_000, n, dim))
    starts = 2 / n * np.einsum("rn,rnd->rd", np.maximum(x[..., 0], 0), x)
    square = ((starts - np.eye(dim)[0]) ** 2).sum(1)
    deviation = square.std() / math.sqrt(len(square))
    assert abs(square.mean() - (2 * dim + 3) / n) < 4 * deviation
    assert abs(square.mean() - (2 * dim + 4) / n) > 5 * deviation, "mutation: 2d+4 is wrong"


# checks: thm-neuron-samples
def test_sufficient_samples_suffice():
    dim, goal, failure = 5, 1e-3, 0.2
    first, later = sn.sufficient_samples(dim, goal, failure)
    generator = np.random.default_rng(17)
    v, failures = np.eye(dim)[0], 0
    for _ in range(30):
        x = generator.standard_normal((first, dim))
        w = 2 * np.maximum(x @ v, 0) @ x / first
        for x in generator.standard_normal((later, dim)):
            z = x @ w
            if z > 0:
                w = w - (z - max(x @ v, 0)) / (dim + 2) * x
        failures += sn.relative_error(w, v) > goal
    assert failures <= 30 * failure


# checks: thm-dying
@pytest.mark.parametrize(
    ("w", "b", "c"), [((-0.6, 0.3), -2.0, 0.0), ((-1.0, 0.8), -3.5, -1.0), ((-0.2, 0.1), -1.0, -0.5)]
)
def test_neurons_that_die(w, b, c):
    v = np.array([1.0, 0.0])
    assert bn.never_recovers(w, b, v, c)

    def field(t, z):
        slope, slope_b = bn.gradient(z[:2], z[2], v, c)
        return -np.append(slope, slope_b)

    run = solve_ivp(field, (0, 1e5), [*w, b], method="LSODA", rtol=1e-9, atol=1e-13)
    radius = np.hypot(run.y[0], run.y[1])
    assert (run.y[0] < 0).all()
    assert (np.diff(-run.y[2] / radius) > -1e-12).all()  # h grows
    dead = relu_norm2(c) / 2
    assert bn.loss(run.y[:2, -1], run.y[2, -1], v, c) == pytest.approx(dead, rel=1e-2)


# checks: thm-dying
def test_differential_inequalities_of_dying_neurons():
    """Where cos θ ≤ −γ and 2(1+h²)A(γh) ≤ D: ḣ ≥ φ(h)/2, Ḋ ≥ 0 and |θ̇|/ḣ ≤ 2Q(γh)/D; half of each would be wrong."""
    generator, v = np.random.default_rng(23), np.array([1.0, 0.0])
    kink, depth, turn = [], [], []
    for _ in range(400):
        gamma, h = generator.uniform(0.15, 0.95), generator.uniform(0.05, 6)
        theta = math.acos(-gamma) + 1e-9
        if generator.random() < 0.5:
            theta = generator.uniform(theta, math.pi - 1e-3)
        D = 2 * (1 + h * h) * mean_above(gamma * h) * generator.choice([1.0, 1.2, 3.0])
        rho = D / h
        w = rho * np.array([math.cos(theta), math.sin(theta)])
        slope, slope_b = bn.gradient(w, -D, v, 0.0)
        rho_dot, theta_dot = -slope @ w / rho, -(w[0] * slope[1] - w[1] * slope[0]) / rho**2
        h_dot = (slope_b - h * rho_dot) / rho
        kink.append(h_dot / density(h))
        depth.append(slope_b / (rho * mean_above(h)))
        turn.append(abs(theta_dot) / h_dot * D / (2 * upper_tail(gamma * h)))
    assert 0.5 <= min(kink) < 0.75, "mutation: ḣ ≥ φ(h) is wrong"
    assert min(depth) >= 0
    assert 0.5 < max(turn) <= 1, "mutation: half of the bound on the angle is wrong"


# checks: thm-dying
def test_starts_that_the_theorem_does_not_cover():
    v = np.array([1.0, 0.0])
    assert not bn.never_recovers([0.5, 0.3], -2.0, v, 0.0)  # acute angle
    assert not bn.never_recovers([-0.6, 0.3], 0.5, v, 0.0)  # positive bias
    assert not bn.never_recovers([-0.6, 0.3], -2.0, v, 0.5)  # target with positive bias
    assert not bn.never_recovers([-3.0, 1.0], -0.5, v, 0.0)  # too much of it is still active


def test_fates_of_the_flow():
    v = np.array([1.0, 0.0, 0.0])
    fate, _, path = bn.flow(np.array([0.3, 0.0, 0.9]), 0.0, v, 0.0)
    assert fate == "learnt"
    assert abs(path[0] - [0.3, 0.9, 0]).max() < 1e-15
    assert np.linalg.norm(path[-1] - [1, 0, 0]) == pytest.approx(1e-2, rel=1e-3)
    fate, _, path = bn.flow(np.array([-0.95, 0.0, 0.3]), 0.0, v, 0.0)
    assert fate == "dead"
    assert bn.never_recovers(path[-1, :2] - [0, 0], path[-1, 2] - 1e-3, v[:2], 0.0)
    assert bn.flow([-0.6, 0.3, 0.0], -2.0, v, 0.0)[1] == [0.0]  # covered at once
    assert bn.flow([1.0, 0.001, 0.0], 0.0, v, 0.0)[0] == "learnt"  # at the target from the start
    assert bn.flow(v[::-1] + 0.1, 0.0, v, 0.0, horizon=0.1)[0] == "undecided"


def test_relative_error_of_dead_and_constant_students():
    v = np.array([2.0, 0.0])
    assert sn.relative_error(np.zeros(2), v, -1.0, 0.5) == pytest.approx(1)
    assert sn.relative_error(v, v, 0.5, 0.5) == pytest.approx(0, abs=1e-15)
    constant = sn.relative_error(np.zeros(2), v, 0.3, 0.0)
    assert constant == pytest.approx((0.09 - 0.6 * 2 / math.sqrt(2 * math.pi) + 2) / 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sn.loss([0.0, 0.0], [1.0, 0.0]), "w must not be the zero vector"),
        (lambda: sn.gradient([1.0], [1.0, 0.0]), "v must have shape"),
        (lambda: bn.loss([1.0], math.nan, [1.0], 0.0), "b must be finite"),
        (lambda: sn.step_factor(1.0, 2.5), "step must be at most 2"),
        (lambda: sn.gradient_descent([1.0], [1.0], 1.0, -1), "steps must be at least 0"),
        (lambda: sn.sufficient_samples(5, 2.0), "relative_error must be at most 1"),
        (lambda: sn.contraction([0.5, 4.0]), "theta must lie between 0 and pi"),
        (lambda: sn.step_factor(math.nan, 1.0), "theta must lie between 0 and pi"),
        (lambda: sn.gradient_flow([1.0, 1.0], [1.0, 0.0], [0.0, -1.0]), "times must be finite and at least 0"),
        (lambda: sn.relative_error([1.0, 0.0], [0.0, 0.0]), "v must not be the zero vector"),
        (lambda: sn.relative_error([0.0, 0.0], [1.0, 0.0], math.nan), "b must be finite"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
