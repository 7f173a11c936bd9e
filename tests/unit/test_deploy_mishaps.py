"""What goes wrong around a deploy: settings, torn files, rclone, git, Ctrl-C, kills."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from deploys import SITE, Owner, Steps, killed_at, watch
from helpers import tree
from projects import ROOT
from servers import need_rclone

from sitebuild.check import links
from sitebuild.deploy import RefusedError, deploy, rollback
from sitebuild.deploy.hosts.files import LOCK, STAGING
from sitebuild.host.configs import nginx
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import manifest, read_release

DEPLOY = """
import sys
from pathlib import Path
from sitebuild import deploy
deploy.deploy('web', settings_file=Path(sys.argv[1]))
"""
RCLONE = {"tool": "rclone", "to": "/srv"}


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("'web'", "TARGETS in publishconf.py must be names with entries"),
        ({"tool": ["rclone"], "to": "/srv"}, "is none of folder, rclone, github"),
        ({**RCLONE, "sever": True}, "unknown entry 'sever'.*Did you mean \"server\""),
        ({**RCLONE, "server": "yes"}, '"server" of the target "web" must be True'),
        ({**RCLONE, "to": 7}, '"to" of the target "web" must be an rclone remote'),
        ({**RCLONE, "to": None}, '"to" of the target "web" must be an rclone remote'),
        (
            {**RCLONE, "to": "shared/public_html"},
            '"to" of the target "web" must be an rclone remote',
        ),
        (
            {"tool": "folder", "to": "public"},
            '"to" of the target "web" must be a folder',
        ),
        (
            {"tool": "github", "remote": 7, "branch": "gh-pages"},
            '"remote" of the target "web" must be the name',
        ),
        (
            {"tool": "cloudflare", "project": "x", "url": "example.org"},
            "must be an address that begins with https://",
        ),
        ({"tool": "netlify", "site": ""}, '"site" of the target "web" must be a text'),
    ],
)
def test_a_slip_in_a_target_is_reported(
    owner: Owner, target: Any, sentence: str
) -> None:
    """Every entry of a target is judged before anything is done."""
    owner.publish(1)
    owner.configure(**RCLONE)
    text = owner.settings.read_text()
    owner.settings.write_text(text.replace(str(owner.target), str(target)))
    with pytest.raises(RefusedError, match=sentence):
        owner.deploy()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("TARGETS = None", "TARGETS in publishconf.py must be names"),
        ("TARGETS = ['web']", "TARGETS in publishconf.py must be names"),
        ("del TARGETS", "TARGETS in publishconf.py must be names"),
        ("TARGETS[7] = TARGETS['web']", "A target's name is letters.*7 is not"),
        ("TARGETS['a/b'] = TARGETS['web']", "A target's name is letters.*'a/b' is not"),
        ("OUTPUT_PATH = 7", "SITEURL and OUTPUT_PATH in publishconf.py must be texts"),
        ("SITEURL =", r"publishconf.py fails: SyntaxError: .*line 4"),
        ("SITEURL = 1 / 0", "publishconf.py fails: ZeroDivisionError"),
    ],
)
def test_a_slip_in_the_settings_is_reported(
    owner: Owner, line: str, sentence: str
) -> None:
    """Deploy and rollback end with a plain sentence, whatever is in publishconf.py."""
    owner.publish(1)
    with owner.settings.open("a") as file:
        file.write(f"{line}\n")
    for act in (deploy, rollback):
        with pytest.raises(RefusedError, match=sentence):
            act("web", settings_file=owner.settings)


def test_a_slash_behind_the_address_is_no_other_address(owner: Owner) -> None:
    """Publishing takes SITEURL with or without it, and so does a deploy."""
    owner.publish(1)
    text = owner.settings.read_text()
    owner.settings.write_text(text.replace("example.org", "example.org/"))
    assert "Live on web" in owner.deploy()[-1]


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b'{"files": {"a": [1e999, "", ""]}}', b"\xff", b""]
)
def test_a_manifest_that_is_none_is_reported(owner: Owner, data: bytes) -> None:
    """Whatever stands in its place on the target, it is replaced on demand alone."""
    built = owner.publish(1)
    owner.deploy()
    (owner.live / MANIFEST).write_bytes(data)
    assert "its manifest cannot be read" in owner.refused()
    owner.deploy(overwrite_unknown=True)
    assert owner.site == built


def test_torn_files_are_as_none(owner: Owner) -> None:
    """What a crash left empty, and a lock that is no text, stop no deploy for ever."""
    owner.publish(1)
    owner.deploy()
    for path in (owner.root / ".build/releases").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    (owner.memory / "history.json").write_bytes(b"")
    (owner.live / LOCK).parent.mkdir()
    (owner.live / LOCK).write_bytes(b"\xff")
    built = owner.publish(2)
    assert "under way or died there. --take-lock" in owner.refused()
    owner.deploy(take_lock=True)
    assert owner.site == built


def test_resend_sends_what_the_target_cannot_vouch_for(owner: Owner, dav: str) -> None:
    """An edit of equal size on a target without hashes cannot be seen, but undone."""
    built = owner.publish(1)
    owner.deploy()
    (owner.live / "robots.txt").write_bytes(b"!" * len(built["robots.txt"]))
    assert "0 to change" in owner.deploy()[-2]
    owner.deploy(resend=True)
    assert owner.site["robots.txt"] == built["robots.txt"]


def test_a_server_wants_a_reload_when_its_file_changed(owner: Owner) -> None:
    """The last line of a deploy says so when a server's file changed, and else not."""
    for text in ("one", "two"):
        owner.publish(1)
        (owner.public / nginx.NAME).write_text(text)
        data = manifest(tree(owner.public), SITE, [])
        (owner.public / MANIFEST).write_bytes(data)
        wanted = "Reload nginx or Caddy: _nginx.conf changed" in owner.deploy()[-1]
        assert wanted == (text == "two")
    assert "Reload" not in owner.deploy()[-1]


