"""Sweeps survive kill −9, damage and rivals; every backend gives the same records; a changed byte is named."""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("filelock", reason="filelock is not installed: pip install 'rfcompanion[reproduce]'")

import joblib.externals.loky.backend.context

from rfcompanion import records, reproduce
from rfcompanion.__main__ import main
from rfcompanion.records import record
from rfcompanion.reproduce import backends, code, compare, experiment
from rfcompanion.reproduce.store import Store, task_key
from rfcompanion.reproduce.sweep import keys

REGISTRY = '''
"""A registry with a sweep that is fast, and one whose second task fails."""

import os
import time
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np

from rfcompanion.reproduce import Experiment, Plan, Task

LOG = Path(__file__).parent.parent / "log"


def work(number, device, pause=0.0):
    time.sleep(pause)
    with open(LOG, "a") as log:
        print(f"{number} {os.getpid()}", file=log, flush=True)
    A = np.random.default_rng(number).standard_normal((40, 40))
    return {"number": number, "values": np.linalg.solve(A, A[0]), "sum": float((A @ A).sum())}


def plan(fast, device):
    tasks = [Task(("rows", i), {"number": i, "pause": PAUSE}, 2.0) for i in range(3 if fast else COUNT)]
    return Plan(tasks, {"device": device}, seed=7)


def fail(number, device):
    if number == 1:
        raise ValueError("the second task fails")
    return number


def span(number, device):
    begin = time.monotonic()
    time.sleep(0.1)
    return [begin, time.monotonic()]


COUNT, PAUSE = 24, float(os.environ.get("PAUSE", "0.004"))
EXPERIMENTS = (
    Experiment("numbers", "a fast sweep", ("page",), (), work, plan, relative=1e-12),
    Experiment("failing", "a failure", ("page",), (), fail, lambda fast, device: Plan(
        [Task((str(i),), {"number": i}) for i in range(3)])),
    Experiment("spans", "when each task ran", ("page",), (), span, lambda fast, device: Plan(
        [Task((str(i),), {"number": i}) for i in range(4)]), devices=("cpu", "cuda")),
)
'''


def make_book(folder: Path) -> Path:
    (folder / "book" / "experiments").mkdir(parents=True)
    (folder / "book" / "experiments" / "registry.py").write_text(REGISTRY)
    return folder / "book"


@pytest.fixture
def book(tmp_path):
    return make_book(tmp_path)


