"""Deploys to folders, servers, stores and hosts: what arrives, what stays, what is refused."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from hosts import ftpd, need_rclone, nginx, open_folder, remote, s3, sshd
from owners import Owner, lasting, manifest, site, taken, tree
from tools import free_port, get

LOCAL = {"tool": "ssh", "server": "nginx"}


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """Where the site is deployed to."""
    return tmp_path / "live"


@pytest.fixture
def owner(tmp_path: Path, live: Path) -> Owner:
    """An owner who deploys into a folder of this machine."""
    return Owner(tmp_path / "project", to=str(live), **LOCAL)


def put(folder: Path, path: str, data: bytes = b"theirs") -> None:
    """Put a file of somebody else there."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


# What a deploy does.


def test_a_release_arrives_whole(owner: Owner, live: Path) -> None:
    """Byte for byte, with copies for a server that sends them, and nothing private."""
    for version in (1, 2):
        files = owner.publish(version)
        owner.deploy()
        expected = taken(files, "nginx")
        if version == 2:  # a page that is open in a browser may still ask for these
            expected |= lasting(site(1))
        assert tree(live) == expected


def test_names_with_hashes_stay_for_one_release(owner: Owner, live: Path) -> None:
    """The picture of the first is gone with the third, and not when a release is repeated."""
    for version, kept in ((1, ()), (2, (1,)), (2, (1,)), (3, (2,))):
        owner.publish(version)
        owner.deploy()
        expected = {
            path for number in (version, *kept) for path in lasting(site(number))
        }
        assert set(lasting(tree(live))) == expected


def test_a_dry_run_does_nothing(owner: Owner, live: Path) -> None:
    """It says each file that would be sent or deleted."""
    owner.publish(1)
    owner.deploy()
    before = tree(live)
    owner.publish(2)
    said = owner.deploy("--dry-run").splitlines()
    assert "send new-in-2/index.html" in said
    assert "delete new-in-1/index.html" in said
    assert "send robots.txt" not in said
    assert tree(live) == before


def test_strangers_files_stay(owner: Owner, live: Path) -> None:
    """What no deploy brought is never deleted, in our folders and in dotted ones too."""
    owner.publish(1)
    owner.deploy()
    theirs = ("uploads/a.pdf", "new-in-1/notes.txt", ".well-known/acme/x", "b.partial")
    for path in theirs:
        put(live, path)
    files = owner.publish(2)
    owner.deploy()
    there = tree(live)
    assert {path: there.pop(path) for path in theirs} == dict.fromkeys(
        theirs, b"theirs"
    )
    assert there == taken(files, "nginx") | lasting(site(1))


def test_what_is_kept_is_never_touched(owner: Owner, live: Path) -> None:
    """Paths that the target keeps are neither written nor deleted, ours by name too."""
    owner.configure(to=str(live), keep=["robots.txt", "uploads"], **LOCAL)
    put(live, "robots.txt")
    put(live, "uploads/a.pdf")
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    owner.deploy()
    assert (live / "robots.txt").read_bytes() == b"theirs"
    assert (live / "uploads/a.pdf").exists()


def test_changes_by_hand_are_put_right(owner: Owner, live: Path) -> None:
    """Rsync compares the bytes, whatever the manifest says."""
    files = owner.publish(1)
    owner.deploy()
    put(live, "index.html", b"!" * len(files["index.html"]))
    (live / "feed.xml").unlink()
    owner.deploy()
    assert tree(live) == taken(files, "nginx")


