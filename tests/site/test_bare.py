"""A site with the least that one can write builds, and protects its readers as well."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bread import VERDICTS, bake
from helpers import document, words
from projects import Project

RECORD = "content/addresses.txt"
EVIDENCE = "content/evidence.yaml"
TAGGED = "/// passage | hot-oven\n    topics: rising\n"
EVIDENCE_PAGE = "content/pages/evidence.md"


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A site of which nothing is recorded, said or explained beyond what is needed."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    (project.root / RECORD).unlink()
    project.edit(EVIDENCE, ("  statement: A starter raises bread\n", ""))
    project.edit(EVIDENCE, ("verdict: supported", "verdict: contradicted"))
    project.write(
        EVIDENCE_PAGE,
        "title: Findings\nslug: evidence\ntemplate: evidence\nstatus: published\n"
        "summary: On findings.\n\nWords.\n",
    )
    return project


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_it_is_built_and_published(bare: Project) -> None:
    """What a new site lacks is no fault, and publishing begins its record."""
    assert bare.faults() == []
    assert bare.publish().splitlines()[-1].startswith(f"{RECORD}: new addresses: ")
    assert "/articles/sour/#wild-yeast" in bare.read(RECORD).splitlines()


def test_a_finding_without_a_statement_shows_its_question(bare: Project) -> None:
    """A verdict never stands alone: the question that was asked follows it."""
    bare.build()
    for page in ("/articles/sour/", "/evidence/"):
        shown = words(document(bare.page(page)))
        assert "Contradicted: Does a starter raise bread?" in shown
        assert "?." not in shown


def test_a_verdict_without_a_meaning_has_that_of_the_theme(bare: Project) -> None:
    """Every word of a verdict leads to what it means, once."""
    bare.build()
    page = document(bare.page("/evidence/"))
    for verdict in VERDICTS:
        (meaning,) = page.xpath(f"//*[@id='{verdict}']/..")
        assert words(meaning).startswith(f"{verdict.capitalize()}: ")


@pytest.mark.parametrize(("count", "end"), [(12, "p11."), (13, "p11, ….")])
def test_the_summary_is_short(bare: Project, count: int, end: str) -> None:
    """Of many passages without a topic twelve are named."""
    bare.edit("content/articles/sour.md", ("/// passage | hot-oven\n", TAGGED))
    passages = [f"/// passage | p{n}\n\nWords.\n///\n" for n in range(count)]
    head = "title: More\nslug: more\ndate: 2026-01-02\nstatus: published\n"
    text = "\n".join([f"{head}summary: More.\n", *passages])
    bare.write("content/articles/more.md", text)
    summary = bare.task("build").rstrip()
    assert summary.count("more/") == 12
    assert summary.endswith(end)


def test_an_own_meaning_goes_before_that_of_the_theme(bare: Project) -> None:
    """A page that explains a verdict has its own words for that one alone."""
    bare.edit(EVIDENCE_PAGE, ("Words.", "**Mixed**{#mixed}: stirred."))
    bare.build()
    page = document(bare.page("/evidence/"))
    assert words(page.xpath("//*[@id='mixed']/..")[0]) == "Mixed: stirred."
    assert words(page.xpath("//*[@id='limited']/..")[0]).startswith("Limited: there")


def test_what_it_lacks_is_advice(bare: Project) -> None:
    """`check` names what the theme had to say for the editor, at its place."""
    said = bare.task("check").splitlines()
    lacking = f'{EVIDENCE}:1: finding "starter-rises" has no statement'
    assert any(line.startswith(lacking) for line in said)
    for verdict in VERDICTS:
        place = f'{EVIDENCE_PAGE}:3: the page does not explain "{verdict}"'
        assert any(line.startswith(place) for line in said)


def test_what_is_said_is_no_advice(tmp_path: Path) -> None:
    """A statement and meanings of one's own leave nothing to say."""
    said = bake(tmp_path).task("check")
    assert "statement" not in said
    assert "explain" not in said


def test_a_record_that_git_knows_is_not_begun_anew(bare: Project) -> None:
    """A record that was committed and deleted is a fault of each build."""
    bare.publish()
    git(bare.root, "init", "-q")
    git(bare.root, "add", "content")
    git(bare.root, "commit", "-qm", "The site")
    (bare.root / RECORD).unlink()
    (fault,) = bare.faults()
    assert fault.startswith(f"{RECORD}:1: the record of every address")
    git(bare.root, "commit", "-qam", "Without its record")
    assert bare.faults() == [fault]


def test_the_record_of_a_published_site_is_not_begun_anew(bare: Project) -> None:
    """Without git, the published folder shows that there was a record."""
    bare.publish()
    (bare.root / RECORD).unlink()
    assert "the record of every address" in bare.publish(code=1)
    assert not (bare.root / RECORD).exists()


def test_a_repository_without_a_record_is_a_new_site(bare: Project) -> None:
    """Git alone is no sign that a site was published."""
    git(bare.root, "init", "-q")
    git(bare.root, "add", "content")
    git(bare.root, "commit", "-qm", "The site")
    assert bare.faults() == []


def test_a_broken_link_is_a_fault_all_the_same(bare: Project) -> None:
    """A link to a page that there is not stays a fault."""
    bare.edit("content/articles/sour.md", ("A starter", "[A](/nowhere/) starter"))
    (fault,) = bare.faults()
    assert "nothing stands at this address" in fault
