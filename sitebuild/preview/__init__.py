"""The editor's preview: it builds after every save and serves the pages from memory.

sources   the files that a build reads, and when to look at them
session   builds what was saved, and tells who waits for it
engine    the only part that imports what builds: broken code is a fault, not an end
server    HTTP
client.js what an open page gains
"""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from socket import create_server, socket
from threading import Thread

from sitebuild.preview.server import Server
from sitebuild.preview.session import Session, say

PORTS = 65536  # RFC 9293, 3.1
_TRIED_PORTS = 100
_WAITING = 1024  # connections
# The addresses by which editors open a line of a file.
EDITORS = {
    "code": "vscode://file{path}:{line}",
    "codium": "vscodium://file{path}:{line}",
    "cursor": "cursor://file{path}:{line}",
    "idea": "idea://open?file={path}&line={line}",
    "mate": "txmt://open?url=file://{path}&line={line}",
    "pycharm": "pycharm://open?file={path}&line={line}",
    "vscode": "vscode://file{path}:{line}",
    "zed": "zed://file{path}:{line}",
}
# The number of the listening socket, which a process that starts anew takes over.
_SOCKET = "PREVIEW_SOCKET"
# Other threads take turns with the one that builds; Python's default is 5 ms.
_TURN_S = 0.001
_ENDINGS = (signal.SIGINT, signal.SIGTERM)
# How soon the server stops accepting, and how long answers on their way may take.
_POLL_S, _ANSWERS_S = 0.1, 0.05


def serve(
    settings: Path,
    port: int = 8000,
    open_browser: bool = False,
    editor: str = "",
    follow: bool = False,
) -> None:
    """Preview the project of a settings file on loopback until interrupted.

    `port` is the first to try, 0 any free one. `editor` is the address by which an
    editor opens a line, with {path} and {line}, or "". With `follow` the browser goes
    to the edited page.
    """
    sys.setswitchinterval(_TURN_S)
    for number in _ENDINGS:
        signal.signal(number, _end)
    settings = settings.resolve()
    inherited = int(os.environ.pop(_SOCKET, "-1"))
    listening = socket(fileno=inherited) if inherited >= 0 else _listen(port)
    session = Session(settings, follow=follow, is_again=inherited >= 0)
    link = editor.replace("{path}", f"{settings.parent.as_posix()}/{{path}}")
    server = Server(session, link, listening)
    url = f"http://127.0.0.1:{server.server_port}/"
    if inherited < 0:
        if port not in (0, server.server_port):
            say(f"Port {port} is taken.")
        say(f"Open {url} to see the site while you write. Ctrl-C ends this.")
        if open_browser:
            webbrowser.open(url)
    Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True).start()
    try:
        edited = session.run()
        say(f"{edited[0]}: starting again with it")
        server.shutdown()  # who comes now waits for the new process
        session.close()
        _start_again(edited, settings.parent, server)
    except KeyboardInterrupt:
        session.close()


def _end(*_: object) -> None:
    """End at the first signal; another is not heard while the folder is written."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _listen(port: int) -> socket:
    """Listen on the first free port from `port` on; raise SystemExit for none."""
    last = min(port + _TRIED_PORTS, PORTS) - 1
    for number in range(port, last + 1):
        with suppress(OSError):
            return create_server(("127.0.0.1", number), backlog=_WAITING)
    raise SystemExit(f"no port from {port} to {last} is free; name another with --port")


def _start_again(edited: list[str], root: Path, server: Server) -> None:
    """Become a new process with the edited code, on the same port.

    Compiled code is removed: Python does not see an edit that keeps the size of a file
    within one second.
    """
    for name in edited:
        Path(cache_from_source(str(root / name))).unlink(missing_ok=True)
    os.set_inheritable(server.fileno(), True)
    os.environ[_SOCKET] = str(server.fileno())
    sys.stdout.flush()
    time.sleep(_ANSWERS_S)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
