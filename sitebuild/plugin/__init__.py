"""Pelican carries the site, by a reader, generators, a writer, and signals.

No other room imports Pelican; `build` has the steps that run at the signals.

`Run.handlers` has the signals in the order of a run. tests/site/test_pelican.py pins
what is used of Pelican beyond its documentation.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

from blinker import ANY, Signal
from pelican import Pelican, parse_arguments, signals
from pelican.contents import Content, Static
from pelican.generators import (
    ArticlesGenerator,
    Generator,
    PagesGenerator,
    PelicanTemplateNotFound,
    StaticGenerator,
)
from pelican.log import console
from pelican.readers import BaseReader, Readers
from pelican.settings import read_settings
from pelican.utils import SafeDatetime

from sitebuild import build as steps
from sitebuild import output
from sitebuild.build import Build
from sitebuild.check import place_of_setting
from sitebuild.derive.names import shown_files
from sitebuild.faults import Fault, SiteFaults, as_faults, report_warnings
from sitebuild.memory import Memory
from sitebuild.model import Document, Heading
from sitebuild.plugin.generators import TopicsGenerator, context
from sitebuild.plugin.writer import SiteTemplate, SiteWriter
from sitebuild.read import tree
from sitebuild.release import file_at
from sitebuild.render import plain

_REGION = re.compile("(?<=-)[a-z]{2}$")  # of a language: RFC 5646 writes en-GB
_INTERRUPTED = 130  # as a shell reports Ctrl-C
# What Pelican makes something of in a header, beside what this site reads itself.
_PELICANS = ("category", "tags", "author", "authors")


def register() -> None:
    """Connect to Pelican: each of its runs makes the site."""
    signals.initialized.connect(on_initialized)


def on_initialized(pelican: Pelican) -> None:
    """Let an instance of Pelican make the site whenever it runs."""
    run = Run(pelican)
    vars(pelican)["site"] = run
    vars(pelican)["run"] = partial(run.run, pelican.run)


class Run:
    """What one instance of Pelican does for the site; it may run again and again.

    Its handlers hear the signals of its own runs and of no other's.
    """

    build: Build

    def __init__(self, pelican: Pelican) -> None:
        """Take the instance, and set what this site needs otherwise than Pelican.

        Pelican lowers DEFAULT_LANG, and runs Typogrify over what is typeset already.
        """
        self._pelican = pelican
        self._settings = settings = pelican.settings
        self._is_typeset = settings["TYPOGRIFY"]
        settings["TYPOGRIFY"] = False
        language = settings["DEFAULT_LANG"]
        settings["DEFAULT_LANG"] = _REGION.sub(lambda it: it[0].upper(), language)
        settings["IGNORE_FILES"] = list(tree.IGNORED)
        self.memory = Memory(lasts=False)

    @property
    def handlers(self) -> tuple[tuple[Signal, Callable[..., Any], Any], ...]:
        """The signals of Pelican in the order of a run, what hears each, from whom."""
        return (
            (signals.get_generators, self.begin, self._pelican),
            (signals.readers_init, self.set_reader, ANY),
            (signals.generator_init, self.prepare, ANY),
            (signals.content_object_init, keep_address, ANY),
            (signals.all_generators_finalized, self.derive, ANY),
            (signals.get_writer, lambda _: SiteWriter, self._pelican),
            (signals.finalized, self.finish, self._pelican),
        )

    def run(self, run: Callable[[], None]) -> None:
        """Run a build; raise SiteFaults for whatever is wrong with it, nothing else.

        `pelican -r` runs again at once after an exception, and ends on a SystemExit:
        there faults are printed, and it waits for an edit as after a good build.
        """
        try:
            self._run_once(run)
        except SiteFaults as faults:
            if not _is_repeated():
                raise
            sys.stderr.write(f"{faults}\n")

    def _run_once(self, run: Callable[[], None]) -> None:
        root = Path(self._settings["PATH"]).parent
        real = self._pelican.output_path
        gc.disable()  # a build makes a million values, and circles of few
        try:
            with ExitStack() as connected:
                for signal, handler, sender in self.handlers:
                    connected.enter_context(signal.connected_to(handler, sender))
                run()
        except OSError as error:
            raise SiteFaults([output.disk_fault(error)]) from error
        except Exception as error:
            raise as_faults("build", error, root) from error
        finally:
            if self._pelican.output_path != real:
                output.remove(Path(self._pelican.output_path))
            self._pelican.output_path = real
            gc.enable()
            self.memory.lasts = True  # if it runs again

    def begin(self, pelican: Pelican) -> tuple[type[Generator], ...]:
        """Begin a build, in a new folder beside the real one; each run begins here.

        Pelican deletes nothing: the old site is replaced when the new one is whole.
        """
        settings = {**self._settings, "TYPOGRIFY": self._is_typeset}
        self.build = steps.begin(settings, self.memory)
        self.build.keeps_pages = len(pelican.plugins) == 1
        report_warnings("pelican", self.build.report, self.build.root)
        pelican.delete_outputdir = False
        pelican.output_path = str(output.stage(self.build.output))
        return (TopicsGenerator,)

    def set_reader(self, readers: Readers) -> None:
        """Read .md files our way, and no other kind of text."""
        readers.reader_classes = {
            "md": partial(SourceReader, self.build),
            "static": readers.reader_classes["static"],
        }

    def prepare(self, generator: Generator) -> None:
        """Let a generator find files in one order, and templates of the site's theme.

        Pelican takes files in the order of a set, and its sort keeps that for articles
        of one day. A file without a reader is a fault of ours.
        """
        generator.context["BUILD"] = self.build
        generator.check_disabled_readers = lambda: None
        generator.get_template = partial(self.template, generator.get_template)
        if not isinstance(generator, StaticGenerator):
            find = generator.get_files
            generator.get_files = lambda *given, **named: sorted(find(*given, **named))

    def template(self, find: Callable[[str], Any], name: str) -> Any:
        """Return a template; `page` for one that a theme of Pelican's lacks.

        One of the site's own theme was checked before.
        """
        if self.build.theme:
            return SiteTemplate(self.build, f"{name}.html")
        try:
            return find(name)
        except PelicanTemplateNotFound:
            return find("page")

    def derive(self, generators: Iterable[Generator]) -> None:
        """Make of all sources what pages show; raise SiteFaults if they are wrong."""
        articles = next(it for it in generators if isinstance(it, ArticlesGenerator))
        topics = next(it for it in generators if isinstance(it, TopicsGenerator))
        pages = next(it for it in generators if isinstance(it, PagesGenerator))
        found = (
            [*articles.articles, *articles.drafts],
            topics.topics,
            [*pages.pages, *pages.draft_pages],
        )
        build = self.build
        images = articles.context["staticfiles"]
        for image in images:
            build.images[image.save_as] = Path(image.source_path)
        steps.derive(build, *([it.document for it in kind] for kind in found))
        build.report.stop()
        steps.show(build)
        build.report.stop()
        articles.context.update(context(build))
        _put_on_objects(build, [it for kind in found for it in kind])
        shown = shown_files(
            (*build.site.documents, *build.drafts), [f"/{it.save_as}" for it in images]
        )
        images[:] = [it for it in images if f"/{it.save_as}" in shown]
        for image in images:
            build.claim(image.save_as, build.name(Path(image.source_path)))

    def finish(self, pelican: Pelican) -> None:
        """Check the pages that were written, and publish them."""
        steps.finish(self.build, Path(pelican.output_path))


def _is_repeated() -> bool:
    """Return whether Pelican's own command builds after every edit (`-r`)."""
    program = Path(sys.argv[0])
    is_pelican = "pelican" in (program.stem, program.parent.name)
    return is_pelican and bool(parse_arguments().autoreload)


