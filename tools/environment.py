"""Make ``.venv`` once, completely, from the pinned requirements; a later run sees at a glance that it is there.

A stamp is written only after everything is installed. It holds a digest of all that the environment depends on, so
an interrupted or outdated installation is never taken for a good one. Standard library only, and old Pythons must
be able to read this file far enough to say what is wrong.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "complete")
OLDEST = (3, 11)
INPUTS = ("requirements.txt", "constraints.txt")


def stop(message):
    sys.stderr.write("error: %s\n" % message)
    sys.exit(2)


def package_tables():
    """What of pyproject.toml decides how the package is installed; the settings of other tools do not matter."""
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)
    kept = (project["build-system"], project["project"], project.get("tool", {}).get("setuptools"))
    return repr(kept).encode()


def key():
    digest = hashlib.sha256()
    for name in INPUTS:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read() + b"\0")
    digest.update(package_tables())
    digest.update(ROOT.encode())  # scripts and the editable package name the folder: a moved copy is a new one
    return digest.hexdigest()


def stamp():
    """(python version, digest) of a complete environment, or (None, None)."""
    try:
        with open(STAMP) as file:
            version, digest = file.read().split()
    except (OSError, ValueError):
        return None, None
    return version, digest


def python_of_venv():
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def run(command, failure):
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    # A virtual environment or a user's folder that happens to be active must not leak into this one.
    for name in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER", "PIP_PREFIX"):
        environment.pop(name, None)
    if subprocess.call(command, cwd=ROOT, env=environment) != 0:
        stop(failure)


def main(arguments=()):
    if sys.version_info < OLDEST:
        stop(
            "Python %d.%d or newer is needed, %s is %d.%d; choose another: make PYTHON=python3.12"
            % (OLDEST + (sys.executable or "python",) + tuple(sys.version_info[:2]))
        )
    version = "%d.%d" % sys.version_info[:2]
    wanted = key()
    built_with, built_from = stamp()
    if not os.path.exists(python_of_venv()):
        built_with = built_from = None
    # An environment made with another supported Python is good too, unless this one was asked for by name.
    if built_from == wanted and (built_with == version or "--this-python" not in arguments):
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("this Python lacks venv: install it (Debian: apt install python3-venv) or choose another: make PYTHON=…")

    if os.path.exists(STAMP):
        os.remove(STAMP)
    if built_with == version:
        print("The requirements have changed: bringing .venv up to date …")
    else:
        print("Making .venv with Python %s (once, a minute or a few) …" % version)
        if os.path.lexists(VENV):
            shutil.rmtree(VENV)
        run([sys.executable, "-m", "venv", VENV], "python -m venv failed: see above")
    sys.stdout.flush()
    pip = [python_of_venv(), "-m", "pip", "install", "-qq"]  # errors only
    again = "the installation failed (see above); nothing half-made is kept: run make again"
    run([*pip, "-r", "requirements.txt"], again)
    run([*pip, "--no-deps", "--editable", "."], again)
    with open(STAMP + ".new", "w") as file:
        file.write("%s %s\n" % (version, wanted))
    os.replace(STAMP + ".new", STAMP)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        stop("interrupted; nothing half-made is kept: the next make starts again")
