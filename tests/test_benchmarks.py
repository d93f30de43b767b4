"""The rules of the benchmark table, without timing anything: five timings a median, versions, dates, gaps."""

import ast
import inspect
from pathlib import Path

import pytest

from benchmarks import __main__ as table
from benchmarks import _measure
from rfcompanion import records

FOLDER = Path(_measure.__file__).parent
RECORD = FOLDER.parent / "book" / "data" / "benchmarks.json"
#: Benchmarks whose rows do not yet say it.
SILENT: set[str] = set()


def row(**changes):
    return _measure.row("a", "b", 1.0, 2.0, "s", runs=5) | changes


def test_fewer_than_five_timings_are_not_stored():
    stored = table.merge({}, "gram", [row(), row(unit="relative", runs=0)], 1.0)["tables"]["gram"]
    assert stored["repeats"] == 5
    for few in (row(runs=4), row(runs=0), row(unit="MB", runs=1)):
        with pytest.raises(ValueError, match="gram: fewer than 5 timings, not stored: a"):
            table.merge({}, "gram", [row(), few], 1.0)


def test_a_table_has_its_own_date_and_versions():
    other = {"tables": {"ridge": {"rows": [], "date": "then"}}}
    merged = table.merge(other, "gram", [row(versions={"jax": "1.2"})], 1.0)["tables"]
    assert merged["ridge"]["date"] == "then"
    assert merged["gram"]["date"].endswith("Z")
    assert merged["gram"]["versions"].items() >= {"jax": "1.2", **records.versions()}.items()
    assert {"scikit-learn", "piqp", "scipy"} <= merged["gram"]["versions"].keys()
    assert "versions" not in merged["gram"]["rows"][0]


def test_too_few_repeats_are_refused_before_anything_is_measured(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "gram", "--repeats", "3"])
    monkeypatch.setattr(table, "run", lambda *arguments: pytest.fail("something was measured"))
    with pytest.raises(SystemExit):
        table.main()
    assert "--repeats must be at least 5" in capsys.readouterr().err


@pytest.mark.parametrize("name", table.names())
def test_every_benchmark_takes_and_states_its_repeats(name):
    """No cap on them, none left out: ``rows`` takes repeats, and every row that is timed says how many."""
    module = __import__(f"benchmarks.{name}", fromlist=["rows"])
    assert "repeats" in inspect.signature(module.rows).parameters
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert "min(repeats" not in source
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    made = [call for call in calls if getattr(call.func, "attr", "") == "row"]
    silent = [call.lineno for call in made if "runs" not in {keyword.arg for keyword in call.keywords}]
    assert bool(silent) == (name in SILENT), f"{name}.py, lines {silent}: say runs=…, or take it out of SILENT"


@pytest.mark.parametrize("name", table.names())
def test_the_stored_tables_keep_the_rules(name):
    stored = records.read(RECORD)["tables"].get(name)
    if stored is None:
        pytest.skip(f"{name} was not measured")
    whole = all("runs" in one for one in stored["rows"]) and {"date", "versions"} <= stored.keys()
    assert whole
    assert _measure.too_few(stored["rows"]) == []
    assert stored["repeats"] >= 5


def test_the_gap_of_a_peer_is_that_of_our_fits():
    """The check on PIQP's accuracy sees a point that is not optimal."""
    from benchmarks import budget
    from rfcompanion.fitting import fit_population

    gram, cross, budgets = budget.problem(5, 40, 0)
    limit = budgets[10] / 40
    mine = fit_population(gram, cross, 0.5, budget=budgets[10], tolerance=1e-9)
    assert budget.gap(gram, cross, mine.weights, limit) == pytest.approx(mine.gap, abs=1e-12)
    other = budget.piqp_alone(gram, cross, limit, 1e-10)
    assert 0 <= budget.gap(gram, cross, other, limit) + 1e-15 < 0.5e-9
    assert budget.gap(gram, cross, 0.99 * other, limit) > 1e-5
