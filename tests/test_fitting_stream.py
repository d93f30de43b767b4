"""Streamed fits against a float64 QR factorisation; interruptions, block sizes, devices and degenerate samples."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import scipy.linalg

from rfcompanion import features
from rfcompanion.features import SampleStream
from rfcompanion.fitting import fit_population, fit_stream


def neuron(x):
    return np.maximum(x[:, 0], 0.0)


def two_targets(x):
    return np.stack([np.abs(x[:, 0]), x[:, 1] ** 2 - 1.0], axis=1)


def by_qr(f, count, target, ridge=0.0, seed=0):
    x = SampleStream(f.dim, count, seed).block(0, count)
    phi, y = f(x) / np.sqrt(count), target(x) / np.sqrt(count)
    y = y[:, None] if y.ndim == 1 else y
    stacked = np.vstack([phi, np.sqrt(ridge) * np.eye(f.count)])
    right = np.vstack([y, np.zeros((f.count, y.shape[1]))])
    q, upper = scipy.linalg.qr(stacked, mode="economic")
    u = scipy.linalg.solve_triangular(upper, q.T @ right)
    return u, ((y - phi @ u) ** 2).sum(0)


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


@pytest.mark.parametrize(("dim", "count", "rows"), [(50, 300, 20_000), (10, 300, 20_000), (20, 100, 3000)])
@pytest.mark.parametrize("ridge", [0.0, 1e-4])
def test_weights_equal_a_float64_qr_solution(dim, count, rows, ridge):
    f = features.relu_features(dim, count, seed=1)
    fit = fit_stream(f, neuron, rows, ridge, held_out=500)
    u, error = by_qr(f, rows, neuron, ridge)
    assert "float32 Gram" in fit.method
    assert relative(fit.weights, u[:, 0]) < 1e-9
    allowed = 2 * ridge * (u * u).sum() * 1e-9  # to first order, from the error allowed in the weights
    assert abs(fit.training_error - error[0]) < allowed + 1e-14 * error[0]
    x = SampleStream(dim, rows).block(0, rows)
    assert abs(fit.training_error / ((neuron(x) - f(x) @ fit.weights) ** 2).mean() - 1) < 1e-13
    assert fit.residual < 1e-9


@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_nearly_as_many_features_as_samples(precision):
    f = features.relu_features(10, 400, seed=1)
    fit = fit_stream(f, neuron, 420, held_out=500, precision=precision)
    assert "float64 Gram" in fit.method
    assert ("too coarse" in fit.cure) == (precision == "float32")
    assert relative(fit.weights, by_qr(f, 420, neuron)[0][:, 0]) < 1e-8
    assert fit.error > 10 * fit.training_error


def test_float32_alone_would_not_do():
    """What the refinement is for: the float32 normal equations miss the stated accuracy by orders of magnitude."""
    f = features.relu_features(10, 300, seed=1)
    x = SampleStream(10, 20_000).block(0, 20_000)
    phi = f(x.astype(np.float32))
    u = np.linalg.solve((phi.T @ phi).astype(float), phi.T @ neuron(x).astype(np.float32))
    assert relative(u, by_qr(f, 20_000, neuron)[0][:, 0]) > 1e-6


def test_block_size_device_and_cache_change_rounding_only():
    f = features.relu_features(8, 120, biases=0.5, seed=2)
    base = fit_stream(f, two_targets, 10_000, 1e-5, held_out=1000)
    assert base.weights.shape == (120, 2)
    variants = [{"block": 333}, {"block": 20_000}, {"cache_bytes": 0}, {"verify": True}, {"precision": "float64"}]
    for options in variants:
        fit = fit_stream(f, two_targets, 10_000, 1e-5, held_out=1000, **options)
        assert relative(fit.weights, base.weights) < 1e-9, options
        assert np.abs(fit.error / base.error - 1).max() < 1e-9
    given = SampleStream(8, 10_000).block(0, 10_000)
    fit = fit_stream(f, two_targets(given), given, 1e-5)
    assert fit.measured_on == "training samples"
    assert relative(fit.weights, base.weights) < 1e-9
    assert np.abs(fit.error / base.training_error - 1).max() < 1e-9


def test_tensors_take_the_same_path():
    torch = pytest.importorskip("torch")
    f = features.relu_features(8, 300, seed=2)
    g = features.from_callable(f, 8, 300, backend="torch")

    def target(x):
        return torch.relu(x[:, 0])

    for options in ({}, {"precision": "float64"}, {"ridge": [1e-6, 1e-2]}, {"budget": [5.0, 50.0]}):
        base = fit_stream(f, neuron, 5000, held_out=500, **options)
        fit = fit_stream(g, target, 5000, held_out=500, **options)
        assert isinstance(fit.weights, torch.Tensor)
        assert relative(fit.weights.numpy(), base.weights) < 1e-9
        assert np.abs(fit.error - base.error).max() < 1e-10


def test_on_a_gpu():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    f = features.deep_features(8, [64, 200], seed=2)
    base = fit_stream(f, neuron, 5000, 1e-6, device="cpu", held_out=500)
    fit = fit_stream(f, lambda x: torch.relu(x[:, 0]), 5000, 1e-6, device="cuda", held_out=500)
    assert fit.device.startswith("cuda")
    assert relative(fit.weights.cpu().numpy(), base.weights) < 1e-8


def test_thread_count_changes_rounding_only():
    code = (
        "from rfcompanion import features, fitting; import numpy as np;"
        "f = features.relu_features(6, 150, seed=3);"
        "print(fitting.fit_stream(f, lambda x: np.maximum(x[:, 0], 0), 3000, held_out=200).to_json())"
    )
    fits = []
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = os.environ | dict.fromkeys(names, threads)
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        fits.append(fitting_from(done.stdout))
    assert relative(fits[0].weights, fits[1].weights) < 1e-9


def fitting_from(text):
    from rfcompanion.fitting import Fit

    return Fit.from_json(text)


def test_held_out_error_and_its_standard_error():
    f = features.relu_features(6, 40, seed=4)
    w, v = f.parameters["W"], np.eye(6)[:1]
    from rfcompanion import gaussian

    gram, cross = gaussian.relu_gram(w), gaussian.relu_gram(w, V=v)[:, 0]
    scores, optimism = [], []
    for seed in range(12):
        fit = fit_stream(f, neuron, 2000, held_out=20_000, seed=seed)
        truth = 0.5 - 2 * fit.weights @ cross + fit.weights @ gram @ fit.weights
        scores.append((fit.error - truth) / fit.standard_error)
        assert truth >= fit_population(gram, cross, 0.5).error
        optimism.append(truth - fit.training_error)
        assert abs(fit.relative_error / (2 * truth) - 1) < 0.2
    assert np.mean(optimism) > 0
    assert np.abs(scores).max() < 4
    assert 0.4 < np.std(scores) < 2


def test_a_path_of_ridges_and_a_path_of_budgets():
    f = features.relu_features(6, 80, seed=5)
    ridges = np.geomspace(1e-7, 1.0, 5)
    path = fit_stream(f, two_targets, 4000, ridges, held_out=500)
    assert path.weights.shape == (5, 80, 2)
    assert path.residual.shape == (5,)
    for index in (0, 4):
        alone = fit_stream(f, two_targets, 4000, ridges[index], held_out=500)
        assert relative(path.weights[index], alone.weights) < 1e-9
        assert np.abs(path.error[index] - alone.error).max() < 1e-10
    assert (np.diff(path.training_error, axis=0) > 0).all()
    budgets = [1.0, 10.0, 1e9]
    bounded = fit_stream(f, neuron, 4000, budget=budgets, held_out=500)
    assert (np.abs(bounded.weights).max(1) <= np.array(budgets) / 80).all()
    assert (bounded.gap <= 1e-8 * 0.55).all()
    free = fit_stream(f, neuron, 4000, held_out=500)
    assert relative(bounded.weights[-1], free.weights) < 1e-8
    assert isinstance(fit_stream(f, neuron, 4000, budget=1.0, held_out=0).error, float)


@pytest.mark.parametrize(("dim", "count", "rows"), [(5, 50, 30), (1, 6, 500), (2, 200, 3000), (3, 1, 100), (3, 4, 1)])
def test_degenerate_sizes(dim, count, rows):
    f = features.relu_features(dim, count, seed=6)
    fit = fit_stream(f, neuron, rows, held_out=200)
    x = SampleStream(dim, rows).block(0, rows)
    best = np.mean((neuron(x) - f(x) @ scipy.linalg.lstsq(f(x), neuron(x), cond=1e-9)[0]) ** 2)
    assert fit.training_error <= best + 1e-9 * max(np.mean(neuron(x) ** 2), 1e-12)
    assert ("set aside" in fit.cure) == (count != 1)


def test_duplicate_and_vanishing_features():
    inner = features.relu_features(4, 10, seed=7)
    f = features.from_callable(lambda x: np.hstack([inner(x), inner(x), np.zeros((len(x), 2))]), 4, 22)
    fit = fit_stream(f, neuron, 3000, held_out=200)
    base = fit_stream(inner, neuron, 3000, held_out=200)
    assert "12 of 22 eigenvalues" in fit.cure
    assert np.abs(fit.weights[:10] - base.weights / 2).max() < 1e-8
    assert np.abs(fit.weights[20:]).max() < 1e-14


def interrupted_fit(tmp_path, f):
    """A checkpoint in the middle of the Gram pass: the options of the fit, its target, and the calls of that so far."""
    calls = []

    def target(x):
        calls.append(len(x))
        if len(calls) == 8:
            raise KeyboardInterrupt
        return neuron(x)

    options = {"block": 256, "held_out": 100, "checkpoint_seconds": 0.0, "checkpoint": tmp_path / "run"}
    with pytest.raises(KeyboardInterrupt):
        fit_stream(f, target, 4000, **options)
    return options, target, calls


def test_a_checkpoint_of_another_fit_is_refused(tmp_path):
    f = features.relu_features(4, 20, seed=8)
    options, interrupted, calls = interrupted_fit(tmp_path, f)
    assert (tmp_path / "run").exists()
    with pytest.raises(ValueError, match=r"checkpoint run belongs to another fit: .*seed differ"):
        fit_stream(f, neuron, 4000, seed=1, **options)
    with pytest.raises(ValueError, match="belongs to another fit: ridge differ"):
        fit_stream(f, neuron, 4000, 0.1, **options)
    before = len(calls)
    fit = fit_stream(f, interrupted, 4000, **options)
    assert len(calls) - before < 20  # the blocks before the interruption are not read again in the Gram pass
    assert np.array_equal(fit.weights, fit_stream(f, neuron, 4000, block=256, held_out=100).weights)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "run").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="checkpoint run is damaged"):
        fit_stream(f, neuron, 4000, **options)


LONG_FIT = """
import sys, numpy as np
from rfcompanion import features
from rfcompanion.fitting import fit_stream
f = features.relu_features(10, 120, seed=1)
print("begins", flush=True)
fit = fit_stream(f, lambda x: np.maximum(x[:, 0], 0), 40_000, 1e-7, checkpoint=sys.argv[1], checkpoint_seconds=0.0,
                 block=256, cache_bytes=0, held_out=500, tolerance=1e-15, verify=True)
