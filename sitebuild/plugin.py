"""The only module that imports Pelican, and all that it does is adapt it.

Pelican hands each source to `SourceReader` and asks `SiteWriter` for every page; when
it is done, `build.run` makes the site of both. tests/site/test_pelican.py pins it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any, cast

from pelican import Pelican, autoreload, signals
from pelican.generators import (
    ArticlesGenerator,
    Generator,
    StaticGenerator,
)
from pelican.log import console
from pelican.readers import BaseReader, Readers
from pelican.settings import read_settings
from pelican.utils import SafeDatetime
from pelican.writers import Writer

from sitebuild import build as steps
from sitebuild import output
from sitebuild.build import Build, WantedPage
from sitebuild.derive import language
from sitebuild.faults import SiteFaults, as_faults, report_warnings
from sitebuild.memory import Memory
from sitebuild.model import ArticleFields, Document
from sitebuild.read import ignore

# What ArticlesGenerator writes of itself beside articles.
_ARCHIVES = ("period_archives", "tags", "categories", "authors", "drafts")


def _build_of(settings: Mapping[str, Any]) -> Build:
    """Return the build that runs, from a list that is emptied at its end."""
    return cast("Build", settings["BUILD"][0])


class SourceReader(BaseReader):
    """Reads one Markdown source for Pelican, as metadata without a text.

    The text stays in the document, since each block is set by itself.
    """

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return no content, and metadata that always lets Pelican go on.

        Faults are in the build's report.
        """
        build = _build_of(self.settings)
        document = steps.read_source(build, Path(source_path))
        return "", _metadata(document, is_shown=build.shows(document))


def _metadata(document: Document, *, is_shown: bool) -> dict[str, Any]:
    """Return what Pelican needs to ask for the page of a source, if it is shown."""
    fields = document.fields
    url = document.url.removeprefix("/")
    metadata = {
        "title": "",
        "slug": document.slug or "?",
        "status": "published" if is_shown else "draft",
        "template": document.template,
        "url": url,
        "save_as": _path_of(url) if is_shown else "",
        "document": document,
    }
    if isinstance(fields, ArticleFields):
        metadata["date"] = SafeDatetime.combine(fields.date, time())
        if fields.modified:
            metadata["modified"] = SafeDatetime.combine(fields.modified, time())
    return metadata


def _path_of(url: str) -> str:
    """Return the path of a page in the output: index.html where it is a folder."""
    return f"{url}index.html" if not url or url.endswith("/") else url


class SiteWriter(Writer):
    """Notes the pages that Pelican would write; `build.run` makes them."""

    def write_file(
        self, name: str, template: str, _: Any, *__: Any, **shown: Any
    ) -> None:
        """Note one page, as Pelican's Writer is asked; a draft has no name."""
        if name:
            content = shown.get("article") or shown["page"]
            page = WantedPage(name, template, content.document.path)
            _build_of(self.settings).wanted.append(page)


def on_readers_init(readers: Readers) -> None:
    """Read .md files our way, and no other kind of text."""
    readers.reader_classes = {
        "md": SourceReader,
        "static": readers.reader_classes["static"],
    }


def on_generator_init(generator: Generator) -> None:
    """Name templates instead of loading them, make no archives.

    A template that is missing is a fault; Pelican would take one of its own.
    """
    generator.get_template = "{}.html".format
    generator.check_disabled_readers = _do_nothing
    if isinstance(generator, ArticlesGenerator):
        for name in _ARCHIVES:
            setattr(generator, f"generate_{name}", lambda _: None)


def _do_nothing() -> None:
    """Warn of no file that Pelican has no reader for: each unknown file is a fault."""


def on_initialized(pelican: Pelican) -> None:
    """Let a run of Pelican end on faults as each of its commands needs it."""
    vars(pelican)["run"] = partial(_run, pelican, pelican.run)


def _run(pelican: Pelican, run: Callable[[], None]) -> None:
    """Run a build; raise SiteFaults for whatever is wrong with it, and nothing else.

    `pelican -r` goes on after faults: it would run again at once after an exception,
    and end on a SystemExit, so there they are printed and the run ends as a good one.
    """
    try:
        _run_once(run, Path(pelican.settings["PATH"]).parent)
    except SiteFaults as faults:
        if not _is_repeated():
            raise
        sys.stderr.write(f"{faults}\n")


def _run_once(run: Callable[[], None], root: Path) -> None:
    try:
        run()
    except OSError as error:
        raise SiteFaults([output.disk_fault(error)]) from error
    except Exception as error:
        raise as_faults("build", error, root) from error


def _is_repeated() -> bool:
    """Return whether Pelican's loop that builds after every edit runs this build."""
    frame = inspect.currentframe()
    while frame:
        if frame.f_code is autoreload.__code__:
            return True
        frame = frame.f_back
    return False


def on_get_generators(pelican: Pelican) -> None:
    """Begin a build, with an empty report.

    `pelican -r` runs one instance again and again; this is the first signal of a run.
    Pelican deletes nothing by itself: the output is replaced when the site is whole.
    """
    settings = pelican.settings
    pelican.delete_outputdir = False
    settings["DEFAULT_LANG"] = language.usual_form(settings["DEFAULT_LANG"])
    memory = settings.setdefault("MEMORY", Memory())
    build = steps.begin(settings, memory)
    settings.setdefault("BUILD", [])[:] = [build]
    settings["IGNORE_FILES"] = list(ignore.PATTERNS)
    report_warnings("pelican", build.report, build.root)


def on_static_generator_finalized(generator: StaticGenerator) -> None:
    """Take the images that Pelican found; nothing is left for it to copy."""
    build = _build_of(generator.settings)
    for image in generator.staticfiles:
        build.images[image.save_as] = Path(image.source_path)
    generator.context["staticfiles"] = []


def on_get_writer(_: Pelican) -> type[Writer]:
    """Write with SiteWriter."""
    return SiteWriter


def on_finalized(pelican: Pelican) -> None:
    """Make the site of what Pelican read and asked for."""
    steps.run(_build_of(pelican.settings))


def build(settings_file: Path, memory: Memory | None = None, **override: Any) -> Build:
    """Run Pelican once with the settings in a file, some overridden.

    A process that builds again and again hands in the same memory every time. Returns
    the finished build; raises SiteFaults, with the old output as it was, when anything
    is wrong.
    """
    console.quiet = True
    try:
        settings = read_settings(str(settings_file), override=override)
        settings["MEMORY"] = memory or Memory()
        if __name__ not in settings["PLUGINS"]:
            raise KeyError(f'PLUGINS does not name "{__name__}"')  # noqa: TRY301
        pelican = Pelican(settings)
    except Exception as error:
        raise as_faults("settings", error, settings_file.parent) from error
    try:
        pelican.run()
        return _build_of(settings)
    finally:
        settings.get("BUILD", []).clear()


def register() -> None:
    """Connect to Pelican.

    `static_generator_finalized` comes when every source is read, `finalized` when every
    page has been asked for.
    """
    signals.initialized.connect(on_initialized)
    signals.readers_init.connect(on_readers_init)
    signals.generator_init.connect(on_generator_init)
    signals.get_generators.connect(on_get_generators)
    signals.static_generator_finalized.connect(on_static_generator_finalized)
    signals.get_writer.connect(on_get_writer)
    signals.finalized.connect(on_finalized)
