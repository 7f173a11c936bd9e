"""Publishing says what readers will find changed, in the folder that it publishes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from bread import bake
from helpers import git, tree
from projects import SITEURL, Project

PASSAGE = "## The starter\n\n/// passage | flour\n\nFlour and water.\n///"


NEXT = "next: `python3 tasks.py deploy NAME --dry-run`, with a NAME of TARGETS in publishconf.py"
# Lets the disk refuse to write the record.
REFUSE = """
import os, sys

def refuse(event, arguments):
    if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
        return
    if event in ("open", "os.mkdir", "os.rename") and "addresses.txt" in str(arguments):
        raise OSError(28, "No space left on device", str(arguments[0]))

sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose OUTPUT_PATH is a folder of its own, published."""
    root = tmp_path_factory.mktemp("publish") / "project"
    project = bake(root, SEARCH_INDEX=False)
    project.edit("publishconf.py", ('ROOT / "public"', 'ROOT / "www" / "site"'))
    project.publish()
    return root


@pytest.fixture
def elsewhere(published_once: Path, tmp_path: Path) -> Project:
    """A copy of that project, to be published again."""
    return Project(shutil.copytree(published_once, tmp_path / "project", symlinks=True))


def test_the_report_is_of_the_folder_that_is_published(elsewhere: Project) -> None:
    """What changed is told against OUTPUT_PATH, whatever its name, and nothing else."""
    assert elsewhere.publish().splitlines()[0] == "nothing changed"
    elsewhere.edit("content/pages/about.md", ("Words", "More words"))
    report = elsewhere.publish().splitlines()
    (line,) = [line for line in report if line.startswith("changed ")]
    assert line.startswith("changed /about/: ")
    assert "More" in line
    assert not (elsewhere.root / "public").exists()


def test_files_for_hosts_are_no_news(elsewhere: Project) -> None:
    """Rules for hosts, the manifest and compressed copies are not what readers meet."""
    before = tree(elsewhere.root / "www" / "site")
    elsewhere.write("content/redirects.txt", "/old/ /about/\n")
    report = elsewhere.publish().splitlines()
    after = tree(elsewhere.root / "www" / "site")
    changed = {name for name in after if before.get(name) != after[name]}
    assert "_redirects" in changed
    for name in changed:
        assert not [line for line in report if name in line], name


def test_what_is_published_is_recorded(elsewhere: Project) -> None:
    """Every address that readers may keep is in the record."""
    record = elsewhere.read("content/addresses.txt").splitlines()
    assert "/articles/sour/#wild-yeast" in record
    assert "/evidence/#starter-rises" in record
    assert "/topics/rising/#do-i-need-a-packet-of-yeast" in record


def test_what_is_new_in_the_record_is_said(elsewhere: Project) -> None:
    """The report says how many addresses are new, and that the file is committed."""
    elsewhere.edit("content/articles/sour.md", ("## The starter", PASSAGE))
    report = elsewhere.publish().splitlines()
    assert report[-2] == "content/addresses.txt: new addresses: 1; commit the file"


def test_the_report_ends_with_what_is_to_do(elsewhere: Project) -> None:
    """Drafts are named, changes that no commit holds, and what comes next."""
    root = elsewhere.root
    (root / ".gitignore").write_text("sitebuild\n.cache\nwww\n__pycache__\n", "utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"]):
        git(root, *words)
    assert elsewhere.publish().splitlines() == ["nothing changed", NEXT]
    draft = elsewhere.read("content/articles/sour.md").replace("sour", "later")
    draft = draft.replace("status: published", "status: draft")
    elsewhere.write("content/articles/later.md", draft)
    elsewhere.edit("content/pages/about.md", ("Words", "More words"))
    assert elsewhere.publish().splitlines()[-3:] == [
        "left out, as drafts: content/articles/later.md",
        "sources have changes that no commit holds: content/articles/later.md, "
        "content/pages/about.md: commit them, so that this release can be published "
        "again",
        NEXT,
    ]


def test_a_record_that_cannot_be_written_is_one_sentence(elsewhere: Project) -> None:
    """The old record stays whole when the disk refuses the new one."""
    before = elsewhere.read("content/addresses.txt")
    elsewhere.edit("content/articles/sour.md", ("## The starter", PASSAGE))
    elsewhere.write("hook/sitecustomize.py", REFUSE)
    environment = {"SITEURL": SITEURL, "PYTHONPATH": str(elsewhere.root / "hook")}
    said = elsewhere.task("publish", code=1, **environment)
    assert re.fullmatch(r"\S+:1: the disk refuses: No space left .+\n", said), said
    assert elsewhere.read("content/addresses.txt") == before