def test_a_reload_is_asked_for_also_where_the_deploy_died(owner: Owner) -> None:
    """A deploy that goes on knows what the one that died has changed."""
    for text in ("one", "two"):
        owner.publish(1)
        (owner.public / nginx.NAME).write_text(text)
        data = manifest(tree(owner.public), SITE, [])
        (owner.public / MANIFEST).write_bytes(data)
        if text == "one":
            owner.deploy()
    assert killed_at(owner, 5, owner.deploy)
    assert (owner.live / nginx.NAME).read_text() == "two"
    assert "Reload nginx or Caddy: _nginx.conf changed" in owner.deploy()[-1]


def deploy_all(owner: Owner, *versions: int) -> list[str]:
    """Deploy versions in their order; returns the names of the releases."""
    names = []
    for version in versions:
        names.append(read_release(owner.publish(version)[MANIFEST]).name)
        owner.deploy()
    return names


def test_rollback_goes_to_what_was_live_before(owner: Owner) -> None:
    """A deploy is the new end of the history; before it comes what was live."""
    one, two, three = deploy_all(owner, 1, 2, 3)
    owner.rollback()
    owner.rollback()
    deploy_all(owner, 4)
    assert one in owner.rollback()[-1]
    assert three in owner.rollback()[-1]
    assert two in owner.rollback()[-1]
    deploy_all(owner, 3, 1)
    assert three in owner.rollback()[-1]