def numbers(book):
    return reproduce.load_registry(book)["numbers"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    book = make_book(tmp_path_factory.mktemp("undisturbed"))
    report = reproduce.run(numbers(book), book)
    assert (report.computed, report.change, report.problems) == (24, "new", [])
    return records.read(book / "data" / "numbers.json")


def check(book, expected):
    """The record is that of an undisturbed run; none of its parts is lost, doubled or left unfinished."""
    assert records.read(book / "data" / "numbers.json") == expected
    parts = sorted((book.parent / ".cache" / "reproduce" / "numbers").glob("[!.]*"))
    names = keys(numbers(book), numbers(book).plan(False, "cpu"), book)
    assert [path.stem for path in parts] == sorted(names)


# ---------------------------------------------------------------------------------------------------- kill −9


KILLS = 30


def stored(book) -> int:
    """How many tasks of a sweep are finished."""
    try:
        names = os.listdir(book.parent / ".cache" / "reproduce" / "numbers")
    except FileNotFoundError:
        return 0
    return sum(name.endswith(".json") and not name.startswith(".") for name in names)


class Killed:
    """A sweep in a forked process, killed once a random number of further results is stored."""

    def __init__(self, book, jobs, rng):
        self.book, self.before, self.rng = book, stored(book), rng
        self.target = rng.randint(self.before + 1, 23)
        self.child = os.fork()
        if self.child == 0:
            try:
                os.setsid()
                if jobs > 1:  # forked workers are there at once; the other tests of backends start them as usual
                    warnings.simplefilter("ignore")
                    joblib.externals.loky.backend.context.set_start_method("fork", force=True)
                reproduce.run(numbers(book), book, jobs=jobs)
            finally:
                os._exit(0)

    def over(self) -> bool:
        """Kill it, and half of the time its workers with it, if enough is stored; True once it has ended."""
        if stored(self.book) >= self.target:
            try:
                self.rng.choice((os.kill, os.killpg))(self.child, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.status = os.waitpid(self.child, 0)[1]
            return True
        ended, self.status = os.waitpid(self.child, os.WNOHANG)
        return ended != 0

    def in_the_middle(self) -> bool:
        """Whether it was killed after a result of its own, and before the last one."""
        done = stored(self.book)
        return self.status == signal.SIGKILL and self.before < done < 24 and not (self.book / "data").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("jobs", "pause"), [(1, "0.004"), (4, "0.02")])
def test_kill_after_a_random_number_of_results(tmp_path, undisturbed, jobs, pause, monkeypatch):
    """Thirty kills with 0 < finished < all tasks, each followed by a resumed run; a kill elsewhere does not count."""
    monkeypatch.setenv("PAUSE", pause)
    experiment._registry.cache_clear()
    rng, counts, groups, book, sweeps = random.Random(jobs), [], [], None, 0
    try:
        while len(counts) < KILLS:
            if book is None or stored(book) >= 23:
                if book is not None:
                    assert reproduce.run(numbers(book), book).problems == []
                    check(book, undisturbed)
                sweeps += 1
                assert sweeps <= 2 * KILLS
                book = make_book(tmp_path / str(sweeps))
            sweep = Killed(book, jobs, rng)
            groups.append(sweep.child)
            while not sweep.over():
                time.sleep(0.003)
            if sweep.in_the_middle():
                counts.append(stored(book))
        assert reproduce.run(numbers(book), book).problems == []
        check(book, undisturbed)
    finally:
        for group in groups:  # workers whose parent alone was killed
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
    assert all(0 < done < 24 for done in counts)
    assert len(set(counts)) >= 10  # at many different places


def test_two_processes_share_one_sweep(book, undisturbed):
    command = [sys.executable, "-m", "rfcompanion", "reproduce", "numbers", "--book", str(book), "--jobs", "1"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    computed = [int(re.search(r"(\d+) of 24", process.communicate(timeout=60)[0]).group(1)) for process in both]
    assert sum(computed) == 24
    check(book, undisturbed)
    assert len((book / "log").read_text().split("\n")) - 1 == 24  # each task once


# ----------------------------------------------------------------------------------------------------- damage


def flipped(path: Path, position: int):
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << (position % 7)
    path.write_bytes(bytes(data))


def test_a_damaged_result_is_named_and_made_again(book, undisturbed):
    reproduce.run(numbers(book), book)
    part = sorted((book.parent / ".cache/reproduce/numbers").glob("*.json"))[3]
    part.write_bytes(part.read_bytes()[:100])
    (book / "data/numbers.json").unlink()
    said = []
    report = reproduce.run(numbers(book), book, say=said.append)
    assert (report.computed, report.damaged) == (1, [part.name])
    assert part.name in said[0]
    check(book, undisturbed)


def test_a_damaged_record_is_named_and_made_again(book, undisturbed):
    reproduce.run(numbers(book), book)
    flipped(book / "data/numbers.json", (book / "data/numbers.json").read_bytes().index(b'"number": 3') + 10)
    said = []
    report = reproduce.run(numbers(book), book, say=said.append)
    assert (report.computed, report.damaged) == (0, ["numbers.json"])
    assert "numbers.json is damaged" in said[0]
    check(book, undisturbed)
    assert reproduce.run(numbers(book), book).change == "unchanged"


def test_a_flipped_byte_never_passes_for_a_result(book):
    store = Store(book.parent / "store")
    task = experiment.Task(("a",), {"x": 1})
    outcome = {"value": {"a": [0.1, 2.5e-7]}, "provenance": {"date": "2026-01-01", "seconds": 0.25}}
    store.put("key", task, outcome)
    intact = store.path("key").read_bytes()
    for position in range(len(intact)):
        flipped(store.path("key"), position)
        assert store.get("key") in (None, outcome)  # the parameters and the place are for people only
        store.path("key").write_bytes(intact)


def test_what_a_killed_writer_left_is_removed(book, undisturbed):
    """An unfinished file beside the record goes, but not the one that another process may be writing now."""
    (book / "data").mkdir()
    old, new = (book / "data" / f".numbers.json.{name}.part" for name in ("old", "new"))
    other = book / "data" / ".failing.json.old.part"
    for part in (old, new, other):
        part.write_text("{")
    for part in (old, other):
        os.utime(part, (time.time() - 3600,) * 2)
    reproduce.run(numbers(book), book)
    assert [part.exists() for part in (old, new, other)] == [False, True, True]
    check(book, undisturbed)


def test_another_result_is_compared_with_the_earlier_one(book):
    path = reproduce.run(numbers(book), book).record
    old = records.read(path)
    old["rows"][2]["sum"] *= 1 + 1e-6
    records.write(path, old, seed=7, seconds=1.0, command="x")
    change = reproduce.run(numbers(book), book).change
    assert float(re.search(r"by (\S+) at most", change).group(1)) == pytest.approx(1e-6, rel=0.1)


def rewritten(path, change=lambda results: None, drop=()):
    """The record with other results or without a part of its provenance, its checksums renewed."""
    results, source = dict(records.read(path)), records.provenance(path)
    change(results)
    source = {key: value for key, value in source.items() if key not in drop}
    text = record._as_text(source, results)
    path.write_bytes(text.encode())


@pytest.mark.parametrize("drop", ["code", "precision", "tasks", "seed"])
def test_a_record_with_half_its_provenance_is_completed(book, capsys, drop):
    """Equal numbers alone do not make a record whole: before the code was noted, they said nothing about it."""
    path = reproduce.run(numbers(book), book).record
    whole = records.provenance(path)
    rewritten(path, drop=[drop])
    assert drop not in records.provenance(path)
    shell(book, "--list")
    state = "intact, no code version" if drop == "code" else "intact"
    assert re.search(rf"numbers +24 +48 s +{state} +page", capsys.readouterr().out)
    assert reproduce.run(numbers(book), book).change == "unchanged"
    assert records.provenance(path) == whole
    before = path.stat().st_mtime_ns
    assert reproduce.run(numbers(book), book).change == "unchanged"
    assert path.stat().st_mtime_ns == before  # and then left alone


def test_numbers_that_are_confirmed_may_be_kept(book, capsys):
    """Within the stated error (1e-12) the stored numbers stay, and the record says what confirmed them; else not."""
    path = reproduce.run(numbers(book), book).record

    def nudge(results, by):
        results["rows"][2]["sum"] *= 1 + by

    rewritten(path, lambda results: nudge(results, 1e-13), drop=["code", "tasks"])
    kept, source = records.read(path), records.provenance(path)
    assert shell(book, "numbers --jobs 1 --keep") == 0
    assert "record kept: confirmed to 1.0e-13, within the stated error" in capsys.readouterr().out
    renewed = records.provenance(path)
    assert records.read(path) == kept
    assert renewed.items() >= source.items()
    assert (renewed["code"], renewed["tasks"]) == (code.code_version(numbers(book), book), 24)
    assert 0 < renewed["confirmed"]["difference"] < 1e-12
    assert renewed["confirmed"].keys() == {"date", "device", "difference", "seconds", "versions"}
    bytes_kept = path.read_bytes()
    assert reproduce.run(numbers(book), book, keep=True).change.startswith("kept")
    assert path.read_bytes() == bytes_kept
    rewritten(path, lambda results: nudge(results, 1e-11))
    assert reproduce.run(numbers(book), book, keep=True).change.startswith("differs")
    assert "confirmed" not in records.provenance(path)
    rewritten(path, lambda results: nudge(results, 1e-13))
    assert reproduce.run(numbers(book), book).change.startswith("differs")  # without --keep every change counts


# --------------------------------------------------------------------------------------------------- backends


@pytest.mark.parametrize("options", [{"jobs": 2}, {"jobs": 2, "scheduler": "local"}])
def test_every_backend_gives_the_same_record(book, undisturbed, options):
    if "scheduler" in options:
        pytest.importorskip("distributed", reason="dask is not installed: pip install 'rfcompanion[cluster]'")
    assert reproduce.run(numbers(book), book, **options).computed == 24
    check(book, undisturbed)


def test_a_worker_of_a_cluster_is_killed(book, undisturbed, monkeypatch):
    """One of three workers dies in the middle: every result arrives, none twice."""
    distributed = pytest.importorskip("distributed", reason="pip install 'rfcompanion[cluster]'")
    monkeypatch.setenv("PAUSE", "0.05")
    experiment._registry.cache_clear()
    arrived, first = [], True
    with distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None, silence_logs=50) as local:

        def progress(task, done, total):
            nonlocal first
            arrived.append(task.label)
            if first:
                first = False
                os.kill(next(iter(local.workers.values())).pid, signal.SIGKILL)

        options = {"scheduler": local.scheduler_address, "progress": progress}
        report = reproduce.run(numbers(book), book, **options)
    assert report.computed == 24
    assert report.problems == []
    assert sorted(arrived) == sorted({f"rows/{i}" for i in range(24)})
    check(book, undisturbed)


def test_a_result_that_is_lost_with_its_worker_is_made_again(book, undisturbed, monkeypatch):
    """A worker dies after it reported a result and before the result was fetched."""
    distributed = pytest.importorskip("distributed", reason="pip install 'rfcompanion[cluster]'")
    monkeypatch.setenv("PAUSE", "0.01")
    experiment._registry.cache_clear()
    as_completed, lost = distributed.as_completed, []
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as local:
        workers = {worker.worker_address: worker for worker in local.workers.values()}

        def late(futures, loop):
            for future in as_completed(futures, loop=loop):
                if not lost:
                    (holder,) = future.client.who_has([future])[future.key]
                    os.kill(workers[holder].pid, signal.SIGKILL)
                    for _ in range(500):
                        if future.status != "finished":
                            lost.append(future.key)
                            break
                        time.sleep(0.01)
                yield future

        monkeypatch.setattr(distributed, "as_completed", late)
        report = reproduce.run(numbers(book), book, scheduler=local.scheduler_address)
    assert lost
    assert report.problems == []
    assert report.computed == 24
    check(book, undisturbed)


def test_a_killed_process_of_the_local_pool_is_replaced(book, undisturbed, monkeypatch):
    monkeypatch.setenv("PAUSE", "0.05")
    experiment._registry.cache_clear()
    first, arrived = True, []

    def progress(task, done, total):
        nonlocal first
        arrived.append(task.label)
        if first:
            first = False
            os.kill(int((book / "log").read_text().split()[1]), signal.SIGKILL)

    assert reproduce.run(numbers(book), book, jobs=2, progress=progress).problems == []
    assert len(arrived) == len(set(arrived)) == 24
    check(book, undisturbed)


def overlaps(finished) -> int:
    """How many tasks began before the one before them had ended."""
    spans = sorted(outcome["value"] for _, outcome, problem in finished if problem is None)
    assert len(spans) == 4
    return sum(later[0] < earlier[1] for earlier, later in pairwise(spans))


def test_a_gpu_has_one_task_at_a_time(book):
    """A worker with four threads and one GPU: tasks for the GPU wait for one another, others do not."""
    distributed = pytest.importorskip("distributed", reason="pip install 'rfcompanion[cluster]'")
    options = {"n_workers": 1, "threads_per_worker": 4, "processes": False, "resources": {"GPU": 1}}
    with distributed.LocalCluster(**options, dashboard_address=None, silence_logs=50) as local:
        for device, gpu in (("cpu", False), ("cuda", True)):
            work = [(str(book), "spans", {"number": i}, device) for i in range(4)]
            found = overlaps(backends.cluster(work, local.scheduler_address, 1, gpu))
            assert found == 0 if gpu else found > 0


def test_a_gpu_has_one_task_at_a_time_without_a_cluster_too(book):
    report = reproduce.run(reproduce.load_registry(book)["spans"], book, device="cuda", jobs=4)
    spans = sorted(records.read(report.record)[str(i)] for i in range(4))
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(spans))


