"""The chapters' inline Markdown as HTML, for the pages that make themselves; links as the builder wants them."""

import html
import re
from pathlib import Path

import rf_citing as citing
import rf_claims as claims
from rf_book import ROOT, repository


class Writer:
    """Turns the chapters' inline Markdown into HTML, with links as the builder wants them."""

    def __init__(self, address, ledger: claims.Ledger):
        self.address = address  # (page, anchor) -> URL
        self.ledger = ledger
        self.bibliography = citing.bibliography(ROOT)

    def link(self, page: str, anchor: str, text: str) -> str:
        return f'<a class="reference internal" href="{html.escape(self.address(page, anchor))}">{text}</a>'

    def statement(self, label: str) -> str:
        statement = self.ledger.statements[label]
        return self.link(statement.chapter, label, self.inline(statement.title or label, links=False))

    def check(self, check: claims.Check) -> str:
        if check.test:
            path = check.test.partition("::")[0]
            name = check.test.rpartition("::")[2].removeprefix("test_").replace("_", " ")
            name = f"test: {name}" if "::" in check.test else Path(path).name
            return f'<a class="reference external" href="{repository()}/blob/main/{path}">{html.escape(name)}</a>'
        if check.how == "certified":
            name = check.anchor.removeprefix("certified-")
            return self.link("certified", check.anchor, f"certified: <code>{name}</code>")
        if check.how == "claim":
            return self.link(check.page, check.anchor, f"the claim <code>{check.anchor.removeprefix('claim-')}</code>")
        if check.anchor in self.ledger.statements:
            return self.link(check.page, check.anchor, f"<code>{check.anchor}</code>")
        number = check.anchor.rpartition("-")[2]
        return self.link(check.page, check.anchor, f"cell {number} of {check.page.replace('_', ' ')}")

    def cite(self, key: str) -> str:
        return self.link("bibliography", "", html.escape(citing.short(self.bibliography, key)))

    def inline(self, text: str, *, links: bool = True) -> str:
        kept: list[str] = []

        def keep(markup: str) -> str:
            kept.append(markup)
            return f"\0{len(kept) - 1}\0"

        def role(match):
            name, content = match.groups()
            if name == "prf:ref":
                label = re.sub(r"^.*<|>$", "", content)
                if label in self.ledger.statements:
                    return keep(self.statement(label) if links else html.escape(self.ledger.statements[label].title))
            if name.startswith("cite"):
                parts = [citing.short(self.bibliography, key.strip()) for key in content.split(",")]
                return keep(html.escape("; ".join(parts)))
            return keep(html.escape(content))

        text = re.sub(r"<!--.*?-->", "", text)
        text = re.sub(r"\$\$?([^$]+)\$\$?", lambda m: keep(formula(m[1])), text)
        text = re.sub(r"\{([a-z:]+)\}`([^`]*)`", role, text)
        text = re.sub(r"`([^`]*)`", lambda m: keep(f"<code>{html.escape(m[1])}</code>"), text)
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        text = html.escape(text, quote=False)
        text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
        text = re.sub(r"\*(.+?)\*", r"<em>\1</em>", text).replace("*", "")
        return re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], text)


def formula(tex: str) -> str:
    return rf'<span class="math notranslate nohighlight">\({html.escape(tex)}\)</span>'


def bibtex_block(text: str) -> str:
    return (
        f'<div class="highlight-bibtex notranslate"><div class="highlight"><pre>{html.escape(text)}</pre></div></div>'
    )
