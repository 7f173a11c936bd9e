"""Deploys to each kind of target: WebDAV, a bucket, GitHub Pages, hosts with tools of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploys import Dav, Owner, plain
from helpers import tree
from tools import Answer, free_port, get, serving

from sitebuild.deploy.hosts import Host
from sitebuild.deploy.plan import read_release
from sitebuild.deploy.rclone import STAGING
from sitebuild.host import headers as hosting


def test_a_webdav_host_gets_everything_in_order(owner: Owner, dav: type[Dav]) -> None:
    """Uploads come first, beside the site; then files take their places, then deletions, then the manifest."""
    owner.publish(1)
    owner.deploy()
    built = owner.publish(2)
    dav.done.clear()
    owner.deploy()
    assert tree(owner.live) == plain(built)
    uploads = [path for method, path in dav.done if method == "PUT"]
    assert all(path.startswith(f"/{STAGING}/") for path in uploads)
    last_upload = max(
        n
        for n, (method, path) in enumerate(dav.done)
        if method == "PUT" and hosting.MANIFEST not in path
    )
    moves = [path for method, path in dav.done if method == "MOVE"]
    assert last_upload < min(
        n for n, (method, _) in enumerate(dav.done) if method == "MOVE"
    )
    assert moves[0].endswith(".svg")
    assert (
        moves.index("/new-in-2/index.html")
        < moves.index("/index.html")
        < moves.index("/feed.xml")
    )
    assert moves[-1] == f"/{hosting.MANIFEST}"
    deletions = [
        n
        for n, (method, path) in enumerate(dav.done)
        if method == "DELETE" and STAGING not in path
    ]
    assert max(
        n for n, step in enumerate(dav.done) if step == ("MOVE", "/feed.xml")
    ) < min(deletions)
    assert max(deletions) < dav.done.index(("MOVE", f"/{hosting.MANIFEST}"))


def test_same_size_edits_reach_a_host_that_knows_no_hashes(
    owner: Owner, dav: type[Dav]
) -> None:
    """A page of the same size with other bytes is a changed page."""
    owner.publish(1)
    owner.deploy()
    built = owner.publish(2)
    owner.deploy()
    assert tree(owner.live) == plain(built)


def test_a_target_that_refuses_the_tenth_file(owner: Owner, dav: type[Dav]) -> None:
    """The live site stays the old one, whole; going on sends the rest and nothing twice."""
    old = owner.publish(1)
    owner.deploy()
    built = owner.publish(2)
    dav.done.clear()
    dav.refuse_after = 10
    assert "does not do as asked" in owner.refused()
    held = {
        path: data
        for path, data in tree(owner.live).items()
        if not path.startswith(STAGING)
    }
    assert held == plain(old)
    dav.refuse_after = 10**9
    owner.deploy()
    assert tree(owner.live) == plain(built)
    sent = [
        path
        for method, path in dav.done
        if method == "PUT" and not path.endswith(("lock.json", hosting.MANIFEST))
    ]
    assert len(sent) == len(set(sent))
    assert {path.removeprefix(f"/{STAGING}/") for path in sent} == {
        p for p in plain(built) if built[p] != old.get(p)
    } - {hosting.MANIFEST}


def test_going_on_after_another_publish(owner: Owner, dav: type[Dav]) -> None:
    """A deploy that died is overtaken by a newer release: what it left is known, used or removed."""
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    dav.refuse_after = len([1 for method, _ in dav.done if method == "PUT"]) + 8
    owner.refused()
    dav.refuse_after = 10**9
    built = owner.publish(3)
    owner.deploy()
    assert tree(owner.live) == plain(built)


def test_a_deploy_that_died_elsewhere_is_not_overrun(
    owner: Owner, dav: type[Dav], tmp_path: Path
) -> None:
    """The mark of a deploy under way stops others, unless told; then everything is made sure of."""
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    dav.refuse_after = len([1 for method, _ in dav.done if method == "PUT"]) + 5
    owner.refused()
    dav.refuse_after = 10**9
    other = Owner(tmp_path / "other", tool="rclone", to="dav:")
    built = other.publish(3)
    assert "under way or died" in other.refused()
    other.deploy(force=True)
    assert tree(owner.live) == plain(built)


@pytest.fixture
def bucket(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3-compatible store with a bucket, and the owner's target on it; yields the bucket's address."""
    port = free_port()
    values = {
        "TYPE": "s3",
        "PROVIDER": "Other",
        "ENV_AUTH": "true",
        "ENDPOINT": f"http://127.0.0.1:{port}",
    }
    for name, value in {**values, "ACL": "private", "REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"RCLONE_CONFIG_STORE_{name}", value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-test-test")
    owner.configure(tool="rclone", to="store:site")
    with serving(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        "Running on",
    ):
        subprocess.run(["rclone", "mkdir", "store:site"], check=True)
        yield f"http://127.0.0.1:{port}/site/"


