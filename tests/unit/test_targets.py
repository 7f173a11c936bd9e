"""Deploys to each kind of target: WebDAV, SFTP, FTP, a bucket, a branch, and others."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from deploys import Owner, Steps, plain
from helpers import tree
from servers import need_rclone, remote, s3, sshd
from test_deploy import add_script
from tools import Answer, get, serving

from sitebuild.deploy.hosts.base import Context
from sitebuild.deploy.hosts.files import LOCK, STAGING
from sitebuild.deploy.hosts.github import GitHub
from sitebuild.deploy.hosts.netlify import Netlify
from sitebuild.deploy.hosts.rclone import Remote
from sitebuild.deploy.programs import Runner
from sitebuild.deploy.store import Store
from sitebuild.host.files import COMPRESSED, MANIFEST, is_private
from sitebuild.host.headers import object_headers
from sitebuild.host.manifest import read_release


def test_files_are_staged_then_placed_then_deleted(owner: Owner, steps: Steps) -> None:
    """The journal is first, the manifest last; nothing is live before all is there."""
    owner.publish(1)
    owner.deploy()
    steps.clear()
    owner.publish(2)
    owner.deploy()
    kinds = [what for what, path in steps if path not in (LOCK, MANIFEST)]
    assert steps[0] == ("put", LOCK)
    assert list(dict.fromkeys(kinds)) == ["put", "place", "delete", "clear"]
    assert kinds == sorted(kinds, key=["put", "place", "delete", "clear"].index)
    assert all(path.startswith(f"{STAGING}/") for what, path in steps if what == "put")
    placed = [path for what, path in steps if what == "place"]
    assert placed[0].endswith(".svg")
    pages = ["new-in-2/index.html", "index.html", "feed.xml", MANIFEST]
    assert sorted(placed, key=placed.index)[-1] == MANIFEST
    assert [path for path in placed if path in pages] == pages
    assert steps.index(("place", MANIFEST)) == len(steps) - 2


@pytest.fixture
def sftp(
    owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Owner]:
    """OpenSSH, and the owner's target on it."""
    need_rclone()
    with sshd(tmp_path / "ssh") as entries:
        for name, value in remote("own", entries).items():
            monkeypatch.setenv(name, value)
        owner.configure(tool="rclone", to=f"own:{owner.live}", server=True)
        yield owner


def test_an_own_server_by_sftp(sftp: Owner) -> None:
    """Each release is there byte for byte; its memory is in the private folder."""
    for version in (1, 2):
        built = sftp.publish(version)
        sftp.deploy()
        assert sftp.site == built
    other = sftp.elsewhere()
    other.rollback()
    assert "new-in-1/index.html" in sftp.site
    assert not (sftp.live / "new-in-2").exists()


def test_a_webdav_host(owner: Owner, dav: str) -> None:
    """Each release is there; what is gone is deleted, and empty folders with it."""
    for version in (1, 2):
        built = owner.publish(version)
        owner.deploy()
        assert owner.site == plain(built)
    assert not (owner.live / "new-in-1").exists()
    owner.rollback()
    assert "new-in-1/index.html" in owner.site


