"""The editor's preview: it builds after every save and serves the pages from memory.

sources   the files that a build reads, and when to look at them
session   builds what was saved, in one thread, and tells the open pages
engine    the only part that imports what builds: broken code is a fault, not an end
tree      the built pages, by address
server    HTTP
terminal  the lines for the editor
client.js what an open page gains
"""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from importlib.util import cache_from_source
from pathlib import Path
from threading import Thread

from sitebuild.preview.server import PORTS as PORTS
from sitebuild.preview.server import Server
from sitebuild.preview.session import Session
from sitebuild.preview.terminal import EDITORS as EDITORS
from sitebuild.preview.terminal import Terminal
from sitebuild.preview.terminal import editor_link as editor_link

# The number of the listening socket, which a process that starts anew takes over.
_SOCKET = "PREVIEW_SOCKET"
# Other threads take turns with the one that builds; Python's default is 5 ms.
_TURN_S = 0.001
# How soon the server stops accepting, how long answers on their way may take, and how
# long a build that is running.
_POLL_S, _ANSWERS_S, _CLOSE_S = 0.1, 0.05, 2.0


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
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    terminal = Terminal()
    session = Session(settings.resolve(), terminal, editor, follow=follow)
    inherited = int(os.environ.pop(_SOCKET, "-1"))
    server = Server(session, port, inherited)
    url = f"http://127.0.0.1:{server.server_port}/"
    if inherited < 0:
        if port not in (0, server.server_port):
            terminal.say(f"Port {port} is taken.")
        terminal.say(f"Open {url} to see the site while you write. Ctrl-C ends this.")
        if open_browser:
            webbrowser.open(url)
    Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True).start()
    try:
        edited = session.run(is_again=inherited >= 0)
    except KeyboardInterrupt:
        session.close(_CLOSE_S)
    else:
        terminal.say(f"{edited[0]}: starting again with it")
        server.shutdown()  # who comes now waits for the new process
        session.close(_CLOSE_S, is_restart=True)
        _start_again(edited, settings.parent, server)


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
