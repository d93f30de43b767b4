"""Pages for readers: links to run a chapter elsewhere, derived from the one address; the generated page "Status"."""

import json

from docutils import nodes
from docutils.statemachine import StringList
from rf_book import ROOT, repository
from sphinx.util.docutils import SphinxDirective

BINDER = "https://mybinder.org/v2/gh"
COLAB = "https://colab.research.google.com/github"


def owner_and_name() -> str:
    return "/".join(repository().split("/")[-2:])


def binder_link(name: str) -> str:
    return f"{BINDER}/{owner_and_name()}/main?urlpath=lab/tree/book/{name}.ipynb"


def colab_link(name: str) -> str:
    return f"{COLAB}/{owner_and_name()}/blob/main/colab/{name}.ipynb"


def add_colab_button(app, pagename, templatename, context, doctree):
    """Beside the theme's Binder button: Colab opens a notebook whose first cell fetches the book."""
    name = pagename.removeprefix("book/")
    if not (ROOT / "colab" / f"{name}.ipynb").exists():
        return
    button = {
        "type": "link",
        "text": "Colab",
        "tooltip": "Launch on Colab",
        "url": colab_link(name),
        "icon": "fas fa-play",
    }
    for group in context.get("header_buttons", ()):
        if isinstance(group, dict) and group.get("label") == "launch-buttons":
            group["buttons"].append(button)


class Generated(SphinxDirective):
    """A directive whose content is made here, as Markdown of this book."""

    def text(self) -> list[str]:
        raise NotImplementedError

    def run(self):
        container = nodes.Element()
        self.state.nested_parse(StringList(self.text(), source="generated"), 0, container)
        return container.children


class RunLinks(Generated):
    """Every published chapter, with what it takes and where to run it."""

    def text(self):
        record = _record(self.env)
        lines = ["| chapter | time | memory | run it |", "|---|---:|---:|---|"]
        for name in published(self.env):
            took = record["chapters"].get(name, {})
            time = f"{took['seconds']:.0f} s" if took else "–"
            memory = f"{took['megabytes']} MB" if took else "–"
            links = f"[Binder]({binder_link(name)}) · [Colab]({colab_link(name)})"
            lines.append(f"| {{doc}}`{name}` | {time} | {memory} | {links} |")
        return lines


class Address(Generated):
    """Commands to get the book, with its address."""

    def text(self):
        name = repository().rsplit("/", 1)[-1]
        return ["```sh", f"git clone {repository()}", f"cd {name}", "make book    # or: make test", "```"]


class Status(Generated):
    """What each chapter took when it last ran, and with which versions."""

    def text(self):
        record = _record(self.env)
        if not record["chapters"]:
            return ["Not measured here: `python tools/status.py` runs every chapter and makes the record."]
        lines = [
            "| chapter | cells | processor time | largest memory | last run | result |",
            "|---|---:|---:|---:|---|---|",
        ]
        for name in published(self.env):
            one = record["chapters"].get(name)
            if one is None:
                lines.append(f"| {{doc}}`{name}` | – | – | – | – | not measured yet |")
                continue
            took = f"{one['seconds']:.1f} s | {one['megabytes']} MB"
            lines.append(f"| {{doc}}`{name}` | {one['cells']} | {took} | {one['date']} | {one['result']} |")
        known = [record["chapters"][name] for name in published(self.env) if name in record["chapters"]]
        total, peak = sum(one["seconds"] for one in known), max((one["megabytes"] for one in known), default=0)
        passed = sum(one["result"] == "passed" for one in known)
        lines += [
            "",
            f"Together {total:.0f} s of processor time, never more than {peak} MB; {passed} of {len(known)} passed.",
        ]
        lines += ["", f"**Machine.** {record['machine']}; one thread each.", ""]
        versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
        lines += [f"**Versions.** Python {record['python']}, {versions}."]
        return lines


class Lighthouse(Generated):
    """How the pages load: the stored measurement of ``tools/lighthouse.py``."""

    def text(self):
        path = ROOT / "book" / "data" / "lighthouse.json"
        self.env.note_dependency(str(path))
        if not path.exists():
            return ["Not measured here: `python tools/lighthouse.py --record` loads every kind of page."]
        stored = json.loads(path.read_text(encoding="utf-8"))
        record = stored["results"]
        marks = ("performance", "accessibility", "best-practices", "seo")
        lines = [
            "| page | telephone | desk | largest paint | blocked | shift |",
            "|---|---|---|---:|---:|---:|",
        ]
        for page, forms in record["pages"].items():
            scores = " | ".join(
                " · ".join(str(forms[form]["scores"][mark]) for mark in marks) for form in ("mobile", "desktop")
            )
            metrics = forms["mobile"]["metrics"]
            paint, blocked = metrics["largest-contentful-paint"] / 1000, metrics["total-blocking-time"]
            shift = metrics["cumulative-layout-shift"]
            name = "search" if page == "search" else f"{{doc}}`{page}`"
            lines.append(f"| {name} | {scores} | {paint:.1f} s | {blocked:.0f} ms | {shift:.3f} |")
        day = stored["provenance"]["date"][:10]
        runs = min(len(forms[form]["runs"]) for forms in record["pages"].values() for form in forms)
        lines += [
            "",
            f"Lighthouse {record['lighthouse']}, the median of {runs} runs, {day}, served compressed from "
            "the same computer. Four marks of 100 each: performance, accessibility, best practices, search engines. "
            "The last three columns are those of the simulated slow telephone.",
        ]
        return lines


def published(env) -> list[str]:
    """The chapters of the contents that are notebooks, in their order."""
    import yaml

    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    contents = yaml.safe_load(text)
    files = [contents["root"], *(one["file"] for part in contents["parts"] for one in part["chapters"])]
    names = [file.removeprefix("book/") for file in files]
    return [name for name in names if (ROOT / "book" / "sources" / f"{name}.md").exists()]


def _record(env) -> dict:
    path = ROOT / "book" / "data" / "status.json"
    env.note_dependency(str(path))
    if not path.exists():  # times are measured on each machine by itself
        return {"chapters": {}}
    return json.loads(path.read_text(encoding="utf-8"))["results"]


def setup(app):
    app.add_directive("rf-run-links", RunLinks)
    app.add_directive("rf-clone", Address)
    app.add_directive("rf-status", Status)
    app.add_directive("rf-lighthouse", Lighthouse)
    app.connect("html-page-context", add_colab_button, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
