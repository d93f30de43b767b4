"""Closed-form moments: against mpmath, against Monte Carlo, and for the properties every Gram matrix must have."""

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from rfcompanion import gaussian

SAMPLES = 10**6


def exact_moment(h, k, rho):
    """E(U−h)_+(V−k)_+ by one integral over U at 30 digits: no Owen function, no Plackett identity."""
    with mpmath.workdps(30):
        h, k, rho = (mpmath.mpf(float(z)) for z in (h, k, rho))
        q = mpmath.sqrt(1 - rho**2)

        def inner(u):
            mean = rho * u - k
            return (u - h) * (mean * mpmath.ncdf(mean / q) + q * mpmath.npdf(mean / q)) * mpmath.npdf(u)

        centre = k / rho if rho else mpmath.mpf(0)
        spread = q / abs(rho) if rho else mpmath.mpf(1)
        points = [centre + step * spread for step in (-9, -3, 0, 3, 9)] + [mpmath.mpf(0), h + 1, h + 3]
        inside = sorted({p for p in points if h < p < h + 40})
        return float(mpmath.quad(inner, [h, *inside, max(h, 0) + 40]))


def pair(h, k, rho):
    """The moment through the public function: two unit weights in the plane."""
    W = np.array([[1.0, 0.0]])
    V = np.array([[rho, np.sqrt((1 - rho) * (1 + rho))]])
    return gaussian.relu_gram(W, np.array([-h]), V, np.array([-k]))[0, 0]


def test_reference_values():
    assert pair(0.5, -1.2, 0.7) == pytest.approx(0.453420300379485, abs=1e-15)
    assert pair(3.0, 3.0, 0.95) == pytest.approx(1.542081137593e-4, abs=1e-16)


CORRELATIONS = [0.0, 0.2, -0.5, 0.7, -0.75, 0.9249, 0.926, -0.93, 0.99, -0.999, 0.9999, 0.999999, -0.999999]
SHIFTS = [(0.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.5, 0.5), (-0.7, 0.7), (1.3, 1.3001), (-2.0, 3.0), (3.0, 2.5)]


@pytest.mark.parametrize("rho", CORRELATIONS)
@pytest.mark.parametrize(("h", "k"), SHIFTS)
def test_biased_moment_against_mpmath(h, k, rho):
    assert pair(h, k, rho) == pytest.approx(exact_moment(h, k, rho), rel=1e-13, abs=2e-15)


# checks: prp-setting-arccos
@pytest.mark.parametrize("rho", CORRELATIONS)
def test_unbiased_moment_against_mpmath(rho):
    W, V = np.array([[1.0, 0.0]]), np.array([[rho, np.sqrt((1 - rho) * (1 + rho))]])
    assert gaussian.relu_gram(W, V=V)[0, 0] == pytest.approx(exact_moment(0, 0, rho), abs=2e-15)


@pytest.mark.parametrize("bias", [-20.0, -8.0, -3.0, -2.01, -1.99, -1.0, 0.0, 0.5, 4.0])
def test_scalar_moments_against_mpmath(bias):
    with mpmath.workdps(40):
        b = mpmath.mpf(bias)
        grid = [-b + i for i in (0, 0.1, 0.5, 1, 2, 4, 8, 20)]
        mean, norm2 = (mpmath.quad(lambda z, n=n: (z + b) ** n * mpmath.npdf(z), sorted(grid)) for n in (1, 2))
    assert gaussian.relu_mean(bias) == pytest.approx(float(mean), rel=2e-14)
    assert gaussian.relu_norm2(bias) == pytest.approx(float(norm2), rel=2e-14)


def standard_scores(empirical_features, closed_form):
    """z-scores of a sample second-moment matrix against its closed form."""
    n = empirical_features.shape[0]
    mean = empirical_features.T @ empirical_features / n
    square = (empirical_features**2).T @ (empirical_features**2) / n
    spread = np.sqrt(np.maximum(square - mean**2, 1e-30) / n)
    return (mean - closed_form) / spread


@pytest.mark.parametrize("biased", [False, True])
def test_relu_gram_against_monte_carlo(biased):
    rng = np.random.default_rng(1)
    W, b = rng.normal(size=(6, 4)), rng.normal(size=6) if biased else None
    features = np.maximum(rng.normal(size=(SAMPLES, 4)) @ W.T + (0 if b is None else b), 0)
    assert np.abs(standard_scores(features, gaussian.relu_gram(W, b))).max() < 5


def test_tangent_gram_against_monte_carlo():
    rng = np.random.default_rng(2)
    W = rng.normal(size=(4, 3))
    x = rng.normal(size=(SAMPLES, 3))
    features = ((x @ W.T > 0)[:, :, None] * x[:, None, :]).reshape(SAMPLES, -1)
    assert np.abs(standard_scores(features, gaussian.relu_tangent_gram(W))).max() < 5


