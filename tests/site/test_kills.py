"""Deploys to real servers that are killed in the middle, while readers read over HTTP."""

from __future__ import annotations

import fcntl
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import warm
from helpers import rounds
from hosts import ftpd, need_rclone, nginx, open_folder, remote, s3, sshd
from owners import Owner, lasting, site, taken, tree
from tools import free_port, get

# Runs a program, and at one of its runs kills it and the deploy that started it, both of
# which are of its process group. No clock decides: whenever it dies must be as well.
WRAPPER = """#!/bin/sh
run=$(($(cat {folder}/run) + 1)); echo $run > {folder}/run
[ $run = "$KILLED_RUN" ] || exec {program} "$@"
{program} "$@" & sleep "$KILLED_AFTER_S"
kill -KILL 0
"""
Read = Callable[[str], bytes]


class Reader:
    """Reads every lasting page again and again, and keeps what is neither old nor new."""

    def __init__(self, read: Read, pause_s: float, *trees: dict[str, bytes]) -> None:
        self._read, self._pause_s, self._trees = read, pause_s, trees
        lasting_paths = set.intersection(*(set(tree) for tree in trees))
        self._paths = sorted(path for path in lasting_paths if path.endswith(".html"))
        self._done = threading.Event()
        self.answers, self.wrong = 0, list[str]()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._done.wait(self._pause_s):
            for path in self._paths:
                self.answers += 1
                if self._read(path) not in [tree[path] for tree in self._trees]:
                    self.wrong.append(path)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


@contextmanager
def shown(live: Path) -> Iterator[Read]:
    """Show a folder by nginx; yields what reads a path there."""
    with open_folder() as folder:
        port = free_port()
        with nginx(live, folder / "nginx", port):
            yield lambda path: get(f"http://127.0.0.1:{port}/{path}").body


@contextmanager
def by_rsync(owner: Owner, live: Path, folder: Path) -> Iterator[Read]:
    """Deploy by rsync to OpenSSH."""
    with sshd(folder / "ssh") as (ssh, _), shown(live) as read:
        owner.env["RSYNC_RSH"] = ssh
        owner.configure(tool="ssh", to=f"own:{live}")
        yield read


@contextmanager
def by_link(owner: Owner, live: Path, folder: Path) -> Iterator[Read]:
    """Deploy by rsync to a new folder each time, to which a link is switched."""
    with by_rsync(owner, live, folder) as read:
        owner.configure(tool="ssh", to=f"own:{live}", releases=2)
        yield read


@contextmanager
def by_sftp(owner: Owner, live: Path, folder: Path) -> Iterator[Read]:
    """Deploy by rclone to OpenSSH without a shell."""
    with sshd(folder / "ssh", shell=False) as (_, entries), shown(live) as read:
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to=f"own:{live}")
        yield read


@contextmanager
def by_ftp(owner: Owner, live: Path, folder: Path) -> Iterator[Read]:
    """Deploy by rclone to vsftpd."""
    with ftpd(live.parent, folder / "ftp") as entries, shown(live) as read:
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to=f"own:{live.name}")
        yield read


@contextmanager
def to_a_bucket(owner: Owner, live: Path, folder: Path) -> Iterator[Read]:
    """Deploy by rclone to an S3-compatible store."""
    with s3() as entries:
        owner.env |= remote(entries)
        owner.configure(tool="rclone", to="own:site")
        make = [need_rclone(), "mkdir", "own:site"]
        subprocess.run(make, env=owner.environment, check=True)
        scope = "test/20260101/us-east-1/s3/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={scope}"
        url = f"{entries['ENDPOINT']}/site/"
        yield lambda path: get(url + path, Authorization=signed).body


def killed(owner: Owner, folder: Path, program: Path, run: int, after_s: float) -> bool:
    """Deploy, and kill it in one run of its program; return whether it was killed."""
    (folder / "run").write_text("0")
    wrapper = folder / "bin" / program.name
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(WRAPPER.format(folder=folder, program=program))
    wrapper.chmod(0o755)
    path = f"{wrapper.parent}:{owner.environment['PATH']}"
    killing = {"KILLED_RUN": str(run), "KILLED_AFTER_S": f"{after_s:.3f}"}
    env = {**owner.environment, "PATH": path, **killing}
    done = warm.run("invoke", "deploy", "web", cwd=owner.root, env=env)
    assert done.returncode in (0, -signal.SIGKILL), done.stdout
    with (owner.root / ".build/web.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until what it started is gone
    return done.returncode != 0


Start = Callable[[Owner, Path, Path], AbstractContextManager[Read]]


@rounds(3, 20)
@pytest.mark.parametrize(
    "start",
    [by_rsync, by_link, by_sftp, by_ftp, to_a_bucket],
    ids=lambda start: start.__name__,
)
def test_no_reader_meets_a_page_that_is_neither_old_nor_new(
    tmp_path: Path, start: Start, rounds: int
) -> None:
    """Whenever a deploy is killed, each page is there; the next one heals, whatever it brings.

    Then all is there byte for byte, and nothing is left of deploys that died.
    """
    chance = random.Random(start.__name__)
    owner = Owner(tmp_path / "project", tool="ssh", to="/nowhere")
    is_rsync = start in (by_rsync, by_link)
    program = Path("/usr/bin/rsync" if is_rsync else need_rclone())
    with open_folder() as home:
        live = home / "site"
        with start(owner, live, tmp_path) as read:
            owner.publish(1)
            assert not killed(owner, tmp_path, program, 0, 0)
            runs = int((tmp_path / "run").read_text())  # of the program in a deploy
            deaths = 0
            trees = [taken(site(version)) for version in (1, 2, 3)]
            with Reader(read, 0.03 if rounds > 3 else 0.2, *trees) as reader:
                for number in range(rounds):
                    owner.publish(1 + (number + 1) % 2)
                    run = chance.randrange(runs // 2, runs)
                    after_s = chance.uniform(0, 0.15)
                    deaths += killed(owner, tmp_path, program, run, after_s)
                    version = chance.choice([1 + (number + 1) % 2, 3])
                    files = taken(owner.publish(version))  # or the owner thinks again
                    owner.deploy()
                    for path, data in files.items():
                        assert read(path) == data, path
                    if start is not to_a_bucket:
                        there = tree(live)
                        for it in (1, 2, 3):
                            for path in lasting(site(it)):
                                there.pop(path, None)
                                files.pop(path, None)
                        assert there == files
    assert reader.wrong == []
    assert deaths
    assert reader.answers > 50
