"""What a build costs as a site grows, here and in other tools: `run` prints a table.

CPU is user and system time of all processes of a build, memory the peak of the largest.
The same seeded words go to every tool; a tool that this machine lacks is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.bench.corpus import grow

_BUILD = """import sys
from pathlib import Path
from sitebuild.plugin import build
build(Path(sys.argv[1]).resolve(), SEARCH_INDEX=False)"""
_MADE = (".*", "output", "public", "node_modules", "__pycache__", "tests")
_HUGO = (
    'baseURL = "https://example.org/"\ntitle = "Bench"\ndisableKinds = ["taxonomy"]\n'
)
_HUGO_PAGE = "<!DOCTYPE html><title>{{ .Title }}</title>{{ .Content }}"
_HUGO_LIST = "{{ range .Pages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a>{{ end }}"
_MEGABYTE = 1024  # kilobytes, in which Linux counts memory


class Cost(NamedTuple):
    """What one command cost: seconds of CPU and of the clock, megabytes at the peak."""

    cpu_s: float
    wall_s: float
    peak_mb: float

    def __str__(self) -> str:
        """Return the three as a cell of the table."""
        return f"{self.cpu_s:6.2f} / {self.wall_s:6.2f} / {self.peak_mb:4.0f}"


class Tool(NamedTuple):
    """A tool with a site: what builds it, where, and an article to edit."""

    name: str
    command: list[str]
    folder: Path
    article: Path
    output: Path


def run(settings: Path, sizes: Iterable[int] = (10, 100, 1000)) -> None:
    """Print the cost of each tool: cold, after one edit, and with nothing changed."""
    print_row("size", "tool", "cold", "one edit", "no change")
    for size in sizes:
        for make in (_this_project, _pelican, _hugo):
            with tempfile.TemporaryDirectory() as home:
                tool = make(settings, Path(home), size)
                if tool:
                    print_row(str(size), tool.name, *map(str, _costs(tool)))


def print_row(*cells: str) -> None:
    """Print one row of the table: CPU s / wall s / MB in each cell."""
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def _costs(tool: Tool) -> list[Cost]:
    cold = _measure(tool)
    text = tool.article.read_text("utf-8")
    tool.article.write_text(text.replace(". ", ". Again it rose. ", 1), "utf-8")
    return [cold, _measure(tool), _measure(tool)]


def _measure(tool: Tool) -> Cost:
    """Run a tool's build; raise CalledProcessError where it fails."""
    began_s = time.perf_counter()
    process = subprocess.Popen(
        tool.command,
        cwd=tool.folder,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(tool.folder)},
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, tool.command)
    wall_s = time.perf_counter() - began_s
    return Cost(used.ru_utime + used.ru_stime, wall_s, used.ru_maxrss / _MEGABYTE)


def _this_project(settings: Path, home: Path, size: int) -> Tool:
    folder = home / "ours"
    shutil.copytree(settings.parent, folder, ignore=shutil.ignore_patterns(*_MADE))
    (folder / "content" / "images").mkdir(exist_ok=True)
    article = grow(folder / "content", size)[size // 2]
    command = [sys.executable, "-c", _BUILD, settings.name]
    return Tool("this project", command, folder, article, folder / "output")


def _plain(settings: Path, home: Path, size: int, head: Callable[[str], str]) -> Path:
    """Write the articles without the marks of blocks; return the article to edit."""
    content = home / "plain"
    (content / "articles").mkdir(parents=True)
    topics = settings.parent / "content" / "topics"
    shutil.copytree(topics, content / "topics")
    (content / "evidence.yaml").write_text("", "utf-8")
    files = grow(content, size)
    for file in files:
        fields, _, body = file.read_text("utf-8").partition("\n\n")
        body = re.sub(r"^///.*\n(    .*\n)*", "", body, flags=re.MULTILINE)
        file.write_text(f"{head(fields)}\n\n{body}", "utf-8")
    shutil.rmtree(content / "topics")
    (content / "evidence.yaml").unlink()
    return files[size // 2]


def _pelican(settings: Path, home: Path, size: int) -> Tool:
    """Return Pelican with its own theme and Typogrify, as this project sets text."""
    article = _plain(settings, home, size, lambda fields: fields)
    text = 'SITEURL = ""\nTYPOGRIFY = True\nPLUGINS = []\nPATH = "plain"\n'
    (home / "conf.py").write_text(f'{text}ARTICLE_PATHS = ["articles"]\n', "utf-8")
    command = [sys.executable, "-m", "pelican", "-q", "-s", "conf.py"]
    return Tool("pelican", command, home, article, home / "output")


def _hugo(settings: Path, home: Path, size: int) -> Tool | None:
    """Return Hugo with the least of templates; None where it is not installed."""
    hugo = shutil.which("hugo")
    if not hugo:
        return None
    article = _plain(settings, home, size, _as_yaml)
    (home / "plain").rename(home / "content")
    article = home / "content" / "articles" / article.name
    layouts = home / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (layouts / "single.html").write_text(_HUGO_PAGE, "utf-8")
    (layouts / "list.html").write_text(_HUGO_LIST, "utf-8")
    (home / "hugo.toml").write_text(_HUGO, "utf-8")
    return Tool("hugo", [hugo, "--quiet"], home, article, home / "public")


def _as_yaml(fields: str) -> str:
    kept = [line for line in fields.splitlines() if not line.startswith("status:")]
    return "\n".join(["---", *kept, "---"])


if __name__ == "__main__":
    run(Path("pelicanconf.py").resolve(), [int(it) for it in sys.argv[1:]] or (10, 100))