def test_rollback_of_a_deploy_that_died_goes_to_the_last_whole_release(
    owner: Owner,
) -> None:
    """What died half-way never was a release; a rollback that died goes on."""
    one, _ = deploy_all(owner, 1, 2)
    built = owner.site
    owner.publish(3)
    assert killed_at(owner, 40, owner.deploy)
    owner.rollback()
    assert owner.site == built
    assert killed_at(owner, 40, owner.rollback)
    assert one in owner.rollback()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("QUIET", "true"), ("DRY_RUN", "true"), ("EXCLUDE", "*.html")],
)
def test_the_environment_does_not_bend_rclone(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """What somebody set for other uses of rclone does not change what a deploy does."""
    need_rclone()
    monkeypatch.setenv(f"RCLONE_{name}", value)
    owner.configure(tool="rclone", to=str(owner.live))
    built = owner.publish(1)
    owner.deploy()
    assert owner.site.keys() == {n for n in built if n[-3:] not in (".br", ".gz")}


def test_an_rclone_that_fails_says_why(owner: Owner) -> None:
    """Its own words are in the sentence."""
    need_rclone()
    owner.publish(1)
    owner.configure(tool="rclone", to="web:site")
    Path(os.environ["RCLONE_CONFIG"]).write_text(
        "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n" + "A" * 96
    )
    assert "unable to decrypt configuration" in owner.refused()


def test_an_old_rclone_is_refused_before_anything_is_sent(
    owner: Owner, dav: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that removes a live page before it renames the new one is no tool for it."""
    old = owner.root / "bin"
    old.mkdir()
    (old / "rclone").write_text(
        f"#!/bin/sh\n[ $1 != version ] || {{ echo rclone v1.60.1-DEV; exit; }}\n"
        f'exec {need_rclone()} "$@"\n'
    )
    (old / "rclone").chmod(0o755)
    monkeypatch.setenv("PATH", str(old), prepend=":")
    owner.publish(1)
    said = owner.refused()
    assert "rclone 1.75 or newer is needed for this target, and this is 1.60.1" in said
    assert "-r sitebuild/deploy/rclone.txt" in said
    assert tree(owner.live) == {}
    owner.configure(tool="rclone", to=str(owner.live))  # which renames in one step
    owner.deploy()


def test_a_missing_git_is_not_the_disk(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that is not there is named, with how to get it."""
    owner.configure(tool="github", remote="origin", branch="gh-pages")
    owner.publish(1)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert "git is not installed: install git" in owner.refused()


def git_remote(owner: Owner) -> None:
    """Give the project a repository that remembers the releases of its targets."""
    hub = owner.root.parent / "hub.git"
    for words in (
        ("init", "-q", "--bare", str(hub)),
        ("init", "-q"),
        ("remote", "add", "origin", str(hub)),
    ):
        subprocess.run(["git", *words], cwd=owner.root, check=True)


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"],
    ids=len,
)
def test_a_connection_that_breaks_is_not_the_disk(owner: Owner, answer: bytes) -> None:
    """A site that closes, stammers or stops in the middle cannot be reached."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            with server.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(answer)

        git_remote(owner)
        thread = Thread(target=serve)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        owner.configure(tool="netlify", site="x", url=address)
        owner.publish(1)
        said = owner.refused()
        assert "cannot be reached" in said
        assert "--overwrite-unknown" in said
        thread.join()


def test_a_full_disk_without_a_name(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence has no empty brackets."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    owner.publish(1)
    monkeypatch.setattr("sitebuild.deploy.store.write_whole", refuse)
    assert "The disk refuses: No space left on device. Make room" in owner.refused()


def test_ctrl_c_is_said_in_a_sentence(owner: Owner, tmp_path: Path) -> None:
    """Ctrl-C, which reaches every program of a terminal, ends with one sentence."""
    ready, blocked = tmp_path / "ready", tmp_path / "rclone"
    os.mkfifo(ready)
    blocked.write_text(f"#!/bin/sh\necho up > {ready}\nexec tail -f /dev/null\n")
    blocked.chmod(0o755)
    owner.configure(tool="rclone", to="web:site")
    owner.publish(1)
    process = subprocess.Popen(
        [sys.executable, "-c", DEPLOY, str(owner.settings)],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert ready.read_text() == "up\n"
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1]
    assert said == "Stopped. Run it again, and it goes on from there.\n"
    assert process.returncode == 1


def once(do: Callable[[], Any], what: str, path: str) -> Callable[[str, str], None]:
    """What does something before the first step of a kind."""
    todo = [do]

    def before(found: str, at: str) -> None:
        if todo and (found, at) == (what, path):
            todo.pop()()

    return before


def test_a_deploy_that_was_overtaken_stops(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another deploy that comes and goes after the listing is seen, and not undone."""
    owner.publish(1)
    owner.deploy()
    other = owner.elsewhere()
    theirs = other.publish(3)
    owner.publish(2)
    watch(owner, monkeypatch, once(other.deploy, "put", LOCK))
    assert "began at the same moment" in owner.refused()
    monkeypatch.undo()
    assert owner.site == theirs


def test_a_deploy_whose_lock_was_taken_stops(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes no more, leaves the other's lock alone and does not become live."""
    owner.publish(1)
    owner.deploy()
    before = owner.site
    owner.publish(2)

    def take() -> None:
        (owner.live / LOCK).write_text("theirs")

    watch(owner, monkeypatch, once(take, "put", f"{STAGING}/{MANIFEST}"))
    assert "began at the same moment" in owner.refused()
    assert (owner.live / LOCK).read_text() == "theirs"
    assert owner.site == before


def test_a_lock_of_another_machine_is_not_taken(owner: Owner) -> None:
    """A deploy that is under way or died elsewhere stops others, unless allowed."""
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    assert killed_at(owner, 8, owner.deploy)
    other = owner.elsewhere()
    built = other.publish(3)
    assert "under way or died there (begun 2" in other.refused()
    other.deploy(take_lock=True)
    assert owner.site == built
    assert owner.journal is None


def test_a_workflow_goes_on_with_its_own_last_deploy(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run of a workflow is a fresh machine, and one runs at a time."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", "me/site")
    monkeypatch.setenv("GITHUB_WORKFLOW", "publish")
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    assert killed_at(owner, 8, owner.deploy)
    other = owner.elsewhere()
    built = other.publish(3)
    other.deploy()
    assert owner.site == built


def steps_of(owner: Owner, versions: list[int]) -> int:
    """How many steps a deploy from one version to another has."""
    with pytest.MonkeyPatch.context() as patch:
        done: Steps = []
        watch(owner, patch, lambda what, path: done.append((what, path)))
        owner.publish(versions[1])
        owner.deploy()
    owner.publish(versions[0])
    owner.deploy()
    return len(done)


def check_live(owner: Owner, *trees: dict[str, bytes]) -> None:
    """Every live file is one of some version, none is away, and no link is broken."""
    site = owner.site
    for path, data in site.items():
        assert data in [tree.get(path) for tree in trees], path
    lasting = set.intersection(*(set(tree) for tree in trees))
    assert lasting <= site.keys()
    assert list(links.find_problems(site)) == []


@pytest.mark.parametrize("sample", [6, pytest.param(0, marks=pytest.mark.long)])
def test_a_killed_deploy_leaves_a_whole_site(owner: Owner, sample: int) -> None:
    """Killed before any step, it leaves old or new files, and goes on to its end."""
    old = owner.publish(1)
    owner.deploy()
    steps = steps_of(owner, [1, 2])
    moments = list(range(steps))
    if sample:
        moments = random.Random("kill").sample(moments, sample)
    for moment in moments:
        new = owner.publish(2)
        assert killed_at(owner, moment, owner.deploy), moment
        check_live(owner, old, new)
        owner.deploy()
        assert owner.site == new, moment
        assert not (owner.live / STAGING).exists()
        owner.publish(1)
        owner.deploy()
        assert owner.site == old, moment


@pytest.mark.parametrize("sample", [4, pytest.param(40, marks=pytest.mark.long)])
def test_a_deploy_killed_twice_goes_on_with_a_third_release(
    owner: Owner, sample: int
) -> None:
    """What each left is known from the listing and the journal, and used or removed."""
    versions = {}
    for version in (1, 2, 3):
        versions[version] = owner.publish(version)
    owner.publish(1)
    owner.deploy()
    moments = random.Random("twice")
    for _ in range(sample):
        owner.publish(2)
        assert killed_at(owner, moments.randrange(10, 50), owner.deploy)
        owner.publish(3)
        assert killed_at(owner, moments.randrange(10, 40), owner.deploy)
        owner.deploy()
        assert owner.site == versions[3]
        owner.publish(1)
        owner.deploy()


def test_going_on_sends_nothing_twice(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was staged whole by the deploy that died is used."""
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    assert killed_at(owner, 15, owner.deploy)
    staged = {path for path in tree(owner.live / STAGING) if path != "lock.json"}
    assert len(staged) > 5
    done: Steps = []
    watch(owner, monkeypatch, lambda what, path: done.append((what, path)))
    owner.deploy()
    sent = {path.removeprefix(f"{STAGING}/") for what, path in done if what == "put"}
    assert not staged & sent - {"lock.json", MANIFEST}
