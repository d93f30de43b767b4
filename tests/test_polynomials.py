"""Prices, shares and guarantees of chapter "Polynomials", each against a second way of computing it."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc, gammaln

from rfcompanion import gaussian, harmonics, polynomials


def unit(rng, n, dim):
    x = rng.standard_normal((n, dim))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def mp_coefficient(dim, ell, profile, start):
    """∫ profile P_ℓ dμ_d over [start, 1] in 30 digits, the Legendre polynomial from Gegenbauer's."""
    with mp.workdps(30):
        nu = mp.mpf(dim) / 2 - 1
        density = mp.gamma(mp.mpf(dim) / 2) / (mp.gamma(mp.mpf(dim - 1) / 2) * mp.sqrt(mp.pi))
        scale = density / mp.gegenbauer(ell, nu, 1)
        weight = mp.mpf(dim - 3) / 2
        return scale * mp.quad(
            lambda t: profile(t) * mp.gegenbauer(ell, nu, t) * (1 - t * t) ** weight,
            mp.linspace(mp.mpf(start), 1, 5),
        )


@pytest.mark.parametrize(("dim", "bias"), [(3, 0.0), (5, 0.3), (10, -0.4), (20, 0.1)])
@pytest.mark.parametrize("ell", [0, 1, 2, 3, 4, 7])
def test_neuron_coefficients_against_mpmath(dim, bias, ell):
    exact = mp_coefficient(dim, ell, lambda t: t + mp.mpf(bias), -bias)
    step = mp_coefficient(dim, ell, lambda t: 1, -bias)
    assert polynomials.neuron_coefficients(dim, ell, bias)[ell] == pytest.approx(float(exact), rel=1e-11, abs=1e-15)
    values = polynomials.neuron_coefficients(dim, ell, bias, derivative=True)
    assert values[ell] == pytest.approx(float(step), rel=1e-11, abs=1e-15)


def test_parity_zeros_are_exact():
    assert (polynomials.feature_eigenvalues(10, 9)[3::2] == 0).all()
    assert (polynomials.feature_eigenvalues(10, 9, family="tangent")[3::2] == 0).all()
    assert (polynomials.feature_eigenvalues(10, 9, 0.1) > 0).all()


def test_hermite_coefficients_against_quadrature():
    for bias in (-1.0, 0.0, 0.4):
        smooth = polynomials.relu_hermite_coefficients(6, bias)
        # E σ(Z+b) h_k(Z) by splitting at the kink: Gauss–Legendre on [−b, 12]
        x, w = np.polynomial.legendre.leggauss(200)
        t = (12 + bias) / 2 * (x + 1) - bias
        density = np.exp(-t * t / 2) / math.sqrt(2 * math.pi) * w * (12 + bias) / 2
        assert np.allclose(smooth, harmonics.hermite(6, t) @ (density * (t + bias)), atol=1e-13)
    assert len(polynomials.relu_hermite_coefficients(0)) == 1


def test_gaussian_weights_kernel_is_the_power_series_of_hermite_coefficients():
    a = polynomials.relu_hermite_coefficients(60, 0.5)
    for t in (-0.5, 0.0, 0.6):
        W, V = np.array([[1.0, 0.0]]), np.array([[t, math.sqrt(1 - t * t)]])
        closed = gaussian.relu_gram(W, np.array([0.5]), V, np.array([0.5]))[0, 0]
        assert np.polynomial.polynomial.polyval(t, a**2) == pytest.approx(closed, abs=1e-12)


def test_gaussian_weight_eigenvalues_from_the_power_series():
    dim, bias, top = 10, 0.4, 400
    a2 = polynomials.relu_hermite_coefficients(top, bias) ** 2
    lam = np.zeros(5)
    for j in range(top + 1):
        b = polynomials.power_eigenvalues(dim, j)[:5]
        lam[: len(b)] += a2[j] * b
    assert np.allclose(lam, polynomials.feature_eigenvalues(dim, 4, bias, weights="gaussian"), rtol=1e-6)


# checks: lem-polynomials-powers
def test_power_eigenvalues_against_quadrature():
    for dim in (2, 3, 7, 20):
        t, weight = harmonics.sphere_quadrature(dim, 20)
        for power in range(8):
            direct = harmonics.legendre(dim, power, t) @ (weight * t**power)
            assert np.allclose(polynomials.power_eigenvalues(dim, power), direct, atol=1e-13)


