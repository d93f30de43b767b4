"""Measure the built pages with Lighthouse, as a reader's telephone and desk computer would load them.

python tools/lighthouse.py                        # every kind of page, telephone and desk; fails below 95
python tools/lighthouse.py index claims --runs 1  # these pages, one run each
python tools/lighthouse.py --record               # and keep the numbers: the page "Status" shows them

Pages are served on this computer as a static host serves them: compressed, with lifetimes. Performance is the median of
several runs of a simulated slow telephone; other work on the machine makes it worse, so close everything else first.
Needs Chromium and Lighthouse: ``npm install --global lighthouse@VERSION`` (``--version`` says which), or a path
in LIGHTHOUSE.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import browser
import build_book
import local_site
from build_book import ROOT

#: The tested version; another one weighs differently.
VERSION = "12.8.2"
RECORD = ROOT / "book" / "data" / "lighthouse.json"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FORMS = ("mobile", "desktop")
LEAST = 95
RUNS = 3
#: The measurements behind the performance, with the factor and unit in which they are printed.
METRICS = {
    "first-contentful-paint": ("first paint", 1e-3, "s"),
    "largest-contentful-paint": ("largest paint", 1e-3, "s"),
    "total-blocking-time": ("blocked", 1, "ms"),
    "cumulative-layout-shift": ("shift", 1, ""),
    "speed-index": ("speed index", 1e-3, "s"),
}
#: One of each kind, the heaviest of its kind where there are several.
PAGES = (
    "index",
    "general_features",
    "single_neuron",
    "claims",
    "proof_map",
    "explorer",
    "exercises",
    "api",
    "bibliography",
    "status",
    "certified",
    "teaching",
    "search",
)
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-quic"
SECONDS = 240


def command() -> list[str] | None:
    """How Lighthouse is started, or None where it is not installed."""
    if path := os.environ.get("LIGHTHOUSE"):
        return [path]
    if path := shutil.which("lighthouse"):
        return [path]
    if npx := shutil.which("npx"):
        probe = [npx, "--no-install", "lighthouse", "--version"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return probe[:-1]
    return None


def report(lighthouse: list[str], address: str, form: str, categories=CATEGORIES) -> dict:
    """One run on one page."""
    arguments = [address, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={FLAGS}"]
    arguments += [f"--only-categories={','.join(categories)}"]
    if form == "desktop":
        arguments += ["--preset=desktop"]
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [*lighthouse, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            env={**os.environ, "CHROME_PATH": browser.executable(), "TMPDIR": home},
        )
    if done.returncode or not done.stdout:
        sys.exit(f"error: Lighthouse failed on {address}: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout)


def scores(found: dict) -> dict[str, int]:
    return {name: round(100 * one["score"]) for name, one in found["categories"].items()}


def complaints(found: dict) -> list[str]:
    """What lowers the scores, worst first, without the measurements themselves."""
    result = []
    for category in found["categories"].values():
        for part in category["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9 and part["id"] not in METRICS:
                items = (audit.get("details") or {}).get("items") or [{}]
                node = items[0].get("node") or {}
                result.append(f"{part['id']} ({len(items)}): {node.get('snippet', '')[:120]}")
    return result


class Measurements:
    """The runs of one page in one form: the first for all marks, the others for what depends on time."""

    def __init__(self):
        self.first: dict = {}
        self.performance: list[int] = []
        self.metrics: list[dict] = []

    def add(self, found: dict) -> None:
        self.first = self.first or found
        self.performance.append(scores(found)["performance"])
        self.metrics.append({name: found["audits"][name]["numericValue"] for name in METRICS})

    def result(self) -> dict:
        """Scores, the performance that of the median run; metrics, each the median of its own."""
        return {
            "scores": {**scores(self.first), "performance": round(statistics.median(self.performance))},
            "runs": self.performance,
            "metrics": {name: round(statistics.median(one[name] for one in self.metrics), 3) for name in METRICS},
        }


def line(page: str, form: str, one: dict) -> str:
    values = "  ".join(
        f"{label} {one['metrics'][name] * factor:.{0 if unit == 'ms' else 2}f}{unit}"
        for name, (label, factor, unit) in METRICS.items()
    )
    marks = " ".join(f"{one['scores'][name]:>4}" for name in CATEGORIES)
    return f"{page:<18} {form:<8} {marks}   {values}"


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"default: {', '.join(PAGES)}")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs a page; their median counts (default {RUNS})")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--least", type=int, default=LEAST, help=f"smallest score that passes (default {LEAST})")
    parser.add_argument("--record", action="store_true", help="keep the numbers (of all pages, or of those named)")
    parser.add_argument("--version", action="version", version=VERSION, help="the version of Lighthouse to install")
    options = parser.parse_args(arguments)
    if options.record and (options.forms != list(FORMS) or options.runs != RUNS):
        parser.error("--record keeps both forms and the median of all runs: give no forms or runs")
    if options.record and options.pages and not RECORD.exists():
        parser.error("--record of some pages needs a record of all of them: give no pages")
    known = {page.removeprefix("book/") for page in build_book.toc_pages()} | {"search"}
    if unknown := set(options.pages) - known:
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    lighthouse = command()
    if lighthouse is None:
        print(f"Lighthouse is not installed: npm install --global lighthouse@{VERSION}", file=sys.stderr)
        return 2
    if not build_book.is_built() and (code := build_book.build()):
        return code
    start = time.perf_counter()
    pages = options.pages or PAGES
    measured = {(page, form): Measurements() for page in pages for form in options.forms}
    found: dict = {}
    # In rounds, so that what else the machine does for a minute does not meet all runs of one page.
    with local_site.served() as base:
        for number in range(options.runs):
            print(
                f"\n{'page':<18} {'form':<8} perf  acc best  seo   (run {number + 1} of {options.runs}, medians so far)"
            )
            for (page, form), one in measured.items():
                address = f"{base}/{page}.html" if page == "search" else f"{base}/book/{page}.html"
                one.add(report(lighthouse, address, form, CATEGORIES[:1] if number else CATEGORIES))
                found.setdefault(page, {})[form] = one.result()
                print(line(page, form, found[page][form]), flush=True)
                for complaint in () if number else complaints(one.first):
                    print(f"    {complaint}", flush=True)
            if options.record and (not options.pages or number == options.runs - 1):
                keep(found, time.perf_counter() - start)
    low = [
        f"{page} ({form}) {name}: {score}"
        for page, forms in found.items()
        for form, one in forms.items()
        for name, score in one["scores"].items()
        if score < options.least
    ]
    for one in low:
        print(f"error: below {options.least}: {one}", file=sys.stderr)
    return 1 if low else 0


def keep(found: dict, seconds: float) -> Path:
    """Store the numbers with their provenance; pages that were not measured now keep theirs."""
    sys.path.insert(0, str(ROOT))
    from rfcompanion import records

    known = records.read(RECORD)["pages"] if RECORD.exists() else {}
    pages = {page: found.get(page, known.get(page)) for page in PAGES if page in found or page in known}
    results = {"pages": pages, "lighthouse": VERSION}
    return records.write(RECORD, results, seed=None, seconds=seconds, command="python tools/lighthouse.py --record")


if __name__ == "__main__":
    sys.exit(main())
