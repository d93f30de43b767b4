"""The ledger of claims, the proof map and the anchors: complete; and each way of breaking them is noticed."""

import re
import shutil

import claims as tool  # puts book/_ext on the path
import mutations
import pytest
import rf_claims as claims
import rf_map
import rf_numbers
import rf_runs as runs
import rf_sources as sources
import test_results as results
from rf_evidence import caption_text

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
    import chapter_files
    import nbformat

    (tmp_path / "book" / "sources").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "_toc.yml").write_text("root: book/small\n", encoding="utf-8")

    def write(text=SMALL, test=TEST, output="0.125\n"):
        (tmp_path / "book" / "sources" / "small.md").write_text(text, encoding="utf-8")
        (tmp_path / "tests" / "test_small.py").write_text(test, encoding="utf-8")
        notebook = chapter_files.read_source(text)
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


#: Changes that the ledger does not notice, each with the reason.
SURVIVORS = {
    "certified-the-table-covers-every: 100 -> 200": "the list of dimensions goes on with 200",
    "certified-the-tests-compare-that: 10^{-12} -> 10^{-11}": "one test, three tolerances",
    "certified-the-tests-compare-that: 10^{-11} -> 10^{-12}": "one test, three tolerances",
    "certified-the-tests-compare-that: 10^{-11} -> 10^{-10}": "one test, three tolerances",
    "certified-the-tests-compare-that: 10^{-10} -> 10^{-11}": "one test, three tolerances",
    "certified-what-the-table-holds: 10 -> 20": "the sentence also speaks of d = 20",
    "general-features-any-none-every: 22 -> 20": "the corollary also says d ≥ 20",
    "general-features-tenth-of-per-cent: 100 -> 200": "dimension 200 is in the table too, and as hopeless",
    "lower-bound-then-the-budget-of: -1/4 -> -2/4": "half of Λ^(-1/2): the test needs both powers",
    "trade-offs-at-the-frontier-is: 1.6 -> 1.8": "the factors of two laws, asserted side by side",
    "trade-offs-at-the-frontier-is: 1.8 -> 1.6": "the factors of two laws, asserted side by side",
}


def test_each_number_of_the_book_that_changes_is_noticed(ledger):
    """Every number of every marked sentence and caption, doubled or ten per cent off, in the book as it is."""
    found, tried = set(), 0
    for sentence in ledger.sentences.values():
        if sentence.options.get("kind") != "cited":  # taken on the word of its source
            tried += sum(1 for _ in mutations.mutants(sentence.text))
            found |= {f"{sentence.name}: {change}" for change in mutations.survivors(ledger, sentence)}
    for name, cell in ledger.figures.items():
        for number, new, text in mutations.mutants(caption_text(cell)):
            tried += 1
            if not ledger.judge_caption(cell, text, ledger.claims[name].checks):
                found.add(f"{name}: {number.text} -> {new}")
    assert tried > 500
    assert found == set(SURVIVORS), "new ones need a better check (by=, # checks:), old ones leave the list"


def test_every_kind_of_number_is_in_the_book(ledger):
    """The pattern of each kind still finds something: the test above would pass without it."""
    kinds = {number.kind for sentence in ledger.sentences.values() for number in rf_numbers.numbers(sentence.text)}
    assert kinds == {rf_numbers.VALUE, rf_numbers.ORDER, rf_numbers.BASE, rf_numbers.RATE}


def test_a_sentence_is_as_certain_as_what_checks_it(ledger):
    for claim in ledger.claims.values():
        if claim.kind != "sentence":
            continue
        options = ledger.sentences[claim.name].options
        proved = [c.anchor for c in claim.checks if c.anchor in ledger.statements and ledger.statements[c.anchor].proof]
        enclosed = [check for check in claim.checks if check.how == "certified"]
        others = [check for check in claim.checks if check.how == "claim"]
        if claim.certainty == "exact":
            assert proved or enclosed or others, claim.name
        if claim.certainty == "measured":  # nothing that is only proved is called measured
            assert any(ledger.run_of(check)[0] or check.test for check in claim.checks) or others, claim.name
        assert (claim.certainty == "cited") == (options.get("kind") == "cited"), claim.name
    same = [claim for claim in ledger.claims.values() if "thm-one-neuron" in {check.anchor for check in claim.checks}]
    assert len(same) > 5
    assert {claim.certainty for claim in same} == {"exact"}


