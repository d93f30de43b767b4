"""The named experiments of the book: each makes one record of ``book/data`` and feeds the pages that it names.

    python -m rfcompanion reproduce --list

An experiment is a plan (full or fast), a function of one task, and the stated error within which a number computed
again must agree. The functions stand in the scripts beside this file, which are imported when they are needed.
"""

import numpy as np

from rfcompanion.reproduce import Experiment, Plan, Task

#: Records that no sweep makes, because measurements of speed are never equal twice, and the commands that do.
OTHER_RECORDS = {
    "benchmarks.json": "python -m benchmarks",
    "lighthouse.json": "python tools/lighthouse.py --record",
    "status.json": "python tools/status.py",
}


def spread(seconds: float, weights) -> list[float]:
    """Share a measured cost among tasks."""
    total = sum(weights)
    return [round(seconds * weight / total, 2) for weight in weights]


def on_gpu(operations: float) -> float:
    """Seconds on a GPU, guessed at 2·10^13 operations a second in double precision; never measured."""
    return round(1 + operations / 2e13, 1)


def rows(name: str, cases: list[dict], seconds: list[float]) -> list[Task]:
    """Tasks that fill one list of a record, in order."""
    return [Task((name, i), case, cost) for i, (case, cost) in enumerate(zip(cases, seconds, strict=True))]


# ---------------------------------------------------------------------------------------------- the limits


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


# ----------------------------------------------------------------------------------------------- the power


def polynomials_staircase_plan(fast, device):
    import polynomials_staircase as script

    cases = [{"dim": dim, "width": width} for dim, widths in script.WIDTHS.items() for width in widths]
    cases = [case for case in cases if case["width"] in (8, 64, 512)] if fast else cases
    draws = [10 if case["width"] <= 256 else 3 if case["width"] <= 1024 else 1 for case in cases]
    cost = [n * max(0.02, 60 * (case["width"] / 8192) ** 2.5) for n, case in zip(draws, cases, strict=True)]
    tasks = rows("rows", cases, cost)
    return Plan(tasks, {"degrees": list(script.DEGREES)}, seed=list(range(10)))


def polynomials_staircase(dim, width, device):
    import polynomials_staircase as script

    return script.row(dim, width)


def polynomials_trained_plan(fast, device):
    import polynomials_trained as script

    steps, seeds = (200, 2) if fast else (script.STEPS, script.SEEDS)
    cases = [(k, r) for k in script.DEGREES for r in script.WIDTHS[: 2 if fast else None]]
    cost = spread(1.0 if fast else 540.0, [50 + width for _, width in cases])
    shared = {"steps": steps, "seeds": seeds}
    tasks = rows("rows", [{"degree": k, "width": r, **shared} for k, r in cases], cost)
    tasks.append(Task(("short_run",), {"degree": 2, "width": 16, "steps": 1000, "seed": 0}, 0.5))
    return Plan(tasks, {"dim": script.DIM, "steps": steps}, seed=list(range(seeds)))


def polynomials_trained(degree, width, steps, device, seeds=None, seed=None):
    import polynomials_trained as script

    if seed is not None:
        error = script.train_both_layers(degree, width, steps, seed)
        return {"degree": degree, "width": width, "steps": steps, "seed": seed, "error": error}
    errors = [script.train_both_layers(degree, width, steps, s) for s in range(seeds)]
    return {"degree": degree, "width": width, "errors": errors}


def reduction_dial_plan(fast, device):
    import reduction_dial as script

    scales, seeds, steps, width = script.SCALES, script.SEEDS, script.STEPS, script.WIDTH
    if fast:
        scales, seeds, steps, width = scales[1::2], seeds[:2], 50, 32
    shared = {"scales": list(scales), "seeds": list(seeds), "steps": steps, "width": width}
    tasks = [Task(("runs", name), {"activation": name, **shared}, 1.0 if fast else 45.0) for name in script.ACTIVATIONS]
    setting = {"dim": script.DIM, "batch": script.BATCH, "step_size": script.STEP_SIZE}
    return Plan(tasks, setting | shared, seed=list(seeds))


def reduction_dial(activation, scales, seeds, steps, width, device):
    import reduction_dial as script

    return script.measure(activation, scales, seeds, steps, width)


