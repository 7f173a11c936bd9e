"""Commands of a project, run in children of one process that has imported what they need.

A child is a fork, so that a command begins at once where Python would take half a second
to start. It may be killed before its n-th change of the disk or start of a program, each
of which Python announces (PEP 578), so that no clock decides where it dies.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import resource
import runpy
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import drawing

ROOT = Path(__file__).resolve().parents[2]
REQUEST_BYTES = 200_000
STEPS = {
    *("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime", "os.chmod"),
    *("os.link", "subprocess.Popen", "socket.connect", "shutil.rmtree"),
}
# Where the tests keep drawn pictures. A child takes them and adds none, which would be a
# step that no command takes by itself.
pictures = Path(os.devnull)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Done(NamedTuple):
    """How a command ended: its code, -9 where it was killed, and what it printed."""

    returncode: int
    stdout: str
    stderr: str
    steps: int


def run(
    *words: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    last: int | str = 0,
    apart: bool = False,
    largest_file: int = 0,
) -> Done:
    """Run `python -m` with some words in a folder; what it prints is one text, or two.

    It is killed before the step `last`: a number, or `event:n` for the n-th of an event.
    A `largest_file` in bytes is where its disk refuses to write on.
    """
    environment = {**(env or os.environ), "PYTHONDONTWRITEBYTECODE": "1"}
    request = {"words": words, "cwd": str(cwd), "env": environment, "last": str(last)}
    request["largest_file"] = largest_file
    with TemporaryFile() as out, TemporaryFile() as err:
        files = [out.fileno(), err.fileno() if apart else out.fileno()]
        if _starts_otherwise(environment):
            code, steps = _start(words, cwd, environment, files), 0
        else:
            socket.send_fds(_server(), [f"{json.dumps(request)}\n".encode()], files)
            code, steps = map(int, _server().recv(REQUEST_BYTES).split())
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return Done(code, *texts, steps)


def _starts_otherwise(environment: Mapping[str, str]) -> bool:
    """Whether Python would read at its start what it did not here."""
    names = [name for name in environment if name.startswith("PYTHON")]
    names.remove("PYTHONDONTWRITEBYTECODE")
    return any(environment[name] != os.environ.get(name) for name in names)


def _start(
    words: Sequence[str], cwd: Path, environment: Mapping[str, str], files: list[int]
) -> int:
    command = [sys.executable, "-m", *words]
    out, err = files
    return subprocess.run(
        command, check=False, cwd=cwd, env=environment, stdout=out, stderr=err
    ).returncode


@cache
def _server() -> socket.socket:
    """Start the process, which ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    command = [sys.executable, __file__, str(theirs.fileno()), str(pictures)]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT)
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(requests: socket.socket, folder: Path) -> None:
    """Fork a child for each request; answer with its code and its number of steps.

    Builds take pictures from a folder.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_all()
    drawing.remember(folder, keeps=False)
    while True:
        data, files, *_ = socket.recv_fds(requests, REQUEST_BYTES, 2)
        if not data:
            return
        while not data.endswith(b"\n"):
            data += requests.recv(REQUEST_BYTES)
        counted, answer = os.pipe()
        child = os.fork()
        if not child:
            _run(json.loads(data), files, answer)
        for file in (*files, answer):
            os.close(file)
        end = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        steps = os.read(counted, 100).decode() or "0"
        os.close(counted)
        requests.send(f"{end} {steps}".encode())


def _import_all() -> None:
    """Import what a build imports, and every module that stands beside its plugins."""
    from pelican import Pelican
    from pelican.settings import read_settings

    before = set(sys.modules)
    plugins = Pelican(read_settings(str(ROOT / "pelicanconf.py"))).plugins
    for package in {plugin.__name__.partition(".")[0] for plugin in plugins}:
        folder = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(folder, f"{package}."):
            importlib.import_module(module.name)
    for name in {"pelicanconf", "publishconf", "tasks"} - before:
        sys.modules.pop(name, None)
    importlib.import_module("invoke")
    gc.freeze()


def _run(request: dict[str, Any], files: list[int], answer: int) -> None:
    """Be the command, and end."""
    code, steps = 1, Counter[str]()
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()  # what it starts is killed together, and nothing else
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        time.tzset()
        for number, file in enumerate([os.open(os.devnull, os.O_RDONLY), *files]):
            os.dup2(file, number)
        sys.path[0] = ""
        sys.argv = list(request["words"])
        if largest := request["largest_file"]:
            _limit_files(largest)
        steps = _count_steps(request["last"], answer)
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        _limit_files(resource.RLIM_INFINITY)  # what was printed goes to a file, too
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(answer, str(steps.total()).encode())
        os._exit(code)


def _limit_files(largest: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def _count_steps(last: str, answer: int) -> Counter[str]:
    """Count the steps that are taken from now on; die before the one that is the last."""
    events: Counter[str] = Counter()

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        is_exchange = event == "ctypes.dlsym" and arguments[1] == "renameat2"
        is_write = event == "open" and arguments[2] & WRITES
        if event in STEPS or is_exchange or is_write:
            events[event] += 1
            if last in (str(events.total()), f"{event}:{events[event]}"):
                os.write(answer, str(events.total()).encode())
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(note)
    return events


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _requests:
        _serve(_requests, Path(sys.argv[2]))
