"""Least squares over a stream of samples: any n, any features, memory of order r², weights as exact as float64."""

from dataclasses import replace

import numpy as np

from .. import _checks
from . import columns, devices, passes
from .checkpoint import Checkpoint
from .data import Data
from .problem import Problem, numbers_of_path
from .record import Fit
from .refine import Outcome, Run


def fit_stream(
    features,
    target,
    samples,
    ridge=0.0,
    budget=None,
    device="auto",
    seed: int = 0,
    *,
    held_out=10_000,
    precision: str = "auto",
    tolerance: float = 1e-9,
    verify: bool = False,
    gap: float = 1e-8,
    checkpoint=None,
    checkpoint_seconds: float = 60.0,
    block: int | None = None,
    cache_bytes: int = 2**28,
    progress: bool = True,
) -> Fit:
    """Fit features to targets on samples that are generated, or read, block by block.

    Formula
        minimise (1/n) Σ_s (Σ_i u_i f_i(x_s) − y_s)² + ridge·‖u‖², over all u, or over max_i|u_i| ≤ B/r.
        A cheap Gram matrix M (float32 products, float64 sums) is factored once; then u ← u + (M/n + ridge)⁻¹ g/n, with
        the residual moments g = Φᵀ(y − Φu) − n·ridge·u streamed through float64, until steps are below ``tolerance``.

    Parameters
        features : :class:`rfcompanion.features.Features`, r functions on R^d.
        target : callable of samples (n, d) that returns (n,) or (n, k), or an array where ``samples`` is one.
        samples : n (x ~ N(0, I_d) from ``seed``), a :class:`rfcompanion.features.SampleStream`, or an array (n, d).
        ridge : a number ≥ 0 or a path of them; scikit-learn's alpha is n·ridge.
        budget : None, B or a path of them; then the Gram matrix is float64 and one ridge is allowed.
        device : ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:N"``.
        seed : int ≥ 0, of the samples where ``samples`` is a number.
        held_out : how many fresh samples measure the error (0: none); not available where ``samples`` is an array.
        precision : of the Gram products, ``"float32"``, ``"float64"`` or ``"auto"`` (float64 on CUDA, for n < 4r,
            d ≤ 5, with a budget, or where float32 turns out too coarse).
        tolerance : relative error allowed in the weights, as predicted (a little high) from the last two steps.
        verify : spend one more pass to measure the residual instead of predicting it.
        gap : largest duality gap allowed with a budget, relative to E target².
        checkpoint : file that makes the fit resumable: run the same call again after an interruption.
        checkpoint_seconds : shortest time between two checkpoints.
        block : rows of a block; results change by rounding only.
        cache_bytes : features are kept, not evaluated again, where n·r·8 bytes is no more than this.
        progress : show a bar on a terminal.

    Returns
        Fit with ``error`` on the held-out samples, its ``standard_error``, and ``training_error``. ``residual`` is
        ‖g‖/‖Φᵀy‖ after the last step (predicted from the step before unless ``verify``).

    Error
        Weights: ``tolerance`` relative to the least-squares solution in float64. A singular Gram matrix is cured as in
        :func:`fit_population`, and ``Fit.cure`` says so.

    Raises
        ValueError or TypeError in one line that names the argument; RuntimeError if the refinement does not converge
        although rounding would let it, as with features that are not the same each time.

    Source
        Chapter "General features"; speed and memory: page "The fitting code, measured".
    """
    device = devices.name(device)
    data, test, seed = _data(features, target, samples, seed, held_out, device, cache_bytes)
    ridges = numbers_of_path("ridge", ridge)
    budgets = None if budget is None else numbers_of_path("budget", budget)
    if budgets is not None and ridges.ndim:
        raise ValueError("ridge must be one number when budget is given, got a path")
    _checks.choice("precision", precision, ("auto", "float32", "float64"))
    tolerance = _checks.real("tolerance", tolerance, above=0.0, below=1.0)
    gap = _checks.real("gap", gap, above=0.0)
    seconds = _checks.real("checkpoint_seconds", checkpoint_seconds, at_least=0.0)
    if precision == "auto":
        exact = data.count < 4 * features.count or features.dim <= 5 or budgets is not None or device != "cpu"
        precision = "float64" if exact else "float32"
    rows = passes.GRAM_ROWS if block is None else _checks.integer("block", block, 1)
    fingerprint = {} if checkpoint is None else _fingerprint(data, ridges, rows, precision, seed)
    store = Checkpoint(checkpoint, seconds, fingerprint)
    with devices.Meter(device) as meter:
        run = Run(data, rows, precision, store, progress)
        outcome = run.ridge(ridges, tolerance, verify) if budgets is None else run.budget(float(ridges), budgets, gap)
        fit = _measure(run, outcome, test, ridges, budgets)
        store.remove()
    return replace(fit, seed=seed).with_cost(meter.seconds, meter.peak_memory)


