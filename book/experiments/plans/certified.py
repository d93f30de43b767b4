"""Rigorous enclosures: the table for d ≤ 1000, constants of theorems, the weight-limited error."""

from plans.common import rows
from rfcompanion.reproduce import Experiment, Plan


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


EXPERIMENTS = (
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
