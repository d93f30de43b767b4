"""Chromium without a window, for the tools and tests that read pages as a browser shows them."""

import contextlib
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-dev-shm-usage",
)

#: Ready once the formulas in sight are set. On a slow machine MathJax's settings are there long before MathJax is.
WAIT_FOR_FIRST_MATH = """async () => {
  if (!window.MathJax) return;
  while (!(MathJax.startup && MathJax.startup.promise)) await new Promise((done) => setTimeout(done, 20));
  await MathJax.startup.promise;
  await document.fonts.ready;
}"""

#: Ready once every formula of the page is set and the fonts are there.
WAIT_FOR_MATH = f"""async () => {{
  await ({WAIT_FOR_FIRST_MATH})();
  if (!window.MathJax) return;
  if (window.rfFormulas) await rfFormulas.all();
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
}}"""


def find() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def executable() -> str:
    path = find()
    if path is None:
        sys.exit(f"error: this needs Chromium or Chrome (none of {', '.join(NAMES)} is on the PATH)")
    return path


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
