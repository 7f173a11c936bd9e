"""Help with writing: drafts that build, and advice that is right."""

from __future__ import annotations

from datetime import date, timedelta

from projects import Project

from sitebuild import host
from sitebuild.check import advice
from sitebuild.new import new
from sitebuild.plugin import build

TODAY = date(2026, 2, 1)
ARTICLE = "content/articles/sour.md"
TOPIC = "content/topics/rising.md"
GLOSSARY = "content/pages/glossary.md"


def advised(project: Project, today: date = TODAY) -> list[str]:
    """What `invoke check` would say of a project, faults aside."""
    return advice.advise(build(project.root / "pelicanconf.py").site, today)


def add(project: Project, path: str, text: str) -> str:
    """Add a block to a source file; returns `file:line: ` of its first line."""
    before = project.read(path)
    project.write(path, f"{before}\n{text}")
    return f"{path}:{len(before.splitlines()) + 2}: "


def test_what_a_new_file_says_is_named_when_published(bread: Project) -> None:
    """Its sentences are for the editor: published as they stand, each is worth a look."""
    content = bread.root / "content"
    begun = (
        (new("article", content, "Rye", TODAY), [5, 9, 18]),
        (new("topic", content, "Rye", TODAY), [9, 15]),
    )
    bread.edit(ARTICLE, ("topics: rising", "topics: rising, rye"))
    for path, lines in begun:
        name = path.relative_to(bread.root).as_posix()
        words = "this is still what a new file says; write your own"
        expected = [f"{name}:{line}: {words}" for line in lines]
        assert not [line for line in advised(bread) if line in expected]
        bread.edit(name, ("status: draft", "status: published"))
        assert [line for line in advised(bread) if words in line][
            -len(lines) :
        ] == expected


def test_a_passage_whose_topics_are_drafts_is_named(bread: Project) -> None:
    """It would be shown on no topic page; a passage that names no topic is meant so."""
    add(bread, ARTICLE, "/// passage | alone\n\nWords.\n///\n")
    add(bread, ARTICLE, "/// passage | late\n    topics: rye\n\nWords.\n///\n")
    new("topic", bread.root / "content", "Rye", TODAY)
    lines = [line for line in advised(bread) if "no topic page" in line]
    assert [line.partition(": ")[2] for line in lines] == [
        'passage "late" is on no topic page: its topics are drafts'
    ]


def test_a_day_to_come_is_named(bread: Project) -> None:
    """Which day it is decides what `check` says, and never whether a site is built."""
    bread.edit(ARTICLE, ("date: 2026-01-02", "date: 2999-01-02"))
    bread.edit("content/evidence.yaml", ("checked: 2026-01-01", "checked: 2999-01-01"))
    said = "\n".join(advised(bread))
    assert f"{ARTICLE}:3: the file has a day in the future: date 2999-01-02" in said
    assert 'finding "starter-rises" has a day in the future: checked 2999' in said
    assert bread.faults() == []


def test_a_day_before_its_article_is_named(bread: Project) -> None:
    """An article that was modified before its date has one of the two wrong."""
    bread.edit(
        ARTICLE, ("date: 2026-01-02\n", "date: 2026-01-02\nmodified: 2025-1-3\n")
    )
    before = f"{ARTICLE}:4: modified is 2025-01-03, before the date 2026-01-02"
    assert [line for line in advised(bread) if "modified" in line] == [before]


def test_a_finding_that_nothing_uses_is_named(bread: Project) -> None:
    """A finding beside no passage and in no other block is worth a look."""
    assert not any("nothing uses the finding" in line for line in advised(bread))
    bread.edit(ARTICLE, ("    evidence: starter-rises\n", ""))
    assert not any("nothing uses the finding" in line for line in advised(bread))
    bread.edit(TOPIC, ("    evidence: starter-rises\n", ""))
    said = 'content/evidence.yaml:1: nothing uses the finding "starter-rises"'
    assert said in advised(bread)


def test_an_abbreviation_is_named_at_its_first_use(bread: Project) -> None:
    """An abbreviation is named once, unless a term has it."""
    words = "An XYZQ rises. Or XYZQ again. ABC."
    place = add(bread, ARTICLE, f"/// passage | rare\n\n{words}\n///\n")
    add(bread, GLOSSARY, "/// term | alphabet\n    also: abc\n\nLetters.\n///\n")
    found = [line for line in advised(bread) if "not in the glossary" in line]
    words = [line.removeprefix(place) for line in found if line.startswith(place)]
    assert words == ['"XYZQ" is not in the glossary']


def test_a_term_that_nothing_uses_is_named(bread: Project) -> None:
    """A term is used under any of its forms, on any page, or else named."""
    unused = add(bread, GLOSSARY, "/// term | zymurgy\n\nBrewing.\n///\n")
    add(bread, GLOSSARY, "/// term | leaven\n    also: starter\n\nFlour.\n///\n")
    add(bread, GLOSSARY, "/// term | slowly\n\nNot fast.\n///\n")
    lines = [line for line in advised(bread) if "nothing uses" in line]
    assert lines == [f'{unused}nothing uses the term "zymurgy"']


def test_what_was_checked_over_a_year_ago_is_due(bread: Project) -> None:
    """A finding or a file is due after 365 days; the day is given, not the clock's."""
    bread.edit(TOPIC, ("order: 1\n", "order: 1\nchecked: 2026-01-01\n"))
    year = date(2026, 1, 1) + timedelta(days=365)
    assert not [line for line in advised(bread, year) if "due" in line]
    due = [line for line in advised(bread, year + timedelta(days=1)) if "due" in line]
    assert due == [
        'content/evidence.yaml:1: finding "starter-rises" was last checked on '
        "2026-01-01: due for another look",
        "content/topics/rising.md:5: the file was last checked on 2026-01-01: due for "
        "another look",
    ]


def test_a_topic_with_few_passages_is_named(bread: Project) -> None:
    """A topic of fewer than three passages is named at its slug."""
    thin = 'content/topics/rising.md:3: topic "rising" has'
    assert f"{thin} 1 passage" in advised(bread)
    passage = "/// passage | more-{}\n    topics: rising\n\nWords.\n///\n"
    add(bread, ARTICLE, passage.format(1))
    assert f"{thin} 2 passages" in advised(bread)
    add(bread, ARTICLE, passage.format(2))
    assert not [line for line in advised(bread) if line.startswith(thin)]


def test_advice_is_sorted_by_file_and_line(bread: Project) -> None:
    """Advice can be worked through from top to bottom."""
    for number in range(12):
        add(bread, ARTICLE, f"/// passage | p-{number}\n\nWords.\n///\n")
    found = advised(bread)
    assert found == sorted(
        found, key=lambda line: (line.split(":")[0], int(line.split(":")[1]))
    )


def test_a_site_that_nobody_can_write_to_is_told_so() -> None:
    """Without CONTACT there is one line on it; with it there is none."""
    today = date(2026, 1, 1)
    (line,) = host.advise({"CONTACT": ""}, today, today)
    assert line.startswith("pelicanconf.py: CONTACT is empty")
    assert not list(host.advise({"CONTACT": "/about/"}, today, today))
