"""Weight budgets: three methods that share only the certificate, against each other, scipy and weak duality."""

import numpy as np
import pytest
import scipy.optimize
from test_fitting_population import plain_error, relu_problem, sampled_problem

from rfcompanion.fitting import budget as limited
from rfcompanion.fitting import fit_population

METHODS = ("pivoting", "piqp", "admm")


def gap_by_hand(gram, cross, u, limit, ridge=0.0):
    g = 2 * (gram @ u + ridge * u - cross)
    return (g * u).sum(0) + limit * np.abs(g).sum(0)


@pytest.mark.parametrize("seed", range(100))
def test_random_small_problems_against_scipy(seed):
    rng = np.random.default_rng(2000 + seed)
    count = int(rng.integers(1, 20))
    design, y, gram, cross, norm2 = sampled_problem(seed, count, count + 30, 1)
    ridge = 0.0 if seed % 2 else 0.05
    free = np.linalg.solve(gram + ridge * np.eye(count), cross[:, 0])
    budgets = count * np.abs(free).max() * np.array([0.03, 0.3, 0.9, 1.5])
    fit = fit_population(gram, cross[:, 0], norm2[0], ridge, budgets)
    stacked = np.vstack([design / np.sqrt(len(design)), np.sqrt(ridge) * np.eye(count)])
    right = np.append(y[:, 0] / np.sqrt(len(y)), np.zeros(count))
    for index, budget in enumerate(budgets):
        bound = budget / count
        u = fit.weights[index]
        assert np.abs(u).max() <= bound
        assert fit.gap[index] <= 1e-8 * norm2[0]
        other = scipy.optimize.lsq_linear(stacked, right, (-bound, bound), method="bvls", tol=1e-14)
        mine = plain_error(gram, cross[:, 0], norm2[0], u) + ridge * u @ u
        theirs = 2 * other.cost
        assert mine <= theirs + 1e-9 * norm2[0]  # the answer is as good, up to rounding
        assert mine - fit.gap[index] <= theirs + 1e-12 * norm2[0]  # weak duality: a feasible point bounds the dual