def test_a_strict_umask_locks_nobody_out(owner: Owner, live: Path) -> None:
    """Files are for all to read, whatever the umask of who deploys."""
    owner.publish(1)
    before = os.umask(0o077)
    try:
        owner.deploy()
    finally:
        os.umask(before)
    for path in (live, *live.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_a_command_runs_after_it(owner: Owner, live: Path) -> None:
    """Once the site is there; where it fails, its words are shown and the deploy fails."""
    owner.configure(
        to=str(live), after=f"ls {live}/index.html; echo purged >&2", **LOCAL
    )
    owner.publish(1)
    assert "purged" in owner.deploy()
    owner.configure(to=str(live), after="echo no such zone >&2; exit 1", **LOCAL)
    assert "no such zone" in owner.refused()


# What it refuses.


def not_as_built(owner: Owner, live: Path) -> None:
    """Change public/ after it was built."""
    put(owner.public, "index.html", b"changed by hand")
    put(owner.public, "more.html", b"by hand")


def with_drafts(owner: Owner, live: Path) -> None:
    """Publish a draft."""
    files = owner.publish(1) | {"drafts/x/index.html": b"<title>x</title>"}
    put(owner.public, "drafts/x/index.html", files["drafts/x/index.html"])
    put(owner.public, "release.json", manifest(files))


def for_another_address(owner: Owner, live: Path) -> None:
    """Publish for another address."""
    files = owner.publish(1)
    put(owner.public, "release.json", manifest(files, site="https://example.com"))


def over_a_stranger(owner: Owner, live: Path) -> None:
    """Let somebody else have a file there."""
    put(live, "index.php", b"theirs")


def over_another_site(owner: Owner, live: Path) -> None:
    """Let another site of ours stand there."""
    put(live, "release.json", manifest({}, site="https://example.net"))


def over_an_unreadable_manifest(owner: Owner, live: Path) -> None:
    """Let a manifest stand there that nobody reads."""
    put(live, "release.json", b'{"files": 1}')


def with_few_pages(owner: Owner, live: Path) -> None:
    """Publish fewer pages than are live."""
    owner.publish(1, pages=30)
    owner.deploy()
    owner.publish(2, pages=8)


GUARDS: dict[Callable[[Owner, Path], None], tuple[str, str]] = {
    not_as_built: ("built", "not as it was built (index.html, more.html)"),
    with_drafts: ("drafts", "drafts/x/index.html"),
    for_another_address: ("siteurl", "published for https://example.com"),
    over_a_stranger: ("stranger", "no deploy put there: index.php"),
    over_another_site: ("stranger", "another site, https://example.net"),
    over_an_unreadable_manifest: ("stranger", "release.json that is not of this site"),
    with_few_pages: ("deletes", "more than a quarter"),
}


@pytest.mark.parametrize("make", GUARDS, ids=lambda make: make.__name__)
def test_each_guard_is_lifted_by_its_own_name(
    owner: Owner, live: Path, make: Callable[[Owner, Path], None]
) -> None:
    """A refusal is one sentence that names what lifts it; no other name does; nothing was sent."""
    owner.publish(1)
    make(owner, live)
    before = tree(live)
    guard, words = GUARDS[make]
    names = {"built", "drafts", "siteurl", "stranger", "deletes", "lock"}
    others = [word for name in sorted(names - {guard}) for word in ("--force", name)]
    refusal = owner.refused(*others)
    assert words in refusal
    assert f"--force {guard} " in refusal
    assert refusal.count("Not deployed: ") == 1
    assert tree(live) == before
    owner.deploy("--force", guard)
    assert (live / "page-1/index.html").exists()
    if make is over_a_stranger:
        assert (live / "index.php").exists()


def test_several_objections_are_said_at_once(owner: Owner, live: Path) -> None:
    """And one that is lifted is still said."""
    owner.publish(1)
    not_as_built(owner, live)
    over_a_stranger(owner, live)
    assert owner.refused().count("Not deployed: ") == 2
    assert "Beware: " in owner.deploy("--force", "built", "--force", "stranger")


def test_two_deploys_at_once_are_refused_by_target(owner: Owner, live: Path) -> None:
    """On one machine, to one target; the refusal says what to wait for."""
    owner.publish(1)
    (owner.root / ".build").mkdir()
    with (owner.root / ".build" / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refusal = owner.refused("--force", "stranger")
        assert "another deploy to web runs on this machine" in refusal
        owner.deploy("--force", "lock")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"tool": "shh", "to": "x"}, "known are ssh, rclone"),
        ({"tool": "ssh"}, "lacks to"),
        ({"tool": "ssh", "to": "x", "sever": "nginx"}, 'did you mean "server"?'),
        ({"tool": "ssh", "to": "x", "server": "iis"}, "nginx|caddy|apache"),
        ({"tool": "ssh", "to": "x", "keep": "uploads"}, "allowed is list"),
        ({"tool": "ssh", "to": "x", "releases": 0}, "allowed is int [1-9]"),
        ({"tool": "ssh", "to": "x", "url": "example.org"}, "https?://"),
        ({"tool": "ssh", "to": "x\ny"}, "allowed is str "),
        ({"tool": "ssh", "to": "-e sh"}, "allowed is str "),
        (
            {"tool": "rclone", "to": ":sftp,host=h,pass=x:/"},
            "a remote of `rclone config`",
        ),
        ({"tool": "rclone", "to": "own,host=h:/"}, "a remote of `rclone config`"),
    ],
)
def test_a_target_that_is_none_is_refused(
    owner: Owner, target: dict[str, str], words: str
) -> None:
    """In one sentence that says what is allowed."""
    owner.publish(1)
    owner.configure(**target)
    assert words in owner.refused()


