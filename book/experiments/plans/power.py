"""Training and what features can do: networks beside their linearised twins, polynomials."""

from plans.common import rows, spread
from rfcompanion.reproduce import Experiment, Plan, Task


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
)
