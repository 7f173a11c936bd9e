"""The tools whose builds are measured at any size, each with the same seeded words.

A peer is installed by its package's name, once, into .cache/bench of the project.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.bench import peers
from tests.bench.corpus import grow
from tests.bench.peers import Peer, free_port

_MADE = (".*", "output", "public", "node_modules", "__pycache__", "tests")
_ELEVENTY = "@11ty/eleventy@3.1.2"
_PAGE = "<!DOCTYPE html><html><title>{{ .Title }}</title>{{ .Content }}</html>"
_LIST = "{{ range .Pages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a>{{ end }}"
_INCLUDE = "<!DOCTYPE html><html><title>{{ title }}</title>{{ content }}</html>"
_INDEX = (
    "{% for it in collections.all %}<a href='{{ it.url }}'>{{ it.url }}</a>{% endfor %}"
)
_SITE = 'baseURL = "https://example.org/"\ntitle = "Bench"\n'
_PELICAN = """SITEURL = ""
TYPOGRIFY = True
PLUGINS = []
PATH = "plain"
ARTICLE_PATHS = ["articles"]
ARTICLE_URL = "articles/{slug}/"
ARTICLE_SAVE_AS = "articles/{slug}/index.html"
"""
_SERVE = """import sys
from pathlib import Path
from sitebuild.preview import serve
serve(Path(sys.argv[1]).resolve(), int(sys.argv[2]))"""


class Tool(NamedTuple):
    """A tool with a site: what builds it, what it makes, and its server."""

    name: str
    command: list[str]
    made: tuple[Path, ...]
    server: Peer


def this_project(project: Path, home: Path, size: int) -> Tool:
    """Return this project with so many articles more, built by its own task."""
    folder = home / "ours"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(*_MADE))
    (folder / "content" / "images").mkdir(exist_ok=True)
    with (folder / "pelicanconf.py").open("a", encoding="utf-8") as file:
        file.write("SEARCH_INDEX = False\n")
    article = grow(folder / "content", size)[size // 2]
    port = free_port()
    serve = [sys.executable, "-c", _SERVE, "pelicanconf.py", str(port)]
    server = Peer("this project", serve, folder, article, port)
    command = [sys.executable, "-m", "invoke", "build"]
    made = (folder / "output", folder / ".cache")
    return Tool("this project", command, made, server)


def pelican(project: Path, home: Path, size: int) -> Tool:
    """Return Pelican with its own theme and Typogrify, as this project sets text."""
    article = _plain(project, home / "plain", size, lambda fields: fields)
    (home / "conf.py").write_text(_PELICAN, "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "pelican", "-s", "conf.py"]
    server = Peer("pelican", [*command, "-lr", "-p", str(port)], home, article, port)
    return Tool("pelican", [*command, "-q"], (home / "output",), server)


def hugo(project: Path, home: Path, size: int) -> Tool:
    """Return Hugo with the least of templates."""
    program = str(_python_tool(project, "hugo"))
    article = _plain(project, home / "content", size, _as_yaml)
    layouts = home / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (layouts / "single.html").write_text(_PAGE, "utf-8")
    (layouts / "list.html").write_text(_LIST, "utf-8")
    (home / "hugo.toml").write_text(_SITE, "utf-8")
    port = free_port()
    serve = [program, "server", "--quiet", "--bind", "127.0.0.1", "--port", str(port)]
    server = Peer("hugo", serve, home, article, port)
    made = (home / "public", home / "resources", home / ".hugo_build.lock")
    return Tool("hugo", [program, "--quiet"], made, server)


def eleventy(project: Path, home: Path, size: int) -> Tool:
    """Return Eleventy with the least of templates."""
    program = str(_npm_tool(project, _ELEVENTY, "eleventy"))
    article = _plain(project, home / "src", size, _as_yaml)
    (home / "src" / "_includes").mkdir()
    (home / "src" / "_includes" / "page.html").write_text(_INCLUDE, "utf-8")
    (home / "src" / "index.html").write_text(_INDEX, "utf-8")
    data = home / "src" / "articles" / "articles.json"
    data.write_text(json.dumps({"layout": "page.html"}), "utf-8")
    port = free_port()
    command = [program, "--input=src", "--quiet"]
    serve = [*command, "--serve", "--incremental", f"--port={port}"]
    server = Peer("eleventy", serve, home, article, port)
    return Tool("eleventy", command, (home / "_site", home / ".cache"), server)


def zensical(project: Path, home: Path, size: int) -> Tool:
    """Return Zensical with its own theme."""
    program = str(_python_tool(project, "zensical"))
    article = _plain(project, home / "docs", size, _as_yaml)
    (home / "docs" / "index.md").write_text("# Bench\n", "utf-8")
    (home / "zensical.toml").write_text('[project]\nsite_name = "Bench"\n', "utf-8")
    port = free_port()
    serve = [program, "serve", "-a", f"127.0.0.1:{port}"]
    server = Peer("zensical", serve, home, article, port)
    made = (home / "site", home / ".cache")
    return Tool("zensical", [program, "build"], made, server)


MAKERS: Mapping[str, Callable[[Path, Path, int], Tool]] = {
    "pelican": pelican,
    "hugo": hugo,
    "eleventy": eleventy,
    "zensical": zensical,
}


def _python_tool(project: Path, name: str) -> Path:
    """Return a program of PyPI, in an environment of its own."""
    folder = project / ".cache" / "bench" / name
    if not (folder / "bin" / name).exists():
        peers.install(folder, name)
    found = sorted(folder.glob(f"lib/**/binaries/**/{name}"))  # not its launcher
    return found[0] if found else folder / "bin" / name


def _npm_tool(project: Path, package: str, name: str) -> Path:
    """Return a program of npm."""
    folder = project / ".cache" / "bench" / name
    program = folder / "node_modules" / ".bin" / name
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--prefix", str(folder), package]
        subprocess.run(install, check=True, capture_output=True)
    return program


def _plain(project: Path, content: Path, size: int, head: Callable[[str], str]) -> Path:
    """Write the articles without the marks of blocks; return the one to edit."""
    (content / "articles").mkdir(parents=True)
    shutil.copytree(project / "content" / "topics", content / "topics")
    (content / "evidence.yaml").write_text("", "utf-8")
    files = grow(content, size)
    for file in files:
        fields, _, body = file.read_text("utf-8").partition("\n\n")
        body = re.sub(r"^///.*\n(    .*\n)*", "", body, flags=re.MULTILINE)
        file.write_text(f"{head(fields)}\n\n{body}", "utf-8")
    shutil.rmtree(content / "topics")
    (content / "evidence.yaml").unlink()
    return files[size // 2]


def _as_yaml(fields: str) -> str:
    kept = [line for line in fields.splitlines() if not line.startswith("status:")]
    return "\n".join(["---", *kept, "---"])