def test_an_unknown_target_and_an_unknown_guard_are_refused(owner: Owner) -> None:
    """With the names that are known."""
    owner.publish(1)
    assert "known are web" in owner.run("deploy", "wbe").stdout
    assert "known are built, drafts" in owner.refused("--force", "all")


def test_without_a_published_site_nothing_is_deployed(owner: Owner) -> None:
    """It says which command publishes."""
    assert "tasks.py publish" in owner.refused()


# rsync and ssh.


@pytest.fixture
def server(owner: Owner, live: Path, tmp_path: Path) -> Iterator[Owner]:
    """The target is a folder of an SSH server."""
    with sshd(tmp_path / "ssh") as (ssh, _):
        owner.env["RSYNC_RSH"] = ssh
        owner.configure(to=f"own:{live}", **LOCAL)
        yield owner


def test_an_own_server(server: Owner, live: Path) -> None:
    """By ssh, whose key is checked: another server that answers there gets nothing."""
    files = server.publish(1)
    server.deploy()
    assert tree(live) == taken(files, "nginx")
    known = Path(server.env["RSYNC_RSH"].split()[-1]).with_name("known_hosts")
    port, kind, _ = known.read_text().split()[:3]
    other = Path(f"{known}.other")
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)]
    subprocess.run(command, check=True)
    key = other.with_name(f"{other.name}.pub").read_text().split()[1]
    known.write_text(f"{port} {kind} {key}\n")
    server.publish(2)
    assert "Host key verification failed" in server.refused()
    assert tree(live) == taken(files, "nginx")


def test_a_link_is_switched_to_each_release(server: Owner, live: Path) -> None:
    """The newest so many are kept; strangers' files come along."""
    server.configure(to=f"own:{live}", releases=2, **LOCAL)
    for version in (1, 2, 3):
        files = server.publish(version)
        server.deploy()
        assert live.is_symlink()
        put(live, "uploads/a.pdf")
    expected = taken(files, "nginx") | lasting(site(2)) | {"uploads/a.pdf": b"theirs"}
    assert tree(live.resolve()) == expected
    assert len(list(live.with_name("live.releases").iterdir())) == 2


def test_a_folder_is_no_link(owner: Owner, live: Path) -> None:
    """A site that stands there is not replaced by a link."""
    owner.configure(to=str(live), releases=2, **LOCAL)
    put(live, ".hidden")
    owner.publish(1)
    assert "is no link: move it away" in owner.refused()


