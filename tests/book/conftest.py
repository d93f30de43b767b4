"""What the checks of the book share."""

import os

import browser as browsers
import build_book as builder
import pytest
from bs4 import BeautifulSoup

ROOT = builder.ROOT
PAGES = builder.toc_pages()


@pytest.fixture(scope="session")
def html():
    """The folder of the built book; a build that is missing, failed or out of date is a failure.

    Where the tools that build the book are not at their pinned versions, RF_WITHOUT_BUILD=1 skips what needs a build.
    """
    if os.environ.get("RF_WITHOUT_BUILD") == "1":
        pytest.skip("RF_WITHOUT_BUILD=1: the book is not built here")
    if not builder.is_built():
        pytest.fail("the book is not built, without warnings, from the files as they are: run make book", pytrace=False)
    return builder.HTML


@pytest.fixture(scope="session")
def soup(html):
    """Parsed pages by file, each read once."""
    cache = {}

    def parse(path):
        if path not in cache:
            cache[path] = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        return cache[path]

    return parse


@pytest.fixture(scope="module")
def chromium():
    """Chromium; without one the test is skipped, or fails where a browser is required."""
    if browsers.find() is None:
        reason = f"no browser: none of {', '.join(browsers.NAMES)} is on the PATH (Debian: apt install chromium)"
        if os.environ.get("RF_REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with browsers.chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def browser(html, chromium):
    """Chromium, for tests of the built pages."""
    return chromium
