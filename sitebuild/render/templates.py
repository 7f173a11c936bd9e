"""The templates of a theme that is made for this site.

They are checked before use, and it is known what they see: the names that they, and the
templates that they extend, include and import, ask of Pelican's context.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from markupsafe import Markup

from sitebuild.derive.text import contact_link
from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.markdown import Typesetter
from sitebuild.render import axes, filters
from sitebuild.render.theme import Namer

# Those that no source names.
FOR_MACHINES = ("feed.xml", "robots.txt", "sitemap.xml", "card.svg")
_OPTIONS: Mapping[str, Any] = {
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


class _Template(jinja2.Template):
    """A template whose macros are made again for each page that imports them.

    Jinja keeps them for the life of the environment, with what they counted.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        self._module = None
        return super()._get_default_module(ctx)


class Templates:
    """The compiled templates of one state of a theme."""

    def __init__(
        self, folder: Path, texts: Mapping[str, str], setter: Typesetter, cache: Path
    ) -> None:
        """Take the folder of the templates, their texts by name, and a typesetter.

        `cache` is a folder for what Jinja compiles.
        """
        self.folder = folder
        self.texts = texts
        self._known: dict[str, tuple[set[str], list[str | None]]] = {}
        self._env = jinja2.Environment(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
            bytecode_cache=_bytecode_cache(cache),
            auto_reload=False,
            cache_size=-1,
            **_OPTIONS,
        )
        self._env.template_class = _Template
        self._env.filters["absolute"] = filters.absolute
        self._env.filters["contact_link"] = contact_link
        self._env.filters["day"] = filters.day
        self._env.globals["ticks"] = axes.TICKS
        self._env.filters["on_axis"] = axes.on_axis
        self._env.filters["mark_side"] = axes.mark_side
        self._env.filters["typeset"] = lambda text: Markup(setter.line(str(text)))

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """Return the text and the file of a template, as Jinja asks for them."""
        if name not in self.texts:
            return None
        return self.texts[name], str(self.folder / name), lambda: True

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Return what a template makes of a context; raises what it raises."""
        text = self._env.get_template(name).render(context)
        return filters.squeeze(text) if name.endswith(".html") else text

    def asked(self, name: str) -> frozenset[str] | None:
        """Return the names that a template asks its context for.

        None where the name of a template that it uses is only known when it runs.
        """
        found: set[str] = set()
        waiting, seen = [name], set()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.texts:
                continue
            seen.add(name)
            names, used = self._read(name)
            if None in used:
                return None
            found |= names
            waiting += filter(None, used)
        return frozenset(found)

    def _read(self, name: str) -> tuple[set[str], list[str | None]]:
        """Return what one template asks its context for, and what others it uses."""
        if name not in self._known:
            tree = self._env.parse(self.texts[name])
            used = list(meta.find_referenced_templates(tree))
            self._known[name] = (meta.find_undeclared_variables(tree), used)
        return self._known[name]

    def check(self, name: str, asked: SourceLine, namer: Namer, report: Report) -> None:
        """Report a template that is missing or cannot be compiled.

        `asked` is the line of the source that names it. It is the first line where the
        kind of the source decides, and then the template need not be a whole page.
        """
        try:
            self._env.get_template(name)
        except jinja2.TemplateNotFound as error:
            pages = [other for other in self.texts if other.endswith(".html")]
            report.add(
                asked,
                f'there is no template "{error.name}"',
                f"the theme has {', '.join(sorted(pages))}",
                "name one of these or add it",
            )
        except jinja2.TemplateSyntaxError as error:
            place = self.place_of(error, namer)
            found = str(error.message)
            report.add(place, found, "templates are written in Jinja", "fix the line")
        else:
            if asked.line > 1 and "{% extends" not in self.texts[name]:
                report.add(
                    asked,
                    f'the template "{name}" is a part of others',
                    "a page names a template that extends another",
                    "name one of those",
                )

    def report_failure(
        self, path: str, error: Exception, namer: Namer, report: Report
    ) -> None:
        """Report the line that a template failed on, once and not for every page."""
        place = self.place_of(error, namer)
        if place not in [fault.place for fault in report.faults]:
            report.add(
                place,
                f"a template failed on {path}: {error}",
                "templates use names that the build gives them",
                "fix the line",
            )

    def place_of(self, error: BaseException, namer: Namer) -> SourceLine:
        """Return the innermost template line of a failure, else the templates' folder.

        Jinja rewrites tracebacks so that they name template files.
        """
        if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
            return SourceLine(namer(Path(error.filename)), error.lineno)
        place = SourceLine(namer(self.folder.parent), 1)
        trace = error.__traceback__
        while trace:
            file = Path(trace.tb_frame.f_code.co_filename)
            if file.is_relative_to(self.folder):
                place = SourceLine(namer(file), trace.tb_lineno)
            trace = trace.tb_next
        return place


def _bytecode_cache(folder: Path) -> jinja2.FileSystemBytecodeCache | None:
    """Return a place for compiled templates; None where nothing can be written.

    A file in it is named by all that it depends on beside the template's text.
    """
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        return None
    options = "-".join(sorted(_OPTIONS))
    pattern = f"{jinja2.__version__}-{options}-%s.cache"
    return jinja2.FileSystemBytecodeCache(str(folder), pattern)
