"""The ledger of claims, the proof map and the anchors: complete; and each way of breaking them is noticed."""

import re
import shutil

import claims as tool  # puts book/_ext on the path
import pytest
import rf_claims as claims
import rf_map
import rf_sources as sources

ROOT = tool.ROOT

SMALL = """\
---
kernelspec:
  name: python3
  display_name: Python 3
---

# Small: a chapter

The constant is 0.125 exactly. <!-- claim: small-constant -->

````{prf:lemma} Halves
:label: lem-halves

One half squared is a quarter.
````

:::{dropdown} Proof
Multiply. ∎
:::

````{prf:theorem} Eighths
:label: thm-eighths

One half cubed is an eighth.
````

:::{dropdown} Proof
By {prf:ref}`lem-halves`. ∎
:::

```{code-cell} ipython3
print(f"{1 / 8:.3f}")
assert 1 / 8 == 0.125
```

## Exercises

````{exercise} Sixteenths
:label: ex-small-sixteenths

Compute $2^{-4}$. See {prf:ref}`thm-eighths`.
````

```{solution-start} ex-small-sixteenths
:class: dropdown
```

```{code-cell} ipython3
value = 1 / 16
assert value == 0.0625
# answer: value = value -- the number
```

```{solution-end}
```
"""

TEST = """\
# checks: lem-halves
def test_halves():
    assert 0.5**2 == 0.25
"""


@pytest.fixture
def book(tmp_path):
    """A project with one chapter, its stored outputs and one test; ``write`` changes a part of it."""
    import nbformat
    import notebooks

    (tmp_path / "book" / "sources").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "_toc.yml").write_text("root: book/small\n", encoding="utf-8")

    def write(text=SMALL, test=TEST, output="0.125\n"):
        (tmp_path / "book" / "sources" / "small.md").write_text(text, encoding="utf-8")
        (tmp_path / "tests" / "test_small.py").write_text(test, encoding="utf-8")
        notebook = notebooks.read_source(text)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)]
        nbformat.write(notebook, tmp_path / "book" / "small.ipynb")
        chapter = sources.read_chapter("small", text)
        return claims.Ledger([chapter], tmp_path), rf_map.ProofMap([chapter])

    return write


# ------------------------------------------------------------------------------------------------- the book's own


@pytest.fixture(scope="module")
def ledger():
    return claims.book_ledger()


def test_every_claim_has_a_check_and_every_check_a_claim(ledger):
    assert ledger.problems == []


def test_the_ledger_covers_the_book(ledger):
    kinds = {claim.kind for claim in ledger.claims.values()}
    assert {"theorem", "lemma", "figure", "sentence"} <= kinds
    for chapter in ledger.chapters:
        assert {s.label for s in chapter.statements} <= set(ledger.claims)
        assert {cell.figure for cell in chapter.cells if cell.figure} <= set(ledger.claims)
    labels = re.findall(r"^:label: ((?:thm|lem|prp|cor|def)-[\w-]+)", "\n".join(c.text for c in ledger.chapters), re.M)
    assert sorted(labels) == sorted(ledger.statements), "a statement that the reader of sources did not find"


def test_the_proof_map_has_no_circle_no_orphan_and_no_unproved_leaf():
    assert rf_map.ProofMap(sources.read_book()).problems == []


# ------------------------------------------------------------------------------------------------- broken copies


def test_the_small_book_is_in_order(book):
    ledger, proof_map = book()
    assert ledger.problems == []
    assert proof_map.problems == []
    assert set(ledger.claims) == {"small-constant", "lem-halves", "thm-eighths"}
    assert [check.test for check in ledger.claims["lem-halves"].checks if check.test] == [
        "tests/test_small.py::test_halves"
    ]
    assert ledger.claims["thm-eighths"].certainty == "exact"
    assert ledger.claims["small-constant"].certainty == "measured"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("is 0.125 exactly", "is 0.126 exactly", "no cell prints or asserts 0.126"),  # a claim's number
        ("is 0.125 exactly", "is 12.4 % exactly", "no cell prints or asserts 12.4 %"),
        (" <!-- claim: small-constant -->", "", "no identifier"),  # a claim without a name
        ("claim: small-constant", "claim: lem-halves", "names two claims"),
        ("claim: small-constant -->", "claim: small-constant by=thm-nothing -->", "by=thm-nothing"),  # a dangling id
        ("claim: small-constant -->", "claim: small-constant kind=sure -->", "kind must be"),
        ("assert 1 / 8 == 0.125", "# checks: lem-nothing\nassert 1 / 8 == 0.125", "checks lem-nothing"),
        (":::{dropdown} Proof\nMultiply. ∎\n:::\n", "", "neither a proof nor a citation"),
        ("assert 1 / 8 == 0.125", "pass", "thm-eighths has no check"),  # a claim without a check
        ("## Exercises", "## More\n\n```{code-cell} ipython3\nassert 2 > 1\n```\n\n## Exercises", "checks no claim"),
    ],
)
def test_a_broken_chapter_is_noticed(book, old, new, words):
    assert SMALL.count(old) == 1
    ledger, _ = book(SMALL.replace(old, new))
    assert any(words in problem for problem in ledger.problems), ledger.problems


def test_a_test_that_names_no_claim_is_noticed(book):
    ledger, _ = book(test=TEST.replace("lem-halves", "lem-thirds"))
    assert any("checks lem-thirds, which is no claim" in problem for problem in ledger.problems)


