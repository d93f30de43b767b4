"""Fits from exact moments against scipy, the exact floor e_r, and every kind of degenerate Gram matrix."""

import math

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcompanion import gaussian, lower_bound
from rfcompanion.fitting import Fit, dense, fit_population


def relu_problem(dim, count, seed=0, targets=1):
    rng = np.random.default_rng(seed)
    w, v = rng.standard_normal((count, dim)), rng.standard_normal((targets, dim))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    cross = gaussian.relu_gram(w, V=v)
    return gaussian.relu_gram(w), cross[:, 0] if targets == 1 else cross


def sampled_problem(seed, count, rows, targets):
    """Moments of a random design: a Gram matrix, cross moments and squares that belong together."""
    rng = np.random.default_rng(seed)
    design = rng.standard_normal((rows, count)) * 10.0 ** rng.uniform(-1.5, 1.5, count)
    y = rng.standard_normal((rows, targets)) + design @ rng.standard_normal((count, targets)) / count
    return design, y, design.T @ design / rows, design.T @ y / rows, (y**2).mean(0)


def plain_error(gram, cross, norm2, u):
    return norm2 - 2 * (u * cross).sum(0) + (u * (gram @ u)).sum(0)


@pytest.mark.parametrize("seed", range(100))
def test_random_small_problems_against_scipy(seed):
    rng = np.random.default_rng(1000 + seed)
    count, targets = int(rng.integers(1, 25)), int(rng.integers(1, 4))
    design, y, gram, cross, norm2 = sampled_problem(seed, count, count + int(rng.integers(5, 60)), targets)
    ridge = 0.0 if seed % 3 == 0 else 10.0 ** rng.uniform(-8, 1)
    fit = fit_population(gram, cross, norm2, ridge)
    stacked = np.vstack([design / math.sqrt(len(design)), math.sqrt(ridge) * np.eye(count)])
    right = np.vstack([y / math.sqrt(len(y)), np.zeros((count, targets))])
    expected = scipy.linalg.lstsq(stacked, right)[0]
    rounding = 1e-13 * fit.condition * max(np.abs(expected).max(), np.abs(cross).max() / np.diagonal(gram).max())
    assert np.abs(fit.weights - expected).max() <= rounding
    assert np.abs(fit.error - ((y - design @ expected) ** 2).mean(0)).max() <= 1e-9 * norm2.max()
    assert fit.residual < 1e-11
    path = fit_population(gram, cross, norm2, [ridge, ridge + 0.1, 3.0])
    assert np.abs(path.weights[0] - fit.weights).max() <= 1e-12 * max(1.0, np.abs(fit.weights).max())
    wide = fit_population(gram, cross, norm2, np.append(ridge, np.geomspace(0.1, 10, 13)))
    assert wide.method == "eigendecomposition"
    assert np.abs(wide.weights[0] - fit.weights).max() <= rounding


@pytest.mark.parametrize(("dim", "count"), [(5, 100), (10, 400)])
def test_no_fit_is_better_than_the_best_features(dim, count):
    gram, cross = relu_problem(dim, count, targets=20)
    fit = fit_population(gram, cross, 0.5)
    floor = lower_bound.best_relative_error(dim, count)
    assert fit.relative_error.mean() > floor
    assert fit.relative_error.mean() < 4 * floor
    assert np.allclose(fit.relative_error, 1 - 2 * (cross * np.linalg.solve(gram, cross)).sum(0), atol=1e-12)


def test_shapes_of_paths_and_targets():
    gram, cross = relu_problem(4, 30, targets=3)
    norms = np.full(3, 0.5)
    assert fit_population(gram, cross[:, 0], 0.5).weights.shape == (30,)
    assert isinstance(fit_population(gram, cross[:, 0], 0.5).error, float)
    fit = fit_population(gram, cross, norms, [0.1, 1.0])
    assert fit.weights.shape == (2, 30, 3)
    assert fit.error.shape == (2, 3)
    assert fit_population(gram, cross[:, 0], 0.5, [0.1, 1.0]).weights.shape == (2, 30)
    assert fit_population(gram, cross[:, 0], 0.5, budget=[1.0, 2.0]).error.shape == (2,)


def test_error_is_monotone_in_the_ridge_and_objective_is_minimal():
    gram, cross = relu_problem(6, 60)
    ridges = np.geomspace(1e-8, 10, 30)
    fit = fit_population(gram, cross, 0.5, ridges)
    assert (np.diff(fit.error) > -1e-15).all()
    rng = np.random.default_rng(0)
    for ridge, u, error in zip(ridges[::7], fit.weights[::7], fit.error[::7], strict=True):
        best = error + ridge * u @ u
        for _ in range(5):
            v = u + rng.standard_normal(60) * 10.0 ** rng.uniform(-6, 0)
            assert plain_error(gram, cross, 0.5, v) + ridge * v @ v >= best - 1e-14


