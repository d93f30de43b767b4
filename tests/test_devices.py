"""One test for each device: what runs on a GPU gives the answers of the processor, to the stated error.

Without a CUDA device the second half is skipped; the first half shows that tensors take the same way as arrays.
"""

import itertools

import numpy as np
import pytest
from test_fitting_population import relu_problem

from rfcompanion import features, gaussian, training
from rfcompanion.fitting import fit_population, fit_stream

torch = pytest.importorskip("torch")
CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
pytestmark = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=CUDA)])


def on(device, *arrays):
    tensors = [torch.from_numpy(np.ascontiguousarray(array)).to(device) for array in arrays]
    return tensors if len(tensors) > 1 else tensors[0]


def back(tensor):
    return tensor.cpu().numpy()


@pytest.mark.parametrize("biased", [False, True])
def test_relu_gram(device, biased):
    rng = np.random.default_rng(1)
    w, v = rng.standard_normal((300, 7)), rng.standard_normal((40, 7))
    b, c = (rng.standard_normal(300), rng.standard_normal(40)) if biased else (None, None)
    tw, tv = on(device, w, v)
    tb, tc = on(device, b, c) if biased else (None, None)
    size = np.linalg.norm(w, axis=1).max() ** 2 * 30
    gram, cross = gaussian.relu_gram(tw, tb), gaussian.relu_gram(tw, tb, tv, tc)
    assert gram.device.type == cross.device.type == device
    assert np.abs(back(gram) - gaussian.relu_gram(w, b)).max() < 1e-14 * size
    assert np.abs(back(cross) - gaussian.relu_gram(w, b, v, c)).max() < 1e-14 * size


@pytest.mark.parametrize("ridge", [0.0, 1e-3, [0.0, 1e-4, 1e-2], np.geomspace(1e-6, 1.0, 14)], ids=str)
def test_population_fits(device, ridge):
    gram, cross = relu_problem(10, 200, targets=3)
    expected = fit_population(gram, cross, 0.5, ridge)
    fit = fit_population(*on(device, gram, cross), 0.5, ridge)
    assert fit.device.startswith(device)
    assert np.abs(back(fit.weights) - expected.weights).max() < 1e-8
    assert np.abs(np.asarray(fit.error) - np.asarray(expected.error)).max() < 1e-12


@pytest.mark.parametrize("method", ["admm", "pivoting"])
def test_weight_budgets(device, method):
    gram, cross = relu_problem(8, 150, seed=2)
    budgets = np.geomspace(0.02, 2.0, 8) * 150 * np.abs(np.linalg.solve(gram, cross)).max()
    expected = fit_population(gram, cross, 0.5, budget=budgets, method="piqp")
    fit = fit_population(*on(device, gram, cross), 0.5, budget=budgets, method=method)
    assert fit.method == method
    assert fit.device.startswith(device)
    assert (np.abs(back(fit.weights)).max(axis=1) <= budgets / 150).all()
    assert (np.asarray(fit.gap) <= 0.5e-8).all()
    assert np.abs(np.asarray(fit.error) - np.asarray(expected.error)).max() < 1e-8


@pytest.mark.parametrize("options", [{"ridge": 1e-6}, {"ridge": [1e-6, 1e-2]}, {"budget": [5.0, 50.0]}], ids=str)
def test_streamed_fits(device, options):
    f = features.relu_features(6, 120, seed=3)
    expected = fit_stream(f, lambda x: np.maximum(x[:, 0], 0), 4000, held_out=500, progress=False, **options)
    fit = fit_stream(f, lambda x: x[:, 0].clip(0), 4000, held_out=500, device=device, progress=False, **options)
    assert fit.device.startswith(device)
    weights = back(fit.weights) if hasattr(fit.weights, "cpu") else fit.weights
    assert np.linalg.norm(weights - expected.weights) < 1e-6 * np.linalg.norm(expected.weights)
    assert np.abs(np.asarray(fit.error) - np.asarray(expected.error)).max() < 1e-8
    if "budget" in options:
        assert (np.abs(weights).max(axis=1) <= np.array(options["budget"]) / 120).all()


@pytest.mark.parametrize(("activation", "layers"), [("relu", "weights"), ("softplus", "both")])
def test_training_beside_its_twin(device, activation, layers):
    def target(x):
        return x[..., 0].clamp_min(0)

    runs = {}
    for place in dict.fromkeys(("cpu", device)):
        start = training.random_network(5, [16, 24], range(3), activation=activation, bias=0.5, device=place)
        stream = training.sample_stream(5, 4, range(3), target, device=place)
        samples = list(itertools.islice(stream, 40))
        assert samples[0][0].device.type == place
        options = {"steps": 40, "step_size": 0.05, "layers": layers, "linearised": True, "loss": "huber"}
        runs[place] = training.train(start, samples, **options)
    here, there = runs["cpu"], runs[device]
    assert there.network.hidden.device.type == device
    for name in ("network", "twin"):
        for part in ("hidden", "output", "bias"):
            mine, theirs = (getattr(getattr(run, name), part).cpu() for run in (here, there))
            torch.testing.assert_close(theirs, mine, rtol=1e-9, atol=1e-11)
    torch.testing.assert_close(there.online_loss.cpu(), here.online_loss, rtol=1e-9, atol=1e-12)