def test_a_number_that_drifts_in_the_output_is_noticed(book):
    computed = 'value = float(sum([1, 1])) ** -3\nprint(f"{value:.3f}")\nassert value < 1'
    text = SMALL.replace('print(f"{1 / 8:.3f}")\nassert 1 / 8 == 0.125', computed)
    assert book(text)[0].problems == []
    assert any("0.125" in problem for problem in book(text, output="0.135\n")[0].problems)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Multiply. ∎", "Use {prf:ref}`thm-eighths`. ∎", "a circle"),
        ("By {prf:ref}`lem-halves`. ∎", "By {prf:ref}`lem-thirds`. ∎", "lem-thirds, which is no statement"),
        ("By {prf:ref}`lem-halves`. ∎", "Multiply. ∎", "lem-halves stands alone"),
        ("By {prf:ref}`lem-halves`. ∎\n:::", "Multiply. ∎\n:::\n\n{prf:ref}`lem-halves`", "lem-halves stands alone"),
        ("is an eighth.\n", "is an eighth.\n<!-- alone: It is. -->\n", "the map joins it to lem-halves"),
        (":::{dropdown} Proof\nBy {prf:ref}`lem-halves`. ∎\n:::\n", "", "thm-eighths has neither"),
    ],
)
def test_a_broken_proof_map_is_noticed(book, old, new, words):
    assert SMALL.count(old) == 1
    _, proof_map = book(SMALL.replace(old, new))
    assert any(words in problem for problem in proof_map.problems), proof_map.problems


def test_a_statement_may_say_why_it_stands_alone(book):
    text = SMALL.replace("By {prf:ref}`lem-halves`. ∎", "Multiply. ∎")
    for sentence in ("is a quarter.\n", "is an eighth.\n"):
        text = text.replace(sentence, f"{sentence}<!-- alone: An example, for\npractice. -->\n")
    _, proof_map = book(text)
    assert proof_map.problems == []
    assert proof_map.nodes["lem-halves"].statement.alone == "An example, for\npractice."


def test_marking_names_each_sentence_once(book):
    text = SMALL.replace(" <!-- claim: small-constant -->", "")
    marked, added = tool.mark(sources.read_chapter("small", text), set())
    assert added == 1
    assert "0.125 exactly. <!-- claim: small-the-constant-is-exactly -->" in marked
    assert tool.mark(sources.read_chapter("small", marked), set()) == (marked, 0)
    assert book(marked)[0].problems == []


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        (r"It is $5.3\cdot10^{-18}$.", [5.3e-18]),
        (r"About 2 % of it, that is 0.0225.", [0.02, 0.0225]),
        ("More than 1,500,000 features.", [1_500_000]),
        ("By Theorem 3.1 and `f(0.5)` at $d=50$.", []),
    ],
)
def test_numbers_of_a_sentence(sentence, values):
    assert [number.value for number in claims.numbers(sentence)] == pytest.approx(values)


# ------------------------------------------------------------------------------------------------- anchors


def missing_anchors(chapters):
    present = set(tool.anchors(chapters))
    return [anchor for anchor in tool.published() if anchor not in present]


def test_no_published_anchor_has_disappeared():
    assert len(tool.published()) > 100
    assert missing_anchors(sources.read_book()) == []


def test_an_anchor_that_disappears_is_noticed():
    chapters = sources.read_book()
    first = next(chapter for chapter in chapters if chapter.statements)
    label = first.statements[0].label
    broken = sources.read_chapter(first.name, first.text.replace(f":label: {label}\n", f":label: {label}-new\n"))
    others = [chapter for chapter in chapters if chapter.name != first.name]
    assert missing_anchors([*others, broken]) == [f"{first.name}#{label}"]


def test_published_anchors_are_in_the_built_pages(html):
    pages = {}
    absent = []
    for anchor in tool.published():
        page, _, name = anchor.partition("#")
        if page not in pages:
            pages[page] = (html / "book" / f"{page}.html").read_text(encoding="utf-8")
        if f'id="{name}"' not in pages[page]:
            absent.append(anchor)
    assert absent == []


def test_the_map_in_the_built_book(html, soup):
    page = soup(html / "book" / "proof_map.html")
    labels = {s.label for chapter in sources.read_book() for s in chapter.statements}
    assert {node["data-label"] for node in page.select("svg.rf-map a.rf-node")} == labels
    for label in labels:
        entry = page.find(id=f"map-{label}")
        assert any(link["href"].endswith(f"#{label}") for link in entry.select("a")), label
    assert len((ROOT / "book" / "_ext" / "proof_map.js").read_bytes()) < 50_000


def test_the_ledger_in_the_built_book(html, soup, ledger):
    page = soup(html / "book" / "claims.html")
    rows = {row["id"].removeprefix("ledger-") for row in page.select("tr[id^=ledger-]")}
    assert rows == set(ledger.claims)
    assert all(row.select("td")[1].get_text(strip=True) for row in page.select("tr[id^=ledger-]"))


def test_copy_of_a_notebook_keeps_its_outputs_only_for_the_same_code(tmp_path):
    assert tool.same_code(["x = 1  # one"], ["x = 1"])
    assert not tool.same_code(["x = 1"], ["x = 2"])
    assert not tool.same_code(["x = 1"], ["x = 1", "y = 2"])
    shutil.rmtree(tmp_path)