# ----------------------------------------------------------------------------------------------------- shell


def shell(book, arguments):
    return main(["reproduce", *arguments.split(), "--book", str(book)])


def test_list_dry_run_fast_and_failure(book, capsys):
    assert shell(book, "--list") == 0
    assert re.search(r"numbers +24 +48 s +missing +page", capsys.readouterr().out)
    assert shell(book, "numbers --dry-run --jobs 2") == 0
    printed = capsys.readouterr().out
    assert "24 of 24 tasks left, about 48 s" in printed
    assert "about 24 s with 2 processes; nothing was computed" in printed
    assert not (book / "data").exists()
    assert shell(book, "numbers --fast --jobs 1") == 0
    assert len(records.read(book / "data/numbers.json")["rows"]) == 3
    capsys.readouterr()
    assert shell(book, "numbers --dry-run") == 0
    assert "21 of 24 tasks left" in capsys.readouterr().out  # the three are tasks of the full sweep, too
    assert shell(book, "failing --jobs 1") == 1
    printed = capsys.readouterr()
    assert "failing, task 1: ValueError: the second task fails" in printed.err
    assert "2 of 3 tasks computed, no record" in printed.out


def test_a_small_record_says_so_and_never_replaces_a_full_one(book, capsys):
    path, beside = book / "data/numbers.json", book.parent / ".cache/reproduce/fast/numbers.json"
    assert shell(book, "numbers --fast --jobs 1") == 0
    small = records.read(path)
    assert not small.full
    assert small.notice == "Small record numbers.json, made by reproduce --fast."
    assert not beside.exists()
    capsys.readouterr()
    shell(book, "--list")
    assert re.search(r"numbers +24 +48 s +small +page", capsys.readouterr().out)
    assert shell(book, "numbers --verify 1 --seed 1") == 1  # a small record is not verified
    assert "the record is small: make it with reproduce numbers" in capsys.readouterr().out
    assert shell(book, "numbers --jobs 1") == 0
    assert "record new, in place of a small one" in capsys.readouterr().out
    full = path.read_bytes()
    assert records.read(path).full
    assert records.read(path).notice == ""
    assert shell(book, "numbers --fast --jobs 1") == 0
    assert path.read_bytes() == full
    assert not records.read(beside).full
    path.write_bytes(full.replace(b"e", b"E", 1))  # a damaged record is not covered by a small one, either
    assert shell(book, "numbers --fast --jobs 1") == 0
    with pytest.raises(ValueError, match=r"numbers\.json is damaged"):
        records.read(path)


