"""Sizes for a cluster or a GPU: wide population fits, deep features on a stream, wide networks."""

from plans.common import on_gpu, rows
from rfcompanion.reproduce import Experiment, Plan


def large_fits_plan(fast, device):
    import large_fits as script

    kind = device.partition(":")[0]
    widths, budget_widths = ((256,), (64,)) if fast else (script.WIDTHS[kind], script.BUDGET_WIDTHS[kind])
    dims = script.DIMS
    cases = [{"dim": d, "features": r, "bias": b} for b in script.BIASES for d in dims for r in widths]
    paths = [
        {"dim": d, "features": r, "budgets": script.BUDGETS[d].tolist()[: 3 if fast else None]}
        for d in dims
        for r in budget_widths
    ]
    cost = [0.05 + 8 * (case["features"] / 4096) ** 2 for case in cases]
    path_cost = [0.1 + 6 * (case["features"] / 1024) ** 2 for case in paths]
    if kind == "cuda":  # one factorisation and the closed forms; with budgets some sixty factorisations
        cost = [on_gpu(case["features"] ** 3 / 3 + 600 * case["features"] ** 2) for case in cases]
        path_cost = [on_gpu(20 * case["features"] ** 3) for case in paths]
    tasks = rows("widths", cases, cost) + rows("budgets", paths, path_cost)
    return Plan(tasks, {"targets": script.TARGETS}, seed=script.SEED)


def large_fits(dim, features, device, bias=0.0, budgets=None):
    import large_fits as script

    if budgets is not None:
        return script.fit_budgets(dim, features, budgets, device=device)
    return script.fit_width(dim, features, bias, device=device)


def large_deep_plan(fast, device):
    import large_deep as script

    kind = device.partition(":")[0]
    sizes = ((128, 12_800),) if fast else script.SIZES[kind]
    cases = [{"dim": d, "count": r, "samples": n} for d in script.DIMS for r, n in sizes]
    if kind == "cuda":  # the Gram matrix, and three more passes over the samples
        operations = [2 * c["samples"] * (c["count"] ** 2 + 3 * script.HIDDEN * c["count"]) for c in cases]
        cost = [on_gpu(number) for number in operations]
    else:
        cost = [0.5 + 90 * (c["count"] / 2048) ** 3 for c in cases]
    constants = {"hidden": script.HIDDEN, "targets": script.TARGETS}
    return Plan(rows("fits", cases, cost), constants, seed=script.SEED)


def large_deep(dim, count, samples, device):
    import large_deep as script

    return script.fit(dim, count, samples, device=device)


def large_training_plan(fast, device):
    import large_training as script

    kind = device.partition(":")[0]
    widths, seeds, steps = script.WIDTHS[kind], script.SEEDS, script.reduction_width.STEPS
    if fast:
        widths, seeds, steps = (2**9, 2**10), seeds[:2], 40
    shared = {"seeds": list(seeds), "steps": steps}
    cases = [{"activation": name, "width": r, **shared} for name in script.ACTIVATIONS for r in widths]
    cost = [1 + 6e-7 * case["width"] * len(seeds) * steps for case in cases]
    if kind == "cuda":  # steps too small to fill it
        cost = [round(3 + 0.006 * steps * case["width"] / 2**20, 1) for case in cases]
    return Plan(rows("runs", cases, cost), shared, seed=list(seeds))


def large_training(activation, width, seeds, steps, device):
    import large_training as script

    return script.measure(activation, width, tuple(seeds), steps, device=device)


EXPERIMENTS = (
    Experiment(
        "large_fits",
        "exact population fits of wide random-feature spaces",
        ("certified", "trade_offs"),
        ("large_fits",),
        large_fits,
        large_fits_plan,
        relative=1e-6,
        absolute=1e-8,
        devices=("cpu", "cuda"),
    ),
    Experiment(
        "large_deep",
        "deep random features on many streamed samples",
        ("general_features",),
        ("large_deep",),
        large_deep,
        large_deep_plan,
        relative=1e-4,
        devices=("cpu", "cuda"),
    ),
    Experiment(
        "large_training",
        "networks of width 2^14 to 2^17 beside their twins",
        ("reduction",),
        ("large_training",),
        large_training,
        large_training_plan,
        relative=1e-2,  # as reduction_width
        absolute=1e-6,
        devices=("cpu", "cuda"),
    ),
)
