"""Kills a job before its n-th change of the disk or start of a program.

Python announces each such step as an audit event (PEP 578), so no clock decides where a
job dies.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from projects import SITEURL

# Forks a child for each job, so that a kill costs no start of Python. A line of its
# input is a job, the settings file, and the step before which the child dies: its number, or
# `event:n` for the n-th of one event; 0 for none. It answers with the number of steps
# taken and how the child ended.
VICTIM = """
import os, signal, sys
from collections import Counter
from pathlib import Path
from runpy import run_path
from invoke import Context
from pelican import Pelican
from pelican.settings import read_settings
from projects import SITEURL, run_pelican

JOBS = {
    "build": lambda path: run_pelican(path, SITEURL=SITEURL),
    "publish": lambda path: run_path(str(path.parent / "tasks.py"))["publish"](Context()),
}
STEPS = {
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime", "os.chmod", "os.link",
    "subprocess.Popen", "socket.connect", "shutil.rmtree",
}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def is_step(event, arguments):
    if event == "open":
        return bool(arguments[2] & WRITES)
    if event == "ctypes.dlsym":
        return arguments[1] == "renameat2"
    return event in STEPS


def run(job, path, last, answers):
    steps = 0
    events = Counter()

    def count(event, arguments):
        nonlocal steps
        if is_step(event, arguments):
            steps += 1
            events[event] += 1
            if last in (str(steps), f"{event}:{events[event]}"):
                os.write(answers, b"%d\\n" % steps)
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    JOBS[job](Path(path))
    os.write(answers, b"%d\\n" % steps)


for line in sys.stdin:
    job, path, last = line.split()
    Pelican(read_settings(path))  # the plugins are imported once
    reading, answers = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(2, 1)  # what a job prints is no answer
        try:
            run(job, path, last, answers)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    os.close(answers)
    end = os.waitpid(child, 0)[1]
    said = os.read(reading, 100).decode().strip() or "0"
    os.close(reading)
    print(said, end, flush=True)
"""


class Outcome(NamedTuple):
    """How a job ended: after how many steps, and whether it was killed."""

    steps: int
    was_killed: bool


class Victim:
    """Runs jobs, and kills them at a step."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", VICTIM],
            cwd=Path(__file__).parent,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "SITEURL": SITEURL},
        )

    def run(self, job: str, settings: Path, last: int | str = 0) -> Outcome:
        """Run a job and kill it before a step (0: let it end).

        A job that takes fewer steps ends by itself.
        """
        self.process.stdin.write(f"{job} {settings} {last}\n")
        self.process.stdin.flush()
        steps, end = map(int, self.process.stdout.readline().split())
        assert end in (0, signal.SIGKILL), f"{job} ended with {end}"
        return Outcome(steps, was_killed=end != 0)


@contextmanager
def victim() -> Iterator[Victim]:
    """A process that runs jobs, ended in the end."""
    one = Victim()
    try:
        yield one
    finally:
        assert one.process.stdin
        assert one.process.stdout
        one.process.stdin.close()
        one.process.wait()
        one.process.stdout.close()