def at_latitude(dim, s, t, b):
    q = np.sqrt(np.outer(1 - s * s, 1 - t * t))
    a, n = np.outer(s, t), dim - 1
    z = np.clip(-(a + b) / q, -1, 1)
    above = betainc((n - 1) / 2, (n - 1) / 2, (1 - z) / 2)
    slope = math.exp(gammaln(n / 2) - gammaln((n - 1) / 2)) / math.sqrt(math.pi)
    return a, q, above, slope * (1 - z * z) ** ((n - 1) / 2) / (n - 1)


# checks: thm-polynomials-price
@pytest.mark.parametrize("dim", [5, 10, 20])
@pytest.mark.parametrize("family", ["conjugate", "tangent"])
def test_prices_agree_with_direct_least_squares(dim, family):
    """Infinitely many features, resolved by latitude; no Funk–Hecke formula enters the least-squares problem."""
    b = polynomials.balanced_bias(dim)
    (s, ws), (t, wt) = (harmonics.sphere_quadrature(dim, 220) for _ in range(2))
    a, q, above, slope = at_latitude(dim, s, t, b)
    if family == "conjugate":
        design = ((a + b) * above + q * slope).T * np.sqrt(ws)
    else:
        design = np.hstack([(t * above).T * np.sqrt(ws), (np.sqrt(1 - t * t) * slope).T * np.sqrt(ws)])
    sizes = [harmonics.harmonic_dimension(dim, ell) for ell in range(5)]
    targets = (np.sqrt(sizes)[:, None] * harmonics.legendre(dim, 4, t)).T
    root = np.sqrt(wt)[:, None]
    u = np.linalg.lstsq(design * root, targets * root, rcond=1e-9)[0]
    assert (wt @ (design @ u - targets) ** 2).max() < 1e-15
    lam = polynomials.feature_eigenvalues(dim, 4, b, family=family)
    exact = [polynomials.rkhs_price(np.eye(5)[ell], lam) for ell in range(5)]
    assert np.allclose((u * u).sum(axis=0), exact, rtol=1e-4)


POLYNOMIAL = {(1, 1): 2.0, (2,): 1.0, (3,): 0.7, (0, 1, 2): -1.0, (1,): 0.3, (): 0.4, (4,): 1.5, (1, 1, 1, 1): 3.0}


def values_at(polynomial, x):
    return sum(a * np.prod([x[:, i] ** e for i, e in enumerate(m)], axis=0) for m, a in polynomial.items())


# checks: cor-polynomials-harmonic
def test_harmonic_masses_against_an_exact_cubature():
    """‖p_ℓ‖² = N E p(x) p(y) P_ℓ(⟨x,y⟩) with product Gauss nodes that are exact for degree 8 in R⁴."""
    (t1, w1), (t2, w2) = harmonics.sphere_quadrature(4, 8), harmonics.sphere_quadrature(3, 8)
    phi = 2 * np.pi * np.arange(12) / 12
    T1, T2, PHI = np.meshgrid(t1, t2, phi, indexing="ij")
    weight = (w1[:, None, None] * w2[None, :, None] * np.ones(12)[None, None] / 12).ravel()
    r1, r2 = np.sqrt(1 - T1**2), np.sqrt(1 - T2**2)
    x = np.stack([T1, r1 * T2, r1 * r2 * np.cos(PHI), r1 * r2 * np.sin(PHI)], axis=-1).reshape(-1, 4)
    p = values_at(POLYNOMIAL, x) * weight
    legendre = harmonics.legendre(4, 4, np.clip(x @ x.T, -1, 1))
    exact = [harmonics.harmonic_dimension(4, ell) * p @ legendre[ell] @ p for ell in range(5)]
    masses = polynomials.harmonic_masses(POLYNOMIAL, 4)
    assert np.allclose(masses, exact, atol=1e-13)
    assert masses.sum() == pytest.approx(weight @ values_at(POLYNOMIAL, x) ** 2)


# checks: cor-polynomials-harmonic
@pytest.mark.parametrize("beta", [0.0, 0.4, -0.7])
def test_price_of_a_harmonic_and_its_limit(beta):
    gaps = []
    for dim in (100, 10_000):
        lam = polynomials.feature_eigenvalues(dim, 4, beta / math.sqrt(dim))
        sizes = np.array([float(harmonics.harmonic_dimension(dim, k)) for k in range(5)])
        masses = sizes * lam / polynomials.neuron_norm2(dim, beta / math.sqrt(dim))
        limit = polynomials.relu_hermite_coefficients(4, beta) ** 2 / gaussian.relu_norm2(beta)
        gaps.append(abs(masses - limit).max())
        price = polynomials.rkhs_price(np.eye(5)[2], lam) * polynomials.neuron_norm2(dim, beta / math.sqrt(dim))
        assert price == pytest.approx(sizes[2] / masses[2])
    assert gaps[1] < gaps[0] / 30 < 1e-3  # of order 1/d


