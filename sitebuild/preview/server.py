"""HTTP for one preview: the answers of a host, and the messages to open pages."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from sitebuild.host.pages import policy
from sitebuild.preview import tree
from sitebuild.preview.browsers import Client
from sitebuild.preview.session import Session
from sitebuild.preview.tree import Found, Tree

PORTS = 65536  # RFC 9293, 3.1
_TRIED_PORTS = 100
_CLIENT = Path(__file__).with_name("client.js")
_CLIENT_PATH, _EVENTS_PATH = "/__preview.js", "/__events"
# A comment is sent this often, so that a page that has gone is noticed.
_HEARTBEAT_S = 15
_FRAMES = "frame-ancestors 'none'"
_NO_PAGE = (
    b"<!DOCTYPE html><html lang=en><title>Not built</title>"
    b"<body><p>Not built yet.</p></body></html>"
)


def is_loopback(host: str) -> bool:
    """Return whether a Host header, with or without a port, names this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Server(ThreadingHTTPServer):
    """Serves a session on a loopback address."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, port: int, session: Session) -> None:
        """Bind to the first free port from `port` on; raise SystemExit if none is."""
        self.session = session
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

    def __getattr__(self, name: str) -> object:
        """Refuse every other method in one way (RFC 9110, 15.5.6)."""
        if not name.startswith("do_"):
            raise AttributeError(name)
        allowed = {"Allow": "GET, HEAD"}
        return lambda: self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, allowed)

    def do_GET(self) -> None:
        """Answer one request."""
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            # A body is not read, so what follows it is no request.
            self.close_connection = True
        try:
            url = self._url()
            path = unquote(url.path, errors="strict")
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if not is_loopback(url.netloc or self.headers.get("Host", "")):
            # A foreign name was made to point here (DNS rebinding).
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        elif path == _CLIENT_PATH:
            kind = {"Content-Type": tree.content_type(_CLIENT.name)}
            self._send(HTTPStatus.OK, _CLIENT.read_bytes(), kind)
        elif path == _EVENTS_PATH:
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
        current = self.server.session.wait_until_current()
        found = tree.find(path, current)
        if found.location:
            self._redirect(found, query)
            return
        data = current.files.get(found.name, _NO_PAGE)
        etag = {"ETag": f'"{tree.digest(data)}"'}
        known = self.headers.get("If-None-Match", "")
        if found.status == HTTPStatus.OK and etag["ETag"] in known:
            self._send(HTTPStatus.NOT_MODIFIED, b"", etag)
            return
        headers = {**_headers(found.name, current), **etag}
        if headers["Content-Type"].startswith("text/html"):
            is_draft = path in current.drafts
            tag = tree.client_tag(found.name, data, is_draft=is_draft)
            data = tree.with_client(data, tag)
            headers = tree.allow_client(headers)
        status = found.status if current.files else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, data, headers)

    def _redirect(self, found: Found, query: str) -> None:
        target = quote(found.location, safe="/#")
        if query:
            target += f"?{query}"
        self._send(found.status, b"", {"Location": target})

    def _send(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _refuse(
        self, status: HTTPStatus, headers: Mapping[str, str] | None = None
    ) -> None:
        self.close_connection = True
        kind = {"Content-Type": "text/plain; charset=utf-8"}
        self._send(status, f"{status.phrase}\n".encode(), {**kind, **(headers or {})})

    def _stream(self, query: Mapping[str, list[str]]) -> None:
        """Send an event for every message until the browser goes.

        See server-sent events, HTML Living Standard 9.2.
        """
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        session = self.server.session
        path = query.get("path", ["/"])[0]
        client = session.subscribe(path, query.get("page", [""])[0])
        try:
            for event in self._events(client):
                self.wfile.write(event.encode())
                self.wfile.flush()
        finally:
            session.unsubscribe(client)

    def _events(self, client: Client) -> Iterator[str]:
        while not self.server.session.stop.is_set():
            try:
                yield f"data: {client.get(timeout=_HEARTBEAT_S)}\n\n"
            except Empty:
                yield ":\n\n"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing of requests: the terminal is for builds."""


def _headers(name: str, current: Tree) -> dict[str, str]:
    """Return the headers of a file, with the policy of the page; of none, its type."""
    if not name:
        return {"Content-Type": tree.content_type("404.html")}
    return {
        "Content-Type": tree.content_type(name),
        "Content-Security-Policy": f"{policy(current.files[name])}; {_FRAMES}",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
