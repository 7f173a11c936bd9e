"""The files beside the pages, for machines: feeds, sitemap, robots.txt, prefetch rules, icon, cards, search."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from lxml.etree import XMLSyntaxError

from sitebuild.build import Build
from sitebuild.derive.metadata import PageData, label, topics_within
from sitebuild.faults import decode
from sitebuild.model import SourceLine
from sitebuild.read import ignore as litter
from sitebuild.read.markdown import text_of
from sitebuild.render import cards, icons, search
from sitebuild.render import css as style
from sitebuild.render.feeds import feeds

# Templates that no source names.
TEMPLATES = ("feed.xml", "robots.txt", "sitemap.xml", "speculation.json")
_INDEX = search.Index()


def check_theme(build: Build) -> None:
    """The theme has every file that is read without a page asking for it, and a mark that can be drawn."""
    theme = Path(build.settings["THEME"])
    for path in (theme / "mark.svg", theme / "search.js", *style.paths(theme / "css")):
        if not path.is_file():
            place = SourceLine(build.name(path), 1)
            build.report.add(
                place,
                "the file is missing",
                "a theme has a mark, a script and its style sheets",
                "add it",
            )
    for name in litter.walk(str(theme)):
        decode(Path(name).read_bytes(), build.name(name), build.report)
    build.report.stop()
    try:
        cards.strokes((theme / "mark.svg").read_bytes(), cards.MARK)
    except (ValueError, TypeError, AttributeError, XMLSyntaxError) as error:
        found = f"the mark cannot be drawn: {error}"
        allowed = "a mark is an SVG with a viewBox and strokes along paths"
        build.report.add(
            SourceLine(build.name(theme / "mark.svg"), 1), found, allowed, "mend it"
        )


def texts(build: Build) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The files that a template makes: path in the output, template, and what it shows."""
    yield "speculation.json", "speculation.json", {}
    if build.settings["SITEURL"]:
        listed = [
            (page.url, page.changed)
            for _, page in sorted(build.pages.items())
            if page.url
        ]
        yield "robots.txt", "robots.txt", {}
        yield "sitemap.xml", "sitemap.xml", {"addresses": listed}
        for feed in feeds(build.pages, build.site, build.settings):
            yield feed.path.removeprefix("/"), "feed.xml", {"feed": feed}


def script(theme: Path) -> tuple[str, bytes]:
    """The script of the search page: its path in the output, with the hash of its bytes in its name, and the bytes."""
    data = (theme / "search.js").read_bytes()
    return f"search/search.{sha256(data).hexdigest()[:12]}.js", data


def files(build: Build) -> Iterator[tuple[str, bytes]]:
    """The files that no template makes: path in the output, and bytes."""
    theme = Path(build.settings["THEME"])
    mark = (theme / "mark.svg").read_bytes()
    yield "mark.svg", mark
    yield script(theme)
    colours = cards.read_colours((theme / "css" / "tokens.css").read_text("utf-8"))
    yield "favicon.ico", icons.favicon(mark, colours)
    yield "apple-touch-icon.png", icons.touch_icon(mark, colours)
    for page in build.pages.values():
        if page.card:
            title = text_of(build.setter.line(page.document.fields["title"]))
            png = cards.draw(
                title,
                _under_title(page, build),
                build.settings["SITENAME"],
                mark,
                colours,
            )
            yield page.card.removeprefix(f"{build.settings['SITEURL']}/"), png
    if build.settings.get("SEARCH_INDEX", True):
        yield from _search(build)


def _under_title(page: PageData, build: Build) -> str:
    """What a card says under the title: the page's topic or topics, else the subtitle of the site."""
    topics = (
        [page.document]
        if page.document.kind == "topic"
        else topics_within(page.document, build.site)
    )
    return " · ".join(map(label, topics)) or str(build.settings["SITESUBTITLE"])


def _search(build: Build) -> Iterator[tuple[str, bytes]]:
    try:
        language = build.settings["DEFAULT_LANG"].partition("-")[0]
        index = _INDEX.files(
            build.site, language, late=build.settings.get("REUSE_SEARCH_INDEX", False)
        )
    except (OSError, CalledProcessError) as error:
        found, allowed = (
            f"the search index was not made: {error}",
            "Pagefind runs on this machine",
        )
        remedy = "install the requirements again, or set SEARCH_INDEX = False"
        build.report.add(SourceLine("pelicanconf.py", 1), found, allowed, remedy)
    else:
        yield from ((f"pagefind/{name}", data) for name, data in index.items())
