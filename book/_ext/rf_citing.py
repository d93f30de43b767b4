"""How to cite: BibTeX for the book, each chapter and the paper, from ``CITATION.cff`` and ``references.bib`` alone."""

import functools
import re
from pathlib import Path

import rf_sources as sources


@functools.cache
def citation(root: Path) -> dict:
    import yaml

    return yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))


@functools.cache
def settings(root: Path) -> dict:
    import yaml

    return yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))


@functools.cache
def bibliography(root: Path):
    from pybtex.database import parse_file

    return parse_file(str(root / "book" / "references.bib")).entries


def short(entries, key: str) -> str:
    """``Yehudai and Shamir (2019)``."""
    if key not in entries:
        return key
    persons = entries[key].persons.get("author", ())
    names = [" ".join([*person.prelast_names, *person.last_names]).strip("{}") for person in persons]
    names = [re.sub(r"[{}\\'\"`^]", "", name) for name in names]
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    return f"{who} ({entries[key].fields['year']})"


def _entry(kind: str, key: str, fields: dict) -> str:
    lines = [f"  {name:9} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _common(root: Path) -> dict:
    data = citation(root)
    return {"author": "{" + data["authors"][0]["name"] + "}", "year": str(settings(root)["copyright"])}


def book(root: Path) -> str:
    data, common = citation(root), _common(root)
    title = settings(root)["title"]
    fields = {"author": common["author"], "title": title, "year": common["year"]}
    fields |= {"note": f"Version {data['version']}", "url": data["url"]}
    return _entry("book", "rfcompanion", fields)


def chapter(root: Path, name: str) -> str:
    data, common = citation(root), _common(root)
    text = (root / "book" / "sources" / f"{name}.md").read_text(encoding="utf-8")
    fields = {"author": common["author"], "title": sources.read_chapter(name, text).title}
    fields |= {"booktitle": settings(root)["title"], "year": common["year"]}
    fields |= {"note": f"Version {data['version']}", "url": f"{data['url']}book/{name}.html"}
    return _entry("incollection", f"rfcompanion-{name.replace('_', '-')}", fields)


def paper(root: Path) -> str:
    """The entry of the paper as ``references.bib`` has it."""
    text = (root / "book" / "references.bib").read_text(encoding="utf-8")
    start = re.search(r"^@\w+\{yehudai2019power,", text, re.MULTILINE).start()
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if text[index] == "}" and depth == 0:
            return text[start : index + 1]
    raise ValueError("references.bib: the entry of the paper does not end")
