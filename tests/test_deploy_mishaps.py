"""What goes wrong around a deploy: settings, files torn on either side, rclone, git, Ctrl-C. Each gets one sentence."""

from __future__ import annotations

import os
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
from conftest import ROOT
from deploys import Dav, Owner, plain
from helpers import tree

from sitebuild.deploy import RefusedError, deploy, rollback
from sitebuild.deploy.plan import read_release
from sitebuild.deploy.rclone import LOCK, Remote
from sitebuild.host import configs as servers
from sitebuild.host import headers as hosting

DEPLOY = "import sys; from pathlib import Path; from sitebuild import deploy; deploy.deploy('web', settings_file=Path(sys.argv[1]))"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("'web'", "TARGETS in publishconf.py must be names with entries"),
        ({"tool": ["rclone"], "to": "/srv"}, "is none of rclone, github"),
        (
            {"tool": "rclone", "to": "/srv", "sever": True},
            "unknown entry 'sever'.*Did you mean \"server\"",
        ),
        (
            {"tool": "rclone", "to": "/srv", "server": "yes"},
            '"server" of the target "web" must be True or False',
        ),
        (
            {"tool": "rclone", "to": 7},
            '"to" of the target "web" must be an rclone remote',
        ),
        (
            {"tool": "rclone", "to": None},
            '"to" of the target "web" must be an rclone remote',
        ),
        (
            {"tool": "rclone", "to": "shared/public_html"},
            '"to" of the target "web" must be an rclone remote',
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
def test_a_slip_in_a_target_is_told(owner: Owner, target: Any, sentence: str) -> None:
    """Every entry of a target is judged before anything is done."""
    owner.publish(1)
    owner.configure(tool="rclone", to="/srv")
    text = owner.settings.read_text()
    owner.settings.write_text(
        text.replace("{'tool': 'rclone', 'to': '/srv'}", str(target))
    )
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
def test_a_slip_in_the_settings_is_told(owner: Owner, line: str, sentence: str) -> None:
    """Deploy and rollback end with a plain sentence, whatever publishconf.py has become."""
    owner.publish(1)
    with owner.settings.open("a") as file:
        file.write(f"{line}\n")
    for act in (deploy, rollback):
        with pytest.raises(RefusedError, match=sentence):
            act("web", settings_file=owner.settings)


def test_a_slash_behind_the_address_is_no_other_address(owner: Owner) -> None:
    """Publishing takes SITEURL with or without it, and so does a deploy."""
    owner.publish(1)
    owner.settings.write_text(
        owner.settings.read_text().replace("example.org", "example.org/")
    )
    assert "Live on web" in owner.deploy()[-1]


@pytest.mark.parametrize(
    "manifest", [b"[" * 100_000, b'{"files": {"a": [1e999, "", ""]}}', b"\xff", b""]
)
def test_a_manifest_that_is_none_is_told(owner: Owner, manifest: bytes) -> None:
    """Whatever stands in its place on the target, it is told, and mended on demand."""
    built = owner.publish(1)
    owner.deploy()
    (owner.live / hosting.MANIFEST).write_bytes(manifest)
    assert "its manifest cannot be read" in owner.refused()
    owner.deploy(force=True)
    assert tree(owner.live) == built


def test_torn_files_are_as_none(owner: Owner, dav: type[Dav]) -> None:
    """What a crash of the machine left empty, and a mark that is no text, stop no deploy that is told to go on."""
    owner.publish(1)
    owner.deploy()
    for path in (owner.root / ".build/releases").glob("*.json"):
        path.write_bytes(b"")
        path.with_suffix(".journal").write_bytes(b"")
    (owner.live / LOCK).parent.mkdir()
    (owner.live / LOCK).write_bytes(b"\xff")
    built = owner.publish(2)
    assert "under way or died there" in owner.refused()
    owner.deploy(force=True)
    assert tree(owner.live) == plain(built)


def test_force_sends_what_the_target_cannot_vouch_for(
    owner: Owner, dav: type[Dav]
) -> None:
    """An edit of equal size on a target without hashes is not to be seen, and is mended on demand."""
    built = owner.publish(1)
    owner.deploy()
    (owner.live / "robots.txt").write_bytes(b"!" * len(built["robots.txt"]))
    owner.deploy(force=True)
    assert tree(owner.live) == plain(built)


def test_a_server_wants_a_reload_when_its_file_changed(owner: Owner) -> None:
    """The last line of a deploy says so, also where the deploy that changed the file died; else nothing is said."""
    for text in ("one", "two"):
        owner.publish(1)
        (owner.public / servers.NGINX).write_text(text)
        (owner.public / hosting.MANIFEST).write_bytes(
            hosting.manifest(tree(owner.public), "https://example.org", [])
        )
        said = owner.deploy()
        assert ("Reload nginx or Caddy: _nginx.conf changed" in said[-1]) == (
            text == "two"
        )
    assert "Reload" not in owner.deploy()[-1]


def deploy_all(owner: Owner, *versions: int) -> list[str]:
    """Deploy versions in their order; returns the names of the releases."""
    names = []
    for version in versions:
        names.append(read_release(owner.publish(version)[hosting.MANIFEST]).name)
        owner.deploy()
    return names


def test_rollback_goes_to_what_was_live_before(owner: Owner) -> None:
    """A deploy is the new end of the history, before it what was live, whatever came first once."""
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
    owner: Owner, dav: type[Dav]
) -> None:
    """What died half-way never was a release of the target; a rollback that died goes on where it went."""
    one, _ = deploy_all(owner, 1, 2)
    built = tree(owner.live)
    owner.publish(3)
    dav.refuse_after = len([1 for method, _ in dav.done if method == "PUT"]) + 8
    owner.refused()
    dav.refuse_after = 10**9
    owner.rollback()
    assert tree(owner.live) == built
    dav.refuse_after = len([1 for method, _ in dav.done if method == "PUT"]) + 8
    with pytest.raises(RefusedError):
        owner.rollback()
    dav.refuse_after = 10**9
    assert one in owner.rollback()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUIET", "true"),
        ("LOG_LEVEL", "ERROR"),
        ("LOG_FILE", "rclone.log"),
        ("DRY_RUN", "true"),
        ("EXCLUDE", "*.html"),
    ],
)
def test_the_environment_does_not_bend_rclone(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """What somebody set for other uses of rclone neither stops a deploy nor changes what it does."""
    monkeypatch.setenv(f"RCLONE_{name}", value)
    built = owner.publish(1)
    owner.deploy()
    assert tree(owner.live) == built


def test_an_rclone_that_does_not_start_says_why(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own words, at once; where it says nothing, after a while."""
    owner.publish(1)
    Path(os.environ["RCLONE_CONFIG"]).write_text(
        f"# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n{'A' * 96}\n"
    )
    assert "unable to decrypt configuration" in owner.refused()
    folder = owner.root / "bin"
    folder.mkdir()
    (folder / "rclone").write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    (folder / "rclone").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setattr("sitebuild.deploy.rclone._START", 0.1)
    assert "rclone did not start" in owner.refused()


def test_a_missing_git_is_not_the_disk(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that is not there is told with how to get it."""
    owner.configure(tool="github", remote="origin", branch="gh-pages")
    owner.publish(1)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert "git is not installed: install git" in owner.refused()


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

        thread = Thread(target=serve)
        thread.start()
        owner.configure(
            tool="netlify", site="x", url=f"http://127.0.0.1:{server.getsockname()[1]}"
        )
        owner.publish(1)
        assert "cannot be reached" in owner.refused()
        thread.join()


def test_a_full_disk_without_a_name(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence has no empty brackets."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    owner.publish(1)
    monkeypatch.setattr("sitebuild.deploy.store._write", refuse)
    assert "The disk refuses: No space left on device. Make room" in owner.refused()


def test_ctrl_c_is_told_as_such(owner: Owner, dav: type[Dav]) -> None:
    """Ctrl-C, which reaches every program of the terminal, ends a deploy with one sentence; going on ends well."""
    built = owner.publish(1)
    command = [sys.executable, "-c", DEPLOY, str(owner.settings)]
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    put = dav.do_PUT

    def interrupt(handler: Dav) -> None:
        if "index.html" in handler.path and process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        put(handler)

    dav.do_PUT = interrupt  # type: ignore[method-assign]
    assert process.stderr
    with process.stderr:
        assert (
            process.stderr.read()
            == "Stopped. Run it again, and it goes on from there.\n"
        )
    assert process.wait() == 1
    dav.do_PUT = put  # type: ignore[method-assign]
    owner.deploy()
    assert tree(owner.live) == plain(built)


def before(act: Callable[..., Any], do: Callable[[], Any]) -> Callable[..., Any]:
    """The same act, with something done once before it."""
    todo = [do]

    def both(*args: Any, **more: Any) -> Any:
        while todo:
            todo.pop()()
        return act(*args, **more)

    return both


@pytest.mark.parametrize("moment", ["read_mark", "rename"])
def test_two_machines_at_once_do_not_mix(
    owner: Owner,
    dav: type[Dav],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """A deploy that finds the mark of another, or what it did, stops, and leaves the other's files alone."""
    owner.publish(1)
    owner.deploy()
    other = Owner(tmp_path / "other", tool="rclone", to="dav:")
    theirs = other.publish(3)
    owner.publish(2)
    if moment == "read_mark":  # the other comes and goes after the listing
        monkeypatch.setattr(
            Remote, moment, before(Remote.read_mark, lambda: other.deploy(force=True))
        )
        assert "began at the same moment" in owner.refused()
        monkeypatch.undo()
    else:  # the other takes the mark as files take their places
        monkeypatch.setattr(
            Remote,
            moment,
            before(Remote.rename, lambda: (owner.live / LOCK).write_text("theirs")),
        )
        assert "began at the same moment" in owner.refused()
        assert (owner.live / LOCK).read_text() == "theirs"
        assert (owner.live / hosting.MANIFEST).read_bytes() != (
            owner.public / hosting.MANIFEST
        ).read_bytes()
        other.deploy(force=True)
    assert tree(owner.live).items() >= plain(theirs).items()