def test_verify_finds_a_wrong_number(book, capsys):
    shell(book, "numbers --jobs 1")
    assert shell(book, "numbers --verify 0.25 --seed 1") == 0
    assert "6 of 6 tasks agree" in capsys.readouterr().out
    path = book / "data/numbers.json"
    wrong = records.read(path)
    wrong["rows"][5]["values"][7] *= 1 + 1e-9
    records.write(path, wrong, seed=7, seconds=1.0, command="x")
    assert shell(book, "numbers --verify 1 --seed 1") == 1
    printed = capsys.readouterr().out
    assert "numbers/rows/5: relative difference 1.0" in printed
    assert "23 of 24 tasks agree" in printed


def test_provenance_of_an_assembled_record(book):
    source = records.provenance(reproduce.run(numbers(book), book).record)
    assert source["command"] == "python -m rfcompanion reproduce numbers"
    assert source["code"] == code.code_version(numbers(book), book)
    assert (source["precision"], source["seed"], source["tasks"]) == ("float64", 7, 24)
    assert source["device"]["name"] == "cpu"
    assert {"python", "numpy", "rfcompanion"} <= source["versions"].keys()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "NAME or --all must say what to reproduce"),
        ("nothing", "NAME must be one of numbers, failing, spans, got 'nothing'"),
        ("numbers --jobs 0", "jobs must be at least 1"),
        ("numbers --verify 0", "verify must be greater than 0"),
        ("numbers --verify nan", "verify must be finite"),
        ("numbers --device abacus", "device must be one of 'cpu', 'cuda'"),
        ("numbers --device cuda:x", "device must look like"),
        ("numbers --scheduler nowhere://1", "scheduler nowhere://1 does not answer"),
    ],
)
def test_bad_input_is_answered_in_one_line(book, capsys, arguments, message):
    if "scheduler" in arguments:
        pytest.importorskip("distributed")
    with pytest.raises(SystemExit) as caught:
        shell(book, arguments)
    printed = capsys.readouterr()
    assert (caught.value.code, printed.out) == (2, "")
    assert printed.err.count("\n") == 1
    assert message in printed.err


