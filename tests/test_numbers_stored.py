"""Numbers that a chapter takes from a stored record: how large the runs were, and what they found."""

import importlib.util
import inspect
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from rfcompanion import gaussian, records
from rfcompanion.fitting import fit_population

BOOK = Path(__file__).resolve().parent.parent / "book"
sys.path.insert(0, str(BOOK / "experiments"))


def record(name):
    found = records.read(BOOK / "data" / f"{name}.json")
    if not found.full:
        pytest.skip(found.notice)  # a small record has other sizes
    return found


# ---------------------------------------------------------------------------------------------- reduction


# checks: reduction-the-stored-record-trains
def test_sizes_of_the_networks_beside_their_twins():
    stored = record("reduction_width")
    assert stored["widths"] == [stored["widths"][0] << k for k in range(9)]
    assert stored["widths"][0] == 2**5
    assert stored["widths"][-1] == 2**13
    assert len(stored["seeds"]) == 6
    assert stored["steps"] == 500
    assert stored["batch"] == 4


# checks: reduction-large-training
def test_sizes_of_the_wider_networks():
    stored = record("large_training")
    assert max(run["width"] for run in stored["runs"]) == 2**17
    assert len(stored["seeds"]) == 3


# checks: reduction-large-training-gap
def test_gaps_of_the_wider_relu_networks_lie_on_the_line():
    narrow, wide = record("reduction_width"), record("large_training")
    widths = np.array(narrow["widths"], float)
    on_line = widths >= 256
    gaps = np.array(narrow["runs"]["relu-weights"]["gap_mean"])[:, on_line]
    line = (gaps * widths[on_line] ** (3 / 4)).mean()
    for run in wide["runs"]:
        if run["activation"] == "relu":
            assert abs(np.mean(run["gap_mean"]) * run["width"] ** (3 / 4) - line) / line < 0.05


# checks: reduction-the-record-turns-the
def test_range_of_the_dial():
    stored = record("reduction_dial")
    assert min(stored["scales"]) == 2.0**-5
    assert max(stored["scales"]) == 2.0**5
    assert stored["width"] == 256


# ---------------------------------------------------------------------------------------------- weight budgets


# checks: trade-offs-the-figure-shows-fits
def test_targets_and_gaps_of_the_fits_inside_the_plane():
    import trade_offs_fits

    for fit in record("trade_offs_fits")["fits"]:
        assert fit["targets"] == (24 if fit["features"] < 3000 else 4)
    W = trade_offs_fits.directions(10, 120, "spread", 0)
    V = trade_offs_fits.directions(10, 4, "uniform", 1)
    fit = fit_population(gaussian.relu_gram(W), gaussian.relu_gram(W, V=V), np.full(4, 0.5), budget=[4.0, 40.0, 400.0])
    assert 0 <= np.max(fit.gap) < 1e-8


# checks: lower-bound-the-fit-minimises-the
def test_gap_of_the_fits_of_a_wave():
    import lower_bound_fits

    W, b = lower_bound_fits.features(10, 120, 0)
    v = np.eye(10)[0]
    norm = 10**0.5 / 2
    cross = lower_bound_fits.wave_cross(W, b, v, norm)
    size = lower_bound_fits.targets.triangle_wave_norm2(norm)
    fit = fit_population(gaussian.relu_gram(W, b), cross, size, budget=[1.0, 100.0, 1e4])
    assert 0 <= np.max(fit.gap) < 1e-8


# checks: trade-offs-large-fits
def test_widths_of_the_budget_paths_on_a_gpu():
    import large_fits

    assert large_fits.BUDGET_WIDTHS["cpu"][-1] == 1024
    assert large_fits.BUDGET_WIDTHS["cuda"][-2:] == (8192, 16_384)


# ---------------------------------------------------------------------------------------------- single neuron