def test_monte_carlo_would_see_a_wrong_sign_or_factor():
    rng = np.random.default_rng(3)
    W, b = rng.normal(size=(3, 4)), rng.normal(size=3)
    features = np.maximum(rng.normal(size=(SAMPLES, 4)) @ W.T + b, 0)
    assert np.abs(standard_scores(features, gaussian.relu_gram(W, -b))).max() > 50
    assert np.abs(standard_scores(features, 2 * gaussian.relu_gram(W, b))).max() > 50


families = st.tuples(st.integers(1, 12), st.integers(2, 8), st.integers(0, 2**32 - 1))


@settings(max_examples=40, deadline=None)
@given(families, st.booleans())
def test_gram_is_rotation_invariant_and_positive(family, biased):
    r, dim, seed = family
    rng = np.random.default_rng(seed)
    W, b = rng.normal(size=(r, dim)), 2 * rng.normal(size=r) if biased else None
    gram = gaussian.relu_gram(W, b)
    rotation = ortho_group.rvs(dim, random_state=seed)
    assert np.allclose(gaussian.relu_gram(W @ rotation, b), gram, atol=1e-12)
    assert np.allclose(gram, gram.T, rtol=0, atol=0)
    assert np.linalg.eigvalsh(gram).min() > -1e-12 * np.trace(gram)


# checks: lem-homogeneity
@settings(max_examples=40, deadline=None)
@given(families, st.floats(0.01, 50))
def test_gram_is_homogeneous(family, scale):
    r, dim, seed = family
    rng = np.random.default_rng(seed)
    W, b = rng.normal(size=(r, dim)), rng.normal(size=r)
    assert np.allclose(gaussian.relu_gram(scale * W, scale * b), scale**2 * gaussian.relu_gram(W, b), rtol=1e-10)
    assert np.allclose(gaussian.relu_tangent_gram(scale * W), gaussian.relu_tangent_gram(W), atol=1e-13)


@settings(max_examples=30, deadline=None)
@given(families)
def test_tangent_gram_is_positive_and_rotates_with_the_weights(family):
    r, dim, seed = family
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(r, dim))
    gram = gaussian.relu_tangent_gram(W)
    assert np.linalg.eigvalsh(gram).min() > -1e-12 * r * dim
    rotation = ortho_group.rvs(dim, random_state=seed)
    block = np.kron(np.eye(r), rotation)
    assert np.allclose(gaussian.relu_tangent_gram(W @ rotation), block.T @ gram @ block, atol=1e-12)


def test_tangent_features_reproduce_the_neuron():
    # ⟨w, x⟩ 1{⟨w,x⟩>0} = σ(⟨w,x⟩): contracting the tangent Gram with the weights gives the ReLU Gram.
    rng = np.random.default_rng(4)
    W = rng.normal(size=(5, 3))
    tangent = gaussian.relu_tangent_gram(W).reshape(5, 3, 5, 3)
    assert np.allclose(np.einsum("ia,iajb,jb->ij", W, tangent, W), gaussian.relu_gram(W), atol=1e-13)


def test_parallel_and_opposite_weights():
    W = np.array([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0]])
    assert np.allclose(gaussian.relu_gram(W), [[0.5, 1, 0], [1, 2, 0], [0, 0, 0.5]], atol=1e-15)
    tangent = gaussian.relu_tangent_gram(W)
    assert np.allclose(tangent[:2, 2:4], np.eye(2) / 2, atol=1e-15)
    assert np.allclose(tangent[:2, 4:], 0, atol=1e-15)


def test_blocks_do_not_change_the_answer(monkeypatch):
    rng = np.random.default_rng(6)
    W, b = rng.normal(size=(37, 5)), rng.normal(size=37)
    whole = gaussian.relu_gram(W, b)
    monkeypatch.setattr(gaussian.gram, "_BLOCK", 50)
    assert np.allclose(gaussian.relu_gram(W, b), whole, rtol=0, atol=1e-14)
    assert np.allclose(gaussian.relu_gram(W, b, W, b), whole, rtol=0, atol=1e-14)


def test_torch_in_torch_out():
    rng = np.random.default_rng(7)
    W, b = rng.normal(size=(8, 3)), rng.normal(size=8)
    for dtype, tolerance in ((torch.float64, 1e-14), (torch.float32, 1e-5)):
        gram = gaussian.relu_gram(torch.tensor(W, dtype=dtype), torch.tensor(b, dtype=dtype))
        assert gram.dtype == dtype
        assert np.allclose(gram.numpy(), gaussian.relu_gram(W, b), atol=tolerance)
        tangent = gaussian.relu_tangent_gram(torch.tensor(W, dtype=dtype))
        assert np.allclose(tangent.numpy(), gaussian.relu_tangent_gram(W), atol=tolerance)