class SourceReader(BaseReader):
    """Reads one Markdown source: its metadata, and its text block by block."""

    enabled = True
    file_extensions = ("md",)

    def __init__(self, build: Build, settings: Mapping[str, Any]) -> None:
        """Take the build that reads."""
        super().__init__(settings)
        self._build = build

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return the text of a source, and metadata that always let Pelican go on.

        Faults are in the build's report.
        """
        document = steps.read_source(self._build, Path(source_path))
        is_shown = self._build.shows(document)
        texts = [it.html for it in document.parts if not isinstance(it, Heading)]
        metadata = {}
        for name, value in document.metadata.items():
            if name in _PELICANS:
                metadata[name] = self.process_metadata(name, value)
        # Pelican sets none where no page of a category is wanted, and then asks for it.
        category = self.settings["DEFAULT_CATEGORY"]
        metadata.setdefault("category", self.process_metadata("category", category))
        metadata |= _metadata(document, is_shown=is_shown)
        return "\n".join(texts), metadata


def _metadata(document: Document, *, is_shown: bool) -> dict[str, Any]:
    """Return what Pelican knows of a source; a draft is written only if it is shown."""
    fields = document.fields
    metadata: dict[str, Any] = {
        "title": fields.title,
        "slug": document.slug or "?",
        "status": "published" if is_shown else "draft",
        "url": document.url.removeprefix("/"),
        "save_as": file_at(document.url) if is_shown else "",
        "template": document.template,
        "document": document,
    }
    if fields.summary:  # else Pelican makes one
        metadata["summary"] = fields.summary
    if document.kind == "article":
        metadata["date"] = SafeDatetime.combine(fields.date, time())
        if fields.modified:
            metadata["modified"] = SafeDatetime.combine(fields.modified, time())
    return metadata


def keep_address(content: Content) -> None:
    """Let an object keep its address: Pelican would format it whenever it is asked.

    A file has the composed form of its name, which texts write, whatever its disk has.
    """
    if hasattr(content, "document"):
        content.override_url = content.url
    elif isinstance(content, Static):
        content.override_url = normalize("NFC", content.url)
        content.override_save_as = normalize("NFC", content.save_as)


def _put_on_objects(build: Build, contents: Iterable[Content]) -> None:
    """Give Pelican's objects what their pages show, and their whole text as content."""
    for content in contents:
        url = content.document.url
        shown = build.shown.get(url)
        if shown:
            vars(content).update(shown)
            content._get_content = partial(_whole_text, build, shown)