def stand_in(owner: Owner, name: str, script: str) -> None:
    """Put a program of that name before all others."""
    folder = owner.root / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    owner.env["PATH"] = f"{folder}:{owner.environment['PATH']}"


def test_an_rsync_that_tears_pages_is_refused(owner: Owner) -> None:
    """One without --delay-updates, as macOS has it, is told in one line."""
    stand_in(owner, "rsync", "echo openrsync: --delete --filter")
    owner.publish(1)
    assert "has no --delay-updates" in owner.refused()


def test_a_server_without_rsync_is_told_of_rclone(owner: Owner, live: Path) -> None:
    """The shell there says that it knows no rsync."""
    stand_in(owner, "rssh", 'shift; PATH=/nowhere exec /bin/sh -c "$*"')
    owner.env["RSYNC_RSH"] = "rssh"
    owner.configure(to=f"own:{live}", **LOCAL)
    owner.publish(1)
    assert 'has no rsync: install it there, or use the tool "rclone"' in owner.refused()


# rclone.


@pytest.fixture(
    params=["sftp", "sftp without a shell", "ftp", "ftp without rename", "s3"]
)
def store(
    request: pytest.FixtureRequest, owner: Owner, live: Path, tmp_path: Path
) -> Iterator[Callable[[], dict[str, bytes]]]:
    """A target of rclone; yields what reads all that is there."""
    need_rclone()
    kind = request.param
    if kind.startswith("sftp"):
        with sshd(tmp_path / "ssh", shell="without" not in kind) as (_, entries):
            owner.env |= remote(entries)
            owner.configure(tool="rclone", to=f"own:{live}")
            yield lambda: tree(live)
    elif kind.startswith("ftp"):
        with (
            open_folder() as folder,
            ftpd(folder / "root", folder / "ftp", "without" not in kind) as entries,
        ):
            owner.env |= remote(entries)
            owner.configure(tool="rclone", to="own:live")
            yield lambda: tree(folder / "root" / "live")
    else:
        with s3() as entries:
            owner.env |= remote(entries)
            owner.configure(tool="rclone", to="own:site")
            rclone(owner, "mkdir", "own:site")
            copy = tmp_path / "copy"

            def read() -> dict[str, bytes]:
                shutil.rmtree(copy, ignore_errors=True)
                rclone(owner, "copy", "own:site", str(copy))
                return tree(copy)

            yield read


def rclone(owner: Owner, *words: str) -> None:
    """Run rclone as the owner does."""
    command = [need_rclone(), *words]
    subprocess.run(command, env=owner.environment, check=True)


def test_rclone_brings_each_release(
    owner: Owner, store: Callable[[], dict[str, bytes]]
) -> None:
    """What is new arrives, what is gone goes, what was sent before is not sent again."""
    files = owner.publish(1)
    owner.deploy()
    assert store() == taken(files)
    files = owner.publish(2)
    said = owner.deploy()
    assert store() == taken(files) | lasting(site(1))
    assert "11 files to send, 1 to delete" in said
    assert "0 files to send, 0 to delete" in owner.deploy("--dry-run")


def test_a_server_that_cannot_rename_is_said(owner: Owner) -> None:
    """Files are then written in place, which a reader may notice."""
    with open_folder() as home, ftpd(home / "root", home / "ftp", False) as entries:
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to="own:live")
        owner.publish(1)
        assert owner.deploy().count("The server cannot rename") == 1


