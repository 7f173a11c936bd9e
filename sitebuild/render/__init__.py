"""The templates of a theme that is made for this site, and their filters.

It is known what they see: the names that they, and the templates that they extend,
include and import, ask of Pelican's context. Filters make days, absolute links and
places on an axis of values; a page is left without the white space that no browser
shows. `plain` needs no theme.
"""

from __future__ import annotations

import math
import os
import re
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from markupsafe import Markup

from sitebuild.drawn import Time
from sitebuild.faults import Report
from sitebuild.model import LABELS, SourceLine
from sitebuild.read.markdown import Typesetter, fragment, inner
from sitebuild.render.theme import Namer

# strftime follows the machine's locale; pages do not.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
# White space in these elements is kept.
_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
# Next to a tag of these it shows nowhere (HTML Living Standard, 15.3: they are blocks).
_BLOCKS = (
    "html|head|title|meta|link|body|header|main|article|section|aside|nav|footer|div"
    "|details|summary|figure|figcaption|h[1-6]|p|ul|ol|li|dl|dt|dd|table|caption|thead"
    "|tbody|tr|th|td|blockquote|path"
)
_BEFORE_BLOCK = re.compile(rf" (</?(?:{_BLOCKS})\b)")
_AFTER_BLOCK = re.compile(rf"(</?(?:{_BLOCKS})\b[^>]*>) ")
# The ticks of the axis of times: minutes, place in percent, name. Between two it is
# logarithmic; right after, 0, stands by itself.
TICKS = (
    (0, 1.5, "0"),
    (1, 13.0, "minute"),
    (60, 26.0, "hour"),
    (1440, 39.0, "day"),
    (10_080, 52.0, "week"),
    (100_800, 68.0, "10 weeks"),
    (525_600, 85.0, "year"),
)


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
        self.asked = lru_cache(maxsize=None)(self._asked)
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            bytecode_cache=_bytecode_cache(cache),
            auto_reload=False,
            cache_size=-1,
            optimized=False,  # it would take longer than it saves
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals["ticks"] = TICKS
        self._env.filters.update(
            absolute=absolute,
            contact_link=contact_link,
            day=day,
            on_axis=on_axis,
            typeset=_typeset(setter),
        )

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Return what a template makes of a context; raises what it raises."""
        text = self._env.get_template(name).render(context)
        return squeeze(text) if name.endswith(".html") else text

    def _asked(self, name: str) -> frozenset[str] | None:
        """Return the names that a template asks its context for.

        None where the name of a template that it uses is only known when it runs.
        """
        tree = self._env.parse(self.texts.get(name, ""), name, str(self.folder / name))
        found = meta.find_undeclared_variables(tree)
        for used in meta.find_referenced_templates(tree):
            asked = self.asked(used) if used else None
            if asked is None:
                return None
            found |= asked
        return frozenset(found)

    @property
    def pages(self) -> list[str]:
        """The names of the templates that extend another: each is a whole page."""
        return [name for name, text in self.texts.items() if "{% extends" in text]

    def report_failure(
        self, path: str, error: Exception, namer: Namer, report: Report
    ) -> None:
        """Report the line that a template failed on, once and not for every page.

        It is the innermost line of a template; Jinja rewrites tracebacks so that they
        name them. Where there is none it is the first of the theme.
        """
        place = SourceLine(namer(self.folder.parent), 1)
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(self.folder):
                place = SourceLine(namer(Path(frame.filename)), frame.lineno or 1)
        said: object = error
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = SourceLine(namer(Path(error.filename or "")), error.lineno)
            said = error.message
        if isinstance(error, jinja2.TemplateNotFound):
            said = f'there is no template "{error.name}"'
        if place not in [fault.place for fault in report.faults]:
            report.add(
                place,
                f"a template failed on {path}: {said}",
                "templates are Jinja, and use names that the build gives them",
                "fix the line",
            )


def _typeset(setter: Typesetter) -> Callable[[str], Markup]:
    return lambda text: Markup(setter.line(str(text)))


@lru_cache(maxsize=1)
def plain(setter: Typesetter) -> Any:
    """Return the macros of content.html: a `page`, or `parts` of one, as plain HTML.

    They need no theme.
    """
    env = jinja2.Environment(autoescape=True)
    env.filters["typeset"] = _typeset(setter)
    env.globals["LABELS"] = LABELS
    text = Path(__file__).with_name("content.html").read_text("utf-8")
    return env.from_string(text).module


def _bytecode_cache(folder: Path) -> jinja2.FileSystemBytecodeCache | None:
    """Return a place for compiled templates; None where nothing can be written."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        return None
    return jinja2.FileSystemBytecodeCache(str(folder), f"{jinja2.__version__}-%s.cache")


def day(value: date) -> Markup:
    """Return a day as readers write it, marked up for machines."""
    month = _MONTHS[value.month - 1]
    form = Markup('<time datetime="{}-{:02}-{:02}">{} {} {}</time>')
    parts = (value.year, value.month, value.day)
    return form.format(*parts, value.day, month, value.year)


def absolute(html: str, site: str, page: str) -> Markup:
    """Return HTML of a page with its links made absolute; `site` may be in a folder."""
    root = fragment(html)
    root.rewrite_links(lambda to: re.sub("^/(?!/)", f"{site}/", to))
    root.make_links_absolute(site + page, handle_failures="ignore")
    return Markup(inner(root))


def squeeze(page: str) -> str:
    """Return an HTML page without the white space that a browser would not show."""
    parts = _KEPT.split(page)  # text, element, its name, text, …
    parts[::3] = map(_squeeze_text, parts[::3])
    del parts[2::3]
    return "".join(parts).strip()


def _squeeze_text(html: str) -> str:
    """Return HTML without elements whose white space counts, each run as one space."""
    for space in "\n\t\r\f":  # in HTML a no-break space is none
        html = html.replace(space, " ")
    html = re.sub("  +", " ", html)
    for space_at_block in (_AFTER_BLOCK, _BEFORE_BLOCK):
        html = "".join(space_at_block.split(html))  # keeps the tag
    return html


def on_axis(time: Time) -> float:
    """Return how far along the axis of times one stands, in percent."""
    if not time.minutes:
        return TICKS[0][1]
    for (before, left, _), (after, right, _) in pairwise(TICKS[1:]):
        if time.minutes <= after:
            share = math.log(time.minutes / before) / math.log(after / before)
            return round(left + share * (right - left), 1)
    return TICKS[-1][1]


def contact_link(contact: str) -> str:
    """Return an e-mail address as mailto: (RFC 6068), and any address as it is."""
    is_bare = "@" in contact and "/" not in contact and ":" not in contact
    return f"mailto:{contact}" if is_bare else contact