def test_ridge_to_zero_is_continuous():
    gram, cross = relu_problem(8, 50)
    path = fit_population(gram, cross, 0.5, [0.0, 1e-14, 1e-12])
    assert np.abs(np.diff(path.error)).max() < 1e-11


def test_singular_gram_is_cured_and_reported():
    gram, cross = relu_problem(2, 300)
    fit = fit_population(gram, cross, 0.5)
    assert "eigenvalues at or below" in fit.cure
    assert fit.method == "eigendecomposition"
    assert fit.relative_error < 1e-6
    assert "cure:" in str(fit)
    assert fit_population(*relu_problem(10, 100), 0.5).cure == "none"


def test_duplicate_and_vanishing_features():
    gram, cross = relu_problem(6, 20)
    twice = np.r_[0:20, 0:20]
    fit = fit_population(gram[np.ix_(twice, twice)], cross[twice], 0.5)
    base = fit_population(gram, cross, 0.5)
    assert "20 of 40 eigenvalues" in fit.cure
    assert abs(fit.error - base.error) < 1e-13
    assert np.abs(fit.weights[:20] - base.weights / 2).max() < 1e-9  # the smallest weights among the best
    wider = np.zeros((21, 21))
    wider[:20, :20] = gram
    fit = fit_population(wider, np.append(cross, 0.0), 0.5)
    assert "1 of 21" in fit.cure
    assert fit.weights[20] == 0
    nothing = fit_population(np.zeros((3, 3)), np.zeros(3), 0.5)
    assert nothing.relative_error == 1
    assert not nothing.weights.any()


def test_indefinite_gram_is_cured_and_reported():
    gram, cross = relu_problem(6, 20)
    values, vectors = np.linalg.eigh(gram)
    values[0] = -0.5 * values[1]
    broken = (vectors * values) @ vectors.T
    fit = fit_population(0.5 * (broken + broken.T), cross, 0.5)
    assert "indefinite with smallest eigenvalue" in fit.cure
    assert 0 < fit.error < 0.5
    enough = fit_population(0.5 * (broken + broken.T), cross, 0.5, ridge=1.0)
    assert enough.cure == "none"


def test_one_feature_in_one_dimension():
    fit = fit_population([[0.5]], [0.25], 0.5)
    assert abs(fit.weights[0] - 0.5) < 1e-15
    assert abs(fit.error - (0.5 - 0.25**2 / 0.5)) < 1e-15
    gram, cross = relu_problem(1, 6)
    assert fit_population(gram, cross, 0.5).relative_error < 1e-14


def test_torch_in_torch_out_with_blocks(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(dense, "_BLOCK", 37)  # several blocks, the last one short
    gram, cross = relu_problem(10, 150, targets=3)
    expected = fit_population(gram, cross, 0.5, [0.0, 1e-3])
    fit = fit_population(torch.from_numpy(gram.copy()), torch.from_numpy(cross), 0.5, [0.0, 1e-3])
    assert isinstance(fit.weights, torch.Tensor)
    assert np.abs(fit.weights.numpy() - expected.weights).max() < 1e-10
    assert np.abs(fit.error - expected.error).max() < 1e-14
    single = fit_population(torch.from_numpy(gram).float(), torch.from_numpy(cross).float(), 0.5)
    assert single.dtype == "float32"
    assert np.abs(single.relative_error - expected.relative_error[0]).max() < 1e-3


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize("dim", [2, 10])
def test_in_place_gives_the_same_and_restores_the_matrix(kind, dim):
    gram, cross = relu_problem(dim, 100)
    expected = fit_population(gram, cross, 0.5, 1e-6)
    work = gram.copy()
    if kind == "torch":
        torch = pytest.importorskip("torch")
        work, cross = torch.from_numpy(work), torch.from_numpy(cross)
    fit = fit_population(work, cross, 0.5, 1e-6, overwrite_gram=True)
    assert abs(fit.error - expected.error) < 1e-15
    assert np.array_equal(np.asarray(work), gram)


def test_on_a_gpu():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    gram, cross = relu_problem(10, 500, targets=3)
    expected = fit_population(gram, cross, 0.5, [0.0, 1e-3])
    fit = fit_population(torch.from_numpy(gram).cuda(), torch.from_numpy(cross).cuda(), 0.5, [0.0, 1e-3])
    assert fit.device.startswith("cuda")
    assert np.abs(fit.weights.cpu().numpy() - expected.weights).max() < 1e-9
    bounded = fit_population(torch.from_numpy(gram).cuda(), torch.from_numpy(cross).cuda(), 0.5, budget=[1.0, 30.0])
    assert np.abs(bounded.error - fit_population(gram, cross, 0.5, budget=[1.0, 30.0]).error).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 12), seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e3))