def test_a_bucket_keeps_the_headers_of_each_file(owner: Owner) -> None:
    """Type, character set, how long it may be kept; resending puts them right."""
    with s3() as entries:
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to="own:site")
        rclone(owner, "mkdir", "own:site")
        owner.publish(1)
        owner.deploy()
        [picture] = lasting(site(1))
        year, again = "public, max-age=31536000, immutable", "no-cache"
        for path, expected in {
            "index.html": ("text/html; charset=utf-8", again),
            "robots.txt": ("text/plain; charset=utf-8", again),
            picture: ("image/svg+xml", year),
        }.items():
            assert bucket_headers(entries["ENDPOINT"], path) == expected
        wrong = ["--header-upload=Content-Type: text/plain", "--ignore-times"]
        rclone(
            owner,
            "copyto",
            str(owner.public / "index.html"),
            "own:site/index.html",
            *wrong,
        )
        assert bucket_headers(entries["ENDPOINT"], "index.html")[0] == "text/plain"
        owner.deploy("--resend")
        assert bucket_headers(entries["ENDPOINT"], "index.html")[0].startswith(
            "text/html"
        )


def bucket_headers(endpoint: str, path: str) -> tuple[str, str]:
    """Return the type and the time to live with which a bucket gives a file."""
    scope = "test/20260101/us-east-1/s3/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}"
    headers = get(f"{endpoint}/site/{path}", Authorization=signed).headers
    return headers["Content-Type"], headers["Cache-Control"]


@pytest.mark.parametrize("remote", ["own", "other"], ids=["itself", "by an alias"])
def test_an_sftp_remote_that_trusts_anybody_is_refused(
    owner: Owner, tmp_path: Path, live: Path, remote: str
) -> None:
    """With the line to add, and before anything is asked of the server."""
    with sshd(tmp_path / "ssh") as (_, entries):
        lax = {
            name: value for name, value in entries.items() if name != "KNOWN_HOSTS_FILE"
        }
        file = tmp_path / "rclone.conf"
        lines = [f"{name.lower()} = {value}" for name, value in lax.items()]
        file.write_text(
            "\n".join(["[own]", *lines, "[other]", "type = alias", "remote = own:"])
        )
        owner.env["RCLONE_CONFIG"] = str(file)
        owner.configure(tool="rclone", to=f"{remote}:{live}")
        owner.publish(1)
        assert "known_hosts_file = ~/.ssh/known_hosts" in owner.refused()
        assert not live.exists()
        owner.env["RCLONE_SFTP_KNOWN_HOSTS_FILE"] = entries["KNOWN_HOSTS_FILE"]
        owner.deploy()
        known = Path(entries["KNOWN_HOSTS_FILE"])
        known.write_text(known.read_text().replace("AAAA", "AAAB", 1))
        assert "knownhosts" in owner.refused()


def test_an_old_rclone_is_refused(owner: Owner, tmp_path: Path, live: Path) -> None:
    """Before 1.75 it takes a live page away before the new one is there."""
    real = need_rclone()
    stand_in(
        owner,
        "rclone",
        f'[ "$1" != version ] || {{ echo rclone v1.60.1; exit; }}\nexec {real} "$@"',
    )
    with sshd(tmp_path / "ssh") as (_, entries):
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to=f"own:{live}")
        owner.publish(1)
        assert "rclone 1.75 or newer" in owner.refused()


def test_what_a_tool_says_is_shown(owner: Owner, live: Path) -> None:
    """Warnings too, where all goes well."""
    real = shutil.which("rsync")
    stand_in(owner, "rsync", f'echo "beware of dogs" >&2\nexec {real} "$@"')
    owner.publish(1)
    assert "beware of dogs" in owner.deploy()


def test_machines_that_collide_are_healed(
    owner: Owner, live: Path, tmp_path: Path
) -> None:
    """Who finds another's manifest at its end says so; the next deploy sends all files."""
    target = {"tool": "rclone", "to": str(live)}
    owner.configure(**target)
    other = Owner(tmp_path / "other", **target)
    files = owner.publish(2)
    other.publish(3)
    real = need_rclone()
    marker = tmp_path / "done"
    stand_in(  # while the first sends its pages, the other deploys, from end to end
        owner,
        "rclone",
        f'if [ "$1" = copy ] && mkdir {marker} 2>/dev/null; then\n'
        f"(cd {other.root} && {sys.executable} -m invoke deploy web) >&2\nfi\n"
        f'exec {real} "$@"',
    )
    owner.publish(1)
    owner.deploy("--dry-run")
    assert "Another machine deployed to web at the same time" in owner.refused()
    files = other.publish(4)
    other.deploy()
    there = tree(live)
    for path, data in taken(files).items():
        assert there[path] == data, path
    assert {path for path in there if "new-in" in path} == {"new-in-4/index.html"}