def ask(url: str, **headers: str) -> Answer:
    """Get an object as its owner."""
    return get(
        url,
        Authorization="AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request",
        **headers,
    )


def test_a_bucket_serves_what_was_built(
    owner: Owner, bucket: str, published: Path
) -> None:
    """Bytes, types, how long each object lasts, 304; compressed copies and files for servers stay at home."""
    owner.public = published
    owner.configure(tool="rclone", to="store:site")
    owner.deploy()
    release = read_release((published / hosting.MANIFEST).read_bytes())
    for name in tree(published):
        answer = ask(bucket + name)
        if name.startswith("_") or name.endswith(hosting.COMPRESSED):
            assert answer.status == 404, name
            continue
        assert answer.body == (published / name).read_bytes(), name
        expected = hosting.object_headers(name, release.files.get(name, (0, "", ""))[2])
        assert {header: answer.headers[header] for header in expected} == expected, name
        assert ask(bucket + name, If_None_Match=answer.headers["ETag"]).status == 304
    assert (
        ask(bucket + "index.html").headers["Content-Type"] == "text/html; charset=utf-8"
    )


def test_a_bucket_gets_what_changed(owner: Owner, bucket: str) -> None:
    """Nothing is sent again; what is gone is deleted; what someone changed in the bucket is seen by its hash."""
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
        ["rclone", "copyto", str(owner.root / "x"), "store:site/robots.txt"], check=True
    )
    assert "change robots.txt" in owner.deploy()
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


def test_github_pages(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The branch holds the site, .nojekyll and CNAME; another's push is seen and mended; rollback is a new commit."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "--bare", str(hub))
    git(owner.root, "init")
    git(owner.root, "remote", "add", "origin", str(hub))
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
    owner.deploy(force=True)
    assert git(hub, "rev-list", "--count", "gh-pages").strip() == "7"
    other = Owner(tmp_path / "other", tool="github", remote="origin", branch="gh-pages")
    git(other.root, "init")
    git(other.root, "remote", "add", "origin", str(hub))
    other.publish(3)
    assert "was not put there from here" in other.refused()
    other.deploy(force=True)
    owner.publish(4)
    assert "was not put there from here" in owner.refused()


@pytest.mark.parametrize(
    ("target", "program", "words"),
    [
        (
            {"tool": "cloudflare", "project": "site"},
            "wrangler",
            "pages deploy * --project-name site --branch main --commit-dirty=true",
        ),
        (
            {"tool": "netlify", "site": "site"},
            "netlify",
            "deploy --prod --no-build --site site --dir *",
        ),
    ],
)
def test_hosts_with_a_tool_of_their_own(
    owner: Owner,
    monkeypatch: pytest.MonkeyPatch,
    target: dict[str, str],
    program: str,
    words: str,
) -> None:
    """The tool is given the right folder and words; a stand-in takes its place, as the real one wants an account."""
    folder = owner.root / "bin"
    folder.mkdir()
    stand_in = folder / program
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/said\nfor word; do if [ -d "$word" ]; then rm -rf {owner.live}; '
        f'cp -r "$word" {owner.live}; fi; done\n[ ! -e {folder}/fail ] || {{ echo "denied $SITE_TOKEN" >&2; exit 1; }}\n'
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("SITE_TOKEN", "hushhush")
    owner.live.mkdir()
    with serving(
        [
            sys.executable,
            "-u",
            "-m",
            "http.server",
            "-b",
            "127.0.0.1",
            "-d",
            str(owner.root.parent),
            "0",
        ],
        "Serving",
    ) as said:
        port = said[0].split("port ")[1].split()[0]
        owner.configure(**target, url=f"http://127.0.0.1:{port}/live")
        for version in (1, 2):
            built = owner.publish(version)
            owner.deploy(dry_run=True)
            owner.deploy()
            assert tree(owner.live) == plain(built)
        assert len((folder / "said").read_text().splitlines()) == 2
        (owner.live / "index.html").write_bytes(b"theirs")
        assert "change index.html" in owner.deploy(force=True)
        assert tree(owner.live) == plain(built)
        used = (folder / "said").read_text().splitlines()[0].split()
        assert [
            a for a, b in zip(used, words.split(), strict=True) if b not in ("*", a)
        ] == []
        owner.rollback()
        assert (owner.live / "new-in-1/index.html").exists()
        owner.publish(3)
        (folder / "fail").touch()
        assert f"{program} failed: denied ***" in owner.refused()


def test_the_name_of_the_site_for_github_has_no_port(tmp_path: Path) -> None:
    """A CNAME is a host and no more."""
    target = {"tool": "github", "remote": "origin", "branch": "gh-pages"}
    said: list[list[str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "sitebuild.deploy.tools.run", lambda command, *_: said.append(command)
        )
        Host(target, tmp_path, "https://example.org:8443", 0).send(tmp_path)
    assert said[0][said[0].index("--cname") + 1] == "example.org"
