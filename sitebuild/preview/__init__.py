"""The editor's preview: it builds after every save and serves the pages from memory.

sources   the files that a build reads, and when to look at them
session   builds what was saved, in one thread, and tells who waits for it
engine    the only part that imports what builds: broken code is a fault, not an end
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
from sitebuild.preview.terminal import Terminal

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
# How soon the server stops accepting, how long answers on their way may take, and how
# long a build that is running.
_POLL_S, _ANSWERS_S, _CLOSE_S = 0.1, 0.05, 2.0


def editor_link(editor: str) -> str:
    """Return the address of a line for an editor, with {path} and {line}.

    Raise KeyError where neither EDITORS nor the editor's own address says it.
    """
    if not editor or ("{path}" in editor and "{line}" in editor):
        return editor
    return EDITORS[editor]


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
    settings = settings.resolve()
    terminal = Terminal()
    session = Session(settings, terminal, follow=follow)
    inherited = int(os.environ.pop(_SOCKET, "-1"))
    link = editor.replace("{path}", f"{settings.parent.as_posix()}/{{path}}")
    server = Server(session, link, port, inherited)
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
        session.close(_CLOSE_S)
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