# GitHub, Cloudflare, Netlify.


def git(folder: Path, *words: str) -> str:
    """Run git in a folder."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    start = [*who, "-c", "init.defaultBranch=main"]
    command = ["git", *start, *words]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def hub(owner: Owner, tmp_path: Path) -> Path:
    """A bare repository, the remote of the owner's project, whose target is a branch."""
    for name in ("AUTHOR", "COMMITTER"):
        owner.env |= {f"GIT_{name}_NAME": "A", f"GIT_{name}_EMAIL": "a@example.org"}
    git(tmp_path, "init", "-q", "--bare", str(tmp_path / "hub.git"))
    git(owner.root, "init", "-q")
    git(owner.root, "remote", "add", "origin", str(tmp_path / "hub.git"))
    owner.configure("", tool="github", remote="origin", branch="gh-pages")
    return tmp_path / "hub.git"


def branch(hub: Path) -> dict[str, bytes]:
    """Return the files of the branch."""
    folder = hub.with_name("checkout")
    shutil.rmtree(folder, ignore_errors=True)
    git(hub.parent, "clone", "-q", "-b", "gh-pages", str(hub), str(folder))
    shutil.rmtree(folder / ".git")
    return tree(folder)


def test_a_branch_for_github(owner: Owner, hub: Path, tmp_path: Path) -> None:
    """It holds the site, .nojekyll and CNAME; another machine's commits are no obstacle."""
    extra = {".nojekyll": b"", "CNAME": b"example.org"}
    files = owner.publish(1)
    owner.deploy()
    assert branch(hub) == taken(files) | extra
    other = Owner(tmp_path / "other", tool="github", remote="origin", branch="gh-pages")
    other.env = owner.env
    git(other.root, "init", "-q")
    git(other.root, "remote", "add", "origin", str(hub))
    other.publish(2)
    other.deploy()
    files = owner.publish(3)
    owner.deploy()
    assert branch(hub) == taken(files) | extra
    owner.deploy()  # nothing new, no commit
    assert git(hub, "rev-list", "--count", "gh-pages").strip() == "3"


def test_a_refused_push_shows_the_words_of_the_remote(owner: Owner, hub: Path) -> None:
    """In place of a traceback."""
    hook = hub / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho GH006: Protected branch update failed\nexit 1\n")
    hook.chmod(0o755)
    owner.publish(1)
    assert "GH006: Protected branch update failed" in owner.refused()


def test_a_branch_of_somebody_else_is_refused(owner: Owner, hub: Path) -> None:
    """One that holds what no deploy pushed."""
    put(owner.root, "theirs.html")
    git(owner.root, "checkout", "-q", "-b", "gh-pages")
    git(owner.root, "add", "theirs.html")
    git(owner.root, "commit", "-q", "-m", "x")
    git(owner.root, "push", "-q", "origin", "gh-pages")
    git(owner.root, "checkout", "-q", "-b", "main")
    owner.publish(1)
    assert "no deploy put there: theirs.html" in owner.refused()


@pytest.fixture
def edge(owner: Owner, live: Path, tmp_path: Path) -> Iterator[str]:
    """An address that shows the live folder, as a host does."""
    live.mkdir()
    port = free_port()
    with nginx(live, tmp_path / "edge", port, rules=False):
        yield f"http://127.0.0.1:{port}"


WRANGLER = """echo "$@" >> {said}
folder=$3
case $2 in --config) folder=$(sed 's/.*"directory": "\\([^"]*\\)".*/\\1/' $3);; esac
echo "$FAIL" >&2; [ -z "$FAIL" ] || exit 1
rm -rf {live}/*; cp -r "$folder"/. {live}"""