# checks: prp-polynomials-coefficients
@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=6, max_size=6), st.integers(3, 8))
def test_coefficient_price_is_an_upper_bound(coefficients, dim):
    keys = [(), (1,), (1, 1), (2,), (0, 0, 3), (1, 1, 1)]
    polynomial = {m: a for m, a in zip(keys, coefficients, strict=True) if abs(a) > 1e-3}
    if not polynomial:
        return
    lam = polynomials.feature_eigenvalues(dim, 3, polynomials.balanced_bias(dim))
    price = polynomials.rkhs_price(polynomials.harmonic_masses(polynomial, dim), lam[: max(map(sum, polynomial)) + 1])
    alpha2 = sum(a * a for a in polynomial.values())
    assert price <= alpha2 * polynomials.coefficient_price(dim, 3, lam) * (1 + 1e-9)


def test_coefficient_price_is_attained_and_at_most_the_hermite_bound():
    dim = 6
    lam = polynomials.feature_eigenvalues(dim, 3, 0.1)
    sums = sum(np.pad(polynomials.power_eigenvalues(dim, j), (0, 3 - j)) for j in range(4))
    worst = np.argmax(sums / lam)
    # The maximiser is the section Σ_j b_j-weighted zonal function: mass s_ℓ² with tensor norm² s_ℓ.
    assert polynomials.coefficient_price(dim, 3, lam) == pytest.approx(sums[worst] / lam[worst])
    gauss = polynomials.feature_eigenvalues(dim, 3, 0.4, weights="gaussian")
    hermite = 1 / (polynomials.relu_hermite_coefficients(3, 0.4) ** 2).min()
    assert polynomials.coefficient_price(dim, 3, gauss) <= hermite * (1 + 1e-9)
    assert polynomials.coefficient_price(dim, 3, gauss) > hermite / 3


# checks: thm-polynomials-representer
def test_representer_error_is_an_identity():
    """Monte Carlo over W of the exact population error of sampled representers."""
    rng, dim, r, b = np.random.default_rng(0), 6, 40, 0.2
    lam = polynomials.feature_eigenvalues(dim, 2, b)
    c = polynomials.neuron_coefficients(dim, 2, b)
    size = harmonics.harmonic_dimension(dim, 2)
    errors = []
    for _ in range(1000):
        W = unit(rng, r, dim)
        zonal = harmonics.legendre(dim, 2, np.clip(W[:, 0], -1, 1))[2] * math.sqrt(size)  # Y(w), the target at w
        u = zonal / c[2] / r
        errors.append(u @ polynomials.sphere_gram(W, b) @ u - 2 * c[2] * u @ zonal + 1)
    expected = polynomials.representer_error(1 / lam[2], polynomials.neuron_norm2(dim, b), 1.0, r)
    z = (np.mean(errors) - expected) / (np.std(errors) / math.sqrt(len(errors)))
    assert abs(z) < 4
    assert abs(np.mean(errors) / expected - 1) < 0.1  # a factor of two would be seen


def test_width_times_error_of_a_unit_harmonic():
    """The price minus one, N(d,k)/m_k − 1: at d = 10 and degree 1 it is 20.1, and 21.1 would be seen."""
    rng, dim, r = np.random.default_rng(0), 10, 40
    b = polynomials.balanced_bias(dim)
    c, F2 = polynomials.neuron_coefficients(dim, 1, b), polynomials.neuron_norm2(dim, b)
    errors = []
    for _ in range(4000):
        W = unit(rng, r, dim)
        linear = math.sqrt(dim) * W[:, 0]
        u = linear / c[1] / r
        errors.append(u @ polynomials.sphere_gram(W, b) @ u - 2 * c[1] * u @ linear + 1)
    price = F2 / c[1] ** 2  # N(d,1)/m_1, since m_1 = N(d,1) c_1²/F²
    assert abs(r * np.mean(errors) - (price - 1)) < 0.5
    assert abs(price - 1 - 20.1) < 0.05


