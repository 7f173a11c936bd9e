"""Content may grow: what runs before a site is published stays green on tidy additions."""

from __future__ import annotations

import re
import shutil

import pytest
from helpers import git
from PIL import Image
from projects import ROOT, SITEURL, Project, copy_project

ARTICLE = """\
title: Heat packs on a sore back
slug: added-article
date: 2026-11-20
status: published
summary: What a warm pack can do for a sore back, and how to use one with care.

## Warmth

/// passage | warm-skin
    topics: added-topic
    evidence: added-finding
    requires: burns, benefits-of-massage/before-you-book

A heat pack (an added term) warms the skin and may ease the pain for a while.

![A pack on a chair](/images/added-picture.png)
///

/// passage | how-long
    topics: added-topic
    requires: burns

Twenty minutes at a time is enough for most people.
///

/// passage | burns
    topics: added-topic

A hot pack can burn: put a towel between it and your skin.
///
"""
TOPIC = """\
title: Heat for a sore back
name: Heat
slug: added-topic
order: 7
status: published
summary: Warmth, packs and how not to burn yourself.

/// question | Is heat better than cold?
    evidence: added-finding

That is not known.
///
"""
FINDING = """
- id: added-finding
  question: Does heat ease low back pain?
  statement: Heat eases low back pain for a short while
  verdict: limited
  explanation: A few small trials say that it does, for some days.
  references: [addedreference2006]
  checked: 2026-11-20
"""
REFERENCE = """
@article{addedreference2006,
  author = {Packer, Heather},
  title = {{Heat for low back pain}},
  journal = {Journal of Packs},
  year = {2006},
  volume = {1},
  pages = {1--9},
  verified = {yes},
}
"""
TERM = """
/// term | added term
    also: added terms

A bag that keeps warm for some time.
///
"""


def add(project: Project, path: str, text: str) -> None:
    """Put a text at the end of a source file."""
    project.edit(path, lambda before: before.rstrip("\n") + "\n" + text)


def grow(project: Project) -> None:
    """Add an article, a topic, a finding, its reference, a term and an image."""
    project.write("content/articles/added-article.md", ARTICLE)
    project.write("content/topics/added-topic.md", TOPIC)
    add(project, "content/evidence.yaml", FINDING)
    add(project, "content/references.bib", REFERENCE)
    add(project, "content/pages/glossary.md", TERM)
    image = project.root / "content/images/added-picture.png"
    image.parent.mkdir(exist_ok=True)
    Image.new("RGB", (64, 40), "white").save(image)


def before_publishing() -> list[str]:
    """Return the tasks that the workflow runs until it has published, in order."""
    workflow = (ROOT / ".github/workflows/publish.yml").read_text("utf-8")
    job = workflow.partition("\n  publish:\n")[2]
    tasks = re.findall(r"- run: python3 tasks\.py (\w+)", job)
    return tasks[: tasks.index("publish") + 1]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A checkout with additions that were committed."""
    project = copy_project(tmp_path_factory.mktemp("grown") / "project")
    for name in ("tasks.py", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, project.root)
    git(project.root, "init", "--quiet")
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message", "Begin")
    grow(project)
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message", "Add heat packs")
    return project


def test_the_workflow_checks_before_it_publishes() -> None:
    """The workflow runs `check` and `publish`, and no tests of the code between."""
    assert before_publishing() == ["check", "publish"]


def test_additions_pass_all_that_runs_before_publishing(grown: Project) -> None:
    """A third article, a seventh topic and what belongs to them are published."""
    for task in before_publishing():
        grown.task(task, SITEURL=SITEURL)
    public = grown.root / "public"
    page = (public / "articles/added-article/index.html").read_text("utf-8")
    assert "may ease the pain for a while" in page
    topic = (public / "topics/added-topic/index.html").read_text("utf-8")
    assert "may ease the pain for a while" in topic
    assert "can burn" in topic
    assert "added-finding" in (public / "evidence/index.html").read_text("utf-8")
    assert list(public.glob("images/added-picture*.png"))
    record = grown.read("content/addresses.txt").splitlines()
    for address in (
        "/articles/added-article/#burns",
        "/evidence/#added-finding",
        "/topics/added-topic/#is-heat-better-than-cold",
    ):
        assert address in record
    assert "addresses.txt" in git(grown.root, "status", "--short")
