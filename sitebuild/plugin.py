"""The only module that imports Pelican: reads the sources into documents, derives, and lets Pelican write the pages."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import time
from pathlib import Path
from typing import Any, ClassVar, cast

from pelican import Pelican, signals
from pelican.contents import Content
from pelican.generators import (
    ArticlesGenerator,
    Generator,
    PagesGenerator,
    StaticGenerator,
)
from pelican.log import console
from pelican.readers import BaseReader, Readers
from pelican.settings import read_settings
from pelican.utils import SafeDatetime
from pelican.writers import Writer

from sitebuild import output
from sitebuild.build import Build
from sitebuild.derive import views as pages
from sitebuild.derive.metadata import describe
from sitebuild.faults import Fault, SiteFaults, Warnings, place_of
from sitebuild.host.finish import finish
from sitebuild.model import SourceLine
from sitebuild.read import ignore as litter
from sitebuild.render import machines, templates
from sitebuild.render.css import squeeze

# Settings that differ in every build and that no template shows.
_OF_ONE_BUILD = ("BUILD", "OUTPUT_PATH", "ON_BUILT", "REUSE_SEARCH_INDEX")


class SourceReader(BaseReader):
    """Reads one Markdown source; the text stays in the document, since each block is set by itself."""

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return no content, and metadata that always lets Pelican go on: faults are in the build's report."""
        document = self.settings["BUILD"].read(source_path)
        fields = document.fields
        dates = {
            name: SafeDatetime.combine(fields[name], time())
            for name in ("date", "modified")
            if fields.get(name)
        }
        url = document.url.removeprefix("/")
        return "", {
            "title": "",
            "slug": fields["slug"] or "?",
            **dates,
            "status": "published" if document.is_published else "draft",
            "template": fields.get("template", document.kind),
            "url": url,
            "save_as": (f"{url}index.html" if not url or url.endswith("/") else url)
            if document.is_published
            else "",
            "document": document,
        }


class SiteWriter(Writer):
    """Writes into the build's files, not to the disk; a fault in a template is gathered like any other.

    A page is rendered only when something that it shows has changed since the last build of this process.
    """

    _rendered: ClassVar[dict[str, tuple[object, bytes]]] = {}
    _everywhere: ClassVar[tuple[object, ...]] = ()

    @classmethod
    def kept(cls, *values: object) -> tuple[object, ...]:
        """What every page may show: the very object of the last build where it is equal, to be compared in no time."""
        if cls._everywhere != values:
            cls._everywhere = values
        return cls._everywhere

    def write_file(
        self, name: str, template: Any, context: Any, *_: Any, **kwargs: Any
    ) -> None:
        """Render one page; see Pelican's Writer for the arguments."""
        if not name:  # a draft
            return
        build: Build = self.settings["BUILD"]
        shown = {key: _value(value) for key, value in kwargs.items()}
        inputs = (template.name, context["shown_everywhere"], shown)
        try:
            if self._rendered.get(name, ())[:1] != (inputs,):
                text = template.render({**context, **kwargs})
                self._rendered[name] = (
                    inputs,
                    (squeeze(text) if name.endswith(".html") else text).encode(),
                )
            build.files[name] = self._rendered[name][1]
        except Exception as error:  # whatever a template may raise
            place, allowed = (
                templates.place_of(error, build),
                "templates use names that the build gives them",
            )
            if place not in [
                fault.place for fault in build.report.faults
            ]:  # once, not for every page
                build.report.add(
                    place,
                    f"a template failed on {name}: {error}",
                    allowed,
                    "mend the line",
                )


def _value(shown: Any) -> Any:
    """What is compared of something that a template is given: of Pelican's objects, the values behind them."""
    if isinstance(shown, Content):
        return shown.document, shown.view, shown.data
    return [_value(item) for item in shown] if isinstance(shown, list) else shown


def on_readers_init(readers: Readers) -> None:
    """Read .md files our way, and no other kind of text."""
    readers.reader_classes = {
        "md": SourceReader,
        "static": readers.reader_classes["static"],
    }


_made: dict[str, tuple[dict[str, Any], Content]] = {}


def _take_again(generator: Generator, build: Build) -> None:
    """Give Pelican what it made of a file before where file and settings are the same, by its own hooks for a cache."""
    settings = _lasting(generator.settings)

    def known(path: str, default: Any) -> Any:
        by, content = _made.get(path, (None, default))
        with suppress(OSError):  # Pelican's own reading tells of it
            if by == settings and content.metadata["document"] is build.read(
                f"{generator.path}/{path}"
            ):
                return content
        return default

    generator.get_cached_data, generator.cache_data = (
        known,
        lambda path, it: _made.update({path: (settings, it)}),
    )


