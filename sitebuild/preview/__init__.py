"""The editor's preview: it builds after every save and serves the pages from memory.

session   sees what was saved, builds it, and tells who waits for it
engine    the only part that imports what builds: broken code is a fault, not an end
server    HTTP
client.js what an open page gains

Edited code of the project is loaded anew, but for what is named here beside `engine`.
"""

from __future__ import annotations

import signal
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from threading import Thread

from sitebuild.preview.server import Server
from sitebuild.preview.session import Session, say

PORTS = 65536  # RFC 9293, 3.1
_TRIED_PORTS = 100
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
# Other threads take turns with the one that builds; Python's default is 5 ms.
_TURN_S = 0.001
_ENDINGS = (signal.SIGINT, signal.SIGTERM)


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
    session = Session(settings, follow=follow)
    link = editor.replace("{path}", f"{settings.parent.as_posix()}/{{path}}")
    server = _server(session, link, port)
    url = f"http://127.0.0.1:{server.port}/"
    if port not in (0, server.port):
        say(f"Port {port} is taken.")
    say(f"Open {url} to see the site while you write. Ctrl-C ends this.")
    if open_browser:
        webbrowser.open(url)
    Thread(target=server.serve_forever, daemon=True).start()
    with suppress(KeyboardInterrupt):
        session.run()
    session.close()


def _end(*_: object) -> None:
    """End at the first signal; another is not heard while the folder is written."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _server(session: Session, link: str, port: int) -> Server:
    """Listen on the first free port from `port` on; raise SystemExit for none."""
    last = min(port + _TRIED_PORTS, PORTS) - 1
    for number in range(port, last + 1):
        with suppress(OSError):
            return Server(session, link, number)
    raise SystemExit(f"no port from {port} to {last} is free; name another with --port")