def test_what_is_cited_has_its_citation_at_hand(ledger):
    cited = [claim for claim in ledger.claims.values() if claim.certainty == "cited"]
    assert {"after", "general_features", "lower_bound"} <= {claim.page for claim in cited}
    assert all(claim.citations for claim in cited)


def test_pages_about_the_book_repeat_what_the_chapters_prove(ledger):
    """Exponentials, rates and powers of ten on the other pages are those of some statement or claim."""
    texts = [s.text for s in ledger.statements.values()] + [sentence.text for sentence in ledger.sentences.values()]
    pool = frozenset().union(*(rf_numbers.printed(text) for text in texts))
    kinds = {rf_numbers.BASE, rf_numbers.RATE, rf_numbers.ORDER}
    seen = 0
    for path in sorted((ROOT / "book").glob("*.md")):
        for line in path.read_text(encoding="utf-8").splitlines():
            stated = [number for number in rf_numbers.numbers(line) if number.kind in kinds]
            seen += len(stated)
            assert all(number.agrees(pool) for number in stated), f"{path.name}: {line}"
    assert seen >= 2


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
    assert [check.anchor for check in ledger.claims["small-constant"].checks] == ["small-cell-1"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("is 0.125 exactly", "is 0.126 exactly", "prints or asserts 0.126"),  # a claim's number
        ("is 0.125 exactly", "is 12.4 % exactly", "prints or asserts 12.4 %"),
        (" <!-- claim: small-constant -->", "", "no identifier"),  # a claim without a name
        ("claim: small-constant", "claim: lem-halves", "names two claims"),
        ("claim: small-constant -->", "claim: small-constant by=thm-nothing -->", "by=thm-nothing"),  # a dangling id
        ("claim: small-constant -->", "claim: small-constant kind=sure -->", "kind=sure is no option"),
        ("claim: small-constant -->", "claim: small-constant kind=cited -->", "is cited from nowhere"),
        ("claim: small-constant -->", "claim: small-constant kind=exact -->", "names no proved statement"),
        ("One half cubed is an eighth.\n````", "x\n````\n\n| so | $12\\sqrt d\\,2^{-d}$ |", "no identifier"),  # a row
        ("One half cubed is an eighth.\n````", "x\n````\n\nThen $2^d$ features fail.", "no identifier"),
        ("One half cubed is an eighth.\n````", "x\n````\n\nFrom $r=512$ on it holds.", "no identifier"),
        ("One half cubed is an eighth.\n````", "x\n````\n\nIt falls like $r^{-3/4}$.", "no identifier"),
        (
            "assert 1 / 8 == 0.125\n",
            'assert 1 / 8 == 0.125\nfigures.show(fig, name="fig-small", alt="a", caption="It is 0.126.")\n',
            "caption's 0.126",
        ),
        ("assert 1 / 8 == 0.125", "# checks: lem-nothing\nassert 1 / 8 == 0.125", "checks lem-nothing"),
        (":::{dropdown} Proof\nMultiply. ∎\n:::\n", "", "neither a proof nor a citation"),
        ("assert 1 / 8 == 0.125", "pass", "thm-eighths: has no check"),  # a claim without a check
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


def test_sizes_and_axes_are_no_evidence(book):
    """Only what a cell prints or asserts counts, and only near the sentence."""
    drawn = SMALL.replace("is 0.125 exactly", "is 0.375 exactly")
    cell = 'print(f"{1 / 8:.3f}")\n'
    assert any("0.375" in problem for problem in book(drawn)[0].problems)
    assert any("0.375" in p for p in book(drawn.replace(cell, cell + "axis = [0.375]\n"))[0].problems)
    assert book(drawn.replace(cell, cell + "assert 3 / 8 == 0.375\n"))[0].problems == []
    far = drawn + "\n## Far away\n\n```{code-cell} ipython3\n# checks: lem-halves\nassert 3 / 8 == 0.375\n```\n"
    assert any("0.375" in problem for problem in book(far)[0].problems)
    named = far.replace("# checks: lem-halves", "# checks: lem-halves, small-constant")
    assert book(named)[0].problems == []


def test_a_number_may_be_checked_by_a_named_test_or_claim(book):
    named = TEST + "\n\n# checks: small-constant\ndef test_constant():\n    assert 0.5**3 == 0.125\n"
    ledger, _ = book(test=named)
    assert ledger.problems == []
    assert ledger.claims["small-constant"].checks[0].test == "tests/test_small.py::test_constant"
    assert any(
        "0.125" in problem for problem in book(test=named.replace("0.5**3 == 0.125", "0.6**3 > 0.2"))[0].problems
    )
    again = SMALL.replace("## Exercises", "It is 0.125. <!-- claim: small-again by=small-constant -->\n\n## Exercises")
    assert book(again)[0].problems == []
    assert any("0.126" in problem for problem in book(again.replace("is 0.125. ", "is 0.126. "))[0].problems)
    circle = again.replace("claim: small-constant -->", "claim: small-constant by=small-again -->")
    assert any("by=small-constant is no" in problem for problem in book(circle)[0].problems)


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
        ("By Theorem 3.1 and `f(0.5)` at $d=50$, in dimension 20, in 2019.", []),
        (r"So $2^d$ fail with probability $12\sqrt d\,2^{-d}$.", [2, 12, 2]),
        ("From $r=512$ on, with $2^{13}$ at most.", [512, 8192]),
        (r"At least $4d$ of $n\ge4d$, a factor of 3, by 10 to 50 %.", [4, 3, 0.1, 0.5]),
        (r"It falls like $r^{-3/4}$, below 1e-12 or 5·10²⁸.", [0.75, 1e-12, 5e28]),
        ("No $10^{28}$ features.", [28]),
    ],
)
def test_numbers_of_a_sentence(sentence, values):
    assert [number.value for number in claims.numbers(sentence)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("sentence", "held", "agrees"),
    [
        ("no $10^{28}$ features", 5.04e28, True),  # an order of magnitude, by its exponent
        ("no $10^{28}$ features", 9.9e27, False),
        ("about 1.2 times", 1.18, True),
        ("about 1.3 times", 1.21, False),  # half a unit of the last digit, not a whole one
        ("about 2 %", 0.0225, True),
        ("3,000 features", 3001, False),
    ],
)
def test_what_agrees_with_a_number(sentence, held, agrees):
    (number,) = claims.numbers(sentence)
    assert number.agrees({(rf_numbers.VALUE, held)}) == agrees


