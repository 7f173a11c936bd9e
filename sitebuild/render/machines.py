"""The files beside the pages: feeds, sitemap, robots.txt, icon, cards, search index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from subprocess import CalledProcessError
from typing import Any

from sitebuild.derive.site import Site
from sitebuild.derive.views import Page, SearchPage
from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.model import Document, SourceLine
from sitebuild.read.evidence import Synonym
from sitebuild.read.markdown import Typesetter, text_of
from sitebuild.render import cards, icons
from sitebuild.render.feeds import feeds
from sitebuild.render.search import index_files, words_file
from sitebuild.render.theme import Theme

# Templates that no source names.
TEMPLATES = ("feed.xml", "robots.txt", "sitemap.xml")
# An absolute address, and the day of its last change if that is known.
Dated = tuple[str, date | None]


@dataclass(frozen=True)
class TemplateFile:
    """A file that a template makes: its path in the output, and what it shows."""

    path: str
    template: str
    shown: Mapping[str, Any]


def template_files(
    site: Site, pages: Mapping[str, Page], settings: Mapping[str, Any]
) -> Iterator[TemplateFile]:
    """Yield the files for machines that templates make.

    Those that need an absolute address are left out without SITEURL.
    """
    if settings["SITEURL"]:
        yield TemplateFile("robots.txt", "robots.txt", {})
        yield TemplateFile("sitemap.xml", "sitemap.xml", {"addresses": _dated(pages)})
        for feed in feeds(site, settings):
            path = feed.path.removeprefix("/")
            yield TemplateFile(path, "feed.xml", {"feed": feed})


def _dated(pages: Mapping[str, Page]) -> tuple[Dated, ...]:
    """Return the absolute address of every page that has one, with its day.

    The search page is none that a search engine leads to.
    """
    listed = []
    for _, page in sorted(pages.items()):
        if page.metadata.url and not isinstance(page, SearchPage):
            listed.append((page.metadata.url, page.metadata.changed))
    return tuple(listed)


def theme_files(theme: Theme, memory: Memory) -> dict[str, bytes]:
    """Return the files that the theme gives as they are, by path in the output."""
    drawn = (theme.mark, theme.colours)
    return {
        "mark.svg": theme.mark,
        "favicon.ico": memory.take("favicon", drawn, lambda: icons.favicon(*drawn)),
        "apple-touch-icon.png": memory.take(
            "touch icon", drawn, lambda: icons.touch_icon(*drawn)
        ),
        theme.script_path: theme.script,
    }


def card_files(
    site: Site,
    pages: Mapping[str, Page],
    theme: Theme,
    setter: Typesetter,
    settings: Mapping[str, Any],
    memory: Memory,
) -> dict[str, bytes]:
    """Return the social card of every page that has one, by path in the output."""
    files = {}
    for document in site.documents:
        page = pages[document.url]
        if page.metadata.card:
            path = page.metadata.card.removeprefix(f"{settings['SITEURL']}/")
            card = cards.Card(
                text_of(setter.line(page.title)),
                _under_title(document, site) or str(settings["SITESUBTITLE"]),
                settings["SITENAME"],
                theme.mark,
                theme.colours,
            )
            files[path] = memory.take(("card", path), card, partial(cards.draw, *card))
    return files


def _under_title(document: Document, site: Site) -> str:
    """Return what a card says under the title: the page's topic or topics."""
    if document.kind == "topic":
        return document.label
    return " · ".join(topic.label for topic in site.topics_within(document))


def search_files(
    site: Site,
    synonyms: Sequence[Synonym],
    settings: Mapping[str, Any],
    memory: Memory,
    report: Report,
) -> dict[str, bytes]:
    """Return the search index and its words, unless SEARCH_INDEX is off.

    With REUSE_SEARCH_INDEX it is the one made last, if any.
    """
    if not settings.get("SEARCH_INDEX", True):
        return {}
    language = settings["DEFAULT_LANG"].partition("-")[0]
    reuse = settings.get("REUSE_SEARCH_INDEX", False)
    try:
        files = index_files(site, language, memory, reuse=reuse)
    except (OSError, CalledProcessError) as error:
        report.add(
            SourceLine("pelicanconf.py", 1),
            f"the search index was not made: {error}",
            "Pagefind runs on this machine",
            "install the requirements again, or set SEARCH_INDEX = False",
        )
        return {}
    found = {f"pagefind/{name}": data for name, data in files.items()}
    found["pagefind/words.json"] = words_file(
        settings.get("STOP_WORDS", "").split(), synonyms
    )
    return found
