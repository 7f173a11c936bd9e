"""Deploys to real servers, killed in the middle of programs while readers read."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from deploys import Owner, plain
from projects import ROOT
from servers import apache, ftpd, need_rclone, remote, s3, sshd
from test_deploy_mishaps import DEPLOY
from tools import get

# Runs rclone, and at one of its runs kills it and the deploy that started it, both of
# which are of its process group.
WRAPPER = """#!/bin/sh
run=$(($(cat {folder}/run) + 1)); echo $run > {folder}/run
[ $run = "$KILLED_RUN" ] || exec {rclone} "$@"
{rclone} "$@" & sleep "$KILLED_AFTER_S"
kill -KILL 0
"""


class Reader:
    """Reads every lasting page again and again, and keeps what is neither old nor new.

    Apache's mod_dav removes a file before it renames another over it, both in one
    request, as RFC 4918, 9.9.3 wants it: with no deploy and no kill, 44 of 4,608 answers
    were no page while 1,500 plain MOVE requests came one after the other. Its PUT
    replaces a file in one step, but rclone deletes what it failed to upload, which
    would be the live page. So `missed` counts that, and it is wrong only if the next
    answer is no page either.
    """

    def __init__(self, read: Callable[[str], bytes], *trees: dict[str, bytes]) -> None:
        self._read_once, self._trees, self.missed = read, trees, 0
        self._paths = sorted(set.intersection(*(set(tree) for tree in trees)))
        self._done = threading.Event()
        self.answers, self.wrong = 0, list[str]()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._done.wait(0.001):
            for path in self._paths:
                self.answers += 1
                try:
                    data = self._read(path)
                except OSError as error:
                    self.wrong.append(f"{path}: {error}")
                    continue
                if data not in [tree[path] for tree in self._trees]:
                    self.wrong.append(path)

    def _read(self, path: str) -> bytes:
        try:
            return self._read_once(path)
        except OSError:
            self.missed += 1
            return self._read_once(path)

    def __enter__(self) -> Reader:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._done.set()
        self._thread.join()


@contextmanager
def sftp(
    owner: Owner, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], bytes]]:
    """OpenSSH; what is live is read from the disk."""
    owner.live = folder / "live"
    with sshd(folder / "ssh") as entries:
        for name, value in remote("own", entries).items():
            patch.setenv(name, value)
        owner.configure(tool="rclone", to=f"own:{owner.live}")
        yield lambda path: (owner.live / path).read_bytes()


@contextmanager
def webdav(
    owner: Owner, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], bytes]]:
    """Apache with mod_dav; what is live is read by HTTP."""
    owner.live = folder / "live"
    with apache(owner.live, folder / "apache") as address:
        entries = {"TYPE": "webdav", "VENDOR": "other", "URL": f"{address}/dav"}
        for name, value in remote("own", entries).items():
            patch.setenv(name, value)
        owner.configure(tool="rclone", to="own:")

        def read(path: str) -> bytes:
            answer = get(f"{address}/{path}")
            if answer.status != 200:
                raise OSError(answer.status)
            return answer.body

        yield read


@contextmanager
def ftp(
    owner: Owner, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], bytes]]:
    """vsftpd; what is live is read from the disk."""
    owner.live = folder / "site" / "live"
    owner.live.mkdir(parents=True)
    with ftpd(folder / "site", folder / "ftp") as entries:
        for name, value in remote("own", entries).items():
            patch.setenv(name, value)
        owner.configure(tool="rclone", to="own:live")
        yield lambda path: (owner.live / path).read_bytes()


@contextmanager
def bucket(
    owner: Owner, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], bytes]]:
    """An S3-compatible store; what is live is read by HTTP."""
    patch.setenv("AWS_ACCESS_KEY_ID", "test")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "test-test-test")
    patch.delenv("AWS_CA_BUNDLE", raising=False)
    with s3() as entries:
        for name, value in remote("own", entries).items():
            patch.setenv(name, value)
        subprocess.run([need_rclone(), "mkdir", "own:site"], check=True)
        owner.configure(tool="rclone", to="own:site")
        scope = "test/20260101/us-east-1/s3/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={scope}"

        def read(path: str) -> bytes:
            url = f"{entries['ENDPOINT']}/site/{path}"
            answer = get(url, Authorization=signed)
            if answer.status != 200:
                raise OSError(answer.status)
            return answer.body

        yield read


def killed(owner: Owner, folder: Path, run: int, after_s: float) -> bool:
    """Deploy, and kill it in one run of rclone; returns whether it was killed."""
    (folder / "run").write_text("0")
    wrapper = folder / "rclone"
    wrapper.write_text(WRAPPER.format(folder=folder, rclone=need_rclone()))
    wrapper.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", DEPLOY, str(owner.settings)],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{folder}:{os.environ['PATH']}",
            "KILLED_RUN": str(run),
            "KILLED_AFTER_S": f"{after_s:.3f}",
        },
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    with (owner.root / ".build/releases/lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until what it started is gone
    return done.returncode != 0


Read = Callable[[str], bytes]
Start = Callable[[Owner, Path, pytest.MonkeyPatch], AbstractContextManager[Read]]


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "start", [sftp, webdav, ftp, bucket], ids=lambda start: start.__name__
)
def test_no_reader_meets_a_page_that_is_neither_old_nor_new(
    owner: Owner,
    open_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    start: Start,
    kills: int,
) -> None:
    """Whenever rclone and the deploy are killed, each page is there; it goes on well."""
    random_moments = random.Random("kills")
    new = plain(owner.publish(2))
    old = plain(owner.publish(1))
    with start(owner, open_folder, monkeypatch) as read:
        assert not killed(owner, tmp_path, 0, 0)
        runs = int((tmp_path / "run").read_text())  # of rclone in a deploy
        with Reader(read, old, new) as reader:
            number = 0
            while number < kills:
                version = 2 - number % 2
                owner.publish(version)
                run = random_moments.randrange(runs // 3, runs)
                after_s = random_moments.uniform(0, 0.15)
                assert killed(owner, tmp_path, run, after_s), (run, runs)
                number += 1
                owner.deploy()
                for path, data in plain(owner.publish(version)).items():
                    assert read(path) == data, path
    assert reader.wrong == []
    assert reader.answers > 100
    assert start is webdav or not reader.missed