def _lasting(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without what differs in every build."""
    return {
        key: value
        for key, value in settings.items()
        if key.isupper() and key not in _OF_ONE_BUILD
    }


def on_generator_init(generator: Generator) -> None:
    """Take templates from the theme alone: a missing one is a fault, not Pelican's own. Make no archives."""
    build: Build = generator.settings["BUILD"]
    if isinstance(generator, (ArticlesGenerator, PagesGenerator)):
        _take_again(generator, build)
    generator.env = templates.environment(
        Path(generator.settings["THEME"]) / "templates", build.setter
    )
    if isinstance(generator, ArticlesGenerator):
        for name in ("period_archives", "tags", "categories", "authors", "drafts"):
            setattr(generator, f"generate_{name}", lambda _: None)


class MachineGenerator:
    """Writes what is for machines: feeds, sitemap, robots.txt, prefetch rules, icon, cards and search index."""

    def __init__(
        self, context: dict[str, Any], settings: dict[str, Any], **_: Any
    ) -> None:
        """Take what Pelican gives a generator."""
        self.context, self.build = context, cast("Build", settings["BUILD"])

    def generate_output(self, writer: SiteWriter) -> None:
        """Write all of it beside the pages."""
        build = self.build
        env = templates.environment(
            Path(build.settings["THEME"]) / "templates", build.setter
        )
        for name, template, shown in machines.texts(build):
            writer.write_file(name, env.get_template(template), self.context, **shown)
        build.files |= machines.files(build)


def on_get_generators(pelican: Pelican) -> type[MachineGenerator]:
    """Begin a build, with an empty report; Pelican is to run MachineGenerator after its own.

    `pelican -r` runs one instance again and again, and this is the first signal of a run.
    """
    build = pelican.settings["BUILD"] = Build(pelican.settings)
    pelican.settings["IGNORE_FILES"] = list(litter.PATTERNS)
    logger = logging.getLogger("pelican")
    logger.handlers = [
        handler for handler in logger.handlers if not isinstance(handler, Warnings)
    ]
    logger.addHandler(Warnings(build.report, build.root))
    return MachineGenerator


def on_all_generators_finalized(generators: list[Generator]) -> None:
    """Everything is read: derive, check, and hand the templates what they show."""
    build: Build = generators[0].settings["BUILD"]
    site = build.site = build.derive()
    copied = next(g for g in generators if isinstance(g, StaticGenerator))
    build.check_files(static.source_path for static in copied.staticfiles)
    contents = [
        content
        for g in generators
        for content in getattr(g, "articles", getattr(g, "pages", ()))
    ]
    wanted = [
        (f"{content.template}.html", content.document.place("template"))
        for content in contents
    ]
    wanted += [
        (name, SourceLine(build.name(build.settings["THEME"]), 1))
        for name in machines.TEMPLATES
    ]
    templates.check(wanted, generators[0].env, build)
    machines.check_theme(build)
    build.report.stop()
    for static in copied.staticfiles:
        if build.is_shown(f"/{static.url}"):
            build.files[static.save_as] = Path(static.source_path).read_bytes()
    copied.context["staticfiles"] = []  # nothing is left for Pelican to copy
    by_path = {
        document.path: document
        for document in (*site.articles, *site.topics, *site.pages)
    }
    context = generators[0].context
    context["site"] = site.outline()
    context |= templates.theme_context(Path(generators[0].theme))
    context["shown_everywhere"] = SiteWriter.kept(
        context["site"], context["theme_stamp"], _lasting(context)
    )
    for content in contents:
        content.document = by_path[content.document.path]
        content.view = pages.view(content.document, site)
        content.data = build.pages[content.document.url] = describe(
            content.document, content.view, site, build.settings
        )
        content.title = build.setter.line(content.document.fields["title"] or "")
        content.summary = build.setter.line(content.document.fields["summary"] or "")


def on_get_writer(_: Pelican) -> type[Writer]:
    """Write with SiteWriter."""
    return SiteWriter


def on_finalized(pelican: Pelican) -> None:
    """Check what was written, and only then put it in the place of the old output.

    ON_BUILT is called with the build when all is well and the disk does not hold it yet.
    """
    build: Build = pelican.settings["BUILD"]
    build.report.stop()  # a page that a template failed on is none, and links to it are right
    build.check_links()
    build.report.stop()
    if build.settings.get("HOSTING"):
        finish(build.files, build.redirects, build.settings, build.report)
        build.report.stop()
    build.settings.get("ON_BUILT", id)(build)
    output.publish(build.files, build.output)


def build(settings_file: Path, **override: Any) -> Build:
    """Run Pelican once with the settings in a file, some overridden.

    Returns the finished build; raises SiteFaults, with the old output as it was, when anything is wrong.
    """
    console.quiet = True
    what = "settings"
    try:
        settings = read_settings(str(settings_file), override=override)
        if __name__ not in settings["PLUGINS"]:
            raise KeyError(f'PLUGINS does not name "{__name__}"')  # noqa: TRY301 - told like any other
        what = "build"
        Pelican(settings).run()
        return cast("Build", settings["BUILD"])
    except Exception as error:
        place, found = (
            place_of(error, settings_file.parent),
            f"the {what} failed with {type(error).__name__}: {error}",
        )
        raise SiteFaults(
            [Fault(place, found, "settings and code raise nothing", "mend the line")]
        ) from error


def register() -> None:
    """Connect to Pelican.

    `all_generators_finalized` is the first signal at which every source is read and nothing is written;
    `finalized` the first at which every file is written.
    """
    signals.readers_init.connect(on_readers_init)
    signals.generator_init.connect(on_generator_init)
    signals.all_generators_finalized.connect(on_all_generators_finalized)
    signals.get_generators.connect(on_get_generators)
    signals.get_writer.connect(on_get_writer)
    signals.finalized.connect(on_finalized)
