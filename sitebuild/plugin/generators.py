"""A generator beside Pelican's own: topics, and what a site has beside its pages.

That is: feeds, sitemap, icons, cards, the search index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup
from pelican.contents import Page
from pelican.generators import Generator
from pelican.writers import Writer

from sitebuild.build import Build
from sitebuild.derive.metadata import feeds, has_card
from sitebuild.derive.parts import title_link
from sitebuild.model import SourceLine
from sitebuild.plugin.writer import SiteTemplate
from sitebuild.read.markdown import text_of
from sitebuild.render import plain, search
from sitebuild.render import theme as themes
from sitebuild.render.theme import Theme

# Renders a template of a picture for a file, given as its path, with some values.
Draw = Callable[..., str]

_SVG = "http://www.w3.org/2000/svg"
# Settings that Pelican does not know; "" stands for one that is not set.
_OWN_SETTINGS = (
    *("SITE_NOTICE", "OWNER", "EDITOR", "FUNDING", "CONTACT"),
    *("LICENCE", "LICENCE_URL"),
)


class Topic(Page):
    """A topic: its address is that of TOPIC_URL."""

    default_template = "topic"


class TopicsGenerator(Generator):
    """Reads the topics and writes their pages, as PagesGenerator does with pages.

    It writes what is no page as well, as each generator costs time.
    """

    topics: list[Topic]

    def generate_context(self) -> None:
        """Read the files in TOPIC_PATHS."""
        self.topics = []
        for path in self.get_files(self.settings["TOPIC_PATHS"]):
            topic = self.readers.read_file(
                self.path, path, content_class=Topic, context=self.context
            )
            self.add_source_path(topic)
            self.topics.append(topic)
        self.topics.sort(key=lambda it: (it.document.fields.order, it.slug))
        shown = [topic for topic in self.topics if topic.status == "published"]
        self.context["topics"] = shown

    def generate_output(self, writer: Writer) -> None:
        """Write the pages of topics, then what stands beside the pages of the site."""
        for topic in self.context["topics"]:
            template = self.get_template(topic.template)
            writer.write_file(
                topic.save_as, template, self.context, page=topic, url=topic.url
            )
        _write_others(self.context["BUILD"], writer, self.context)


def context(build: Build) -> dict[str, Any]:
    """Return what templates of the site's own theme see beside Pelican's settings."""
    theme = build.theme
    if theme is None:
        return {}
    mark = theme.mark.decode().replace(f' xmlns="{_SVG}"', ' aria-hidden="true"')
    ink, paper, accent = theme.colours
    safety = None
    for topic in build.site.topics:
        if topic.slug == build.settings.get("SAFETY_TOPIC"):
            safety = title_link(topic)
    own = {name: build.settings.get(name) or "" for name in _OWN_SETTINGS}
    return {
        **own,
        "STYLE": Markup(theme.style),
        "MARK": Markup(mark),
        "SEARCH_SCRIPT": f"/{theme.script_path}",
        "SAFETY": safety,
        "HAS_FEED": bool(build.site.articles),
        "INK": ink,
        "PAPER": paper,
        "ACCENT": accent,
    }


def _write_others(build: Build, writer: Writer, seen: Mapping[str, Any]) -> None:
    """Write these files; `seen` is Pelican's context. Only the own theme has them."""
    if build.theme is None:
        return
    for path, template, shown in _for_machines(build):
        writer.write_file(path, SiteTemplate(build, template), seen, **shown)

    def draw(path: str, name: str, **shown: Any) -> str:
        asked = {**seen, "output_file": path, **shown}
        return SiteTemplate(build, name).render(asked)

    for made in (_pictures(build, build.theme, draw), _search_files(build)):
        for path, data in made:
            if build.claim(path, "the build"):
                build.files[path] = data


def _for_machines(build: Build) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the path of each file for machines, its template, and what that shows.

    They need absolute addresses: without SITEURL there are none.
    """
    if not build.settings["SITEURL"]:
        return
    addresses = []
    for document in build.site.documents:
        page = build.shown[document.url]
        if page["canonical"] and document.template != "search":  # no engine leads there
            addresses.append((page["canonical"], page["changed"]))
    yield "robots.txt", "robots.txt", {}
    yield "sitemap.xml", "sitemap.xml", {"addresses": tuple(sorted(addresses))}
    for feed in feeds(build.site, plain(build.setter).parts, build.settings):
        yield feed.path.removeprefix("/"), "feed.xml", {"feed": feed}


def _pictures(build: Build, theme: Theme, draw: Draw) -> Iterator[tuple[str, bytes]]:
    """Yield mark, icons and cards, and the script of the search page, with their paths.

    What cannot be drawn is a fault; a template that failed is one already.
    """
    yield "mark.svg", theme.mark
    yield theme.script_path, theme.script
    try:
        icon = draw("apple-touch-icon.png", "icon.svg")
        make = partial(_icons, theme, icon)
        made_of = (theme.mark, theme.colours, icon)
        yield from build.memory.take("icons", made_of, make)
        yield from _cards(build, draw)
    except ValueError as error:
        if not build.report.faults:
            build.report.add(
                SourceLine(build.name(theme.folder / "mark.svg"), 1),
                f"a picture cannot be drawn: {error}",
                "the mark, card.svg and icon.svg are SVG",
                "fix it",
            )


def _icons(theme: Theme, icon: str) -> tuple[tuple[str, bytes], ...]:
    """Return the icons of browsers and phones, each with its path."""
    small = themes.favicon(theme.mark.decode(), theme.colours[2])
    large = themes.draw(icon, themes.TOUCH_SIDE)
    return (("favicon.ico", small), ("apple-touch-icon.png", large))


def _cards(build: Build, draw: Draw) -> Iterator[tuple[str, bytes]]:
    """Yield the card of each page that has one of its own."""
    for document in build.site.documents:
        address = build.shown[document.url]["card"]
        if not (address and has_card(document)):
            continue
        under = " · ".join(it.label for it in build.site.topics_within(document))
        if document.kind == "topic":
            under = document.label
        under = under or build.settings["SITESUBTITLE"]
        title = text_of(build.setter.line(document.fields.title))
        path = address.removeprefix(f"{build.settings['SITEURL']}/")
        lines = themes.set_title(title)
        yield path, themes.draw(draw(path, "card.svg", title=lines, under=under))


def _search_files(build: Build) -> Iterator[tuple[str, bytes]]:
    """Yield the search index and its words, unless SEARCH_INDEX is off.

    A QUICK_BUILD has the one made last, if any.
    """
    if not build.settings.get("SEARCH_INDEX", True):
        return
    language = build.settings["DEFAULT_LANG"].partition("-")[0]
    files = None
    if build.settings.get("QUICK_BUILD"):
        files = build.memory.last("search")
    try:
        if files is None:
            stop_words = build.settings.get("STOP_WORDS", "").split()
            said = (search.records(build.site), language, stop_words, build.synonyms)
            files = build.memory.take("search", said, lambda: search.files(*said))
    except (OSError, ValueError, ImportError) as error:
        build.report.add(
            SourceLine("pelicanconf.py", 1),
            f"the search index was not made: {error}",
            "Pagefind runs on this machine",
            "install the requirements again, or set SEARCH_INDEX = False",
        )
        return
    for name, data in files.items():
        yield f"pagefind/{name}", data
