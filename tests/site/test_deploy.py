"""Deploys to folders, servers, stores and hosts: what arrives, what stays, what is refused."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hosts import (
    SIGNED,
    answering,
    ftpd,
    need_rclone,
    nginx,
    open_folder,
    remote,
    s3,
    sshd,
)
from owners import Owner, lasting, manifest, site, taken, tree
from programs import need
from tools import free_port, get

LOCAL, MANIFEST = {"tool": "ssh", "server": "nginx"}, "release.json"


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


def deploy(owner: Owner, version: int, *words: str) -> dict[str, bytes]:
    """Publish a version and deploy it; return its files."""
    files = owner.publish(version)
    owner.deploy(*words)
    return files


# What a deploy does.


def test_a_release_arrives_whole_and_its_pictures_stay_for_one_more(
    owner: Owner, live: Path
) -> None:
    """Byte for byte, with copies for a server that sends them, and nothing private.

    A page that is open in a browser may still ask for the pictures of the release before;
    a release that is repeated is none, and puts right what was changed by hand.
    """
    for version, before in ((1, ()), (2, (1,)), (2, (1,)), (3, (2,))):
        expected = taken(deploy(owner, version), "nginx")
        for number in before:
            expected |= lasting(site(number))
        assert tree(live) == expected
        put(live, "index.html", b"!" * len(expected["index.html"]))
        (live / "feed.xml").unlink()


def test_pictures_outlive_a_deploy_that_died(owner: Owner, live: Path) -> None:
    """Those of the last whole release are there until the one after the next."""
    deploy(owner, 1)
    dies = 'case " $* " in *" --delete-after "*) exit 9;; esac'
    owner.stand_in("rsync", f'{dies}\nexec {need("rsync")} "$@"')
    owner.publish(2)
    assert "rsync failed (9)" in owner.refused()
    del owner.env["PATH"]
    files = deploy(owner, 3)
    assert tree(live) == taken(files, "nginx") | lasting(site(1))


def test_a_dry_run_does_nothing(owner: Owner, live: Path) -> None:
    """It says each file that would be sent or deleted."""
    deploy(owner, 1)
    before = tree(live)
    owner.publish(2)
    said = owner.deploy("--dry-run").splitlines()
    assert {"send new-in-2/index.html", "delete new-in-1/index.html"} <= set(said)
    assert "send robots.txt" not in said
    assert tree(live) == before


def test_strangers_files_stay(owner: Owner, live: Path) -> None:
    """What no deploy brought is never deleted, in our folders and in dotted ones too.

    Paths that the target keeps are not even written, though they are ours by name.
    """
    owner.configure(to=str(live), keep=["robots.txt", "uploads"], **LOCAL)
    kept = ("robots.txt", "uploads/a.pdf")
    theirs = ("new-in-1/notes.txt", ".well-known/acme/x", "b.partial")
    for path in kept:
        put(live, path)
    deploy(owner, 1)
    for path in theirs:
        put(live, path)
    files = deploy(owner, 2)
    there = tree(live)
    assert {there.pop(path) for path in (*kept, *theirs)} == {b"theirs"}
    files.pop("robots.txt")
    assert there == taken(files, "nginx") | lasting(site(1))


@pytest.mark.parametrize("tool", ["ssh", "rclone"])
@pytest.mark.parametrize("paths", ["../theirs", "* the?rs [t]heirs", "x\ntheirs"])
def test_a_manifest_that_others_wrote_harms_nothing(
    owner: Owner, live: Path, tool: str, paths: str
) -> None:
    """It names files of deploys and means no others, inside the folder or outside."""
    owner.configure(tool=tool, to=str(live))
    owner.publish(1)
    put(live, "release.json", manifest(dict.fromkeys(paths.split(" "), b"")))
    for place in (live, live.parent):
        put(place, "theirs")
    owner.run("deploy", "web", "--force", "deletes")
    assert (live / "theirs").exists()
    assert (live.parent / "theirs").exists()


def test_what_programs_say_is_shown(owner: Owner, live: Path) -> None:
    """Warnings of a tool, also where all goes well, and words of the command `after`.

    It runs once the site is there; where it fails, so does the deploy.
    """
    owner.stand_in("rsync", f'echo "beware of dogs" >&2\nexec {need("rsync")} "$@"')
    after = f"ls {live}/index.html; echo purged >&2"
    owner.configure(to=str(live), after=after, **LOCAL)
    owner.publish(1)
    said = owner.deploy()
    assert "beware of dogs" in said
    assert "purged" in said
    owner.configure(to=str(live), after="echo no such zone >&2; exit 1", **LOCAL)
    assert "no such zone" in owner.refused()


# What it refuses.


OTHER, NONE = {"site": "https://example.net"}, b'{"files": 1}'
GUARDS = [
    # The guard, what it says, what stands in public/, what its manifest is written anew
    # with, what is live.
    ("built", "(index.html, x.html)", {"index.html": b"", "x.html": b""}, None, {}),
    ("drafts", "drafts/x/index.html", {"drafts/x/index.html": b""}, {}, {}),
    ("siteurl", "for https://example.net", {}, OTHER, {}),
    ("stranger", "put there: index.php", {}, None, {"index.php": b"theirs"}),
    ("stranger", "site, https://example.net", {}, None, {MANIFEST: manifest({}, **OTHER)}),
    ("stranger", "that is not of this site", {}, None, {MANIFEST: NONE}),
    ("deletes", "a quarter", {}, None, {MANIFEST: manifest(site(1, pages=30))}),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "words", "built", "about", "there"), GUARDS)
def test_each_guard_is_lifted_by_its_own_name(
    owner: Owner,
    live: Path,
    guard: str,
    words: str,
    built: dict[str, bytes],
    about: dict[str, str] | None,
    there: dict[str, bytes],
) -> None:
    """A refusal is one sentence that names what lifts it; no other name does; nothing was sent."""
    files = owner.publish(1) | built
    if about is not None:
        built = built | {"release.json": manifest(files, **about)}
    for folder, some in ((owner.public, built), (live, there)):
        for path, data in some.items():
            put(folder, path, data)
    before = tree(live)
    names = {"built", "drafts", "siteurl", "stranger", "deletes", "lock"}
    others = [word for name in sorted(names - {guard}) for word in ("--force", name)]
    refusal = owner.refused(*others)
    assert words in refusal
    assert f"--force {guard} " in refusal
    assert refusal.count("Not deployed: ") == 1
    assert tree(live) == before
    owner.deploy("--force", guard)
    assert {"page-1/index.html", *before} <= set(tree(live))


def test_several_objections_are_said_at_once(owner: Owner, live: Path) -> None:
    """And one that is lifted is still said."""
    owner.publish(1)
    put(owner.public, "index.html")
    put(live, "index.php")
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
        ({"tool": "shh", "to": "x"}, "known are cloudflare, github, netlify, rclone"),
        ({"tool": "ssh"}, 'has "to": None; allowed is a text'),
        ({"tool": "ssh", "to": "x", "sever": "nginx"}, "known are after, keep, releases, server, to"),
        ({"tool": "ssh", "to": "x", "server": "iis"}, "allowed is nginx, caddy or apache"),
        ({"tool": "ssh", "to": "x", "keep": "uploads"}, "a list of paths"),
        ({"tool": "ssh", "to": "x", "releases": 0}, "a whole number from 1"),
        ({"tool": "ssh", "to": "x", "releases": True}, "a whole number from 1"),
        ({"tool": "netlify", "site": "x", "url": "example.org"}, "allowed is an address with https://"),
        ({"tool": "netlify", "site": "x", "url": "https://[x"}, "has \"url\": 'https://[x'"),
        ({"tool": "ssh", "to": "-e sh"}, "begins with neither - nor :"),
        ({"tool": "rclone", "to": ":sftp,host=x:"}, "begins with neither - nor :"),
        ({"tool": "github"}, "The workflow deploys to GitHub Pages: push to main"),
    ],
)  # fmt: skip
def test_a_target_that_is_none_is_refused(
    owner: Owner, target: dict[str, str], words: str
) -> None:
    """In one sentence that says what is allowed."""
    owner.publish(1)
    owner.configure(**target)
    assert words in owner.refused()


def test_what_is_unknown_or_not_there_is_refused(owner: Owner) -> None:
    """With the names that are known, or the command that publishes."""
    assert "tasks.py publish" in owner.refused()
    owner.publish(1)
    assert "known are web" in owner.run("deploy", "wbe").stdout
    assert "known are built, drafts" in owner.refused("--force", "all")


# rsync and ssh.


@pytest.fixture(scope="module")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """An SSH server: the command for it, and the entries of an rclone remote."""
    with sshd(tmp_path_factory.mktemp("ssh")) as server:
        yield server


def test_an_own_server(
    owner: Owner, live: Path, ssh_server: tuple[str, Any], tmp_path: Path
) -> None:
    """By ssh, whose key is checked: another server that answers there gets nothing."""
    ssh, entries = ssh_server
    owner.env["RSYNC_RSH"] = ssh
    owner.configure(to=f"own:{live}", **LOCAL)
    files = deploy(owner, 1)
    assert tree(live) == taken(files, "nginx")
    owner.publish(2)
    config = Path(ssh.split()[-1]).read_text()
    known = tmp_path / "known_hosts"
    known.write_text(with_another_key(entries, tmp_path))
    (tmp_path / "config").write_text(
        config.replace(entries["KNOWN_HOSTS_FILE"], str(known))
    )
    owner.env["RSYNC_RSH"] = f"ssh -F {tmp_path}/config"
    assert "Host key verification failed" in owner.refused()
    assert tree(live) == taken(files, "nginx")


def with_another_key(entries: Mapping[str, str], folder: Path) -> str:
    """Return the line of a known_hosts by which the server has another key."""
    place, kind, _ = Path(entries["KNOWN_HOSTS_FILE"]).read_text().split()[:3]
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")]
    subprocess.run(command, check=True)
    return f"{place} {kind} {(folder / 'key.pub').read_text().split()[1]}\n"


def test_a_link_is_switched_to_each_release(owner: Owner) -> None:
    """The newest so many are kept, strangers' files come along, and a folder stays.

    What is live is kept, where another machine's clock named those before it later.
    """
    live = owner.root / "live"
    owner.configure(to="live", releases=2, **LOCAL)
    put(live, ".hidden")
    owner.publish(1)
    assert "is no link: move it away" in owner.refused()
    shutil.rmtree(live)
    releases = live.with_name("live.releases")
    for name in ("99980101", "99990101"):
        put(releases, f"{name}/index.html")
    for version in (1, 2, 3):
        files = deploy(owner, version)
        assert live.is_symlink()
        put(live, "uploads/a.pdf")
    expected = taken(files, "nginx") | lasting(site(2)) | {"uploads/a.pdf": b"theirs"}
    assert tree(live.resolve()) == expected
    assert len(list(releases.iterdir())) == 2


def meanwhile(owner: Owner, other: Owner, program: str, word: str) -> Path:
    """Let another machine deploy, from end to end, before a run of a program with a word.

    Returns what is there when that was done.
    """
    marker = owner.root / "done"
    owner.stand_in(
        program.rpartition("/")[2],
        f'case " $* " in *" {word} "*) if mkdir {marker} 2>/dev/null; then\n'
        f"(cd {other.root} && {sys.executable} -m invoke deploy web) >&2\nfi;; esac\n"
        f'exec {program} "$@"',
    )
    return marker


def test_machines_that_switch_at_once_keep_their_own_folders(
    owner: Owner, live: Path, tmp_path: Path
) -> None:
    """Each sends to a folder of its own; what is left of one that died goes in an hour."""
    target = {"to": str(live), "releases": 2, **LOCAL}
    owner.configure(**target)
    deploy(owner, 1)
    dead = live.with_name("live.releases") / ".next-dead"
    dead.mkdir()
    os.utime(dead, (0, 0))
    other = Owner(tmp_path / "other", **target)
    other.publish(3)
    marker = meanwhile(owner, other, need("rsync"), "--delete-after")
    files = deploy(owner, 2)
    assert marker.exists()
    assert tree(live.resolve()) == taken(files, "nginx") | lasting(site(1))
    assert len(list(dead.parent.iterdir())) == 2


def test_a_server_without_rsync_is_told_of_rclone(owner: Owner, live: Path) -> None:
    """The shell there says that it knows no rsync."""
    owner.stand_in("rssh", 'shift; PATH=/nowhere exec /bin/sh -c "$*"')
    owner.env["RSYNC_RSH"] = "rssh"
    owner.configure(to=f"own:{live}", **LOCAL)
    owner.publish(1)
    assert 'has no rsync: install it there, or use the tool "rclone"' in owner.refused()


@pytest.mark.parametrize(
    ("tool", "script", "words"),
    [
        ("rsync", "echo openrsync: --delete --filter", "has no --delay-updates"),
        ("rclone", "echo rclone v1.60.1", "rclone 1.75 or newer"),
    ],
)
def test_a_tool_that_tears_pages_is_refused(
    owner: Owner, live: Path, tool: str, script: str, words: str
) -> None:
    """An rsync as macOS has it, an rclone as Debian has it, in one line."""
    owner.stand_in(tool, script)
    owner.configure(tool=tool.replace("rsync", "ssh"), to=str(live))
    owner.publish(1)
    assert words in owner.refused()


# rclone.


def test_an_ftp_server_that_cannot_rename(owner: Owner, tmp_path: Path) -> None:
    """Files are written in place, and that is said once.

    What is new arrives, what is gone goes, what was sent before is not sent again.
    """
    with open_folder() as home, ftpd(home / "root", tmp_path / "ftp", False) as entries:
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to="own:live")
        live = home / "root/live"
        files = owner.publish(1)
        assert owner.deploy().count("The server cannot rename") == 1
        assert tree(live) == taken(files)
        files = owner.publish(2)
        assert "11 files to send, 1 to delete" in owner.deploy()
        assert tree(live) == taken(files) | lasting(site(1))
        assert "0 files to send, 0 to delete" in owner.deploy("--dry-run")


def rclone(owner: Owner, *words: str) -> None:
    """Run rclone as the owner does."""
    subprocess.run([need_rclone(), *words], env=owner.environment, check=True)


def test_a_bucket_keeps_the_headers_of_each_file(owner: Owner) -> None:
    """Type, character set, how long it may be kept; resending puts them right."""
    with s3() as bucket:
        owner.env |= remote(bucket)
        owner.configure(tool="rclone", to="own:headers")
        rclone(owner, "mkdir", "own:headers")
        deploy(owner, 1)
        headers = partial(bucket_headers, bucket["ENDPOINT"])
        [picture] = lasting(site(1))
        year, again = "public, max-age=31536000, immutable", "no-cache"
        assert headers("robots.txt") == ("text/plain; charset=utf-8", again)
        assert headers(picture) == ("image/svg+xml", year)
        page = str(owner.public / "index.html")
        wrong = ["--header-upload=Content-Type: text/plain", "--ignore-times"]
        rclone(owner, "copyto", page, "own:headers/index.html", *wrong)
        assert headers("index.html")[0] == "text/plain"
        owner.deploy("--resend")
        assert headers("index.html") == ("text/html; charset=utf-8", again)


def bucket_headers(endpoint: str, path: str) -> tuple[str, str]:
    """Return the type and the time to live with which a bucket gives a file."""
    headers = get(f"{endpoint}/headers/{path}", **SIGNED).headers
    return headers["Content-Type"], headers["Cache-Control"]


def test_the_key_of_an_sftp_server_is_checked(
    owner: Owner, tmp_path: Path, live: Path, ssh_server: tuple[str, Any]
) -> None:
    """A remote that would trust whoever answers is refused with the line to add.

    So is one that stands for it.
    """
    entries = dict(ssh_server[1])
    noted = Path(entries.pop("KNOWN_HOSTS_FILE"))
    lines = [f"{entry.lower()} = {value}" for entry, value in entries.items()]
    lines = ["[other]", "type = alias", "remote = own:", "[own]", *lines, ""]
    config = tmp_path / "rclone.conf"
    config.write_text("\n".join(lines))
    owner.env["RCLONE_CONFIG"] = str(config)
    owner.publish(1)
    line = "known_hosts_file = ~/.ssh/known_hosts"
    for name in ("own", "other"):
        owner.configure(tool="rclone", to=f"{name}:{live}")
        assert f"add the line {line} below [own]" in owner.refused()
    owner.env["HOME"] = str(tmp_path)
    config.write_text("\n".join([*lines, line]))
    another = with_another_key(ssh_server[1], tmp_path).encode()
    put(tmp_path, ".ssh/known_hosts", another)
    assert "knownhosts: key mismatch" in owner.refused()
    assert not live.exists()
    put(tmp_path, ".ssh/known_hosts", noted.read_bytes())
    owner.deploy()
    assert live.exists()


def test_machines_that_collide_are_healed(
    owner: Owner, live: Path, tmp_path: Path
) -> None:
    """Who finds another's manifest at its end says so; the next deploy sends all files."""
    target = {"tool": "rclone", "to": str(live)}
    owner.configure(**target)
    other = Owner(tmp_path / "other", **target)
    other.publish(3)
    meanwhile(owner, other, need_rclone(), "copy")
    owner.publish(1)
    assert "Another machine deployed to web at the same time" in owner.refused()
    files = deploy(other, 4)
    there = tree(live)
    assert {path: there.get(path) for path in taken(files)} == taken(files)
    assert {path for path in there if "new-in" in path} == {"new-in-4/index.html"}


