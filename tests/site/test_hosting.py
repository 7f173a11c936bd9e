"""What publishing adds to a built site: policies, names, copies, redirects, the manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from bread import bake_sink
from helpers import document, git, tree
from hosts import RULES
from playwright.sync_api import Browser
from programs import need
from projects import SITEURL, Project
from searching import serving
from tools import get

LASTING = ("assets/", "pagefind/fragment/", "pagefind/index/")
FOLDER = "https://name.github.io/repo"


def manifest(published: Path) -> dict[str, dict[str, str]]:
    """The manifest of a published site."""
    return dict(json.loads((published / "release.json").read_bytes()))


def test_the_manifest_tells_every_file(published: Path) -> None:
    """By its SHA-256, but for itself; the site, and where old addresses lead."""
    about, files = manifest(published), tree(published)
    del files["release.json"]
    hashes = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    assert about["files"] == hashes
    assert about["site"] == SITEURL
    assert about["redirects"] == {"/was/here/": "/about/"}


def test_git_remembers_every_release(bread: Project) -> None:
    """An older commit, published again, gives the bytes that its manifest names.

    The manifest says the commit, and whether there are changes that it has not.
    """
    (bread.root / ".gitignore").write_text("public/\n.cache/\nsitebuild\n")
    bread.write("content/addresses.txt", "")
    git(bread.root, "init", "-q")
    git(bread.root, "add", "-A")
    git(bread.root, "commit", "-q", "-m", "One")
    first = git(bread.root, "rev-parse", "HEAD")
    bread.publish()  # it adds to the record of addresses, which is no change
    once = tree(bread.public)
    assert (manifest(bread.public)["commit"], manifest(bread.public)["changes"]) == (
        first,
        False,
    )
    bread.edit("content/pages/about.md", ("Words", "Other words"))
    assert "sources have changes that no commit holds" in bread.publish()
    assert manifest(bread.public)["changes"] is True
    git(bread.root, "commit", "-q", "-a", "-m", "Two")
    assert "no commit holds" not in bread.publish()
    assert manifest(bread.public)["commit"] != first
    git(bread.root, "checkout", "-q", first)
    bread.publish()
    assert tree(bread.public) == once


def test_two_builds_are_equal_bytes(published: Path, tmp_path: Path) -> None:
    """In another folder, time zone, locale, hash seed and time, copies and manifest too."""
    project = Project(tmp_path / "some where" / "else")
    ignored = shutil.ignore_patterns("public", ".build", ".cache")
    shutil.copytree(published.parent, project.root, symlinks=True, ignore=ignored)
    for path in project.root.rglob("*.md"):
        os.utime(path, (10**9, 10**9))
    other = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    project.task("publish", SITEURL=SITEURL, **other)
    assert tree(project.public) == tree(published)


def test_a_strict_umask_locks_nobody_out(bread: Project, tmp_path: Path) -> None:
    """Files that are published and deployed are for all to read."""
    need("rsync")
    live = tmp_path / "live"
    target = {"tool": "ssh", "to": str(live), "verify": False}
    bread.edit("publishconf.py", lambda text: f"{text}TARGETS = {{'web': {target}}}\n")
    invoke = f"{sys.executable} -m invoke"
    command = f"umask 077; SITEURL={SITEURL} {invoke} publish && {invoke} deploy web"
    subprocess.run(command, cwd=bread.root, shell=True, check=True, capture_output=True)
    for path in (bread.public, *bread.public.rglob("*"), live, *live.rglob("*")):
        mode = path.stat().st_mode & 0o777
        assert mode == (0o755 if path.is_dir() else 0o644), path


def test_a_development_build_has_none_of_it(built: Path) -> None:
    """Policies, copies, rules and the manifest are of the published site alone."""
    names = tree(built)
    assert not [name for name in names if name.startswith(("_", "."))]
    assert not [name for name in names if name.endswith((".br", ".gz", "release.json"))]
    assert b"Content-Security-Policy" not in (built / "index.html").read_bytes()


def test_names_with_hashes_are_those_of_their_bytes(published: Path) -> None:
    """In the folders that the rules let browsers keep for ever, and of what pages name."""
    for folder in LASTING:
        paths = [
            path
            for path in (published / folder).iterdir()
            if path.suffix not in (".br", ".gz")
        ]
        assert paths
        for path in paths:
            found = re.search(r"[._]([0-9a-f]{7,64})\.\w+$", path.name)
            assert found, path
            if folder == "assets/":
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
            else:  # Pagefind's are of what they hold, without leading zeros of a byte
                held = gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")
                sha1 = hashlib.sha1(held, usedforsecurity=False).digest()
                digest = "".join(f"{byte:x}" for byte in sha1)
            assert digest.startswith(found[1]), path
    page = document(published / "index.html")
    [icon] = page.xpath("//link[@rel='icon']/@href")
    assert (published / icon.removeprefix("/")).is_file()
    assert icon.startswith("/assets/icon.")
    assert f"<icon>{SITEURL}{icon}</icon>" in (published / "feed.xml").read_text()
    assert not (published / "mark.svg").exists()


def test_copies_stand_beside_texts_where_they_are_smaller(published: Path) -> None:
    """Each unpacks to its file; what would grow has none. What pages load has a brotli copy, each text a gzip copy."""
    files = tree(published)
    for name, data in files.items():
        for suffix, unpack in ((".br", brotli.decompress), (".gz", gzip.decompress)):
            copy = files.get(name + suffix)
            if copy is not None:
                assert unpack(copy) == data, name
                assert len(copy) < len(data), name
    large = {name for name in files if len(files[name]) > 1000} - {"release.json"}
    loaded = (".html", ".svg", ".js", ".json")
    for ends, copy in ((loaded, ".br"), ((*loaded, ".xml"), ".gz")):
        assert all(f"{name}{copy}" in files for name in large if name.endswith(ends))
    assert not any(name.endswith((".png.br", ".xml.br", ".br.gz")) for name in files)


def test_the_rules_are_published_as_they_are(published: Path) -> None:
    """Those that hosts read by themselves; they are the same for every site."""
    assert (published / "_headers").read_bytes() == (RULES / "_headers").read_bytes()
    assert (published / ".htaccess").read_bytes() == (RULES / "htaccess").read_bytes()


def test_redirects_are_listed_and_stand_as_pages(published: Path) -> None:
    """`_redirects` has both forms of the old address; the page leads on and is not indexed."""
    text = (published / "_redirects").read_text("utf-8")
    assert text == "/was/here/ /about/ 301\n/was/here /about/ 301\n"
    stub = document(published / "was/here/index.html")
    assert stub.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=/about/"]
    assert stub.xpath("//link[@rel='canonical']/@href") == [f"{SITEURL}/about/"]
    assert stub.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_page_of_another_theme_has_its_policy(bread: Project) -> None:
    """Before all that it governs, also where a template names no character set."""
    bread.edit("theme/templates/base.html", ('<meta charset="utf-8">\n', ""))
    bread.publish()
    head = document(bread.public / "index.html").find("head")
    assert head[0].get("http-equiv") == "Content-Security-Policy"


def test_e_mail_addresses_survive_an_edge(bread: Project) -> None:
    """Cloudflare rewrites what looks like one; `&#64;` it leaves, and browsers read it as @."""
    address = "editor@example.org"
    bread.edit("pelicanconf.py", lambda text: f'{text}\nCONTACT = "{address}"\n')
    bread.edit("content/pages/about.md", ("Words", f"Write to {address}. Words"))
    bread.publish()
    for path in bread.public.rglob("*.html"):
        assert b"@example.org" not in path.read_bytes().partition(b"<body>")[2], path
    page = document(bread.public / "about/index.html")
    [mail] = page.xpath("//a[.='Report a mistake']/@href")
    assert mail == f"mailto:{address}"
    assert f"Write to {address}" in page.text_content()


def test_a_setting_with_two_lines_is_refused(bread: Project) -> None:
    """It would become a line of its own in a file for machines."""
    names = ("SITENAME", "CONTACT", "DEFAULT_LANG")
    for name in names:
        bread.edit("pelicanconf.py", lambda text, it=name: f'{text}\n{it} = "a\\nX: y"')
    said = bread.publish(code=1)
    assert [name for name in names if f"the setting {name} " in said] == [*names]


def test_a_site_that_is_tried_out_is_not_indexed(bread: Project) -> None:
    """Each page asks search engines to leave it out."""
    bread.task("publish", SITEURL=SITEURL, NOINDEX="1")
    for path in bread.public.rglob("index.html"):
        assert b'<meta name="robots" content="noindex">' in path.read_bytes(), path


# A site in a folder of a host, such as a project page of GitHub.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with every construct, published for a folder, in the folder of that name."""
    project = bake_sink(tmp_path_factory.mktemp("folder") / "project")
    project.edit("content/redirects.txt", lambda text: f"{text}/was/here/ /about/\n")
    project.task("publish", SITEURL=FOLDER)
    return project.public.rename(project.root / "repo")


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    """A server of files on which the folder /repo/ is the site."""
    with serving(folder.parent) as address:
        yield address


