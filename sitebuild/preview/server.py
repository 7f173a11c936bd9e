"""HTTP for one preview: addresses, statuses and headers of a host, and the channel that tells browsers of builds."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty
from urllib.parse import parse_qs, quote, unquote, urlsplit

from sitebuild.host import headers as hosting
from sitebuild.preview import tree
from sitebuild.preview.session import Session

_CLIENT = Path(__file__).with_name("client.js")
PORTS, _TRIED = 65536, 100  # TCP has so many (RFC 9293, 3.1); so many are tried
_BEAT = (
    15  # seconds between signs of life on the channel, by which a closed one is noticed
)
_NO_PAGE = b"<!DOCTYPE html><html lang=en><title>Not built</title><body><p>Not built yet.</p></body></html>"


def is_loopback(host: str) -> bool:
    """Whether a Host header, with or without a port, names this machine to itself."""
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
        """Bind to the first free port from `port` on; where there is none, a SystemExit says so."""
        self.session = session
        last = min(port + _TRIED, PORTS) - 1
        for number in range(port, last + 1):
            with suppress(OSError):
                super().__init__(("127.0.0.1", number), Handler)
                return
        raise SystemExit(
            f"no port from {port} to {last} is free; name another with --port"
        )

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """A browser that went away is no news; anything else ends one connection with a line, not the server."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            sys.stderr.write(f"a request failed: {error!r}\n")


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the session's tree and from nowhere else."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "preview", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def __getattr__(self, name: str) -> object:
        """Every method but GET and HEAD is refused in one way (RFC 9110, 15.5.6)."""
        if name.startswith("do_"):
            return lambda: self._refuse(
                HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"}
            )
        raise AttributeError(name)

    def do_GET(self) -> None:
        """Answer one request."""
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = (
                True  # a body is not read, so what follows it is no request
            )
        try:
            url = urlsplit(
                self.path
                if not self.path.startswith("//")
                else f"/{self.path.lstrip('/')}"
            )
            path = unquote(url.path, errors="strict")
        except ValueError:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        if not is_loopback(url.netloc or self.headers.get("Host", "")):
            return self._refuse(
                HTTPStatus.MISDIRECTED_REQUEST
            )  # a foreign name led here (DNS rebinding)
        if path == "/__preview.js":
            return self._send(
                200, _CLIENT.read_bytes(), {"Content-Type": tree.content_type("x.js")}
            )
        if path == "/__events":
            return self._stream(parse_qs(url.query))
        return self._file(path, url.query)

    do_HEAD = do_GET  # noqa: N815

    def _file(self, path: str, query: str) -> None:
        now = self.server.session.fresh()
        found = tree.find(path, now)
        if found.location:
            target = quote(found.location, safe="/#") + (f"?{query}" if query else "")
            return self._send(found.status, b"", {"Location": target})
        data = now.files.get(found.name, _NO_PAGE)
        etag = {"ETag": f'"{tree.digest(data)}"'}
        if found.status == HTTPStatus.OK and etag["ETag"] in self.headers.get(
            "If-None-Match", ""
        ):
            return self._send(HTTPStatus.NOT_MODIFIED, b"", etag)
        own = hosting.headers_for(found.name, now.files) if found.name else {}
        headers: Mapping[str, str] = {
            "Content-Type": tree.content_type(found.name or "404.html"),
            **own,
        }
        if headers["Content-Type"].startswith("text/html"):
            data, headers = tree.with_client(found.name, data, headers)
        status = found.status if now.files else HTTPStatus.SERVICE_UNAVAILABLE
        return self._send(status, data, {**headers, **etag})

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
        self._send(
            status,
            f"{status.phrase}\n".encode(),
            {"Content-Type": "text/plain; charset=utf-8", **(headers or {})},
        )

    def _stream(self, query: Mapping[str, list[str]]) -> None:
        """Server-sent events (HTML Living Standard 9.2): a message for every build, until the browser goes."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        session = self.server.session
        client = session.subscribe(
            query.get("path", ["/"])[0], query.get("page", [""])[0]
        )
        try:
            while not session.stop.is_set() and self.command != "HEAD":
                try:
                    line = f"data: {client.get(timeout=_BEAT)}\n\n"
                except Empty:
                    line = ":\n\n"
                self.wfile.write(line.encode())
                self.wfile.flush()
        finally:
            session.unsubscribe(client)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
        """Say nothing of requests: the terminal is for builds."""