# Cloudflare, Netlify.


@pytest.fixture
def edge(live: Path, tmp_path: Path) -> Iterator[str]:
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
    owner.stand_in("wrangler", WRANGLER.format(said=said, live=live))
    target = {"tool": "cloudflare", "name": "site", "pages": pages, "url": edge}
    owner.configure(verify=False, **target)
    put(live, "index.html")
    files = owner.publish(1)
    assert f"no deploy put there: {edge}/ (a site)" in owner.refused()
    owner.deploy("--force", "stranger")
    assert tree(live) == taken(files, "edge")
    files = deploy(owner, 2)
    assert tree(live) == taken(files, "edge")
    words = "pages deploy" if pages else "deploy --config"
    assert said.read_text().startswith(words)
    owner.publish(3)
    owner.env["FAIL"] = "Authentication error [code: 10000]"
    assert "Authentication error [code: 10000]" in owner.refused()


def test_a_site_in_a_folder_keeps_its_pages_that_lead_on(
    owner: Owner, live: Path, edge: str
) -> None:
    """It has no list of redirects that Cloudflare could read."""
    owner.stand_in("wrangler", WRANGLER.format(said=owner.root / "said", live=live))
    target = {"tool": "cloudflare", "name": "site", "url": edge, "verify": False}
    owner.configure("https://example.org/x", **target)
    files = owner.publish(1)
    for path in ("_headers", "_redirects"):
        del files[path]
        (owner.public / path).unlink()
    about = manifest(files, site="https://example.org/x")
    put(owner.public, "release.json", about)
    owner.deploy()
    assert (live / "was/index.html").read_bytes() == files["was/index.html"]