def _data(features, target, samples, seed, held_out, device, cache_bytes):
    """Return training data, held-out data or None, and the seed of the samples or None."""
    from ..features import Features, SampleStream

    if not isinstance(features, Features):
        raise TypeError(f"features must be a Features (see features.from_callable), got {type(features).__name__}")
    test = None
    if hasattr(samples, "ndim"):
        samples = _checks.array("samples", samples, 2, (None, features.dim))
        count, seed = samples.shape[0], None
        if count == 0:
            raise ValueError("samples must not be empty")
        if not callable(target):
            target = np.asarray(target, dtype=np.float64) if not hasattr(target, "dtype") else target
            if target.shape[0] != count:
                raise ValueError(f"target must have {count} rows like samples, got {target.shape[0]}")
    else:
        if not isinstance(samples, SampleStream):
            samples = SampleStream(features.dim, _checks.integer("samples", samples, 1), seed)
        if samples.dim != features.dim:
            raise ValueError(f"samples must have dimension {features.dim} like features, got {samples.dim}")
        if not callable(target):
            raise TypeError(f"target must be callable where samples are generated, got {type(target).__name__}")
        count, seed = samples.count, samples.seed
        fresh = _checks.integer("held_out", held_out, 0)
        test = samples.other_part(samples.part + 2**32, fresh) if fresh else None
    backend = "torch" if device != "cpu" or features.backend == "torch" else "numpy"
    if backend == "torch" and features.backend == "numpy":
        raise ValueError(f"device must be 'cpu' for the numpy features {features.name!r}, got {device!r}")
    if devices.is_torch(samples) and backend == "numpy":
        samples = devices.as_numpy(samples)
    data = Data(features, target, samples, count, device, backend, cache_bytes)
    return data, test and Data(features, target, test, test.count, device, backend, 0), seed


def _fingerprint(data, ridges, rows: int, precision: str, seed) -> dict:
    """Say which fit this is: by samples from all of the stream, and what features and targets make of them."""
    places = [slice(start, min(start + 16, data.count)) for start in range(0, data.count, -(-data.count // 16))]
    few = columns.below([data.inputs(place.start, place.stop) for place in places])
    y = data.target(few) if callable(data.target) else columns.below([data.target[place] for place in places])
    sizes = devices.as_numpy((data.features(few) ** 2).mean(1))
    rounded = lambda values: [float(f"{value:.6g}") for value in np.asarray(values, dtype=float).ravel()]  # noqa: E731
    return {
        "features": [data.features.fingerprint(), *rounded(sizes)],
        "target": rounded(devices.as_numpy(y)),
        "samples": [data.count, *rounded(devices.as_numpy(few)[:, 0])],
        "ridge": np.atleast_1d(ridges).tolist(),
        "block": rows,
        "precision": precision,
        "seed": seed,
        "backend": data.backend,
    }


def _measure(run: Run, outcome: Outcome, test, ridges, budgets) -> Fit:
    """Measure the weights on fresh samples and write the record."""
    data, path = run.data, outcome.path
    targets = outcome.columns.shape[1] // outcome.points
    pieces = [outcome.columns[:, i * targets : (i + 1) * targets] for i in range(outcome.points)]
    training = outcome.training.reshape(outcome.points, targets)
    error, spread, norms = training, None, run.norms
    if test is not None:
        squares, deviation, norms = passes.held_out(test, outcome.columns, run.small)
        error, spread = squares.reshape(training.shape), deviation.reshape(training.shape)
    if (norms <= 0).any():
        raise ValueError("target must not vanish on all samples")
    problem = Problem(run.gram, None, outcome.columns, norms, data.single)
    pack = lambda values: None if values is None else problem.pack_numbers(values, path)  # noqa: E731
    return Fit(
        weights=problem.pack(pieces, path),
        error=pack(error),
        relative_error=pack(error / norms),
        measured_on="training samples" if test is None else "held-out samples",
        method=outcome.method,
        ridge=ridges.copy() if ridges.ndim else float(ridges),
        budget=None if budgets is None else budgets.copy() if budgets.ndim else float(budgets),
        training_error=pack(training),
        standard_error=pack(spread),
        residual=outcome.residual,
        gap=outcome.gap,
        condition=outcome.condition,
        cure=outcome.cure,
        features=data.features.count,
        samples=data.count,
        dtype="float64",
        device=data.device,
        iterations=outcome.steps,
    )
