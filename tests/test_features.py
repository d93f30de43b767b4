"""Feature maps: definitions, devices, moments in closed form against samples, and reproducible streams."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcompanion import features
from rfcompanion.features import SampleStream

X = SampleStream(5, 200, seed=3).block(0, 200)


def all_maps():
    return [
        features.relu_features(5, 7, biases=0.5, seed=1),
        features.relu_features(5, 7, weights="gaussian", scale=2.0, seed=1),
        features.relu_features(5, 7, weights="uniform", biases=np.arange(7.0), seed=1),
        features.fourier_features(5, 7, bandwidth=2.0, seed=1),
        features.tangent_features(5, 3, signs=True, seed=1),
        features.deep_features(5, [6, 8, 7], bias=0.1, seed=1),
        *[features.kernel_sections(X[:7] + 0.5, kernel=k) for k in ("gaussian", "laplace", "arc-cosine")],
    ]


def one_by_one(f, x):
    """The features of one sample, written out from their definitions."""
    p = f.parameters
    if f.name == "relu":
        return [max(float(np.dot(w, x)) + b, 0.0) for w, b in zip(p["W"], p.get("b", np.zeros(f.count)), strict=True)]
    if f.name == "fourier":
        return [math.sqrt(2.0) * math.cos(float(np.dot(w, x)) + b) for w, b in zip(p["W"], p["b"], strict=True)]
    if f.name == "tangent":
        return [a * (np.dot(w, x) > 0) * xj for w, a in zip(p["W"], p["a"], strict=True) for xj in x]
    if f.name.startswith("deep"):
        for layer in range(1, len(p) // 2 + 1):
            x = [max(float(np.dot(w, x)) + b, 0.0) for w, b in zip(p[f"W{layer}"], p[f"b{layer}"], strict=True)]
        return x
    z = p["Z"]
    distance = [math.dist(x, zi) for zi in z]
    if f.name.startswith("gaussian"):
        return [math.exp(-(t**2) / 2.0) for t in distance]
    if f.name.startswith("laplace"):
        return [math.exp(-t) for t in distance]
    sizes = [float(np.linalg.norm(x) * np.linalg.norm(zi)) for zi in z]
    angles = [math.acos(min(1.0, float(np.dot(x, zi)) / s)) for zi, s in zip(z, sizes, strict=True)]
    return [s * (math.sin(t) + (math.pi - t) * math.cos(t)) / (2 * math.pi) for t, s in zip(angles, sizes, strict=True)]


@pytest.mark.parametrize("f", all_maps(), ids=lambda f: f.name)
def test_maps_match_their_definitions(f):
    values = f(X)
    assert values.shape == (200, f.count)
    expected = np.array([one_by_one(f, x) for x in X[:20]])
    assert np.abs(values[:20] - expected).max() < 1e-13


@pytest.mark.parametrize("f", all_maps(), ids=lambda f: f.name)
def test_memory_given_for_the_result_changes_nothing(f):
    import torch

    expected, one = f(X).copy(), f(X[:1]).copy()
    for x in (X, torch.as_tensor(X)):
        room = np.full((200, f.count), np.nan) if x is X else torch.full((200, f.count), torch.nan, dtype=torch.float64)
        assert np.array_equal(np.asarray(f(x, out=room)), np.asarray(f(x)))
        assert np.array_equal(np.asarray(f(x[:1], out=room[:1])), np.asarray(f(x[:1])))
    assert np.array_equal(f(X), expected)
    assert np.array_equal(f(X[:1]), one)


@pytest.mark.parametrize("f", all_maps(), ids=lambda f: f.name)
def test_numpy_and_torch_agree_and_keep_the_precision(f):
    torch = pytest.importorskip("torch")
    single = X.astype(np.float32)
    assert f(single).dtype == np.float32
    assert f(torch.from_numpy(single)).dtype == torch.float32
    assert np.abs(f(torch.from_numpy(X)).numpy() - f(X)).max() < 1e-13
    assert np.abs(f(single) - f(X)).max() < 1e-4


def test_laws_of_the_weights():
    unit = features.relu_features(6, 4000, seed=2).parameters["W"]
    assert np.abs(np.linalg.norm(unit, axis=1) - 1).max() < 1e-14
    assert abs(unit.mean()) < 5 / math.sqrt(6 * 24000)
    uniform = features.relu_features(6, 4000, weights="uniform", scale=3.0, seed=2).parameters["W"]
    assert uniform.min() >= -3
    assert uniform.max() <= 3
    assert abs((uniform**2).mean() - 3.0) < 0.1
    again = features.relu_features(6, 4000, seed=2).parameters["W"]
    assert np.array_equal(unit, again)
    assert features.relu_features(6, 10, seed=2).fingerprint() != features.relu_features(6, 10, seed=3).fingerprint()


def test_fourier_features_average_to_the_gaussian_kernel():
    f = features.fourier_features(3, 200_000, bandwidth=1.5, seed=4)
    x = np.array([[0.3, -0.2, 1.0], [0.1, 0.9, 0.4]])
    products = np.prod(f(x), axis=0)
    expected = math.exp(-np.sum((x[0] - x[1]) ** 2) / (2 * 1.5**2))
    assert abs(products.mean() - expected) < 4 * products.std() / math.sqrt(f.count)


@pytest.mark.parametrize("make", ["relu", "biased", "tangent", "pair"])
def test_population_gram_against_samples(make):
    other = None
    if make == "tangent":
        f = features.tangent_features(4, 3, signs=True, seed=5)
    else:
        f = features.relu_features(4, 6, biases=None if make == "relu" else 0.7, seed=5)
        other = features.relu_features(4, 3, weights="gaussian", seed=6) if make == "pair" else None
    exact = features.population_gram(f, other)
    x = SampleStream(4, 200_000, seed=8).block(0, 200_000)
    left, right = f(x), (other or f)(x)
    sampled = left.T @ right / len(x)
    deviation = np.sqrt(np.maximum((left**2).T @ (right**2) / len(x) - sampled**2, 1e-30) / len(x))
    z = (sampled - exact) / deviation
    z = z[(np.abs(exact) > 1e-12) | (np.abs(sampled) > 1e-12)]
    assert np.abs(z).max() < 4.5
    assert np.abs((sampled - 2 * exact) / deviation).max() > 20  # a constant wrong by 2 is seen


def test_population_gram_refuses_what_has_no_closed_form():
    with pytest.raises(ValueError, match="features must have a closed form"):
        features.population_gram(features.fourier_features(3, 4))


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 4000),
    cuts=st.lists(st.integers(0, 4000), max_size=4),
    law=st.sampled_from(["gaussian", "sphere"]),
)
def test_streams_do_not_depend_on_the_block_size(count, cuts, law):
    stream = SampleStream(3, count, seed=11, law=law, radius=2.0)
    whole = stream.block(0, count)
    places = sorted({0, count, *[min(cut, count) for cut in cuts]})
    blocks = [stream.block(a, b) for a, b in itertools.pairwise(places)]
    assert np.array_equal(np.concatenate(blocks), whole)
    longer = SampleStream(3, count + 500, seed=11, law=law, radius=2.0)
    assert np.array_equal(longer.block(0, count), whole)


def test_stream_laws_and_independence():
    stream = SampleStream(4, 50_000, seed=1)
    x, y = stream.block(0, 50_000), stream.other_part(1, 50_000).block(0, 50_000)
    z = SampleStream(4, 50_000, seed=2).block(0, 50_000)
    assert abs(x.mean()) < 4 / math.sqrt(x.size)
    assert abs((x**2).mean() - 1) < 4 * math.sqrt(2 / x.size)
    assert abs((x**4).mean() - 3) < 4 * math.sqrt(96 / x.size)
    for other in (y, z, np.roll(x, 1024, axis=0)):
        assert abs((x * other).mean()) < 4 / math.sqrt(x.size)
    sphere = SampleStream(4, 5000, seed=1, law="sphere", radius=3.0).block(0, 5000)
    assert np.abs(np.linalg.norm(sphere, axis=1) - 3).max() < 1e-14 * 10
    assert np.abs(sphere.T @ sphere / 5000 - 9 / 4 * np.eye(4)).max() < 0.2


def test_the_stream_is_pinned():
    """The samples behind the book's records: a change of generator must not pass unseen."""
    block = SampleStream(2, 3000, seed=7).block(2047, 2049)
    assert block.round(6).tolist() == [
        [1.007006, 0.643792],
        [-0.428771, 0.291099],
    ]


