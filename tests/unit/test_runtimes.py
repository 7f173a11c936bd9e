"""The published site in the servers that will serve it: bytes, headers, redirects, negotiation, and a browser."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
import servers
from playwright.sync_api import Browser
from tools import Answer, free_port, get, need, need_npm, serving

from sitebuild import output
from sitebuild.host.files import MANIFEST, is_shown, is_speculation
from sitebuild.host.headers import headers_for, headers_of_site

WRANGLER = "4.86.0"
# What the runtime of Cloudflare is told, as the newest day it knows.
COMPATIBILITY = "2026-05-01"
TYPES = {
    ".html": "text/html",
    ".xml": "text/xml application/xml",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".js": "text/javascript application/javascript",
}


@dataclass(frozen=True)
class Runtime:
    """A server with the published site in it; `knows` is what it can: headers, redirects, missing, compressed."""

    name: str
    url: str
    tree: Path
    knows: frozenset[str]

    def ask(self, address: str, **headers: str) -> Answer:
        """Get an address of the site."""
        return get(self.url + address, **headers)


def nginx(tree: Path, folder: Path, port: int) -> AbstractContextManager[list[str]]:
    """The nginx of the system with its brotli module and the snippet that the build made."""
    module = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"load_module {module};\ndaemon off; pid {folder}/pid; error_log stderr notice; worker_processes 1;\n"
        f"{'user root;' if Path('/root').owner() == folder.owner() else ''}\nevents {{}}\n"
        f"http {{ include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port}; root {tree}; include {tree}/_nginx.conf; }} }}\n"
    )
    command = [
        need("nginx", module),
        "-p",
        str(folder),
        "-e",
        "stderr",
        "-c",
        str(folder / "nginx.conf"),
    ]
    return serving(command, "start worker process ")


def caddy(tree: Path, folder: Path, port: int) -> AbstractContextManager[list[str]]:
    """The Caddy of the system with the snippet that the build made."""
    (folder / "Caddyfile").write_text(
        f"{{\n  admin off\n  auto_https off\n}}\nhttp://127.0.0.1:{port} {{\n  root * {tree}\n  import {tree}/_Caddyfile\n}}\n"
    )
    command = [
        need("caddy"),
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        str(folder / "Caddyfile"),
    ]
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    return serving(command, "serving initial configuration", home)


def cloudflare(
    tree: Path, folder: Path, port: int
) -> AbstractContextManager[list[str]]:
    """Cloudflare's own runtime, as wrangler brings it."""
    command = [
        need_npm("wrangler", WRANGLER),
        "pages",
        "dev",
        str(tree),
        f"--compatibility-date={COMPATIBILITY}",
    ]
    command += [
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--inspector-port",
        str(free_port()),
    ]
    return serving(
        command,
        "Ready on",
        {"HOME": str(folder), "WRANGLER_SEND_METRICS": "false", "CI": "1"},
    )


def plain(tree: Path, folder: Path, port: int) -> AbstractContextManager[list[str]]:
    """A server that knows nothing but files."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(tree),
        str(port),
    ]
    return serving(command, "Serving HTTP")


@contextmanager
def apache(tree: Path, folder: Path, port: int) -> Iterator[list[str]]:
    """The Apache of the system with the .htaccess that the build made."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        hidden = shutil.ignore_patterns("was", "_*")
        root = shutil.copytree(tree, Path(name) / "site", ignore=hidden)
        with servers.apache(root, Path(name) / "apache", port):
            yield []


RUNTIMES = {
    apache: {"headers", "redirects", "missing", "compressed", "etag"},
    nginx: {"headers", "redirects", "missing", "compressed", "etag"},
    caddy: {"headers", "redirects", "missing", "compressed", "etag"},
    cloudflare: {"headers", "redirects", "missing", "etag"},
    plain: set(),
}


@pytest.fixture(scope="module", params=RUNTIMES, ids=lambda start: start.__name__)
def runtime(
    request: pytest.FixtureRequest,
    published: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Runtime]:
    """Each server in its turn."""
    folder = tmp_path_factory.mktemp(request.param.__name__)
    tree, port = published, free_port()
    if (
        request.param is cloudflare
    ):  # as it is deployed: this host takes `_redirects` and compresses by itself
        tree = shutil.copytree(
            published,
            folder / "public",
            ignore=shutil.ignore_patterns("*.br", "*.gz", "was"),
        )
    with request.param(tree, folder, port):
        url = f"http://127.0.0.1:{port}"
        yield Runtime(
            request.param.__name__, url, published, frozenset(RUNTIMES[request.param])
        )


def served(tree: Path) -> list[str]:
    """Files that readers meet, by their names in the tree; stub pages stand for redirects."""
    names = [name for name in output.read(tree) if is_shown(name)]
    return [
        name for name in names if not name.startswith("was/") and name != "404.html"
    ]


def address(name: str) -> str:
    """The address of a file."""
    return "/" + re.sub(r"(^|/)index\.html$", r"\1", name)


def test_every_file_is_served_as_it_was_built(runtime: Runtime) -> None:
    """What comes over the wire is what was built, byte for byte, under the right type."""
    for name in served(runtime.tree):
        answer = runtime.ask(address(name), Accept_Encoding="identity")
        assert answer.status == 200, name
        assert answer.body == (runtime.tree / name).read_bytes(), name
        kind = answer.headers.get_content_type()
        if not is_speculation(name) and Path(name).suffix in TYPES:
            assert kind in TYPES[Path(name).suffix].split(), name