@pytest.mark.parametrize(("dim", "count"), [(3, 60), (5, 150), (10, 250), (50, 100)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_methods_agree_along_a_path(dim, count, seed):
    gram, cross = relu_problem(dim, count, seed)
    budgets = np.geomspace(0.01, 3, 9) * count * np.abs(np.linalg.solve(gram, cross)).max()
    fits = [fit_population(gram, cross, 0.5, budget=budgets, method=m) for m in METHODS]
    for fit in fits:
        assert fit.method == METHODS[fits.index(fit)]
        assert (np.abs(fit.weights).max(1) <= budgets / count).all()
        assert (fit.gap <= 0.5e-8).all()
        assert np.abs(fit.relative_error - fits[0].relative_error).max() < 1e-6
        assert (np.diff(fit.error) <= 1e-8).all()  # a larger budget never hurts
    assert np.abs(fits[0].error - fits[1].error).max() < 1e-8
    assert (fits[0].gap < 1e-11).all()


def test_the_certificate_is_the_stated_one_and_sees_a_wrong_answer():
    gram, cross = relu_problem(8, 80, 3)
    fit = fit_population(gram, cross, 0.5, budget=20.0)
    assert gap_by_hand(gram, cross, fit.weights, 20.0 / 80) < 1e-8
    rng = np.random.default_rng(0)
    for _ in range(20):
        u = np.clip(fit.weights + 1e-3 * rng.standard_normal(80), -0.25, 0.25)
        excess = plain_error(gram, cross, 0.5, u) - fit.error
        assert gap_by_hand(gram, cross, u, 0.25) >= excess > 0


def test_several_targets_each_at_its_own_bounds():
    gram, cross = relu_problem(8, 80, 3, targets=3)
    cross = cross * np.array([1.0, -3.0, 0.01])
    norms = 0.5 * np.array([1.0, 9.0, 1e-4])
    fit = fit_population(gram, cross, norms, budget=[0.5, 5.0, 50.0])
    assert fit.weights.shape == (3, 80, 3)
    assert (fit.gap <= 1e-8 * norms).all()
    for k in range(3):
        alone = fit_population(gram, cross[:, k], norms[k], budget=[0.5, 5.0, 50.0])
        assert np.abs(alone.error - fit.error[:, k]).max() < 1e-12 * norms[k] + 1e-15


@pytest.mark.parametrize("method", ["auto", *METHODS])
def test_extreme_budgets(method):
    gram, cross = relu_problem(8, 40)
    nothing = fit_population(gram, cross, 0.5, budget=0.0, method=method)
    assert not nothing.weights.any()
    assert nothing.relative_error == 1
    assert nothing.gap == 0
    free = fit_population(gram, cross, 0.5)
    huge = fit_population(gram, cross, 0.5, budget=1e12, method=method)
    assert np.abs(huge.weights - free.weights).max() < 1e-9
    assert huge.gap < 1e-12
    tiny = fit_population(gram, cross, 0.5, budget=1e-6, method=method)
    assert np.abs(np.abs(tiny.weights) * 40 / 1e-6 - 1).max() < (1e-2 if method == "piqp" else 1e-9)


@pytest.mark.parametrize("method", ["auto", "piqp", "admm"])
@pytest.mark.parametrize(("dim", "count"), [(1, 6), (2, 300)])
def test_singular_gram_is_cured_and_reported(method, dim, count):
    gram, cross = relu_problem(dim, count)
    budgets = np.array([0.3, 2.0, 30.0, 1e6])
    fit = fit_population(gram, cross, 0.5, budget=budgets, method=method)
    assert "count as 0" in fit.cure
    assert "added to the diagonal" in fit.cure
    assert (fit.gap <= 0.5e-8).all()
    assert (np.abs(fit.weights).max(1) <= budgets / count).all()
    assert fit.relative_error[-1] < 1e-6


def test_indefinite_gram_is_cured_and_reported():
    gram, cross = relu_problem(6, 20)
    values, vectors = np.linalg.eigh(gram)
    values[0] = -0.5 * values[1]
    broken = (vectors * values) @ vectors.T
    fit = fit_population(0.5 * (broken + broken.T), cross, 0.5, budget=3.0)
    assert "indefinite Gram matrix" in fit.cure
    assert fit.gap <= 0.5e-8


def test_duplicate_features_share_the_weight():
    gram, cross = relu_problem(6, 20)
    twice = np.r_[0:20, 0:20]
    fit = fit_population(gram[np.ix_(twice, twice)], cross[twice], 0.5, budget=10.0)
    once = fit_population(gram, cross, 0.5, budget=10.0)  # 20 weights up to 1/2 against 40 up to 1/4
    assert abs(fit.error - once.error) < 1e-8


def test_pivoting_falls_back_on_piqp(monkeypatch):
    from rfcompanion.fitting import pivoting

    gram, cross = relu_problem(10, 60)
    expected = fit_population(gram, cross, 0.5, budget=[1.0, 10.0])
    monkeypatch.setattr(pivoting, "_EXCHANGES", 0)
    fit = fit_population(gram, cross, 0.5, budget=[1.0, 10.0])
    assert fit.method == "pivoting, piqp"
    assert np.abs(fit.error - expected.error).max() < 1e-8
    with pytest.raises(RuntimeError, match=r"budget 1 not solved by pivoting; use method='auto'"):
        fit_population(gram, cross, 0.5, budget=[1.0, 10.0], method="pivoting")


def test_a_gap_that_is_missed_is_an_error(monkeypatch):
    gram, cross = relu_problem(10, 60)
    monkeypatch.setattr(limited.admm, "_MOST_STEPS", 20)
    with pytest.raises(RuntimeError, match="not solved by admm: gap") as caught:
        fit_population(gram, cross, 0.5, budget=5.0, method="admm", tolerance=1e-12)
    assert "\n" not in str(caught.value)


def test_torch_takes_the_same_path():
    torch = pytest.importorskip("torch")
    from rfcompanion.fitting.problem import check

    gram, cross = relu_problem(10, 80, targets=2)
    budgets = np.array([0.5, 5.0, 50.0, 500.0])
    expected = fit_population(gram, cross, 0.5, budget=budgets)
    fit = fit_population(torch.from_numpy(gram), torch.from_numpy(cross), 0.5, budget=budgets)
    assert isinstance(fit.weights, torch.Tensor)
    assert np.abs(fit.error - expected.error).max() < 1e-12
    for method in METHODS:  # the code that a GPU runs, with tensors throughout
        problem = check(torch.from_numpy(gram), torch.from_numpy(cross), 0.5)
        fit = limited.fit_budgets(problem, 0.0, budgets, 1e-8, method)
        assert np.abs(fit.error - expected.error).max() < 1e-8
