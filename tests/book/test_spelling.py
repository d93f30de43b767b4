"""The spelling of the prose (``tools/spelling.py``): British, each word in a dictionary or in our list."""

import pytest
import spelling

TEXTS = {str(path.relative_to(spelling.ROOT)): path.read_text(encoding="utf-8") for path in spelling.files()}
OWN = spelling.project_words()


@pytest.mark.parametrize("file", TEXTS)
def test_every_word_is_spelt_right(file):
    assert [str(slip) for slip in spelling.slips(file, TEXTS[file], set(OWN))] == []


def test_the_prose_is_read():
    """A reader of the prose that lost most of it would find no slip either."""
    counts = {file: len(spelling.words(text)) for file, text in TEXTS.items()}
    assert counts["README.md"] > 150
    assert counts["book/teaching.md"] > 1000
    assert min(count for file, count in counts.items() if file.startswith("book/sources/")) > 150
    assert sum(counts.values()) > 40_000


def test_the_list_is_sorted_and_holds_no_word_that_nothing_needs():
    assert sorted(set(OWN)) == OWN
    assert all(word == word.lower() and word.isalpha() for word in OWN)
    assert not any(spelling.is_american(word) for word in OWN)
    assert spelling.unused(OWN, list(TEXTS.values())) == []
    assert spelling.unused([*OWN, "flibbertigibbets", "house"], list(TEXTS.values())) == ["flibbertigibbets", "house"]
    used = {word.lower() for text in TEXTS.values() for _, word in spelling.words(text)}
    assert used >= spelling.BRITISH_TOO
    assert spelling.pairs()[1] >= spelling.BRITISH_TOO


def test_a_slip_is_noticed_with_its_file_and_line():
    """In a whole chapter: in a sentence, the title of a theorem, a folded proof; not in code or a formula."""
    name = "book/sources/setting.md"
    lines = TEXTS[name].splitlines()
    last = len(lines)
    lines += [
        "", "The eigenvalu of a kernel.", "",
        "````{prf:theorem} A kernelish title", ":label: thm-x", "", "$wrongg$, `fooish`", "````", "",
        "````{dropdown} Proof", "```{prf:proof}", "By normishly.", "```", "````", "",
        "```{code-cell} ipython3", "notaword = 1", "```",
    ]  # fmt: skip
    found = spelling.slips(name, "\n".join(lines), set(OWN))
    assert [(slip.line - last, slip.word) for slip in found] == [(2, "eigenvalu"), (4, "kernelish"), (12, "normishly")]
    assert str(found[0]).startswith(f"{name}, line {last + 2}: eigenvalu is in no dictionary")


@pytest.mark.parametrize(
    "american", ["color", "Behavior", "neighbors", "centered", "modeling", "minimize", "diagonalized", "analyzing"]
)
def test_american_forms_are_noticed(american):
    (slip,) = spelling.slips("x.md", f"One line.\n\nA {american} word.\n", set(OWN))
    assert (slip.line, slip.word) == (3, american)
    assert "British" in slip.problem


@pytest.mark.parametrize(
    "right", ["colour", "size", "sizes", "resized", "prize", "seizing", "centred", "modelling", "minimise", "capsize"]
)
def test_british_forms_are_right(right):
    assert spelling.slips("x.md", f"A {right} word's place; the neighbours' too.\n", {right}) == []