def test_sphere_gram_without_bias_is_the_arc_cosine_kernel():
    W = unit(np.random.default_rng(1), 60, 10)
    assert np.allclose(polynomials.sphere_gram(W), gaussian.relu_gram(W) / 10, atol=1e-13)


def test_sphere_gram_with_bias_against_monte_carlo():
    rng = np.random.default_rng(2)
    W, x, b = unit(rng, 6, 5), unit(rng, 200_000, 5), 0.3
    f = np.maximum(x @ W.T + b, 0)
    gram = polynomials.sphere_gram(W, b)
    for i in range(6):
        for j in range(6):
            product = f[:, i] * f[:, j]
            assert abs(product.mean() - gram[i, j]) < 5 * product.std() / math.sqrt(len(x))


# checks: thm-polynomials-budget
def test_shares_obey_the_budget_identity_and_are_real_fits():
    rng, dim, r, b = np.random.default_rng(3), 5, 30, 0.3
    W = unit(rng, r, dim)
    shares = polynomials.degree_shares(W, range(120), b)
    sizes = np.array([harmonics.harmonic_dimension(dim, ell) for ell in range(120)], dtype=float)
    assert (shares * sizes).sum() == pytest.approx(r, rel=1e-2)
    assert (shares <= np.minimum(1, r / sizes) + 1e-9).all()
    # one target of degree 2 after another: the mean over an orthonormal basis is the share
    gram, c = polynomials.sphere_gram(W, b), polynomials.neuron_coefficients(dim, 2, b)
    e = unit(rng, 4000, dim)
    cross = c[2] * harmonics.legendre(dim, 2, np.clip(W @ e.T, -1, 1))[2]
    captured = sizes[2] * np.einsum("ij,ij->j", cross, np.linalg.solve(gram, cross))
    assert abs(captured.mean() - shares[2]) < 5 * captured.std() / math.sqrt(4000)


def test_predicted_shares_close_to_fits():
    dim, r, b = 10, 400, polynomials.balanced_bias(10)
    W = unit(np.random.default_rng(4), r, dim)
    predicted = polynomials.predicted_shares(dim, r, polynomials.feature_eigenvalues(dim, 60, b))
    assert np.allclose(polynomials.degree_shares(W, range(5), b), predicted[:5], atol=0.02)
    sizes = [float(harmonics.harmonic_dimension(dim, ell)) for ell in range(61)]
    assert predicted @ sizes == pytest.approx(r)


# checks: prp-polynomials-floor
def test_radial_floor_is_met_by_a_fit():
    """Unbiased ReLUs, Gaussian inputs, target x_1 x_2: the population fit stops at the floor."""
    assert polynomials.radial_floor(10) == pytest.approx(0.0408, abs=1e-4)
    assert polynomials.radial_floor(50) == pytest.approx(0.00957, abs=1e-5)
    assert polynomials.radial_floor(7, 1) == pytest.approx(0, abs=1e-14)
    assert polynomials.radial_floor(7, 3) == 1.0
    dim, rng = 5, np.random.default_rng(5)
    W = unit(rng, 1500, dim)
    cross = W[:, 0] * W[:, 1] / math.sqrt(2 * math.pi)
    left = 1 - cross @ np.linalg.solve(gaussian.relu_gram(W), cross)
    floor = polynomials.radial_floor(dim)
    assert floor < left < 1.02 * floor
    rho = np.linalg.norm(rng.standard_normal((400_000, dim)), axis=1)
    assert 1 - (rho**3).mean() ** 2 / ((rho**2).mean() * (rho**4).mean()) == pytest.approx(floor, abs=2e-3)


def sgd(W, b, target, steps, step_size, rng, both):
    W, u, total = W.copy(), np.zeros(len(W)), 0.0
    x = unit(rng, steps, W.shape[1])
    y = target(x)
    for t in range(steps):
        z = W @ x[t] + b
        f = np.maximum(z, 0)
        residual = u @ f - y[t]
        total += abs(residual)
        slope = np.sign(residual)
        if both:
            W -= step_size * slope * np.outer(u * (z > 0), x[t])
        u -= step_size * slope * f
    return total / steps, W


