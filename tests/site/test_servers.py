"""The published site in the servers that will serve it, by the rules in theme/hosts."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPMessage
from pathlib import Path

import brotli
import hosts
import pytest
from helpers import tree
from hosts import RULES, open_folder
from owners import Owner
from playwright.sync_api import Browser
from tools import Answer, free_port, get, need_npm, serving

TYPES = {
    ".html": "text/html",
    ".xml": "text/xml application/xml",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".js": "text/javascript application/javascript",
}
INDEX = {"pagefind/fragment", "pagefind/index"}
LASTING = ("assets/", "pagefind/fragment/", "pagefind/index/")


def cloudflare(
    shown: Path, folder: Path, port: int
) -> AbstractContextManager[list[str]]:
    """The runtime of Cloudflare's Workers, as wrangler brings it, with static assets."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wrangler.json").write_text(
        f'{{"name": "x", "compatibility_date": "2026-05-01", "assets": '
        f'{{"directory": "{shown}", "not_found_handling": "404-page"}}}}'
    )
    command = [need_npm("wrangler"), "dev", "--config", str(folder / "wrangler.json")]
    command += ["--ip", "127.0.0.1", "--port", str(port)]
    command += ["--inspector-port", str(free_port())]
    env = {"HOME": str(folder), "WRANGLER_SEND_METRICS": "false", "CI": "1"}
    return serving(command, "Ready on", env)


SERVERS = {
    "nginx": hosts.nginx,
    "caddy": hosts.caddy,
    "apache": hosts.apache,
    "cloudflare": cloudflare,
    "plain": hosts.plain,
}


@dataclass(frozen=True)
class Server:
    """A server with the published site in it."""

    name: str
    url: str
    tree: Path

    def ask(self, address: str, **headers: str) -> Answer:
        """Get an address of the site."""
        return get(self.url + address, **headers)

    @property
    def has_rules(self) -> bool:
        """Whether it knows the rules in theme/hosts."""
        return self.name != "plain"

    def served(self) -> Iterator[tuple[str, str]]:
        """Yield the files that readers meet, and their addresses.

        Of the many alike of the search index the first of each folder is enough.
        """
        alike = set[str]()
        for name in sorted(tree(self.tree)):
            is_ours = name.startswith(("_", ".ht")) or name.endswith((".br", ".gz"))
            folder = name.rpartition("/")[0]
            if (
                is_ours
                or name == "404.html"
                or name.startswith("was/")
                or folder in alike
            ):
                continue
            alike |= {folder} & INDEX
            yield name, "/" + re.sub(r"(^|/)index\.html$", r"\1", name)


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, published: Path) -> Iterator[Server]:
    """Each server in its turn, with what a deploy brings to it and all that is private."""
    name, port = request.param, free_port()
    with open_folder() as folder:
        left_out = ["*.br", "*.gz", "was", ".*"] if name == "cloudflare" else []
        ignored = shutil.ignore_patterns(*left_out)
        shown = shutil.copytree(published, folder / "site", ignore=ignored)
        with SERVERS[name](shown, folder / "server", port):
            yield Server(name, f"http://127.0.0.1:{port}", published)


@cache
def wanted_headers() -> dict[str, str]:
    """The headers of every answer, by the rules for Cloudflare."""
    rules = (RULES / "_headers").read_text().partition("\n/*\n")[2].partition("\n/")[0]
    return dict(line.strip().split(": ", 1) for line in rules.splitlines() if line)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile", "htaccess"])
def test_all_rules_say_the_same(name: str) -> None:
    """The headers of one server are those of the others, and so are the lasting folders."""
    text = (RULES / name).read_text()
    for header, value in wanted_headers().items():
        assert re.search(rf'{header} "{re.escape(value)}"', text), (name, header)
    for folder in LASTING:
        assert folder.rstrip("/") in text


def test_every_file_is_served_as_it_was_built(server: Server) -> None:
    """Byte for byte, under the right type, pages with their character set.

    Each header of the rules stands once; what carries a hash in its name is kept, all
    else asked for again, and answered with 304 as long as it is the same.
    """
    for name, address in server.served():
        answer = server.ask(address, Accept_Encoding="identity")
        assert answer.status == 200, name
        assert answer.body == (server.tree / name).read_bytes(), name
        kinds, headers = TYPES.get(Path(name).suffix), answer.headers
        assert not kinds or headers.get_content_type() in kinds.split(), name
        known = {"If_Modified_Since": headers["Last-Modified"]}
        if server.has_rules:
            known = {"If_None_Match": headers["ETag"]}
            check_headers(name, headers)
        again = server.ask(address, Accept_Encoding="identity", **known)
        assert (again.status, again.body) == (304, b""), name


def check_headers(name: str, headers: HTTPMessage) -> None:
    """Fail where the headers of a file are not those of the rules."""
    if name.endswith(".html"):
        assert str(headers.get_param("charset")).lower() == "utf-8", name
    for header, value in wanted_headers().items():
        assert headers.get_all(header) == [value], (name, header)
    [kept] = headers.get_all("Cache-Control")
    if name.startswith(LASTING):
        assert kept == "public, max-age=31536000, immutable", name
    else:
        assert "no-cache" in kept or "max-age=0" in kept, name


