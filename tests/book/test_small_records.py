"""The book without its stored records: chapters run on small ones and say so; pages of measured times say it, too."""

from types import SimpleNamespace

import chapter_files
import nbformat
import pytest
import small_records

pytest.importorskip("filelock", reason="filelock is not installed: pip install 'rfcompanion[reproduce]'")


def printed(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") or "".join(output.get("data", {}).values()) for output in outputs)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One chapter with its experiment, and the page of times; ``python tools/small_records.py`` does it for all."""
    folder = tmp_path_factory.mktemp("small") / "tree"
    assert small_records.main(["lower_bound", "fitting", "--keep", str(folder)]) == 0
    return folder


def test_a_chapter_runs_on_a_small_record_and_says_so(folder):
    assert [path.name for path in (folder / "book" / "data").iterdir()] == ["lower_bound_fits.json"]
    notebook = chapter_files.load(folder / "book" / "lower_bound.ipynb")
    assert "Small record lower_bound_fits.json, made by reproduce --fast." in printed(notebook)
    published = chapter_files.load(chapter_files.notebook_of("lower_bound"))
    assert "Small record" not in printed(published)


def test_times_that_were_not_measured(folder, monkeypatch):
    assert "Not measured here" in printed(chapter_files.load(folder / "book" / "fitting.ipynb"))
    monkeypatch.syspath_prepend(str(chapter_files.ROOT / "book" / "_ext"))
    import rf_readers

    monkeypatch.setattr(rf_readers, "ROOT", folder)
    page = SimpleNamespace(env=SimpleNamespace(note_dependency=lambda path: None))
    assert rf_readers.Status.text(page)[0].startswith("Not measured here: `python tools/status.py`")
    monkeypatch.setattr(rf_readers, "published", lambda env: ["setting"])
    assert any(line.startswith("| {doc}`setting` | – | – |") for line in rf_readers.RunLinks.text(page))


def test_a_chapter_that_does_not_say_so_is_named(folder):
    notebook = chapter_files.load(folder / "book" / "lower_bound.ipynb")
    records = small_records.feeds(["lower_bound"])
    assert records == {"lower_bound": ["lower_bound_fits.json"]}
    assert small_records.silent(folder, records) == []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    (folder / "book" / "silent.ipynb").write_text(nbformat.writes(notebook))
    problems = small_records.silent(folder, {"silent": ["lower_bound_fits.json"]})
    assert problems == ["silent: does not say that lower_bound_fits.json is small"]


def test_every_chapter_that_reads_a_record_is_run_on_a_small_one():
    chapters = small_records.feeds(chapter_files.names())
    for name in chapter_files.names():
        reads = "records.read(" in chapter_files.source_of(name).read_text(encoding="utf-8")
        assert reads == bool(chapters[name]) or name == "fitting", name  # the record of fitting holds times
    assert sum(map(len, chapters.values())) > 20
    for path in (chapter_files.ROOT / "book" / "student").glob("*.ipynb"):  # they are run without any record
        assert "records.read(" not in path.read_text(encoding="utf-8"), path.name


def test_unknown_chapters_and_folders_in_use_are_refused(tmp_path, capsys):
    for arguments, message in (
        (["nothing"], "no such chapter: nothing"),
        (["--keep", str(tmp_path)], "--keep must name"),
    ):
        with pytest.raises(SystemExit):
            small_records.main(arguments)
        assert message in capsys.readouterr().err
