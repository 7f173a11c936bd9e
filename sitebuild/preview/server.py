"""HTTP for one preview: what a host answers, and the messages to open pages.

Python's own server is enough: it serves from memory and to one person.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from queue import Empty
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from sitebuild.preview import tree as trees
from sitebuild.preview.session import Session

PORTS = 65536  # RFC 9293, 3.1
_TRIED_PORTS = 100
_CLIENT = Path(__file__).with_name("client.js")
# How browsers name this machine in a request, with or without a port.
_LOOPBACK = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?", re.IGNORECASE)
# A comment is sent this often, so that a page that has gone is noticed.
_HEARTBEAT_S = 15
# Nothing is kept by a browser, guessed by it, or handed to another site.
_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Serves a session on a loopback address."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, session: Session, port: int, inherited: int = -1) -> None:
        """Listen on the first free port from `port` on, or on an inherited socket.

        Raise SystemExit where no port is free.
        """
        self.session = session
        if inherited >= 0:
            super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=False)
            self.socket = socket.socket(fileno=inherited)
            self.server_port = self.socket.getsockname()[1]
            return
        last = min(port + _TRIED_PORTS, PORTS) - 1
        for number in range(port, last + 1):
            with suppress(OSError):
                super().__init__(("127.0.0.1", number), Handler)
                return
        raise SystemExit(
            f"no port from {port} to {last} is free; name another with --port"
        )

    def handle_error(self, *_: object) -> None:
        """Print an error that ended one request; a browser that went away is none."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            sys.stderr.write(f"a request failed: {error!r}\n")


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the session's tree and from nowhere else."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "preview"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        """Answer one request."""
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body is not read, so no request follows
        try:
            url = self._url()
            path = unquote(url.path, errors="strict")
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        if not _LOOPBACK.fullmatch(url.netloc or self.headers.get("Host", "")):
            # A foreign name was made to point here (DNS rebinding).
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif path == "/__preview.js":
            self._send(HTTPStatus.OK, _CLIENT.read_bytes(), _type(_CLIENT.name))
        elif path == "/__names.json":
            self._send(HTTPStatus.OK, self._names(), _type("names.json"))
        elif path == "/__events":
            self._stream(parse_qs(url.query))
        else:
            self._answer(path, url.query)

    do_HEAD = do_GET  # noqa: N815

    def _url(self) -> SplitResult:
        """Return the request's target; its path may begin with several slashes."""
        if self.path.startswith("//"):
            return urlsplit("/" + self.path.lstrip("/"))
        return urlsplit(self.path)

    def _answer(self, path: str, query: str) -> None:
        """Answer from the tree, with everything in it that was saved before."""
        session = self.server.session
        tree = session.current()
        found = tree.find(path)
        if session.is_restarting:  # the process that starts anew answers
            self._redirect(HTTPStatus.TEMPORARY_REDIRECT, path, query)
        elif found.location:
            self._redirect(found.status, found.location, query)
        elif found.name and not found.name.endswith(".html"):
            self._send(found.status, tree.files[found.name], _type(found.name))
        else:
            page = tree.page(found.name)
            status = found.status if tree.files else HTTPStatus.SERVICE_UNAVAILABLE
            headers = {"Content-Security-Policy": tree.policy(page)}
            self._send(status, trees.with_client(page), _type("a.html") | headers)

    def _names(self) -> bytes:
        """Return, for client.js, what stands at which address of the site."""
        session = self.server.session
        found = {}
        for name in session.tree.names:
            at = f"{name.place.file}:{name.place.line}"
            url = session.link(name.place.file, name.place.line)
            for address in name.addresses:
                found[address] = [name.kind, name.name, name.addresses[0], at, url]
        return json.dumps(found).encode()

    def _redirect(self, status: int, path: str, query: str) -> None:
        self.close_connection = True
        target = quote(path, safe="/#") + (f"?{query}" if query else "")
        self._send(status, b"", {"Location": target})

    def _send(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_ALWAYS, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _stream(self, query: Mapping[str, list[str]]) -> None:
        """Send an event for every message until the browser goes.

        See server-sent events, HTML Living Standard 9.2. A page of another site may
        not listen.
        """
        origin = self.headers.get("Origin", "")
        if origin and urlsplit(origin).netloc != self.headers.get("Host"):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        for name, value in _ALWAYS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.command == "HEAD":
            return
        session = self.server.session
        client = session.join(query.get("path", ["/"])[0], query.get("page", [""])[0])
        try:
            while not session.is_closed or not client.messages.empty():
                try:
                    event = f"data: {client.messages.get(timeout=_HEARTBEAT_S)}\n\n"
                except Empty:
                    event = ":\n\n"
                self.wfile.write(event.encode())
                self.wfile.flush()
        finally:
            session.leave(client)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing of requests: the terminal is for builds."""


def _type(name: str) -> dict[str, str]:
    """Return the Content-Type of a file by its name; text is UTF-8."""
    kind = guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return {"Content-Type": kind}
