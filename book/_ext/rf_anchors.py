"""Addresses for what a chapter's page has none for: code cells, proofs and marked sentences."""

import rf_sources as sources
from docutils import nodes
from rf_book import ROOT


def add(app, doctree):
    """An address for each code cell, proof and marked sentence."""
    name = app.env.docname.rpartition("/")[2]
    number = 0
    for cell in [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]:
        number += 1
        insert_before(cell, f"{name}-cell-{number}".replace("_", "-"))
    titles: dict[str, str] = {}  # of statements whose proof has its own title, "Proof of the …"
    if name in sources.chapter_names():
        path = ROOT / "book" / "sources" / f"{name}.md"
        statements = sources.read_chapter(name, path.read_text(encoding="utf-8")).statements
        titles = {f"proof of {sources.bare(s.title)}": s.label for s in statements}
    wanted, proved = None, set()
    for node in list(doctree.findall(nodes.Element)):
        if node.get("label") and str(node.get("realtype", "")) and node.get("realtype") != "proof":
            wanted = node["label"]
        elif node.get("design_component") == "dropdown" and node.astext().startswith("Proof"):
            label = titles.get(sources.bare(node.children[0].astext()), wanted)
            if label and label not in proved:
                insert_before(node, f"proof-{label}")
                proved.add(label)
        elif isinstance(node, nodes.raw) and (found := sources.CLAIM.fullmatch(node.astext().strip())):
            anchor = f'<span class="rf-claim" id="claim-{found.group(1)}"></span>'
            node.replace_self(nodes.raw("", anchor, format="html"))


def insert_before(node, anchor: str) -> None:
    parent = node.parent
    parent.insert(parent.index(node), nodes.raw("", f'<span class="rf-anchor" id="{anchor}"></span>', format="html"))
