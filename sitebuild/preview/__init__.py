"""The editor's server: builds at every save, serves the last good pages, says what changed and what is wrong.

`watcher` looks at the sources, `builder` keeps a build process warm, `tree` holds what is served, `session` ties them
together, `server` speaks HTTP, `client.js` is what pages gain in responses.
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
    """Each connection is an open file, and the limit a system begins with may be few."""
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
    """Preview the project of a settings file on loopback until interrupted or told to end.

    `port`, below PORTS, is the first to try. `editor` is the address scheme by which an editor opens files, such as
    "vscode". With `follow` the browser goes to the edited page.
    """
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # as Ctrl-C: the build process ends too
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