def reduction_width_plan(fast, device):
    import reduction_width as script

    widths, seeds, steps = script.WIDTHS, script.SEEDS, script.STEPS
    if fast:
        widths, seeds, steps = widths[:6], seeds[:2], 40
    shared = {"widths": list(widths), "seeds": list(seeds), "steps": steps}
    tasks = [
        Task(("runs", f"{name}-{layers}"), {"activation": name, "layers": layers, **shared}, 1.0 if fast else 140.0)
        for name in script.ACTIVATIONS
        for layers in ("weights", "both")
    ]
    setting = {"dim": script.DIM, "batch": script.BATCH, "step_size": script.STEP_SIZE}
    return Plan(tasks, setting | shared, seed=list(seeds))


def reduction_width(activation, layers, widths, seeds, steps, device):
    import reduction_width as script

    return script.measure(activation, layers, tuple(widths), tuple(seeds), steps)


# ----------------------------------------------------------------------------------------- a single neuron


def single_neuron_samples_plan(fast, device):
    import single_neuron as script

    dims, seeds = ((10, 50), 3) if fast else ((10, 20, 50, 100), 20)
    tasks = [
        Task(("dims", str(dim), kind), {"dim": dim, "kind": kind, "seeds": seeds}, 0.02 * dim * seeds / 2)
        for dim in dims
        for kind in ("unit", "biased", "large", "online")
    ]
    constants = {"goal": script.GOAL, "seeds": seeds, "step": script.STEP, "max_steps": script.STEPS, "dims": {}}
    return Plan(tasks, constants, seed=list(range(seeds)))


def single_neuron_samples(dim, kind, seeds, device):
    import single_neuron as script

    return script.online(dim, seeds) if kind == "online" else script.least_samples(dim, kind, seeds)


#: Dimensions of the small records of the learners, by that of the full record.
SMALL_DIMS = {10: 4, 20: 6, 50: 8, 100: 10}


def single_neuron_learners_plan(dim, seconds):
    def plan(fast, device):
        import single_neuron as script

        size, seeds = (SMALL_DIMS[dim], 2) if fast else (dim, 10)
        weight = {"features": 3, "linearised": 2, "network": 3, "neuron": 1, "population": 1}
        cases = [(kind, name) for kind in script.targets(size) for name in script.learners_of(kind)]
        cost = spread(6.0 if fast else seconds, [weight[name] for _, name in cases])
        tasks = [
            Task((kind, name), {"dim": size, "kind": kind, "name": name, "seeds": seeds}, share)
            for (kind, name), share in zip(cases, cost, strict=True)
        ]
        return Plan(tasks, script.settings(size, seeds), seed=list(range(seeds)))

    return plan


def single_neuron_learners(dim, kind, name, seeds, device):
    import single_neuron as script

    return script.learn(dim, kind, name, seeds)


def single_neuron_basin_plan(fast, device):
    import single_neuron as script

    angles, biases = script.ANGLES.tolist(), script.BIASES.tolist()
    angles, biases = (angles[2::6], biases[1::4]) if fast else (angles, biases)
    tasks = [
        Task(("fates", str(c), i), {"bias": b, "target_bias": c, "angles": angles}, 1.0 if fast else 25.0)
        for c in script.FATE_BIASES
        for i, b in enumerate(biases)
    ]
    tasks += [
        Task(("critical_angle", str(c)), {"target_bias": c, "halvings": 2 if fast else 10}, 1.0 if fast else 35.0)
        for c in script.CRITICAL_BIASES
    ]
    return Plan(tasks, {"angles": angles, "biases": biases, "horizon": script.HORIZON})


def single_neuron_basin(target_bias, device, bias=None, angles=None, halvings=None):
    import single_neuron as script

    if halvings is not None:
        return script.critical_angle(target_bias, halvings)
    return [script.fate(angle, bias, target_bias)[0] for angle in angles]


# ------------------------------------------------------------------------------------------- large, certified


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


