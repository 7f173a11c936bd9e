"""After a deploy the public address is asked for the release, and says what differs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from deploys import Owner
from test_runtimes import nginx
from tools import free_port

from sitebuild import deploy
from sitebuild.deploy import RefusedError
from sitebuild.deploy.plan import Takes
from sitebuild.deploy.records import History
from sitebuild.deploy.store import Store
from sitebuild.deploy.verify import ask, expect, verify
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import read_release


@pytest.fixture
def served(owner: Owner, published: Path, tmp_path: Path) -> Iterator[Owner]:
    """The published site, deployed to a folder that nginx serves at its address."""
    port = free_port()
    owner.public = published
    target = {"tool": "folder", "to": str(owner.live), "server": True}
    owner.configure(**target, memory=str(owner.memory.parent))
    owner.deploy()
    owner.configure(
        **target,
        memory=str(owner.memory.parent),
        url=f"http://127.0.0.1:{port}",
        verify=True,
    )
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx(owner.live, folder, port):
        yield owner


def problems(owner: Owner) -> list[str]:
    """What `verify` finds."""
    with pytest.raises(RefusedError) as refusal:
        deploy.verify("web", settings_file=owner.settings, say=lambda _: None)
    return str(refusal.value).split("\n")[1:]


def test_a_deploy_ends_with_what_was_verified(served: Owner) -> None:
    """Pages, redirects and the page for what is not found are counted."""
    pages = len([name for name in served.site if name.endswith(".html")])
    said = served.deploy()[-1]
    assert said == f"Live and verified: {pages - 1} pages, 1 redirects, 404."


def test_a_changed_page_is_named(served: Owner) -> None:
    """In each form in which it is served, and whichever release it is of."""
    page = served.live / "about/index.html"
    page.write_bytes(page.read_bytes() + b"<!-- more -->")
    assert problems(served) == ["/about/ differs"]
    (served.live / "about/index.html.br").write_bytes(b"not brotli")
    shutil.copy(served.public / "about/index.html", page)
    assert problems(served) == ["/about/: its br form is damaged (asked for as br)"]


def test_a_missing_file_is_named(served: Owner) -> None:
    """A page that is not there answers 404."""
    (served.live / "about/index.html").unlink()
    assert problems(served) == ["/about/ answers 404"]


def test_a_copy_that_is_not_sent_is_named(served: Owner) -> None:
    """A server that sends a page uncompressed costs every reader."""
    (served.live / "about/index.html.gz").unlink()
    assert problems(served) == ["/about/ is not compressed where gzip is asked for"]


class Bare(BaseHTTPRequestHandler):
    """A server without any of the headers, which calls an unknown address a page."""

    folder: Path

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a file, or the front page."""
        path = self.folder / self.path.strip("/")
        path = path / "index.html" if path.is_dir() else path
        body = (path if path.is_file() else self.folder / "index.html").read_bytes()
        self.send_response(200)
        self.send_header("Age", "7")
        self.send_header("Referrer-Policy", "unsafe-url")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def bare(owner: Owner, published: Path) -> Iterator[Owner]:
    """The published site behind such a server."""
    owner.public = published
    owner.configure(**owner.target)
    owner.deploy()
    handler = type("Handler", (Bare,), {"folder": owner.live})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    owner.configure(**{**owner.target, "url": f"http://127.0.0.1:{server.server_port}"})
    yield owner
    server.shutdown()
    server.server_close()
    thread.join()


def test_headers_and_unknown_addresses_are_compared(bare: Owner) -> None:
    """What a server leaves out or says otherwise is named, header by header."""
    said = problems(bare)
    assert "/404.html lacks the header Content-Security-Policy" in said
    wanted = "strict-origin-when-cross-origin"
    assert (
        f'/404.html has the header Referrer-Policy as "unsafe-url", not "{wanted}"'
        in said
    )
    deploy_all = [line for line in said if "unknown address" in line]
    assert deploy_all in ([], ["an unknown address answers 200, not 404"])


def test_the_metadata_of_a_bucket_is_compared(bare: Owner) -> None:
    """What was stored with another type, or without a time to live, is named."""
    release = read_release((bare.public / MANIFEST).read_bytes())
    store = Store(bare.root / ".build" / "releases")
    expected = expect(release, Takes(metadata=True), store, History())
    said = verify(expected, ask(bare.target["url"])).problems
    assert "/about/ lacks the header Cache-Control" in said
    assert "/about/ lacks the header Content-Type" in said


def test_an_old_release_behind_a_cache_is_told_from_other_bytes(
    owner: Owner, tmp_path: Path
) -> None:
    """The sentence names the release, and the cache that holds it."""
    owner.publish(1)
    owner.deploy()
    old = tmp_path / "old"
    shutil.copytree(owner.live, old)
    owner.publish(2)
    owner.deploy()
    name = owner.history.names[0]
    handler = type("Handler", (Bare,), {"folder": old})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        owner.configure(**{**owner.target, "server": False, "url": url})
        said = problems(owner)
        server.shutdown()
        thread.join()
    cache = "from a cache that has held it for 7 s: purge it"
    assert f"/page-0/ is still of the release {name}, {cache}" in said


def test_a_site_that_cannot_be_reached_is_said(owner: Owner) -> None:
    """The deploy is done; that nobody answers is its last word."""
    owner.publish(1)
    url = f"http://127.0.0.1:{free_port()}"
    owner.configure(**{**owner.target, "url": url, "verify": True})
    assert owner.refused().count("the site cannot be reached: ") == 1
    assert owner.history.live


PRINT = (
    "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(' '.join(sys.argv[2:]))"
)


def test_commands_after_a_deploy_run_without_a_shell(
    owner: Owner, tmp_path: Path
) -> None:
    """Each word is a word, whatever is in it, and addresses are words of their own."""
    out = tmp_path / "out"
    command = f'{sys.executable} -c "{PRINT}" {out}'
    owner.configure(**owner.target, purge=f"{command} {{addresses}} '$HOME; x'")
    owner.publish(1)
    owner.deploy()
    assert not out.exists()
    owner.publish(2)
    assert any(line.startswith("Purged ") for line in owner.deploy())
    words = out.read_text()
    assert words.startswith("https://example.org/")
    assert "https://example.org/new-in-1/" in words
    assert words.endswith("$HOME; x")


def test_a_command_that_fails_is_said(owner: Owner) -> None:
    """After the deploy, which stands."""
    owner.publish(1)
    owner.deploy()
    owner.configure(**owner.target, purge="false")
    owner.publish(2)
    assert "false failed" in owner.refused()
    assert len(owner.history.names) == 2


class Listener(BaseHTTPRequestHandler):
    """Takes what it is told."""

    told: list[Any]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Keep it."""
        size = int(self.headers["Content-Length"])
        self.told.append(json.loads(self.rfile.read(size)))
        self.send_response(202)
        self.end_headers()


def test_search_engines_are_told_of_changes(owner: Owner) -> None:
    """By IndexNow: the host, the key and every address that is new, changed or gone."""
    told: list[Any] = []
    handler = type("Handler", (Listener,), {"told": told})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        owner.configure(**owner.target, indexnow=url, indexnow_key="abc")
        owner.publish(1)
        owner.deploy()
        server.shutdown()
        thread.join()
    assert (told[0]["host"], told[0]["key"]) == ("example.org", "abc")
    assert "https://example.org/new-in-1/" in told[0]["urlList"]
