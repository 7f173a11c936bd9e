"""HTTP for one preview: what a host answers, and news for open pages.

Python's own server is enough: it serves from memory and to one person.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from mimetypes import guess_type
from pathlib import Path
from socketserver import ThreadingTCPServer
from urllib.parse import quote, unquote, urlsplit

from sitebuild.preview.session import Session

_CLIENT = Path(__file__).with_name("client.js")
_NOT_BUILT = (
    b"<!DOCTYPE html><html lang=en><title>Not built</title>"
    b"<body><p>Not built yet.</p></body></html>"
)
# How browsers name this machine in a request, with or without a port.
_LOOPBACK = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?", re.IGNORECASE)
# Nothing is kept by a browser, guessed by it, or handed to another site.
_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingTCPServer):
    """Serves a session on a port of the loopback address; raises OSError if taken.

    `link` is the address that opens a {path} of the project at a {line}.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, session: Session, link: str, port: int) -> None:
        """Listen on a port, or on any free one for 0."""
        super().__init__(("127.0.0.1", port), Handler)
        self.session = session
        self.link = link
        self.port = self.socket.getsockname()[1]

    def handle_error(self, *_: object) -> None:
        """Print an error that ended one request; a browser that went away is none."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            sys.stderr.write(f"a request failed: {error!r}\n")


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the session and from nowhere else."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        """Answer one request, if it comes from this machine and from no other site.

        A foreign host's name may be made to point here (DNS rebinding).
        """
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body is not read, so no request follows
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin", "")
        try:
            url = urlsplit(self.path)
            path = unquote(url.path, errors="strict")
            sender = urlsplit(origin).netloc
            after = int(self.headers.get("After", 0))
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        if not _LOOPBACK.fullmatch(url.netloc or host):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif origin and sender != host:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif path == "/__preview.js":
            self._send(HTTPStatus.OK, _CLIENT.read_bytes(), _type(_CLIENT.name))
        elif path == "/__names.json":
            names = json.dumps(self.server.session.tree.names())
            self._send(HTTPStatus.OK, names.encode(), _type(path))
        else:
            self._answer(path, url.query, after)

    do_HEAD = do_GET  # noqa: N815

    def _answer(self, path: str, query: str, after: int) -> None:
        """Answer as a static host does, with everything that was saved before.

        An open page asks for itself, and names the news that it has, by their number,
        as `After`: its answer waits for other news.
        """
        tree, news = self.server.session.current(after)
        name = path.removeprefix("/")
        if not name or name.endswith("/"):
            name += "index.html"
        moved = tree.redirects.get(path, "")
        if not moved and name not in tree.files and f"{name}/index.html" in tree.files:
            moved = f"{path}/"
        if moved:
            target = quote(moved, safe="/#") + (f"?{query}" if query else "")
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": target})
            return
        status = HTTPStatus.OK
        if name not in tree.files:
            name = "404.html"
            status = HTTPStatus(404 if tree.files else 503)
        data = tree.files.get(name, _NOT_BUILT)
        headers = _type(name)
        if name.endswith(".html"):
            data = self._with_client(data, news)
            # client.js puts another <style> into the open page
            policy = f"{tree.policy(data)}; style-src-elem 'unsafe-inline'"
            headers["Content-Security-Policy"] = policy
        self._send(status, data, headers)

    def _with_client(self, page: bytes, news: Mapping[str, object]) -> bytes:
        """Return a page that loads client.js, which has the news with it."""
        tag = (
            f'<script src="/__preview.js" data-link="{escape(self.server.link)}" '
            f'data-news="{escape(json.dumps(news))}" defer></script>'
        )
        before, end, after = page.rpartition(b"</body>")
        return before + tag.encode() + end + after if end else page + tag.encode()

    def _send(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_ALWAYS, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing of requests: the terminal is for builds."""


def _type(name: str) -> dict[str, str]:
    """Return the Content-Type of a file by its name; text is UTF-8."""
    kind = guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return {"Content-Type": kind}