def test_a_missing_book_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"book must be a folder that holds experiments/registry\.py"):
        reproduce.book_folder(tmp_path)


# -------------------------------------------------------------------------------------------------- the parts


def test_code_version_sees_what_changes_numbers_only(tmp_path):
    book = make_book(tmp_path)
    script = book / "experiments" / "script.py"
    other = book / "experiments" / "other.py"
    other.write_text("VALUE = 1\n")

    def version(text):
        script.write_text(textwrap.dedent(text))
        fields = {**numbers(book).__dict__, "scripts": ("script",)}
        return code.code_version(experiment.Experiment(**fields), book)

    first = version('"""Text."""\nimport other\n\ndef f(x):\n    """Doc."""\n    return x + other.VALUE\n')
    assert version("import other  # comment\ndef f(x):\n\n    return x + other.VALUE\n") == first
    assert version("import other\ndef f(x):\n    return x - other.VALUE\n") != first
    with_package = version("from rfcompanion import lower_bound\n")
    assert with_package != version("pass\n")
    other.write_text("VALUE = 22\n")
    assert version("import other\ndef f(x):\n    return x + other.VALUE\n") != first


def test_code_version_does_not_depend_on_python_or_on_the_place(tmp_path):
    # ast.unparse gives f"{x['a']}" other quotes from Python 3.12 on, and ast.dump another field.
    text = "def f(x, *, y=None):\n    return f\"{x['a']:>{y}} b\""
    name = "Name(id='x',ctx=Load())"
    value = f"Subscript(value={name},slice=Constant(value='a'),ctx=Load())"
    width = "FormattedValue(value=Name(id='y',ctx=Load()),conversion=-1)"
    spec = f"JoinedStr(values=[Constant(value='>'),{width}])"
    parts = f"FormattedValue(value={value},conversion=-1,format_spec={spec}),Constant(value=' b')"
    signature = "arguments(args=[arg(arg='x')],kwonlyargs=[arg(arg='y')],kw_defaults=[Constant()])"
    body = f"[Return(value=JoinedStr(values=[{parts}]))]"
    assert code._bare(text) == f"Module(body=[FunctionDef(name='f',args={signature},body={body})])"
    assert code._label(code.PACKAGE / "lower_bound" / "errors.py") == "rfcompanion/lower_bound/errors.py"
    assert code._label(tmp_path / "book" / "experiments" / "script.py") == "script.py"


