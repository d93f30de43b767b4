"""What the book needs beyond Jupyter Book: one public address, pages that load nothing from elsewhere, an API page."""

import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]


def repository() -> str:
    """The public address of the project; ``pyproject.toml`` is the only place that holds it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].rstrip("/")


def website() -> str:
    """Where the built book is published: the pages of the repository."""
    owner, name = repository().split("/")[-2:]
    return f"https://{owner}.github.io/{name}/"


def set_addresses(app, config):
    """Give every extension that wants an address the same one."""
    config.html_baseurl = website()
    config.ogp_site_url = website()
    config.ogp_site_name = config.html_title
    config.sitemap_url_scheme = "{link}"
    options = config.html_theme_options
    options["navbar_persistent"] = []  # one search field, in the side bar
    options["repository_url"] = repository()
    options["repository_branch"] = "main"
    options["use_repository_button"] = True
    options["use_issues_button"] = True
    options.setdefault("launch_buttons", {})["binderhub_url"] = "https://mybinder.org"


def keep_year(app, config):
    """The year of the copyright is a fact, not the day of the build that ``SOURCE_DATE_EPOCH`` sets."""
    from rf_citing import settings

    config.copyright = settings(ROOT)["copyright"]


def set_mathjax(app, config):
    """Load MathJax's parts from the book's own folder, as separate files of moderate size."""
    settings = dict(config.mathjax3_config or {})
    settings["loader"] = {"load": ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]}
    config.mathjax3_config = settings


#: sphinx-proof and sphinx-exercise give every proof, solution … of a page the same identifier.
_SHARED_ID = re.compile(r' id="(?:proof|(?:proof|exercise|solution)-content)"')


def repair_page(app, pagename, templatename, context, doctree):
    """Identifiers must be unique on a page, and roles valid; a proof is marked by a class instead."""
    if "body" in context:
        body = context["body"].replace(
            '<div class="proof admonition" id="proof">', '<div class="rf-proof proof admonition">'
        )
        # docutils marks references by a role that ARIA has since given up, inside a list without items
        for role in (' role="doc-biblioentry"', ' role="list"'):
            body = body.replace(role, "")
        context["body"] = _SHARED_ID.sub("", body)


# --------------------------------------------------------------------------------------------------------------
# The API page

#: Sections of a docstring (CONTRIBUTING.md), in their order; each is followed by indented text.
SECTIONS = ("Parameters", "Returns", "Error", "Raises", "Source")
_LITERAL = re.compile(r"(``.+?``|:[a-z:]+:`[^`]+`|`[^`]+`__?)")


class Modules(SphinxDirective):
    """Document every public module of the package that exists, in alphabetical order: the page grows by itself.

    A module that is a folder is documented by the names that its ``__init__`` offers in ``__all__``.
    """

    def run(self):
        package = ROOT / "rfcompanion"
        contents = (file for file in package.glob("[a-z]*/__init__.py") if "__all__" in file.read_text("utf-8"))
        lines = []
        for path in sorted([*package.glob("[a-z]*.py"), *(file.parent for file in contents)]):
            name = f"rfcompanion.{path.stem}"
            if path.is_dir():
                _share_comments(name, path)
            for file in [path, *path.glob("*.py")]:
                self.env.note_dependency(str(file))
            lines += [name, "-" * len(name), "", f".. automodule:: {name}", "   :members:", ""]
        container = nodes.section()
        container.document = self.state.document
        self.state.nested_parse(StringList(lines, source=str(ROOT / "rfcompanion")), 0, container, match_titles=True)
        return container.children


def _share_comments(name: str, folder: Path):
    """The comment ``#:`` of a constant counts where the folder's ``__init__`` offers it again."""
    offered = ModuleAnalyzer.for_module(name)
    offered.analyze()
    for file in folder.glob("[a-z]*.py"):
        part = ModuleAnalyzer.for_module(f"{name}.{file.stem}")
        part.analyze()
        offered.attr_docs.update({key: comment for key, comment in part.attr_docs.items() if key[0] == ""})


def docstring_to_rst(lines: list[str]) -> list[str]:
    """Our plain docstrings as reStructuredText: sections as fields, indented formulas as they stand."""
    result: list[str] = []
    section, block = None, []

    def close():
        if section is None:
            result.extend(_paragraphs(block))
        else:
            body = [line[4:] if line.startswith("    ") else line for line in block]
            rendered = _entries(body) if section == "Parameters" else _paragraphs(body)
            result.extend([f":{section}:", *(f"    {line}" if line else "" for line in rendered), ""])

    for line in lines:
        if line in SECTIONS:
            close()
            section, block = line, []
        else:
            block.append(line)
    close()
    return result


def _escape(text: str) -> str:
    """Keep literals and roles; all else is plain text, in which | * _ and ` mean nothing."""
    parts = _LITERAL.split(text)
    parts[::2] = [re.sub(r"([\\|*`]|_(?![A-Za-z0-9]))", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def _paragraphs(lines: list[str]) -> list[str]:
    """Paragraphs of text, and literal blocks where lines are indented."""
    result: list[str] = []
    inside = False
    for line in lines:
        if line.startswith(" ") and line.strip():
            if not inside:
                result += ["", "::", ""]
            inside = True
            result.append(f"    {line}")
        elif not line.strip():
            result.append("")
        else:
            if inside:
                result.append("")
            inside = False
            text = line[:-1] if line.endswith("::") else line
            result.append(_escape(text))
    return [*result, ""]


def _entries(lines: list[str]) -> list[str]:
    """Lines ``name, name : meaning`` with indented continuations, as a list."""
    result: list[str] = []
    for line in lines:
        name, colon, meaning = line.partition(" : ")
        if line and not line.startswith(" ") and colon:
            result.append(f"* **{_escape(name)}** – {_escape(meaning)}")
        elif line.strip():
            result.append(f"  {_escape(line.strip())}")
    return ["", *result, ""]


def convert_docstring(app, what, name, object_, options, lines):
    lines[:] = docstring_to_rst(lines)


def setup(app):
    app.add_js_file("math.js", priority=100, loading_method="defer")
    app.connect("html-page-context", repair_page)
    app.set_html_assets_policy("always")  # titles with formulas stand in the side bar of every page
    app.add_directive("rf-modules", Modules)
    app.connect("autodoc-process-docstring", convert_docstring)
    app.connect("config-inited", set_addresses, priority=10)
    app.connect("config-inited", set_mathjax, priority=10)
    app.connect("config-inited", keep_year, priority=900)  # after Sphinx's own correction
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