# ------------------------------------------------------------------------------------------------- the last run


def test_the_last_run_is_that_of_each_check(book):
    ledger, _ = book()
    lemma = ledger.claims["lem-halves"]
    assert ledger.last_run(lemma) == "not run"
    names = results.wanted(ledger)
    assert set(names) == {"small-cell-1", "tests/test_small.py::test_halves"}
    ledger.record = results.merge(dict.fromkeys(names, "passed"), names, {})
    assert ledger.last_run(lemma) == "passed"
    record = dict(ledger.record)
    changed, _ = book(test=TEST.replace("== 0.25", "< 1"))
    changed.record = record
    assert changed.last_run(changed.claims["lem-halves"]) == "changed since"
    assert changed.last_run(changed.claims["small-constant"]) == "passed"
    ledger.record = results.merge({"tests/test_small.py::test_halves": "failed"}, names, record)
    assert ledger.last_run(lemma) == "failed"
    assert ledger.last_run(ledger.claims["small-constant"]) == "passed"


def test_the_record_of_results_changes_only_with_them(book, tmp_path):
    names = results.wanted(book()[0])
    path = tmp_path / runs.RECORD
    results.write(tmp_path, results.merge(dict.fromkeys(names, "passed"), names, {}))
    first = path.read_bytes(), path.stat().st_mtime_ns
    known = runs.read_record(tmp_path)
    results.write(
        tmp_path, results.merge({"small-cell-1": "passed", "tests/test_x.py::test_other": "failed"}, names, known)
    )
    assert (path.read_bytes(), path.stat().st_mtime_ns) == first
    assert results.merge({}, {"small-cell-1": ""}, known).keys() == {"small-cell-1"}