def test_every_page_of_a_folder_works_in_a_browser(
    folder: Path, host: str, chromium: Browser
) -> None:
    """No page logs anything, loses its style, or asks for anything outside the folder."""
    context = chromium.new_context()
    page = context.new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("request", lambda request: asked.append(request.url))
    for path in folder.rglob("*.html"):
        page.goto(f"{host}/repo/{path.relative_to(folder)}".removesuffix("index.html"))
    page.goto(f"{host}/repo/was/here/#x")
    page.wait_for_url(f"{host}/repo/about/#x")
    page.goto(f"{host}/repo/search/")
    page.get_by_role("searchbox").fill("yeast")
    page.locator("main a[href*='#']").first.wait_for()
    context.close()
    assert said == []
    outside = {url for url in asked if not url.startswith(f"{host}/repo/")}
    assert outside <= {f"{host}/favicon.ico"}  # a page that leads on names no icon


def test_every_link_of_a_folder_is_there(folder: Path, host: str) -> None:
    """Followed as a browser follows it, in pages, the feed and the sitemap."""
    found = set[str]()
    for name, data in tree(folder).items():
        if name.endswith(".html"):
            found |= set(re.findall(r'(?:href|src)="(/[^"#]*)', data.decode()))
        if name.endswith(".xml"):
            links = re.findall(r"https://name\.github\.io[^\"<&#\s]*", data.decode())
            assert all(link.startswith(FOLDER) for link in links)
            found |= {link.removeprefix("https://name.github.io") for link in links}
    assert len(found) > 15
    for link in found:
        assert get(host + link).status == 200, link
    assert not [name for name in tree(folder) if name.startswith(("_", ".ht"))]