class Netlify(BaseHTTPRequestHandler):
    """As much of Netlify's documented API as a deploy asks for, over a live folder."""

    live: Path

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take a zip, which is live a moment later."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, found = 200, {"id": "d1", "state": "uploaded"}
        if self.headers["Authorization"] != "Bearer hushhush":
            status, found = 401, {"message": "Access Denied"}
        elif self.path != "/sites/example.netlify.app/deploys":
            status, found = 404, {"message": "Not Found"}
        else:
            assert self.headers["Content-Type"] == "application/zip"
            zipfile.ZipFile(BytesIO(body)).extractall(self.live)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())


def test_netlify(owner: Owner, live: Path, edge: str) -> None:
    """One zip is sent; a refusal shows the answer.

    A stand-in takes the API's place, as the real one wants an account.
    """
    with answering(type("Handler", (Netlify,), {"live": live})) as api:
        owner.env["NETLIFY_API_URL"] = api
        name = "example.netlify.app"
        owner.configure(tool="netlify", site=name, url=edge, verify=False)
        files = owner.publish(1)
        assert "NETLIFY_AUTH_TOKEN" in owner.refused()
        owner.env["NETLIFY_AUTH_TOKEN"] = "wrong"
        assert "Netlify answers 401" in owner.refused()
        owner.env["NETLIFY_API_URL"] = "nowhere"
        assert "Netlify cannot be reached" in owner.refused()
        owner.env["NETLIFY_API_URL"] = api
        owner.env["NETLIFY_AUTH_TOKEN"] = "hushhush"
        owner.deploy()
        assert tree(live) == taken(files, "edge")


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
        said = owner.run("verify", "web").stdout
        assert "Live and verified: 9 pages, 1 redirects, 404." in said