def test_names_of_results():
    assert results.name_of("tests/test_x.py::test_y[a::b-3]") == "tests/test_x.py::test_y"
    assert results.name_of("book/general_features.ipynb::Cell 2") == "general-features-cell-3"


def test_the_worst_of_several_cases_counts():
    plugin = results.Plugin({})
    for case, outcome in (("0", "passed"), ("1", "failed"), ("2", "skipped")):
        report = type("Report", (), {"nodeid": f"tests/test_x.py::test_y[{case}]", "when": "call", "outcome": outcome})
        plugin.pytest_runtest_logreport(report)
    assert plugin.results == {"tests/test_x.py::test_y": "failed"}


def test_the_record_is_about_the_checks_of_the_book(ledger):
    assert set(ledger.record) & set(results.wanted(ledger)), "run tools/test_results.py"
    assert {entry["result"] for entry in ledger.record.values()} <= {"passed", "failed", "skipped"}


# ------------------------------------------------------------------------------------------------- anchors


def test_the_anchors_of_the_chapters_are_the_published_ones():
    """Without a build: none has disappeared, and each new one is stored."""
    present = tool.anchors(sources.read_book())
    assert len(present) > 300
    assert tool.unstored(tool.published(), present) == []
    names = {chapter.name: chapter for chapter in sources.read_book()}
    labels = re.compile(r"(?:thm|lem|def|cor|prp|ex|fig|claim)-")
    stored = [one for one in tool.published() if (parts := one.partition("#"))[0] in names and labels.match(parts[2])]
    assert tool.lost(stored, present) == []


def test_an_anchor_of_a_chapter_that_disappears_or_is_new_is_noticed():
    chapters = sources.read_book()
    first = next(chapter for chapter in chapters if chapter.statements)
    label = first.statements[0].label
    broken = sources.read_chapter(first.name, first.text.replace(f":label: {label}\n", f":label: {label}-new\n"))
    before, after = tool.anchors([first]), tool.anchors([broken])
    (gone,) = tool.lost(before, after)
    assert gone.startswith(f"{first.name}#{label} was published and is gone")
    (new,) = tool.unstored(before, after)
    assert new.startswith(f"{first.name}#{label}-new is new")
    assert new.endswith("python tools/claims.py --anchors")


def test_the_anchors_of_the_pages_are_the_published_ones(html):
    """In the built book: every page, section and term; both directions."""
    present = {*tool.anchors(sources.read_book()), *tool.page_anchors(html)}
    stored = tool.published()
    assert stored == sorted(set(stored))
    assert tool.unstored(stored, sorted(present)) == []
    pages = {name: (html / "book" / f"{name}.html") for name in {one.partition("#")[0] for one in stored}}
    ids = {
        name: set(re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8")))
        for name, path in pages.items()
        if path.exists()
    }
    present = {*ids, *(f"{name}#{one}" for name, known in ids.items() for one in known)}
    assert tool.lost(stored, present) == []
    for one in ("teaching#one-lecture-90-minutes", "citing", "running#in-a-container", "glossary#term-bias"):
        assert one in stored


def test_a_page_section_or_term_that_disappears_or_is_new_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(tool.build_book, "toc_pages", lambda: ["book/one"])
    (tmp_path / "book").mkdir()

    def found(article):
        (tmp_path / "book" / "one.html").write_text(f"<article>{article}</article>", encoding="utf-8")
        return tool.page_anchors(tmp_path)

    term = '<dl class="x"><dt class="y" id="term-bias">bias</dt></dl>'
    before = found(f'<section class="z" id="top"><section id="id3"></section>{term}</section>')
    assert before == ["one", "one#term-bias", "one#top"]
    after = found('<section id="summit"></section>')
    assert [message.split()[0] for message in tool.lost(before, after)] == ["one#term-bias", "one#top"]
    assert [message.split()[0] for message in tool.unstored(before, after)] == ["one#summit"]


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
