"""A single neuron: the samples that it needs, three learners, from which starts it dies."""

from plans.common import spread
from rfcompanion.reproduce import Experiment, Plan, Task


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
)