np.save(sys.argv[2], fit.weights)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_fit_killed_at_random_moments_ends_with_the_same_answer(tmp_path):
    """kill −9 at 20 random moments, spread over several runs; each finished run equals the uninterrupted one."""
    out, state = tmp_path / "out.npy", tmp_path / "run"

    def start():
        command = [sys.executable, "-c", LONG_FIT, str(state), str(out)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"begins\n"
        return process, time.monotonic()

    process, began = start()
    assert process.wait() == 0
    usual = time.monotonic() - began
    expected = np.load(out)
    rng = np.random.default_rng(0)
    kills, left_behind = 0, 0
    while kills < 20:
        process, began = start()
        try:
            code = process.wait(timeout=rng.uniform(0.0, 0.9 * usual))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
            left_behind += state.exists()
            continue
        finally:
            process.stdout.close()
        assert code == 0  # what was left to do took less than the time given: the answer, and a new beginning
        assert np.array_equal(np.load(out), expected)
        usual = min(usual, max(time.monotonic() - began, 0.2))
    process, _ = start()
    assert process.wait() == 0
    assert np.array_equal(np.load(out), expected)
    assert left_behind >= 3  # kills fell into the middle of a fit, after its first checkpoint


GOOD = features.relu_features(3, 5, seed=0)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((lambda x: x, neuron, 100), {}, "features must be a Features"),
        ((GOOD, neuron, 0), {}, "samples must be at least 1"),
        ((GOOD, neuron, 2.5), {}, "samples must be an integer"),
        ((GOOD, neuron, SampleStream(4, 10)), {}, "samples must have dimension 3"),
        ((GOOD, neuron, np.ones((5, 4))), {}, r"samples must have shape \(any, 3\)"),
        ((GOOD, np.ones(4), np.ones((5, 3))), {}, "target must have 5 rows"),
        ((GOOD, np.ones(4), 10), {}, "target must be callable where samples are generated"),
        ((GOOD, lambda x: np.ones(3), 100), {}, r"target must return shape \(100,\)"),
        ((GOOD, lambda x: np.full(len(x), np.nan), 100), {}, "target must be finite, got NaN or infinity in samples 0"),
        ((GOOD, lambda x: np.zeros(len(x)), 100), {}, "target must not vanish"),
        ((GOOD, neuron, 100), {"ridge": -1.0}, "ridge must be finite and at least 0"),
        ((GOOD, neuron, 100), {"budget": 1.0, "ridge": [1.0, 2.0]}, "ridge must be one number"),
        ((GOOD, neuron, 100), {"device": "tpu"}, "device must be 'auto', 'cpu', 'cuda'"),
        ((GOOD, neuron, 100), {"device": "cuda:99"}, "device 'cuda:99' is not there"),
        ((GOOD, neuron, 100), {"seed": -1}, "seed must be at least 0"),
        ((GOOD, neuron, 100), {"precision": "float16"}, "precision must be one of"),
        ((GOOD, neuron, 100), {"tolerance": 0.0}, "tolerance must be greater than 0"),
        ((GOOD, neuron, 100), {"block": 0}, "block must be at least 1"),
        ((GOOD, neuron, 100), {"held_out": -1}, "held_out must be at least 0"),
        ((GOOD, neuron, 100), {"budget": 5.0, "gap": float("nan")}, "gap must be finite"),
        ((GOOD, neuron, 100), {"budget": 5.0, "gap": 0.0}, "gap must be greater than 0"),
    ],
)
def test_bad_input_is_named(arguments, options, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        fit_stream(*arguments, **options)
    assert "\n" not in str(caught.value)


def test_features_that_are_not_finite_are_named_with_their_samples():
    def broken(x):
        out = GOOD(x)
        out[x[:, 0] > 3.4] = np.inf  # a rare event, first met far into the stream
        return out

    f = features.from_callable(broken, 3, 5)
    with pytest.raises(ValueError, match=r"features must be finite, got NaN or infinity in samples \d+ to \d+"):
        fit_stream(f, neuron, 50_000)


def test_features_that_are_not_finite_on_held_out_samples_only_are_named():
    held_out = SampleStream(3, 1000, 0, part=2**32).block(0, 1000)
    bound = np.sort(held_out[:, 0])[-1] - 1e-9
    assert SampleStream(3, 50).block(0, 50)[:, 0].max() < bound

    def broken(x):
        out = GOOD(x)
        out[x[:, 0] > bound] = np.nan
        return out

    with pytest.raises(ValueError, match="features must be finite, got NaN or infinity in held-out sample"):
        fit_stream(features.from_callable(broken, 3, 5), neuron, 50, held_out=1000)


def test_features_too_large_for_float32_are_fitted_in_float64():
    large = features.from_callable(lambda x: 1e25 * GOOD(x.astype(np.float64)), 3, 5)
    fit = fit_stream(large, neuron, 4000, precision="float32", held_out=100)
    assert "overflowed" in fit.cure
    assert relative(1e25 * fit.weights, fit_stream(GOOD, neuron, 4000, held_out=100).weights) < 1e-9


@pytest.mark.filterwarnings("ignore:overflow")
def test_targets_too_large_to_square_are_named():
    with pytest.raises(ValueError, match="target must have finite squares, got too large values in samples 0 to 99"):
        fit_stream(GOOD, lambda x: np.full(len(x), 1e160), 100)


def test_features_that_change_from_call_to_call_are_refused():
    rng = np.random.default_rng(0)
    noisy = features.from_callable(lambda x: GOOD(x) + 0.1 * rng.standard_normal((len(x), 5)), 3, 5)
    with pytest.raises(RuntimeError, match=r"refinement did not converge: .*the same each time"):
        fit_stream(noisy, neuron, 2000, held_out=0, cache_bytes=0)


def test_a_checkpoint_of_another_callable_or_another_target_is_refused(tmp_path):
    options, *_ = interrupted_fit(tmp_path, features.from_callable(lambda x: np.maximum(x, 0), 3, 3))
    with pytest.raises(ValueError, match="belongs to another fit: features differ"):
        fit_stream(features.from_callable(np.tanh, 3, 3), neuron, 4000, **options)
    late = SampleStream(3, 4000).block(3750, 3751)[0, 0]  # two targets that differ late in the stream
    same = features.from_callable(lambda x: np.maximum(x, 0), 3, 3)
    with pytest.raises(ValueError, match="belongs to another fit: target differ"):
        fit_stream(same, lambda x: neuron(x) + (x[:, 0] == late), 4000, **options)


def test_a_flipped_byte_in_the_gram_matrix_of_a_checkpoint_is_noticed(tmp_path):
    options, *_ = interrupted_fit(tmp_path, GOOD)
    (file,) = tmp_path.glob("run.gram-*")
    content = bytearray(file.read_bytes())
    content[-20] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="checkpoint run is damaged"):
        fit_stream(GOOD, neuron, 4000, **options)
