"""One address, one version, one set of pins: what must agree across files; and the examples of the README."""

import doctest
import json
import re
import subprocess
import tomllib

import build_book as builder
import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement

ROOT = builder.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADDRESS = PROJECT["urls"]["Repository"]
OWNER, NAME = ADDRESS.split("/")[-2:]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def tracked():
    """The files under version control, or all but what is built where there is no git."""
    try:
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
        names = [name for name in listing.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    hidden = (".venv", "_build", ".git/", ".ruff_cache", ".pytest_cache", ".hypothesis", "rfcompanion.egg-info")
    return [ROOT / name for name in names if not name.startswith(hidden) and (ROOT / name).is_file()]


# ------------------------------------------------------------------------------------------------- the address


def test_the_public_address_is_the_same_everywhere():
    """pyproject.toml holds it; the other files that must print it print the same one."""
    allowed = {"pyproject.toml", "README.md", "CITATION.cff"}
    pattern = re.compile(r"(?:github\.com|mybinder\.org/v2/gh|colab\.research\.google\.com/github)/([\w.-]+/[\w.-]+)")
    pages = re.compile(r"https://([\w-]+)\.github\.io/([\w.-]+)")
    for path in tracked():
        if path.suffix in {".js", ".woff", ".bib"} or path.name in {"LICENSE", "test_repository.py"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        own = [found for found in pattern.findall(text) if OWNER in found or NAME in found]
        own += ["/".join(found) for found in pages.findall(text) if OWNER in found or NAME in found]
        if own:
            where = path.relative_to(ROOT)
            assert str(where) in allowed or where.parts[0] == "colab", (
                f"{path.name} holds the public address: derive it"
            )
            assert {found.removesuffix(".git") for found in own} == {f"{OWNER}/{NAME}"}, path.name


def test_the_built_pages_use_it(html):
    page = (html / "book" / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="https://{OWNER}.github.io/{NAME}/book/index.html"' in page
    assert f'href="{ADDRESS}"' in page


def test_chapters_can_be_launched(html):
    chapters = [ROOT / f"{page}.ipynb" for page in builder.toc_pages() if (ROOT / f"{page}.ipynb").exists()]
    for path in chapters:
        page = (html / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert f"mybinder.org/v2/gh/{OWNER}/{NAME}/main?urlpath=lab/tree/book/{path.name}" in page, path.name


# ------------------------------------------------------------------------------------------------- the citation


def test_citation_is_valid():
    citation = yaml.safe_load(read("CITATION.cff"))
    schema = json.loads(read("tests/book/cff-1.2.0.json"))
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(json.dumps(citation, default=str)))
    assert citation["version"] == PROJECT["version"]
    assert citation["repository-code"] == ADDRESS
    assert citation["authors"] == [{"name": PROJECT["authors"][0]["name"]}]


@pytest.mark.parametrize("change", [{"cff-version": 7}, {"authors": []}, {"title": None}, {"licence": "MIT"}])
def test_an_invalid_citation_is_noticed(change):
    citation = yaml.safe_load(read("CITATION.cff")) | change
    schema = json.loads(read("tests/book/cff-1.2.0.json"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validators.validator_for(schema)(schema).validate(citation)


# ------------------------------------------------------------------------------------------------- versions


def pins(name):
    lines = (line.partition(" #")[0].strip() for line in read(name).splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


LOCK = {normal(pin.name): str(pin.specifier) for pin in pins("constraints.txt")}


def test_requirements_are_exact_and_agree_with_the_lock():
    for pin in pins("requirements.txt"):
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
        assert LOCK[normal(pin.name)] == str(pin.specifier), pin
    assert all(re.fullmatch(r"==[\w.]+", version) for version in LOCK.values())
    assert "-c constraints.txt" in read("requirements.txt")


def test_the_package_states_ranges_that_hold_the_tested_versions():
    extras = [text for group in PROJECT.get("optional-dependencies", {}).values() for text in group]
    for text in [*PROJECT["dependencies"], *extras]:
        requirement = Requirement(text)
        version = LOCK[normal(requirement.name)].removeprefix("==")
        assert requirement.specifier.contains(version), text
        assert "==" not in text, "exact pins belong in requirements.txt"


def test_binder_installs_the_tested_versions():
    lines = [line for line in read("binder/requirements.txt").splitlines() if line and not line.startswith(("#", "-"))]
    assert all(re.fullmatch(r"[\w-]+", line) and normal(line) in LOCK for line in lines), lines
    needed = {normal(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert needed <= {normal(line) for line in lines}
    assert "-c ../constraints.txt" in read("binder/requirements.txt")
    oldest = re.search(r">=(3\.\d+)", PROJECT["requires-python"]).group(1)
    assert read("binder/runtime.txt").strip() == f"python-{oldest}"


def test_workflows_are_readable_and_cover_the_supported_pythons():
    folder = ROOT / ".github" / "workflows"
    flows = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yml")}
    assert {"test.yml", "pages.yml", "lint.yml"} <= set(flows)
    assert flows["test.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    for path in folder.glob("*.yml"):
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", action), action


def steps_of(workflow, job):
    """The commands of a job, in order."""
    flow = yaml.safe_load(read(f".github/workflows/{workflow}.yml"))
    return [step["run"] for step in flow["jobs"][job]["steps"] if "run" in step], flow


def test_drift_is_looked_for_with_everything():
    """Newest versions, not pinned ones: all tests, all notebooks with their outputs, a part of the records."""
    newest, flow = steps_of("drift", "newest")
    assert flow["jobs"]["newest"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert not any("requirements.txt" in command or "constraints.txt" in command for command in newest)
    (tests,) = [command for command in newest if " tests" in command and "--nbval" not in command]
    assert "--ignore" not in tests
    (notebooks,) = [command for command in newest if "--nbval " in command]
    assert "book/*.ipynb" in notebooks
    assert "--nbval-lax" not in notebooks
    assert any("reproduce --verify 0.05" in command for command in newest)
    assert any("reproduce --all --fast" in command for command in newest)
    assert "bash .ci/run" in steps_of("drift", "pinned")[0]
    import run_chapter

    environment = flow["jobs"]["newest"]["env"]
    assert run_chapter.ENVIRONMENT.items() <= environment.items()  # nbval runs them as they were made


def test_each_release_keeps_its_tested_versions():
    attach = steps_of("release", "print")[0][-1]
    name = '"_build/print/constraints-$TAG.txt"'
    assert f"cp constraints.txt {name}" in attach
    assert re.search(rf"gh release upload .*{re.escape(name)}", attach)


# ------------------------------------------------------------------------------------------------- the README


def test_examples_of_the_readme_are_right():
    code = "\n".join(re.findall(r"```python\n(.*?)```", read("README.md"), flags=re.DOTALL))
    example = doctest.DocTestParser().get_doctest(code, {}, "README.md", "README.md", 0)
    result = doctest.DocTestRunner().run(example)
    assert result.attempted >= 3
    assert result.failed == 0


def test_readme_fits_one_screen_and_its_links_arrive():
    text = read("README.md")
    assert len(text.splitlines()) <= 50
    local = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_commands_of_the_readme_exist():
    help_text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for command in re.findall(r"^make (\w+)", read("README.md"), flags=re.MULTILINE):
        assert f"make {command} " in help_text
    for command in ("book", "test", "notebooks", "serve", "bench", "lint", "help"):
        assert f"make {command} " in help_text


# ------------------------------------------------------------------------------------------------- the files


def test_no_file_is_larger_than_readers_should_clone():
    large = [f"{path.name}: {path.stat().st_size}" for path in tracked() if path.stat().st_size > 2**20]
    assert large == []


def test_references_are_unique_and_complete():
    from pybtex.database import parse_file

    entries = parse_file(str(ROOT / "book" / "references.bib")).entries
    for key, entry in entries.items():
        assert {"title", "year"} <= set(entry.fields), key
        assert entry.persons.get("author"), key
    titles = [re.sub(r"\W", "", entry.fields["title"]).lower() for entry in entries.values()]
    assert len(titles) == len(set(titles))