@pytest.fixture
def bucket(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3-compatible store with a bucket, the owner's target; yields its address."""
    rclone = need_rclone()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-test-test")
    owner.configure(tool="rclone", to="store:site")
    with s3() as entries:
        for name, value in remote("store", entries).items():
            monkeypatch.setenv(name, value)
        subprocess.run([rclone, "mkdir", "store:site"], check=True)
        yield f"{entries['ENDPOINT']}/site/"


def ask(url: str, **headers: str) -> Answer:
    """Get an object as its owner."""
    scope = "test/20260101/us-east-1/s3/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}"
    return get(url, Authorization=signed, **headers)


def test_a_bucket_serves_what_was_built(
    owner: Owner, bucket: str, published: Path
) -> None:
    """Bytes, types, time to live, 304; no copies, no files for servers."""
    owner.public = published
    owner.configure(tool="rclone", to="store:site")
    owner.deploy()
    release = read_release((published / MANIFEST).read_bytes())
    for name in tree(published):
        answer = ask(bucket + name)
        if is_private(name) or name.endswith(COMPRESSED):
            assert answer.status == 404, name
            continue
        assert answer.body == (published / name).read_bytes(), name
        expected = object_headers(name, release.files.get(name, (0, "", ""))[2])
        assert {header: answer.headers[header] for header in expected} == expected, name
        assert ask(bucket + name, If_None_Match=answer.headers["ETag"]).status == 304
    assert (
        ask(bucket + "index.html").headers["Content-Type"] == "text/html; charset=utf-8"
    )


def test_a_bucket_gets_what_changed(owner: Owner, bucket: str) -> None:
    """Nothing is sent again; what is gone is deleted; a change is seen by its hash."""
    owner.publish(1)
    owner.deploy()
    robots = ask(bucket + "robots.txt").headers["Last-Modified"]
    built = owner.publish(2)
    owner.deploy()
    assert ask(bucket + "robots.txt").headers["Last-Modified"] == robots
    assert ask(bucket + "new-in-1/index.html").status == 404
    assert all(ask(bucket + name).body == data for name, data in plain(built).items())
    (owner.root / "x").write_bytes(b"!" * len(built["robots.txt"]))
    subprocess.run(
        [need_rclone(), "copyto", str(owner.root / "x"), "store:site/robots.txt"],
        check=True,
    )
    assert "change robots.txt" in owner.deploy()
    wrong = ["copyto", str(owner.public / "feed.xml"), "store:site/feed.xml"]
    wrong += ["--header-upload=Content-Type: text/plain", "--ignore-times"]
    subprocess.run([need_rclone(), *wrong], check=True)
    assert ask(bucket + "feed.xml").headers["Content-Type"] == "text/plain"
    assert "change feed.xml" in owner.deploy(resend=True)
    assert ask(bucket + "feed.xml").headers["Content-Type"].endswith("; charset=utf-8")
    assert ask(bucket + "feed.xml").headers["Cache-Control"] == "no-cache"
    owner.rollback()
    assert ask(bucket + "new-in-1/index.html").status == 200


def git(folder: Path, *words: str) -> str:
    """Run git in a folder."""
    who = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "init.defaultBranch=main",
    ]
    return subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def hub(owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A repository that the owner's project has as its remote "origin"."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "--bare", str(hub))
    clone(owner, hub)
    return hub


def clone(owner: Owner, hub: Path) -> None:
    """Make a repository of an owner's project."""
    git(owner.root, "init")
    git(owner.root, "remote", "add", "origin", str(hub))


def test_github_pages(owner: Owner, hub: Path, tmp_path: Path) -> None:
    """The branch holds the site, .nojekyll and CNAME; rollback is a new commit.

    What another pushed is seen, and put right.
    """
    owner.configure(tool="github", remote="origin", branch="gh-pages")

    def branch() -> dict[str, bytes]:
        folder = tmp_path / "checkout"
        shutil.rmtree(folder, ignore_errors=True)
        git(tmp_path, "clone", "-q", "-b", "gh-pages", str(hub), str(folder))
        return {
            path: data
            for path, data in tree(folder).items()
            if not path.startswith(".git/")
        }

    extra = {".nojekyll": b"", "CNAME": b"example.org"}
    first = owner.publish(1)
    owner.deploy()
    assert branch() == plain(first) | extra
    second = owner.publish(2)
    owner.deploy()
    assert branch() == plain(second) | extra
    owner.rollback()
    assert branch() == plain(first) | extra
    assert git(hub, "rev-list", "--count", "gh-pages").strip() == "3"
    branch()
    for words in (
        ["rm", "-q", "feed.xml"],
        ["mv", "robots.txt", "more.txt"],
        ["commit", "-q", "-m", "x"],
        ["push"],
    ):
        git(tmp_path / "checkout", *words)
    (tmp_path / "checkout/index.html").write_bytes(b"!" * len(first["index.html"]))
    git(tmp_path / "checkout", "commit", "-q", "-a", "-m", "y")
    git(tmp_path / "checkout", "push")
    owner.publish(1)
    assert {"add feed.xml", "add robots.txt", "change index.html"} <= set(
        owner.deploy()
    )
    assert branch() == plain(first) | extra
    assert git(hub, "rev-list", "--count", "gh-pages").strip() == "6"
    owner.deploy()
    assert git(hub, "rev-list", "--count", "gh-pages").strip() == "6"
    other = Owner(tmp_path / "other", tool="github", remote="origin", branch="gh-pages")
    clone(other, hub)
    other.publish(3)
    other.deploy()
    other.rollback()
    assert branch() == plain(first) | extra
    assert len(owner.releases()) == 3


def test_a_branch_keeps_for_one_release_what_an_open_page_asks_for(
    owner: Owner, hub: Path, tmp_path: Path
) -> None:
    """A file with a hash in its name stays once more, wherever the deploy is done."""
    target = {"tool": "github", "remote": "origin", "branch": "gh-pages"}
    owner.configure(**target)
    other = Owner(tmp_path / "other", **target)
    clone(other, hub)
    scripts = []
    for number, one in enumerate((owner, other, other)):
        one.publish(number)
        scripts.append(add_script(one, b"x" * (number + 1)))
        one.deploy()
        there = git(hub, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
        assert [name for name in there if "search" in name] == sorted(scripts[-2:])
    one.rollback()
    there = git(hub, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    assert [name for name in there if "search" in name] == sorted(scripts[1:])


def test_cloudflare_pages(
    owner: Owner, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrangler is given the right folder and words, and a branch remembers releases.

    A stand-in takes its place, as the real one wants an account.
    """
    folder = owner.root / "bin"
    folder.mkdir()
    stand_in = folder / "wrangler"
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/said\nfor word; do if [ -d "$word" ]; '
        f'then rm -rf {owner.live}; cp -r "$word" {owner.live}; fi; done\n'
        f'[ ! -e {folder}/fail ] || {{ echo "denied $SITE_TOKEN" >&2; exit 1; }}\n'
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("SITE_TOKEN", "hushhush")
    command = [sys.executable, "-u", "-m", "http.server", "-b", "127.0.0.1", "-d"]
    with serving([*command, str(owner.root.parent), "0"], "Serving") as said:
        port = said[0].split("port ")[1].split()[0]
        url = f"http://127.0.0.1:{port}/live"
        owner.configure(tool="cloudflare", project="site", url=url)
        for version in (1, 2):
            built = owner.publish(version)
            owner.deploy(dry_run=True)
            owner.deploy()
            assert tree(owner.live) == plain(built)
        used = (folder / "said").read_text().splitlines()
        words = "--project-name site --branch main --commit-dirty=true"
        assert len(used) == 2
        assert re.fullmatch(rf"pages deploy \S+ {words}", used[0])
        (owner.live / "index.html").write_bytes(b"theirs")
        assert "change index.html" in owner.deploy(resend=True)
        assert tree(owner.live) == plain(built)
        other = owner.elsewhere()
        clone(other, hub)
        other.rollback()
        assert (owner.live / "new-in-1/index.html").exists()
        assert len(owner.releases()) == 2
        owner.publish(3)
        (folder / "fail").touch()
        assert "wrangler failed: denied ***" in owner.refused()


class NetlifyApi(BaseHTTPRequestHandler):
    """As much of Netlify's API as a deploy asks for, over a folder that it serves."""

    live: Path
    begun: dict[str, str]
    kept: dict[str, bytes]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _take(self) -> bytes:
        assert self.headers["Authorization"] == "Bearer hushhush"
        return self.rfile.read(int(self.headers["Content-Length"]))

    def do_POST(self) -> None:
        """Begin a deploy: say which files are not known."""
        if self.path != "/sites/example.netlify.app/deploys":
            self._answer(404, b'{"message": "Not Found"}')
            return
        self.begun.update(json.loads(self._take())["files"])
        required = sorted(set(self.begun.values()) - self.kept.keys())
        answer = {"id": "d1", "required": required, "state": "prepared"}
        self._answer(200, json.dumps(answer).encode())

    def do_PUT(self) -> None:
        """Take a file."""
        data = self._take()
        path = self.path.removeprefix("/deploys/d1/files")
        sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        assert self.begun[path] == sha1
        self.kept[sha1] = data
        self._answer(200, b"{}")

    def do_GET(self) -> None:
        """Put a deploy live, or serve a file."""
        if self.path == "/deploys/d1":
            shutil.rmtree(self.live, ignore_errors=True)
            for path, sha1 in self.begun.items():
                file = self.live / path.removeprefix("/")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self.kept[sha1])
            self.begun.clear()
            self._answer(200, b'{"state": "ready"}')
            return
        file = self.live / self.path.removeprefix("/live/")
        if file.is_file():
            self._answer(200, file.read_bytes())
        else:
            self._answer(404, b"")


def test_netlify(owner: Owner, hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only files that Netlify does not know are sent; a branch remembers releases.

    A stand-in takes the API's place, as the real one wants an account.
    """
    kept: dict[str, bytes] = {}
    names = {"live": owner.live, "begun": {}, "kept": kept}
    handler = type("Handler", (NetlifyApi,), names)
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr("sitebuild.deploy.hosts.netlify._API", url)
        owner.configure(tool="netlify", site="example", url=f"{url}/live")
        first = owner.publish(1)
        assert "set NETLIFY_AUTH_TOKEN" in owner.refused()
        monkeypatch.setenv("NETLIFY_AUTH_TOKEN", "hushhush")
        owner.deploy()
        assert tree(owner.live) == plain(first)
        second = owner.publish(2)
        owner.deploy()
        assert tree(owner.live) == plain(second)
        assert len(kept) < len(plain(first)) + len(plain(second))
        other = owner.elsewhere()
        clone(other, hub)
        other.rollback()
        assert tree(owner.live) == plain(first)
        owner.configure(tool="netlify", site="nobody", url=f"{url}/live")
        owner.publish(3)
        assert "Netlify answers 404" in owner.refused()
        server.shutdown()
        thread.join()


def test_a_site_that_answers_without_a_manifest_is_not_replaced(
    owner: Owner, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a host lists no files, its address is asked whether somebody's site is there."""
    uploaded: list[Path] = []
    monkeypatch.setattr(Netlify, "upload", lambda _, folder: uploaded.append(folder))
    owner.live.mkdir()
    (owner.live / "index.html").write_text("theirs")
    command = [sys.executable, "-u", "-m", "http.server", "-b", "127.0.0.1", "-d"]
    with serving([*command, str(owner.live), "0"], "Serving") as said:
        port = said[0].split("port ")[1].split()[0]
        owner.configure(tool="netlify", site="x", url=f"http://127.0.0.1:{port}")
        owner.publish(1)
        refusal = owner.refused()
        assert (
            f"http://127.0.0.1:{port}/ shows a site without a release.json" in refusal
        )
        assert "--overwrite-unknown" in refusal
        assert not uploaded
        owner.deploy(overwrite_unknown=True)
        assert len(uploaded) == 1


def test_a_host_without_a_memory_wants_a_repository(owner: Owner) -> None:
    """Where no remote is there to remember releases, a sentence says what to do."""
    owner.live.mkdir()
    command = [sys.executable, "-u", "-m", "http.server", "-b", "127.0.0.1", "-d"]
    with serving([*command, str(owner.live), "0"], "Serving") as said:
        port = said[0].split("port ")[1].split()[0]
        owner.configure(tool="netlify", site="x", url=f"http://127.0.0.1:{port}")
        owner.publish(1)
        assert 'There is no git remote "origin"' in owner.refused()


def test_the_name_of_the_site_for_github_has_no_port(
    owner: Owner, hub: Path, tmp_path: Path
) -> None:
    """A CNAME is a host and no more."""
    owner.publish(1)
    target = {"tool": "github", "remote": "origin", "branch": "gh-pages"}
    store, runner = Store(tmp_path / "store"), Runner(owner.root, 0)
    site = "https://example.org:8443"
    host = GitHub(Context("web", target, site, store, runner, print))
    host.branch.send(owner.public, "x", host.domain)
    assert git(hub, "show", "gh-pages:CNAME") == "example.org"


def test_without_an_address_there_is_no_name_for_github(tmp_path: Path) -> None:
    """Then no CNAME is written."""
    target = {"tool": "github", "remote": "origin", "branch": "gh-pages"}
    store, runner = Store(tmp_path / "store"), Runner(tmp_path, 0)
    assert GitHub(Context("web", target, "", store, runner, print)).domain == ""


def test_a_remote_with_a_secret_is_refused_before_it_is_asked(owner: Owner) -> None:
    """What stands in a target is shown and recorded, so no secret may."""
    with pytest.raises(SystemExit, match="holds a secret"):
        Remote("site,pass=x:", Runner(owner.root, 0))
