"""The ledger of claims from the command line: what checks what, and what nothing checks (``book/_ext/rf_claims.py``).

python tools/claims.py                 # change nothing: list every problem, of certified numbers too
python tools/claims.py --mark [NAME …] # give an identifier to each sentence with a number that has none
python tools/claims.py --refresh [NAME …] # text changed, code did not: make the notebooks again, keep their outputs
python tools/claims.py --anchors       # add new anchors to the list of published ones (none is ever removed); those
                                       # of pages, sections and glossary terms are read from the built book

After ``--mark`` the notebooks are made again from their sources; a chapter whose code did not change keeps its outputs.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import build_book  # noqa: E402
import rf_certified as certified  # noqa: E402
import rf_claims as claims  # noqa: E402
import rf_sources as sources  # noqa: E402

ANCHORS = ROOT / "tests" / "book" / "anchors.txt"
NUMBERED = re.compile(r"id\d+|rf-.*")  # names that Sphinx counts, and parts of the page that are no place to link to


def slug(chapter: str, sentence: str, taken: set[str]) -> str:
    """A readable name for a sentence, from its first words; it never changes afterwards."""
    text = re.sub(r"\$[^$]*\$|\{[a-z:]+\}`[^`]*`|`[^`]*`|<!--.*?-->", " ", sentence)
    words = [word.lower() for word in re.findall(r"[A-Za-z]{2,}", text)][:4]
    name = "-".join([chapter.replace("_", "-"), *(words or ["row"])])
    number, result = 1, name
    while result in taken:
        number += 1
        result = f"{name}-{number}"
    taken.add(result)
    return result


def mark(chapter: sources.Chapter, taken: set[str]) -> tuple[str, int]:
    """The source with an identifier after every sentence with a number, and how many are new."""
    lines = chapter.text.splitlines(keepends=True)
    added = 0
    for number in dict.fromkeys(sentence.line for sentence in chapter.sentences):
        line = lines[number - 1].rstrip("\n")
        wanted = {s.text for s in chapter.sentences if s.line == number and not s.name and claims.is_quantitative(s)}
        if not wanted:
            continue
        pieces = []
        for piece in [line] if line.startswith("|") else sources.split_sentences(line):
            if piece in wanted:
                text, bar = (piece.rstrip(" |"), " |") if line.startswith("|") else (piece.rstrip(), "")
                piece = f"{text} <!-- claim: {slug(chapter.name, piece, taken)} -->{bar}"
                added += 1
            pieces.append(piece)
        lines[number - 1] = "".join(pieces) + "\n"
    return "".join(lines), added


def same_code(one: list[str], other: list[str]) -> bool:
    """Whether two lists of cells run the same: equal but for comments and layout."""

    def tree(code):
        try:
            return ast.dump(ast.parse(code))
        except SyntaxError:
            return code

    return len(one) == len(other) and all(tree(a) == tree(b) for a, b in zip(one, other, strict=True))


def refresh(name: str) -> bool:
    """Make the notebook again with the outputs it has; False if it must be executed (other code, or never run)."""
    import chapter_files
    import nbformat
    import notebooks

    text = chapter_files.source_of(name).read_text(encoding="utf-8")
    try:
        old = chapter_files.load(chapter_files.notebook_of(name))
    except OSError:
        return False
    new = chapter_files.read_source(text)
    ours, theirs = ([c for c in book.cells if c.cell_type == "code"] for book in (new, old))
    if not same_code([c.source for c in ours], [c.source for c in theirs]):
        return False
    for cell, run in zip(ours, theirs, strict=True):
        cell.outputs, cell.execution_count = run.outputs, run.execution_count
    new.metadata["language_info"] = dict(chapter_files.LANGUAGE)
    if notebooks.check(text, new):
        return False
    chapter_files.write(chapter_files.notebook_of(name), nbformat.writes(new) + "\n")
    return True


def anchors(chapters: list[sources.Chapter]) -> list[str]:
    """Every address inside a page that others may link to: labels, figures, exercises, marked sentences."""
    found = []
    for chapter in chapters:
        found += [f"{chapter.name}#{anchor}" for anchor in chapter.anchors]
        found += [f"{chapter.name}#claim-{sentence.name}" for sentence in chapter.sentences if sentence.name]
    return sorted(dict.fromkeys(found))


def page_anchors(html: Path) -> list[str]:
    """The addresses that the built book has beside those: pages, their sections, terms of the glossary, modules."""
    found = []
    for page in build_book.toc_pages():
        name = page.removeprefix("book/")
        text = (html / f"{page}.html").read_text(encoding="utf-8")
        article = text.partition("<article")[2].partition("</article>")[0]
        names = re.findall(r'<(?:section|dt)\b[^>]*?\bid="([^"]+)"', article)
        if name == "api":  # the names of functions are the package's affair
            names = [one for one in names if "." not in one]
        found += [name, *(f"{name}#{one}" for one in names if not NUMBERED.fullmatch(one))]
    return sorted(dict.fromkeys(found))


def published() -> list[str]:
    """The stored list: ``page#anchor``, or ``page`` alone."""
    if not ANCHORS.exists():
        return []
    lines = ANCHORS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def lost(stored: list[str], present: list[str]) -> list[str]:
    """Published addresses that are not there any more."""
    return [
        f"{one} was published and is gone: keep the old name beside the new one" for one in stored if one not in present
    ]


def unstored(stored: list[str], present: list[str]) -> list[str]:
    """Addresses that nothing protects yet."""
    return [f"{one} is new: run make book && python tools/claims.py --anchors" for one in present if one not in stored]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters (default: all that are published)")
    parser.add_argument("--mark", action="store_true", help="give identifiers to sentences with numbers")
    parser.add_argument("--anchors", action="store_true", help="add the new anchors to the list of published ones")
    parser.add_argument("--refresh", action="store_true", help="new text, same code: keep the outputs")
    options = parser.parse_args(arguments)
    if options.mark:
        ledger = claims.book_ledger()
        names = options.names or list(ledger.by_name)
        taken = set(ledger.claims)
        for name in names:
            path = ROOT / "book" / "sources" / f"{name}.md"
            before = path.read_text(encoding="utf-8")
            text, added = mark(sources.read_chapter(name, before), taken)
            if added:
                path.write_text(text, encoding="utf-8")
                done = refresh(name)
                print(f"{name}: {added} new identifiers" + ("" if done else "; run make notebooks"))
        return 0
    if options.refresh:
        for name in options.names or [chapter.name for chapter in sources.read_book()]:
            print(f"{name}: " + ("outputs kept" if refresh(name) else "must be executed: run make notebooks"))
        return 0
    if options.anchors:
        if not build_book.is_built():
            parser.error("the sections of the pages are read from the built book: run make book first")
        head = "# Anchors that others may link to. Lines are added (tools/claims.py --anchors), never removed.\n"
        present = {*anchors(sources.read_book()), *page_anchors(build_book.HTML)}
        known = sorted({*published(), *present})
        ANCHORS.write_text(head + "\n".join(known) + "\n", encoding="utf-8")
        print(f"{len(known)} anchors")
        return 0
    ledger = claims.book_ledger()
    found = [*ledger.problems, *certified.problems()]
    problems = [p for p in found if not options.names or p.startswith(tuple(options.names))]
    print("\n".join(problems) or f"{len(ledger.claims)} claims, each with a check.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