def test_headers_are_those_of_the_build(runtime: Runtime) -> None:
    """Every response of every kind carries exactly the headers that the build gives its file, each once."""
    if "headers" not in runtime.knows:
        assert runtime.name == "plain"
        return
    files = output.read(runtime.tree)
    site = headers_of_site({}, files)
    for name in served(runtime.tree):
        answer = runtime.ask(address(name))
        for header, value in headers_for(name, files, site).items():
            assert answer.headers.get_all(header) == [value], (name, header)
    for name in (
        "index.html",
        MANIFEST,
    ):  # by their names, where the server gives them by those
        answer = runtime.ask(f"/{name}")
        for header, value in (
            headers_for(name, files, site).items() if answer.status == 200 else ()
        ):
            assert answer.headers.get_all(header) == [value], (name, header)


def test_nginx_has_nothing_to_say_of_its_file(published: Path, tmp_path: Path) -> None:
    """What the build made brings no warning."""
    with nginx(published, tmp_path, free_port()) as said:
        assert [line for line in said if "[warn]" in line] == []


def test_pages_are_utf8(runtime: Runtime) -> None:
    """Each page says its character set, by header where the server can."""
    for name in served(runtime.tree):
        if name.endswith(".html") and runtime.name != "plain":
            assert (
                runtime.ask(address(name)).headers.get_param("charset") or ""
            ).lower() == "utf-8", name


def test_compressed_copies_are_negotiated(runtime: Runtime) -> None:
    """Who asks for brotli or gzip gets it, says so, varies by it, and unpacks to what was built."""
    if runtime.name == "plain":
        assert "Content-Encoding" not in runtime.ask("/", Accept_Encoding="br").headers
        return
    for coding, suffix, unpack in (
        ("br", ".br", brotli.decompress),
        ("gzip", ".gz", gzip.decompress),
    ):
        for name in served(runtime.tree):
            copy = runtime.tree / (name + suffix)
            answer = runtime.ask(address(name), Accept_Encoding=coding)
            coded = answer.headers.get("Content-Encoding")
            if "compressed" in runtime.knows and copy.exists():
                assert (coded, answer.body) == (coding, copy.read_bytes()), name
                assert "accept-encoding" in answer.headers["Vary"].lower(), name
            body = unpack(answer.body) if coded else answer.body
            assert body == (runtime.tree / name).read_bytes(), name


def test_an_unchanged_page_is_not_sent_again(runtime: Runtime) -> None:
    """A page is asked for anew each time, and answered with 304 as long as it is the same."""
    for name in served(runtime.tree):
        headers = runtime.ask(address(name)).headers
        known = (
            {"If_None_Match": headers["ETag"]}
            if "etag" in runtime.knows
            else {"If_Modified_Since": headers["Last-Modified"]}
        )
        again = runtime.ask(address(name), **known)
        assert (again.status, again.body) == (304, b""), name


def test_an_unknown_address_is_not_found(runtime: Runtime) -> None:
    """Status 404 with the site's own page and policy, at any depth and for a folder without a page; files for hosts are not to be had."""
    if "missing" not in runtime.knows:
        assert runtime.ask("/nowhere/").status == 404
        return
    unknown = [
        "/articles/",
        "/pagefind/",
        "/nowhere/",
        "/nowhere",
        "/articles/nowhere/",
        "/a/b/c.png",
        "/topics/nowhere/deep/",
    ]
    private = ["/_headers", "/_redirects", "/_nginx.conf", "/_Caddyfile"]
    if (
        runtime.name == "cloudflare"
    ):  # its local runtime stumbles over its own files, and gives none of them
        assert all(runtime.ask(path).status in (404, 502) for path in private[:2])
        private = []
    for path in unknown + private:
        answer = runtime.ask(path, Accept_Encoding="identity")
        assert answer.status == 404, path
        assert answer.body == (runtime.tree / "404.html").read_bytes(), path
        assert answer.headers["Cache-Control"] in ("no-cache", "no-store"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert b'http-equiv="Content-Security-Policy"' in answer.body


def test_a_renamed_page_leads_on(runtime: Runtime) -> None:
    """Redirects are permanent and keep the host; a server without them has a page that leads on."""
    if "redirects" not in runtime.knows:
        assert (
            b'http-equiv="refresh" content="0; url=/about/"'
            in runtime.ask("/was/here/").body
        )
        return
    for old in ("/was/here/", "/was/here"):
        answer = runtime.ask(old)
        leads_to = answer.headers["Location"].removeprefix(runtime.url)
        assert (answer.status, leads_to) == (301, "/about/")


def test_an_address_without_its_slash_leads_to_the_one_with(runtime: Runtime) -> None:
    """Every page has one address; the other form leads there on the same host."""
    for name in served(runtime.tree):
        if name.endswith("/index.html"):
            answer = runtime.ask(address(name).rstrip("/"))
            assert answer.status in (301, 307, 308), name
            leads_to = answer.headers["Location"].removeprefix(runtime.url)
            assert leads_to == address(name), name


def test_a_browser_meets_no_error(runtime: Runtime, chromium: Browser) -> None:
    """Under the real policy no page logs anything, asks another host, or loses its style."""
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    for name in [*served(runtime.tree), "was/here/index.html"]:
        if name.endswith(".html"):
            page.goto(runtime.url + address(name))
    page.wait_for_url(runtime.url + "/about/")
    context.close()
    assert said == []
    assert {url for url in asked if not url.startswith(runtime.url)} == set()


def test_the_search_works(runtime: Runtime, chromium: Browser) -> None:
    """Under the real policy a word leads to a passage; WebAssembly and index come from the site itself."""
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{runtime.url}/search/")
    page.get_by_role("searchbox").fill("sleep")
    page.locator("main a[href*='#']").filter(
        has_text=re.compile("sleep", re.IGNORECASE)
    ).first.wait_for()
    context.close()
    assert said == []