def test_gpu_and_cpu_see_the_same_features():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    for f in all_maps():
        assert np.abs(f(torch.from_numpy(X).cuda()).cpu().numpy() - f(X)).max() < 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: features.relu_features(0, 5), "dim must be at least 1"),
        (lambda: features.relu_features(5, 0), "count must be at least 1"),
        (lambda: features.relu_features(5, 2, weights="cauchy"), "weights must be one of"),
        (lambda: features.relu_features(5, 2, weights=np.ones((2, 4))), r"weights must have shape \(2, 5\)"),
        (lambda: features.relu_features(5, 2, biases=np.ones(3)), r"biases must have shape \(2\)"),
        (lambda: features.relu_features(5, 2, biases=-1.0), "biases must be at least 0"),
        (lambda: features.relu_features(5, 2, seed=-1), "seed must be at least 0"),
        (lambda: features.fourier_features(5, 2, bandwidth=0), "bandwidth must be greater than 0"),
        (lambda: features.deep_features(5, []), "widths must hold at least one"),
        (lambda: features.kernel_sections([[1.0, float("nan")]]), "centres must be finite"),
        (lambda: features.kernel_sections(np.ones((2, 3)), kernel="cubic"), "kernel must be one of"),
        (lambda: features.from_callable(3, 1, 1), "function must be callable"),
        (lambda: features.relu_features(5, 2)(np.ones((3, 4))), r"x must have shape \(n, 5\)"),
        (lambda: features.from_callable(lambda x: x, 3, 2)(np.ones((4, 3))), r"'callable' must have shape \(4, 2\)"),
        (
            lambda: features.from_callable(lambda x: x, 3, 3, backend="torch")(np.ones((4, 3))),
            "x must be a torch array",
        ),
        (lambda: SampleStream(3, 0), "count must be at least 1"),
        (lambda: SampleStream(3, 5, law="cube"), "law must be one of"),
        (lambda: SampleStream(3, 5).block(0, 6), "stop must be at most 5"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
