"""Every stored record is traced to an experiment and to a page; the fast versions run; a flipped byte is named."""

import random
import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip("filelock", reason="filelock is not installed: pip install 'rfcompanion[reproduce]'")

from rfcompanion import records, reproduce
from rfcompanion.__main__ import main
from rfcompanion.reproduce import compare
from rfcompanion.reproduce.experiment import extract
from rfcompanion.reproduce.finish import PROVENANCE

BOOK = Path(__file__).resolve().parent.parent / "book"
DATA = sorted((BOOK / "data").iterdir())
REGISTRY = reproduce.load_registry(BOOK)


def text_of(page):
    paths = (BOOK / "sources" / f"{page}.md", BOOK / f"{page}.md")
    return next(path for path in paths if path.exists()).read_text(encoding="utf-8")


def test_every_file_of_data_is_made_by_a_named_experiment():
    made = {experiment.record for experiment in REGISTRY.values()} | set(reproduce.other_records(BOOK))
    assert {path.name for path in DATA if not path.name.startswith(".")} <= made


def test_records_of_speed_name_their_command_on_the_page_and_in_the_list(capsys):
    assert main(["reproduce", "--list", "--book", str(BOOK)]) == 0
    listed, page = capsys.readouterr().out, text_of("reproducing")
    for name, command in reproduce.other_records(BOOK).items():
        if (path := BOOK / "data" / name).exists():  # they may be missing: the pages then say "not measured here"
            assert records.provenance(path)["command"] == command
        assert re.search(rf"{re.escape(name)} +(intact|missing) +made by: {re.escape(command)}\n", listed)
        assert f"`book/data/{name}`" in page
        assert f"`{command}`" in page


@pytest.mark.parametrize("name", REGISTRY)
def test_every_experiment_feeds_a_page_that_names_its_record(name):
    stem = re.sub(r"_\d+$", "", name)  # a chapter may write the number as {dim}
    assert REGISTRY[name].pages
    for page in REGISTRY[name].pages:
        assert stem in text_of(page), f"{page} does not show {name}.json"
    for script in REGISTRY[name].scripts:
        assert (BOOK / "experiments" / f"{script}.py").is_file()


def test_every_script_belongs_to_an_experiment():
    scripts = {script for experiment in REGISTRY.values() for script in experiment.scripts}
    assert {path.stem for path in (BOOK / "experiments").glob("*.py")} - {"registry"} <= scripts


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_a_flipped_byte_is_detected_by_name(path, tmp_path):
    records.read(path)
    data = path.read_bytes()
    copy, rng = tmp_path / path.name, random.Random(path.name)
    exponents = [found.start() for found in re.finditer(rb"(?<=\d)e(?=[+-]\d)", data)]
    flips = [(rng.randrange(len(data)), 1 << rng.randrange(8)) for _ in range(25)]
    flips += [(position, ord("e") ^ ord("E")) for position in exponents[:1]]  # the number stays the same
    for position, bits in flips:
        damaged = bytearray(data)
        damaged[position] ^= bits
        copy.write_bytes(damaged)
        for reader in (records.read, records.provenance):
            with pytest.raises(ValueError, match=re.escape(path.name)) as caught:
                reader(copy)
            assert "\n" not in str(caught.value)


def test_records_hold_the_tasks_that_the_registry_declares():
    for experiment in REGISTRY.values():
        path = BOOK / "data" / experiment.record
        if not path.exists():
            pytest.fail(f"{path.name} is missing: python -m rfcompanion reproduce {experiment.name}")
        stored, plan = records.read(path), experiment.plan(False, "cpu")
        for task in plan.tasks:
            extract(stored, task)
        assert stored.full, f"{path.name} is small: python -m rfcompanion reproduce {experiment.name}"
        for key, value in records.plain(plan.constants).items():
            assert key in stored, f"{experiment.name}: {key}"
            assert isinstance(value, dict) or stored[key] == value, f"{experiment.name}: {key}"


def what_is_missing(experiment) -> str:
    """One line on the provenance of a stored record; empty where it is whole."""
    source = records.provenance(BOOK / "data" / experiment.record)
    if lacking := sorted(PROVENANCE - source.keys()):
        return f"{experiment.record} lacks {', '.join(lacking)}: python -m rfcompanion reproduce {experiment.name}"
    devices = source["device"] if isinstance(source["device"], list) else [source["device"]]
    kind = devices[0]["name"].partition(":")[0]
    plan = experiment.plan(False, kind)
    wrong = {
        "code": not re.fullmatch(r"[0-9a-f]{16}", source["code"]),
        "command": source["command"] != f"python -m rfcompanion reproduce {experiment.name}",
        "date": not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", source["date"]),
        "device": kind not in experiment.devices or not all(device["cpu"] for device in devices),
        "precision": source["precision"] != experiment.precision,
        "seconds": not source["seconds"] > 0,
        "seed": source["seed"] != records.plain(plan.seed),
        "tasks": source["tasks"] != len(plan.tasks),
        "versions": not all(f"'{name}'" in str(source["versions"]) for name in ("python", "numpy", "rfcompanion")),
    }
    return ", ".join(f"{experiment.record}: {key} is {source[key]!r}" for key, bad in wrong.items() if bad)


