"""What a preview answers and opens: files, redirects, the edited page, new bytes."""

from __future__ import annotations

import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from projects import ROOT

from sitebuild.diff import Change, Reason
from sitebuild.preview import follow, tree
from sitebuild.preview.builder import Result
from sitebuild.preview.tree import Found, Tree

FILES = {
    "index.html": b"",
    "404.html": b"",
    "a/index.html": b"",
    "a/b.png": b"",
    "_headers": b"",
    "_private/index.html": b"",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", Found(200, "index.html")),
        ("/a/", Found(200, "a/index.html")),
        ("/a", Found(301, location="/a/")),
        ("/a/b.png", Found(200, "a/b.png")),
        ("/a/c.png", Found(404, "404.html")),
        ("/old/", Found(301, location="/a/")),
        ("/_headers", Found(404, "404.html")),
        ("/_private/", Found(404, "404.html")),
    ],
)
def test_an_address_has_what_a_static_host_gives(path: str, found: Found) -> None:
    """Files, folders, redirects; names with an underscore are for hosts alone."""
    assert tree.find(path, Tree(FILES, {"/old/": "/a/"})) == found


def test_a_site_without_its_page_for_what_is_missing() -> None:
    """Where there is no 404.html an unknown address has no file."""
    assert tree.find("/x/", Tree({"index.html": b""})) == Found(404)


def test_a_redirect_comes_before_a_page() -> None:
    """An old address that has a page again still redirects, as hosts do."""
    assert tree.find("/a/", Tree(FILES, {"/a/": "/"})) == Found(301, location="/")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.XML", "text/xml; charset=utf-8"),
        ("a.webp", "image/webp"),
        ("a.unknown-kind", "application/octet-stream"),
    ],
)
def test_media_types(name: str, kind: str) -> None:
    """A file has the type of its name; text says that it is UTF-8."""
    assert tree.content_type(name) == kind


CHANGES = [
    Change("/a/", "changed", (Reason("finding", "p1", "x: …"),)),
    Change("/b/", "changed", (Reason("text", "", ""), Reason("passage", "p2", ""))),
    Change("/evidence/", "changed", (Reason("finding", "x", "x: …"),)),
    Change("/z/", "changed", (Reason("text", "", ""), Reason("reference", "R1", ""))),
]


@pytest.mark.parametrize(
    ("files", "target"),
    [
        (["content/articles/b.md"], "/b/#p2"),
        (["content/articles/c.md"], "/c/"),
        (["theme/css/a.css", "content/articles/b.md"], "/b/#p2"),
        (["content/evidence.yaml"], "/evidence/#x"),
        (["content/references.bib"], "/z/#R1"),
        (["theme/css/a.css"], ""),
        ([], ""),
    ],
)
def test_the_browser_follows_an_edit(files: list[str], target: str) -> None:
    """It goes to the first edited page, the finding itself, or the reference."""
    addresses = {"content/articles/b.md": "/b/", "content/articles/c.md": "/c/"}
    assert follow.target(files, addresses, CHANGES) == target


WORKER = """
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace as Some
from sitebuild import plugin
from sitebuild.preview import worker

def build(settings, **override):
    print("noise")
    assert override["SHOW_DRAFTS"]
    documents = {
        "a": Some(path="a", url="/a/", is_published=True),
        "b": Some(path="b", url="/b/", is_published=False),
        "c": Some(path="c", url="/c/", is_published=False),
    }
    files = {"a/index.html": b"a", "b/index.html": b"b"}
    if override["REUSE_SEARCH_INDEX"]:
        files["a/index.html"] = b"reused"
    built = Some(files=files, documents=documents, redirects={"/x/": "/a/"})
    override["ON_BUILT"](built)

plugin.build = build
worker.main(Path("pelicanconf.py"), Path("output"))
"""


def test_a_build_process_sends_what_is_new() -> None:
    """Each build is two answers; bytes that were sent are not sent again.

    Drafts that are shown have an address, those that are not have none.
    """
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        input=b"whole\nreuse-index\n",
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    answers = BytesIO(done.stdout)
    first, written, second = (pickle.load(answers) for _ in range(3))
    assert first.files == {"a/index.html": b"a", "b/index.html": b"b"}
    assert first.addresses == {"a": "/a/", "b": "/b/"}
    assert first.drafts == {"/b/"}
    assert first.redirects == {"/x/": "/a/"}
    assert written == Result()
    assert second.files == {"a/index.html": b"reused", "b/index.html": None}


def test_what_another_build_left_is_served_at_first(tmp_path: Path) -> None:
    """The output of an earlier build is loaded; where there is none, nothing is."""
    assert tree.load(tmp_path / "output") == Tree()
    (tmp_path / "output/a").mkdir(parents=True)
    (tmp_path / "output/a/index.html").write_bytes(b"old")
    assert tree.load(tmp_path / "output").files == {"a/index.html": b"old"}