def learners():
    """The script, which has the name of a module of the package."""
    pytest.importorskip("torch")
    path = BOOK / "experiments" / "single_neuron.py"
    specification = importlib.util.spec_from_file_location("single_neuron_experiment", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


# checks: single-neuron-the-linearised-network-the, single-neuron-random-features-the-network
def test_sizes_of_the_linearised_network():
    module = learners()
    assert module.UNITS == 128
    assert f"standard_normal(({4000}, dim))" in inspect.getsource(module.LEARNERS["linearised"])


# checks: single-neuron-the-network-neurons-both
def test_sizes_of_the_network():
    module = learners()
    source = inspect.getsource(module.LEARNERS["network"])
    assert module.WIDTH == 64
    assert source.count(f"{0.1} * start.") == 2
    assert f"steps = [0, 5, 10, 20, 50, 100, 200, 400, 800], {800}" in source


# checks: single-neuron-the-neuron-full-batch
def test_steps_of_the_neuron():
    module = learners()
    assert f"bias != 0, {0.5}, {2000}, error_function" in inspect.getsource(module.LEARNERS["neuron"])


# checks: single-neuron-two-measurements-from-random
def test_goal_of_the_two_measurements():
    assert record("single_neuron_samples")["goal"] == 1e-6


# checks: single-neuron-at-gradient-descent-reaches
def test_samples_of_gradient_descent_in_dimension_fifty():
    stored = record("single_neuron_samples")
    multiples = np.array(stored["dims"]["50"]["unit"]["multiple"])
    assert stored["goal"] == 1e-6
    assert len(multiples) == 20
    assert round(float(np.median(multiples)), 1) == 2.4
    assert (multiples.min(), multiples.max()) == (2.0, 3.0)


# checks: single-neuron-with-samples-proved-from
def test_samples_of_gradient_descent_in_every_dimension():
    stored = record("single_neuron_samples")
    assert set(stored["dims"]) == {"10", "20", "50", "100"}
    assert stored["goal"] == 1e-6
    for entry in stored["dims"].values():
        assert round(float(np.median(entry["unit"]["multiple"])), 1) == 2.4


# checks: single-neuron-with-one-the-descent
def test_the_one_run_with_a_bias_that_dies():
    dims = record("single_neuron_samples")["dims"]
    lost = {}
    for dim, entry in dims.items():
        runs = zip(entry["biased"]["error"], entry["biased"]["multiple"], strict=True)
        lost[dim] = [error for error, multiple in runs if multiple < 0]
    assert {dim: len(errors) for dim, errors in lost.items()} == {"10": 1, "20": 0, "50": 0, "100": 0}
    assert lost["10"][0] == pytest.approx(1.00, abs=5e-3)
    for entry in dims.values():
        learnt = np.array([multiple for multiple in entry["biased"]["multiple"] if multiple > 0])
        assert 4 < np.median(learnt) / np.median(entry["unit"]["multiple"]) < 6.1


# checks: single-neuron-without-bias-no-run
def test_no_run_without_a_bias_fails_from_four_d_samples_on():
    for dim in (10, 20, 50, 100):
        stored = record(f"single_neuron_learners_{dim}")
        for kind in ("unit", "large"):
            for multiple, cell in zip(stored["multiples"], stored[kind]["neuron"], strict=True):
                assert multiple < 4 or max(cell["error"]) < 1e-3


# ---------------------------------------------------------------------------------------------- certified numbers


# checks: fig-three-learners-dimensions
def test_where_the_biased_neuron_stops():
    for dim in (10, 20, 50):
        last = record(f"single_neuron_learners_{dim}")["biased"]["neuron"][-1]["error"]
        assert 8e-7 < max(last) < 1e-6


# checks: certified-the-table-covers-every, certified-error-at-the-corners
def test_dimensions_and_widths_of_the_table():
    import certified_numbers

    rows = record("certified_numbers")["dims"]
    assert [row["dim"] for row in rows] == [*range(2, 100), 100, 200, 500, 1000]
    for row in rows[::5]:
        for text in row["best_relative_error"] + [row["price_constant"]]:
            low, high = certified_numbers.fractions(text)
            assert high - low < low * 10**-20
            assert low == high or -np.log10(float((high - low) / low)) > 20


# checks: certified-the-weight-limited-error
def test_widths_of_the_exact_side_of_the_frontier():
    rows = record("certified_frontier")["rows"]
    widths = [(row["upper"] - row["lower"]) / row["lower"] for row in rows]
    assert 1e-5 < max(widths) < 1e-4


# ---------------------------------------------------------------------------------------------- fitting


def benchmark(table):
    path = BOOK / "data" / "benchmarks.json"
    if not path.exists():
        pytest.skip("not measured here: python -m benchmarks makes the record")
    return json.loads(path.read_text(encoding="utf-8"))["results"]["tables"][table]


# checks: fitting-with-and-budgets-at
def test_memory_and_sizes_of_the_largest_fits():
    ridge, budget = benchmark("ridge_large"), benchmark("budget_large")
    assert "ridge, n=200000, r=4000" in {row["what"] for row in ridge["rows"]}
    memory = next(row for row in ridge["rows"] if row["unit"] == "MB")
    assert memory["what"] == f"ridge, peak memory, n={200_000}, r={4000}"
    assert round(memory["peer"] / 1024) == 13
    assert 10 < ridge["seconds"] / 60 < 20
    scipy = sum(row["peer"] / 20 * row["runs"] for row in budget["rows"] if "lsq_linear" in row["peer_name"])
    assert 60 < budget["seconds"] / 60
    assert scipy > 0.5 * budget["seconds"]


# checks: fitting-so-factor-near-is
def test_ridge_stays_below_twice_the_speed_of_the_best_settings():
    rows = benchmark("ridge")["rows"]
    best = [row["ratio"] for row in rows if "copy_X=False" in row["peer_name"] and row["unit"] == "s"]
    assert 1.5 < max(best) < 2
