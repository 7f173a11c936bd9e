"""What the tests of publishing share: programs and servers."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import programs

# Below the ports that systems give to whoever asks for any: what asks for port 0 at the
# same time never gets one of these.
PORTS = range(10_000, 32_000)
# For a server that neither starts nor ends; no test waits so long for anything else.
START_LIMIT_S, STOP_LIMIT_S = 90, 20


def need_npm(name: str) -> str:
    """Return the path of a program of npm, and put its Node on the PATH."""
    folder = str(Path(programs.node()[0]).parent)
    if folder not in os.environ["PATH"].split(":"):
        os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    return str(Path(programs.need(name)) / ".bin" / name)


def free_port() -> int:
    """Return a port that nothing listens on, by chance one that nobody else picks."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class _Server:
    """A process whose output is read until it ends."""

    def __init__(self, command: list[str], ready: str, env: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._ready = ready
        self._up = threading.Event()
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **env},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout:
            for line in self._process.stdout:
                self.lines.append(line)
                if self._ready in line:
                    self._up.set()
        self._up.set()

    def wait(self) -> None:
        """Wait until it is ready; fail with its output if it ends before."""
        self._up.wait(START_LIMIT_S)
        is_ready = any(self._ready in line for line in self.lines)
        assert is_ready, f"{self._process.args} did not start:\n{''.join(self.lines)}"

    def stop(self) -> None:
        """End it, by force if need be."""
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()


@contextmanager
def serving(
    command: list[str], ready: str, env: Mapping[str, str] | None = None
) -> Iterator[list[str]]:
    """Run a server while the body of the `with` runs, from when its output has `ready`.

    Yield the lines of its output, still growing.
    """
    server = _Server(command, ready, env or {})
    try:
        server.wait()
        yield server.lines
    finally:
        server.stop()


class Answer(NamedTuple):
    """One response, as it came over the wire."""

    status: int
    headers: HTTPMessage
    body: bytes


def get(url: str, **headers: str) -> Answer:
    """Ask for `url`, following nothing and unpacking nothing.

    A `_` in a header's name stands for `-`.
    """
    parts = urlsplit(url)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection(parts.netloc, timeout=START_LIMIT_S)
    try:
        connection.request("GET", parts.path or "/", headers=named)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
