"""A site with the least that one can write builds, and protects its readers as well."""

from __future__ import annotations

import re

import pytest
from bread import VERDICTS
from helpers import document, git, words
from projects import Project

RECORD = "content/addresses.txt"
EVIDENCE = "content/evidence.yaml"
EVIDENCE_PAGE = "content/pages/evidence.md"
MEANINGS = "\n\n".join(f"**{it.capitalize()}**{{#{it}}}: words." for it in VERDICTS)


@pytest.fixture
def bare(bread: Project) -> Project:
    """A site of which nothing is recorded, said or explained beyond what is needed."""
    project = bread
    (project.root / RECORD).unlink()
    project.edit(EVIDENCE, ("  statement: A starter raises bread\n", ""))
    project.edit(EVIDENCE, ("verdict: supported", "verdict: contradicted"))
    project.write(
        EVIDENCE_PAGE,
        "title: Findings\nslug: evidence\ntemplate: evidence\nstatus: published\n"
        f"summary: On findings.\n\n{MEANINGS}\n",
    )
    return project


def test_it_is_built_and_published(bare: Project) -> None:
    """What a new site lacks is no fault, and publishing begins its record."""
    assert bare.faults() == []
    assert bare.publish().splitlines()[-2].startswith(f"{RECORD}: new addresses: ")
    assert "/articles/sour/#wild-yeast" in bare.read(RECORD).splitlines()


def test_a_finding_without_a_statement_shows_its_question(bare: Project) -> None:
    """A verdict never stands alone: the question that was asked follows it."""
    bare.build()
    for page in ("/articles/sour/", "/evidence/"):
        shown = words(document(bare.page(page)))
        assert re.search("Contradicted: “?Does a starter raise bread", shown)
        assert "?." not in shown


def test_a_verdict_without_a_meaning_is_a_fault(bare: Project) -> None:
    """Every verdict of the site leads to what it means, so the page says that of each."""
    bare.edit(EVIDENCE_PAGE, ("**Mixed**{#mixed}: words.", ""))
    (fault,) = bare.faults()
    assert fault.startswith(f"{EVIDENCE_PAGE}:3: ")
    assert 'does not say what "mixed" means' in fault


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