@pytest.mark.parametrize("pages", [False, True])
def test_cloudflare(owner: Owner, live: Path, edge: str, pages: bool) -> None:
    """Wrangler is given a folder with rules and redirects, and without stubs.

    A stand-in takes its place, as the real one wants an account.
    """
    said = owner.root / "said"
    stand_in(owner, "wrangler", WRANGLER.format(said=said, live=live))
    target = {"tool": "cloudflare", "name": "site", "pages": pages, "url": edge}
    owner.configure(verify=False, **target)
    put(live, "index.html")
    files = owner.publish(1)
    assert f"no deploy put there: {edge}/ (a site)" in owner.refused()
    owner.deploy("--force", "stranger")
    assert tree(live) == taken(files, "edge")
    files = owner.publish(2)
    owner.deploy()
    assert tree(live) == taken(files, "edge")
    words = "pages deploy" if pages else "deploy --config"
    assert said.read_text().startswith(words)
    owner.publish(3)
    owner.env["FAIL"] = "Authentication error [code: 10000]"
    assert "Authentication error [code: 10000]" in owner.refused()


class Netlify(BaseHTTPRequestHandler):
    """As much of Netlify's documented API as a deploy asks for, over a live folder."""

    live: Path

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, found: object) -> None:
        """Answer with JSON."""
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take a zip, which is live a moment later."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != "Bearer hushhush":
            self.answer(401, {"message": "Access Denied"})
        elif self.path != "/sites/example.netlify.app/deploys":
            self.answer(404, {"message": "Not Found"})
        else:
            assert self.headers["Content-Type"] == "application/zip"
            zipfile.ZipFile(BytesIO(body)).extractall(self.live)
            self.answer(200, {"id": "d1", "state": "uploaded"})

    def do_GET(self) -> None:
        """Tell that a deploy is live."""
        self.answer(200, {"id": "d1", "state": "ready"})


def test_netlify(owner: Owner, live: Path, edge: str) -> None:
    """One zip is sent, and waited for; a refusal shows the answer.

    A stand-in takes the API's place, as the real one wants an account.
    """
    handler = type("Handler", (Netlify,), {"live": live})
    with HTTPServer(("127.0.0.1", 0), handler) as api:
        thread = Thread(target=api.serve_forever)
        thread.start()
        try:
            owner.env["NETLIFY_API_URL"] = f"http://127.0.0.1:{api.server_port}"
            owner.configure(tool="netlify", site="example", url=edge, verify=False)
            files = owner.publish(1)
            assert "NETLIFY_AUTH_TOKEN" in owner.refused()
            owner.env["NETLIFY_AUTH_TOKEN"] = "wrong"
            assert "Netlify answers 401" in owner.refused()
            owner.env["NETLIFY_AUTH_TOKEN"] = "hushhush"
            owner.deploy()
            assert tree(live) == taken(files, "edge")
        finally:
            api.shutdown()
            thread.join()


def test_a_fresh_server_is_told_what_to_include(
    owner: Owner, live: Path, tmp_path: Path
) -> None:
    """The first deploy to an nginx without the rules ends with one line, and shows nothing private."""
    port = free_port()
    live.mkdir()
    owner.configure(to=str(live), url=f"http://127.0.0.1:{port}", **LOCAL)
    owner.publish(1)
    with nginx(live, tmp_path / "nginx", port, rules=False):
        last = owner.refused().strip().splitlines()[-1]
        assert "include theme/hosts/nginx.conf" in last
        for path in ("_headers", "_redirects", ".htaccess"):
            assert get(f"http://127.0.0.1:{port}/{path}").status == 404
    with nginx(live, tmp_path / "nginx", port):
        done = owner.run("verify", "web")
        assert "Live and verified: 9 pages, 1 redirects, 404." in done.stdout