def test_compressed_copies_are_negotiated(server: Server) -> None:
    """Who asks for brotli or gzip gets it, varies by it, and unpacks what was built."""
    has_copies = server.name in ("nginx", "caddy", "apache")
    codings = {"br": (".br", brotli.decompress), "gzip": (".gz", gzip.decompress)}
    for coding, (suffix, unpack) in codings.items():
        for name, address in server.served():
            copy = server.tree / (name + suffix)
            answer = server.ask(address, Accept_Encoding=coding)
            coded = answer.headers.get("Content-Encoding")
            if has_copies and copy.exists():
                assert (coded, answer.body) == (coding, copy.read_bytes()), name
                assert "accept-encoding" in answer.headers["Vary"].lower(), name
            body = unpack(answer.body) if coded else answer.body
            assert body == (server.tree / name).read_bytes(), name


def test_an_unknown_address_is_not_found(server: Server) -> None:
    """With the site's own page, at any depth; nothing private is to be had, by any spelling."""
    if not server.has_rules:
        assert server.ask("/nowhere/").status == 404
        return
    unknown = ["/articles/", "/pagefind/", "/nowhere/", "/nowhere", "/a/b/c.png"]
    unknown += ["/articles/nowhere/", "/topics/no/deep/", "/assets/no.12345678.svg"]
    private = ["/_headers", "/_redirects", "/.htaccess", "/.site-build"]
    if server.name != "cloudflare":  # it reads these itself, and gives none
        private += ["/%5fheaders", "//_headers", "/about/../_headers", "/%2ehtaccess"]
    for path in unknown + private:
        answer = server.ask(path, Accept_Encoding="identity")
        assert answer.status == 404 or ("_" in path and answer.status == 400), path
        if answer.status == 404 and server.name != "cloudflare":
            assert answer.body == (server.tree / "404.html").read_bytes(), path
            assert answer.headers["Cache-Control"] == "no-cache", path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_a_renamed_page_leads_on(server: Server) -> None:
    """Cloudflare redirects; elsewhere a page leads on."""
    answer = server.ask("/was/here/")
    if server.name == "cloudflare":
        assert (answer.status, answer.headers["Location"]) == (301, "/about/")
    else:
        assert b'http-equiv="refresh" content="0; url=/about/"' in answer.body


def test_an_address_without_its_slash_leads_to_the_one_with(server: Server) -> None:
    """Every page has one address; the other form leads there on the same host."""
    for name, address in server.served():
        if name.endswith("/index.html"):
            answer = server.ask(address.rstrip("/"))
            assert answer.status in (301, 307, 308), name
            leads_to = answer.headers["Location"].removeprefix(server.url)
            assert leads_to == address, name


@pytest.mark.parametrize("server", ["nginx", "plain"], indirect=True)
def test_a_browser_meets_no_error(server: Server, chromium: Browser) -> None:
    """Under the real policy no page logs anything, asks another host, or loses its style.

    The search finds, an old address takes its fragment along, and a pointer that rests
    on a link may fetch its page. What the others answer is the same, as tests above
    show, but for a host that sets no headers.
    """
    context = chromium.new_context()
    page = context.new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    pages = [address for name, address in server.served() if name.endswith(".html")]
    for address in pages if server.has_rules else pages[::5]:
        page.goto(server.url + address)
    rules = page.evaluate(
        "JSON.parse(document.querySelector('script[type=speculationrules]').text)"
    )
    page.goto(f"{server.url}/was/here/#x")
    page.wait_for_url(f"{server.url}/about/#x")
    page.goto(f"{server.url}/search/")
    page.get_by_role("searchbox").fill("sleep")
    page.locator("main a[href*='#']").first.wait_for()
    context.close()
    assert said == []
    assert {url for url in asked if not url.startswith(server.url)} == set()
    [rule] = rules["prefetch"]
    assert rule["eagerness"] == "moderate"
    files = {"not": {"href_matches": "/*.*"}}
    assert rule["where"] == {"and": [{"href_matches": "/*"}, files]}


def test_nginx_has_nothing_to_say_of_its_rules(published: Path, tmp_path: Path) -> None:
    """They bring no warning, and are whole without the brotli module and its line."""
    with hosts.nginx(published, tmp_path, free_port()) as said:
        assert [line for line in said if "[warn]" in line] == []
    text = (tmp_path / "nginx.conf").read_text()
    rules = (RULES / "nginx.conf").read_text().replace("brotli_static on;\n", "")
    (tmp_path / "rules.conf").write_text(rules)
    text = text.replace(f"{RULES}/nginx.conf", f"{tmp_path}/rules.conf")
    (tmp_path / "nginx.conf").write_text(text.partition("\n")[2])  # the module's line
    command = [shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx", "-t", "-p"]
    command += [str(tmp_path), "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_wrangler_takes_the_folder(published: Path, tmp_path: Path) -> None:
    """As far as it goes without an account: it reads settings, rules and redirects."""
    owner = Owner(tmp_path / "project", tool="cloudflare", name="site")
    shutil.copytree(published, owner.public, dirs_exist_ok=True)
    owner.stand_in("wrangler", f'exec {need_npm("wrangler")} "$@" --dry-run >&2')
    owner.env |= {
        "HOME": str(tmp_path),
        "WRANGLER_SEND_METRICS": "false",
        "CI": "1",
    }
    said = owner.deploy("--force", "stranger")
    assert re.search(r"Read \d+ files from the assets directory", said), said