def certified_numbers_plan(fast, device):
    import certified_constants
    import certified_numbers as script

    dims = (2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000) if fast else script.DIMS
    names = list(certified_constants.catalogue())  # all of them take two seconds
    cost = [4.0 if dim == 4 else 0.3 + 0.1 * dim if dim <= script.LARGEST_LOW else 0.2 for dim in dims]
    tasks = rows("dims", [{"dim": dim} for dim in dims], cost)
    tasks += rows("constants", [{"name": name} for name in names], [0.1] * len(names))
    return Plan(tasks, script.settings())


def certified_numbers(device, dim=None, name=None):
    import certified_constants
    import certified_numbers as script

    return script.certify_dimension(dim) if name is None else certified_constants.certify_constant(name)


def certified_frontier_plan(fast, device):
    import certified_frontier as script

    cases = [{"dim": d, "budget": B, "max_degree": L} for d, B, L in script.CASES]
    cases = [case for case in cases if case["dim"] == 20][:2] if fast else cases
    matching = [{"dim": dim, "degree": degree} for dim, degree in script.MATCHING]
    return Plan(
        rows("rows", cases, [(case["max_degree"] / 80) ** 3.5 for case in cases])
        + rows("matching", matching, [1.0] * len(matching))
    )


def certified_frontier(dim, device, budget=None, max_degree=None, degree=None):
    import certified_frontier as script

    return script.enclose(dim, budget, max_degree) if degree is None else script.over_the_tail(dim, degree)


def _learners(dim: int, seconds: float) -> Experiment:
    return Experiment(
        f"single_neuron_learners_{dim}",
        f"one neuron, three learners, one budget, d = {dim}",
        ("single_neuron",),
        ("single_neuron",),
        single_neuron_learners,
        single_neuron_learners_plan(dim, seconds),
        relative=1e-3,  # descent on float64; the errors of converged runs are rounding
        absolute=1e-9,
    )


EXPERIMENTS = (
    Experiment(
        "reduction_width",
        "networks of many widths beside their linearised twins",
        ("reduction",),
        ("reduction_width",),
        reduction_width,
        reduction_width_plan,
        relative=1e-2,  # the drift of step functions jumps where a sign changes
        absolute=1e-6,
    ),
    Experiment(
        "reduction_dial",
        "the lazy–rich dial",
        ("reduction",),
        ("reduction_dial",),
        reduction_dial,
        reduction_dial_plan,
        relative=1e-2,
        absolute=1e-6,
    ),
    Experiment(
        "polynomials_staircase",
        "captured share of every degree",
        ("polynomials",),
        ("polynomials_staircase",),
        polynomials_staircase,
        polynomials_staircase_plan,
        relative=1e-6,
        absolute=1e-8,
    ),
    Experiment(
        "polynomials_trained",
        "networks with both layers trained on one harmonic",
        ("polynomials",),
        ("polynomials_trained",),
        polynomials_trained,
        polynomials_trained_plan,
        relative=1e-3,
        absolute=1e-9,
    ),
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
    Experiment(
        "single_neuron_samples",
        "samples that gradient descent needs",
        ("single_neuron",),
        ("single_neuron",),
        single_neuron_samples,
        single_neuron_samples_plan,
        relative=1e-3,
        absolute=1e-9,
    ),
    _learners(10, 73.0),
    _learners(20, 245.0),
    _learners(50, 680.0),
    _learners(100, 900.0),
    Experiment(
        "single_neuron_basin",
        "from which starts the biased neuron dies",
        ("single_neuron",),
        ("single_neuron",),
        single_neuron_basin,
        single_neuron_basin_plan,
    ),
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
    Experiment(
        "certified_numbers",
        "rigorous enclosures for d ≤ 1000, and of the numbers that the theorem pages print",
        ("certified",),
        ("certified_numbers", "certified_constants", "certified_tools"),
        certified_numbers,
        certified_numbers_plan,
        relative=0.0,  # exact
        precision="ball arithmetic, 76 bits",
    ),
    Experiment(
        "certified_frontier",
        "rigorous enclosures of the weight-limited error",
        ("certified",),
        ("certified_frontier",),
        certified_frontier,
        certified_frontier_plan,
        relative=1e-3,  # any two enclosures overlap; the float optimum proposes them
        precision="ball arithmetic around a float64 proposal",
    ),
)
