"""Records come back bit for bit, carry their provenance, and a damaged one is refused by name."""

import json
import multiprocessing
import os
import re
import signal
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcompanion import records

ARGUMENTS = {"seed": 7, "seconds": 1.25, "command": "python book/experiments/example.py"}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30)
TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(results=st.dictionaries(st.text(max_size=5), TREES, max_size=5))
def test_what_is_written_comes_back_bit_for_bit(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "a.json"
    records.write(path, results, **ARGUMENTS)
    assert records.read(path) == results


def test_arrays_and_scalars_become_plain_numbers(tmp_path):
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).standard_normal((3, 2))
    results = {"array": values, "scalar": np.float64(0.1), "count": np.int64(3), "flag": np.bool_(True)}
    results["tensor"] = torch.arange(3)
    back = records.read(records.write(tmp_path / "a.json", results, **ARGUMENTS))
    assert np.array_equal(np.array(back["array"]), values)
    assert back["scalar"] == 0.1
    assert back["count"] == 3
    assert back["flag"] is True
    assert back["tensor"] == [0, 1, 2]


def test_text_is_sorted_diffable_and_the_same_each_time(tmp_path):
    path = records.write(tmp_path / "a.json", {"b": [1.0, 2.0], "a": {"x": [[1, 2], [3, 4]]}}, **ARGUMENTS)
    text = path.read_text()
    assert text.index('"a"') < text.index('"b"')
    assert "[1.0, 2.0]" in text
    assert "[1, 2]" in text
    again = records.write(tmp_path / "b.json", {"a": {"x": [[1, 2], [3, 4]]}, "b": [1.0, 2.0]}, **ARGUMENTS)
    drop = re.compile('"date"|"provenance_checksum"')  # the clock may tick in between
    lines, others = (
        [line for line in whole.split("\n") if not drop.search(line)] for whole in (text, again.read_text())
    )
    assert lines == others


def test_provenance_says_where_a_number_came_from(tmp_path):
    import platform

    source = records.provenance(records.write(tmp_path / "a.json", {}, **ARGUMENTS))
    assert source["seed"] == 7
    assert source["seconds"] == 1.25
    assert source["command"].startswith("python ")
    assert {"python", "numpy", "scipy", "torch", "rfcompanion"} <= source["versions"].keys()
    assert source["device"]["cores"] >= 1
    assert source["device"]["name"] == "cpu"
    node = platform.node()
    assert not node or node not in json.dumps(source)


def test_a_damaged_record_is_refused_in_one_line_that_names_it(tmp_path):
    path = records.write(tmp_path / "series.json", {"value": 0.25}, **ARGUMENTS)
    whole = path.read_text()
    for damaged in (
        whole.replace("0.25", "0.26"),
        whole[: len(whole) // 2],
        "[]",
        whole.replace('"format": 1', '"format": 9'),
    ):
        path.write_text(damaged)
        with pytest.raises(ValueError, match=r"series\.json") as caught:
            records.read(path)
        assert "\n" not in str(caught.value)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="damaged: not UTF-8"):
        records.provenance(path)
    with pytest.raises(FileNotFoundError, match=r"record nothing\.json not found"):
        records.read(tmp_path / "nothing.json")


def test_every_flipped_bit_is_refused(tmp_path):
    """Also where the number stays the same: e-05 and E-05, a seventeenth digit, a blank that is a tab."""
    results = {"small": 1e-05, "digits": 0.1 + 0.2, "text": "é", "series": [1.0, 2.5e300], "none": None}
    path = records.write(tmp_path / "series.json", results, **ARGUMENTS)
    whole = path.read_bytes()
    for position in range(len(whole)):
        for bit in {position % 8, 5}:  # the sixth bit turns e into E
            damaged = bytearray(whole)
            damaged[position] ^= 1 << bit
            path.write_bytes(damaged)
            with pytest.raises(ValueError, match=r"^record series\.json (is damaged: .*|has format .*)") as caught:
                records.read(path)
            assert "\n" not in str(caught.value)
    text = whole.decode()
    for other in (
        text.replace("1e-05", "1E-05"),
        text.replace("0.30000000000000004", "0.300000000000000040"),
        text.replace("\n", "\r\n"),
        text.replace('"none": null', '"none": NaN'),
        text.replace("é", "\\u00e9"),
        text.replace("é", "\\ud800"),
        text + "\n",
    ):
        assert other != text
        path.write_bytes(other.encode())
        with pytest.raises(ValueError, match=r"^record series\.json is damaged: "):
            records.read(path)


def test_bad_input_is_named(tmp_path):
    path = tmp_path / "a.json"
    with pytest.raises(TypeError, match="results must be a dictionary"):
        records.write(path, [1], **ARGUMENTS)
    with pytest.raises(ValueError, match=r"results\['x'\]\[1\] must be finite"):
        records.write(path, {"x": [1.0, float("nan")]}, **ARGUMENTS)
    with pytest.raises(TypeError, match=r"results\['x'\] must be numbers"):
        records.write(path, {"x": {1, 2}}, **ARGUMENTS)
    with pytest.raises(TypeError, match="results must have texts as keys"):
        records.write(path, {1: 2}, **ARGUMENTS)
    with pytest.raises(ValueError, match="seconds must be at least 0"):
        records.write(path, {}, seed=1, seconds=-1, command="x")
    with pytest.raises(ValueError, match="command must be"):
        records.write(path, {}, seed=1, seconds=1, command=" ")
    assert not path.exists()


def _rewrite_for_ever(path):
    value = 0
    while True:
        value += 1
        records.write(path, {"first": value, "filler": list(range(5000)), "last": value}, **ARGUMENTS)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_writer_leaves_a_whole_record(tmp_path):
    path = tmp_path / "a.json"
    records.write(path, {"first": 0, "filler": [], "last": 0}, **ARGUMENTS)
    context = multiprocessing.get_context("spawn")
    for wait in np.random.default_rng(1).uniform(0.4, 0.8, size=3):
        process = context.Process(target=_rewrite_for_ever, args=(path,))
        process.start()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        back = records.read(path)
        assert back["first"] == back["last"]
