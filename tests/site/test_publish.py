"""Publishing says what readers will find changed, in the folder that it publishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bread import bake
from helpers import tree
from projects import SITEURL, Project

from sitebuild import output
from sitebuild.faults import SiteFaults
from sitebuild.publish import publish

PASSAGE = "## The starter\n\n/// passage | flour\n\nFlour and water.\n///"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose OUTPUT_PATH is a folder of its own, published once."""
    monkeypatch.setenv("SITEURL", SITEURL)
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    project.edit("publishconf.py", ('ROOT / "public"', 'ROOT / "www" / "site"'))
    publish(project.root / "publishconf.py")
    return project


def test_the_report_is_of_the_folder_that_is_published(elsewhere: Project) -> None:
    """What changed is told against OUTPUT_PATH, whatever its name."""
    assert publish(elsewhere.root / "publishconf.py") == ["nothing changed"]
    elsewhere.edit("content/pages/about.md", ("Words", "More words"))
    report = publish(elsewhere.root / "publishconf.py")
    assert [line for line in report if line.startswith("changed /about/")]
    assert not (elsewhere.root / "public").exists()


def test_files_for_hosts_are_no_news(elsewhere: Project) -> None:
    """Rules for hosts, the manifest and compressed copies are not what readers meet."""
    before = tree(elsewhere.root / "www" / "site")
    elsewhere.write("content/redirects.txt", "/old/ /about/\n")
    report = publish(elsewhere.root / "publishconf.py")
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
    report = publish(elsewhere.root / "publishconf.py")
    assert report[-1] == ("content/addresses.txt: new addresses: 1; commit the file")


def test_a_record_that_cannot_be_written_is_one_sentence(
    elsewhere: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old record stays whole when the disk refuses the new one."""
    before = elsewhere.read("content/addresses.txt")
    elsewhere.edit("content/articles/sour.md", ("## The starter", PASSAGE))

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "write_whole", refuse)
    with pytest.raises(SiteFaults, match="the disk refuses: No space left"):
        publish(elsewhere.root / "publishconf.py")
    assert elsewhere.read("content/addresses.txt") == before


def test_a_disk_that_refuses_is_one_sentence(
    elsewhere: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the disk becomes a fault, and the published folder is as it was."""
    before = tree(elsewhere.root / "www" / "site")
    elsewhere.edit("content/pages/about.md", ("Words", "More words"))

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device", "/somewhere/about.html")

    monkeypatch.setattr(output, "swap", refuse)
    with pytest.raises(SiteFaults, match="No space left on device") as caught:
        publish(elsewhere.root / "publishconf.py")
    assert "/somewhere/" not in str(caught.value)
    assert tree(elsewhere.root / "www" / "site") == before
