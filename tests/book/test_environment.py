"""The environment is made once and completely; what was interrupted, moved or outdated is never taken for good."""

import subprocess
import sys
from pathlib import Path

import environment
import pytest


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project in a folder with a space, whose installations are only written down."""
    root = tmp_path / "a project"
    root.mkdir()
    (root / "requirements.txt").write_text("one==1\n")
    (root / "constraints.txt").write_text("two==2\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\n[project]\nname = "x"\n[tool.ruff]\nline-length = 1\n'
    )
    commands = []

    def run(command, failure):
        commands.append(command)
        if "venv" in command:
            python = Path(environment.python_of_venv())
            python.parent.mkdir(parents=True)
            python.touch()

    monkeypatch.setattr(environment, "ROOT", str(root))
    monkeypatch.setattr(environment, "VENV", str(root / ".venv"))
    monkeypatch.setattr(environment, "STAMP", str(root / ".venv" / "complete"))
    monkeypatch.setattr(environment, "run", run)
    return root, commands


def kinds(commands):
    return ["venv" if "venv" in command else "pip" for command in commands]


def test_made_once(project):
    _, commands = project
    environment.main()
    assert kinds(commands) == ["venv", "pip", "pip"]
    commands.clear()
    environment.main()
    assert commands == []


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_failed_step_is_not_trusted_by_the_next_run(project, monkeypatch, step):
    _, commands = project
    good = environment.run

    def failing(command, failure):
        if len(commands) == step - 1:
            commands.append(command)
            environment.stop(failure)
        good(command, failure)

    monkeypatch.setattr(environment, "run", failing)
    with pytest.raises(SystemExit) as stopped:
        environment.main()
    assert stopped.value.code == 2
    assert not Path(environment.STAMP).exists()
    commands.clear()
    monkeypatch.setattr(environment, "run", good)
    environment.main()
    assert kinds(commands) == ["venv", "pip", "pip"], "made again from scratch"


def test_an_interruption_is_not_trusted_by_the_next_run(project, monkeypatch):
    _, commands = project
    good = environment.run

    def interrupted(command, failure):
        if "pip" in command:
            raise KeyboardInterrupt
        good(command, failure)

    monkeypatch.setattr(environment, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.main()
    commands.clear()
    monkeypatch.setattr(environment, "run", good)
    environment.main()
    assert kinds(commands) == ["venv", "pip", "pip"]


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt", "pyproject.toml"])
def test_changed_requirements_are_installed(project, name):
    root, commands = project
    environment.main()
    commands.clear()
    text = (root / name).read_text()
    (root / name).write_text(text.replace("==1", "==2").replace("two", "three").replace('"x"', '"y"'))
    environment.main()
    assert kinds(commands) == ["pip", "pip"]


def test_an_interrupted_update_is_not_trusted(project, monkeypatch):
    root, commands = project
    environment.main()
    (root / "requirements.txt").write_text("one==3\n")
    good = environment.run
    monkeypatch.setattr(environment, "run", lambda command, failure: environment.stop(failure))
    with pytest.raises(SystemExit):
        environment.main()
    monkeypatch.setattr(environment, "run", good)
    commands.clear()
    environment.main()
    assert kinds(commands) == ["venv", "pip", "pip"]


def test_settings_of_other_tools_do_not_matter(project):
    root, commands = project
    environment.main()
    commands.clear()
    (root / "pyproject.toml").write_text(
        (root / "pyproject.toml").read_text().replace("line-length = 1", "line-length = 2")
    )
    environment.main()
    assert commands == []


def test_a_moved_folder_is_made_anew(project, monkeypatch):
    root, commands = project
    environment.main()
    commands.clear()
    monkeypatch.setattr(environment, "ROOT", str(root) + " moved")
    monkeypatch.setattr(environment, "key", lambda: "another folder")
    environment.main()
    assert "pip" in kinds(commands)


def test_another_python_is_used_only_when_it_is_asked_for(project):
    _, commands = project
    environment.main()
    commands.clear()
    _, digest = environment.stamp()
    Path(environment.STAMP).write_text(f"3.99 {digest}\n")
    environment.main()
    assert commands == []
    environment.main(["--this-python"])
    assert kinds(commands) == ["venv", "pip", "pip"]


def test_an_old_python_gets_one_line(project, monkeypatch, capsys):
    monkeypatch.setattr(environment, "OLDEST", (9, 0))
    with pytest.raises(SystemExit) as stopped:
        environment.main()
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert message.startswith("error: Python 9.0 or newer is needed")
    assert "make PYTHON=" in message
    assert len(message.splitlines()) == 1


def test_a_python_without_venv_gets_one_line(project, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit) as stopped:
        environment.main()
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert "lacks venv" in message
    assert len(message.splitlines()) == 1


def test_a_python_that_is_not_there_gets_one_line():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(["make", "venv", "PYTHON=no-such-python"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no Python found as 'no-such-python'")
