"""What Binder does, on this machine: a fresh environment from ``binder/``, JupyterLab, one chapter run to its end.

python tools/simulate_binder.py              # the first page
python tools/simulate_binder.py setting      # another chapter
python tools/simulate_binder.py --keep DIR   # keep the environment in DIR, and use it again

The chapter's outputs are removed first; the run is good if every cell then has an output count, none has an error, and
the printed text is that of the published notebook. Without Chromium or JupyterLab a kernel of the fresh environment
runs the chapter instead, and the report says so. Downloads about 1 GB.
"""

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import browser
import chapter_files
from chapter_files import ROOT

TOKEN = secrets.token_hex(16)


def run(command, **options):
    print("$", " ".join(str(part) for part in command), flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)


def environment(folder: Path, own_index: bool = True) -> tuple[Path, Path]:
    """(python, repository) as Binder makes them: a clone, its requirements, its ``postBuild``."""
    clone, venv = folder / "repository", folder / "venv"
    if clone.exists():
        shutil.rmtree(clone)
    run(["git", "clone", "-q", ROOT, clone])
    if not own_index:  # a network that reaches one package index only
        path = clone / "binder" / "requirements.txt"
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith("--extra-index-url")]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    python = venv / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", venv])
    clean = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    clean["PATH"] = f"{venv / 'bin'}{os.pathsep}{clean['PATH']}"
    run([python, "-m", "pip", "install", "-q", "-r", "binder/requirements.txt"], cwd=clone, env=clean)
    run(["bash", "binder/postBuild"], cwd=clone, env=clean)
    return python, clone


def strip(path: Path) -> None:
    """Remove every output, so that what is there afterwards is fresh."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    path.write_text(json.dumps(notebook), encoding="utf-8")


def problems(path: Path, published: Path) -> list[str]:
    """What is wrong with a notebook that was just run, against the published one."""
    fresh, stored = (
        [cell for cell in json.loads(one.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        for one in (path, published)
    )
    found = []
    for number, (new, old) in enumerate(zip(fresh, stored, strict=True), 1):
        if new["execution_count"] is None:
            found.append(f"cell {number} did not run")
        elif any(output["output_type"] == "error" for output in new["outputs"]):
            found.append(f"cell {number} failed")
        elif printed(new) != printed(old):
            found.append(f"cell {number} printed something else: {printed(new)[:80]!r}")
    return found


def printed(cell) -> str:
    return "".join("".join(output["text"]) for output in cell["outputs"] if output["output_type"] == "stream")


def in_jupyterlab(python: Path, clone: Path, name: str, seconds: int) -> None:
    """Open the chapter in JupyterLab, choose Run All Cells, save, until every cell has run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.news_url=None", "--LabApp.check_for_updates_class="
                "jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    path = clone / "book" / f"{name}.ipynb"
    with (clone.parent / "jupyterlab.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen([str(part) for part in command], cwd=clone, stdout=log, stderr=log)
        try:
            wait_for(port)
            with browser.chromium() as chromium:
                page = chromium.new_page(viewport={"width": 1400, "height": 900})
                page.set_default_timeout(90_000)
                page.goto(f"http://127.0.0.1:{port}/lab/tree/book/{name}.ipynb?token={TOKEN}")
                page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
                page.wait_for_timeout(3000)  # the kernel starts
                page.get_by_role("menuitem", name="Run", exact=True).click()
                page.get_by_text("Run All Cells", exact=True).click()
                stop = time.monotonic() + seconds
                while time.monotonic() < stop:
                    page.wait_for_timeout(2000)
                    page.keyboard.press("Control+s")
                    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                    code = [cell for cell in cells if cell["cell_type"] == "code"]
                    if all(cell["execution_count"] for cell in code):
                        return
                    if any(output["output_type"] == "error" for cell in code for output in cell["outputs"]):
                        return
        finally:
            server.terminate()
            server.wait(20)


def wait_for(port: int) -> None:
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    sys.exit("error: JupyterLab did not start: see jupyterlab.log")


def in_a_kernel(python: Path, clone: Path, name: str) -> None:
    code = (
        "import nbformat, sys; from nbclient import NotebookClient; p = sys.argv[1]; n = nbformat.read(p, 4); "
        "NotebookClient(n, allow_errors=True, kernel_name='python3').execute(cwd='book'); nbformat.write(n, p)"
    )
    run([python, "-c", code, clone / "book" / f"{name}.ipynb"], cwd=clone)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="index", metavar="CHAPTER")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the environment is, or is kept")
    parser.add_argument("--no-browser", action="store_true", help="run the chapter in a kernel, without JupyterLab")
    parser.add_argument("--one-index", action="store_true", help="leave out PyTorch's own package index")
    parser.add_argument("--seconds", type=int, default=240, help="patience for the chapter (default: 240)")
    options = parser.parse_args(arguments)
    if not chapter_files.notebook_of(options.name).exists():
        parser.error(f"no such chapter: {options.name}")
    if not options.no_browser:
        browser.executable()
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="binder-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        python, clone = environment(folder, own_index=not options.one_index)
        lab = subprocess.run([python, "-m", "pip", "install", "-q", "jupyterlab", "nbclient"], check=False).returncode
        path = clone / "book" / f"{options.name}.ipynb"
        strip(path)
        if lab == 0 and not options.no_browser:
            in_jupyterlab(python, clone, options.name, options.seconds)
            where = "JupyterLab, in Chromium"
        else:
            in_a_kernel(python, clone, options.name)
            where = "a kernel of the fresh environment (no JupyterLab)"
        found = problems(path, chapter_files.notebook_of(options.name))
    finally:
        if options.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(found) or f"{options.name}: every cell ran in {where}, and printed what the book shows.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