# checks: thm-polynomials-learning, thm-polynomials-both
@pytest.mark.parametrize(("layers", "error"), [("output", 0.5), ("both", 1.0)])
def test_sgd_meets_its_guarantee(layers, error):
    dim, rng = (5 if layers == "output" else 3), np.random.default_rng(6)
    b = polynomials.balanced_bias(dim)
    price = polynomials.rkhs_price([0, 0, 1.0], polynomials.feature_eigenvalues(dim, 2, b))
    plan = polynomials.learning_bound(dim, 2, error, price=price, inputs="uniform", layers=layers)
    scale = math.sqrt(dim * (dim + 2))
    W = unit(rng, plan.width, dim)
    loss, after = sgd(W, b, lambda x: scale * x[:, 0] * x[:, 1], plan.steps, plan.step_size, rng, layers == "both")
    assert loss <= plan.guarantee <= error * (1 + 1e-9)
    if layers == "both":
        F = math.sqrt(polynomials.neuron_norm2(dim, b))
        q = price * plan.steps / (2 * plan.width**2 * F * F)
        assert np.linalg.norm(after - W, axis=1).max() <= q * (1 + b) / (1 - q)


# checks: thm-polynomials-learning, thm-polynomials-both
@pytest.mark.parametrize(("width", "inputs"), [(900, "uniform"), (3000, "any")])
def test_guarantees_are_the_sums_that_they_come_from(width, inputs):
    """The steps of both proofs run one by one: a constant that is wrong by a factor of two is seen."""
    C2, F2, S, G, steps = 40.0, 0.11, 1.2, 1.7, 350
    C, F = math.sqrt(C2), math.sqrt(F2)
    settings = {"feature_norm2": F2, "feature_max": S, "lipschitz": G, "inputs": inputs}
    eta = C / (width * G * F * math.sqrt(steps))
    sampled = G * math.sqrt(C2 * (F2 if inputs == "uniform" else S * S) / width)  # part 1 of the sampling theorem
    regret = C2 / width / (2 * eta * steps) + eta * G**2 * width * F2 / 2
    assert polynomials.sgd_guarantee(C2, width, steps, **settings) == pytest.approx(sampled + regret)
    # Both layers: largest output weight and largest movement, step by step, with the largest feature S + δ.
    q = C2 * steps / (2 * width**2 * F2)
    delta = q * S / (1 - q)
    output = moved = drift = 0.0
    for _ in range(steps):
        drift += G * C * moved / steps
        moved, output = moved + eta * G * output, output + eta * G * (S + delta)
    assert 0.98 < moved / delta <= 1
    both = polynomials.sgd_guarantee(C2, width, steps, layers="both", **settings)
    faster = C2 / width / (2 * eta * steps) + eta * G**2 * width * (F + delta) ** 2 / 2
    assert both == pytest.approx(sampled + faster + G * C * delta / 3)
    assert 0.98 < drift / (G * C * delta / 3) <= 1
    assert polynomials.sgd_guarantee(C2, 30, steps, layers="both", **settings) == math.inf  # q > 1


def test_learning_bound_says_when_it_is_vacuous():
    assert not polynomials.learning_bound(10, 2, 0.5).vacuous
    assert polynomials.learning_bound(10, 2, 2.0).vacuous
    free = polynomials.learning_bound(20, 4, 0.1, inputs="uniform")
    assert (
        free.width
        == free.steps
        == math.ceil(400 * free.price * polynomials.neuron_norm2(20, polynomials.balanced_bias(20)))
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: polynomials.feature_eigenvalues(2, 3), "dim must be at least 3"),
        (lambda: polynomials.feature_eigenvalues(5, 3, 1.0), "bias must be less than 1"),
        (lambda: polynomials.feature_eigenvalues(5, 3, family="deep"), "family must be one of"),
        (lambda: polynomials.feature_eigenvalues(5, 3, 0.1, family="tangent", weights="gaussian"), "bias must be 0"),
        (lambda: polynomials.rkhs_price([1.0, 1.0], [1.0]), "eigenvalues must have at least 2"),
        (lambda: polynomials.rkhs_price([-1.0], [1.0]), "must not be negative"),
        (lambda: polynomials.learning_bound(5, 3, 0.0), "error must be greater than 0"),
        (lambda: polynomials.learning_bound(5, 3, 0.1, bias=0.0), "bias must give every degree"),
        (lambda: polynomials.sphere_gram(np.ones((3, 5))), "W must hold unit vectors"),
        (lambda: polynomials.harmonic_masses({}), "polynomial must have at least one term"),
        (lambda: polynomials.predicted_shares(5, 10**6, [1.0, 1.0]), "features must be below"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_price_is_infinite_in_the_parity_trap():
    assert polynomials.rkhs_price([0, 0, 0, 1.0], polynomials.feature_eigenvalues(8, 3)) == math.inf