def _whole_text(build: Build, shown: Mapping[str, Any]) -> str:
    return str(plain(build.setter).page(shown))


def build(settings_file: Path, memory: Memory | None = None, **override: Any) -> Build:
    """Run Pelican once with the settings in a file, some overridden.

    A process that builds again and again hands in the same memory every time. Returns
    the finished build: `files` has the bytes of every file by its path in the output,
    `shown` what each page shows by its address. Raises SiteFaults, with the old output
    as it was, when anything is wrong.
    """
    console.quiet = True
    try:
        settings = read_settings(str(settings_file), override=override)
        _check_plugins(settings, settings_file.parent)
        pelican = Pelican(settings)
    except Exception as error:
        raise as_faults("settings", error, settings_file.parent) from error
    run: Run = pelican.site
    if memory is not None:
        run.memory = memory
    pelican.run()
    return run.build


def _check_plugins(settings: Mapping[str, Any], root: Path) -> None:
    if __name__ not in settings["PLUGINS"]:
        place = place_of_setting("PLUGINS", root)
        found = f'the setting PLUGINS does not name "{__name__}"'
        raise SiteFaults([Fault(place, found, "that makes the site", "add it")])


def main() -> None:
    """Build the site in this folder and say so, as the task `build` does."""
    try:
        done = build(Path("pelicanconf.py").resolve())
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    sys.stdout.write(f"{done.summary}\n")
