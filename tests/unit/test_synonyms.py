"""The synonyms of search: how they are read, what is a fault, and what is worth a look."""

from __future__ import annotations

import pytest
from projects import Project

from sitebuild.check import advice
from sitebuild.plugin import build
from sitebuild.read.evidence import read_synonyms

FILE = "content/synonyms.yaml"


def read(text: str) -> dict[str, tuple[str, ...]]:
    """The synonyms of a file without faults."""
    found, faults = read_synonyms("s.yaml", text.encode())
    assert faults == ()
    return {synonym.word: synonym.others for synonym in found}


def test_a_word_has_its_others() -> None:
    """Words and names are read in the order of the file, with their lines."""
    text = "# bread\nbun: [roll, small loaf]\npain au levain: [sourdough]\n"
    assert read(text) == {
        "bun": ("roll", "small loaf"),
        "pain au levain": ("sourdough",),
    }
    found, _ = read_synonyms("s.yaml", text.encode())
    assert [synonym.place.line for synonym in found] == [2, 3]


@pytest.mark.parametrize("text", ["", "# none yet\n"])
def test_an_empty_file_has_none(text: str) -> None:
    """A file without entries is no fault."""
    assert read(text) == {}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("bun: roll\n", 1, '"bun: roll" is no word with a list of words'),
        ("bun: []\n", 1, '"bun: []" is no word with a list of words'),
        ("a: [b]\nbun: [Roll]\n", 2, '"Roll" is no word in lower case'),
        ("Bun: [roll]\n", 1, '"Bun" is no word in lower case'),
        ("bun: [roll, two  rolls]\n", 1, '"two  rolls" is no word in lower case'),
        ("bun: [-roll]\n", 1, '"-roll" is no word in lower case'),
        ("bun: [[roll]]\n", 1, '"bun: [[roll]]" is no word with a list of words'),
        ("bun: [roll]\n\nbun: [loaf]\n", 3, 'the word "bun" stands twice'),
        ("bun: [roll, roll]\n", 1, '"roll" stands twice in the line of "bun"'),
        ("bun: [bun]\n", 1, '"bun" stands twice in the line of "bun"'),
        ("- bun\n", 1, '"- bun" is no word with a list of words'),
        ("bun\n", 1, '"bun" is no word with a list of words'),
        ("Bun: [Roll]\n", 1, '"Bun" is no word in lower case'),
        ("bun: [roll\n", 1, '"bun: [roll" is no word with a list of words'),
        ("bun: [roll]\nloaf: !\x00\n", 2, "the character U+0000"),
    ],
)
def test_a_slip_is_a_fault(text: str, line: int, message: str) -> None:
    """What is no list, no word or stands twice is a fault with its line."""
    _, faults = read_synonyms("s.yaml", text.encode())
    assert any(str(fault).startswith(f"s.yaml:{line}: {message}") for fault in faults)


def test_a_right_line_is_kept_beside_a_wrong_one() -> None:
    """A wrong word is one fault, whose remedy is the line to write."""
    found, faults = read_synonyms("s.yaml", b"Bun: [Roll, loaf]\npie: [tart]\n")
    assert [(it.word, it.others) for it in found] == [("pie", ("tart",))]
    assert [fault.remedy for fault in faults] == ["write `bun: [roll, loaf]`"]


def test_a_build_reports_them(bread: Project) -> None:
    """The file belongs to content, and its slips are faults of the build."""
    bread.write(FILE, "leaven: [starter]\n")
    assert bread.faults() == []
    bread.write(FILE, "\nleaven: starter\n")
    (fault,) = bread.faults()
    assert fault.startswith(f'{FILE}:2: "leaven: starter" is no word with a list')


def advised(project: Project) -> list[str]:
    """What `invoke check` says of the synonyms of a project."""
    done = build(project.root / "pelicanconf.py")
    return list(advice.advise_synonyms(done.site, done.synonyms))


def test_words_that_stand_nowhere_are_worth_a_look(bread: Project) -> None:
    """A word that search would look for in vain is named with its line."""
    bread.write(
        FILE, "leaven: [starter, croissant]\nraising: [raises bread, wild bread]\n"
    )
    assert advised(bread) == [
        f'{FILE}:1: "croissant", searched for beside "leaven", stands nowhere on the site',
        f'{FILE}:2: "wild bread", searched for beside "raising", stands nowhere on the site',
    ]


def test_a_part_of_a_word_is_no_word(bread: Project) -> None:
    """The beginning of a word of the site does not count as that word."""
    bread.write(FILE, "leaven: [star]\n")
    assert len(advised(bread)) == 1
