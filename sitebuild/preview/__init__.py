"""The editor's server: it builds after every save and serves the last good pages.

watcher   which sources differ from those of the last build
worker    the process that builds
builder   that process, as the server sees it
tree      the built site in memory
builds    one build at a time, in a process that has the current code
progress  lets a request wait for the build that has its save in it
browsers  the messages to open pages
terminal  the lines for the editor
session   the loop that joins these
server    HTTP
client.js what a page gains in a response
"""

from __future__ import annotations

import signal
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from threading import Thread

from sitebuild.preview.server import PORTS as PORTS
from sitebuild.preview.server import Server
from sitebuild.preview.session import Session


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _allow_many_connections() -> None:
    """Raise the limit of open files: each connection is one, and few are allowed."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def serve(
    settings: Path,
    port: int = 8000,
    open_browser: bool = False,
    editor: str = "",
    follow: bool = False,
) -> None:
    """Preview the project of a settings file on loopback until interrupted.

    `port`, below PORTS, is the first to try. `editor` is the address scheme by which
    an editor opens files, such as "vscode". With `follow` the browser goes to the
    edited page.
    """
    # As Ctrl-C does, SIGTERM ends the build process too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _allow_many_connections()
    session = Session(settings.resolve(), _say, editor, follow=follow)
    server = Server(port, session)
    url = f"http://127.0.0.1:{server.server_port}/"
    if port not in (0, server.server_port):
        _say(f"port {port} is taken")
    _say(f"serving {url} until you press Ctrl-C")
    Thread(target=server.serve_forever, daemon=True).start()
    if open_browser:
        webbrowser.open(url)
    try:
        session.run()
    except KeyboardInterrupt:
        pass
    finally:
        session.close()
        server.shutdown()
        server.server_close()
