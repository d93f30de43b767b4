"""Weight budgets at r = 4000, where PIQP takes seconds for each."""

from benchmarks import budget


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Paths in both dimensions and a single budget; no smaller version: ``--quick`` leaves it out."""
    if quick:
        return []
    table = [row for dim in (10, 50) for row in budget.path(dim, 4000, 4, repeats, quick)]
    return [*table, budget.single(4000, repeats, quick)]