def test_imports_are_followed_into_the_package():
    folder = code.PACKAGE / "lower_bound"
    found, waiting = set(), [folder / "__init__.py"]
    while waiting:
        if (path := waiting.pop()) not in found:
            found.add(path)
            waiting.extend(code._imported(path))
    names = {str(path.relative_to(code.PACKAGE)) for path in found}
    assert {f"lower_bound/{path.name}" for path in folder.glob("*.py")} <= names  # a folder counts with all its files
    assert {"concentration/biased.py", "harmonics.py", "targets.py"} <= names
    assert not {name for name in names if name.startswith(("records", "figures", "reproduce", "_checks"))}


def test_keys_depend_on_parameters_code_and_device():
    task = experiment.Task(("a",), {"x": 1})
    base = task_key("name", task, "c", "cpu")
    assert base == task_key("name", experiment.Task(("b",), {"x": 1}), "c", "cpu")
    others = [("other", task, "c", "cpu"), ("name", task, "d", "cpu"), ("name", task, "c", "cuda")]
    others.append(("name", experiment.Task(("a",), {"x": 2}), "c", "cpu"))
    assert base not in {task_key(*arguments) for arguments in others}
    assert task_key("name", task, "c", "cuda") == task_key("name", task, "c", "cuda:1")


def test_assemble_and_extract_are_inverse():
    tasks = [experiment.Task(place, {}) for place in (("a", 0, "x"), ("a", 0, "y"), ("a", 1), ("b", "c"))]
    plan = experiment.Plan(tasks, {"n": 2, "b": {"d": 0}})
    results = experiment.assemble(plan, [1, 2, [3], 4])
    assert results == {"n": 2, "a": [{"x": 1, "y": 2}, [3]], "b": {"d": 0, "c": 4}}
    assert [experiment.extract(results, task) for task in tasks] == [1, 2, [3], 4]
    with pytest.raises(ValueError, match="this place is taken"):
        experiment.assemble(experiment.Plan([tasks[3], tasks[3]]), [1, 2])
    with pytest.raises(ValueError, match="without gaps"):
        experiment.assemble(experiment.Plan([tasks[2]]), [1])
    with pytest.raises(ValueError, match="no entry b/c"):
        experiment.extract({}, tasks[3])


def test_difference():
    assert compare.difference({"a": [1.0, 2]}, {"a": [1.0, 2]}) == 0
    assert compare.difference([1.0, 4.0], [1.0, 5.0]) == 0.25
    assert compare.difference([0.0], [1e-9], absolute=1e-8) == 0
    assert compare.difference(0.0, 1e-9) == float("inf")
    assert compare.difference(10**400, 10**400 + 10**398) == pytest.approx(0.01)
    for stored, new in (({"a": 1}, {"b": 1}), ([1], [1, 2]), ("x", "y"), (True, False), (None, 0.0), (1, "1")):
        with pytest.raises(ValueError, match="results"):
            compare.difference(stored, new)
    assert json.dumps(compare.difference([], [])) == "0.0"