@pytest.mark.parametrize("name", REGISTRY)
def test_every_record_says_where_it_is_from(name):
    assert what_is_missing(REGISTRY[name]) == ""


def test_fast_versions_make_all_records_without_any(tmp_path, capsys):
    """A copy of the book without its data: every experiment runs, and its small record takes the free place."""
    book = tmp_path / "book"
    shutil.copytree(BOOK / "experiments", book / "experiments", ignore=shutil.ignore_patterns("__pycache__"))
    assert main(["reproduce", "--all", "--fast", "--jobs", "1", "--book", str(book)]) == 0
    for experiment in REGISTRY.values():
        small = records.read(book / "data" / experiment.record)
        assert not small.full
        assert set(small) == set(records.read(BOOK / "data" / experiment.record))
        assert "--fast" in records.provenance(book / "data" / experiment.record)["command"]
    capsys.readouterr()
    assert main(["reproduce", "--all", "--fast", "--jobs", "1", "--book", str(book)]) == 0
    assert capsys.readouterr().out.count(" 0 of ") == len(REGISTRY)  # resumed: nothing left to do


def test_a_random_part_agrees_with_the_stored_records(capsys):
    assert main(["reproduce", "certified_numbers", "--verify", "0.05", "--seed", "3", "--book", str(BOOK)]) == 0
    drawn = round(0.05 * len(REGISTRY["certified_numbers"].plan(False, "cpu").tasks))
    assert f"{drawn} of {drawn} tasks agree" in capsys.readouterr().out
    for name in ("single_neuron_learners_10", "lower_bound_fits", "trade_offs_fits"):
        task = min(REGISTRY[name].plan(False, "cpu").tasks, key=lambda task: task.seconds)
        for _, _, _, problem in compare.verify([(REGISTRY[name], task)], BOOK, BOOK / "data"):
            assert problem == ""


@pytest.mark.parametrize("bias", [0.0, -1.0])
def test_large_fits_take_tensors_as_they_would_on_a_gpu(bias):
    pytest.importorskip("torch")
    import large_fits

    here, there = (large_fits.fit_width(10, 64, bias, device=device) for device in ("cpu", "cpu:0"))
    assert compare.difference(records.plain(here), records.plain(there)) < 1e-9
    assert here["relative_error"] > here["floor"]
    paths = [large_fits.fit_budgets(10, 64, [2.0, 20.0], device=device) for device in ("cpu", "cpu:0")]
    assert compare.difference(*map(records.plain, paths), absolute=1e-7) < 1e-6


def test_large_deep_features_take_tensors_as_they_would_on_a_gpu():
    pytest.importorskip("torch")
    import large_deep

    here, there = (large_deep.fit(10, 64, 4000, device=device) for device in ("cpu", "cpu:0"))
    assert compare.difference(records.plain(here), records.plain(there)) < 1e-6
    assert here["relative_error"] > here["floor"]


@pytest.mark.parametrize("activation", ["softplus", "relu"])
def test_large_training_is_the_training_of_the_chapter(activation):
    pytest.importorskip("torch")
    import large_training
    import reduction_width

    wide = large_training.measure(activation, 64, seeds=(0, 1), steps=30)
    chapter = reduction_width.measure(activation, "weights", (64,), (0, 1), 30)
    for key in ("movement", "gap_mean", "twin_distance", "drift_mean", "test_network", "test_twin"):
        assert wide[key] == pytest.approx(chapter[key][:, 0].tolist(), rel=1e-9)


def test_a_gpu_gets_the_larger_sweep(capsys):
    def largest(name, key, device):
        tasks = REGISTRY[name].plan(False, device).tasks
        return max(task.parameters.get(key, 0) for task in tasks)

    assert [name for name in REGISTRY if "cuda" in REGISTRY[name].devices] == [
        "large_fits",
        "large_deep",
        "large_training",
    ]
    sizes = {
        ("large_fits", "features"): (4096, 65_536),
        ("large_deep", "count"): (2048, 16_384),
        ("large_deep", "samples"): (204_800, 10_000_000),
        ("large_training", "width"): (2**17, 2**20),
    }
    page = text_of("reproducing")
    for (name, key), expected in sizes.items():
        assert (largest(name, key, "cpu"), largest(name, key, "cuda:0")) == expected
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        assert all(f"{size:,}" in row for size in expected)
    paths = [
        t.parameters["features"] for t in REGISTRY["large_fits"].plan(False, "cuda").tasks if t.place[0] == "budgets"
    ]
    assert {8192, 16_384} <= set(paths)
    assert main(["reproduce", "large_deep", "--dry-run", "--device", "cuda", "--book", str(BOOK)]) == 0
    assert "(estimated from numbers of operations, not measured); nothing was computed" in capsys.readouterr().out


def test_every_row_of_the_large_records_says_where_it_was_made():
    for name, lists in (
        ("large_fits", ("widths", "budgets")),
        ("large_deep", ("fits",)),
        ("large_training", ("runs",)),
    ):
        record, source = (get(BOOK / "data" / f"{name}.json") for get in (records.read, records.provenance))
        devices = {row["device"] for part in lists for row in record[part]}
        assert devices == {source["device"]["name"].partition(":")[0]}
