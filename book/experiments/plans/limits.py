"""What features cannot do: concentration, the lower bound, general features, trade-offs, the explorer's table."""

import numpy as np

from plans.common import rows, spread
from rfcompanion.reproduce import Experiment, Plan, Task


def concentration_deep_plan(fast, device):
    import concentration_deep as script

    samples, directions = (20_000, 40) if fast else (script.SAMPLES, script.DIRECTIONS)
    cases = [{"dim": d, "samples": samples, "directions": directions, "seed": script.SEED} for d in (5, 10, 20)]
    tasks = rows("measurements", cases, [3.0] * 3 if fast else [110.0, 120.0, 150.0])
    return Plan(tasks, {"samples": samples, "directions": directions}, seed=script.SEED)


def concentration_deep(dim, samples, directions, seed, device):
    import concentration_deep as script

    return script.measure(dim, np.sqrt(dim) / 2, samples, directions, seed)


def general_features_deep_plan(fast, device):
    import general_features_deep as script

    cases = [
        {"dim": dim, "depth": depth, "count": count}
        for dim in script.DIMS
        for depth in script.DEPTHS
        for count in script.COUNTS[: 1 if fast else None]
    ]
    constants = {"hidden": script.HIDDEN, "samples_per_feature": script.SAMPLES_PER_FEATURE, "targets": script.TARGETS}
    cost = spread(250.0 if not fast else 3.0, [case["count"] * case["depth"] for case in cases])
    return Plan(rows("fits", cases, cost), constants, seed=script.SEED)


def general_features_deep(dim, depth, count, device):
    import general_features_deep as script

    return script.fit(dim, depth, count, progress=False)


def lower_bound_fits_plan(fast, device):
    import lower_bound_fits as script

    width, directions, dims, budgets = 1500, 4, script.DIMENSIONS, script.BUDGETS
    if fast:
        width, directions, dims, budgets = 100, 4, dims[:2], budgets[:4]
    shared = {"width": width, "budgets": budgets.tolist(), "directions": directions, "seed": 3}
    tasks = rows("fits", [{"dim": dim, **shared} for dim in dims], [0.5 if fast else 12.0] * len(dims))
    return Plan(tasks, {"features": width, "directions": directions}, seed=3)


def lower_bound_fits(dim, width, budgets, directions, seed, device):
    import lower_bound_fits as script

    return script.row(dim, width, budgets, directions, seed)


def trade_offs_fits_plan(fast, device):
    import trade_offs_fits as script

    widths, dims = (100,) if fast else script.WIDTHS, tuple(script.BUDGETS)
    cases = [
        {
            "dim": dim,
            "width": width,
            "law": law,
            "budgets": script.BUDGETS[dim].tolist()[: 3 if fast else None],
            "targets": 4 if fast or width == max(script.WIDTHS) else 24,
            "seed": 7,
        }
        for law in script.LAWS
        for width in widths
        for dim in dims
    ]
    cost = spread(1.0 if fast else 1200.0, [case["width"] ** 2 * case["targets"] for case in cases])
    return Plan(rows("fits", cases, cost), seed=7)


def trade_offs_fits(dim, width, law, budgets, targets, seed, device):
    import trade_offs_fits as script

    return script.row(dim, width, law, budgets, targets, seed)


def trade_offs_curves_plan(fast, device):
    import trade_offs_curves as script
    import trade_offs_fits

    cases = [{"dim": dim, "budgets": budgets.tolist()} for dim, budgets in script.BUDGETS.items()]
    matching = [{"dim": dim, "degree": degree} for dim, degree in script.MATCHING]
    if fast:  # the budgets of the small fits
        cases = [{"dim": d, "budgets": budgets.tolist()[:3]} for d, budgets in trade_offs_fits.BUDGETS.items()]
        matching = [{"dim": 10, "degree": 2}]
    cost = spread(6.0 if fast else 500.0, [len(case["budgets"]) for case in cases])
    tasks = rows("curves", cases, cost) + rows("matching", matching, [4.0 if fast else 10.0] * len(matching))
    return Plan(tasks)


def trade_offs_curves(dim, device, budgets=None, degree=None):
    import trade_offs_curves as script

    if degree is not None:
        return script.matching_row(dim, degree)
    ends = [script.ends(dim, budget) for budget in budgets]
    return {"dim": dim, "budgets": budgets, "lower": [low for low, _ in ends], "upper": [high for _, high in ends]}


def explorer_plan(fast, device):
    import explorer_table as script

    dims = (50,) if fast else script.DIMS
    tasks = [Task(("route", str(dim)), {"dim": dim, "part": "route"}, 1.5) for dim in dims]
    tasks += [Task(("frontier", str(dim)), {"dim": dim, "part": "frontier"}, 30.0 if dim < 10 else 3.0) for dim in dims]
    return Plan(tasks, {"dims": list(dims), "log_budgets": script.LOG_BUDGETS, "log_errors": script.ERRORS})


def explorer(dim, part, device):
    import explorer_table as script

    return script.route(dim) if part == "route" else script.frontier(dim)


EXPERIMENTS = (
    Experiment(
        "concentration_deep",
        "a deep random network against waves of random directions",
        ("concentration",),
        ("concentration_deep",),
        concentration_deep,
        concentration_deep_plan,
        relative=2e-3,  # float32 products; the correlations are stored with four digits
        absolute=1e-5,
    ),
    Experiment(
        "lower_bound_fits",
        "what a bound on the weights leaves of a triangle wave",
        ("lower_bound",),
        ("lower_bound_fits",),
        lower_bound_fits,
        lower_bound_fits_plan,
        relative=1e-6,
        absolute=1e-7,  # duality gap 1e-8
    ),
    Experiment(
        "general_features_deep",
        "deep random features fitted to random neurons",
        ("general_features",),
        ("general_features_deep",),
        general_features_deep,
        general_features_deep_plan,
        relative=1e-4,
    ),
    Experiment(
        "trade_offs_fits",
        "weight-limited fits of one neuron",
        ("trade_offs",),
        ("trade_offs_fits",),
        trade_offs_fits,
        trade_offs_fits_plan,
        relative=1e-6,
        absolute=1e-7,  # duality gap 1e-8
    ),
    Experiment(
        "trade_offs_curves",
        "the exact weight-limited error and the matching budgets",
        ("trade_offs",),
        ("trade_offs_curves",),
        trade_offs_curves,
        trade_offs_curves_plan,
        relative=1e-4,  # the enclosures' stated width
    ),
    Experiment(
        "explorer",
        "what the explorer cannot compute in a browser",
        ("explorer",),
        ("explorer_table",),
        explorer,
        explorer_plan,
        absolute=2e-4,  # logarithms, stored with four or five digits
    ),
)