def test_homogeneity(count, seed, scale):
    _, _, gram, cross, norm2 = sampled_problem(seed, count, 40, 1)
    fit = fit_population(gram, cross[:, 0], norm2[0], 0.1)
    scaled = fit_population(gram, scale * cross[:, 0], scale**2 * norm2[0], 0.1)
    assert np.allclose(scaled.weights, scale * fit.weights, rtol=1e-9, atol=1e-12 * scale)
    assert math.isclose(scaled.relative_error, fit.relative_error, rel_tol=1e-9, abs_tol=1e-12)


def test_a_record_survives_json_and_npz(tmp_path):
    gram, cross = relu_problem(5, 30, targets=2)
    torch = pytest.importorskip("torch")
    fits = [
        fit_population(gram, cross, 0.5, [0.0, 0.1 / 3]),
        fit_population(gram, cross[:, 0], 0.5, budget=7.0),
        fit_population(torch.from_numpy(gram), torch.from_numpy(cross), 0.5),
    ]
    for fit in fits:
        for back in (Fit.from_json(fit.to_json()), Fit.load(fit.save(tmp_path / "fit.npz"))):
            assert type(back.weights) is type(fit.weights)
            assert np.array_equal(np.asarray(back.weights), np.asarray(fit.weights))
            assert str(back) == str(fit)
            for name in fit.summary():
                assert np.array_equal(getattr(back, name), getattr(fit, name)), name
        assert "\n" not in str(fit)
        assert str(fit).startswith("Fit: 30 features, relative error")
    with pytest.raises(AttributeError):
        fits[0].error = 1.0
    (tmp_path / "bad.npz").write_bytes((tmp_path / "fit.npz").read_bytes()[:200])
    with pytest.raises(ValueError, match=r"fit bad\.npz is damaged"):
        Fit.load(tmp_path / "bad.npz")
    with pytest.raises(FileNotFoundError, match=r"fit none\.npz not found"):
        Fit.load(tmp_path / "none.npz")


def test_numpy_fits_do_not_import_torch():
    import subprocess
    import sys

    code = (
        "import sys, numpy as np; from rfcompanion.fitting import fit_population;"
        "fit_population(np.eye(3), np.ones(3), 3.5, budget=1.0); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


GOOD = (np.eye(2), np.ones(2), 3.0)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.eye(2)[:1], np.ones(2), 3.0), {}, "gram must be square"),
        ((np.ones((0, 0)), np.ones(0), 3.0), {}, "gram must be square and not empty"),
        ((np.array([[1.0, 0.5], [0.0, 1.0]]), np.ones(2), 3.0), {}, "gram must be symmetric"),
        ((np.array([[1.0, np.nan], [np.nan, 1.0]]), np.ones(2), 3.0), {}, "gram must be finite"),
        ((np.eye(2), np.ones(3), 3.0), {}, r"cross must have shape \(2,\)"),
        ((np.eye(2), np.array([1.0, np.inf]), 3.0), {}, "cross must be finite"),
        ((np.eye(2), np.ones(2, np.float32), 3.0), {}, "cross must have the dtype of gram"),
        ((np.eye(2), np.ones(2), 0.0), {}, "target_norm2 must be finite and greater than 0"),
        ((np.eye(2), np.ones(2), [1.0, 2.0]), {}, "target_norm2 must be a number"),
        ((np.eye(2), np.ones(2), 1.0), {}, "do not belong together"),
        (GOOD, {"ridge": -1.0}, "ridge must be finite and at least 0"),
        (GOOD, {"ridge": [[1.0]]}, "ridge must be a number or a list"),
        (GOOD, {"budget": -1.0}, "budget must be finite and at least 0"),
        (GOOD, {"budget": float("nan")}, "budget must be finite"),
        (GOOD, {"budget": 1.0, "ridge": [0.1, 0.2]}, "ridge must be one number when budget is given"),
        (GOOD, {"tolerance": 0.0}, "tolerance must be greater than 0"),
        (GOOD, {"method": "magic"}, "method must be one of"),
        (GOOD, {"method": "piqp"}, "method must be one of"),
        ((np.eye(2, dtype=np.float32), np.ones(2, np.float32), 3.0), {"budget": 1.0}, "gram must be float64"),
    ],
)
def test_bad_input_is_named(arguments, options, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        fit_population(*arguments, **options)
    assert "\n" not in str(caught.value)
