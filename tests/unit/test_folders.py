"""A project page: the site stands in a folder of a host, and all of it works there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import tree
from playwright.sync_api import Browser
from projects import copy_project
from tools import get, serving

from sitebuild.deploy.plan import PLAIN
from sitebuild.deploy.records import History
from sitebuild.deploy.store import Store
from sitebuild.deploy.verify import ask, expect, verify
from sitebuild.host.folders import put_in_folder
from sitebuild.host.manifest import read_release
from sitebuild.publish import publish

SITE = "https://name.github.io/repo"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it is published for a folder, in the folder of that name."""
    project = copy_project(tmp_path_factory.mktemp("folder") / "project")
    project.write("content/redirects.txt", "/was/here/ /about/\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITEURL", SITE)
        publish(project.root / "publishconf.py")
    return (project.root / "public").rename(project.root / "repo")


@pytest.fixture(scope="module")
def address(pages: Path) -> Iterator[str]:
    """A server of files whose folder /repo/ is the site; yields the host."""
    command = [sys.executable, "-u", "-m", "http.server", "-b", "127.0.0.1", "-d"]
    with serving([*command, str(pages.parent), "0"], "Serving") as said:
        port = said[0].split("port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}"


def names(pages: Path) -> list[str]:
    """The pages of the site."""
    return [name for name in tree(pages) if name.endswith(".html")]


def test_every_page_works_in_a_browser(
    pages: Path, address: str, chromium: Browser
) -> None:
    """No page logs anything, loses its style, or asks for anything outside it."""
    context = chromium.new_context()
    page = context.new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("request", lambda request: asked.append(request.url))
    for name in names(pages):
        page.goto(f"{address}/repo/{name.removesuffix('index.html')}")
    page.goto(f"{address}/repo/was/here/")
    page.wait_for_url(f"{address}/repo/about/")
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(f"{address}/repo/")] == []


def test_every_link_of_every_page_is_there(pages: Path, address: str) -> None:
    """Followed as a browser follows it, in pages, the feed and the sitemap."""
    found = set[str]()
    for name, data in tree(pages).items():
        if name.endswith(".html"):
            found |= set(re.findall(rb'(?:href|src)="(/[^"#]*)', data))
        if name.endswith(".xml"):
            own = SITE.encode()
            links = re.findall(rb"https://name\.github\.io[^\"<&#\s]*", data)
            assert all(link.startswith(own) for link in links)
            found |= {link.removeprefix(b"https://name.github.io") for link in links}
    assert len(found) > 15
    for link in found:
        assert get(address + link.decode()).status == 200, link


def test_the_search_works(address: str, chromium: Browser) -> None:
    """The index is asked for in the folder, and results lead into it."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/repo/search/")
    page.get_by_role("searchbox").fill("sleep")
    link = page.locator("main a[href*='#']").first
    link.wait_for()
    target = link.evaluate("link => link.href")
    context.close()
    assert target.startswith(f"{address}/repo/")
    assert get(target.partition("#")[0]).status == 200


def test_prefetching_stays_in_the_folder(pages: Path) -> None:
    """The rules speak of addresses below it alone."""
    rules = next(pages.glob("speculation.*.json")).read_text("utf-8")
    assert re.findall('"(/[^"]*)"', rules) == ["/repo/*", "/repo/*.*"]


def test_it_has_no_configurations_of_a_whole_host(pages: Path) -> None:
    """What is written for servers speaks of the root of a host."""
    assert not [name for name in tree(pages) if name.startswith(("_", ".ht"))]


def test_a_deploy_to_a_folder_is_verified_there(
    pages: Path, address: str, tmp_path: Path
) -> None:
    """Every page is asked for below the folder."""
    release = read_release((pages / "release.json").read_bytes())
    expected = expect(release, PLAIN, Store(tmp_path / "store"), History())
    result = verify(expected, ask(f"{address}/repo"))
    unknown = "an unknown address does not show 404.html"
    assert result.problems == (unknown,)


def test_only_links_are_put_in_the_folder() -> None:
    """Text that looks like an attribute, and links to other hosts, stay as they are."""
    page = (
        b'<a href="/a/" title="src=/x">href="/b/"</a>'
        b'<a href="//c">c</a><a href=/d>d</a>'
    )
    files = {"index.html": page}
    put_in_folder(files, SITE)
    assert files["index.html"] == (
        b'<a href="/repo/a/" title="src=/x">href="/b/"</a>'
        b'<a href="//c">c</a><a href=/repo/d>d</a>'
    )
