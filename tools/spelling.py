"""The spelling of the prose: British, every word in a dictionary or in the project's own list.

python tools/spelling.py          # list what is wrong: file, line, word
python tools/spelling.py --add    # put unknown words into tests/book/words.txt (look at them!), take out unused ones

The dictionary is that of pyspellchecker, which comes with the package; it knows American forms too. Those are
recognised by codespell's list of British and American pairs, and by the ending -ize.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import rf_sources as sources  # noqa: E402

WORDS = ROOT / "tests" / "book" / "words.txt"
#: American in codespell's pairs, but British too: in another sense (a practice, a computer program), or as a variant.
BRITISH_TOO = {"biased", "practice", "program"}
_IZE = re.compile(r"[a-z]+[iy]z(?:e[srd]?|ers|ing|ations?|able)")
_NOT_A_SUFFIX = re.compile(r".*(?:si|pri|sei|capsi|mai)z[a-z]+")
#: Directives whose content is no prose; of the others text and title are read.
_NO_PROSE = {"code-cell", "code", "literal", "math", "bibliography", "eval-rst", "toctree", "figure", "image"}
_NO_TITLE = {"solution", "solution-start", "solution-end", "rf-page", "grid", "image", "figure"}
_LEFT_OUT = re.compile(
    r"<!--.*?-->"
    r"|\$\$.*?\$\$|\$[^$]+\$"  # formulas
    r"|\{[\w:+-]+\}`(?![^`]*<)[^`]*`|\{[\w:+-]+\}`|<[^`<>]*>`"  # roles; a title before <target> is read
    r"|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)"  # code
    r"|\]\([^)]*\)|https?://[^\s>)]+|<[^>]*>|^\([\w-]+\)="  # addresses, tags, labels
    r"|\{[^{}]*\}|&\w+;",  # attributes, entities
    re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"(?<![\w\\.@-])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w@])|(?<=-)[^\W\d_]+(?![\w@])")


@dataclass(frozen=True)
class Slip:
    file: str
    line: int
    word: str
    problem: str

    def __str__(self):
        return f"{self.file}, line {self.line}: {self.word} {self.problem}"


def prose(text: str) -> str:
    """The text with blanks for all that is no prose; every word stays in its line."""
    lines = [""] * (text.count("\n") + 1)

    def keep(parts: list) -> None:
        for part in parts:
            if not isinstance(part, sources.Block):
                lines[part[0] - 1] = part[1]
            elif part.kind not in _NO_PROSE:
                if part.kind not in _NO_TITLE:
                    lines[part.line - 1] = part.argument
                keep(part.parts)

    keep(sources.blocks(text))
    return _LEFT_OUT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), "\n".join(lines))


def words(text: str) -> list[tuple[int, str]]:
    """Line and word, for each word of the prose with a small letter; FFT and GPU are names."""
    found = []
    for number, line in enumerate(prose(text).split("\n"), 1):
        for match in _WORD.finditer(line):
            word = re.sub(r"['’]s?$", "", match[0]).replace("’", "'")
            if len(word) > 1 and word.replace("'", "").isalpha() and not word.isupper():
                found.append((number, word))
    return found


@cache
def pairs() -> tuple[frozenset[str], frozenset[str]]:
    """British and American forms, from codespell's list."""
    import codespell_lib

    text = (Path(codespell_lib.__file__).parent / "data" / "dictionary_en-GB_to_en-US.txt").read_text(encoding="utf-8")
    rows = [line.partition("->") for line in text.splitlines() if "->" in line]
    british = frozenset(row[0] for row in rows)
    american = {word.strip() for row in rows for word in row[2].split(",") if word.strip()}
    return british, frozenset(american - british)


@cache
def dictionary():
    from spellchecker import SpellChecker

    return SpellChecker(language="en").word_frequency


def project_words() -> list[str]:
    return WORDS.read_text(encoding="utf-8").splitlines()


def is_american(word: str) -> bool:
    if word in BRITISH_TOO:
        return False
    ending = _IZE.fullmatch(word) and not _NOT_A_SUFFIX.fullmatch(word)
    return word in pairs()[1] or bool(ending)


def is_known(word: str) -> bool:
    return word in pairs()[0] or word in dictionary()


def slips(file: str, text: str, own: set[str]) -> list[Slip]:
    found = []
    for line, word in words(text):
        small = word.lower()
        if is_american(small):
            found.append(Slip(file, line, word, "is American: this book is British"))
        elif small not in own and not is_known(small):
            found.append(Slip(file, line, word, f"is in no dictionary; if it is right: {WORDS.relative_to(ROOT)}"))
    return found


def unused(own: list[str], texts: list[str]) -> list[str]:
    """Words of the project's list that no page needs: it does not use them, or the dictionary has them."""
    used = {word.lower() for text in texts for _, word in words(text)}
    return [word for word in own if word not in used or is_known(word)]


def files(root: Path = ROOT) -> list[Path]:
    pages = [*(root / "book" / "sources").glob("*.md"), *(root / "book").glob("*.md")]
    return [*sorted(pages), root / "README.md", root / "CONTRIBUTING.md"]


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--add", action="store_true", help="bring the project's list of words up to date")
    options = parser.parse_args(arguments)
    texts = {path: path.read_text(encoding="utf-8") for path in files()}
    own = project_words() if WORDS.exists() else []
    found = [slip for path, text in texts.items() for slip in slips(str(path.relative_to(ROOT)), text, set(own))]
    idle = unused(own, list(texts.values()))
    if options.add:
        new = {slip.word.lower() for slip in found if "dictionary" in slip.problem}
        WORDS.write_text("".join(f"{word}\n" for word in sorted({*own, *new} - set(idle))), encoding="utf-8")
        print(f"added: {', '.join(sorted(new)) or 'none'}; taken out: {', '.join(idle) or 'none'}")
        return 0
    print("\n".join([*map(str, found), *(f"{word} in {WORDS.name} is not needed" for word in idle)]) or "No slip.")
    return 1 if found or idle else 0


if __name__ == "__main__":
    sys.exit(main())
