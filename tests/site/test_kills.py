"""Deploys to real servers that are killed in the middle, while readers read over HTTP."""

from __future__ import annotations

import fcntl
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import warm
from helpers import rounds
from hosts import SIGNED, ftpd, need_rclone, nginx, open_folder, remote, s3, sshd
from owners import Owner, lasting, site, taken, tree
from programs import need
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


# How each transport is named in a target, but for its place.
TARGETS: dict[str, dict[str, Any]] = {
    "rsync": {"tool": "ssh"},
    "link": {"tool": "ssh", "releases": 2},
    "sftp": {"tool": "rclone"},
    "ftp": {"tool": "rclone"},
    "bucket": {"tool": "rclone"},
}


@contextmanager
def started(transport: str, owner: Owner, live: Path, folder: Path) -> Iterator[Read]:
    """Start what an owner deploys to, and what shows it; yields what reads a path there.

    rsync deploys to OpenSSH, for a link to a new folder each time; rclone to OpenSSH
    without a shell, to vsftpd, and to an S3-compatible store.
    """
    to, port = f"own:{live}", free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        if transport == "bucket":
            entries, to = stack.enter_context(s3()), "own:site"
            url = f"{entries['ENDPOINT']}/site"
        elif transport == "ftp":
            entries = stack.enter_context(ftpd(live.parent, folder / "ftp"))
            to = f"own:{live.name}"
        else:
            server = sshd(folder / "ssh", shell=transport != "sftp")
            owner.env["RSYNC_RSH"], entries = stack.enter_context(server)
        owner.env |= remote(entries)
        owner.configure(to=to, **TARGETS[transport])
        if transport == "bucket":
            make = [need_rclone(), "mkdir", to]
            subprocess.run(make, env=owner.environment, check=True)
        else:
            stack.enter_context(nginx(live, stack.enter_context(open_folder()), port))
        yield lambda path: get(f"{url}/{path}", **SIGNED).body


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


@rounds(3, 20)
@pytest.mark.parametrize("transport", TARGETS)
def test_no_reader_meets_a_page_that_is_neither_old_nor_new(
    tmp_path: Path, transport: str, rounds: int
) -> None:
    """Whenever a deploy is killed, each page is there; the next one heals, whatever it brings.

    Then all is there byte for byte, and nothing is left of deploys that died.
    """
    chance = random.Random(transport)
    owner = Owner(tmp_path / "project", tool="ssh", to="/nowhere")
    is_rsync = TARGETS[transport]["tool"] == "ssh"
    program = Path(need("rsync") if is_rsync else need_rclone())
    with open_folder() as home:
        live = home / "site"
        with started(transport, owner, live, tmp_path) as read:
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
                    if transport != "bucket":
                        there = tree(live)
                        for it in (1, 2, 3):
                            for path in lasting(site(it)):
                                there.pop(path, None)
                                files.pop(path, None)
                        assert there == files
    assert reader.wrong == []
    assert deaths
    assert reader.answers > 50
