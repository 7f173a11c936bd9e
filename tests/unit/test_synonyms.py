"""The synonyms of search: how they are read, and what is a fault."""

from __future__ import annotations

import pytest
from projects import Project

from sitebuild.read.evidence import read_synonyms

FILE = "content/synonyms.yaml"


def read(text: str) -> dict[str, tuple[str, ...]]:
    """The synonyms of a file without faults."""
    found, faults = read_synonyms("s.yaml", text.encode())
    assert faults == ()
    return {synonym.word: synonym.others for synonym in found}


def test_a_word_has_its_others() -> None:
    """Words and names are read in the order of the file, with their lines."""
    assert read("# none yet\n") == read("") == {}
    text = "# bread\nbun: [roll, small loaf]\npain au levain: [sourdough]\n"
    assert read(text) == {
        "bun": ("roll", "small loaf"),
        "pain au levain": ("sourdough",),
    }
    found, _ = read_synonyms("s.yaml", text.encode())
    assert [synonym.place.line for synonym in found] == [2, 3]


def test_words_are_put_together() -> None:
    """Capitals and quotation marks say nothing; a word of two lines has the words of both."""
    assert read('Bun: ["Roll", roll]\npie: tart # Sweet\nbun: [loaf\n') == {
        "bun": ("roll", "loaf"),
        "pie": ("tart",),
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("bun: []", 1),
        ("a: [b]\nbun: [two  rolls]", 2),
        ("bun: [-roll]", 1),
        ("- bun", 1),
        ("bun", 1),
        ("bun: [roll,]", 1),
        ("bun:\n  - roll", 1),
    ],
)
def test_a_slip_is_a_fault(text: str, line: int) -> None:
    """What is no word or no list is a fault at its line, and takes no other along."""
    found, (fault,) = read_synonyms("s.yaml", f"{text}\npie: [tart]\n".encode())
    assert fault.place.line == line
    shown = text.split("\n")[line - 1]
    assert fault.found == f'"{shown}" is no word with a list of words'
    assert found[-1].word == "pie"


def test_a_build_reports_them(bread: Project) -> None:
    """The file belongs to content, and its slips are faults of the build."""
    bread.write(FILE, "leaven: [starter]\n")
    assert bread.faults() == []
    bread.write(FILE, "\nleaven starter\n")
    (fault,) = bread.faults()
    assert fault.startswith(f'{FILE}:2: "leaven starter" is no word with a list')
